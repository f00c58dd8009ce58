# SPDX-License-Identifier: MIT
"""picod and its boards, for programs on asyncio.

    async with picoctl.aio.Picod() as p:
        pico = p.board('pico0')
        print(await pico.eval('2 + 2'))
        async for line in pico.lines():
            print(line.time, line)

    pico = picoctl.aio.board()          # the one board there is
    print(await picoctl.aio.eval('temperature()'))

All is as in picoctl itself, but to be awaited. A task that is cancelled stops
its statement on the board. What board() makes has a connection until the loop
ends, or "await pico.picod.close()".
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import (Any, AsyncGenerator, AsyncIterator, Callable, Iterable,
                    ParamSpec, TypeVar, overload)

from . import _calls
from ._aio_files import BoardPath
from ._aio_task import AsyncTask
from ._connection import CallNotTaken, close_in_children, not_running
from ._errors import ConnectionLost, Error
from ._types import BoardInfo, Event, Line, Lines
from ._wire import Decoder, Parameters, Path, Reply, check_string, encode, log
from ._wire import lost, lost_at, socket_path

__all__ = ['Picod', 'Board', 'BoardPath', 'board', 'boards', 'command', 'eval',
           'exec', 'send', 'watch']

P = ParamSpec('P')
R = TypeVar('R')


class _Connection:
    """Sends calls and receives replies, one call at a time."""

    def __init__(self, path: str):
        self.path = path
        self.alive = False
        self._decoder = Decoder()

    async def open(self) -> _Connection:
        try:
            self._reader, self._writer = await asyncio.open_unix_connection(
                self.path)
        except OSError as error:
            raise not_running(self.path, error) from error
        self.alive = True
        self._loop = asyncio.get_running_loop()
        self._fd: int = self._writer.get_extra_info('socket').fileno()
        close_in_children(self)
        return self

    def after_fork(self) -> None:
        if self.alive:
            self.alive = False
            os.close(self._fd)

    def close(self) -> None:
        if self.alive:
            self.alive = False
            if not self._loop.is_closed():      # else it is over already
                self._writer.transport.abort()

    def is_idle(self) -> bool:
        """Whether it can be used, in the loop that it was made in."""
        return self.alive and not self._reader.at_eof() and \
            not self._writer.is_closing() and \
            self._loop is asyncio.get_running_loop()

    async def begin(self, call: bytes) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._writer.write(call)
            await self._writer.drain()

    async def next(self) -> Reply:
        while True:
            if not self.alive:
                raise lost('the connection was closed, or is of the process '
                           'that this one was forked from')
            reply = self._decoder.next()
            if reply is not None:
                return reply
            try:
                data = await self._reader.read(65536)
            except (BrokenPipeError, ConnectionResetError):
                raise CallNotTaken from None
            if not data:
                raise lost_at(self.path)
            self._decoder.feed(data)


    async def ask(self, message: bytes) -> Parameters:
        """One call, which is not made again if the connection is lost."""
        await self.begin(message)
        try:
            return (await self.next()).parameters
        except CallNotTaken:
            raise lost_at(self.path) from None


@contextlib.asynccontextmanager
async def _open(path: str) -> AsyncIterator[_Connection]:
    connection = await _Connection(path).open()
    try:
        yield connection
    finally:
        connection.close()


class Picod:
    """picod, by a connection that is made at the first call."""

    def __init__(self, path: Path = None):
        self.path = socket_path(path)
        self._idle: list[_Connection] = []

    async def __aenter__(self) -> Picod:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f'<picoctl.aio.Picod {self.path}>'

    async def close(self) -> None:
        """Ends the connection; a later call makes a new one."""
        while self._idle:
            self._idle.pop().close()
        await asyncio.sleep(0)          # for the transports to end

    # ------------------------------------------------------------ any method

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Calls a method ("ListBoards", or a full name); returns its reply."""
        message = encode(method, parameters)
        while self._idle:
            connection = self._idle.pop()
            if connection.is_idle():
                with contextlib.suppress(CallNotTaken):
                    return await self._talk(connection, message)
            connection.close()
        connection = await _Connection(self.path).open()
        try:
            return await self._talk(connection, message)
        except CallNotTaken:
            raise lost_at(self.path) from None

    async def _talk(self, connection: _Connection,
                    message: bytes) -> Parameters:
        """One call on a connection, which is idle again if it can be."""
        try:
            await connection.begin(message)
            reply = (await connection.next()).parameters
        except Error as error:
            if isinstance(error, ConnectionLost):
                connection.close()
            else:
                self._idle.append(connection)
            raise
        except BaseException:
            connection.close()          # out of step, as when it is cancelled
            raise
        self._idle.append(connection)
        return reply

    def stream(self, method: str, **parameters: Any
               ) -> AsyncGenerator[dict[str, Any], None]:
        """Calls a method that replies many times, and yields each reply."""
        return self._stream(encode(method, parameters, more=True))

    async def upload(self, pieces: Iterable[bytes], method: str,
                     **parameters: Any) -> dict[str, Any]:
        """Hands over bytes, and then calls the method that takes them."""
        async with _open(self.path) as connection:
            for message in _calls.uploads(pieces):
                await connection.ask(message)
            return await connection.ask(encode(method, parameters))

    async def _stream(self, message: bytes
                      ) -> AsyncGenerator[Parameters, None]:
        async with _open(self.path) as connection:
            await connection.begin(message)
            continues = True
            while continues:
                try:
                    reply, continues = await connection.next()
                except CallNotTaken:
                    raise lost_at(self.path) from None
                yield reply

    # ---------------------------------------------------------------- boards

    async def boards(self, details: bool = False) -> list[BoardInfo]:
        """Every board; with details, what runs and waits on each, too."""
        reply = await self.call('ListBoards', details=details or None)
        return [BoardInfo.of(board) for board in reply['boards']]

    def board(self, name: str | None = None) -> Board:
        """The board of that name; None: $PICOD_BOARD, or the only one."""
        return Board(self, name)

    def watch(self, history: bool = False) -> AsyncIterator[Event]:
        """What happens on $PICOD_BOARD, or without it on all, from now on."""
        return Board(self).watch(history)

    async def send(self, text: str, board: str | None = None,
                   timeout: float | None = None,
                   wait: float | None = None) -> str:
        """Board.send() of that board."""
        return await self.board(board).send(text, timeout, wait)


class Board:
    """A board, by its name; see picoctl.Board."""

    def __init__(self, picod: Picod, name: str | None = None,
                 token: str | None = None):
        if name is not None:
            check_string('board', name)
        self.picod = picod
        self.name = name
        self.token = token
        self.boot: int | None = None
        self.notice: str | None = None

    def __repr__(self) -> str:
        return f'<picoctl.aio.Board {self.name or "(the only one)"}>'

    async def _call(self, call: tuple[str, Parameters]) -> Parameters:
        method, parameters = call
        self.notice = None
        reply = await self.picod.call(method, **parameters)
        _calls.heard(self, reply)
        return reply

    async def send(self, text: str, timeout: float | None = None,
                   wait: float | None = None, *,
                   max_age: float | None = None) -> str:
        """Runs a statement or program; returns what it printed."""
        return _calls.output(await self._call(
            _calls.send(self, text, timeout, wait, max_age)))

    async def eval(self, expression: str, timeout: float | None = None,
                   wait: float | None = None, *,
                   max_age: float | None = None) -> Any:
        """The value of an expression, as a value of this Python."""
        return _calls.value(await self._call(
            _calls.evaluate(self, expression, timeout, wait, max_age)))

    async def exec(self, program: str, timeout: float | None = None,
                   wait: float | None = None) -> str:
        """Runs a program; returns what it printed."""
        return _calls.output(await self._call(
            _calls.execute(self, program, timeout, wait)))

    async def command(self, text: str, timeout: float | None = None,
                      wait: float | None = None) -> list[str]:
        """Sends a PiSerial command; the commands that came before its OK."""
        return _calls.lines(await self._call(
            _calls.send(self, text, timeout, wait)))

    def stream(self, text: str, timeout: float | None = None,
               wait: float | None = None) -> AsyncIterator[str]:
        """As send(), but in pieces, as the board prints them."""
        method, parameters = _calls.send(self, text, timeout, wait)
        return self._pieces(self.picod.stream(method, **parameters))

    async def _pieces(self, replies: AsyncGenerator[Parameters, None]
                      ) -> AsyncIterator[str]:
        self.notice = None
        async with contextlib.aclosing(replies):
            async for reply in replies:
                _calls.heard(self, reply)
                if reply['output']:
                    yield reply['output']

    async def interrupt(self) -> None:
        """Stops what runs on the board, whoever sent it."""
        await self._call(_calls.interrupt(self))

    async def reset(self, kind: str | None = None,
                    wait: float | None = None) -> None:
        """Restarts its own program; kind may be 'hard' or 'bootloader'."""
        await self._call(_calls.reset(self, kind, wait))

    async def info(self) -> BoardInfo:
        """What picod knows of it."""
        return _calls.pick(await self.picod.boards(details=True), self.name)

    @property
    def files(self) -> BoardPath:
        """Its file system: await (board.files / 'main.py').read_text()."""
        return BoardPath(self)

    def watch(self, history: bool = False,
              trace: bool = False) -> AsyncIterator[Event]:
        """What happens on the board, from now on; see picoctl.Board.watch()."""
        method, parameters = _calls.watch(self, history, trace)
        return self._events(self.picod.stream(method, **parameters))

    @staticmethod
    async def _events(replies: AsyncGenerator[Parameters, None]
                      ) -> AsyncIterator[Event]:
        async with contextlib.aclosing(replies):
            async for reply in replies:
                yield Event.of(reply)

    async def lines(self, history: bool = False) -> AsyncIterator[Line]:
        """The lines that the board prints unasked, each with its time."""
        lines = Lines()
        async for event in self.watch(history):
            if event.kind == 'lost':
                log.warning('lines of board %s were lost: this program reads '
                            'them too slowly', event.board)
            for line in lines.feed(event):
                yield line

    @contextlib.asynccontextmanager
    async def hold(self, wait: float | None = 0, will: str | None = None,
                   lasting: float | None = None) -> AsyncIterator[Board]:
        """The board for this block alone; yields it."""
        method, parameters = _calls.hold(self, wait, will, lasting)
        message = encode(method, parameters)
        async with _open(self.picod.path) as holder:
            reply = await holder.ask(message)
            yield Board(self.picod, reply['board'], reply['token'])
            if holder.alive:
                await holder.ask(encode('Drop', {'board': reply['board']}))

    @contextlib.asynccontextmanager
    async def lend(self, wait: float | None = None) -> AsyncIterator[str]:
        """The board's port for this block: yields its name."""
        method, parameters = _calls.lend(self, wait)
        message = encode(method, parameters)
        async with _open(self.picod.path) as borrower:
            yield (await borrower.ask(message))['port']

    @overload
    def task(self, function: Callable[P, R], /) -> AsyncTask[P, R]: ...

    @overload
    def task(self, /, *, timeout: float | None = None,
             wait: float | None = None
             ) -> Callable[[Callable[P, R]], AsyncTask[P, R]]: ...

    def task(self, function: Callable[..., Any] | None = None, /, *,
             timeout: float | None = None, wait: float | None = None) -> Any:
        """Decorates a function that is to run on the board."""
        def decorate(function: Callable[..., Any]) -> Any:
            return AsyncTask(self, function, timeout, wait)

        return decorate if function is None else decorate(function)


def board(name: str | None = None) -> Board:
    """The board of that name; None: $PICOD_BOARD, or the only one."""
    return Picod().board(name)


async def boards(details: bool = False) -> list[BoardInfo]:
    """Every board; with details, what runs and waits on each, too."""
    async with Picod() as picod:
        return await picod.boards(details)


def watch(history: bool = False) -> AsyncIterator[Event]:
    """What happens on $PICOD_BOARD, or without it on all, from now on."""
    return Picod().watch(history)


async def send(text: str, board: str | None = None,
               timeout: float | None = None,
               wait: float | None = None) -> str:
    """Board.send() on a connection of its own."""
    async with Picod() as picod:
        return await picod.board(board).send(text, timeout, wait)


async def eval(expression: str, board: str | None = None,
               timeout: float | None = None,
               wait: float | None = None) -> Any:
    """Board.eval() on a connection of its own."""
    async with Picod() as picod:
        return await picod.board(board).eval(expression, timeout, wait)


async def exec(program: str, board: str | None = None,
               timeout: float | None = None,
               wait: float | None = None) -> str:
    """Board.exec() on a connection of its own."""
    async with Picod() as picod:
        return await picod.board(board).exec(program, timeout, wait)


async def command(text: str, board: str | None = None,
                  timeout: float | None = None,
                  wait: float | None = None) -> list[str]:
    """Board.command() on a connection of its own."""
    async with Picod() as picod:
        return await picod.board(board).command(text, timeout, wait)
