# SPDX-License-Identifier: MIT
"""The QEMU boards by themselves: the raw REPL by hand, and their lives."""

import contextlib
import gc
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import warnings

from boards import HERE, BoardError, MicroPython, Microbit
from relay import Relay, open_port

PATIENCE_S = 30


class Line:
    """An open port of a board."""

    def __init__(self, path):
        self.fd = open_port(path)

    def close(self):
        os.close(self.fd)

    def send(self, data):
        while data:
            data = data[os.write(self.fd, data):]

    def read_until(self, end, patience_s=PATIENCE_S):
        data = b''
        while not data.endswith(end):
            if not select.select([self.fd], [], [], patience_s)[0]:
                raise TimeoutError(f'only {data!r}')
            piece = os.read(self.fd, 4096)
            if not piece:
                raise EOFError(f'only {data!r}')
            data += piece
        return data

    def enter_raw_repl(self):
        """A board that still starts loses what is typed: it is typed again."""
        for patience_s in (2, 2, 2, PATIENCE_S):
            self.send(b'\r\x03\x01')
            try:
                self.read_until(b'raw REPL; CTRL-B to exit\r\n>', patience_s)
                return
            except TimeoutError as error:
                last = error
        raise last

    def run(self, program):
        """What a program prints; its traceback if it fails."""
        self.send(program + b'\x04')
        output, traceback = self.read_until(b'\x04>')[2:-2].split(b'\x04')
        return traceback or output


def exists(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for_end_of(pid):
    """Waits until a process that is not our child is gone."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([fd], [], [], PATIENCE_S)[0])
    finally:
        os.close(fd)


class BoardCase:
    """What both boards must do; the subclass names the board."""

    CLASS = None
    COMMAND = None

    def start(self, **options):
        board = self.CLASS(**options)
        board.start()
        self.addCleanup(board.stop)
        return board

    def open(self, board):
        line = Line(board.path)
        self.addCleanup(line.close)
        return line

    def test_raw_repl(self):
        line = self.open(self.start())
        line.enter_raw_repl()
        self.assertEqual(line.run(b'print(2+2)'), b'4\r\n')
        self.assertIn(b'ZeroDivisionError', line.run(b'1/0'))

    def test_pty(self):
        line = self.open(self.start(pty=True))
        line.enter_raw_repl()
        self.assertEqual(line.run(b'print(2+2)'), b'4\r\n')

    def test_interrupt(self):
        line = self.open(self.start())
        line.enter_raw_repl()
        line.send(b'print(1)\nwhile True: pass\n\x04')
        line.read_until(b'1\r\n')
        line.send(b'\x03')
        self.assertIn(b'KeyboardInterrupt', line.read_until(b'\x04>'))

    def test_reset_forgets_variables(self):
        board = self.start()
        line = self.open(board)
        line.enter_raw_repl()
        line.run(b'a = 1')
        board.reset()
        line.read_until(b'>>> ')
        line.enter_raw_repl()
        self.assertIn(b'NameError', line.run(b'a'))

    def test_freeze_and_thaw(self):
        board = self.start()
        line = self.open(board)
        line.enter_raw_repl()
        board.freeze()
        line.send(b'print(2+2)\x04')
        self.assertEqual(board.order('query-status')['status'], 'paused')
        self.assertEqual(select.select([line.fd], [], [], 0)[0], [])
        board.thaw()
        self.assertEqual(line.read_until(b'\x04>'), b'OK4\r\n\x04\x04>')

    def test_restart_keeps_the_path(self):
        board = self.start()
        before = board.pid
        line = self.open(board)
        board.restart()
        with self.assertRaises((EOFError, ConnectionResetError)):
            line.read_until(b'never')
        self.assertNotEqual(board.pid, before)
        self.assertFalse(exists(before))
        again = self.open(board)
        again.enter_raw_repl()

    def test_stop_leaves_nothing(self):
        board = self.start()
        pid = board.pid
        board.stop()
        self.assertFalse(exists(pid))
        self.assertFalse(os.path.exists(board.directory))
        board.stop()

    def test_ends_with_who_started_it(self):
        program = (f'import boards, os\nb = boards.{self.CLASS.__name__}()\n'
                   'b.start()\nprint(b.pid, b.directory, flush=True)\n'
                   'os.kill(os.getpid(), 9)')
        output = subprocess.run([sys.executable, '-c', program], cwd=HERE,
                                stdout=subprocess.PIPE, text=True).stdout
        pid, directory = output.split()
        self.assertTrue(wait_for_end_of(int(pid)))
        os.unlink(os.path.join(directory, 'port'))
        os.unlink(os.path.join(directory, 'log'))
        os.rmdir(directory)

    def test_by_hand(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, 'here')
            process = subprocess.Popen(
                [os.path.join(HERE, self.COMMAND), path],
                stdout=subprocess.PIPE, text=True)
            with process:
                self.assertEqual(process.stdout.readline(),
                                 f'{self.COMMAND} ready at {path}\n')
                self.open(type('', (), {'path': path})).enter_raw_repl()
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(PATIENCE_S), 0)
            self.assertEqual(os.listdir(directory), [])

    def test_by_hand_ends_with_its_parent(self):
        with tempfile.TemporaryDirectory() as directory:
            command = [os.path.join(HERE, self.COMMAND),
                       os.path.join(directory, 'port')]
            program = (
                'import os, subprocess\n'
                f'p = subprocess.Popen({command}, stdout=subprocess.PIPE)\n'
                'p.stdout.readline()\nprint(p.pid, flush=True)\n'
                'os.kill(os.getpid(), 9)')
            pid = subprocess.run([sys.executable, '-c', program], text=True,
                                 stdout=subprocess.PIPE).stdout
            self.assertTrue(wait_for_end_of(int(pid)))
            self.assertEqual(os.listdir(directory), [])

    def test_says_why_it_does_not_start(self):
        board = self.CLASS()
        board.machine = lambda: ['-M', 'toaster']
        with self.assertRaisesRegex(BoardError, 'qemu-system-arm'):
            board.start()
        self.assertFalse(os.path.exists(board.directory))

    def test_closes_all_when_it_cannot_start(self):
        board = self.CLASS(path='/nowhere/port')
        with warnings.catch_warnings(record=True) as unclosed:
            warnings.simplefilter('always')
            with self.assertRaisesRegex(BoardError, 'No such file'):
                board.start()
            gc.collect()
        self.assertEqual(unclosed, [])

    def test_closes_all_when_the_emulator_dies(self):
        before = os.listdir('/proc/self/fd')
        board = self.start()
        with contextlib.closing(Line(board.path)) as line:
            line.enter_raw_repl()
            board.freeze()
            line.send(b'x' * 1000)
            board.process.kill()
            board.process.wait()
            with self.assertRaises(BrokenPipeError):
                board.order('cont')
            board.stop()
        self.assertEqual(os.listdir('/proc/self/fd'), before)

    def test_through_a_relay(self):
        with self.CLASS() as board, Relay(board.path) as relay:
            line = self.open(relay)
            line.enter_raw_repl()
            relay.to_board.mark()
            relay.to_host.mark()
            self.assertEqual(line.run(b'print(3000+10)'), b'3010\r\n')
            self.assertEqual(relay.to_board.data, b'print(3000+10)\x04')
            self.assertEqual(relay.to_host.data, b'OK3010\r\n\x04\x04>')


class MicrobitTest(BoardCase, unittest.TestCase):
    CLASS = Microbit
    COMMAND = 'microbit'

    def test_is_old(self):
        line = self.open(self.start())
        line.enter_raw_repl()
        self.assertIn(b'NameError', line.run(b'compile'))
        line.send(b'\x05A\x01')
        self.assertIn(b'raw REPL', line.read_until(b'\r\n>'))

    def test_line_brings_a_burst_in_time(self):
        line = self.open(self.start())
        line.enter_raw_repl()
        for number in range(20):
            text = b'%d' % number * 200
            self.assertEqual(line.run(b'print("%s")' % text), text + b'\r\n')

    def test_type_ahead_is_lost(self):
        line = self.open(self.start())
        line.enter_raw_repl()
        line.send(b'from microbit import uart\n'
                  b'try:\n print(1)\n while True: pass\n'
                  b'except KeyboardInterrupt: print(len(uart.read()))\n\x04')
        line.read_until(b'1\r\n')
        line.send(b'y' * 200 + b'\x03')
        self.assertEqual(line.read_until(b'\x04>'), b'63\r\n\x04\x04>')

    def test_runs_main_after_a_soft_reset(self):
        line = self.open(self.start())
        line.enter_raw_repl()
        line.run(b'with open("main.py", "w") as f: f.write("print(42)")')
        line.send(b'\x02')
        line.read_until(b'>>> ')
        line.send(b'\x04')
        self.assertIn(b'\r\n42\r\n', line.read_until(b'information.\r\n>>> '))


class MicroPythonTest(BoardCase, unittest.TestCase):
    CLASS = MicroPython
    COMMAND = 'micropython'

    def raw_repl(self, board):
        line = self.open(board)
        line.enter_raw_repl()
        return line

    def test_raw_paste_and_its_window(self):
        line = self.raw_repl(self.start())
        line.send(b'\x05A\x01')
        self.assertEqual(line.read_until(b'R\x01\x80\x00\x01'),
                         b'R\x01\x80\x00\x01')
        line.send(b'print(7)\x04')
        self.assertEqual(line.read_until(b'\x04>'), b'\x047\r\n\x04\x04>')

    def test_a_pico_can_do_that_too(self):
        line = self.raw_repl(self.start())
        for program, answer in (
                (b'eval(compile("6*7", "", "single"))', b'42\r\n'),
                (b'import json; print(json.loads("[1]"))', b'[1]\r\n'),
                (b'import os; print(os.uname().sysname)', b'qemu\r\n')):
            self.assertEqual(line.run(program), answer)
        self.assertIn(b'MemoryError', line.run(b'bytearray(200000)'))

    def test_clock(self):
        line = self.raw_repl(self.start())
        self.assertEqual(line.run(
            b'from time import *\nt = ticks_ms(); sleep_ms(20)\n'
            b'print(20 <= ticks_diff(ticks_ms(), t))'), b'True\r\n')

    def test_a_sleep_can_be_interrupted(self):
        line = self.raw_repl(self.start())
        line.send(b'import time\nprint(1)\ntime.sleep(1000)\x04')
        line.read_until(b'1\r\n')
        line.send(b'\x03')
        self.assertIn(b'KeyboardInterrupt', line.read_until(b'\x04>'))

    def test_files_outlive_resets(self):
        board = self.start()
        line = self.raw_repl(board)
        line.run(b'with open("main.py", "w") as f: f.write("print(42)")')
        line.send(b'\x02')
        line.read_until(b'>>> ')
        line.send(b'\x04')
        self.assertIn(b'soft reboot\r\n42\r\n',
                      line.read_until(b'information.\r\n>>> '))
        board.reset()
        self.assertTrue(line.read_until(b'>>> ').startswith(b'42\r\n'))
        line.send(b'import machine; machine.reset()\r')
        self.assertIn(b'\r\n42\r\n', line.read_until(b'tion.\r\n>>> '))
        line.enter_raw_repl()
        line.send(b'\x04')
        self.assertNotIn(b'42', line.read_until(b'exit\r\n>'))

    def test_led(self):
        board = self.start()
        line = self.raw_repl(board)
        self.assertFalse(board.led())
        line.run(b'from machine import Pin\nPin("LED", Pin.OUT).on()')
        self.assertTrue(board.led())
        line.run(b'Pin(25).toggle()')
        self.assertFalse(board.led())
        self.assertIn(b'ValueError', line.run(b'Pin(3)'))

    def test_type_ahead_waits_and_none_is_lost(self):
        line = self.raw_repl(self.start())
        text = b'z' * 20000
        self.assertEqual(line.run(b'a = """%s"""\nprint(len(a))' % text),
                         b'20000\r\n')
        for number in range(500):
            self.assertEqual(line.run(b'print(%d)' % number),
                             b'%d\r\n' % number)


if __name__ == '__main__':
    unittest.main()
