# SPDX-License-Identifier: MIT
"""Which board a name means, whatever was plugged in before.

On a USB bus without hardware, with Unos that run a real sketch.
"""

import os
import signal
import unittest

import picod
import usb
from uno import Uno

CH340 = {'vid': '1a86', 'pid': '7523', 'serial': '', 'product': 'USB Serial',
         'driver': 'ch341-uart'}


class Case(usb.Case):

    def reload(self, p, config):
        with open(p.config, 'w', encoding='ascii') as file:
            file.write(config)
        before = p.log().count('was read again')
        p.process.send_signal(signal.SIGHUP)
        self.until(lambda: p.log().count('was read again') > before)

    def remembered(self):
        """An Uno that picod has known as uno0, and a picod that has ended."""
        uno = self.uno()
        p = self.picod()
        self.wait(p, 'uno0', 'listening')
        p.terminate()
        return uno, p


class Configured(Case):
    """A name in the configuration is that board's, and no other's."""

    def test_a_remembered_name_never_takes_over_a_configured_one(self):
        """Commands that are meant for a simulator do not go to an Uno."""
        uno, p = self.remembered()
        simulator = self.board(Uno(sketch=usb.PINS))
        with open(p.config, 'w', encoding='ascii') as file:
            file.write(f'[board uno0]\nport = {simulator.path}\n'
                       'driver = piserial\n')
        p.start()
        self.wait(p, 'uno1', 'listening')
        self.on(p, 'uno0')
        self.assertEqual(simulator.level(13), 1)
        self.assertNotEqual(uno.pins()[13], ('out', 1))
        self.assertEqual(p.board('uno0')['port'], simulator.path)
        self.assertEqual(p.board('uno1')['port'], '/dev/ttyACM0')
        # The new name is the one that stays.
        p.terminate()
        with open(p.config, 'w', encoding='ascii') as file:
            file.write('')
        p.start()
        self.wait(p, 'uno1', 'listening')

    def test_nor_one_that_is_matched_and_not_there(self):
        _, p = self.remembered()
        with open(p.config, 'w', encoding='ascii') as file:
            file.write('[board uno0]\nmatch = 1a86:7523\ndriver = piserial\n')
        p.start()
        self.wait(p, 'uno1', 'listening')
        self.assertEqual(p.board('uno0')['state'], 'absent')
        self.uno('1-3', 'ttyUSB0', **CH340)
        self.wait(p, 'uno0', 'listening')
        self.assertEqual(p.board('uno0')['port'], '/dev/ttyUSB0')

    def test_nor_after_a_reload(self):
        uno = self.uno()
        p = self.picod()
        self.wait(p, 'uno0', 'listening')
        simulator = self.board(Uno(sketch=usb.PINS))
        self.reload(p, f'[board uno0]\nport = {simulator.path}\n'
                    'driver = piserial\n')
        self.wait(p, 'uno1', 'listening')
        self.on(p, 'uno0', wait=20000)
        self.assertEqual(simulator.level(13), 1)
        self.assertNotEqual(uno.pins()[13], ('out', 1))


class Ports(Case):

    def test_a_port_means_the_board_that_has_it_now(self):
        one, two = self.uno(), self.uno('1-3', 'ttyACM1', '2')
        p = self.picod()
        first, second = (
            next(b['name'] for b in p.call('ListBoards')['boards']
                 if b['port'] == uno.device) for uno in (one, two))
        one.unplug()
        two.unplug()
        self.wait(p, first, 'absent')
        self.wait(p, second, 'absent')
        two.identity['tty'] = 'ttyACM0'
        two.plug()
        self.wait(p, second, 'listening')
        self.on(p, '/dev/ttyACM0')
        self.assertEqual(two.level(13), 1)
        two.unplug()
        self.wait(p, second, 'absent')
        one.plug()
        self.wait(p, first, 'listening')
        self.on(p, '/dev/ttyACM0')
        self.assertEqual(one.level(13), 1)


class NamedAsPorts(Case):
    """An owner who calls a board ttyUSB0 has a board ttyUSB0."""

    CONFIG = ('[board ttyUSB0]\nmatch = 1a86:7523 path:1-4\n'
              'driver = piserial\n')

    def bridge(self, port='1-2'):
        return self.uno(port, 'ttyUSB0', '', **CH340)

    def check(self, p, bridge, mine):
        self.on(p, 'ttyUSB0', wait=20000)
        self.assertEqual(mine.level(13), 1)
        others = [b for b in p.call('ListBoards')['boards']
                  if b['state'] == 'unclaimed']
        self.assertEqual([b['port'] for b in others], ['/dev/ttyUSB0'])
        self.assertNotEqual(others[0]['name'], 'ttyUSB0')
        bridge.unplug()
        self.until(lambda: set(self.names(p)) == {'ttyUSB0'})
        self.on(p, 'ttyUSB0')
        mine.unplug()
        self.wait(p, 'ttyUSB0', 'absent')
        mine.plug()
        self.on(p, 'ttyUSB0', wait=20000)

    def mine(self):
        return self.uno('1-4', 'ttyUSB1', '', **CH340)

    def test_it_is_there_first(self):
        mine = self.mine()
        p = self.picod(config=self.CONFIG)
        self.wait(p, 'ttyUSB0', 'listening')
        self.check(p, self.bridge(), mine)

    def test_the_bridge_is_there_first(self):
        bridge = self.bridge()
        p = self.picod(config=self.CONFIG)
        self.until(lambda: len(self.names(p)) == 2)
        self.check(p, bridge, self.mine())

    def test_it_is_configured_while_the_bridge_is_there(self):
        bridge, mine = self.bridge(), self.mine()
        p = self.picod()
        self.assertEqual(self.names(p), {'ttyUSB0': 'unclaimed',
                                         'ttyUSB1': 'unclaimed'})
        self.reload(p, self.CONFIG)
        self.wait(p, 'ttyUSB0', 'listening')
        self.check(p, bridge, mine)


if __name__ == '__main__':
    unittest.main()
