# SPDX-License-Identifier: MIT
"""picoctl rtc: boards with a clock, and without."""

import functools
import sys
import time
import types
import unittest
from unittest import mock

import picod
import scripted
from boards import MicroPython
from circuitpython import CircuitPython

REPL = functools.partial(scripted.Repl, paste=True)
FORM = '%Y-%m-%d %H:%M:%S\n'


class Case(picod.Case):

    def begin(self, language, driver='repl', **modules):
        """A board with these modules, and its picod."""
        farm = scripted.Farm()
        self.addCleanup(farm.stop)
        farm.start()
        self.enterContext(mock.patch.dict(sys.modules, modules))
        self.p = self.picod(b=f'{farm.add(language).url()},driver={driver}')

    def rtc(self):
        done = self.p.picoctl('rtc')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertLess(abs(time.mktime(time.strptime(done.stdout, FORM)) -
                            time.time()), 60)
        return time.strptime(done.stdout, FORM)

    def check_no_clock(self):
        done = self.p.picoctl('rtc')
        self.assertEqual(
            (done.returncode, done.stdout, done.stderr),
            (1, '', 'picoctl: this board has no clock that can be set\n'))


class Clock(Case):

    def test_micropython(self):
        clock = mock.Mock()
        self.begin(REPL, machine=types.SimpleNamespace(RTC=lambda: clock))
        t = self.rtc()
        clock.datetime.assert_called_once_with(
            (*t[:3], t.tm_wday, *t[3:6], 0))

    def test_circuitpython(self):
        clock = types.SimpleNamespace()
        self.begin(CircuitPython, rtc=types.SimpleNamespace(RTC=lambda: clock))
        t = self.rtc()
        self.assertEqual(clock.datetime[:7], t[:7])


class NoClock(Case):

    def test_micropython_whose_machine_has_none(self):
        board = self.board(MicroPython())
        self.p = self.picod(b=f'unix:{board.path},driver=repl')
        self.check_no_clock()
        self.assertEqual(self.p.send("'__pr' in globals()"), 'False\n')

    def test_micropython_that_counts_only(self):
        self.begin(REPL, machine=types.SimpleNamespace(
            RTC=types.SimpleNamespace))
        self.check_no_clock()

    def test_circuitpython_whose_chip_has_none(self):
        self.begin(CircuitPython, rtc=types.SimpleNamespace(
            RTC=mock.Mock(side_effect=NotImplementedError)))
        self.check_no_clock()

    def test_python_without_either_module(self):
        self.begin(REPL)
        self.check_no_clock()

    def test_piserial(self):
        self.begin(scripted.PiSerial, driver='piserial')
        self.check_no_clock()


if __name__ == '__main__':
    unittest.main()
