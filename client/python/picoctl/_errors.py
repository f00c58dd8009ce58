# SPDX-License-Identifier: MIT
"""What is the matter with a call, a class for each error of io.picod."""

from __future__ import annotations

import base64
from typing import Any

from ._types import Client

INTERFACE = 'io.picod.'


def _sentence(name: str, parameters: dict[str, Any]) -> str:
    """For an error that brings none, as those of Varlink itself."""
    if 'parameter' in parameters:
        return ('picod does not take the parameter '
                f'"{parameters["parameter"]}" as it was given')
    return name


class Error(Exception):
    """What picod answered instead of a result.

    str() is a sentence that says what to do, and the traceback where there is
    one. name: as on the wire, "io.picod.TimedOut". parameters: all that came
    with it.
    """

    def __init__(self, name: str, parameters: dict[str, Any]):
        super().__init__(parameters.get('message')
                         or _sentence(name, parameters))
        self.name = name
        self.parameters = parameters

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.parameters)

    def __str__(self) -> str:
        return '\n'.join(filter(None, (self.message, self.traceback.rstrip())))

    @property
    def message(self) -> str:
        """The sentence alone."""
        return str(self.args[0])

    @property
    def board(self) -> str | None:
        """The board that it is about, if it is about one."""
        return self.parameters.get('board')

    @property
    def output(self) -> str:
        """What the board had printed by then."""
        return self.parameters.get('output') or ''

    @property
    def data(self) -> bytes:
        """The same, byte for byte where that was not UTF-8."""
        if self.parameters.get('data') is not None:
            return base64.b64decode(self.parameters['data'])
        return self.output.encode()

    @property
    def notice(self) -> str | None:
        """As of Board: that the board's variables are lost, for example."""
        return self.parameters.get('notice')

    @property
    def traceback(self) -> str:
        """The board's own, of StatementFailed."""
        return self.parameters.get('traceback') or ''


class NotRunning(Error):
    """There is no picod at the socket, or it may not be used."""


class ConnectionLost(Error):
    """picod ended the connection before it had answered."""


class NoSuchBoard(Error):
    """There is no board of that name."""


class AmbiguousBoard(Error):
    """There are several boards, and none was named."""

    @property
    def boards(self) -> list[str]:
        """Their names."""
        return list(self.parameters.get('boards') or [])


class BoardAbsent(Error):
    """The board is not plugged in."""


class BoardBusy(Error):
    """The board is in use."""

    @property
    def holder(self) -> Client | None:
        """Who uses it."""
        return Client.of(self.parameters.get('holder'))


class BoardSilent(Error):
    """The board does not answer."""


class StatementFailed(Error):
    """The statement raised an exception, which traceback tells of."""


class CommandRejected(Error):
    """A PiSerial board answered RR."""


class InvalidCommand(Error):
    """The text was not sent: no board of that language could take it."""


class TimedOut(Error):
    """It took longer than timeout or wait allowed."""


class Interrupted(Error):
    """Somebody interrupted it."""


class Disconnected(Error):
    """The board went away, or restarted, in the middle."""

    @property
    def sent(self) -> bool:
        """Whether the board had begun with it."""
        return bool(self.parameters.get('sent'))


class OutputTooLarge(Error):
    """The board printed more than picod keeps."""


class Unsupported(Error):
    """The board cannot do that."""


class LimitExceeded(Error):
    """That is over a limit of picod's."""


class NoSuchRequest(Error):
    """No request of that number waits or runs."""


class PermissionDenied(Error):
    """That is not allowed."""


class FileError(Error):
    """The board's file system said no."""

    @property
    def kind(self) -> str:
        """Such as 'notFound', 'noSpace' or 'readOnly'."""
        return self.parameters.get('kind') or 'other'

    @property
    def path(self) -> str:
        """Of the file."""
        return self.parameters.get('path') or ''


class FlashFailed(Error):
    """The firmware was not written, or does not answer."""

    @property
    def log(self) -> str:
        """The last lines of the program that writes it."""
        return self.parameters.get('log') or ''


_OURS = {kind.__name__: kind for kind in Error.__subclasses__()
         if kind not in (NotRunning, ConnectionLost)}


def error_of(name: str, parameters: dict[str, Any] | None) -> Error:
    """The exception for an error as it came over the wire."""
    kind = Error
    if name.startswith(INTERFACE):
        kind = _OURS.get(name[len(INTERFACE):], Error)
    error = kind(name, parameters or {})
    if kind is Disconnected and error.board == '':  # picod itself has ended
        return ConnectionLost(name, error.parameters)
    return error
