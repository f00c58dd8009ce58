#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Flashing, by the real avrdude into the real boot loader of an Uno.

The Uno is simulated, on a simulated USB bus, and has the boot loader only.
"""

import threading
import unittest

from flash import FlashCase, hex_bytes, image
from picod import PicodError, in_threads


class AvrdudeTest(FlashCase):
    def test_flashed_twice_and_used_in_between(self):
        self.start()
        replies = self.flash(firmware='led')
        self.assert_whole(replies)
        self.assertEqual(replies[-1]['answer'], 'OK')
        self.assertEqual(self.p.call('Send', text='c1')['status'], 'OK')
        self.assertEqual(self.uno.level(13), 1)
        replies = self.flash(firmware='uno-rgb.hex')
        self.assert_whole(replies)
        self.assertEqual(self.p.call('Send', text='c102030')['status'], 'OK')
        self.assertEqual([self.uno.duty(pin) for pin in (9, 10, 11)],
                         [0x10, 0x20, 0x30])
        self.assert_served()

    def test_others_wait(self):
        """Ten clients send all the time, and each gets all its answers."""
        self.start()
        self.flash(firmware='led')
        over = threading.Event()
        begun = threading.Barrier(11)
        waiting = []

        def client():
            answers = []
            with self.p.connect() as connection:
                while not over.is_set() or answers[-1] != 'RR':
                    try:
                        answers.append(connection.call(
                            'Send', text='c1')['status'])
                    except PicodError as error:
                        self.assertEqual(error.name, 'CommandRejected')
                        answers.append('RR')
                    if len(answers) == 1:
                        begun.wait()
            return answers

        def flash():
            begun.wait()
            for reply in self.connect(self.p).stream('Flash', firmware='rgb'):
                board = self.p.board('uno0')
                # Afterwards picod itself asks the board, before the others.
                if board['state'] == 'flashing' and reply['stage'] in (
                        'writing', 'verifying'):
                    waiting.append(board['waiting'])
            over.set()

        results = in_threads([flash] + 10 * [client])[1:]
        for answers in results:
            change = answers.index('RR')     # the RGB sketch wants six digits
            self.assertGreater(change, 0)
            self.assertEqual(set(answers[:change]), {'OK'})
            self.assertEqual(set(answers[change:]), {'RR'})
        self.assertEqual(max(waiting), 10)
        self.assertEqual(waiting, sorted(waiting))   # none was given up
        self.assert_served()

    def test_handed_over(self):
        """A HEX and a binary; what the board says is told."""
        self.start()
        replies = self.flash(image('uno-led.hex'))
        self.assert_whole(replies)
        self.assertNotIn('answer', replies[-1])
        self.assertIn('came back', replies[-1]['message'])
        replies = self.flash(hex_bytes(image('uno-rgb.hex')),
                                  format='bin')
        self.assertEqual(replies[-1]['stage'], 'ready')
        self.assertEqual(self.flash(firmware='led')[-1]['answer'], 'OK')
        self.assert_served()

    def test_speed(self):
        """Each firmware has its own, and the port follows it."""
        self.start()
        self.assertEqual(self.flash(firmware='led')[-1]['answer'], 'OK')
        self.assertEqual(self.flash(firmware='pinserver')[-1]['answer'],
                         'PinServer 1.0 Arduino Uno')
        self.assertEqual(self.p.call('Send', text='n0D')['status'], 'OK')
        self.assertEqual(self.uno.level(13), 1)

    def test_without_more(self):
        self.start()
        reply = self.p.call('Flash', firmware='led', board='uno0')
        self.assertEqual((reply['stage'], reply['answer']), ('ready', 'OK'))

    def test_client_leaves_while_it_is_written(self):
        self.start()
        watcher = self.watch(self.p, board='uno0')
        connection = self.connect(self.p)
        for reply in connection.stream('Flash', firmware='led'):
            if reply['stage'] == 'writing':
                break
        connection.close()
        watcher.wait(state='flashing')
        watcher.wait(state='ready')
        self.assertEqual(self.p.call('Send', text='c1')['status'], 'OK')
        self.assert_served()

    def test_held_board(self):
        self.start()
        hold = self.connect(self.p).call('Hold')
        with self.fails('BoardBusy'):
            self.connect(self.p).call('Flash', firmware='led', wait=0)
        self.assertEqual(self.flash(firmware='led', hold=hold['token'])[-1]
                         ['answer'], 'OK')
        with self.fails('BoardBusy'):
            self.p.send('c1', wait=0)
        self.assertEqual(self.p.call('Send', text='c1', hold=hold['token'])
                         ['status'], 'OK')

    def test_list_firmware(self):
        self.start()
        every = self.p.call('ListFirmware')['firmware']
        self.assertIn('mega', [f['board'] for f in every])
        own = self.p.call('ListFirmware', board='uno0')['firmware']
        self.assertEqual({f['board'] for f in own}, {'uno'})
        self.assertLessEqual({'led', 'rgb', 'pinserver'},
                             {f['name'] for f in own})
        for f in own:
            self.assertEqual(f['size'], len(image(f['file'])))


if __name__ == '__main__':
    unittest.main()
