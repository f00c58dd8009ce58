# SPDX-License-Identifier: MIT
"""An Arduino with PinServer on a bench whose clock is turned by hand.

    class Test(BenchTest):
        MODEL = 'uno'

        def test(self):
            self.ask('r02', 'r0')

See tests/boards/pinbench.c.  Times are microseconds of the chip.
"""

import os
import subprocess
import unittest

from boards import BUILD, FIRMWARE
from pinserver import Talk

PROGRAM = os.path.join(BUILD, 'tests/boards/pinbench')
STEP_US = 200
PATIENCE_US = 5000000


class Bench:
    """The program, as an object."""

    def __init__(self, model):
        image = os.path.join(FIRMWARE, f'{model}-pinserver.hex')
        self.process = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', '--', PROGRAM, model, image],
            text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def order(self, *words):
        text = ' '.join(str(word) for word in words)
        self.process.stdin.write(text + '\n')
        self.process.stdin.flush()
        answer = self.process.stdout.readline().rstrip('\n')
        if not answer.startswith('ok'):
            raise RuntimeError(f'{text}: {answer or "pinbench has ended"}')
        return answer[3:]

    def send(self, text):
        self.order('send', ''.join(
            c if ' ' <= c <= '~' and c != '\\' else f'\\x{ord(c):02x}'
            for c in text))

    def run(self, us):
        return self.order('run', us).replace('\\n', '\n')

    def pins(self):
        return self.order('pins').split()

    def edges(self, pin):
        """What the board did to a pin: a list of (time, level)."""
        pairs = (word.split('=') for word in self.order('edges', pin).split())
        return [(float(when), int(level)) for when, level in pairs]

    def stat(self):
        return {name: int(value) for name, value in
                (word.split('=') for word in self.order('stat').split())}

    def data(self, address):
        return int(self.order('data', address))


class BenchTest(Talk, unittest.TestCase):
    """A bench for each class; command z after each test."""

    MODEL = None

    @classmethod
    def setUpClass(cls):
        cls.bench = Bench(cls.MODEL)
        cls.addClassCleanup(cls.bench.close)
        hello = cls.bench.run(100000)
        assert hello == 'h01\n', f'the first thing said is {hello!r}'

    def setUp(self):
        self.reset_talk()
        self.moving = set()         # pins that change all the time

    def tearDown(self):
        self.command('z')
        self.run_for(2000)
        self.assertEqual(self.answers, [], 'more was answered than asked')
        self.assertEqual(self.bench.stat()['overrun'], 0)

    def more(self):
        for _ in range(PATIENCE_US // STEP_US):
            text = self.bench.run(STEP_US)
            if text:
                return text.encode('latin-1')
        return self.fail('the board says nothing')

    def run_for(self, us):
        """Lets the time go by and keeps what the board says meanwhile."""
        self.take(self.bench.run(us).encode('latin-1'))

    def send(self, text):
        self.sent_bytes += len(text)
        self.bench.send(text)

    def state(self):
        return [state for pin, state in enumerate(self.bench.pins())
                if pin not in self.moving]

    def pin(self, number):
        return self.bench.pins()[number]
