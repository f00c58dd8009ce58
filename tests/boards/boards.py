# SPDX-License-Identifier: MIT
"""Simulated boards, each a process that runs a board's real firmware.

    with Microbit() as board:
        talk_to(board.path)

A board's serial port is a Unix socket, or with pty=True a pseudo-terminal,
at board.path.  start() returns when the port can be opened; what the board
says on start is lost unless somebody is connected by then, as on a real
serial port, so ask it for a prompt instead of waiting for a banner.

The emulator ends with stop(), and with the thread that called start(): the
kernel sends it SIGKILL then, so that a killed test leaves nothing behind.
A board must be stopped by the process that started it.
"""

import argparse
import ctypes
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from microbit_line import SerialLine

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
# picod may be of another build than the boards: PICOD_BUILD.
BUILD = os.path.join(ROOT, os.environ.get(
    'PICOD_BOARDS', os.environ.get('PICOD_BUILD', 'build')))
FIRMWARE = os.path.join(BUILD, 'firmware')
START_TIMEOUT_S = 30


class BoardError(Exception):
    """The emulator did not start, or refused an order."""


class Board:
    """A board and its emulator; subclasses say what to run.

    A subclass gives NAME and spawn().  spawn() starts the emulator by
    self.popen(), so that it cannot outlive us, and returns when the port at
    self.path can be opened.
    """

    NAME = 'board'

    def __init__(self, path=None, pty=False):
        name = f'picod-{self.NAME}-{os.getpid()}-{secrets.token_hex(4)}'
        self.directory = os.path.join(tempfile.gettempdir(), name)
        self.path = os.path.abspath(path or os.path.join(self.directory,
                                                         'port'))
        self.pty = pty
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.stop()

    @property
    def pid(self):
        """The emulator's process id, or None while it does not run."""
        return self.process.pid if self.process else None

    def start(self):
        """Starts the board and waits until its port can be opened."""
        if self.process:
            raise BoardError(f'{self.NAME} runs already')
        os.mkdir(self.directory, 0o700)
        try:
            self.spawn()
        except BaseException as error:
            log = self.log()
            self.stop()
            if isinstance(error, (BoardError, OSError)):
                raise BoardError(f'{self.NAME}: {error}\n{log}') from error
            raise

    def spawn(self):
        raise NotImplementedError

    def stop(self):
        """Kills the emulator, if it runs, and removes what it left."""
        # First, lest somebody connects again to what is about to end.
        if os.path.lexists(self.path):
            os.unlink(self.path)
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
        shutil.rmtree(self.directory, ignore_errors=True)

    def restart(self):
        """Power off and on: the port vanishes and comes back."""
        self.stop()
        self.start()

    def log(self):
        """What the emulator itself, not the board, printed so far."""
        try:
            with open(os.path.join(self.directory, 'log'),
                      errors='replace') as file:
                return file.read()
        except FileNotFoundError:
            return ''

    def popen(self, argv, **options):
        """Starts the emulator as self.process, bound to our own life."""
        with open(os.path.join(self.directory, 'log'), 'wb') as log:
            options.setdefault('stdout', log)
            options.setdefault('stderr', log)
            self.process = subprocess.Popen(
                ['setpriv', '--pdeathsig', 'KILL', '--', *argv],
                stdin=subprocess.DEVNULL, **options)


class QemuBoard(Board):
    """A board on qemu-system-arm, steered by QEMU's monitor protocol."""

    def __init__(self, path=None, pty=False):
        super().__init__(path, pty)
        self._monitor = None
        self._answers = None

    def machine(self):
        """The arguments that describe the machine and its firmware."""
        raise NotImplementedError

    def spawn(self):
        self._monitor, theirs = socket.socketpair()
        self._monitor.settimeout(START_TIMEOUT_S)
        self._answers = self._monitor.makefile()
        with theirs:
            if self.pty:
                self._spawn_qemu('pty', theirs)
            else:
                self._spawn_with_socket(theirs)
        self._answer('QMP')
        self.order('qmp_capabilities')
        if self.pty:
            os.symlink(self._pty_name(), self.path)

    def _spawn_with_socket(self, monitor):
        with self._listen() as port:
            self._spawn_qemu(f'socket,fd={port.fileno()},server=on,wait=off',
                             monitor, port)

    def stop(self):
        super().stop()
        for each in (self._answers, self._monitor):
            if each:
                each.close()
        self._answers = self._monitor = None

    def reset(self):
        """The reset button: the port stays, the processor starts anew."""
        self.order('system_reset')

    def freeze(self):
        """The board falls silent in the middle of whatever it does."""
        self.order('stop')

    def thaw(self):
        """The board goes on where freeze() stopped it."""
        self.order('cont')

    def order(self, command, **arguments):
        """Gives QEMU an order and returns its answer."""
        call = {'execute': command, 'arguments': arguments}
        self._monitor.sendall(json.dumps(call).encode() + b'\n')
        return self._answer('return')

    def _answer(self, key):
        for line in self._answers:
            message = json.loads(line)
            if 'error' in message:
                raise BoardError(message['error']['desc'])
            if key in message:
                return message[key]
        raise BoardError('the emulator ended')

    def _listen(self):
        """The port, bound here: it can be opened before QEMU is ready."""
        if os.path.lexists(self.path):
            os.unlink(self.path)
        port = socket.socket(socket.AF_UNIX)
        try:
            port.bind(self.path)
            port.listen()
        except OSError:
            port.close()
            raise
        return port

    def _spawn_qemu(self, serial, monitor, *sockets):
        monitor_fd = monitor.fileno()
        self.popen(
            ['qemu-system-arm', *self.machine(), '-nodefaults',
             '-display', 'none', '-nic', 'none',
             '-chardev', f'{serial},id=port', '-serial', 'chardev:port',
             '-chardev', f'socket,fd={monitor_fd},id=monitor',
             '-mon', 'chardev=monitor,mode=control'],
            pass_fds=[monitor_fd, *(each.fileno() for each in sockets)])

    def _pty_name(self):
        for device in self.order('query-chardev'):
            if device['label'] == 'port':
                return device['filename'].removeprefix('pty:')
        raise BoardError('no pty')


class Microbit(QemuBoard):
    """A micro:bit with MicroPython 1.9.2: no raw-paste, no compile, 8 KB.

    Its line has a speed, since it loses what comes too fast; see there.
    """

    NAME = 'microbit'

    def __init__(self, path=None, pty=False):
        super().__init__(path, pty)
        self._line = None
        self._port = None
        self._uart = None

    def spawn(self):
        super().spawn()
        if not self.pty:
            cpu = self.order('query-cpus-fast')[0]
            self._line = SerialLine(self._port, self._uart, self.pid,
                              cpu['thread-id'])

    def _spawn_with_socket(self, monitor):
        self._port = self._listen()
        self._uart, theirs = socket.socketpair()
        with theirs:
            self._spawn_qemu(f'socket,fd={theirs.fileno()}', monitor, theirs)

    def stop(self):
        super().stop()
        if self._line:
            self._line.stop()
        for each in (self._port, self._uart):
            if each:
                each.close()
        self._line = self._port = self._uart = None

    def machine(self):
        firmware = make_firmware('microbit-firmware')
        return ['-M', 'microbit', '-device', f'loader,file={firmware}']


class MicroPython(QemuBoard):
    """MicroPython 1.25 on a Cortex-M3: raw-paste, compile, files, an LED."""

    NAME = 'micropython'
    LED_ADDRESS = 0x40028000

    def machine(self):
        firmware = make_firmware('micropython-firmware')
        return ['-M', 'mps2-an385', '-kernel', firmware]

    def led(self):
        """Whether the LED, Pin('LED') or Pin(25), is on."""
        answer = self.order('human-monitor-command', **{
            'command-line': f'xp /1xw {self.LED_ADDRESS:#x}'})
        return int(answer.split()[1], 16) & 1 == 1


def make_firmware(script):
    """The path a script here prints; it builds or fetches what is missing."""
    return subprocess.run([os.path.join(HERE, script)], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def run_by_hand(board_class):
    """The main program of a board's own command."""
    parser = argparse.ArgumentParser(description=board_class.__doc__)
    parser.add_argument('path', nargs='?', metavar='PATH',
                        help='where the serial port shall be')
    parser.add_argument('--pty', action='store_true',
                        help='a pseudo-terminal instead of a Unix socket')
    options = parser.parse_args()

    stop_signals = {signal.SIGHUP, signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals | {signal.SIGCHLD})
    end_with_parent()
    try:
        with board_class(options.path, options.pty) as board:
            print(f'{board.NAME} ready at {board.path}', flush=True)
            sys.exit(wait_for_end(board, stop_signals))
    except BoardError as error:
        sys.exit(str(error))


def end_with_parent():
    """Has the kernel send us SIGTERM when our parent ends."""
    parent = os.getppid()
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit('the parent has ended')


def wait_for_end(board, stop_signals):
    """Waits for a signal or the emulator's end; returns the exit status."""
    while True:
        number = signal.sigwait(stop_signals | {signal.SIGCHLD})
        if number in stop_signals:
            return 0
        if board.process.poll() is not None:
            print(board.log(), end='', file=sys.stderr)
            return 1
