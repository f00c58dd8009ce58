# SPDX-License-Identifier: MIT
"""Talk to microcontrollers through picod.

    import picoctl
    picoctl.send('on()')                        # the one board there is
    picoctl.eval('temperature()')               # 21.5, a float

    pico = picoctl.board('pico0')
    pico.send('led.on()', timeout=2)
    for line in pico.lines():                   # what its own program prints
        print(line.time, line)
    with pico.hold(wait=10, will='motor.stop()') as held:
        held.send('motor.start()')              # nobody else comes between

    (pico.files / 'main.py').write_text(program)    # whole, or not at all

    @pico.task                                  # runs on the board
    def blink(times: int) -> int:
        ...

    blink(3)

What is the matter with a call is an exception, a subclass of Error named as in
io.picod.varlink: picoctl.BoardBusy, picoctl.StatementFailed, picoctl.TimedOut
... Times are in seconds, except in call() and stream() of Picod, which take what
the interface has. picoctl.aio has the same for asyncio.

All objects may be used by several threads, by signal handlers and on both sides
of a fork, and can be pickled. Nothing but the standard library is needed.
"""

from __future__ import annotations

from typing import Any, Iterator

from . import aio
from ._aio_task import AsyncTask
from ._errors import (
    AmbiguousBoard, BoardAbsent, BoardBusy, BoardSilent, CommandRejected,
    ConnectionLost, Disconnected, Error, FileError, FlashFailed, Interrupted,
    InvalidCommand, LimitExceeded, NoSuchBoard, NoSuchRequest, NotRunning,
    OutputTooLarge, PermissionDenied, StatementFailed, TimedOut,
    Unsupported)
from ._files import BoardPath, FileInfo
from ._picod import Board, Picod
from ._sender import Sender
from ._task import Task
from ._types import BoardInfo, Client, Event, Line, Request, Usb
from ._values import NotAValue
from ._wire import socket_path

__version__ = '0.1.0'
__all__ = [
    'AmbiguousBoard', 'BoardAbsent', 'BoardBusy', 'BoardSilent',
    'CommandRejected', 'ConnectionLost', 'Disconnected', 'Error',
    'FileError', 'FlashFailed', 'Interrupted', 'InvalidCommand', 'LimitExceeded',
    'NoSuchBoard', 'NoSuchRequest', 'NotRunning', 'OutputTooLarge',
    'PermissionDenied', 'StatementFailed', 'TimedOut', 'Unsupported',
    'AsyncTask', 'Board', 'BoardInfo', 'BoardPath', 'Client', 'Event',
    'FileInfo', 'Line',
    'NotAValue', 'Picod', 'Request', 'Sender', 'Task', 'Usb', 'aio',
    'board', 'boards', 'command', 'eval', 'exec', 'send', 'socket_path',
    'watch']


def board(name: str | None = None) -> Board:
    """The board of that name; None: $PICOD_BOARD, or the only one."""
    return Picod().board(name)


def boards(details: bool = False) -> list[BoardInfo]:
    """Every board; with details, what runs and waits on each, too."""
    with Picod() as picod:
        return picod.boards(details)


def watch(history: bool = False) -> Iterator[Event]:
    """What happens on $PICOD_BOARD, or without it on all, from now on."""
    return Picod().watch(history)


def send(text: str, board: str | None = None, timeout: float | None = None,
         wait: float | None = None) -> str:
    """Board.send() on a connection of its own."""
    with Picod() as picod:
        return picod.board(board).send(text, timeout, wait)


def eval(expression: str, board: str | None = None,
         timeout: float | None = None, wait: float | None = None) -> Any:
    """Board.eval() on a connection of its own."""
    with Picod() as picod:
        return picod.board(board).eval(expression, timeout, wait)


def exec(program: str, board: str | None = None, timeout: float | None = None,
         wait: float | None = None) -> str:
    """Board.exec() on a connection of its own."""
    with Picod() as picod:
        return picod.board(board).exec(program, timeout, wait)


def command(text: str, board: str | None = None, timeout: float | None = None,
            wait: float | None = None) -> list[str]:
    """Board.command() on a connection of its own."""
    with Picod() as picod:
        return picod.board(board).command(text, timeout, wait)
