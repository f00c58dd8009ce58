# SPDX-License-Identifier: MIT
"""Boards are found, named, and back after every replug.

On a USB bus without hardware, with Unos that run a real sketch.
"""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
import unittest

import picod
import usb
from uno import Uno

LOWER_DTR = '''
import fcntl, os, struct, sys, termios
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.ioctl(fd, termios.TIOCMBIC, struct.pack('i', termios.TIOCM_DTR))
'''


class Plug(usb.Case):

    def test_plug_unplug_replug(self):
        p = self.picod()
        self.assertEqual(self.names(p), {})
        uno = self.uno()
        self.wait(p, 'uno0', 'listening')
        board = p.board('uno0')
        self.assertEqual(board['port'], '/dev/ttyACM0')
        self.assertEqual(board['usb'], {
            'vendor': 0x2341, 'product': 0x43, 'serial': '7583335303535',
            'path': '1-2', 'place': 'pci-0000:00:14.0-usb-0:2',
            'interface': 0})
        self.on(p)
        self.assertEqual(uno.level(13), 1)
        uno.unplug()
        self.wait(p, 'uno0', 'absent')
        with self.fails('BoardAbsent', board='uno0'):
            p.call('Send', text='f0D')
        uno.plug()
        self.on(p, wait=20000)

    def test_those_present_at_start(self):
        self.uno()
        p = self.picod()
        self.assertEqual(self.names(p), {'uno0': 'listening'})
        self.assertEqual(self.uno('1-3', 'ttyACM1', '2').device,
                         '/dev/ttyACM1')
        self.wait(p, 'uno1', 'listening')

    def test_unplugged_within_a_command(self):
        """A command that was under way is answered, one that waits is not."""
        uno = self.uno()
        p = self.picod()
        self.on(p)
        uno.process.send_signal(signal.SIGSTOP)
        running, waiting = self.connect(p), self.connect(p)
        running.send('Send', text='n0D')
        waiting.send('Send', text='n0D', wait=30000)
        self.until(lambda: p.board()['state'] == 'busy' and
                   p.board()['waiting'] == 1)
        self.bus.unplug(uno.identity['port'])
        with self.fails('Disconnected'):
            running.receive()
        uno.process.send_signal(signal.SIGCONT)
        self.bus.plug(**uno.identity, pts=os.readlink(uno.path))
        self.assertEqual(waiting.receive()['status'], 'OK')

    def test_commands_right_after_plugging_in_are_not_lost(self):
        p = self.picod()
        uno = self.uno()
        self.wait(p, 'uno0', 'listening')
        with self.connect(p) as client:
            for number in range(20):
                client.send('Send', text=f'{"fn"[number % 2]}0D')
            for _ in range(20):
                self.assertEqual(client.receive()['status'], 'OK')
        self.assertEqual(uno.level(13), 1)

    def test_told_twice(self):
        """udev says "change" of a port that is there already."""
        uno = self.uno()
        p = self.picod()
        self.on(p)
        boot = p.board()['boot']
        opens = uno.counters()['opens']
        self.bus.change(uno.identity['port'])
        self.uno('1-3', 'ttyACM1', '2')
        self.wait(p, 'uno1', 'listening')
        self.assertEqual(p.board('uno0')['boot'], boot)
        self.assertEqual(uno.counters()['opens'], opens)


class Configured(usb.Case):
    """A board that the configuration knows by its port, or the command line."""

    SECTION = '[board press]\nport = {}\ndriver = piserial\n'

    def check_is_back_after_every_replug(self, p, uno):
        self.on(p, 'press', wait=20000)
        descriptors = self.descriptors(p)
        for _ in range(3):
            uno.unplug()
            self.wait(p, 'press', 'absent')
            with self.fails('BoardAbsent', board='press'):
                p.call('Send', board='press', text='f0D')
            uno.plug()
            self.on(p, 'press', wait=20000)
            self.assertEqual(uno.level(13), 1)
        self.assertEqual(self.names(p), {'press': 'ready'})
        self.assertEqual(self.descriptors(p), descriptors)

    def test_a_configured_port_is_back_after_every_replug(self):
        uno = self.uno()
        p = self.picod(config=self.SECTION.format('/dev/ttyACM0'))
        self.check_is_back_after_every_replug(p, uno)

    def test_a_port_of_the_command_line_is_back_after_every_replug(self):
        uno = self.uno()
        p = self.picod(press='/dev/ttyACM0,driver=piserial')
        self.check_is_back_after_every_replug(p, uno)

    def test_a_port_by_its_id_is_back_after_every_replug(self):
        """udev makes the link when the board comes, and takes it away."""
        link = os.path.join(self.bus.root, 'dev/serial/by-id/usb-Uno-if00')

        class Linked(usb.UsbUno):
            def _appear(self):
                os.makedirs(os.path.dirname(link), exist_ok=True)
                os.symlink('../../' + self.identity['tty'], link)
                super()._appear()

            def _vanish(self):
                os.unlink(link)
                os.rmdir(os.path.dirname(link))
                super()._vanish()
        uno = self.board(Linked(self.bus, sketch=usb.PINS))
        p = self.picod(config=self.SECTION.format(
            '/dev/serial/by-id/usb-Uno-if00'))
        self.check_is_back_after_every_replug(p, uno)

    def test_it_need_not_be_there_at_start(self):
        p = self.picod(config=self.SECTION.format('/dev/ttyACM0'))
        self.assertEqual(self.names(p), {'press': 'absent'})
        uno = self.uno()
        self.on(p, 'press', wait=20000)
        self.assertEqual(p.board()['usb']['serial'], '7583335303535')
        uno.unplug()
        self.wait(p, 'press', 'absent')

    def test_it_is_back_after_a_replug_while_lent(self):
        uno = self.uno()
        p = self.picod(config=self.SECTION.format('/dev/ttyACM0'))
        with self.connect(p) as lender:
            self.assertEqual(lender.call('Lend')['port'], '/dev/ttyACM0')
            before = uno.counters()['opens']
            uno.unplug()
            uno.plug()
            self.uno('1-3', 'ttyACM1', '2')         # told after it
            self.wait(p, 'uno0', 'listening')
            self.assertEqual(p.board('press')['state'], 'lent')
            self.assertEqual(uno.counters()['opens'], before)
        self.on(p, 'press', wait=20000)


class Unsteady(picod.Case):

    def test_a_port_that_closes_at_once_costs_a_line_a_minute(self):
        """As a serial port server whose port is in use; not a try at a time."""
        path = os.path.join(self.directory(), 'server')
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            server.listen()
            p = self.picod(verbose=False, busy=f'unix:{path}')
            started = time.monotonic()
            for _ in range(6):
                server.accept()[0].close()
            self.assertGreater(time.monotonic() - started,
                               0.05 + 0.1 + 0.2 + 0.4)
            lines = [line for line in p.log().splitlines() if 'busy' in line]
            self.assertLessEqual(len(lines), 5, lines)
            # One that stays is served.
            with server.accept()[0]:
                self.watch(p).wait(event='state', state='listening')


class Names(usb.Case):

    def test_another_port(self):
        one, two = self.uno(), self.uno('1-3', 'ttyACM1', '2')
        p = self.picod()
        one.unplug()
        two.unplug()
        self.wait(p, 'uno0', 'absent')
        self.wait(p, 'uno1', 'absent')
        two.identity.update(port='1-4.1', tty='ttyACM0')
        two.plug()
        self.wait(p, 'uno1', 'listening')
        self.assertEqual(p.board('uno1')['port'], '/dev/ttyACM0')
        self.assertEqual(p.board('uno0')['state'], 'absent')

    def test_picod_restarts(self):
        one, two = self.uno(), self.uno('1-3', 'ttyACM1', '2')
        p = self.picod()
        names = {p.board(name)['usb']['serial']: name for name in self.names(p)}
        for end in p.terminate, p.kill:
            end()
            one.unplug()
            two.unplug()
            two.identity['tty'], one.identity['tty'] = \
                one.identity['tty'], two.identity['tty']
            two.plug()
            one.plug()
            p.start()
            self.assertEqual(names, {p.board(name)['usb']['serial']: name
                                     for name in self.names(p)})

    def swap(self, one, two):
        one.unplug()
        two.unplug()
        one.identity['tty'], two.identity['tty'] = \
            two.identity['tty'], one.identity['tty']
        one.plug()
        two.plug()

    def test_device_names_are_swapped(self):
        one, two = self.uno(), self.uno('1-3', 'ttyACM1', '2')
        p = self.picod()
        name = {b['usb']['serial']: b['name']
                for b in p.call('ListBoards')['boards']}
        for asleep in False, True, False, True:
            if asleep:
                os.kill(p.pid, signal.SIGSTOP)
            waiting = self.connect(p)
            waiting.send('Send', board=name['2'], text='n0D', wait=30000)
            self.swap(one, two)
            if asleep:
                os.kill(p.pid, signal.SIGCONT)
            try:
                waiting.receive()
            except picod.PicodError as error:
                self.assertEqual(error.name, 'Disconnected')
            self.on(p, name['2'], wait=30000)
            self.assertEqual(p.board(name['2'])['port'], two.device)
            self.assertEqual(two.level(13), 1)
            self.assertEqual(p.board(name[one.identity['serial']])['port'],
                             one.device)
            self.assertNotEqual(one.pins()[13], ('out', 1))

    def test_equal_serials(self):
        """Told apart by where they are plugged in."""
        one, two = self.uno(), self.uno('1-3', 'ttyACM1')
        p = self.picod()
        names = self.paths(p)
        self.assertEqual(set(names.values()), {'uno0', 'uno1'})
        for uno in (one, two, two, one):
            uno.unplug()
            self.wait(p, names[uno.identity['port']], 'absent')
            uno.plug()
            self.wait(p, names[uno.identity['port']], 'listening')
        one.unplug()
        p.terminate()
        p.start()
        self.wait(p, names['1-3'], 'listening')
        one.plug()
        self.wait(p, names['1-2'], 'listening')
        self.assertEqual(self.paths(p), names)

    def paths(self, p):
        return {b['usb']['path']: b['name']
                for b in p.call('ListBoards')['boards']}


class Classroom(usb.Case):
    """More different boards than picod serves, one after the other."""

    COUNT = picod.limit('BOARDS') + 6

    def plug(self, uno, serial):
        uno.identity['serial'] = f'serial{serial}'
        uno.plug()

    def pull(self, p, uno, name):
        self.wait(p, name, 'listening')
        uno.unplug()
        self.wait(p, name, 'absent')

    def test_boards_that_were_pulled_make_room(self):
        """Not those that somebody configured, holds or waits for."""
        p = self.picod(config='[board lamp]\nmatch = 2341:0042\n')
        uno = self.uno(serial='serial0')
        self.pull(p, uno, 'uno0')
        waiting = self.connect(p)
        waiting.send('Send', board='uno0', text='n0D', wait=600000)
        self.plug(uno, 1)
        self.wait(p, 'uno1', 'listening')
        holder = self.connect(p)
        holder.call('Hold', board='uno1')
        self.pull(p, uno, 'uno1')
        for number in range(2, self.COUNT):
            self.plug(uno, number)
            self.pull(p, uno, f'uno{number}')
        names = set(self.names(p))
        self.assertEqual(len(names), picod.limit('BOARDS'))
        gone = self.COUNT + 1 - len(names)
        self.assertEqual(names, {'lamp', 'uno0', 'uno1', *(
            f'uno{number}' for number in range(2 + gone, self.COUNT))})
        with self.fails('NoSuchBoard', board='uno2'):
            p.call('Send', board='uno2', text='n0D')
        # Its name is not forgotten.
        self.plug(uno, 2)
        self.pull(p, uno, 'uno2')
        self.plug(uno, 0)
        self.assertEqual(waiting.receive()['status'], 'OK')

    def test_boards_that_are_there_make_no_room(self):
        """What to do is in the log."""
        sections = ''.join(f'[board b{i}]\nmatch = serial:{i}\n'
                           for i in range(picod.limit('BOARDS')))
        p = self.picod(config=sections)
        self.uno(serial='new')
        p.call('ListBoards')
        self.until(lambda: 'board uno0 is not served' in p.log())
        self.assertEqual(len(self.names(p)), picod.limit('BOARDS'))


class Claims(usb.Case):

    def test_unclaimed(self):
        """Listed with what to do, and never touched."""
        uno = self.uno('1-2', 'ttyUSB0', vid='1a86', pid='7523', serial='',
                       product='USB Serial', driver='ch341-uart')
        before = uno.counters()
        p = self.picod()
        board = p.board()
        self.assertEqual((board['name'], board['state'], board['port']),
                         ('ttyUSB0', 'unclaimed', '/dev/ttyUSB0'))
        self.assertTrue(board['problem'].endswith(
            ': sudo picoctl adopt ttyUSB0 NAME'), board['problem'])
        for method in 'Send', 'Lend', 'Reset', 'Hold':
            with self.fails('Unsupported'):
                p.call(method, **{'text': 'n0D'} if method == 'Send' else {})
        uno.unplug()
        self.until(lambda: not self.names(p))
        uno.plug()
        self.until(lambda: self.names(p))
        p.terminate()
        now = uno.counters()
        for count in 'opens', 'received', 'dtr':
            self.assertEqual(now[count], before[count], count)

    def test_match_and_ignore(self):
        uno = self.uno('1-2', 'ttyUSB0', vid='1a86', pid='7523', serial='')
        other = self.uno('1-3', 'ttyUSB1', vid='1a86', pid='7523', serial='')
        ignored = self.uno('1-4', 'ttyACM0')
        before = ignored.counters()['opens']
        p = self.picod(config='[ports]\nignore = 2341:*\n[board lamp]\n'
                       'match = 1a86:7523 path:1-2\ndriver = piserial\n')
        self.assertEqual(self.names(p), {'lamp': 'listening',
                                         'ttyUSB1': 'unclaimed'})
        self.on(p, 'lamp')
        self.assertEqual(uno.level(13), 1)
        self.assertEqual(other.counters()['received'], 0)
        uno.unplug()
        self.wait(p, 'lamp', 'absent')
        uno.plug()
        self.on(p, 'lamp', wait=20000)
        self.assertEqual(ignored.counters()['opens'], before)


class Resets(usb.Case):
    """DTR at the board: one edge when it is plugged in, and no more."""

    def said(self, p, do):
        """What picod says to the board to do that, up to the command."""
        watcher = self.watch(p, trace=True)
        do(p)
        said = b''
        while b'n0D' not in said:
            event = watcher.wait(event='trace', toBoard=True)
            said += base64.b64decode(event['data'])
        return said

    def test_one_pulse_at_plug_in_none_on_restart(self):
        p = self.picod()
        uno = self.uno()
        self.on(p, 'uno0', wait=20000)
        self.assertEqual(uno.counters()['dtr'], 1)
        for end in p.terminate, p.kill:
            end()
            p.start()
            self.assertEqual(uno.level(13), 1)
            # It asks the board, instead of waiting for a boot loader.
            self.assertEqual(self.said(p, self.on), b'x#' b'n0D\n')
            self.assertEqual(uno.counters()['dtr'], 1)
        uno.unplug()
        uno.plug()
        self.on(p, wait=20000)
        self.assertEqual(uno.counters()['dtr'], 2)
        p.call('Reset', kind='hard')
        self.on(p)
        self.assertEqual(uno.counters()['dtr'], 3)

    def test_no_reset_leaves_an_esp32_in_its_boot_loader(self):
        """DTR without RTS would, and RTS alone is what resets it."""
        pull = self.plug_in(self.board(Uno(sketch=usb.PINS)), '1-2',
                            'ttyACM0', '2341', '0043')
        p = self.picod()
        self.wait(p, 'uno0', 'listening')
        seen = pull.modem.seen
        for _ in range(2):
            seen.clear()
            p.call('Reset', kind='hard', wait=20000)
            self.assertEqual(seen, ['', 'RTS', 'DTRRTS'])

    def test_dtr_lowered_while_picod_was_away(self):
        """As avrdude leaves it: opening the port resets the board after all."""
        p = self.picod()
        uno = self.uno()
        self.on(p, 'uno0', wait=20000)
        p.terminate()
        subprocess.run([sys.executable, '-c', LOWER_DTR, uno.device],
                       env=self.bus.environment(), check=True)
        uno.wait_for('dtr 0')
        p.start()
        self.on(p)
        self.assertEqual(uno.counters()['dtr'], 2)
        self.assertEqual(uno.level(13), 1)

    def test_native_usb_sees_that_nobody_reads(self):
        p = self.picod()
        leonardo = self.uno(pid='8036', product='Arduino Leonardo')
        self.on(p, 'leonardo0', wait=20000)
        p.terminate()
        leonardo.wait_for('dtr 0')
        p.start()
        self.on(p, wait=20000)


if __name__ == '__main__':
    unittest.main()
