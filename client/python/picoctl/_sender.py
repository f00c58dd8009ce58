# SPDX-License-Identifier: MIT
"""A stand-in for the Sender that many scripts use with pyserial."""

from __future__ import annotations

import contextlib
import os
import time

from ._connection import CallNotTaken, Connection
from ._errors import (CommandRejected, ConnectionLost, Error, NoSuchBoard,
                      StatementFailed)
from ._picod import Picod
from ._wire import check_string, encode, log, lost_at


class Sender:
    """Sends a statement, and receives the lines that it prints.

    device: a board's name, or a port such as /dev/ttyACM0 that picod has; None
    means the only board. baud is picod's business and ignored. timeout: the
    seconds that send() and receive() wait at most.

    Where send() returns False, error says why, and so does a line on standard
    error. As with a serial port, one thread sends and receives.
    """

    def __init__(self, device: str | None = None, baud: int = 9600,
                 timeout: float | None = 1):
        del baud
        self.timeout = timeout
        self.error: Error | None = None
        self._picod = Picod()
        self._board = self._find(device)
        self._connection: Connection | None = None
        self._running = False
        self._lines: list[str] = []
        self._partial = ''

    def __enter__(self) -> Sender:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _find(self, device: str | None) -> str | None:
        if device is None:
            return None
        with self._picod:           # the connection has served its purpose
            boards = self._picod.boards()
        for board in boards:
            if board.name == device or os.path.realpath(
                    board.port) == os.path.realpath(device):
                return board.name
        raise NoSuchBoard('io.picod.NoSuchBoard', {
            'board': device,
            'message': f'picod has no board of the name or port {device}; it '
            'has: ' + (', '.join(board.name for board in boards) or 'none')})

    def _print(self, text: str) -> None:
        *lines, self._partial = (self._partial + text).split('\n')
        self._lines += lines

    def _end(self, text: str = '') -> None:
        """The statement is over: what was printed last is a line too."""
        if text:
            self._print(('\n' if self._partial else '') + text)
        if self._partial:
            self._print('\n')
        self._running = False

    def _fail(self, error: Error) -> bool:
        """What an error comes to; whether the statement was run at all."""
        self.error = error
        self._print(error.output)
        if isinstance(error, StatementFailed):
            self._end(error.traceback.rstrip('\n') + '\n')
            return True
        if isinstance(error, CommandRejected):
            self._end('RR\n')
            return False
        self._end()
        log.warning('%s', error)
        if isinstance(error, ConnectionLost):
            self._disconnect()
        return False

    def _take(self, connection: Connection) -> bool | None:
        """Takes the next reply: whether all is well; None if none came."""
        deadline = time.monotonic() + (self.timeout or 0)
        try:
            reply, more = connection.next(self.timeout)
            while reply.get('waiting'):     # as if none had come
                reply, more = connection.next(
                    None if self.timeout is None else
                    max(deadline - time.monotonic(), 0))
        except TimeoutError:
            return None
        except CallNotTaken:
            return self._fail(lost_at(connection.path))
        except Error as error:
            return self._fail(error)
        self._print(reply.get('output') or '')
        if not more:
            self._end(reply['status'] + '\n' if reply.get('status') else '')
        return True

    def _connect(self) -> Connection:
        if self._connection is None or not self._connection.is_idle():
            self._disconnect()
            self._connection = Connection(self._picod.path)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._running = False

    def send(self, text: str) -> bool:
        """Sends a statement; whether the board took it.

        What earlier ones printed and nobody received is gone.
        """
        check_string('text', text)
        if self._running and self._connection is not None:
            self._take(self._connection)
            if self._running:
                return False        # the one before has not ended
        self._lines.clear()
        self._partial = ''
        self.error = None
        try:
            connection = self._connect()
        except Error as error:
            return self._fail(error)
        connection.begin(encode('Send', {'board': self._board, 'text': text},
                                more=True))
        self._running = True
        return self._take(connection) is not False  # no answer yet: it runs

    def receive(self) -> str:
        """The next line that the statement printed, or '' if none comes."""
        while not self._lines and self._running and \
                self._connection is not None:
            if self._take(self._connection) is None:
                break
        return self._lines.pop(0).strip() if self._lines else ''

    def close(self) -> None:
        """Ends it; a statement that still runs is interrupted."""
        with contextlib.suppress(OSError):
            self._disconnect()
        self._picod.close()
