# SPDX-License-Identifier: MIT
"""Boards that can be broken at every byte of a conversation.

A farm runs many of them in one thread.  A board's REPL has the framing of
MicroPython byte by byte, with its echo, its raw-paste window and its paste
mode; the statements run in this Python.  Both ways together, the bytes of a
conversation are numbered, and a fault happens right after one of them.
"""

import contextlib
import io
import os
import select
import selectors
import shutil
import socket
import sys
import tempfile
import threading
import traceback
import zlib

BANNER = (b'MicroPython v1.25.0 on 2025-04-15; scripted with CPython\r\n'
          b'Type "help()" for more information.\r\n>>> ')
RAW_BANNER = b'raw REPL; CTRL-B to exit\r\n>'


class Repl:
    """A MicroPython.  paste: with raw-paste and compile(), or without."""

    WINDOW = 32
    drop = False        # what was sent ahead is to be forgotten

    def __init__(self, board, paste):
        self.board = board
        self.has_paste = paste
        self.line = bytearray()
        builtins = dict(vars(__builtins__) if not isinstance(
            __builtins__, dict) else __builtins__)
        if not paste:
            del builtins['compile']
        vars(sys.modules['builtins'])['__repl_print__'] = sys.displayhook
        self.names = {'__builtins__': builtins, 'hit': board.hit}
        self.hear = self.hear_friendly

    def start(self):
        """What it says when it gets power."""
        return b'\r\n' + BANNER

    # ------------------------------------------------------------- prompts

    def hear_friendly(self, byte):
        if byte == 0x03:
            self.line.clear()
            return b'\r\n>>> '
        if byte == 0x0d:
            text = bytes(self.line)
            self.line.clear()
            output, trace = self.execute(text, 'single')
            return b'\r\n' + output + trace + b'>>> '
        if byte >= 0x20 or self.line:
            if byte >= 0x20:
                self.line.append(byte)
                return bytes([byte])
            return b''
        if byte == 0x01:
            self.hear = self.hear_raw
            return RAW_BANNER
        if byte == 0x02:
            return b'\r\n' + BANNER
        if byte == 0x04:
            return self.reboot() + BANNER
        if byte == 0x05:
            self.hear = self.hear_paste_mode
            return (b'\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish'
                    b'\r\n=== ')
        return b''

    def hear_paste_mode(self, byte):
        if byte in (0x03, 0x04):
            text = bytes(self.line) if byte == 0x04 else b''
            self.line.clear()
            self.hear = self.hear_friendly
            output, trace = self.execute(text)
            return b'\r\n' + output + trace + b'>>> '
        self.line.append(byte)
        return b'\r\n=== ' if byte == 0x0d else bytes([byte])

    def reboot(self):
        self.__init__(self.board, self.has_paste)
        return b'\r\nMPY: soft reboot\r\n'

    # ------------------------------------------------------------ raw REPL

    def hear_raw(self, byte):
        if byte == 0x01:
            ask = bytes(self.line)
            self.line.clear()
            if self.has_paste and len(ask) == 2 and ask[0] == 0x05:
                if ask != b'\x05A':
                    return b'R\x00>'
                self.hear = self.hear_raw_paste
                self.room = self.WINDOW
                return b'R\x01' + bytes([self.WINDOW, 0, 0x01])
            return RAW_BANNER
        if byte == 0x02:
            self.line.clear()
            self.hear = self.hear_friendly
            return b'\r\n' + BANNER
        if byte == 0x03:
            self.line.clear()
            return b''
        if byte != 0x04:
            self.line.append(byte)
            return b''
        if not self.line:
            reboot = b'OK\r\n' + self.reboot()
            self.hear = self.hear_raw
            return reboot + RAW_BANNER
        return b'OK' + self.execute_raw()

    def hear_raw_paste(self, byte):
        if byte in (0x03, 0x04):
            self.hear = self.hear_raw
            if byte == 0x03:
                self.line.clear()
                return (b'\x04\x04Traceback (most recent call last):\r\n'
                        b'KeyboardInterrupt: \r\n\x04>')
            return b'\x04' + self.execute_raw()
        self.line.append(byte)
        self.room -= 1
        if self.room == 0:
            self.room = self.WINDOW
            return b'\x01'
        return b''

    def execute_raw(self):
        text = bytes(self.line)
        self.line.clear()
        output, trace = self.execute(text)
        return output + b'\x04' + trace + b'\x04>'

    # ------------------------------------------------------------ running

    def execute(self, text, mode='exec'):
        """What it prints, and its traceback."""
        stdout = io.StringIO()
        trace = ''
        with contextlib.redirect_stdout(stdout):
            try:
                exec(compile(text.decode(), '<stdin>', mode), self.names)
            except Exception as error:  # whatever a statement raises
                lines = ''.join(
                    f'  File "{f.filename}", line {f.lineno}, in {f.name}\r\n'
                    for f in traceback.extract_tb(error.__traceback__)[1:])
                trace = ('Traceback (most recent call last):\r\n' + lines +
                         f'{type(error).__name__}: {error}\r\n')
        return (stdout.getvalue().replace('\n', '\r\n').encode(),
                trace.encode())


class Files(Repl):
    """Answers picod's questions about files, in one go, with what it is told to
    say: entries of a list, and bytes of a file."""

    answers = {b'L': b'', b'A': b'', b'G': b''}

    def has(self, entries, content):
        """Made beforehand: a board that is asked does not keep picod waiting."""
        pieces = (content[at:at + 1024]
                  for at in range(0, len(content), 1024))
        frames = b''.join(b'\6%%=%04x0000%08x%s' % (
            len(piece), zlib.crc32(piece), piece) for piece in pieces)
        self.answers = {b'L': entries, b'A': b'\6%%T0,%d,-;' % len(content),
                        b'G': frames + b'\6%$'}

    def execute(self, text, mode='exec'):
        call = b"__fm['C']('"
        if text.startswith(call):
            said = self.answers[text[len(call):][:1]]
        elif b'%?' in text:     # what has it?
            said = b'\6%?1100000001110100000,/;'
        elif b'__fm' in text or b"exec('" in text:
            said = b''
        else:
            return super().execute(text, mode)
        return said + b'\x1e', b''


class PiSerial:
    """A sketch with cN, which sends a v00 of its own before its OK."""

    drop = False

    def __init__(self, board):
        self.board = board
        self.line = bytearray()

    def start(self):
        return b''

    def hear(self, byte):
        if byte in b'abcdefghijklmnopqrstuvwxyz':
            # The one that this breaks off is in error.
            broken = b'RR' if self.line else b''
            self.line = bytearray([byte])
            return broken
        if byte in b'0123456789ABCDEF\r':
            if self.line:
                self.line.append(byte)
            return b''
        command, self.line = bytes(self.line).rstrip(b'\r'), bytearray()
        if not command:
            return b''
        if byte != 0x0a or command[:1] != b'c' or len(command) != 2:
            return b'RR'
        self.board.hit()
        return b'v00\nOK'


class Board:
    """A board in a farm, at a Unix socket."""

    def __init__(self, farm, path, language):
        self.farm = farm
        self.path = path
        self.language = language
        self.lock = farm.lock
        self.listener = self.host = None
        self.accepted = threading.Event()
        self.faulted = threading.Event()
        self.hits = 0
        self.mute = self.drops = False
        self.dropped = 0
        self.count = 0
        self.fault_at = self.action = None
        self.machine = language(self)
        self.plug()

    def hit(self):
        """Statements call this: it counts how often they were run."""
        self.hits += 1

    def url(self):
        return f'unix:{self.path}'

    # -------------------------------------------------------------- faults

    def arm(self, number, action):
        """action() happens right after that many bytes from now."""
        with self.lock:
            self.hits = self.count = 0
            self.faulted.clear()
            self.fault_at, self.action = number, action

    def disarm(self):
        """No fault any more, if it did not happen; whether it did."""
        with self.lock:
            self.fault_at = None
            return self.faulted.is_set()

    def fault(self):
        self.fault_at = None
        self.action()
        self.faulted.set()

    def vanish(self):
        """The cable is pulled, until plug()."""
        with self.lock:
            os.unlink(self.path)
            self.farm.close(self.listener)
            self.listener = None
            self.hang_up()

    def fall_silent(self):
        """It hears nothing and says nothing, until restart()."""
        self.mute = True

    def restart(self):
        """It starts anew, and says so; its port stays."""
        with self.lock:
            self.mute = False
            self.machine = self.language(self)
            self.say(self.machine.start())

    def talk_nonsense(self, data):
        """It says what nobody asked for, in the middle."""
        self.transmit(data)

    # --------------------------------------------------------------- wiring

    def plug(self):
        """It has power and a port."""
        with self.lock:
            self.fault_at = None
            self.mute = False
            self.machine = self.language(self)
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(self.path + '.new')
            self.listener.listen()
            os.rename(self.path + '.new', self.path)
            self.farm.watch(self.listener, self.accept)

    def replug(self, timeout_s):
        """Unplugs it and plugs it in; returns when picod has it again."""
        self.accepted.clear()
        with self.lock:
            if self.listener is None:
                self.plug()
            else:
                self.mute = False
                self.fault_at = None
                self.machine = self.language(self)
                self.hang_up()
        if not self.accepted.wait(timeout_s):
            raise AssertionError('picod does not come back')

    def accept(self):
        if self.host is not None:
            self.hang_up()
        self.host = self.listener.accept()[0]
        self.farm.watch(self.host, self.receive)
        self.accepted.set()

    def hang_up(self):
        if self.host is not None:
            self.farm.close(self.host)
            self.host = None

    def receive(self):
        host = self.host
        try:
            data = host.recv(4096)
        except ConnectionResetError:
            data = b''
        if not data:
            self.hang_up()
            return
        for byte in data:
            if self.host is not host:
                return
            self.count_byte()
            if not self.mute:
                self.say(self.machine.hear(byte))
            if self.machine.drop:
                self.machine.drop = False
                return

    def say(self, data):
        machine = self.machine
        if self.fault_at is None and not self.mute:
            self.count += len(data)
            self.transmit(data)
            return
        for at in range(len(data)):
            if self.mute or self.machine is not machine:
                return
            self.transmit(data[at:at + 1])
            self.count_byte()

    def drop_unless_read(self, data):
        """As the USB of many boards does: what it cannot write for half a
        second is dropped."""
        while data:
            poll = select.poll()
            poll.register(self.host, select.POLLOUT)
            if not poll.poll(500):
                self.dropped += len(data)
                return
            sent = self.host.send(data[:4096], socket.MSG_DONTWAIT)
            data = data[sent:]

    def transmit(self, data):
        try:
            if self.host is not None and self.drops:
                self.drop_unless_read(data)
            elif self.host is not None:
                self.host.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            self.hang_up()

    def count_byte(self):
        self.count += 1
        if self.count == self.fault_at:
            self.fault()


class Farm:
    """Boards, and the thread that runs them."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix='picod-boards-')
        self.lock = threading.RLock()
        self.selector = selectors.DefaultSelector()
        self.boards = []
        self.bell, self.bell_end = socket.socketpair()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.watch(self.bell_end, lambda: self.bell_end.recv(64))
        self.ended = False
        self.error = None

    def add(self, language):
        path = os.path.join(self.directory, f'{len(self.boards)}')
        self.boards.append(Board(self, path, language))
        return self.boards[-1]

    def start(self):
        self.thread.start()

    def stop(self):
        self.ended = True
        self.bell.send(b'.')
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()
        self.bell.close()
        shutil.rmtree(self.directory)
        if self.error is not None:
            raise self.error

    def watch(self, each, handle):
        with self.lock:
            self.selector.register(each, selectors.EVENT_READ, handle)

    def close(self, each):
        with self.lock:
            self.selector.unregister(each)
            each.close()

    def run(self):
        try:
            while not self.ended:
                for key, _ in self.selector.select():
                    with self.lock:
                        # It may be gone since.
                        if key.fileobj.fileno() == key.fd:
                            key.data()
        except BaseException as error:  # handed to the test by stop()
            self.error = error
