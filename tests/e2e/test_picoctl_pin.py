# SPDX-License-Identifier: MIT
"""picoctl pin, against the pins of a simulated Uno that runs PinServer."""

import json
import os
import signal
import subprocess
import unittest

import picod
from boards import Microbit
from uno import Uno

SKETCH = os.path.join(picod.FIRMWARE, 'uno-pinserver.hex')


class Pin(picod.Case):

    def setUp(self):
        self.uno = self.board(Uno(sketch=SKETCH))
        self.p = self.picod(
            uno=f'{self.uno.path},driver=piserial,reports=hlov')

    def pin(self, *words, status=0):
        run = self.p.picoctl('pin', *words)
        self.assertEqual(run.returncode, status, run.stderr)
        return run.stderr if status else run.stdout

    def test_levels_and_duty(self):
        self.pin('13', '8', 'on')
        self.assertEqual((self.uno.level(13), self.uno.level(8)), (1, 1))
        self.assertEqual(self.pin('13', 'read'), '1\n')
        self.pin('8', 'off')
        self.assertEqual(self.uno.level(8), 0)
        self.pin('9', 'pwm', '128')
        self.assertEqual(self.uno.duty(9), 128)

    def test_inputs(self):
        self.uno.set_analog(0, 512)
        self.assertEqual(self.pin('A0', 'read'), '512\n')
        self.uno.drive(2, 1)
        self.assertEqual(self.pin('2', 'read'), '1\n')

    def test_json_has_the_values(self):
        self.pin('13', 'on')
        reply = json.loads(self.pin('13', 'read', '--json'))
        self.assertEqual((reply['values'], reply['status']), ([1], 'OK'))

    def test_what_the_board_is(self):
        self.assertIn('Arduino Uno', self.pin('info'))
        self.assertIn('pwm', self.pin('9', 'can'))

    def test_mistakes(self):
        self.assertIn('no such pin', self.pin('99', 'on', status=2))
        self.assertIn('what shall be done', self.pin('13', status=2))
        self.assertIn('no word "onn"', self.pin('13', 'onn', status=2))
        self.assertIn('RR', self.p.picoctl('pin', '13', 'pwm', '1').stdout +
                      self.p.picoctl('pin', '13', 'pwm', '1').stderr)

    def test_another_sketch(self):
        """RR is what a sketch says to a command of another's."""
        uno = self.board(Uno(sketch=f'{picod.FIRMWARE}/uno-rgb.hex'))
        p = self.picod(uno0=f'{uno.path},driver=piserial,baud=9600')
        p.call('Send', board='uno0', text='n', wait=picod.PATIENCE_S * 1000)
        result = p.picoctl('pin', '13', 'on')
        self.assertEqual(result.returncode, 1)
        self.assertIn('picoctl flash pinserver', result.stderr)

    def watch_pin(self):
        """picoctl pin 2 watch, in a session of its own; the level it began with."""
        watch = subprocess.Popen(
            [picod.PICOCTL, 'pin', '2', 'watch'], stdout=subprocess.PIPE,
            text=True, env=self.p.client_environment(),
            start_new_session=True)
        self.addCleanup(watch.stdout.close)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        first = watch.stdout.readline()
        self.assertRegex(first, r'^2 [01]\n$')
        return watch, int(first[2])

    def is_quiet(self, level):
        """The board was told to stop: what it says next is an answer."""
        events = self.watch(self.p)
        self.uno.drive(2, level)
        self.pin('2', 'read')
        self.p.send('z')
        events.wait(event='state', state='ready')
        self.assertNotIn('output', [e['event'] for e in events.seen])

    def test_watch_until_ctrl_c(self):
        watch, level = self.watch_pin()
        self.uno.drive(2, 1 - level)
        self.assertEqual(watch.stdout.readline(), f'2 {1 - level}\n')
        os.killpg(watch.pid, signal.SIGINT)
        self.assertEqual(watch.wait(picod.PATIENCE_S), 128 + signal.SIGINT)
        self.is_quiet(level)

    def test_watch_until_it_is_ended_otherwise(self):
        """By a terminal that closes, by kill, or by who reads no more."""
        for number in signal.SIGHUP, signal.SIGINT, signal.SIGTERM:
            for kill in os.kill, os.killpg:
                with self.subTest(f'{kill.__name__} {number.name}'):
                    watch, level = self.watch_pin()
                    kill(watch.pid, number)
                    self.assertEqual(watch.wait(picod.PATIENCE_S),
                                     128 + number)
                    self.is_quiet(1 - level)
        with self.subTest('pipe'):
            watch, level = self.watch_pin()
            watch.stdout.close()
            self.uno.drive(2, 1 - level)
            self.assertEqual(watch.wait(picod.PATIENCE_S),
                             128 + signal.SIGPIPE)
            self.is_quiet(level)


class NoPinServer(picod.Case):

    def test_another_sketch(self):
        uno = self.board(Uno(sketch=os.path.join(
            os.path.dirname(SKETCH), 'uno-led.hex')))
        p = self.picod(uno=f'{uno.path},driver=piserial,baud=9600')
        self.says_so(p)

    def test_a_python(self):
        board = self.board(Microbit())
        self.says_so(self.picod(mb=f'unix:{board.path},driver=repl'))

    def says_so(self, p):
        """That, and nothing of what the board said to a question of picoctl's."""
        run = p.picoctl('pin', '13', 'on')
        self.assertEqual((run.returncode, run.stdout, run.stderr), (
            1, '', 'picoctl: the board is no PinServer: put that on it with '
            '"picoctl flash pinserver", or use "picoctl send"\n'))


if __name__ == '__main__':
    unittest.main()
