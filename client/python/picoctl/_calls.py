# SPDX-License-Identifier: MIT
"""What the methods of Board come to on the wire, for both of its faces.

The one waits in threads, the other in asyncio; what they ask and what becomes
of the answer is said here, once.
"""

from __future__ import annotations

import base64
import os
import sys
import textwrap
from typing import Any, Iterable, Iterator, Protocol

from . import _values
from ._errors import AmbiguousBoard, NoSuchBoard
from ._types import BoardInfo
from ._wire import Parameters, check_string, encode, milliseconds

# picod takes a day at most; who waits for ever asks again, which nobody does.
FOR_EVER_S = 86400


class On(Protocol):
    """A board, and the hold it is used under."""

    name: str | None
    token: str | None


def pick(boards: list[BoardInfo], name: str | None) -> BoardInfo:
    """The one of that name; None: $PICOD_BOARD, or the only one."""
    name = name or os.environ.get('PICOD_BOARD')
    found = [board for board in boards if name in (None, board.name)]
    if len(found) == 1:
        return found[0]
    names = [board.name for board in found]
    if names:
        raise AmbiguousBoard('io.picod.AmbiguousBoard', {
            'boards': names, 'message': f'there are {len(names)} boards; '
            f'name one of them: {", ".join(names)}'})
    raise NoSuchBoard('io.picod.NoSuchBoard', {
        'board': name, 'message': f'there is no board {name or "at all"}'})


def _send(on: On, text: str, timeout: float | None, wait: float | None,
          max_age: float | None = None) -> Parameters:
    check_string('text', text)
    return {'board': on.name, 'text': text, 'hold': on.token,
            'timeout': milliseconds('timeout', timeout),
            'wait': milliseconds('wait', wait),
            'maxAge': milliseconds('max_age', max_age)}


def send(on: On, text: str, timeout: float | None, wait: float | None,
         max_age: float | None = None) -> tuple[str, Parameters]:
    return 'Send', _send(on, text, timeout, wait, max_age)


def evaluate(on: On, expression: str, timeout: float | None,
             wait: float | None,
             max_age: float | None = None) -> tuple[str, Parameters]:
    check_string('expression', expression)
    return 'Send', _send(on, _values.expression(expression.strip()), timeout,
                         wait, max_age)


def execute(on: On, program: str, timeout: float | None,
            wait: float | None) -> tuple[str, Parameters]:
    """A text of one line is made two: the value of such a one is shown."""
    check_string('program', program)
    program = textwrap.dedent(program).strip('\n')
    if '\n' not in program:
        program += '\npass'
    return 'Send', _send(on, program + '\n', timeout, wait)


def interrupt(on: On) -> tuple[str, Parameters]:
    return 'Interrupt', {'board': on.name, 'hold': on.token}


def reset(on: On, kind: str | None,
          wait: float | None) -> tuple[str, Parameters]:
    return 'Reset', {'board': on.name, 'kind': kind, 'hold': on.token,
                     'wait': milliseconds('wait', wait)}


def hold(on: On, wait: float | None, will: str | None,
         lasting: float | None) -> tuple[str, Parameters]:
    if will is not None:
        check_string('will', will)
    return 'Hold', {
        'board': on.name, 'will': will,
        'wait': milliseconds('wait', FOR_EVER_S if wait is None else wait),
        'lasting': milliseconds('lasting', lasting)}


def lend(on: On, wait: float | None) -> tuple[str, Parameters]:
    return 'Lend', {'board': on.name, 'hold': on.token,
                    'wait': milliseconds('wait', wait)}


def watch(on: On, history: bool, trace: bool) -> tuple[str, Parameters]:
    return 'Watch', {'board': on.name, 'history': history or None,
                     'trace': trace or None}


# Bytes of a file in one call: as base64, well within a message.
PIECE = 512 * 1024


def pieces(data: bytes) -> Iterator[bytes]:
    """What is uploaded, a call's worth at a time; of nothing, an empty piece."""
    return (data[start:start + PIECE]
            for start in range(0, max(len(data), 1), PIECE))


def uploads(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The calls that hand them over."""
    at = 0
    for piece in pieces:
        yield encode('Upload', {'data': base64.b64encode(piece).decode(),
                                'at': at})
        at += len(piece)


# ----------------------------------------------------------- what comes back

class Hears(Protocol):
    boot: int | None
    notice: str | None


def heard(board: Hears, reply: Parameters) -> None:
    """What a board's object remembers of an answer, or of a piece of one."""
    board.boot = reply.get('boot', board.boot)
    board.notice = reply.get('notice') or board.notice



def output(reply: Parameters) -> str:
    """Text as a person would read it: the last line has no end."""
    text: str = reply['output']
    return text[:-1] if text.endswith('\n') else text


def lines(reply: Parameters) -> list[str]:
    text: str = reply['output']
    return text.splitlines()


def value(reply: Parameters) -> Any:
    """The value; what was printed besides is printed, as it would be here."""
    besides, text = _values.split(reply['output'])
    tell(besides)
    if text is None:
        raise _values.NotAValue(reply['output'].strip())
    return _values.parse(text)


def tell(text: str) -> None:
    if text and sys.stdout is not None:
        sys.stdout.write(text)
