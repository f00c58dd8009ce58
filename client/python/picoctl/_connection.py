# SPDX-License-Identifier: MIT
"""A connection to picod, for one call at a time.

A child must not have the connections of its parent: their answers would go to
whoever reads first, and a hold would last as long as the child. So it closes
what it inherited, and all that is known of it is that it is closed.
"""

from __future__ import annotations

import os
import socket
import time
import weakref
from typing import Protocol

from ._errors import NotRunning
from ._wire import SYSTEM_SOCKET, Decoder, Reply, lost, lost_at


class _Inherited(Protocol):
    def after_fork(self) -> None:
        """In a child: closes the descriptor, and touches nothing else."""


_connections: weakref.WeakSet[_Inherited] = weakref.WeakSet()


def close_in_children(connection: _Inherited) -> None:
    _connections.add(connection)


def _after_fork() -> None:
    for connection in list(_connections):
        connection.after_fork()


os.register_at_fork(after_in_child=_after_fork)


class CallNotTaken(Exception):
    """picod went away without having read the call: it can be made again."""


def not_running(path: str, error: OSError) -> NotRunning:
    return NotRunning('NotRunning', {
        'message': f'there is no picod at {path} for you to use '
        f'({error.strerror})' + ('; "sudo systemctl start picod" starts it'
                                 if path == SYSTEM_SOCKET else '')})


class Connection:
    """Sends calls and receives replies."""

    def __init__(self, path: str):
        self.path = path
        self._decoder = Decoder()
        self._unsent = False        # picod was gone before the call was out
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Also when nobody has it any more.
        self.close = weakref.finalize(self, self._socket.close)
        close_in_children(self)
        try:
            self._socket.connect(path)
        except OSError as error:
            self.close()
            raise not_running(path, error) from error

    def after_fork(self) -> None:
        self.close()

    def is_idle(self) -> bool:
        """Whether a call can be made: nobody has closed it, nothing came."""
        if not self.close.alive:
            return False
        try:
            self._socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def begin(self, call: bytes) -> None:
        """Sends a call; then next() until a reply does not continue."""
        try:
            self._socket.settimeout(None)
            self._socket.sendall(call)
        except (BrokenPipeError, ConnectionResetError):
            self._unsent = True     # what it said before it left is the reason

    def _receive(self, timeout: float | None) -> bytes:
        self._socket.settimeout(timeout)
        try:
            return self._socket.recv(65536)
        except ConnectionResetError:
            # It left with a call unread, and a call's last byte is the one
            # that makes it a call.
            raise CallNotTaken from None

    def next(self, timeout: float | None = None) -> Reply:
        """The next reply; an error is raised.

        TimeoutError, if none came within so many seconds; it can be asked
        again. CallNotTaken, if picod never read the call.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            if not self.close.alive:
                raise lost('the connection was closed, or is of the process '
                           'that this one was forked from')
            reply = self._decoder.next()
            if reply is not None:
                return reply
            data = self._receive(None if deadline is None else max(
                deadline - time.monotonic(), 0.000001))
            if not data and self._unsent:
                raise CallNotTaken
            if not data:
                raise lost_at(self.path)
            self._decoder.feed(data)
