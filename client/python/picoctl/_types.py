# SPDX-License-Identifier: MIT
"""What picod tells, as objects: the types of io.picod."""

from __future__ import annotations

import base64
import datetime
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Client:
    """A program that uses picod, as the kernel tells who it is."""

    pid: int
    uid: int
    user: str
    program: str
    since: float
    """When it came, in seconds since the epoch."""

    @classmethod
    def of(cls, client: dict[str, Any] | None) -> Client | None:
        if client is None:
            return None
        return cls(client['pid'], client['uid'], client['user'],
                   client['program'], client['since'] / 1e6)

    def __str__(self) -> str:
        return f'{self.program} (pid {self.pid}, {self.user})'


@dataclass(frozen=True)
class Usb:
    """How a board is known at the USB bus."""

    vendor: int
    product: int
    serial: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class Request:
    """What runs or waits on a board."""

    id: int
    method: str
    text: str
    running: bool
    client: Client | None


@dataclass(frozen=True)
class BoardInfo:
    """What picod knows of a board; parameters has all of it, as it came."""

    name: str
    state: str
    driver: str
    port: str
    boot: int
    waiting: int
    usb: Usb | None
    about: str | None
    holder: Client | None
    problem: str | None
    requests: list[Request]
    parameters: dict[str, Any]

    @classmethod
    def of(cls, board: dict[str, Any]) -> BoardInfo:
        usb = board.get('usb')
        return cls(
            board['name'], board['state'], board['driver'], board['port'],
            board['boot'], board['waiting'],
            None if usb is None else Usb(usb['vendor'], usb['product'],
                                         usb.get('serial'), usb.get('path')),
            board.get('about'), Client.of(board.get('holder')),
            board.get('problem'),
            [Request(request['id'], request['method'], request['text'],
                     request['running'], Client.of(request['client']))
             for request in board.get('requests') or []], board)


@dataclass(frozen=True)
class Event:
    """Something that happened on a board."""

    board: str
    kind: str
    """state, output, recovery, boot, trace, lost, as EventKind has them."""
    time: float
    """In seconds since the epoch."""
    output: str
    data: bytes
    """output, byte for byte."""
    state: str | None
    reason: str | None
    parameters: dict[str, Any]
    """All of it, as it came."""

    @classmethod
    def of(cls, reply: dict[str, Any]) -> Event:
        output = reply.get('output') or ''
        data = reply.get('data')
        return cls(reply['board'], reply['event'], reply['time'] / 1e6, output,
                   output.encode() if data is None else base64.b64decode(data),
                   reply.get('state'), reply.get('reason'), reply)


class Line(str):
    """A line that a board printed, without its end, and when and which."""

    board: str
    time: datetime.datetime

    def __new__(cls, text: str, board: str, time: float) -> Line:
        line = super().__new__(cls, text)
        line.board = board
        line.time = datetime.datetime.fromtimestamp(time).astimezone()
        return line

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.board, self.time.timestamp())


class Lines:
    """Puts the lines together that events have in pieces."""

    def __init__(self) -> None:
        self._begun: dict[str, tuple[str, float]] = {}

    def feed(self, event: Event) -> list[Line]:
        """The lines that are whole with this event."""
        if event.kind == 'output':
            return self._add(event)
        if event.kind in ('boot', 'lost') or event.state == 'absent':
            return self._end(event.board)   # the rest is not to come any more
        return []

    def _add(self, event: Event) -> list[Line]:
        begin, time = self._begun.pop(event.board, ('', event.time))
        *texts, rest = (begin + event.output).split('\n')
        if rest:
            self._begun[event.board] = rest, event.time if texts else time
        times = [time] + [event.time] * len(texts)
        return [Line(text.rstrip('\r'), event.board, time)
                for text, time in zip(texts, times)]

    def _end(self, board: str) -> list[Line]:
        """Of that board; '' is all."""
        over = {name: self._begun.pop(name) for name in list(self._begun)
                if board in ('', name)}
        return [Line(text.rstrip('\r'), name, time)
                for name, (text, time) in over.items()]
