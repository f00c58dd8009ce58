# SPDX-License-Identifier: MIT
"""Boards that are plugged, pulled and swapped at random, while clients ask.

PICOD_CYCLES says how often, PICOD_SEED with which chances, PICOD_IDLE_S for how
long a picod with nothing to do is watched.
"""

import os
import random
import signal
import subprocess
import threading
import unittest

import picod
import usb
from boards import Microbit

CYCLES = int(os.environ.get('PICOD_CYCLES', '30'))
SEED = int(os.environ.get('PICOD_SEED', '4'))
IDLE_S = int(os.environ.get('PICOD_IDLE_S', '4'))

# What may become of a command while boards are pulled; each is an answer.
ANSWERS = {'OK', 'BoardAbsent', 'BoardBusy', 'BoardSilent', 'Disconnected',
           'TimedOut'}


class Cycles(usb.Case):

    def setUp(self):
        super().setUp()
        self.ending = threading.Event()
        self.answers = []

    def ask(self, p, board):
        """A client that asks on; each call must have one answer."""
        with p.connect() as client:
            while not self.ending.is_set():
                client.send('Send', board=board, text='n0D', wait=200)
                try:
                    self.answers.append(client.receive()['status'])
                except picod.PicodError as error:
                    self.answers.append(error.name)

    def cycle(self, p, chances, unos):
        """Pulls some and plugs them in again, with names and ports swapped.

        Now and then picod sleeps meanwhile.  Not with many: the bus's monitor
        has room for few events, where the kernel's has room for thousands.
        """
        pulled = chances.sample(unos, chances.randint(1, len(unos)))
        if len(pulled) == 1 and chances.random() < 0.5:
            os.kill(p.pid, signal.SIGSTOP)
        try:
            self.swap(chances, pulled)
        finally:
            os.kill(p.pid, signal.SIGCONT)

    def swap(self, chances, pulled):
        for uno in pulled:
            uno.unplug()
        places = [(uno.identity['port'], uno.identity['tty'])
                  for uno in pulled]
        chances.shuffle(places)
        for uno, (port, tty) in zip(pulled, places):
            uno.identity.update(port=port, tty=tty)
            uno.plug()

    def test_cycles(self):
        chances = random.Random(SEED)
        unos = [self.uno(f'1-{2 + i}', f'ttyACM{i}', f'serial{i}')
                for i in range(3)]
        p = self.picod(verbose=bool(os.environ.get('V')))
        names = {b['usb']['serial']: b['name']
                 for b in p.call('ListBoards')['boards']}
        self.assertEqual(len(names), 3)
        descriptors = self.descriptors(p)
        clients = [threading.Thread(target=self.ask, args=(p, name))
                   for name in names.values()]
        for client in clients:
            client.start()
        try:
            for _ in range(CYCLES):
                self.cycle(p, chances, unos)
                # It has heard of them: the bus's monitor has room for few.
                p.call('ListBoards')
                if chances.random() < 0.3:
                    uno = chances.choice(unos)
                    self.on(p, names[uno.identity['serial']], wait=30000)
                    self.assertEqual(uno.level(13), 1)
        finally:
            self.ending.set()
            for client in clients:
                client.join()
        self.assertLessEqual(set(self.answers), ANSWERS)
        self.check_all_are_back(p, unos, names)
        self.assertEqual(self.descriptors(p), descriptors)

    def check_all_are_back(self, p, unos, names):
        for uno in unos:
            name = names[uno.identity['serial']]
            self.on(p, name, wait=30000)
            self.assertEqual(p.board(name)['port'], uno.device)
            self.assertEqual(uno.level(13), 1)
        self.assertEqual(len(self.names(p)), len(unos))


class Repl(usb.Case):
    """Boards with a REPL, whose language the bus tells."""

    def test_unplugged_within_a_statement(self):
        p = self.picod()
        absent = None
        for _ in range(3):
            pull = self.plug_in(self.board(Microbit(pty=True)), '1-2',
                                'ttyACM0', '0d28', '0204', serial='m')
            self.wait(p, 'microbit0', 'listening', 'ready')
            with self.connect(p) as client:
                client.send('Send', text='while True: pass')
                self.wait(p, 'microbit0', 'busy')
                pull()
                with self.fails('Disconnected', sent=True):
                    client.receive()
            self.wait(p, 'microbit0', 'absent')
            self.assertIn(absent, (None, self.descriptors(p)))
            absent = self.descriptors(p)

    CONSOLE = {'interface': 'CircuitPython CDC control'}
    DATA = {'interface': 'CircuitPython CDC2 control'}

    def check_two_ports(self, first, second, console, data):
        """In the order in which udev tells of them; data is never opened."""
        boards = {'ttyACM0': self.board(Microbit(pty=True)),
                  'ttyACM1': self.board(Microbit(pty=True))}
        master = os.readlink(boards[data].path)
        usb_id = '239a', '80f4'
        p = self.picod()
        self.plug_in(boards[first[0]], '1-2', first[0], *usb_id, serial='c',
                     **first[1])
        self.plug_in(boards[second[0]], second[1].pop('port'), second[0],
                     *usb_id, serial='c', above='1-2', **second[1])
        self.until(lambda: self.names(p).get(data) == 'unclaimed')
        self.wait(p, 'circuitpy0', 'listening', 'ready')
        self.assertEqual(p.send('6 * 7'), '42\n')
        other = self.uno('1-3', 'ttyACM2')          # told after the second
        self.wait(p, 'uno0', 'listening')
        self.assertEqual(set(self.names(p)), {'circuitpy0', 'uno0', data})
        self.assertEqual(p.board('circuitpy0')['port'], '/dev/' + console)
        self.assertNotIn(master, p.open_files())
        p.terminate()
        p.start()
        self.wait(p, 'circuitpy0', 'listening')
        self.assertEqual(p.board('circuitpy0')['port'], '/dev/' + console)
        other.unplug()
        return p

    def test_circuitpython_with_two_ports(self):
        p = self.check_two_ports(
            ('ttyACM0', self.CONSOLE),
            ('ttyACM1', {'port': '1-2:1.2', **self.DATA}),
            'ttyACM0', 'ttyACM1')
        self.assertIn('if:02', p.board('ttyACM1')['problem'])

    def test_circuitpython_whose_data_port_is_told_first(self):
        self.check_two_ports(
            ('ttyACM1', {'nr': '2', **self.DATA}),
            ('ttyACM0', {'port': '1-2:1.0', **self.CONSOLE}),
            'ttyACM0', 'ttyACM1')

    def test_the_first_interface_is_the_console_of_what_says_nothing(self):
        """Whichever is told first."""
        p = self.picod()
        one, two = (self.board(Microbit(pty=True)) for _ in range(2))
        self.plug_in(two, '1-2', 'ttyACM1', '2e8a', '0005', nr='2')
        self.wait(p, 'pico0', 'listening')
        self.plug_in(one, '1-2:1.0', 'ttyACM0', '2e8a', '0005', above='1-2')
        self.until(lambda: p.board('pico0')['port'] == '/dev/ttyACM0')
        self.until(lambda: self.names(p).get('ttyACM1') == 'unclaimed')
        self.assertEqual(p.call('Send', board='pico0', text='6 * 7',
                                wait=20000)['output'], '42\n')
        self.assertIn('another port of board pico0',
                      p.board('ttyACM1')['problem'])


class Idle(usb.Case):

    def test_three_boards_and_nothing_to_do(self):
        """Not one system call."""
        for i in range(2):
            self.uno(f'1-{2 + i}', f'ttyACM{i}', f'serial{i}')
        self.plug_in(self.board(Microbit(pty=True)), '1-5', 'ttyACM5', '0d28',
                     '0204')
        p = self.picod()
        for name in 'uno0', 'uno1':
            self.on(p, name)
        p.send('1', board='microbit0')
        self.assertEqual(set(self.names(p).values()), {'ready'})
        self.system_calls(p, 1)         # systemd is told of the last client
        self.assertEqual(self.system_calls(p, IDLE_S), '')

    def system_calls(self, p, seconds):
        """Those that begin in the time we watch."""
        result = subprocess.run(
            ['timeout', '--signal=INT', str(seconds), 'strace', '-f', '-p',
             str(p.pid), '-o', '/dev/stdout'], capture_output=True, text=True)
        lines = [line for line in result.stdout.splitlines()
                 if 'epoll_wait' not in line or 'detached' not in line]
        return '\n'.join(lines)


if __name__ == '__main__':
    unittest.main()
