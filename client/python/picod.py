# SPDX-License-Identifier: MIT
"""Talk to microcontrollers through picod.

    import picod
    print(picod.send('2 + 2'))                   # the one board there is

    with picod.Picod() as p:
        pico = p.board('pico0')
        pico.send('led.on()', timeout=2)
        for piece in pico.stream('for i in range(3): print(i)'):
            print(piece, end='')
        with pico.hold(wait=10, will='motor.stop()') as held:
            held.send('motor.start()')           # nobody else comes between

This is one file without dependencies: copy it where it is needed. What is the
matter with a call is an exception, a subclass of Error, named as in
io.picod.varlink: picod.BoardBusy, picod.StatementFailed, picod.TimedOut ...
Times are in seconds, except in call(), which takes what the interface has.

A Picod and its boards may be used by several threads, by signal handlers, and on
both sides of a fork: calls that overlap have a connection each, and a child never
uses those of its parent. Objects and errors can be pickled. What picod says of a
board's state, and every method that has no function here, is reached through
Picod.call() and Picod.stream().
"""

import base64
import contextlib
import json
import math
import os
import socket
import time
import weakref
from typing import Any, Dict, Iterator, List, Optional, Union

__all__ = ['Picod', 'Board', 'Sender', 'send', 'output_bytes', 'Error',
           'NotRunning', 'ConnectionLost']

INTERFACE = 'io.picod.'
SYSTEM_SOCKET = '/run/picod/io.picod'

# The methods that take a hold's token, which every script run by "picoctl
# hold" finds in its environment.
TAKE_HOLD = {'Send', 'Interrupt', 'Reset'}

# The methods whose board, where none is named, is that of the environment.
TAKE_BOARD = TAKE_HOLD | {'Watch', 'Hold', 'Drop', 'Cancel'}


def _sentence(name: str, parameters: Dict[str, Any]) -> str:
    """For an error that brings none, as those of Varlink itself."""
    if 'parameter' in parameters:
        return (f'picod does not take the parameter '
                f'"{parameters["parameter"]}" as it was given')
    return name


class Error(Exception):
    """What picod answered instead of a result; str() is a sentence, and the
    traceback where there is one.

    name is the whole name, parameters is all that came with it; output is what
    the board had printed by then, traceback is that of StatementFailed.
    """

    def __init__(self, name: str, parameters: Dict[str, Any]):
        super().__init__(parameters.get('message') or _sentence(
            name, parameters))
        self.name = name
        self.parameters = parameters

    def __reduce__(self):
        return type(self), (self.name, self.parameters)

    def __str__(self) -> str:
        return '\n'.join(filter(None, (self.args[0],
                                       self.traceback.rstrip())))

    @property
    def output(self) -> str:
        return self.parameters.get('output') or ''

    @property
    def traceback(self) -> str:
        return self.parameters.get('traceback') or ''


class NotRunning(Error):
    """There is no picod at the socket, or it may not be used."""


class ConnectionLost(Error):
    """picod ended the connection before it had answered."""


ERRORS = (
    'NoSuchBoard', 'AmbiguousBoard', 'BoardAbsent', 'BoardBusy',
    'BoardSilent', 'StatementFailed', 'CommandRejected', 'InvalidCommand',
    'TimedOut', 'Interrupted', 'Disconnected', 'OutputTooLarge',
    'Unsupported', 'LimitExceeded', 'NoSuchRequest', 'PermissionDenied',
    'FileError', 'FlashFailed')

for _name in ERRORS:
    globals()[_name] = type(_name, (Error,), {
        '__doc__': f'{INTERFACE}{_name}, see io.picod.varlink.',
        '__module__': __name__})
    __all__.append(_name)


def _error(name: str, parameters: Optional[Dict[str, Any]]) -> Error:
    short = name[len(INTERFACE):] if name.startswith(INTERFACE) else None
    kind = globals()[short] if short in ERRORS else Error
    return kind(name, parameters or {})


def socket_path(path: Union[str, 'os.PathLike[str]', None] = None) -> str:
    """The socket of picod, as every client of it chooses."""
    if path or os.environ.get('PICOD_SOCKET'):
        return os.fspath(path or os.environ['PICOD_SOCKET'])
    runtime = os.environ.get('XDG_RUNTIME_DIR', '')
    mine = os.path.join(runtime, 'picod', 'io.picod')
    if runtime.startswith('/') and os.path.exists(mine):
        return mine
    return SYSTEM_SOCKET


def output_bytes(reply: Dict[str, Any]) -> bytes:
    """What the board printed, byte for byte where that was not UTF-8."""
    if reply.get('data') is not None:
        return base64.b64decode(reply['data'])
    return (reply.get('output') or '').encode()


def _milliseconds(what: str, seconds: Optional[float]) -> Optional[int]:
    if seconds is None:
        return None
    if not isinstance(seconds, (int, float)):
        raise TypeError(f'{what} must be seconds, not '
                        f'{type(seconds).__name__}')
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError(f'{what} cannot be {seconds} seconds')
    return round(seconds * 1000)


def _string(what: str, value: Any) -> None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f'{what} must be str, not {type(value).__name__}')


def _check_text(what: str, value: Any) -> None:
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


# A child must not have the connections of its parent: their answers would go
# to whoever reads first, and a hold would last as long as the child.
_connections: 'weakref.WeakSet[_Connection]' = weakref.WeakSet()


def _after_fork() -> None:
    for connection in list(_connections):
        connection.close()


os.register_at_fork(after_in_child=_after_fork)


class _Connection:
    """Calls and replies on a socket, one call at a time."""

    def __init__(self, path: str):
        self.path = path
        self.pending = bytearray()
        self.searched = 0           # of pending: has no NUL
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Also when nobody has it any more.
        self.close = weakref.finalize(self, self.socket.close)
        _connections.add(self)
        try:
            self.socket.connect(path)
        except OSError as error:
            self.close()
            raise NotRunning('NotRunning', {
                'message': f'there is no picod at {path} for you to use '
                f'({error.strerror})' + ('; "sudo systemctl start picod" starts '
                                       'it' if path == SYSTEM_SOCKET else '')
            }) from error

    def begin(self, call: bytes) -> None:
        try:
            self.socket.settimeout(None)
            self.socket.sendall(call)
        except BrokenPipeError:
            pass                    # what it said before it left is the reason

    def _receive(self, timeout: Optional[float]) -> bytes:
        self.socket.settimeout(timeout)
        try:
            return self.socket.recv(65536)
        except ConnectionResetError:
            return b''

    def next(self, timeout: Optional[float] = None):
        """The next reply's parameters, and whether others follow.

        socket.timeout, if none came within so many seconds; it can be asked
        again.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            if not self.close.alive:
                raise ConnectionLost('ConnectionLost', {
                    'message': 'the connection was closed, or is of the '
                    'process that this one was forked from'})
            end = self.pending.find(0, self.searched)
            if end >= 0:
                break
            self.searched = len(self.pending)
            left = None if deadline is None else max(
                deadline - time.monotonic(), 0.000001)
            data = self._receive(left)
            if not data:
                raise ConnectionLost('ConnectionLost', {
                    'message': 'picod ended the connection' + (
                        '; "sudo journalctl -u picod" says why'
                        if self.path == SYSTEM_SOCKET else '')})
            self.pending += data
        try:
            message = json.loads(self.pending[:end])
        except ValueError:
            raise ConnectionLost('ConnectionLost', {
                'message': 'what answers at the socket is not picod'
            }) from None
        del self.pending[:end + 1]
        self.searched = 0
        if 'error' in message:
            raise _error(message['error'], message.get('parameters'))
        return message.get('parameters') or {}, bool(message.get('continues'))


def _encode(method: str, parameters: Dict[str, Any],
            more: bool = False) -> bytes:
    """A call as it goes over the wire, with what the environment adds."""
    if method in TAKE_BOARD and parameters.get('board') is None:
        parameters['board'] = os.environ.get('PICOD_BOARD') or None
    if method in TAKE_HOLD and parameters.get('hold') is None:
        parameters['hold'] = os.environ.get('PICOD_HOLD') or None
    call: Dict[str, Any] = {
        'method': method if '.' in method else INTERFACE + method,
        'parameters': {name: value for name, value in parameters.items()
                       if value is not None}}
    for name, value in call['parameters'].items():
        _check_text(name, value)
    if more:
        call['more'] = True
    try:
        return json.dumps(call).encode() + b'\0'
    except TypeError as error:
        raise TypeError(f'this is not JSON: {error}') from None


class Picod:
    """A connection to picod, made at the first call.

    path: the socket; by default $PICOD_SOCKET, or else your own picod's, or
    the system's.
    """

    def __init__(self, path: Union[str, 'os.PathLike[str]', None] = None):
        self.path = socket_path(path)
        self._idle: List[_Connection] = []

    def __enter__(self) -> 'Picod':
        return self

    def __exit__(self, *exc) -> None:
        self.close()

    def __reduce__(self):
        return type(self), (self.path,)

    def close(self) -> None:
        """Ends the connection; a later call makes a new one."""
        while self._idle:
            self._idle.pop().close()

    def _connection(self) -> _Connection:
        """One that is nobody else's until it is back among the idle."""
        try:
            while True:
                connection = self._idle.pop()
                if connection.close.alive:      # no fork has closed it
                    return connection
        except IndexError:
            return _Connection(self.path)

    def call(self, method: str, **parameters: Any) -> Dict[str, Any]:
        """Calls a method ("ListBoards", or a full name) and returns its reply.

        Parameters that are None are left out.
        """
        message = _encode(method, parameters)
        connection = self._connection()
        try:
            connection.begin(message)
            reply = connection.next()[0]
        except ConnectionLost:
            connection.close()
            raise
        except Error:
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
               ) -> Iterator[Dict[str, Any]]:
        """Calls a method that replies many times, and yields each reply.

        This has a connection of its own, which ends with the loop, however it
        is left: a statement that runs is interrupted then.
        """
        return self._stream(_encode(method, parameters, more=True))

    def _stream(self, message: bytes) -> Iterator[Dict[str, Any]]:
        connection = _Connection(self.path)
        try:
            connection.begin(message)
            continues = True
            while continues:
                reply, continues = connection.next()
                yield reply
        finally:
            connection.close()

    def boards(self, details: bool = False) -> List[Dict[str, Any]]:
        """Every board, as the type Board of the interface."""
        return self.call('ListBoards', details=details or None)['boards']

    def board(self, name: Optional[str] = None) -> 'Board':
        """The board of that name; None: $PICOD_BOARD, or the only one."""
        return Board(self, name)

    def send(self, text: str, board: Optional[str] = None,
             timeout: Optional[float] = None,
             wait: Optional[float] = None) -> str:
        """Board.send() of that board."""
        return self.board(board).send(text, timeout, wait)


class Board:
    """A board, by its name; None means the only one."""

    def __init__(self, picod: Picod, name: Optional[str] = None,
                 token: Optional[str] = None):
        self.picod = picod
        self.name = name
        self.token = token          # of the hold it is used under
        self.boot: Optional[int] = None     # as of the last answer

    def __repr__(self) -> str:
        return f'<picod.Board {self.name or "(the only one)"}>'

    def _sending(self, text, timeout, wait) -> Dict[str, Any]:
        _string('text', text)
        _string('board', self.name)
        return {'board': self.name, 'text': text, 'hold': self.token,
                'timeout': _milliseconds('timeout', timeout),
                'wait': _milliseconds('wait', wait)}

    def send(self, text: str, timeout: Optional[float] = None,
             wait: Optional[float] = None) -> str:
        """Runs a statement or program and returns what it printed.

        A PiSerial board gets a command, and CommandRejected is its RR. timeout
        counts from the start on the board, wait is for the time before.
        """
        reply = self.picod.call('Send', **self._sending(text, timeout, wait))
        self.boot = reply['boot']
        return reply['output']

    def stream(self, text: str, timeout: Optional[float] = None,
               wait: Optional[float] = None) -> Iterator[str]:
        """The same in pieces, as the board prints them."""
        return self._pieces(self.picod.stream(
            'Send', **self._sending(text, timeout, wait)))

    def _pieces(self, replies: Iterator[Dict[str, Any]]) -> Iterator[str]:
        for reply in replies:
            self.boot = reply['boot']
            if reply['output']:
                yield reply['output']

    def interrupt(self) -> None:
        """Stops what runs on the board, whoever sent it."""
        self.picod.call('Interrupt', board=self.name, hold=self.token)

    def reset(self, kind: Optional[str] = None,
              wait: Optional[float] = None) -> None:
        """Restarts its own program; kind may be 'hard' or 'bootloader'."""
        reply = self.picod.call('Reset', board=self.name, kind=kind,
                                wait=_milliseconds('wait', wait), hold=self.token)
        self.boot = reply['boot']

    def watch(self, history: bool = False) -> Iterator[Dict[str, Any]]:
        """What happens on the board, as the replies of Watch."""
        return self.picod.stream('Watch', board=self.name,
                                 history=history or None)

    @contextlib.contextmanager
    def hold(self, wait: Optional[float] = 0, will: Optional[str] = None,
             lasting: Optional[float] = None) -> Iterator['Board']:
        """The board for this block alone; yields it.

        wait: None waits as long as it takes. will: a statement that picod runs
        if the block ends with an exception, or this process with the block
        unfinished. lasting: the longest it may last.
        """
        _string('will', will)
        owner = os.getpid()
        with Picod(self.picod.path) as holder:
            reply = holder.call(
                'Hold', board=self.name, will=will,
                wait=_milliseconds('wait', 86400 if wait is None else wait),
                lasting=_milliseconds('lasting', lasting))
            yield Board(self.picod, reply['board'], reply['token'])
            if os.getpid() == owner:        # or it is not this process's
                holder.call('Drop', board=reply['board'])


def send(text: str, board: Optional[str] = None,
         timeout: Optional[float] = None,
         wait: Optional[float] = None) -> str:
    """Board.send() on a connection of its own."""
    with Picod() as picod:
        return picod.send(text, board, timeout, wait)


class Sender:
    """A stand-in for the Sender that many scripts use with pyserial.

    device: a board's name, or a port such as /dev/ttyACM0 that picod has; None
    means the only board. baud is picod's business and ignored. timeout: the
    seconds that send() and receive() wait at most.
    """

    def __init__(self, device: Optional[str] = None, baud: int = 9600,
                 timeout: Optional[float] = 1):
        del baud
        self.timeout = timeout
        self._picod = Picod()
        self._board = self._find(device)
        self._connection: Optional[_Connection] = None
        self._running = False
        self._lines: List[str] = []
        self._partial = ''

    def _find(self, device: Optional[str]) -> Optional[str]:
        if device is None:
            return None
        with self._picod:           # the connection has served its purpose
            boards = self._picod.boards()
        for board in boards:
            if board['name'] == device or os.path.realpath(
                    board['port']) == os.path.realpath(device):
                return board['name']
        raise _error('io.picod.NoSuchBoard', {
            'board': device,
            'message': f'picod has no board of the name or port {device}; '
            '"picoctl list" shows what it has'})

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

    def _take(self) -> Optional[bool]:
        """Takes the next reply: whether all is well; None if none came."""
        try:
            reply, more = self._connection.next(self.timeout)
        except socket.timeout:
            return None
        except Error as error:
            self._print(error.output)
            if error.name == 'io.picod.StatementFailed':
                self._end(error.traceback.rstrip('\n') + '\n')
                return True
            self._end('RR\n' if error.name == 'io.picod.CommandRejected'
                      else '')
            if isinstance(error, ConnectionLost):
                self._disconnect()
            return False
        self._print(reply.get('output') or '')
        if not more:
            self._end(reply['status'] + '\n' if reply.get('status') else '')
        return True

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._running = False

    def send(self, text: str) -> bool:
        """Sends a statement; whether the board took it.

        What earlier ones printed and nobody received is gone.
        """
        if self._running:
            self._take()
            if self._running:
                return False        # the one before has not ended
        self._lines.clear()
        self._partial = ''
        if self._connection is None:
            self._connection = _Connection(self._picod.path)
        self._connection.begin(_encode(
            'Send', {'board': self._board, 'text': text}, more=True))
        self._running = True
        return self._take() is not False    # no answer yet: it runs

    def receive(self) -> str:
        """The next line that the statement printed, or '' if none comes."""
        while not self._lines and self._running:
            if self._take() is None:
                break
        return self._lines.pop(0).strip() if self._lines else ''

    def close(self) -> None:
        """Ends it; a statement that still runs is interrupted."""
        self._disconnect()
        self._picod.close()
