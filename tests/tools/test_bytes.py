# SPDX-License-Identifier: MIT
"""What pyboard.py, ampy and rshell say, byte by byte, beside other clients."""

import unittest

import picod
from boards import MicroPython
from neighbours import neighbours
from test_tty import RAW, Tool


class Pyboard(Tool):
    """Raw-paste, as mpremote has it."""

    def connect(self):
        self.say(b'\r\x03')
        self.say(b'\r\x01')
        self.expect(RAW)
        self.soft_reset()

    def soft_reset(self):
        self.say(b'\x04')
        self.expect(b'soft reboot\r\n')
        self.expect(RAW)

    def begin(self, text):
        self.say(b'\x05A\x01')
        assert self.port.read(2) == b'R\x01'
        window = int.from_bytes(self.port.read(2), 'little')
        room = window
        while text:
            while room == 0 or self.port.in_waiting:
                assert self.port.read(1) == b'\x01'
                room += window
            self.say(text[:room])
            text, room = text[room:], room - len(text[:room])
        self.say(b'\x04')
        while self.port.read(1) == b'\x01':
            pass                # and then 04: it was taken

    def end(self):
        output = self.expect(b'\x04')[:-1]
        error = self.expect(b'\x04')[:-1]
        self.expect(b'>')
        return output, error

    def send_file(self, name, data):
        """By texts, one for each piece."""
        self.begin(b'f = open("%s", "wb")\nw = f.write' % name)
        assert self.end() == (b'', b'')
        for at in range(0, len(data), 256):
            self.begin(b'w(%r)' % data[at:at + 256])
            assert self.end() == (b'', b'')
        self.begin(b'f.close()')
        assert self.end() == (b'', b'')

    def leave(self):
        self.say(b'\r\x02')
        self.expect(b'>>> ')


class Ampy(Pyboard):
    """The raw REPL in pieces, and Ctrl-C again and again."""

    def connect(self):
        self.say(b'\r\x03')
        self.say(b'\x03')
        self.say(b'\r\x01')
        self.expect(RAW)
        self.soft_reset()
        self.say(b'\x03\x03')

    def begin(self, text):
        for at in range(0, len(text), 256):
            self.say(text[at:at + 256])
        self.say(b'\x04')
        assert self.port.read(2) == b'OK'


class Rshell(Ampy):
    """It waits for a prompt, and sends files to a program that reads them."""

    RECEIVE = b'''import sys
from binascii import unhexlify
with open("%s", "wb") as f:
  n = %d
  while n > 0:
    sys.stdout.write("\\x06")
    n -= f.write(unhexlify(sys.stdin.read(2 * min(n, 64))))
'''

    def connect(self):
        self.say(b'\x03\r')
        self.expect(b'>>> ')
        self.say(b'\r\x03\x03\r\x01')
        self.expect(RAW)
        self.soft_reset()

    def send_file(self, name, data):
        self.begin(self.RECEIVE % (name, len(data)))
        for at in range(0, len(data), 64):
            self.expect(b'\x06')
            self.say(data[at:at + 64].hex().encode())
        assert self.end() == (b'', b'')


class Bytes(picod.Case):
    DATA = bytes(range(256)) * 2

    def setUp(self):
        simulated = self.board(MicroPython())
        self.p = self.picod(b=f'unix:{simulated.path}')
        self.p.send('1')

    def run_text(self, text):
        self.tool.begin(text)
        output, error = self.tool.end()
        self.assertEqual(error, b'')
        return output.replace(b'\r\n', b'\n')

    def check_verbs(self):
        self.assertEqual(self.run_text(b'print(1 + 1)'), b'2\n')
        self.assertEqual(self.run_text(b'print(repr("a" * 3))'), b"'aaa'\n")
        self.assertEqual(self.run_text(b'print("of a file")\n' * 100),
                         b'of a file\n' * 100)
        self.tool.send_file(b'sent', self.DATA)
        self.assertIn(b'sent\n', self.run_text(
            b'import os\nfor f in os.ilistdir():\n print(f[0])'))
        self.assertEqual(self.run_text(
            b'with open("sent", "rb") as f:\n'
            b' while True:\n'
            b'  b = f.read(64)\n'
            b'  if not b: break\n'
            b'  print(b.hex(), end="")'), self.DATA.hex().encode())
        self.run_text(b'os.remove("sent")')
        self.assertEqual(self.run_text(b'print("sent" in os.listdir())'),
                         b'False\n')
        self.tool.begin(b'print("go")\nwhile True: pass')
        self.tool.expect(b'go\r\n')
        self.tool.say(b'\x03')
        self.assertIn(b'KeyboardInterrupt', self.tool.end()[1])
        self.tool.soft_reset()

    def check_typing(self):
        self.tool.say(b'6 * 7\r')
        self.tool.expect(b'6 * 7\r\n42\r\n>>> ')

    def test_each_beside_other_clients(self):
        with neighbours(self.p, self):
            for kind in Pyboard, Ampy, Rshell:
                with self.subTest(kind=kind.__name__), \
                        kind(self.p.board()['tty']['path']) as self.tool:
                    self.tool.connect()
                    self.check_verbs()
                    self.tool.leave()
                    self.check_typing()


if __name__ == '__main__':
    unittest.main()
