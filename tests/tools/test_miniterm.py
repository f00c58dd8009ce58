# SPDX-License-Identifier: MIT
"""pyserial's miniterm, unmodified, at picod's own port, beside other clients."""

import os
import pty
import select
import subprocess
import sys
import termios
import unittest

import picod
from boards import MicroPython
from neighbours import neighbours


class Miniterm(picod.Case):
    def setUp(self):
        simulated = self.board(MicroPython())
        self.p = self.picod(b=f'unix:{simulated.path}')

    def begin(self):
        self.terminal, slave = pty.openpty()
        self.addCleanup(os.close, self.terminal)
        settings = termios.tcgetattr(slave)
        settings[1] &= ~termios.OPOST       # what comes is what is compared
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        self.process = subprocess.Popen(
            [sys.executable, '-m', 'serial.tools.miniterm', '--raw',
             self.p.board()['tty']['path'], '115200'],
            stdin=slave, stdout=slave, stderr=subprocess.DEVNULL)
        os.close(slave)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        self.seen = b''

    def expect(self, end):
        while end not in self.seen:
            if not select.select([self.terminal], [], [],
                                 picod.PATIENCE_S)[0]:
                raise AssertionError(f'only {self.seen} came, not {end}')
            self.seen += os.read(self.terminal, 4096)
        self.seen = self.seen[self.seen.index(end) + len(end):]

    def type(self, data):
        os.write(self.terminal, data)

    def test_beside_other_clients(self):
        with neighbours(self.p, self):
            self.begin()
            self.until(lambda: self.p.board()['tty']['open'])
            self.type(b'\r')
            self.expect(b'>>> ')
            self.type(b'mine = 6 * 7\r')
            self.expect(b'7\r\n>>> ')
            self.type(b'mine\r')
            self.expect(b'42\r\n>>> ')
            self.type(b'for i in range(3):\rprint(i, mine)\r')
            self.expect(b'mine)\r\n...     ')
            self.type(b'\r')
            self.expect(b'2 42\r\n')
            self.type(b'while True: pass\r')
            self.expect(b'... ')
            self.type(b'\r')
            self.until(lambda: any(
                request['running'] and 'while True' in request['text']
                for request in self.p.board()['requests']))
            self.type(b'\x03')
            self.expect(b'KeyboardInterrupt')
            self.type(b'mine + 1\r')
            self.expect(b'43\r\n')
            self.type(b'\x1d')          # Ctrl-]
            self.assertEqual(self.process.wait(picod.PATIENCE_S), 0)


if __name__ == '__main__':
    unittest.main()
