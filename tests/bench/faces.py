# SPDX-License-Identifier: MIT
"""What a tool's bytes cost on their way through picod's port: make bench-faces.

The same tool, in turn at the port of a board that it has for itself and at the port
that picod has made for another: a raw text that prints much, a long one by
raw-paste, and short ones one after the other.  Once at a board that is at the end of
USB (usb_board.py), and once at an emulated one, which has no line with a speed but
wants the processors that picod and the tool want.  Nothing here is a test.
"""

import contextlib
import os
import subprocess
import sys
import time

import serial

from bench import HERE, Table
from boards import MicroPython
from measure import PATIENCE_S, say
from picod import Picod

PRINTED = (f'for i in range(2048):print("{"0123456789" * 6}abc")\n'.encode(),
           2048 * 65)
PASTED = b'#' * 63 + b'\n'
PASTED *= 1024
SHORT = b'print(3000+10)'
ROUNDS = 7
# Bytes through a face come with 95 % of the speed that they have without it.
TARGET = 1 / 0.95
USB_BOARD = [sys.executable, os.path.join(HERE, 'usb_board.py')]


class Tool:
    """What mpremote does at the port, without its start."""

    def __init__(self, path):
        self.port = serial.Serial(path, 115200, timeout=PATIENCE_S)
        self.port.write(b'\r\x03\r\x01')
        self.expect(b'raw REPL; CTRL-B to exit\r\n>')

    def expect(self, end):
        """Reads what is there; pyserial would read a byte at a time."""
        tail, size = b'', 0
        while not tail.endswith(end):
            data = self.port.read(max(1, self.port.in_waiting))
            if not data:
                raise TimeoutError(f'{tail} came, not {end}')
            tail = (tail + data)[-64:]
            size += len(data)
        return size

    def raw(self, text, size):
        self.port.write(text + b'\x04')
        got = self.expect(b'\x04\x04>') - len(b'OK\x04\x04>')
        if got != size:
            raise ValueError(f'{got} bytes came, not {size}')

    def paste(self, text):
        self.port.write(b'\x05A\x01')
        head = self.port.read(4)
        room = window = int.from_bytes(head[2:], 'little')
        while text:
            while room == 0 or self.port.in_waiting:
                if self.port.read(1) != b'\x01':
                    raise ValueError('no window')
                room += window
            self.port.write(text[:room])
            text, room = text[room:], room - min(room, len(text))
        self.port.write(b'\x04')
        self.expect(b'\x04\x04>')


def timed(action, *arguments):
    start = time.perf_counter()
    action(*arguments)
    return (time.perf_counter() - start) * 1000


@contextlib.contextmanager
def usb_board():
    """The path of its port."""
    with subprocess.Popen(USB_BOARD, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


@contextlib.contextmanager
def emulated_board():
    with MicroPython(pty=True) as board:
        yield board.path


def compare(table, make_board):
    with contextlib.ExitStack() as stack:
        alone, shared = [stack.enter_context(make_board()) for _ in range(2)]
        picod = Picod(boards={'b': f'{shared},driver=repl'}, verbose=False)
        stack.callback(picod.stop)
        picod.send('1')
        tools = {'direct': Tool(alone),
                 'picod': Tool(picod.board()['tty']['path'])}
        for what, action, arguments in (
                ('print 130 KiB', Tool.raw, PRINTED),
                ('paste 64 KiB', Tool.paste, (PASTED,)),
                ('a short text', Tool.raw, (SHORT, 6))):
            say(what)
            ways = {way: [] for way in tools}
            for _ in range(ROUNDS if what[0] != 'a' else 20 * ROUNDS):
                for way, tool in tools.items():
                    ways[way].append(timed(action, tool, *arguments))
            table.add(what, ways, target=TARGET if what[0] == 'p' else 0)


def main():
    table = Table()
    table.title('At the end of USB, one tool, at the port itself and at picod\'s')
    compare(table, usb_board)
    table.title('MicroPython 1.25 in an emulator beside it')
    compare(table, emulated_board)
    table.print()


if __name__ == '__main__':
    main()
