# SPDX-License-Identifier: MIT
"""A picod that answers what the test tells it to, and picoctl against it.

Everything that a board or a daemon may answer can be had here at once: each
error, output that is not UTF-8, a daemon that dies in the middle.  What real
boards answer is tested elsewhere.
"""

import contextlib
import fcntl
import json
import os
import pty
import shutil
import socket
import struct
import subprocess
import tempfile
import termios
import threading
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get('PICOD_BUILD', 'build'))
PICOCTL = os.path.join(BUILD, 'picoctl')
TIMEOUT_S = 30


def read(*names):
    with open(os.path.join(*names), encoding='utf-8') as file:
        return file.read()


class Answer(Exception):
    """An error that a method of FakePicod answers with."""

    def __init__(self, name, **parameters):
        super().__init__(name)
        self.name = name if '.' in name else 'io.picod.' + name
        self.parameters = parameters


class FakePicod:
    """A Varlink server whose methods are Python functions.

    methods: by name without the interface, a function of the parameters, that
    returns the reply's parameters, yields several, or raises Answer.  What
    yields bytes sends them as they are; what yields None closes the
    connection.  calls has what came in.  gone is set when a client leaves.
    """

    def __init__(self, **methods):
        self.methods = methods
        self.calls = []
        self.gone = threading.Event()
        self.connections = []
        self.directory = tempfile.mkdtemp(prefix='picod-fake-')
        self.path = os.path.join(self.directory, 'io.picod')
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(TIMEOUT_S)
        shutil.rmtree(self.directory)

    def restart(self):
        """Ends every connection; who comes again finds it again."""
        while self.connections:
            with contextlib.suppress(OSError):
                self.connections.pop().shutdown(socket.SHUT_RDWR)

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            thread = threading.Thread(target=self.serve, args=(connection,),
                                      daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, connection):
        pending = b''
        with connection:
            while True:
                try:
                    data = connection.recv(65536)
                except ConnectionResetError:
                    break
                if not data:
                    break
                *messages, pending = (pending + data).split(b'\0')
                for message in messages:
                    try:
                        if not self.answer(connection, json.loads(message)):
                            return
                    except (BrokenPipeError, ConnectionResetError):
                        self.gone.set()
                        return
        self.gone.set()

    def answer(self, connection, call):
        self.calls.append(call)
        method = self.methods.get(call['method'].rpartition('.')[2])
        if method is None:
            raise AssertionError(f'unexpected call: {call}')
        last = None
        try:
            result = method(call.get('parameters', {}))
            if isinstance(result, dict):
                result = [result]
            for reply in result:
                if last is not None:
                    self.send(connection, {'parameters': last,
                                           'continues': True})
                last = None
                if reply is None:
                    return False
                if isinstance(reply, bytes):
                    connection.sendall(reply)
                else:
                    last = reply
        except Answer as error:
            if last is not None:
                self.send(connection, {'parameters': last, 'continues': True})
            self.send(connection, {'error': error.name,
                                   'parameters': error.parameters})
        else:
            if last is not None:
                self.send(connection, {'parameters': last})
        return True

    def send(self, connection, message):
        connection.sendall(json.dumps(message).encode() + b'\0')

    def parameters(self, index=0):
        return self.calls[index].get('parameters')


def environment(**more):
    """The environment without what picod's clients heed."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith('PICOD_') and name != 'XDG_RUNTIME_DIR'}
    env['TZ'] = 'UTC'
    env.update(more)
    return env


def picoctl(*words, socket_path=None, env=None, **more):
    """Runs picoctl and returns its CompletedProcess; its output is bytes."""
    env = environment(**(env or {}))
    if socket_path is not None:
        env['PICOD_SOCKET'] = socket_path
    more.setdefault('stdin', subprocess.DEVNULL if 'input' not in more
                    else None)
    if 'input' in more:
        del more['stdin']
    return subprocess.run([PICOCTL, *words], env=env, timeout=TIMEOUT_S,
                          capture_output=True, check=False, **more)


def output(text, **more):
    return {'output': text, 'boot': 7, **more}


class Case(unittest.TestCase):
    maxDiff = None

    def expect(self, result, status, out=b'', err=b''):
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (status, out, err))


def on_terminal(words, columns, env):
    """What a command prints on a terminal of so many columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ,
                struct.pack('HHHH', 24, columns, 0, 0))
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=slave,
                          stderr=slave, env=env) as process:
        os.close(slave)
        pieces = []
        with contextlib.suppress(OSError), open(master, 'rb', 0) as terminal:
            while piece := terminal.read(65536):
                pieces.append(piece)
        process.wait(TIMEOUT_S)
    return b''.join(pieces).decode().replace('\r\n', '\n')


CLIENT = {'pid': 4711, 'uid': 1000, 'user': 'ben', 'program': 'python3',
          'since': 1714572185000000}


BOARDS = [
    {'name': 'pico0', 'state': 'busy', 'driver': 'repl',
     'port': '/dev/ttyACM0', 'about': 'MicroPython v1.22; Pico', 'boot': 12,
     'usb': {'vendor': 0x2e8a, 'product': 5, 'serial': 'E66', 'path': '1-1'},
     'holder': CLIENT, 'waiting': 1, 'requests': [
         {'id': 3, 'method': 'Send', 'text': 'while True:\n\tpass',
          'running': True, 'client': CLIENT},
         {'id': 4, 'method': 'Send', 'text': 'ä' * 40, 'running': False,
          'client': {**CLIENT, 'program': 'evil\x1b[2J\u009b'}}]},
    {'name': 'thelongername', 'state': 'unclaimed', 'driver': 'auto',
     'port': '/dev/ttyUSB0', 'about': None, 'boot': 0, 'usb': None,
     'holder': None, 'waiting': 0,
     'problem': 'it may be anything: name it in picod.conf'},
]


def event(kind, board='pico0', **more):
    return {'board': board, 'event': kind, 'time': 1714572185123456, **more}
