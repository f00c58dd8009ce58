# SPDX-License-Identifier: MIT
"""What files cost on their way to a board and back: make bench-files.

The same file to the same MicroPython, on a line of 115200 baud and on one
without a speed, by picod and by mpremote in turn.  What counts is bytes on the
wire for a byte of the file, and the time as a share of what the bare line would
take.  Nothing here is a test.
"""

import contextlib
import functools
import os
import pty
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tty

import scripted
from boards import ROOT, MicroPython
from disks import MicroPythonDisk
from picod import PICOCTL, Picod

SIZE = 100_000
RATE = 11_520           # bytes a second at 115200 baud
CHUNK = 64
CLASS = 16
CLASS_RATE = 1_920      # 19200 baud: one Python is all of the boards


class Line:
    """A pty that leads to a board, as fast as a line of that rate."""

    def __init__(self, path, rate):
        self.rate = rate
        self.count = 0
        master, slave = pty.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        os.close(slave)         # or picod would say that we have its port
        board = socket.socket(socket.AF_UNIX)
        board.connect(path)
        for source, sink in ((master, board.fileno()),
                             (board.fileno(), master)):
            threading.Thread(target=self.carry, args=(source, sink, board),
                             daemon=True).start()

    def carry(self, source, sink, _board):
        free_at = time.monotonic()
        while True:
            try:
                data = os.read(source, CHUNK if self.rate else 65536)
            except OSError:     # nobody has the pty open
                time.sleep(0.01)
                continue
            self.count += len(data)
            if self.rate:
                now = time.monotonic()
                free_at = max(free_at, now) + len(data) / self.rate
                time.sleep(max(0, free_at - now))
            with contextlib.suppress(OSError):
                while data:
                    data = data[os.write(sink, data):]


def contents():
    code = []
    for folder, _, names in sorted(os.walk(os.path.join(ROOT, 'tests'))):
        for name in sorted(names):
            if name.endswith('.py'):
                with open(os.path.join(folder, name), 'rb') as file:
                    code.append(file.read())
    return {'random': random.Random(1).randbytes(SIZE),
            'Python': b''.join(code)[:SIZE]}


def run(argv, **more):
    start = time.monotonic()
    done = subprocess.run(argv, capture_output=True, text=True, check=False,
                          **more)
    if done.returncode != 0:
        sys.exit(f'{argv}: {done.stdout}{done.stderr}')
    return time.monotonic() - start


@contextlib.contextmanager
def picod(board):
    p = Picod('-b', board)
    try:
        yield p
    finally:
        p.stop()


def tell(who, what, line, seconds):
    wire, line.count = line.count / SIZE, 0
    share = f'{SIZE / RATE / seconds * 100:6.0f} %' if line.rate else ' ' * 8
    print(f'  {who:9} {what:12} {seconds:7.2f} s  {SIZE / seconds / 1000:8.1f} '
          f'KB/s {share}  {wire:6.3f} bytes a byte', flush=True)


def by_picod(board, rate, folder):
    line = Line(board.path, rate)
    with picod(f'b={line.port}') as p:
        env = p.client_environment()
        run([PICOCTL, 'df'], env=env)
        for kind in contents():
            line.count = 0
            for verb, words in (('put', [f'{folder}/{kind}', ':x']),
                                ('get', [':x', f'{folder}/back'])):
                tell('picod', f'{verb} {kind}', line,
                     run([PICOCTL, verb, *words], env=env))
            run([PICOCTL, 'rm', ':x'], env=env)


def by_mpremote(mpremote, board, rate, folder):
    line = Line(board.path, rate)
    connect = [mpremote, 'connect', line.port]
    for kind in contents():
        line.count = 0
        for verb, words in (('put', [f'{folder}/{kind}', ':x']),
                            ('get', [':x', f'{folder}/back'])):
            tell('mpremote', f'{verb} {kind}', line,
                 run([*connect, 'fs', 'cp', *words]))
        run([*connect, 'fs', 'rm', ':x'])


def many(folder):
    """200 files of 1 KB that are there already."""
    with MicroPython() as board, picod(f'b=unix:{board.path}') as p:
        os.mkdir(f'{folder}/many')
        for i in range(200):
            with open(f'{folder}/many/{i:03}', 'wb') as file:
                file.write(b'%4d' % i * 256)
        env = p.client_environment()
        first = run([PICOCTL, 'sync', f'{folder}/many'], env=env)
        again = run([PICOCTL, 'sync', f'{folder}/many'], env=env)
        print(f'  200 files of 1 KB: {first:.2f} s, again, unchanged: '
              f'{again:.2f} s')


def classroom(folder):
    """A folder for one board, and for a class, each on a line of its own."""
    farm = scripted.Farm()
    lines = [Line(farm.add(functools.partial(MicroPythonDisk)).path,
                  CLASS_RATE) for _ in range(CLASS)]
    farm.start()
    os.mkdir(f'{folder}/class')
    p = Picod(boards={f'b{i}': f'{line.port},driver=repl'
                      for i, line in enumerate(lines)})
    try:
        env = p.client_environment()
        run([PICOCTL, 'df', '-b', 'all'], env=env)
        took = []
        for turn, boards in enumerate(('b0', 'all')):
            for i in range(3):
                with open(f'{folder}/class/{i}', 'wb') as file:
                    file.write(random.Random(9 * turn + i).randbytes(2000))
            took.append(run([PICOCTL, 'sync', '-b', boards,
                             f'{folder}/class'], env=env))
        print(f'  3 files of 2 KB at 19200 baud to one board: {took[0]:.2f} s, '
              f'to {CLASS}: {took[1]:.2f} s, {took[1] / took[0]:.2f} times')
    finally:
        p.stop()
        farm.stop()


def main():
    mpremote = subprocess.run(
        [os.path.join(ROOT, 'tests/boards/mpremote-program')], text=True,
        stdout=subprocess.PIPE, check=False).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        for kind, content in contents().items():
            with open(f'{folder}/{kind}', 'wb') as file:
                file.write(content)
        for rate in (RATE, 0):
            print('at 115200 baud' if rate else 'without a speed',
                  f'({SIZE} bytes; share: of the bare line)')
            with MicroPython() as board:
                by_picod(board, rate, folder)
            if mpremote:
                with MicroPython() as board:
                    by_mpremote(mpremote, board, rate, folder)
        many(folder)
        classroom(folder)


if __name__ == '__main__':
    main()
