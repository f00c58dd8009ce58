# SPDX-License-Identifier: MIT
"""Ports that become boards by one command, and back.

On a USB bus without hardware, with a configuration of its own.
"""

import os
import pwd
import unittest

import picod
import usb
from uno import Uno

CH340 = {'vid': '1a86', 'pid': '7523', 'product': 'USB Serial',
         'driver': 'ch341-uart'}


class Case(usb.Case):

    def run_it(self, p, *words, status=0, **options):
        """What picoctl says."""
        done = p.picoctl(*words, env={'PICOD_CONFIG': p.config}, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def drop_in(self, p, name):
        return os.path.join(p.config + '.d', name + '.conf')

    def read(self, p, name):
        with open(self.drop_in(p, name), encoding='ascii') as file:
            return file.read()

    def bridge(self, port='1-2', tty='ttyUSB0', serial=''):
        return self.uno(port, tty, serial, **CH340)


class Adopt(Case):

    def test_an_unclaimed_port_becomes_a_board(self):
        uno = self.bridge()
        p = self.picod()
        self.assertIn('sudo picoctl adopt ttyUSB0 NAME',
                      p.board('ttyUSB0')['problem'])
        said = self.run_it(p, 'adopt', 'ttyUSB0', 'lamp', '--driver',
                           'piserial', '--baud', '115200', '--flasher', 'uno')
        self.assertIn('board lamp is listening', said)
        self.assertEqual(self.names(p), {'lamp': 'listening'})
        self.assertEqual(self.read(p, 'lamp').splitlines()[1:], [
            '[board lamp]', 'match = 1a86:7523 path:pci-0000:00:14.0-usb-0:2',
            'driver = piserial', 'baud = 115200', 'flasher = uno'])
        self.assertEqual(
            os.stat(self.drop_in(p, 'lamp')).st_mode & 0o777, 0o644)
        self.assertEqual(os.listdir(p.config + '.d'), ['lamp.conf'])
        self.on(p, 'lamp')
        self.assertEqual(uno.level(13), 1)

    def test_a_serial_number_goes_before_the_place(self):
        uno = self.bridge(serial='A7[1')
        p = self.picod()
        self.run_it(p, 'adopt', '/dev/ttyUSB0', 'lamp')
        self.assertIn('match = 1a86:7523 serial:A7?1\n', self.read(p, 'lamp'))
        uno.unplug()
        self.wait(p, 'lamp', 'absent')

    def test_a_serial_number_that_two_have_is_none(self):
        self.bridge(serial='0001')
        self.bridge('1-3', 'ttyUSB1', '0001')
        p = self.picod()
        self.until(lambda: len(self.names(p)) == 2)
        self.run_it(p, 'adopt', 'ttyUSB1', 'lamp')
        self.assertIn('path:pci-0000:00:14.0-usb-0:3\n', self.read(p, 'lamp'))
        self.assertEqual(p.board('lamp')['port'], '/dev/ttyUSB1')

    def test_one_port_of_several_is_told_by_its_interface(self):
        """The others of the device stay as they were."""
        words = {'vid': '10c4', 'pid': 'ea70', 'driver': 'cp210x'}
        self.plug_in(self.board(Uno(sketch=usb.PINS)), '1-2', 'ttyUSB0',
                     **words)
        self.plug_in(self.board(Uno(sketch=usb.PINS)), '1-2:1.1', 'ttyUSB1',
                     above='1-2', **words)
        p = self.picod()
        self.until(lambda: len(self.names(p)) == 2)
        self.run_it(p, 'adopt', 'ttyUSB1', 'lamp', '--driver', 'piserial')
        self.assertIn('-usb-0:2 if:01\n', self.read(p, 'lamp'))
        self.assertEqual(p.board('lamp')['port'], '/dev/ttyUSB1')
        self.assertEqual(self.names(p)['ttyUSB0'], 'unclaimed')

    def test_other_ports_are_told_by_their_path(self):
        for path in (self.board(Uno(sketch=usb.PINS)).path,):
            p = self.picod()
            said = self.run_it(p, 'adopt', path, 'sim', '--driver',
                               'piserial')
            self.assertIn('board sim is ', said)
            self.assertIn(f'port = {path}\n', self.read(p, 'sim'))
            self.on(p, 'sim', wait=20000)

    def test_what_is_configured_is_refused_with_its_file(self):
        self.bridge()
        p = self.picod(config='[board lamp]\nmatch = 1a86:7523\n'
                       '[board sim]\nport = unix:/nowhere\n')
        self.wait(p, 'lamp', 'listening')
        for words in (('ttyUSB0', 'other'), ('lamp', 'other'),
                      ('unix:/nowhere', 'other'), ('unix:/new', 'lamp')):
            said = self.run_it(p, 'adopt', *words, status=1)
            self.assertIn(f'already, in {p.config}\n', said)
        self.assertEqual(os.listdir(p.config + '.d'), [])

    def test_a_board_that_is_there_is_never_denied(self):
        """Whether it is plugged in or not, and whoever named it."""
        p = self.picod(config='[board press]\nport = /dev/ttyNOWHERE\n'
                       '[board lamp]\nmatch = 1a86:7523\n',
                       sim='unix:/nowhere')
        self.assertEqual(self.names(p), {'press': 'absent', 'lamp': 'absent',
                                         'sim': 'absent'})
        for port in 'press', 'lamp', '/dev/ttyNOWHERE':
            self.assertRegex(self.run_it(p, 'adopt', port, 'desk', status=1),
                             f'(press|lamp) is configured already, in {p.config}\n')
        for words in (('adopt', 'sim'), ('adopt', 'unix:/nowhere'),
                      ('rename', 'sim')):
            self.assertIn('board sim was named where picod was started',
                          self.run_it(p, *words, 'desk', status=1))
        self.assertEqual(os.listdir(p.config + '.d'), [])

    def test_a_name_that_another_has_is_refused(self):
        self.uno()
        p = self.picod()
        self.wait(p, 'uno0', 'listening')
        self.assertIn('another board uno0', self.run_it(
            p, 'adopt', 'unix:/nowhere', 'uno0', status=1))

    def test_what_is_wrong_is_not_written(self):
        p = self.picod()
        for status, words in ((2, ('unix:/x', 'a b')), (2, ('unix:/x', 'all')),
                              (2, ('unix:/x', 'x', '--driver', 'perl')),
                              (2, ('unix:/x', 'x', '--baud', '49')),
                              (2, ('unix:/x', 'x', '--flasher', 'no')),
                              (1, ('ttyNOWHERE', 'x')),
                              (1, ('/dev/null\n', 'x'))):
            self.run_it(p, 'adopt', *words, status=status)
        self.assertEqual(os.listdir(p.config + '.d')
                         if os.path.isdir(p.config + '.d') else [], [])

    def test_what_picod_does_not_take_is_removed_again(self):
        self.bridge()
        p = self.picod()
        with open(p.config, 'w', encoding='ascii') as file:
            file.write('[bord]\nx = y\n')
        said = self.run_it(p, 'adopt', 'ttyUSB0', 'lamp', status=1)
        self.assertIn('did not take it', said)
        self.assertEqual(os.listdir(p.config + '.d'), [])

    @unittest.skipIf(os.geteuid() != 0, 'wants root')
    def test_others_are_told_the_line_with_sudo(self):
        p = self.picod()
        os.mkdir(p.config + '.d')
        program = os.path.join(self.directory(), 'picoctl')
        with open(picod.PICOCTL, 'rb') as source, open(program, 'wb') as file:
            file.write(source.read())
        os.chmod(os.path.dirname(program), 0o755)
        os.chmod(program, 0o755)
        said = self.run_it(p, 'adopt', 'ttyUSB0', 'lamp', '--baud', '9600',
                           status=10,
                           executable=program, user=65534, group=65534,
                           extra_groups=[])
        self.assertIn('sudo picoctl adopt ttyUSB0 lamp --baud 9600', said)


class Rules(Case):
    """Other programs are told by udev to leave adopted boards alone."""

    def setUp(self):
        super().setUp()
        self.folder = self.directory()
        self.tools = self.directory()
        self.udevadm('echo "$@" >>$0.log')

    def udevadm(self, script):
        path = os.path.join(self.tools, 'udevadm')
        with open(path, 'w', encoding='ascii') as file:
            file.write('#!/bin/sh\n' + script)
        os.chmod(path, 0o755)

    def told(self):
        with open(os.path.join(self.tools, 'udevadm.log'),
                  encoding='ascii') as file:
            return file.read().splitlines()

    def run_it(self, p, *words, status=0, **options):
        done = p.picoctl(*words, env={
            'PICOD_CONFIG': p.config, 'PICOD_RULES': self.folder,
            'PATH': self.tools + ':' + os.environ['PATH']}, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def rules(self, name):
        """Its rules, without their line ends."""
        path = os.path.join(self.folder, f'91-picod-{name}.rules')
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o644)
        with open(path, encoding='ascii') as file:
            return file.read().replace('\\\n    ', '')

    def test_an_adapter_is_marked_by_its_place_until_forgotten(self):
        self.bridge()
        p = self.picod()
        said = self.run_it(p, 'adopt', 'ttyUSB0', 'lamp')
        self.assertIn('keeps ModemManager and brltty off it', said)
        rules = self.rules('lamp')
        self.assertRegex(
            rules, r'(?m)^ACTION!="remove", SUBSYSTEM=="usb", ENV{DEVTYPE}'
            r'=="usb_device", ATTR{idVendor}=="1a86", '
            r'ATTR{idProduct}=="7523", ENV{ID_PATH}=='
            r'"pci-0000:00:14.0-usb-0:2", ENV{ID_MM_DEVICE_IGNORE}="1"')
        self.assertIn('"7523", IMPORT{builtin}="path_id"\n', rules)
        self.assertIn('ENV{BRLTTY_BRAILLE_DRIVER}="", ENV{SYSTEMD_WANTS}=""',
                      rules)
        self.run_it(p, 'rename', 'lamp', 'desk')
        self.assertEqual(os.listdir(self.folder), ['91-picod-desk.rules'])
        self.run_it(p, 'forget', 'desk')
        self.assertEqual(os.listdir(self.folder), [])
        self.assertEqual(self.told(), ['control --reload'] * 2)

    def test_or_by_its_serial_number(self):
        self.bridge(serial='A7[1')
        p = self.picod()
        self.udevadm('exit 1')
        said = self.run_it(p, 'adopt', 'ttyUSB0', 'lamp')
        self.assertIn('"7523", ATTR{serial}=="A7?1", ENV{ID_MM_DEVICE_IGNORE}',
                      self.rules('lamp'))
        self.assertIn('sudo udevadm control --reload', said)

    def test_what_is_none_of_ours_is_left_alone(self):
        """Other ports of a device, what is no USB, and others' rules."""
        self.plug_in(self.board(Uno(sketch=usb.PINS)), '1-2', 'ttyUSB0',
                     **CH340)
        self.plug_in(self.board(Uno(sketch=usb.PINS)), '1-2:1.1', 'ttyUSB1',
                     above='1-2', **CH340)
        p = self.picod()
        self.until(lambda: len(self.names(p)) == 2)
        self.run_it(p, 'adopt', 'ttyUSB1', 'lamp')
        said = self.run_it(p, 'adopt', 'unix:/nowhere', 'sim')
        self.assertIn('board sim is absent', said)
        path = os.path.join(self.folder, '91-picod-sim.rules')
        with open(path, 'w', encoding='ascii') as file:
            file.write('# mine\n')
        self.run_it(p, 'forget', 'sim')
        self.assertEqual(os.listdir(self.folder), ['91-picod-sim.rules'])

    def test_a_picod_of_ones_own_has_no_rules(self):
        self.bridge()
        p = self.picod()
        done = p.picoctl('adopt', 'ttyUSB0', 'lamp',
                         env={'PICOD_CONFIG': p.config})
        self.assertNotIn('.rules', done.stderr)
        self.assertFalse(os.path.exists(
            '/etc/udev/rules.d/91-picod-lamp.rules'))


class Forget(Case):

    def test_what_was_adopted_is_as_it_was(self):
        self.bridge()
        p = self.picod()
        self.run_it(p, 'adopt', 'ttyUSB0', 'lamp')
        self.run_it(p, 'forget', 'lamp')
        self.until(lambda: self.names(p) == {'ttyUSB0': 'unclaimed'})
        self.assertEqual(os.listdir(p.config + '.d'), [])

    def test_what_was_written_by_hand_stays(self):
        p = self.picod(config='[board a]\nport = unix:/nowhere\n')
        os.mkdir(p.config + '.d')
        with open(self.drop_in(p, 'b'), 'w', encoding='ascii') as file:
            file.write('[board b]\nport = unix:/elsewhere\n')
        for name, path in ('a', p.config), ('b', self.drop_in(p, 'b')):
            for words in ('forget', name), ('rename', name, 'c'):
                self.assertIn(f'is named in {path}, ',
                              self.run_it(p, *words, status=1))
        self.assertEqual(self.read(p, 'b'),
                         '[board b]\nport = unix:/elsewhere\n')
        self.assertIn('no board is adopted as x',
                      self.run_it(p, 'forget', 'x', status=1))


class Rename(Case):

    def test_an_adopted_board_keeps_its_settings(self):
        self.bridge()
        p = self.picod()
        self.run_it(p, 'adopt', 'ttyUSB0', 'lamp', '--baud', '9600')
        before = self.read(p, 'lamp')
        self.assertIn('board desk is ', self.run_it(p, 'rename', 'lamp',
                                                    'desk'))
        self.assertEqual(self.read(p, 'desk'),
                         before.replace('[board lamp]', '[board desk]'))
        self.assertEqual(os.listdir(p.config + '.d'), ['desk.conf'])
        self.assertEqual(set(self.names(p)), {'desk'})

    def test_a_board_with_a_name_from_picod(self):
        self.uno()
        p = self.picod()
        self.wait(p, 'uno0', 'listening')
        self.run_it(p, 'rename', 'uno0', 'lamp')
        self.assertEqual(self.names(p), {'lamp': 'listening'})
        self.on(p, 'lamp', wait=20000)

    def test_rules_for_the_old_name_are_not_lost(self):
        self.uno()
        me = pwd.getpwuid(os.getuid()).pw_name
        p = self.picod(config=f'[access uno0]\n{me} = all\n')
        self.wait(p, 'uno0', 'listening')
        said = self.run_it(p, 'rename', 'uno0', 'lamp', status=1)
        self.assertIn('[access uno0]', said)
        self.assertEqual(os.listdir(p.config + '.d'), [])


if __name__ == '__main__':
    unittest.main()
