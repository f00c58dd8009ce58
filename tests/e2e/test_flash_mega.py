#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Flashing a Mega, by the real avrdude into its real boot loader.

That is another one than an Uno's, and speaks STK500v2.
"""

import unittest

from flash import FlashCase
from uno import MEGA_BOOT


class MegaTest(FlashCase):
    def start(self):
        return super().start(boot=MEGA_BOOT, mega=True, identity={
            'pid': '0042', 'product': 'Arduino Mega 2560 R3'})

    def test_flashed_twice_and_used_in_between(self):
        self.start()
        replies = self.flash(firmware='led')
        self.assert_whole(replies)
        self.assertEqual(replies[-1]['answer'], 'OK')
        self.assertEqual(self.p.board()['name'], 'mega0')
        self.assertEqual(self.p.call('Send', text='c1')['status'], 'OK')
        self.assertEqual(self.uno.level(13), 1)
        replies = self.flash(firmware='pinserver')
        self.assert_whole(replies)
        self.assertEqual(replies[-1]['answer'],
                         'PinServer 1.0 Arduino Mega')
        self.assertEqual(self.p.call('Send', text='n0D')['status'], 'OK')
        self.assertEqual(self.uno.level(13), 1)
        self.assert_served()


if __name__ == '__main__':
    unittest.main()
