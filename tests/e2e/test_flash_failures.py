#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Flashing that fails, with the real avrdude, at each of its stages."""

import os
import select
import signal
import unittest

from flash import FlashCase, children, hex_bytes, image
from picod import FIRMWARE, PATIENCE_S


class FailureTest(FlashCase):
    """Each failure has its error, and the next try succeeds."""

    def assert_over(self, pidfd):
        self.addCleanup(os.close, pidfd)
        self.assertTrue(select.select([pidfd], [], [], PATIENCE_S)[0])

    def child(self):
        return int(children(self.p.pid)[0])

    def test_missing_tool(self):
        self.start(env={'PATH': '/nonexistent'})
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(firmware='led')
        self.assertIn('apt install avrdude', caught.exception['message'])
        self.assert_served()

    def test_wrong_chip(self):
        self.start(config='[board uno0]\nmatch = 2341:0043\n'
                   'flasher = uno\npart = m328pb\n')
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(firmware='led')
        self.assertIn('another chip', caught.exception['message'])
        self.assertIn('signature', caught.exception['log'])
        self.assert_served()

    def test_verify_mismatch(self):
        """A byte of the flash that does not take its value."""
        self.start()
        address = 4     # the vector of INT0, which nobody uses
        self.assertNotEqual(hex_bytes(image('uno-led.hex'))[address], 0)
        self.uno.stick(address)
        with self.fails('FlashFailed', stage='verifying') as caught:
            self.flash(firmware='led')
        self.assertIn('not what was written', caught.exception['message'])
        self.assertIn('verif', caught.exception['log'])
        self.uno.stick(address, False)
        self.assert_flashes()

    def test_unplugged(self):
        """At every tenth of the write."""
        self.start()
        watcher = self.watch(self.p, board='uno0')
        watcher.wait(state='listening')
        for percent in range(0, 100, 10):
            self.failing('unplugged',
                         condition=self.written(percent),
                         action=self.uno.unplug)
            self.assertEqual(children(self.p.pid), [])
            self.uno.plug()
            watcher.wait(state='flashing')
            watcher.wait(state='listening')
        self.assert_flashes()

    def test_tool_killed(self):
        self.start()
        self.failing('signal 9', condition=self.written(30),
                     action=lambda: os.kill(self.child(), signal.SIGKILL))
        self.assert_flashes()

    def test_picod_killed(self):
        """avrdude does not outlive it, and the next one takes over."""
        self.start()
        tools = []
        connection = self.connect(self.p)
        for reply in connection.stream('Flash', firmware='led'):
            if reply['stage'] == 'writing':
                tools.append(os.pidfd_open(self.child()))
                self.p.kill()
                break
        self.uno.wait_for('close')
        self.assert_over(tools[0])
        self.p.start()
        self.assert_flashes()

    def test_picod_ends(self):
        self.start()
        connection = self.connect(self.p)
        for reply in connection.stream('Flash', firmware='led'):
            if reply['stage'] == 'writing':
                tool = os.pidfd_open(self.child())
                self.assertEqual(self.p.terminate(), 0)
                break
        self.uno.wait_for('close')
        self.assert_over(tool)
        self.p.start()
        self.assert_flashes()


if __name__ == '__main__':
    unittest.main()
