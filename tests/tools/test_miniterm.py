# SPDX-License-Identifier: MIT
"""pyserial's miniterm, unmodified, at picod's own port, beside other clients."""

import sys
import unittest

import picod
from boards import MicroPython
from neighbours import neighbours
from terminal import Terminal


class Miniterm(picod.Case):
    def setUp(self):
        simulated = self.board(MicroPython())
        self.p = self.picod(b=f'unix:{simulated.path}')

    def begin(self):
        screen = Terminal(self, [
            sys.executable, '-m', 'serial.tools.miniterm', '--raw',
            self.p.board()['tty']['path'], '115200'])
        self.type, self.expect, self.wait = (
            screen.type, screen.expect, screen.wait)

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
            self.assertEqual(self.wait(), 0)


if __name__ == '__main__':
    unittest.main()
