# SPDX-License-Identifier: MIT
"""Three tools and ten clients on one board, and right answers only.

Two tools are at ports that look like serial ones, one of them by a socket: they
paste, they type, they stop what they began, and now and then one vanishes in the
middle of a word.  Each has a variable of its own, and so has each client.

PICOD_SOAK_S: for how many seconds; PICOD_SEED: which dice.
"""

import os
import random
import threading
import time
import unittest

import picod
from boards import MicroPython
from test_faces import Face
from test_tty import RAW, Tool

DURATION_S = float(os.environ.get('PICOD_SOAK_S') or 600)
SEED = int(os.environ.get('PICOD_SEED') or 4)
CLIENTS = 10


class Soak(picod.Case):
    def setUp(self):
        simulated = self.board(MicroPython())
        self.p = self.picod(b=f'unix:{simulated.path}')
        self.p.send('0')
        self.end = time.monotonic() + DURATION_S
        self.right = {}
        self.lock = threading.Lock()

    def count(self, who):
        with self.lock:
            self.right[who] = self.right.get(who, 0) + 1

    def rounds(self, who):
        """Numbers, while there is time and nothing has failed."""
        number = 0
        while time.monotonic() < self.end and not self.failed.is_set():
            number += 1
            yield number
            self.count(who)

    def client(self, i):
        dice = random.Random(SEED * 100 + i)
        with self.p.connect() as client:
            for n in self.rounds('client'):
                got = client.call('Send', text=f'c{i} = {n}; c{i} * 2')
                self.assertEqual(got['output'], f'{n * 2}\n')
                time.sleep(dice.random() / 10)

    def paste(self, tool, name, n):
        """A raw text, by raw-paste."""
        text = f'{name} = {n}\nprint({name} * 3)'.encode()
        tool.say(b'\x05A\x01')
        head = tool.expect(b'R\x01') + tool.read(3)
        assert len(head) == 5 and head[4] == 1, head
        tool.say(text + b'\x04')
        self.assertEqual(tool.expect(b'\x04>'),
                         b'\x04%d\r\n\x04\x04>' % (n * 3))

    def stop(self, tool):
        tool.say(b"print('go')\nwhile True: pass\x04")
        tool.expect(b'go\r\n')
        tool.say(b'\x03')
        got = tool.expect(b'\x04>')
        assert b'KeyboardInterrupt' in got and got.startswith(b'\x04'), got

    def raw_tool(self, name, make):
        dice = random.Random(SEED * 1000 + len(name))
        tool = None
        for n in self.rounds(name):
            if tool is None:
                tool = make()
                tool.say(b'\r\x03\r\x01')
                tool.expect(RAW)
            self.paste(tool, name, n)
            if n % 10 == 0:
                self.stop(tool)
            if dice.randrange(5) == 0:
                said = b'\x05A\x01print(1)\nwhile True: pass\x04'
                tool.say(said[:dice.randrange(len(said) + 1)])
                tool.close()
                tool = None
        if tool is not None:
            tool.close()

    def person(self):
        face = SocketTool(self.p)
        face.say(b'\r')
        face.expect(b'>>> ')
        for n in self.rounds('person'):
            line = b'p = %d; print(p + 1)' % n
            face.say(line + b'\r')
            self.assertEqual(face.expect(b'>>> '),
                             line + b'\r\n%d\r\n>>> ' % (n + 1))
            time.sleep(0.02)
        face.close()

    def test_right_answers_only(self):
        path = self.p.board()['tty']['path']
        self.failed = threading.Event()
        problems = []

        def guard(function, *arguments):
            try:
                function(*arguments)
            except BaseException as problem:    # whatever it was
                problems.append((function.__name__, arguments, repr(problem)))
                self.failed.set()
                print(problems[-1], flush=True)

        threads = [threading.Thread(target=guard, args=work) for work in [
            (self.raw_tool, 'serial', lambda: SerialTool(self.p, path)),
            (self.raw_tool, 'socket', lambda: SocketTool(self.p)),
            (self.person,),
            *((self.client, i) for i in range(CLIENTS))]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(problems, [])
        print(' '.join(f'{who}: {n}' for who, n in self.right.items()))
        for who in ('client', 'serial', 'socket', 'person'):
            self.assertGreater(self.right[who], 0)


class SerialTool(Tool):
    def __init__(self, p, path):
        super().__init__(path)
        self.p = p

    def read(self, n):
        return self.port.read(n)

    def close(self):
        """The next one comes when picod has seen that this one is gone."""
        self.port.close()
        while self.p.board()['tty']['open']:
            pass
        self.p.board()


class SocketTool(Face):
    def read(self, n):
        while len(self.bytes) < n:
            data = self.connection.read_bytes()
            assert data
            self.bytes += data
        got, self.bytes = self.bytes[:n], self.bytes[n:]
        return got


if __name__ == '__main__':
    unittest.main()
