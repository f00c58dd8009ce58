#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Sketches at any usual speed, on an Uno that nobody has configured."""

import os
import signal
import time
import unittest

import picod
import usb
from uno import Uno

SPEEDS = 9600, 19200, 38400, 57600, 115200
# What a client is promised, with what a busy machine takes for the rest.
PROMISE_S = 3
TEXT = 'temp 20.50\r\n'


def starved_s():
    """How long we, and those whom we started, waited for a processor."""
    pids = [str(os.getpid())]
    with open(f'/proc/self/task/{os.getpid()}/children') as file:
        pids += file.read().split()
    waited = 0
    for pid in pids:
        try:
            with open(f'/proc/{pid}/schedstat') as file:
                waited += int(file.read().split()[1])
        except FileNotFoundError:
            pass
    return waited / 1e9


class Case(usb.Case):
    CONFIG = None
    NAME = 'uno0'

    def start_beside(self, uno):
        """A picod that finds the board as it is: its sketch runs."""
        p = self.picod(config=self.CONFIG)
        self.wait(p, self.NAME, 'listening')
        uno.wait_for('pin 13 0')
        p.kill()
        p.start()
        self.wait(p, self.NAME, 'listening')
        return p

    def within(self, uno, function):
        """Calls it; it must not take longer than is promised."""
        start, lag = time.monotonic(), uno.counters()['lag_ms']
        starved = starved_s()
        result = function()
        took = time.monotonic() - start
        # Where we wait for a processor, what is between us and them does, too.
        self.assertLess(took, PROMISE_S + 2 * (starved_s() - starved) +
                        (uno.counters()['lag_ms'] - lag) / 1000)
        return result

    def refuse(self, p, text='c1'):
        with self.fails('BoardSilent') as caught:
            p.call('Send', text=text)
        return caught.exception['message']

    def lines(self, watcher, count=2):
        """Reads until so many whole lines were printed."""
        text = ''
        deadline = time.monotonic() + picod.PATIENCE_S
        while text.count(TEXT) < count:
            self.assertLess(time.monotonic(), deadline, text[-400:])
            text += watcher.wait(event='output')['output'].replace(
                '\r', '').replace('\n', '\r\n')
        return text


class Speeds(Case):
    def sketch(self, name, baud):
        return self.uno(sketch=os.path.join(picod.FIRMWARE,
                                            f'uno-{name}-{baud}.hex'))

    def test_a_sketch_that_waits_for_commands(self):
        for baud in SPEEDS:
            with self.subTest(baud=baud):
                uno = self.sketch('probe', baud)
                p = self.start_beside(uno)
                answer = self.within(uno, lambda: p.call('Send',
                                                         text='i1234'))
                self.assertEqual(answer['output'], 'v1234\n')
                # It is known from then on.
                self.assertEqual(p.send('i5678'), 'v5678\n')
                uno.unplug()
                self.wait(p, 'uno0', 'absent')
                uno.plug()
                self.assertEqual(p.send('i9ABC', wait=20000), 'v9ABC\n')
                p.stop()
                uno.stop()

    def test_a_sketch_that_only_prints(self):
        for baud in SPEEDS:
            with self.subTest(baud=baud):
                uno = self.sketch('prints', baud)
                p = self.start_beside(uno)
                watcher = self.watch(p)
                self.within(uno, lambda: self.lines(watcher))
                message = self.within(uno, lambda: self.refuse(p))
                self.assertRegex(message, 'prints, but does not speak PiSeri'
                                 'al: picoctl flash pinserver, or the librar')
                self.assertIn('prints, but', p.board()['problem'])
                # Nothing else is tried, and what it prints goes on coming.
                self.assertEqual(p.board()['state'], 'listening')
                self.lines(watcher, 1)
                self.assertIn('prints, but', p.board()['problem'])
                p.stop()
                uno.stop()

    def test_a_sketch_that_prints_while_picod_has_no_processor(self):
        """What has come meanwhile is of the speed before, and tells no other."""
        for baud in 19200, 57600:
            with self.subTest(baud=baud):
                uno = self.sketch('prints', baud)
                uno.wait_for('pin 13 0')
                p = self.picod(config=self.CONFIG)
                watcher = self.watch(p)
                self.wait(p, 'uno0', 'listening')
                os.kill(p.pid, signal.SIGSTOP)
                sent = uno.counters()['sent']
                self.until(lambda: uno.counters()['sent'] > sent + 60)
                os.kill(p.pid, signal.SIGCONT)
                self.lines(watcher)
                p.stop()
                uno.stop()

    def test_a_sketch_that_only_prints_asked_at_once(self):
        uno = self.sketch('prints', 9600)
        p = self.picod()
        with self.fails('BoardSilent') as caught:
            p.call('Send', text='c1', wait=20000)
        self.assertIn('prints, but', caught.exception['message'])
        self.lines(self.watch(p))

    def test_a_chip_without_a_sketch(self):
        uno = self.uno(sketch=None)
        p = self.picod()
        self.wait(p, 'uno0', 'listening')
        with self.fails('BoardSilent'):
            p.call('Send', text='c1', wait=20000)
        message = self.within(uno, lambda: self.refuse(p))
        self.assertIn('neither OK nor RR, at any usual speed', message)

    def test_one_that_is_configured_is_the_only_one(self):
        uno = self.sketch('probe', 9600)
        p = self.picod(config='[board lamp]\nmatch = 2341:*\nbaud = 115200\n')
        self.wait(p, 'lamp', 'listening')
        with self.fails('BoardSilent'):
            p.call('Send', text='i1234', wait=20000)
        p.terminate()
        for baud in '9600', 'auto':
            with open(p.config, 'w') as file:
                file.write(f'[board lamp]\nmatch = 2341:*\nbaud = {baud}\n')
            p.start()
            self.assertEqual(p.send('i1234', wait=20000), 'v1234\n')
            p.terminate()
        p.start()


class Bridge(Case):
    """Behind a chip that may lead to anything: the language is not known."""

    CONFIG = '[board clone]\nmatch = 1a86:7523 path:1-2\n'
    NAME = 'clone'

    def clone(self, sketch):
        return self.uno('1-2', 'ttyUSB0', vid='1a86', pid='7523', serial=None,
                        sketch=os.path.join(picod.FIRMWARE,
                                            f'uno-{sketch}.hex'))

    def test_a_clone_with_an_example_of_the_library(self):
        uno = self.clone('led')
        p = self.start_beside(uno)
        self.assertEqual(self.within(uno, lambda: p.call(
            'Send', text='c1'))['status'], 'OK')
        self.assertEqual(uno.level(13), 1)

    def test_a_clone_that_only_prints(self):
        for baud in 9600, 115200:
            with self.subTest(baud=baud):
                uno = self.clone(f'prints-{baud}')
                p = self.start_beside(uno)
                self.lines(self.watch(p))
                message = self.within(uno, lambda: self.refuse(p))
                self.assertIn('prints, but does not speak PiSerial', message)
                p.stop()
                uno.stop()


class Simulator(picod.Case):
    """Its port is a pseudo-terminal, whose settings it looks at."""

    def test_a_sketch_behind_a_pseudo_terminal(self):
        uno = self.board(Uno(sketch=os.path.join(picod.FIRMWARE,
                                                 'uno-probe-9600.hex')))
        uno.wait_for('pin 13 0')
        p = self.picod(uno=uno.path)
        self.assertEqual(p.send('i1234'), 'v1234\n')


if __name__ == '__main__':
    unittest.main()
