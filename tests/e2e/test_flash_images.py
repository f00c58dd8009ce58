#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Images that are handed over, by picoctl or not; and a Leonardo's."""

import contextlib
import json
import os
import pty
import select
import subprocess
import unittest

from flash import FlashCase, children, hex_bytes, image, upload
from picod import FIRMWARE, PATIENCE_S, PICOCTL, is_sanitized, limit
from usbplayed import Leonardo


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
        self.refused('another chip', image('mega-led.elf'))
        self.refused('too large', image('uno-led.hex').replace(
            b':00000001FF', b':107E0000' + 16 * b'00' + b'72\r\n:00000001FF'))
        self.refused('no image', b'hello')
        self.refused('not what its name says', b'hello', format='hex')
        self.refused('nothing in it', b'', format='bin')
        self.refused('no firmware', firmware='../uno-led')
        self.refused('no firmware', firmware='blink')
        self.refused('there is no image')
        self.assert_served()

    def test_tool_is_given_what_picod_has_read(self):
        """And nothing else that stands in a stranger's file."""
        tool = os.path.join(self.directory(), 'avrdude')
        with open(tool, 'w') as file:
            file.write('#!/bin/sh\ncat /proc/self/fd/3\nexit 1\n')
        os.chmod(tool, 0o755)
        self.start(f'[tools]\navrdude = {tool}\n')
        with self.fails('FlashFailed') as caught:
            self.flash(b' \n:0400100001020304e2\r\n:0100140005e6'
                       b'\n:00000001FF\nrm -rf /\n')
        self.assertEqual(caught.exception['log'],
                         ':0400100001020304E2\n:0100140005E6\n:00000001FF\n')

    def test_large_image_keeps_nobody_waiting(self):
        """A HEX of the largest size, all of it one line, is read in between."""
        self.start()
        record = b':0000000000'
        count = limit('IMAGE') // len(record) - 1
        answers = 0
        with self.p.connect() as flasher, self.p.connect() as other:
            upload(flasher, count * record + b':00000001FF')
            flasher.send('Flash')
            while not select.select([flasher.socket], [], [], 0)[0]:
                other.call('ListBoards')
                answers += 1
            with self.fails('FlashFailed', stage='preparing') as caught:
                flasher.receive()
        self.assertIn('nothing in it', caught.exception['message'])
        self.assertGreater(answers, 50)
        self.assert_served()

    def test_client_leaves_while_its_image_is_read(self):
        self.start()
        watcher = self.watch(self.p, board='uno0')
        watcher.wait(state='listening')
        before = self.p.open_descriptors()
        with self.p.connect() as connection:
            upload(connection, bytes(limit('IMAGE')))
            connection.send('Flash', format='bin', more=True)
        self.until(lambda: self.p.open_descriptors() <= before)
        self.assert_flashes()

    def test_uploads_end(self):
        """Taken once; gone with the connection; limited in size."""
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
            self.p.call('Upload', data='no base64', at=0)
        with self.p.connect() as connection:
            self.assertEqual(upload(connection, bytes(limit('IMAGE'))),
                             limit('IMAGE'))
            with self.fails('LimitExceeded', limit='image'):
                connection.call('Upload', data='eA==', at=limit('IMAGE'))
            with self.fails('FlashFailed') as caught:
                connection.call('Flash')
            self.assertIn('there is no image', caught.exception['message'])
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
        self.p = self.picod()

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

    def test_refused_flash_leaves_another_one_alone(self):
        """The board keeps its name, although it comes back as another."""
        self.leonardo.pid = '8037'
        refused = []
        for reply in self.connect(self.p).stream('Flash', firmware='led'):
            if reply['stage'] == 'writing' and not refused:
                with self.fails('FlashFailed', stage='preparing'):
                    self.flash_once(b'hello')
                refused.append(reply)
        self.assertEqual((len(refused), reply['stage']), (1, 'ready'))
        self.assertEqual([b['name'] for b in
                          self.p.call('ListBoards')['boards']], ['leonardo0'])

    def test_proof_is_swallowed(self):
        """As by a boot loader that is slow to leave."""
        self.leonardo.swallows = 1
        replies = self.flash(firmware='led')
        self.assertEqual(replies[-1]['answer'], 'OK')
        self.assertEqual(self.leonardo.swallows, 0)

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
