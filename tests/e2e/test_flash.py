#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Flashing, by the real avrdude into the real boot loader of an Uno.

The Uno is simulated, on a simulated USB bus, and has the boot loader only.
"""

import contextlib
import json
import os
import pty
import subprocess
import threading
import unittest

from flash import FlashCase, children, hex_bytes, image, upload
from picod import (
    FIRMWARE, PATIENCE_S, PICOCTL, PicodError, in_threads, is_sanitized,
    limit)
from usbplayed import Leonardo


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
                if reply['stage'] in ('writing', 'verifying'):
                    waiting.append(self.p.board('uno0')['waiting'])
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
        """A HEX, an ELF and a binary; what the board says is told."""
        self.start()
        replies = self.flash(image('uno-led.hex'))
        self.assert_whole(replies)
        self.assertNotIn('answer', replies[-1])
        self.assertIn('came back', replies[-1]['message'])
        replies = self.flash(image('uno-led.elf'), format='elf')
        self.assertEqual(replies[-1]['stage'], 'ready')
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


class ImageTest(FlashCase):
    """What is refused before the board is touched."""

    def refused(self, words, data=None, **parameters):
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(data, **parameters)
        self.assertIn(words, caught.exception['message'])
        self.assertNotIn('(flashing)', self.p.log())

    def test_refused(self):
        self.start()
        self.refused('cut off', image('uno-led.hex')[:1000])
        self.refused('another chip', image('pico-pinserver.uf2'))
        self.refused('too large', image('uno-led.hex').replace(
            b':00000001FF', b':107E0000' + 16 * b'00' + b'72\r\n:00000001FF'))
        self.refused('no image', b'hello')
        self.refused('not what its name says', b'hello', format='hex')
        self.refused('nothing in it', b'', format='bin')
        self.refused('no firmware', firmware='../uno-led')
        self.refused('no firmware', firmware='blink')
        self.refused('there is no image')
        self.assert_served()

    def test_uploads_end(self):
        """Taken once; gone with the connection; limited in size and number."""
        self.start()
        before = self.p.open_descriptors()
        with self.p.connect() as connection:
            upload(connection, b'hello')
            for words in ('no image: neither', 'there is no image'):
                with self.fails('FlashFailed') as caught:
                    connection.call('Flash')
                self.assertIn(words, caught.exception['message'])
        with self.fails('org.varlink.service.InvalidParameter',
                        parameter='data'):
            self.p.call('Upload', data='no base64')
        connections = [self.connect(self.p) for _ in range(limit('UPLOADS'))]
        for connection in connections:
            upload(connection, b'x')
        with self.p.connect() as one_more:
            with self.fails('LimitExceeded', limit='uploads'):
                upload(one_more, b'x')
            connections[0].close()
            self.p.call('ListBoards')
            upload(one_more, b'x')
        for connection in connections:
            connection.close()
        with self.p.connect() as connection:
            self.assertEqual(upload(connection, bytes(limit('IMAGE'))),
                             limit('IMAGE'))
            with self.fails('LimitExceeded', limit='image'):
                upload(connection, b'x')
        with self.p.connect() as connection:
            connection.call('ListBoards')
            self.assertLess(self.p.open_descriptors() - before, 5)
        if not is_sanitized():
            self.assertLess(self.p.resident_kb(), 64 * 1024)


class LeonardoTest(FlashCase):
    """The touch, and the ports that come and go, by a board that is played."""

    def setUp(self):
        super().setUp()
        self.leonardo = self.board(Leonardo(self.bus))
        self.p = self.picod(env=self.bus.environment(
            {'PICOD_FIRMWARE': FIRMWARE}))

    def test_flashed(self):
        for visit in (1, 2):
            replies = self.flash(firmware='led')
            self.assert_whole(replies)
            self.assertEqual(replies[-1]['answer'], 'OK')
            self.assertEqual(self.leonardo.visits, visit)
            self.assertEqual(bytes(self.leonardo.flash[:len(self.code)]),
                             self.code)
            board = self.p.board()
            self.assertEqual(
                (board['name'], board['port']),
                ('leonardo0', f'/dev/ttyACM{2 * visit}'))
            self.assertEqual(self.p.call('Send', text='c1')['status'], 'OK')
        self.assertEqual(children(self.p.pid), [])

    code = hex_bytes(image('leonardo-led.hex'))


class PicoctlTest(FlashCase):
    def test_flash(self):
        self.start()
        result = self.p.picoctl('flash', 'led')
        self.assertEqual((result.returncode, result.stdout),
                         (0, 'uno0: led answers: OK\n'), result.stderr)
        self.assertEqual(result.stderr,
                         'preparing\nwriting\nverifying\nstarting\n')
        path = os.path.join(self.directory(), 'cut.hex')
        with open(path, 'wb') as file:
            file.write(image('uno-led.hex')[:1000])
        result = self.p.picoctl('flash', path)
        self.assertEqual(result.returncode, 11)
        self.assertIn('cut off', result.stderr)
        result = self.p.picoctl('flash', '/no/such.hex')
        self.assertEqual(result.returncode, 12)
        result = self.p.picoctl(
            'flash', '--json', os.path.join(FIRMWARE, 'uno-led.elf'))
        last = json.loads(result.stdout.splitlines()[-1])
        self.assertEqual((result.returncode, last['stage']), (0, 'ready'))

    def test_firmware(self):
        self.start()
        result = self.p.picoctl('firmware', '-b', 'uno0')
        self.assertEqual(result.returncode, 0)
        rows = [line.split() for line in result.stdout.splitlines()]
        self.assertEqual(rows[0], ['BOARD', 'NAME', 'SIZE'])
        self.assertIn(['uno', 'led', str(len(image('uno-led.hex')))], rows)

    def test_bar(self):
        """On a terminal, one line that grows for each stage."""
        self.start()
        terminal, theirs = pty.openpty()
        self.addCleanup(os.close, terminal)
        result = subprocess.Popen(
            [PICOCTL, 'flash', 'led'], env=self.p.client_environment(),
            stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        seen = b''
        with contextlib.suppress(OSError):      # that is a pty's end
            while piece := os.read(terminal, 4096):
                seen += piece
        self.assertEqual(result.wait(PATIENCE_S), 0)
        bars = [bar.rstrip() for bar in seen.decode().split('\r')
                if bar.startswith('writing')]
        self.assertGreater(len(bars), 10)
        self.assertEqual(bars[-1], f'writing    [{40 * "="}] 100 %')


if __name__ == '__main__':
    unittest.main()
