# SPDX-License-Identifier: MIT
"""picod and its boards, for programs that wait for an answer."""

from __future__ import annotations

import contextlib
from typing import (Any, Callable, Generator, Iterable, Iterator, ParamSpec,
                    TypeVar, overload)

from . import _calls
from ._connection import CallNotTaken, Connection
from ._errors import ConnectionLost, Error
from ._files import BoardPath
from ._task import Task
from ._types import BoardInfo, Event, Line, Lines
from ._wire import Parameters, Path, check_string, encode, log, lost_at
from ._wire import socket_path

P = ParamSpec('P')
R = TypeVar('R')


def _ask(connection: Connection, message: bytes) -> Parameters:
    """One call on a connection that is not made again if it is lost."""
    connection.begin(message)
    try:
        return connection.next().parameters
    except CallNotTaken:
        raise lost_at(connection.path) from None


class Picod:
    """picod, by a connection that is made at the first call.

    path: the socket; by default $PICOD_SOCKET, or else your own picod's, or
    the system's. Threads, signal handlers and both sides of a fork may use
    one object: calls that overlap have a connection each. A restart of picod
    between two calls is not noticed.
    """

    def __init__(self, path: Path = None):
        self.path = socket_path(path)
        self._idle: list[Connection] = []

    def __enter__(self) -> Picod:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.path,)

    def __repr__(self) -> str:
        return f'<picoctl.Picod {self.path}>'

    def close(self) -> None:
        """Ends the connection; a later call makes a new one."""
        while self._idle:
            self._idle.pop().close()

    # ------------------------------------------------------------ any method

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Calls a method ("ListBoards", or a full name); returns its reply.

        Parameters are those of io.picod.varlink, times in milliseconds; those
        that are None are left out.
        """
        message = encode(method, parameters)
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                break
            if connection.is_idle():
                with contextlib.suppress(CallNotTaken):
                    return self._talk(connection, message)
            connection.close()
        try:
            return self._talk(Connection(self.path), message)
        except CallNotTaken:
            raise lost_at(self.path) from None

    def _talk(self, connection: Connection, message: bytes) -> Parameters:
        """One call on a connection, which is idle again if it can be."""
        try:
            connection.begin(message)
            reply = connection.next().parameters
        except Error as error:
            if isinstance(error, ConnectionLost):
                connection.close()
            else:
                self._idle.append(connection)
            raise
        except BaseException:
            # In the middle of an answer, for example by Ctrl-C: the
            # connection is out of step, and its end stops the statement.
            connection.close()
            raise
        self._idle.append(connection)
        return reply

    def stream(self, method: str, **parameters: Any
               ) -> Generator[dict[str, Any], None, None]:
        """Calls a method that replies many times, and yields each reply.

        This has a connection of its own, which ends with the loop, however it
        is left: a statement that runs is interrupted then.
        """
        return self._stream(encode(method, parameters, more=True))

    def upload(self, pieces: Iterable[bytes], method: str,
               **parameters: Any) -> dict[str, Any]:
        """Hands over bytes, and then calls the method that takes them."""
        with contextlib.closing(Connection(self.path)) as connection:
            for message in _calls.uploads(pieces):
                _ask(connection, message)
            return _ask(connection, encode(method, parameters))

    def _stream(self, message: bytes) -> Generator[Parameters, None, None]:
        connection = Connection(self.path)
        try:
            connection.begin(message)
            continues = True
            while continues:
                reply, continues = connection.next()
                yield reply
        except CallNotTaken:
            raise lost_at(self.path) from None
        finally:
            connection.close()

    # ---------------------------------------------------------------- boards

    def boards(self, details: bool = False) -> list[BoardInfo]:
        """Every board; with details, what runs and waits on each, too."""
        reply = self.call('ListBoards', details=details or None)
        return [BoardInfo.of(board) for board in reply['boards']]

    def board(self, name: str | None = None) -> Board:
        """The board of that name; None: $PICOD_BOARD, or the only one."""
        return Board(self, name)

    def watch(self, history: bool = False) -> Iterator[Event]:
        """What happens on $PICOD_BOARD, or without it on all, from now on."""
        return Board(self).watch(history)

    def send(self, text: str, board: str | None = None,
             timeout: float | None = None, wait: float | None = None) -> str:
        """Board.send() of that board."""
        return self.board(board).send(text, timeout, wait)


class Board:
    """A board, by its name; None means $PICOD_BOARD, or the only one.

    Times are in seconds. timeout counts from the start on the board, and None
    means as long as it takes; wait is for the time before, in the queue,
    behind a hold, or until the board is plugged in: None means as long as it
    takes for the first two, and not at all for the third.
    """

    def __init__(self, picod: Picod, name: str | None = None,
                 token: str | None = None):
        if name is not None:
            check_string('board', name)
        self.picod = picod
        self.name = name
        self.token = token
        """Of the hold that the board is used under."""
        self.boot: int | None = None
        """As of the last answer; it changes whenever the board restarts."""
        self.notice: str | None = None
        """What picod had to say with the last answer, such as that the board
        restarted and its variables are lost; it is logged, too."""

    def __repr__(self) -> str:
        return f'<picoctl.Board {self.name or "(the only one)"}>'

    def _call(self, call: tuple[str, Parameters]) -> Parameters:
        method, parameters = call
        self.notice = None
        reply = self.picod.call(method, **parameters)
        _calls.heard(self, reply)
        return reply

    def send(self, text: str, timeout: float | None = None,
             wait: float | None = None, *,
             max_age: float | None = None) -> str:
        """Runs a statement or program; returns what it printed.

        That is without the end of the last line: send('2 + 2') is '4'. An
        exception on the board is StatementFailed. A PiSerial board gets a
        command, and CommandRejected is its RR. With max_age, an answer to the
        same text that another got so few seconds ago will do, and who asks
        meanwhile shares it.
        """
        return _calls.output(self._call(
            _calls.send(self, text, timeout, wait, max_age)))

    def eval(self, expression: str, timeout: float | None = None,
             wait: float | None = None, *,
             max_age: float | None = None) -> Any:
        """The value of an expression, as a value of this Python.

        What the board prints besides is printed here. NotAValue, if it has no
        plain form, such as <Pin 25>. max_age: as with send().
        """
        return _calls.value(self._call(
            _calls.evaluate(self, expression, timeout, wait, max_age)))

    def exec(self, program: str, timeout: float | None = None,
             wait: float | None = None) -> str:
        """Runs a program, which may be indented as a whole; what it printed.

        No values are shown: exec('2 + 2') is ''.
        """
        return _calls.output(self._call(
            _calls.execute(self, program, timeout, wait)))

    def command(self, text: str, timeout: float | None = None,
                wait: float | None = None) -> list[str]:
        """Sends a PiSerial command; the commands that came before its OK."""
        return _calls.lines(self._call(
            _calls.send(self, text, timeout, wait)))

    def stream(self, text: str, timeout: float | None = None,
               wait: float | None = None) -> Iterator[str]:
        """As send(), but in pieces, as the board prints them.

        A loop that is left early interrupts the statement.
        """
        method, parameters = _calls.send(self, text, timeout, wait)
        return self._pieces(self.picod.stream(method, **parameters))

    def _pieces(self, replies: Generator[Parameters, None, None]
                ) -> Iterator[str]:
        self.notice = None
        with contextlib.closing(replies):
            for reply in replies:
                _calls.heard(self, reply)
                if reply['output']:
                    yield reply['output']

    def interrupt(self) -> None:
        """Stops what runs on the board, whoever sent it."""
        self._call(_calls.interrupt(self))

    def reset(self, kind: str | None = None,
              wait: float | None = None) -> None:
        """Restarts its own program; kind may be 'hard' or 'bootloader'."""
        self._call(_calls.reset(self, kind, wait))

    def info(self) -> BoardInfo:
        """What picod knows of it."""
        return _calls.pick(self.picod.boards(details=True), self.name)

    @property
    def files(self) -> BoardPath:
        """Its file system: board.files / 'main.py'."""
        return BoardPath(self)

    # ------------------------------------------------------- what it says

    def watch(self, history: bool = False,
              trace: bool = False) -> Iterator[Event]:
        """What happens on the board, from now on.

        Without a name it is that of $PICOD_BOARD, or without it all of them.
        history: what it printed before comes first. trace: every byte, too.
        """
        method, parameters = _calls.watch(self, history, trace)
        return self._events(self.picod.stream(method, **parameters))

    @staticmethod
    def _events(replies: Generator[Parameters, None, None]
                ) -> Iterator[Event]:
        with contextlib.closing(replies):
            for reply in replies:
                yield Event.of(reply)

    def lines(self, history: bool = False) -> Iterator[Line]:
        """The lines that the board prints unasked, each with its time."""
        lines = Lines()
        for event in self.watch(history):
            if event.kind == 'lost':
                log.warning('lines of board %s were lost: this program reads '
                            'them too slowly', event.board)
            yield from lines.feed(event)

    # --------------------------------------------------------- exclusive use

    @contextlib.contextmanager
    def hold(self, wait: float | None = 0, will: str | None = None,
             lasting: float | None = None) -> Iterator[Board]:
        """The board for this block alone; yields it.

        wait: None waits as long as it takes. will: a statement that picod runs
        if the block ends with an exception, or this process with the block
        unfinished. lasting: the longest it may last.
        """
        method, parameters = _calls.hold(self, wait, will, lasting)
        message = encode(method, parameters)
        with contextlib.closing(Connection(self.picod.path)) as holder:
            reply = _ask(holder, message)
            yield Board(self.picod, reply['board'], reply['token'])
            if holder.close.alive:          # or this is another process
                _ask(holder, encode('Drop', {'board': reply['board']}))

    @contextlib.contextmanager
    def lend(self, wait: float | None = None) -> Iterator[str]:
        """The board's port for this block: yields its name.

        picod has closed it meanwhile, and takes it back afterwards.
        """
        method, parameters = _calls.lend(self, wait)
        message = encode(method, parameters)
        with contextlib.closing(Connection(self.picod.path)) as borrower:
            yield _ask(borrower, message)['port']

    # ----------------------------------------------------------------- tasks

    @overload
    def task(self, function: Callable[P, R], /) -> Task[P, R]: ...

    @overload
    def task(self, /, *, timeout: float | None = None,
             wait: float | None = None
             ) -> Callable[[Callable[P, R]], Task[P, R]]: ...

    def task(self, function: Callable[..., Any] | None = None, /, *,
             timeout: float | None = None, wait: float | None = None) -> Any:
        """Decorates a function that is to run on the board.

            @board.task
            def blink(times: int) -> int: ...

        It has its arguments and what is defined on the board, but nothing of
        this program. What it prints is printed here, what it returns is a
        plain value, and what it raises is StatementFailed. The loop over what
        a generator yields goes on as the board comes to it.
        """
        def decorate(function: Callable[..., Any]) -> Any:
            return Task(self, function, timeout, wait)

        return decorate if function is None else decorate(function)
