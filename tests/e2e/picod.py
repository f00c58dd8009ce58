# SPDX-License-Identifier: MIT
"""picod for tests: started, spoken to with JSON and NUL bytes, and ended.

    class Test(picod.Case):
        def test_sum(self):
            board = self.board(Microbit())
            p = self.picod(mb=f'unix:{board.path}')
            self.assertEqual(p.call('Send', text='2 + 2')['output'], '4\\n')

Each picod has a temporary folder and a socket of its own.  It is ready when
it says so.  In the end it gets SIGTERM and must end with status 0, having
said nothing a sanitizer says.  Every reply and error is held against the
interface's description.

PICOD_BUILD names the folder of the build, PICOD_TEST_LOG=1 shows what picod
says.
"""

import contextlib
import json
import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import idl
from boards import FIRMWARE, ROOT

# Under nohup, all that is started here would ignore it, too.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Whole farms of boards are played in one process: the usual 1024 descriptors
# are too few for that, and nobody forbids more.
resource.setrlimit(resource.RLIMIT_NOFILE,
                   (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)

BUILD = os.path.join(ROOT, os.environ.get('PICOD_BUILD', 'build'))
PICOD = os.path.join(BUILD, 'picod')
PICOCTL = os.path.join(BUILD, 'picoctl')
# No test waits for so long: it is how long a lost one is given.
PATIENCE_S = 60

SANITIZER_WORDS = ('AddressSanitizer', 'LeakSanitizer', 'runtime error:',
                   'UndefinedBehaviorSanitizer')


def limit(name):
    """A limit of protocol/limits.h."""
    with open(os.path.join(ROOT, 'protocol/limits.h')) as file:
        for line in file:
            words = line.split(None, 2)
            if words[:2] == ['#define', f'LIMIT_{name}']:
                return eval(words[2])  # an expression of numbers
    raise KeyError(name)


def read_interface(name):
    with open(os.path.join(ROOT, 'protocol', name + '.varlink')) as file:
        return idl.Interface(file.read())


INTERFACES = {name: read_interface(name)
              for name in ('io.picod', 'org.varlink.service')}


class PicodError(Exception):
    """A Varlink error: its name without io.picod, and its parameters."""

    def __init__(self, name, parameters):
        super().__init__(f'{name} {parameters}')
        self.name = name.removeprefix('io.picod.')
        self.parameters = parameters

    def __getitem__(self, key):
        return self.parameters[key]


class Closed(Exception):
    """picod closed the connection."""


class Connection:
    """A client's connection.  Calls may be sent ahead of their replies."""

    def __init__(self, path, timeout_s=PATIENCE_S):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout_s)
        self.socket.connect(path)
        self.pending = b''
        self.sent = []

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        self.socket.close()

    def end(self):
        """No more calls, as nc and socat say it."""
        self.socket.shutdown(socket.SHUT_WR)

    def write(self, data):
        self.socket.sendall(data)

    def send(self, method, *, more=False, oneway=False, **parameters):
        """Sends a call; receive() has its replies, in order."""
        message = encode(method, more=more, oneway=oneway, **parameters)
        if not oneway:
            self.sent.append(full_name(method))
        self.write(message)

    def read_message(self):
        """The next message as it came, without its NUL."""
        while b'\0' not in self.pending:
            data = self.socket.recv(1 << 20)
            if not data:
                raise Closed(self.pending)
            self.pending += data
        message, _, self.pending = self.pending.partition(b'\0')
        return message

    def receive_reply(self):
        """The next reply and whether others follow; raises PicodError."""
        message = json.loads(self.read_message())
        self.check(message)
        if not message.get('continues'):
            self.sent.pop(0)
        if 'error' in message:
            raise PicodError(message['error'], message['parameters'])
        return message['parameters'], message.get('continues', False)

    def receive(self):
        """The only reply to a call."""
        parameters, continues = self.receive_reply()
        assert not continues, parameters
        return parameters

    def receive_all(self):
        """Yields each reply to a call with more."""
        continues = True
        while continues:
            parameters, continues = self.receive_reply()
            yield parameters

    def check(self, message):
        """Holds a message against the interfaces' descriptions."""
        assert set(message) <= {'parameters', 'continues', 'error'}, message
        assert type(message['parameters']) is dict, message
        assert self.sent, f'nobody asked for {message}'
        if 'error' in message:
            assert 'continues' not in message, message
            interface, _, name = message['error'].rpartition('.')
            INTERFACES[interface].check_error(name, message['parameters'])
        else:
            interface, _, name = self.sent[0].rpartition('.')
            INTERFACES[interface].check_out(name, message['parameters'])

    def call(self, method, **parameters):
        self.send(method, **parameters)
        return self.receive()

    def stream(self, method, **parameters):
        self.send(method, more=True, **parameters)
        return self.receive_all()

    def upgrade(self, method, **parameters):
        """A call after which the connection is for bytes."""
        self.sent.append(full_name(method))
        self.write(encode(method, upgrade=True, **parameters))
        return self.receive()

    def read_bytes(self):
        """What came after an upgrade; nothing at the end."""
        data, self.pending = self.pending, b''
        return data or self.socket.recv(1 << 16)

    def wait_closed(self):
        """Reads until picod closes, and returns what came before."""
        try:
            while data := self.socket.recv(1 << 20):
                self.pending += data
        except ConnectionResetError:
            pass
        return self.pending


def full_name(method):
    return method if '.' in method else 'io.picod.' + method


def encode(method, *, more=False, oneway=False, upgrade=False, **parameters):
    """A call as it goes over the wire."""
    message = {'method': full_name(method), 'parameters': parameters}
    if more:
        message['more'] = True
    if oneway:
        message['oneway'] = True
    if upgrade:
        message['upgrade'] = True
    return json.dumps(message).encode() + b'\0'


class Watcher:
    """What picod tells about its boards, event by event."""

    def __init__(self, path, **parameters):
        self.connection = Connection(path)
        self.events = self.connection.stream('Watch', **parameters)
        self.seen = []

    def close(self):
        self.connection.close()

    def wait(self, condition=None, **members):
        """The next event with these members for which condition holds."""
        deadline = time.monotonic() + PATIENCE_S
        for event in self.events:
            self.seen.append(event)
            assert time.monotonic() < deadline, \
                f'only others than {members} came: {self.seen[-9:]}'
            if all(event.get(k) == v for k, v in members.items()) and \
                    (condition is None or condition(event)):
                return event
        raise Closed()


class Picod:
    """A picod.  boards: NAME=PORT[,SETTING=VALUE]... as -b has it."""

    def __init__(self, *arguments, config=None, env=None, boards=None,
                 preexec=None, verbose=True, user=None, program=PICOD):
        self.directory = tempfile.mkdtemp(prefix='picod-test-')
        os.chmod(self.directory, 0o755)
        self.user = user
        if user is not None:
            os.chown(self.directory, user, user)
        self.path = os.path.join(self.directory, 'io.picod')
        self.config = os.path.join(self.directory, 'picod.conf')
        self.log_path = os.path.join(self.directory, 'log')
        with open(self.config, 'w') as file:
            file.write(config or '')
        self.arguments = [self.within_reach(program), '-c', self.config, '-s',
                          self.path, *(['-v'] if verbose else []), *arguments]
        for name, port in (boards or {}).items():
            self.arguments += ['-b', f'{name}={port}']
        self.env = env
        self.preexec = preexec
        self.process = None
        self.start()

    def within_reach(self, path):
        """The file, or a copy for a user who may not look into our folders."""
        if self.user is None or not path.startswith(ROOT):
            return path
        return shutil.copy(path, self.directory)

    # ------------------------------------------------------------- its life

    def start(self):
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify_path = os.path.join(self.directory, 'notify')
        notify.bind(notify_path)
        os.chmod(notify_path, 0o777)
        env = clean_environment(NOTIFY_SOCKET=notify_path,
                                STATE_DIRECTORY=self.directory)
        env.update(self.env or {})
        env = {name: value for name, value in env.items() if value is not None}
        if env.get('LD_PRELOAD'):
            env['LD_PRELOAD'] = ':'.join(
                map(self.within_reach, env['LD_PRELOAD'].split(':')))
        with notify, open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen(
                self.arguments, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env=env, preexec_fn=self.preexec,
                **{} if self.user is None else
                {'user': self.user, 'group': self.user, 'extra_groups': []})
            self.wait_ready(notify)
        os.unlink(notify_path)

    def wait_ready(self, notify):
        pidfd = os.pidfd_open(self.process.pid)
        try:
            poll = select.poll()    # a farm has more descriptors than select()
            poll.register(notify, select.POLLIN)
            poll.register(pidfd, select.POLLIN)
            deadline = time.monotonic() + PATIENCE_S
            while True:
                left = max(0, deadline - time.monotonic())
                ready = [fd for fd, _ in poll.poll(1000 * left)]
                if notify.fileno() in ready and \
                        b'READY=1' in notify.recv(4096):
                    return
                if notify.fileno() not in ready:
                    self.process.kill()
                    self.process.wait()
                    raise AssertionError(f'picod is not ready:\n{self.log()}')
        finally:
            os.close(pidfd)

    @property
    def pid(self):
        return self.process.pid

    def rests(self):
        """For more than half a second nobody wakes it."""
        def switches():
            with open(f'/proc/{self.process.pid}/status') as file:
                return [line for line in file if 'ctxt_switches' in line]
        before = switches()
        select.select([], [], [], 0.6)
        return switches() == before

    def log(self):
        with open(self.log_path, errors='replace') as file:
            return file.read()

    def kill(self):
        """Ends it without a chance to say good-bye."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def terminate(self):
        """Ends it by SIGTERM and returns its exit status."""
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f'picod does not end:\n{self.log()}') from None

    def stop(self, show=False):
        """Ends it and cleans up; fails if it did not end as it should.

        show: what it said last, of a test that failed.
        """
        if not os.path.exists(self.directory):
            return
        try:
            status = 0
            if self.process is not None:
                status = self.terminate()
            log = self.log()
            if os.environ.get('PICOD_TEST_LOG'):
                sys.stderr.write(log)
            elif show:
                sys.stderr.write(log[-20000:])
            if status != 0 or any(word in log for word in SANITIZER_WORDS):
                raise AssertionError(f'picod ended with status {status}:\n'
                                     f'{log[-20000:]}')
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    # ------------------------------------------------------------ its calls

    def connect(self, **options):
        return Connection(self.path, **options)

    def call(self, method, **parameters):
        """One call in a connection of its own."""
        with self.connect() as connection:
            return connection.call(method, **parameters)

    def stream(self, method, **parameters):
        with self.connect() as connection:
            yield from connection.stream(method, **parameters)

    def send(self, text, board=None, **parameters):
        """The output of a statement."""
        if board is not None:
            parameters['board'] = board
        return self.call('Send', text=text, **parameters)['output']

    def watch(self, **parameters):
        return Watcher(self.path, **parameters)

    def board(self, name=None):
        """What ListBoards says of one board."""
        boards = self.call('ListBoards', details=True)['boards']
        return next(b for b in boards if name in (None, b['name']))

    def picoctl(self, *words, env=None, **options):
        """Runs picoctl; its output is text."""
        return subprocess.run(
            [PICOCTL, *words], env=self.client_environment(**(env or {})),
            timeout=PATIENCE_S, capture_output=True, text=True, check=False,
            **{'stdin': subprocess.DEVNULL, **options}
            if 'input' not in options else options)

    def client_environment(self, **more):
        return clean_environment(PICOD_SOCKET=self.path, **more)

    def open_descriptors(self):
        return len(os.listdir(f'/proc/{self.pid}/fd'))

    def open_files(self):
        """The paths of what picod has open; it may close some meanwhile."""
        folder, paths = f'/proc/{self.pid}/fd', []
        for fd in os.listdir(folder):
            try:
                paths.append(os.readlink(os.path.join(folder, fd)))
            except FileNotFoundError:
                pass
        return paths

    def resident_kb(self):
        with open(f'/proc/{self.pid}/status') as file:
            for line in file:
                if line.startswith('VmRSS:'):
                    return int(line.split()[1])
        raise AssertionError('no VmRSS')


def clean_environment(**more):
    """The environment without what picod and its clients heed."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(('PICOD_', 'LISTEN_')) and
           name not in ('XDG_RUNTIME_DIR', 'JOURNAL_STREAM')}
    env.update(more)
    return env


@contextlib.contextmanager
def another_user(uid):
    """Who connects meanwhile is he, as far as the kernel tells; for root."""
    os.setegid(uid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def is_sanitized():
    """Whether the build under test has a sanitizer, which makes it slow."""
    with open(PICOD, 'rb') as file:
        return b'__asan_init' in file.read()


class Case(unittest.TestCase):
    maxDiff = None

    def picod(self, *arguments, config=None, env=None, preexec=None,
              verbose=True, **boards):
        """A picod that ends with the test."""
        p = Picod(*arguments, config=config, env=env, boards=boards,
                  preexec=preexec, verbose=verbose)
        self.addCleanup(self.end_picod, p)
        return p

    def run(self, result=None):
        self.result = result
        return super().run(result)

    def has_failed(self):
        """So far, in a part of it or as a whole."""
        return any(getattr(test, 'test_case', test) is self for test, _ in
                   self.result.failures + self.result.errors)

    def end_picod(self, p):
        p.stop(show=self.has_failed())

    def board(self, board):
        """Starts a board that ends with the test."""
        board.start()
        self.addCleanup(board.stop)
        return board

    def directory(self):
        path = tempfile.mkdtemp(prefix='picod-test-')
        self.addCleanup(shutil.rmtree, path, ignore_errors=True)
        return path

    def watch(self, p, **parameters):
        watcher = p.watch(**parameters)
        self.addCleanup(watcher.close)
        return watcher

    def connect(self, p, **options):
        connection = p.connect(**options)
        self.addCleanup(connection.close)
        return connection

    def until(self, look):
        """What look() returns once that is true; for what no event tells."""
        deadline = time.monotonic() + PATIENCE_S
        while not (seen := look()):
            self.assertLess(time.monotonic(), deadline, 'waited in vain')
        return seen

    def fill(self, p, write, most=1 << 22):
        """Writes until picod reads no more; how much that was.

        write(at) gives how much it wrote, or raises BlockingIOError.
        """
        total = refused = 0
        while refused < 100:
            try:
                total += write(total)
                refused = 0
            except BlockingIOError:
                refused += 1
                p.call('ListBoards')    # by then it has looked once more
            self.assertLess(total, most, 'picod reads on and on')
        return total

    @contextlib.contextmanager
    def fails(self, name, **parameters):
        """The block raises this error, with these parameters."""
        with self.assertRaises(PicodError) as caught:
            yield caught
        error = caught.exception
        self.assertEqual(error.name, name, error.parameters)
        for key, value in parameters.items():
            self.assertEqual(error.parameters.get(key), value,
                             (key, error.parameters))


def in_threads(functions):
    """Runs each in a thread of its own; returns their results in order."""
    results = [None] * len(functions)
    errors = []

    def run(index, function):
        try:
            results[index] = function()
        except BaseException as error:  # handed to the caller below
            errors.append(error)

    threads = [threading.Thread(target=run, args=pair, daemon=True)
               for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE_S)
        if thread.is_alive():
            errors.append(AssertionError('a thread does not end'))
    if errors:
        raise errors[0]
    return results
