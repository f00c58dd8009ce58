#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Flashing where nobody answers: avrdude, and picod, have to wait it out."""

import os
import signal
import unittest

from flash import FlashCase, children
from picod import FIRMWARE


class SilenceTest(FlashCase):
    def test_no_boot_loader(self):
        self.start(boot=None, sketch=os.path.join(FIRMWARE, 'uno-led.hex'))
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash_once(None, firmware='led')
        self.assertIn('boot loader does not answer',
                      caught.exception['message'])
        self.assertIn('not in sync', caught.exception['log'])
        self.assert_served()

    def test_tool_stands_still(self):
        self.start()
        self.failing('stood still', condition=self.written(30),
                     action=lambda: os.kill(int(children(self.p.pid)[0]), signal.SIGSTOP))
        self.assert_flashes()


if __name__ == '__main__':
    unittest.main()
