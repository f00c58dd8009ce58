# SPDX-License-Identifier: MIT
"""Varlink without a socket: calls to bytes, bytes to replies."""

from __future__ import annotations

import json
import logging
import math
import os
from typing import Any, NamedTuple, Union

from ._errors import INTERFACE, ConnectionLost, error_of

SYSTEM_SOCKET = '/run/picod/io.picod'
Path = Union[str, 'os.PathLike[str]', None]
Parameters = dict[str, Any]

log = logging.getLogger('picoctl')

# The methods that take a hold's token, which every script run by "picoctl
# hold" finds in its environment.
TAKE_HOLD = {'Send', 'Input', 'Interrupt', 'Reset', 'Lend', 'Cancel', 'Console',
             'Flash', 'ListFiles', 'Stat', 'ReadFile', 'WriteFile',
             'RemoveFile', 'MakeDirectory', 'RenameFile'}

# The methods whose board, where none is named, is that of the environment.
TAKE_BOARD = TAKE_HOLD | {'Watch', 'Hold', 'Drop'}


def socket_path(path: Path = None) -> str:
    """The socket of picod, as every client of it chooses."""
    path = path or os.environ.get('PICOD_SOCKET')
    if path:
        return os.fspath(path)
    runtime = os.environ.get('XDG_RUNTIME_DIR', '')
    mine = os.path.join(runtime, 'picod', 'io.picod')
    if runtime.startswith('/') and os.path.exists(mine):
        return mine
    return SYSTEM_SOCKET


def milliseconds(what: str, seconds: float | None) -> int | None:
    """As the interface has times; what names the argument."""
    if seconds is None:
        return None
    if not isinstance(seconds, (int, float)):
        raise TypeError(f'{what} must be seconds, not '
                        f'{type(seconds).__name__}')
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError(f'{what} cannot be {seconds} seconds')
    return round(seconds * 1000)


def check_string(what: str, value: object) -> None:
    """A TypeError that names the argument, unless it is a string."""
    if not isinstance(value, str):
        raise TypeError(f'{what} must be str, not {type(value).__name__}')


def _check_text(what: str, value: object) -> None:
    """JSON would take half a surrogate pair, but nobody else does."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f'{what} has {value[error.start]!a} at {error.start}, which is '
                'no character; was it read in the right encoding?') from None
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(what, key)
            _check_text(what, inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check_text(what, inner)


def encode(method: str, parameters: Parameters, more: bool = False) -> bytes:
    """A call as it goes over the wire, with what the environment adds.

    Parameters that are None are left out.
    """
    given = {name: value for name, value in parameters.items()
             if value is not None}
    if method in TAKE_BOARD and 'board' not in given:
        given.update(_environment('board', 'PICOD_BOARD'))
    if method in TAKE_HOLD and 'hold' not in given:
        given.update(_environment('hold', 'PICOD_HOLD'))
    for name, value in given.items():
        _check_text(name, value)
    call: Parameters = {
        'method': method if '.' in method else INTERFACE + method,
        'parameters': given}
    if more:
        call['more'] = True
    try:
        return json.dumps(call).encode() + b'\0'
    except TypeError as error:
        raise TypeError(f'this is not JSON: {error}') from None


def _environment(name: str, variable: str) -> Parameters:
    value = os.environ.get(variable)
    return {name: value} if value else {}


def lost(message: str) -> ConnectionLost:
    return ConnectionLost('ConnectionLost', {'message': message})


def lost_at(path: str) -> ConnectionLost:
    """picod is gone from there in the middle of a call."""
    return lost('picod ended the connection' + (
        '; "sudo journalctl -u picod" says why' if path == SYSTEM_SOCKET
        else ''))


class Reply(NamedTuple):
    parameters: Parameters
    continues: bool


class Decoder:
    """Replies out of bytes that come in pieces."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._searched = 0          # of it: has no NUL

    def feed(self, data: bytes) -> None:
        self._pending += data

    def next(self) -> Reply | None:
        """The next reply; None: more bytes are needed. Errors are raised."""
        end = self._pending.find(0, self._searched)
        if end < 0:
            self._searched = len(self._pending)
            return None
        try:
            message = json.loads(self._pending[:end])
            error = message.get('error')
        except (ValueError, AttributeError):
            raise lost('what answers at the socket is not picod') from None
        del self._pending[:end + 1]
        self._searched = 0
        parameters = message.get('parameters') or {}
        if parameters.get('notice'):
            log.warning('%s', parameters['notice'])
        if error is not None:
            raise error_of(error, parameters)
        return Reply(parameters, bool(message.get('continues')))
