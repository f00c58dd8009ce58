#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A status belongs to its command: on an Uno, whatever happens in between.

PICOD_LONG=1 has more commands, and one that takes longer than picod's patience.
"""

import os
import random
import unittest

import picod
from relay import Relay
from uno import Uno

LONG = bool(os.environ.get('PICOD_LONG'))


class Statuses(picod.Case):
    def setUp(self):
        self.uno = self.board(Uno(sketch=os.path.join(picod.FIRMWARE,
                                                      'uno-probe-9600.hex')))
        self.uno.wait_for('pin 13 0')
        self.p = self.picod(uno=f'{self.uno.path},driver=piserial,baud=9600')

    def check_each_its_own(self, count=8, first=None):
        """Clients that wait at the same time: each gets its own value."""
        clients = [self.connect(self.p) for _ in range(count)]
        for n, client in enumerate(clients):
            client.send('Send', text=f'i{n:04X}')
            if n == 0 and first is not None:
                first()
        for n, client in enumerate(clients):
            self.assertEqual(client.receive()['output'], f'v{n:04X}\n')

    def test_late_after_a_time_limit(self):
        with self.fails('TimedOut'):
            self.p.call('Send', text='l0DAC', timeout=300)
        self.check_each_its_own()
        self.assertEqual(self.p.board()['state'], 'ready')

    def test_late_after_an_interrupt(self):
        watcher = self.watch(self.p)
        with self.connect(self.p) as client:
            client.send('Send', text='l0BB8')
            watcher.wait(event='state', state='busy')
            self.p.call('Interrupt')
            with self.fails('Interrupted'):
                client.receive()
        self.check_each_its_own()

    def test_late_after_its_client_has_left(self):
        watcher = self.watch(self.p)
        with self.connect(self.p) as client:
            client.send('Send', text='l0BB8')
            watcher.wait(event='state', state='busy')
        self.check_each_its_own()

    def test_several_given_up_one_after_the_other(self):
        for _ in range(3):
            with self.fails('TimedOut'):
                self.p.call('Send', text='l01F4', timeout=100)
        self.check_each_its_own()

    def test_doubled(self):
        """The second RR comes when the next command has long been waiting."""
        for gap_ms in (0, 5, 30):
            with self.connect(self.p) as client:
                client.send('Send', text=f'r{gap_ms:04X}')
                self.check_each_its_own()
                with self.fails('CommandRejected'):
                    client.receive()

    def test_a_word_that_holds_a_status(self):
        """Its command ends too early, which nobody can know; the next do not."""
        with self.connect(self.p) as client:
            client.send('Send', text='p0064')
            client.receive()
            self.check_each_its_own()

    def test_as_long_as_it_takes(self):
        """No limit but that of its client, and no reset."""
        resets = self.uno.counters()['resets']
        ms = 40000 if LONG else 1000
        self.assertEqual(self.p.call('Send', text=f'l{ms:04X}')['status'],
                         'OK')
        self.assertEqual(self.uno.counters()['resets'], resets)


class Restart(picod.Case):
    def test_a_pin_server_that_begins_anew_ends_its_command(self):
        """A brown-out: nobody waits for an answer that cannot come."""
        uno = self.board(Uno(sketch=os.path.join(picod.FIRMWARE,
                                                 'uno-pinserver.hex')))
        p = self.picod(uno=f'{uno.path},driver=piserial,reports=hlov')
        p.send('r02', wait=20000)
        boot = p.board()['boot']
        watcher = self.watch(p)
        with self.connect(p) as client, self.connect(p) as next_one:
            client.send('Send', text='u02103E8')
            watcher.wait(event='state', state='busy')
            next_one.send('Send', text='i')
            uno.reset()
            with self.fails('Disconnected', sent=True) as caught:
                client.receive()
            self.assertIn('restarted', caught.exception['message'])
            self.assertIn('\n', next_one.receive()['output'])
        self.assertGreater(p.board()['boot'], boot)


class Noise(picod.Case):
    """One byte in 500 arrives as none that PiSerial has, or as a letter, which
    makes two commands of one."""

    CLIENTS = 4
    COMMANDS = 250
    ROUNDS = 10 if LONG else 1
    RATE = 0.002
    NOISE = sorted(set(range(256)) - set(b'0123456789ABCDEF\r\n') -
                   set(b'abcdefghijklmnopqrstuvwxyz'))
    LETTERS = b'xyz'            # no commands of this sketch

    def damage(self, direction, seed, noise):
        """Each way has its own dice, so that a failure can be repeated."""
        dice = random.Random(seed)
        begin = direction._begin

        def spoil(data):
            spoilt = bytes(dice.choice(noise)
                           if dice.random() < self.RATE else byte
                           for byte in data)
            self.damaged += sum(a != b for a, b in zip(data, spoilt))
            return spoilt

        direction._begin = lambda write: begin(
            write and (lambda data: write(spoil(data))))

    def program(self, number):
        dice = random.Random(number)
        with self.p.connect() as client:
            for _ in range(self.COMMANDS):
                value = f'{dice.randrange(65536):04X}'
                client.send('Send', text=f'i{value}', timeout=1000)
                try:
                    output = client.receive()['output']
                except picod.PicodError as error:
                    self.assertIn(error.name, ('TimedOut', 'CommandRejected'))
                    self.failed += 1
                    continue
                self.assertIn(output, (f'v{value}\n', ''))
                self.empty += output == ''

    def test_no_ok_with_the_value_of_another(self):
        self.damaged = self.failed = self.empty = 0
        uno = self.board(Uno(sketch=os.path.join(picod.FIRMWARE,
                                                 'uno-probe-9600.hex')))
        uno.wait_for('pin 13 0')
        relay = Relay(uno.path)
        self.damage(relay.to_board, 1,
                    [*self.NOISE, *self.LETTERS * (len(self.NOISE) // 3)])
        self.damage(relay.to_host, 2, self.NOISE)
        relay.start()
        self.addCleanup(relay.stop)
        self.p = self.picod(uno=f'unix:{relay.path},driver=piserial',
                            verbose=False)
        for first in range(0, self.ROUNDS * self.CLIENTS, self.CLIENTS):
            picod.in_threads([lambda n=n: self.program(n)
                              for n in range(first, first + self.CLIENTS)])
        # It was noisy, and noise cost no more than what it hit.
        self.assertGreater(self.damaged, self.ROUNDS * self.COMMANDS *
                           self.CLIENTS // 100)
        self.assertLessEqual(self.failed + self.empty, self.damaged)


if __name__ == '__main__':
    unittest.main()
