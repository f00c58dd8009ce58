# SPDX-License-Identifier: MIT
"""A statement broken at its bytes, on boards that run real firmware.

Every byte of a whole conversation has its turn in test_faults; here a board
is in step already, and what answers is no model of one.
"""

import random
import unittest

import picod
from boards import MicroPython, Microbit
from test_faults import ERRORS, TIMEOUT_MS
from wire import Wire


class OnRealBoards(picod.Case):
    # Each restart is a recovery, which takes seconds: at some places only.
    STEPS = {'vanish': 1, 'nonsense': 2, 'restart': 9}

    def check(self, kind):
        mb = self.board(kind())
        wire = self.board(Wire(mb.path))
        p = self.picod(mb=f'unix:{wire.path},driver=repl')
        p.send('n = 0')
        before = sum(wire.counts())
        self.assertEqual(p.send('3000 + 10'), '3010\n')
        length = sum(wire.counts()) - before
        self.assertLessEqual(length, 40)
        for fault, step in self.STEPS.items():
            for number in range(1, length + 1, step):
                with self.subTest(fault=fault, number=number):
                    self.check_one(p, mb, wire, fault, number)

    def check_one(self, p, mb, wire, fault, number):
        noise = random.Random(number).randbytes(40)
        action = {'vanish': wire.cut, 'restart': mb.reset,
                  'nonsense': lambda: wire.say(noise)}[fault]
        p.send('1')
        wire.fault(number, action)
        try:
            p.send('3000 + 10', timeout=TIMEOUT_MS)
        except picod.PicodError as error:
            self.assertIn(error.name, ERRORS[fault], error)
        self.assertTrue(wire.faulted.wait(picod.PATIENCE_S))
        if fault == 'vanish':
            wire.connect()
        self.assertEqual(p.send('6 * 7', wait=60000, timeout=30000), '42\n')

    def test_microbit(self):
        self.check(Microbit)

    def test_micropython(self):
        self.check(MicroPython)


if __name__ == '__main__':
    unittest.main()
