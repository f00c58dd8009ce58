# SPDX-License-Identifier: MIT
"""mpremote, unmodified, at picod's own port, beside other clients."""

import os
import subprocess
import time
import unittest

import picod
from boards import MicroPython
from neighbours import neighbours
from terminal import Terminal
from test_faces import MPREMOTE


class Mpremote(picod.Case):
    def setUp(self):
        simulated = self.board(MicroPython())
        self.p = self.picod(b=f'unix:{simulated.path}')
        self.here = self.directory()
        self.argv = [MPREMOTE, 'connect', self.p.board()['tty']['path']]

    def tool(self, *words, status=0):
        done = subprocess.run([*self.argv, *words], cwd=self.here,
                              capture_output=True, timeout=picod.PATIENCE_S,
                              check=False)
        self.assertEqual(done.returncode, status, done)
        return done.stdout.replace(b'\r', b'').decode()

    def write(self, name, text):
        with open(os.path.join(self.here, name), 'w',
                  encoding='ascii') as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.here, name), encoding='ascii') as file:
            return file.read()

    def test_verbs(self):
        script = 'print("of a file")\n' * 100
        self.write('a.py', script)
        with neighbours(self.p, self):
            self.assertEqual(self.tool('exec', 'print(1 + 1)'), '2\n')
            self.assertEqual(self.tool('eval', '6 * 7'), '42\n')
            self.assertIn('ZeroDivisionError',
                          self.tool('exec', '1/0', status=1))
            self.assertEqual(self.tool('run', 'a.py'), 'of a file\n' * 100)
            self.tool('fs', 'cp', 'a.py', ':b.py')
            self.assertIn(f'{len(script)} b.py\n', self.tool('fs', 'ls'))
            self.assertEqual(self.tool('fs', 'cat', ':b.py'), script)
            self.tool('fs', 'cp', ':b.py', 'c.py')
            self.assertEqual(self.read('c.py'), script)
            self.tool('fs', 'rm', ':b.py')
            self.assertNotIn('b.py', self.tool('fs', 'ls'))
            self.tool('soft-reset')

    def test_mount(self):
        self.write('here.py', 'print("imported")\n'
                   'with open("made", "w") as file:\n    file.write("there")\n')
        with neighbours(self.p, self):
            self.assertIn('imported\n',
                          self.tool('mount', '.', 'exec', 'import here'))
            self.assertEqual(self.read('made'), 'there')
            self.write('run.py', 'print(open("made").read())\n')
            self.assertIn('there\n', self.tool('mount', '.', 'run', 'run.py'))

    def test_a_mounted_folder_at_the_prompt(self):
        self.write('here.py', 'print("imported")\n')
        with neighbours(self.p, self):
            screen = Terminal(self, [*self.argv, 'mount', '.'], cwd=self.here)
            screen.expect(b'>>> ')
            screen.type(b'import here\r')
            screen.expect(b'\nimported\r\n>>> ')
            screen.type(b'while True: open("here.py").close()\r\r')
            self.until(self.loops)
            self.until(lambda: self.is_stopped(screen))
            time.sleep(0.3)     # nobody types at once
            screen.type(b'open("here.py").read()\r')
            screen.expect(b'imported')
            screen.expect(b'>>> ')
            screen.type(b'\x1d')
            self.assertEqual(screen.wait(), 0)
        self.assertEqual(self.p.send('"remote" in __import__("os").listdir("/")'),
                         'False\n')
        # Ctrl-D begins anew, which its neighbours would not like.
        screen = Terminal(self, [*self.argv, 'mount', '.'], cwd=self.here)
        screen.expect(b'>>> ')
        screen.type(b'\x04')
        screen.expect(b'Remount local directory')
        screen.expect(b'>>> ')
        screen.type(b'import here\r')
        screen.expect(b'\nimported\r\n>>> ')

    def loops(self):
        return any(request['running'] and 'while True' in request['text']
                   for request in self.p.board()['requests'])

    def is_stopped(self, screen):
        """Ctrl-C, again where it was taken for a part of an answer."""
        screen.type(b'\x03')
        deadline = time.monotonic() + 2
        while self.loops() and time.monotonic() < deadline:
            time.sleep(0.1)
        return not self.loops()

    def test_typing(self):
        with neighbours(self.p, self):
            screen = Terminal(self, [*self.argv, 'repl'])
            screen.expect(b'to exit this shell')
            screen.type(b'\r')
            screen.expect(b'>>> ')
            screen.type(b'mine = 6 * 7\r')
            screen.expect(b'7\r\n>>> ')
            screen.type(b'mine\r')
            screen.expect(b'\n42\r\n>>> ')
            screen.type(b'input("who? ")\r')
            screen.expect(b'who? ')
            screen.type(b'Bob\r')
            screen.expect(b"'Bob'\r\n>>> ")
            screen.type(b'while True: pass\r\r')
            self.until(self.loops)
            screen.type(b'\x03')
            screen.expect(b'KeyboardInterrupt')
            screen.type(b'mine + 1\r')
            screen.expect(b'\n43\r\n>>> ')
            screen.type(b'\x1d')
            self.assertEqual(screen.wait(), 0)


if __name__ == '__main__':
    unittest.main()
