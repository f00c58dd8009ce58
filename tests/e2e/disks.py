# SPDX-License-Identifier: MIT
"""Scripted boards with a file system, which survives their power.

What picod puts on a board to move files is run by this Python, each statement in
a thread of its own, among modules as boards have them.  The disk is of the worst
kind: what was written is there at once, so whatever is half stays half.
"""

import binascii
import hashlib
import io
import sys
import threading
import traceback
import types
import zlib

import scripted
from circuitpython import CircuitPython

DIRECTORY, FILE = 0x4000, 0x8000
BLOCK = 4096


class Off(BaseException):
    """The board has no power any more, in the middle of a statement."""


class Disk:
    """Paths, without the slash at their beginning; None is a directory.

    own: the directory where it is, and where main.py is; here: the one where a
    path without a slash is, once a program has gone somewhere else.
    rename: 'replaces' a file of the new name, or 'removes' that first, or
    'refuses'.  fault() happens before the operation that changes something and
    has that number; room is for how many bytes more, however many blocks are
    free.
    """

    def __init__(self, own='', blocks=64):
        self.own = self.here = own
        self.files = {'': None, own: None}
        self.blocks = blocks
        self.room = None
        self.rename = 'replaces'
        self.changes = 0
        self.fault_at = self.fault = None

    def change(self):
        self.changes += 1
        if self.changes == self.fault_at:
            self.fault()

    def arm(self, number, fault):
        self.changes, self.fault_at, self.fault = 0, number, fault

    def free(self):
        return self.blocks - sum(
            1 if each is None else -(-len(each) // BLOCK) + 1
            for each in self.files.values())

    def place(self, path):
        if path[:1] != '/':
            path = self.here + '/' + path
        return path.strip('/')

    def find(self, path):
        path = self.place(path)
        if path not in self.files:
            raise OSError(2)
        return path

    def new(self, path):
        path = self.place(path)
        if not path.startswith(self.own):
            raise OSError(1)
        if self.files.get(path.rpartition('/')[0], b'') is not None:
            raise OSError(2)
        return path

    def below(self, path):
        start = path + '/' if path else ''
        return [each for each in self.files if each and
                each.startswith(start) and '/' not in each[len(start):]]


class File(io.RawIOBase):
    def __init__(self, disk, path, mode):
        super().__init__()
        self.disk, self.at = disk, 0
        if mode[0] == 'r':
            self.content = disk.files[disk.find(path)]
        else:
            path = disk.new(path)
            disk.change()
            self.content = disk.files.setdefault(path, bytearray())
        if self.content is None:
            raise OSError(21)
        if mode[0] == 'w':
            self.content.clear()

    def read(self, count=-1):
        end = len(self.content) if count < 0 else self.at + count
        data = bytes(self.content[self.at:end])
        self.at += len(data)
        return data

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    def seek(self, at, whence=0):
        self.at = at
        return at

    def write(self, data):
        half = len(data) // 2
        self.add(data[:half])   # an end of power finds half of it
        self.add(data[half:])
        return len(data)

    def add(self, data):
        self.disk.change()
        room = self.disk.room
        if room is not None:
            self.disk.room -= min(room, len(data))
            if len(data) > room:
                self.content += data[:room]
                raise OSError(28)
        self.content += data


class Os:
    def __init__(self, disk):
        self.disk = disk

    def stat(self, path):
        content = self.disk.files[self.disk.find(path)]
        return (DIRECTORY if content is None else FILE, 0, 0, 0, 0, 0,
                len(content or b''), 0, 0, 0)

    def getcwd(self):
        return '/' + self.disk.here

    def chdir(self, path):
        self.disk.here = self.disk.find(path)

    def statvfs(self, path):
        if not self.disk.find(path).startswith(self.disk.own):
            raise OSError(1)
        return (BLOCK, BLOCK, self.disk.blocks, self.disk.free(),
                self.disk.free(), 0, 0, 0, 0, 255)

    def ilistdir(self, path='/'):
        for each in self.disk.below(self.disk.find(path)):
            stat = self.stat('/' + each)
            yield each.rpartition('/')[2], stat[0], 0, stat[6]

    def listdir(self, path='/'):
        return [each.rpartition('/')[2]
                for each in self.disk.below(self.disk.find(path))]

    def mkdir(self, path):
        path = self.disk.new(path)
        if path in self.disk.files:
            raise OSError(17)
        self.disk.change()
        self.disk.files[path] = None

    def remove(self, path):
        path = self.disk.find(path)
        self.disk.change()
        del self.disk.files[path]

    def rmdir(self, path):
        if self.disk.below(self.disk.find(path)):
            raise OSError(39)
        self.remove(path)

    def rename(self, path, to):
        path, to = self.disk.find(path), self.disk.new(to)
        if to in self.disk.files and self.disk.rename == 'refuses':
            raise OSError(17)
        if to in self.disk.files and self.disk.rename == 'removes':
            self.remove('/' + to)
        self.disk.change()
        self.disk.files[to] = self.disk.files.pop(path)


class Inflater:
    """deflate.DeflateIO: of what it is given it takes no more than it needs."""

    def __init__(self, stream, kind, bits):
        self.stream = stream
        self.zlib = zlib.decompressobj(-bits)

    def readinto(self, buffer):
        data = self.zlib.decompress(self.zlib.unconsumed_tail +
                                    self.stream.read(), len(buffer))
        buffer[:len(data)] = data
        return len(data)


class Console:
    """What a statement reads, and writes as it is."""

    def __init__(self, machine):
        self.machine = machine
        self.buffer = self

    def readinto(self, buffer):
        buffer[:] = self.machine.take(len(buffer))
        return len(buffer)

    def write(self, data):
        self.machine.print_bytes(bytes(data))
        return len(data)


def without(module, *names):
    return types.SimpleNamespace(**{
        name: each for name, each in vars(module).items()
        if name not in names})


RUNS = threading.local()        # machine: whose statement a thread runs


def show(value, otherwise=sys.displayhook):
    """A value at a prompt, which Python has one function for."""
    machine = getattr(RUNS, 'machine', None)
    if machine is None:
        otherwise(value)
    elif value is not None:
        machine.print(repr(value))


sys.displayhook = show


class Running:
    """Has a Repl run its statements in a thread, so that they can read.

    lacks: modules that the board has not got.  own: the directory of its disk.
    """

    lacks, own = (), ''

    def __init__(self, board, *arguments, **more):
        if not hasattr(board, 'disk'):
            board.disk = Disk(self.own)
        board.disk.here = board.disk.own
        if hasattr(board, 'machine'):
            board.machine.power_off()
        self.off = self.interrupted = False
        self.input = bytearray()
        self.heard = threading.Condition()
        super().__init__(board, *arguments, **more)
        self.modules = self.make_modules()
        builtins = self.names['__builtins__']
        builtins.update(
            print=self.print, __import__=self.find_module,
            open=lambda path, mode='r': File(board.disk, path, mode),
            __repl_print__=show)
        self.modules['builtins'] = types.SimpleNamespace(**builtins)

    # -------------------------------------------------------------- modules

    def make_modules(self):
        console = Console(self)
        return {name: module for name, module in {
            'os': Os(self.board.disk),
            'io': io,
            'gc': types.SimpleNamespace(collect=lambda: 0,
                                        mem_free=lambda: 100_000),
            'sys': types.SimpleNamespace(
                stdin=console, stdout=console, implementation=(self.NAME,),
                path=self.find_path()),
            'binascii': binascii,
            **self.own_modules(console),
        }.items() if name not in self.lacks}

    def find_path(self):
        """As an STM32 has it."""
        own = self.board.disk.own
        return ['', '.frozen'] + ([f'/{own}', f'/{own}/lib'] if own else [])

    def find_module(self, name, *_):
        if name not in self.modules:
            raise ImportError(f"no module named '{name}'")
        return self.modules[name]

    # -------------------------------------------------------------- running

    def power_off(self):
        with self.heard:
            self.off = True
            self.heard.notify()

    def go_on(self):
        if self.off:
            raise Off()
        if self.interrupted:
            self.interrupted = False
            raise KeyboardInterrupt()

    def take(self, count):
        with self.heard:
            while len(self.input) < count:
                self.go_on()
                self.heard.wait()
            self.go_on()
            data = bytes(self.input[:count])
            del self.input[:count]
        return data

    def print(self, *values, sep=' ', end='\n'):
        text = sep.join(map(str, values)) + end
        self.print_bytes(text.replace('\n', '\r\n').encode())

    def print_bytes(self, data):
        self.go_on()
        with self.board.lock:
            self.go_on()
            self.board.say(data)

    def execute_raw(self):
        text = self.line.decode()
        self.line.clear()
        self.input.clear()
        self.interrupted = False
        self.hear = self.hear_running
        threading.Thread(target=self.run, args=(text,), daemon=True).start()
        return b''

    def hear_running(self, byte):
        with self.heard:
            if byte == 0x03:
                self.input.clear()
                self.interrupted = True
            else:
                self.input.append(byte)
            self.heard.notify()
        return b''

    def run(self, text):
        trace = ''
        RUNS.machine = self
        try:
            exec(compile(text, '<stdin>', 'exec'), self.names)
        except Off:
            return
        except BaseException as error:  # whatever a statement raises
            trace = 'Traceback (most recent call last):\r\n' + ''.join(
                f'  File "{f.filename}", line {f.lineno}, in {f.name}\r\n'
                for f in traceback.extract_tb(error.__traceback__)[1:]) + \
                f'{type(error).__name__}: {error}\r\n'
        with self.board.lock:
            if not self.off:
                self.hear = self.hear_raw
                self.board.say(b'\x04' + trace.encode() + b'\x04>')


class MicroPythonDisk(Running, scripted.Repl):
    NAME = 'micropython'
    WINDOW = 128

    def __init__(self, board, lacks=(), own=''):
        self.lacks, self.own = lacks, own
        super().__init__(board, True)

    def own_modules(self, console):
        return {'hashlib': without(hashlib, 'new'),
                'deflate': types.SimpleNamespace(DeflateIO=Inflater),
                'zlib': zlib}


class CircuitPythonDisk(Running, CircuitPython):
    NAME = 'circuitpython'
    WINDOW = 128

    def __init__(self, board, lacks=(), **more):
        self.lacks = lacks
        self.board_is_owner = True
        super().__init__(board, code=False, **more)

    def own_modules(self, console):
        return {'hashlib': types.SimpleNamespace(new=hashlib.new),
                'usb_cdc': types.SimpleNamespace(console=console),
                'sys': types.SimpleNamespace(implementation=(self.NAME,)),
                'storage': types.SimpleNamespace(
                    getmount=lambda path: types.SimpleNamespace(
                        readonly=not self.board_is_owner)),
                'zlib': types.SimpleNamespace(decompress=zlib.decompress)}


def pull(board):
    """Its power ends in the middle of what it does, until plug()."""
    board.machine.power_off()
    board.vanish()


def cut(board):
    """pull(), as a fault of its disk: nothing more is done to that."""
    pull(board)
    raise Off()
