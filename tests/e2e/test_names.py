# SPDX-License-Identifier: MIT
"""Which board a name means, whatever was plugged in before.

On a USB bus without hardware, with Unos that run a real sketch.
"""

import os
import signal
import unittest

import picod
import scripted
import usb
from uno import Uno
from usbplayed import MicroPython, Pico

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


class Unnamed(Case):
    """A call that names no board means the only one that can run something."""

    def test_ports_of_nobody_do_not_count(self):
        uno = self.uno()
        self.uno('1-3', 'ttyUSB0', **dict(CH340, vid='067b', pid='2303'))
        self.uno('1-4', 'ttyACM1', vid='1546', pid='01a7', product='GPS')
        p = self.picod()
        self.assertIn('"GPS", of which picod knows nothing; to use it: sudo '
                      'picoctl adopt ttyACM1 NAME', p.board('ttyACM1')['problem'])
        self.on(p, wait=20000)
        self.assertEqual(uno.level(13), 1)

    def test_nor_do_boards_that_were_there_once(self):
        uno, other = self.uno(), self.uno('1-3', 'ttyACM1', '2', pid='0042')
        self.uno('1-4', 'ttyUSB0', **CH340)     # cannot be the one to name
        p = self.picod()
        self.wait(p, 'mega0', 'listening')
        with self.fails('AmbiguousBoard', boards=['uno0', 'mega0']) as caught:
            p.call('Send', text='n0D')
        self.assertIn('uno0, mega0', caught.exception['message'])
        other.unplug()
        self.wait(p, 'mega0', 'absent')
        self.on(p, wait=20000)
        self.assertEqual(uno.level(13), 1)


class Places(Case):
    """The kernel numbers its buses anew at each start."""

    def test_names_and_places_stay_when_buses_have_other_numbers(self):
        uno = self.uno('1-2', 'ttyACM0', '')
        other = self.uno('1-3', 'ttyACM1', '')
        lamp = self.uno('1-4', 'ttyUSB0', '', **CH340)
        p = self.picod(config='[board lamp]\ndriver = piserial\n'
                       'match = 1a86:7523 path:pci-0000:00:14.0-usb-0:4\n')
        for name in 'uno0', 'uno1', 'lamp':
            self.wait(p, name, 'listening')
        names = {b['usb']['place']: b['name']
                 for b in p.call('ListBoards')['boards']}
        p.terminate()
        for board in uno, other, lamp:
            board.unplug()
        for board, port in ((other, '3-3'), (lamp, '3-4'), (uno, '3-2')):
            board.identity['port'] = port
            board.plug()
        p.start()
        for name in 'uno0', 'uno1', 'lamp':
            self.wait(p, name, 'listening')
        self.assertEqual({b['usb']['place']: b['name']
                          for b in p.call('ListBoards')['boards']}, names)


class Udev(Case):

    def test_what_udev_says_of_a_port_is_heeded(self):
        """An administrator adds a board without a build or a section."""
        uno = self.uno('1-2', 'ttyUSB0', '', udev='PICOD_BOARD=1 '
                       'PICOD_DRIVER=piserial PICOD_BAUD=115200 '
                       'PICOD_FLASHER=uno', **CH340)
        p = self.picod()
        self.wait(p, 'serial0', 'listening')
        self.assertEqual(p.board('serial0')['driver'], 'piserial')
        self.on(p, wait=20000)
        self.assertEqual(uno.level(13), 1)
        p.call('ListFirmware', board='serial0')

    def test_a_section_comes_before_it(self):
        self.uno('1-2', 'ttyUSB0', '', udev='PICOD_BOARD=1 '
                 'PICOD_DRIVER=repl', **CH340)
        p = self.picod(config='[board lamp]\nmatch = 1a86:7523\n'
                       'driver = piserial\n')
        self.wait(p, 'lamp', 'listening')
        self.assertEqual(p.board('lamp')['driver'], 'piserial')

    def test_what_it_says_is_none_is_left_alone(self):
        uno = self.uno(udev='PICOD_BOARD=0')
        p = self.picod()
        self.assertEqual(self.names(p), {'ttyACM0': 'unclaimed'})
        self.assertEqual(uno.counters()['received'], 0)


class BootLoaders(Case):
    """A boot loader with a port is a state of the board there."""

    def test_a_leonardo_in_its_boot_loader(self):
        """No new name, and no byte; then it is what it was."""
        leonardo = self.uno(pid='8036', product='Arduino Leonardo', serial='')
        p = self.picod()
        self.wait(p, 'leonardo0', 'listening')
        leonardo.unplug()
        leonardo.identity.update(pid='0036', tty='ttyACM1')
        received = leonardo.counters()['received']
        leonardo.plug()
        self.wait(p, 'leonardo0', 'bootloader')
        self.assertEqual(set(self.names(p)), {'leonardo0'})
        self.assertIn('picoctl flash -b leonardo0',
                      p.board('leonardo0')['problem'])
        self.assertEqual(leonardo.counters()['received'], received)
        leonardo.unplug()
        self.wait(p, 'leonardo0', 'absent')
        leonardo.identity.update(pid='8036', tty='ttyACM0')
        leonardo.plug()
        self.on(p, 'leonardo0', wait=20000)
        self.assertEqual(set(self.names(p)), {'leonardo0'})

    def test_one_whose_port_is_configured(self):
        """It would be opened whatever is there; it hears nothing all the same."""
        leonardo = self.uno(pid='8036', product='Arduino Leonardo', serial='')
        p = self.picod(config='[board lamp]\nport = /dev/ttyACM0\n'
                       'driver = piserial\n')
        self.wait(p, 'lamp', 'listening')
        leonardo.unplug()
        leonardo.identity.update(pid='0036')
        watcher = self.watch(p, trace=True)
        leonardo.plug()
        watcher.wait(event='state', state='bootloader')
        self.assertEqual(set(self.names(p)), {'lamp'})
        with self.fails('BoardAbsent'):
            p.call('Send', text='n0D')
        self.assertNotIn(os.readlink(leonardo.path), p.open_files())
        leonardo.unplug()
        watcher.wait(event='state', state='absent')
        self.assertFalse([event for event in watcher.seen
                          if event.get('toBoard')])
        leonardo.identity.update(pid='8036')
        leonardo.plug()
        self.on(p, 'lamp', wait=20000)

    def test_one_of_which_nothing_is_known_is_nobodys(self):
        leonardo = self.uno(pid='0036')
        p = self.picod()
        self.assertEqual(self.names(p), {'ttyACM0': 'unclaimed'})
        self.assertIn('in its boot loader', p.board('ttyACM0')['problem'])
        self.assertEqual(leonardo.counters()['received'], 0)

    def test_a_sketch_with_the_identity_of_the_boot_rom(self):
        """It has a port, so it is not in BOOTSEL."""
        uno = self.uno(vid='2e8a', pid='000f', product='Pico 2')
        p = self.picod()
        self.wait(p, 'pico0', 'listening')
        self.on(p, wait=20000)
        self.assertEqual(uno.level(13), 1)


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


class Sections(Case):
    """What a section leaves open is as is usual for what is plugged in."""

    def test_a_section_adds_to_what_is_known(self):
        uno = self.uno(sketch=os.path.join(picod.FIRMWARE, 'uno-led.hex'))
        p = self.picod(config='[board lamp]\nmatch = 2341:0043\n')
        self.assertEqual(p.board('lamp')['driver'], 'piserial')
        self.assertEqual(p.call('Send', text='c1', wait=20000)['status'], 'OK')
        self.assertEqual(uno.level(13), 1)

    def test_one_with_a_port_adds_too(self):
        self.uno(sketch=os.path.join(picod.FIRMWARE, 'uno-led.hex'))
        p = self.picod(config='[board lamp]\nport = /dev/ttyACM0\n')
        self.assertEqual(p.board('lamp')['driver'], 'piserial')
        self.assertEqual(p.call('Send', text='c1', wait=20000)['status'], 'OK')

    def test_a_board_that_gets_a_section_is_the_same(self):
        uno = self.uno()
        p = self.picod()
        self.wait(p, 'uno0', 'listening')
        holder = self.connect(p)
        token = holder.call('Hold')['token']
        self.reload(p, '[board uno0]\nmatch = 2341:0043\nbaud = 115200\n')
        with self.fails('BoardBusy'):
            p.call('Hold')
        self.on(p, hold=token, wait=20000)
        self.assertEqual(uno.level(13), 1)

    def test_a_section_moves_from_a_match_to_a_port_and_back(self):
        uno = self.uno()
        match = '[board lamp]\nmatch = 2341:0043\ndriver = piserial\n'
        p = self.picod(config=match)
        holder = self.connect(p)
        token = holder.call('Hold')['token']
        for config in (match.replace('match = 2341:0043',
                                     'port = /dev/ttyACM0'), match):
            self.reload(p, config)
            self.on(p, hold=token, wait=20000)
            uno.unplug()
            self.wait(p, 'lamp', 'absent')
            uno.plug()
            self.on(p, hold=token, wait=20000)
            self.assertEqual(p.board('lamp')['port'], '/dev/ttyACM0')

    def test_a_section_that_fits_no_more_lets_go(self):
        self.uno()
        p = self.picod(config='[board lamp]\nmatch = 2341:*\n')
        self.wait(p, 'lamp', 'listening')
        waiting = self.connect(p)
        self.reload(p, '[board lamp]\nmatch = 2341:0042\n')
        self.wait(p, 'uno0', 'listening')
        self.wait(p, 'lamp', 'absent')
        waiting.send('Send', board='lamp', text='n0D', wait=60000)
        self.uno('1-3', 'ttyACM1', '2', pid='0042')
        self.assertEqual(waiting.receive()['status'], 'OK')


class Several(Case):
    """More boards than one fit a section."""

    def test_the_second_is_listed_and_takes_over_when_the_first_is_pulled(self):
        one = self.uno()
        p = self.picod(config='[board lamp]\nmatch = 2341:0043\n')
        self.wait(p, 'lamp', 'listening')
        two = self.uno('1-3', 'ttyACM1', '2')
        self.until(lambda: self.names(p).get('ttyACM1') == 'unclaimed')
        problem = p.board('ttyACM1')['problem']
        self.assertIn('fits board lamp, which is at /dev/ttyACM0', problem)
        self.assertIn('match = 2341:0043 path:pci-0000:00:14.0-usb-0:3',
                      problem)
        self.assertEqual(two.counters()['received'], 0)
        for pulled, other in ((one, two), (two, one), (one, two)):
            pulled.unplug()
            self.on(p, 'lamp', wait=20000)
            self.assertEqual(p.board('lamp')['port'], other.device)
            self.assertEqual(other.level(13), 1)
            self.assertEqual(set(self.names(p)), {'lamp'})
            pulled.plug()
            self.until(lambda: len(self.names(p)) == 2)
        # It waits for its turn no more when it is pulled itself.
        one.unplug()
        self.until(lambda: set(self.names(p)) == {'lamp'})
        self.on(p, 'lamp')

    def test_the_second_gets_a_section_of_its_own(self):
        """And is that board at once."""
        one, two = self.uno(), self.uno('1-3', 'ttyACM1', '2')
        p = self.picod(config='[board lamp]\nmatch = 2341:0043\n')
        self.until(lambda: len(self.names(p)) == 2)
        self.reload(p, '[board horn]\nmatch = 2341:0043 path:1-3\n'
                    '[board lamp]\nmatch = 2341:0043\n')
        for name, uno in ('lamp', one), ('horn', two):
            self.on(p, name, wait=20000)
            self.assertEqual(uno.level(13), 1)
        self.assertEqual(set(self.names(p)), {'lamp', 'horn'})


def repl(persona):
    return scripted.Repl(persona, paste=True)


class Picos(Case):
    """Picos that are flashed by hand: copied to their drives, say."""

    def pico(self, serial, virgin=True):
        pico = type('', (Pico,), {'SERIAL': serial})(self.bus, repl,
                                                     virgin=virgin)
        pico.next = MicroPython
        return self.board(pico)

    def flash(self, pico):
        pico.do(lambda: pico.restart(pico.persona))

    def pull(self, p, pico, name):
        pico.do(pico.unplug).wait(picod.PATIENCE_S)
        self.wait(p, name, 'absent')

    def plug(self, pico):
        pico.do(lambda: pico.become(MicroPython(pico)))

    def test_one_after_the_other_at_one_socket_have_names_that_stay(self):
        p = self.picod()
        picos = {}
        for number in range(3):
            pico = self.pico(f'E660D4A0A700000{number}')
            # Who it is, is not known before it has a serial number.
            self.watch(p).wait(lambda event: event.get('state') == 'bootloader')
            self.flash(pico)
            self.wait(p, f'pico{number}', 'listening')
            self.pull(p, pico, f'pico{number}')
            picos[f'pico{number}'] = pico
        for name, pico in picos.items():
            self.plug(pico)
            self.wait(p, name, 'listening')
            self.pull(p, pico, name)
        self.assertEqual(set(self.names(p)), set(picos))
        p.terminate()
        p.start()
        for name, pico in reversed(picos.items()):
            self.plug(pico)
            self.wait(p, name, 'listening')
            self.pull(p, pico, name)

    def test_in_bootsel_it_is_the_one_that_was_there_last(self):
        p = self.picod()
        for number in range(2):
            pico = self.pico(f'E660D4A0A700000{number}', virgin=False)
            self.wait(p, f'pico{number}', 'listening')
            self.pull(p, pico, f'pico{number}')
        pico.bootsel()
        self.wait(p, 'pico1', 'bootloader')
        self.flash(pico)
        self.wait(p, 'pico1', 'listening')

    def test_what_cannot_be_one_is_not(self):
        """A Pico in BOOTSEL is pulled, and an Uno plugged in there."""
        p = self.picod()
        pico = self.pico('E660D4A0A7000000')
        self.wait(p, 'pico0', 'bootloader')
        self.pull(p, pico, 'pico0')
        uno = self.uno('1-2')
        self.wait(p, 'uno0', 'listening')
        self.on(p, 'uno0')
        uno.unplug()
        self.flash(pico)
        self.wait(p, 'pico0', 'listening')


if __name__ == '__main__':
    unittest.main()
