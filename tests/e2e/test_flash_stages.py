#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What may happen while a board is flashed, at each of its stages.

picod ends, its configuration changes, the board is pulled, the client leaves;
a second board is there all the time.
"""

import os
import signal
import unittest

from flash import FlashCase, children, image, upload
from picod import Closed, PicodError, limit
from usbplayed import Leonardo, PiSerial, Played, Sketch

CONFIG = '''[board leo]
match = 2341:80*
driver = {driver}
part = m32u4
programmer = avr109

[board other]
match = 2341:0043
driver = piserial
'''

STAGES = ('reading', 'preparing', 'waiting', 'writing', 'verifying',
          'starting', 'listening')


class Other(PiSerial):
    identity = {'tty': 'ttyACM90', 'vid': '2341', 'pid': '0043',
                'driver': 'cdc_acm', 'serial': '1234'}

    def obey(self, command):
        return b'OK'


class StageTest(FlashCase):
    def setUp(self):
        super().setUp()
        self.leonardo = self.board(Leonardo(self.bus))
        other = Played(self.bus, None, '1-3')
        other.persona = Other(other)
        self.board(other)
        self.p = self.picod(config=CONFIG.format(driver='piserial'))
        watcher = self.watch(self.p)
        for name in ('leo', 'other'):
            watcher.wait(board=name, state='listening')

    def act_at(self, stage, action):
        """Flashes, and acts once at that stage; the last reply or the error."""
        connection = self.connect(self.p)
        watcher = self.watch(self.p, board='leo')
        parameters = {'board': 'leo', 'more': True}
        if stage in ('reading', 'listening'):
            blank = limit('IMAGE') // 2 if stage == 'reading' else 0
            upload(connection, image('leonardo-led.hex') + blank * b'\n')
        else:
            parameters['firmware'] = 'led'
        self.leonardo.deaf = stage == 'waiting'
        connection.send('Flash', **parameters)
        done = stage == 'reading'
        if done:
            action(connection)
        reply = None
        try:
            for reply in connection.receive_all():
                seen = {'listening': 'starting',
                        'waiting': 'preparing'}.get(stage, stage)
                if done or reply['stage'] != seen:
                    continue
                done = True
                if stage == 'waiting':
                    self.until(lambda: self.leonardo.touches)
                if stage == 'listening':
                    watcher.wait(state='flashing')
                    watcher.wait(state='listening')
                action(connection)
        except (PicodError, Closed, OSError) as error:
            reply = error
        self.assertTrue(done)
        self.leonardo.deaf = False
        return reply

    def nobody_flashes(self):
        """Nobody speaks to the boot loader any more, which takes no 8 s."""
        self.until(lambda: not children(self.p.pid))
        self.leonardo.do(self.leonardo.give_up)

    def assert_usable(self):
        """Both boards serve, and nobody else is at their ports."""
        for name in ('leo', 'other'):
            self.assertEqual(self.p.call('Send', text='c1', board=name,
                                         wait=60000)['status'], 'OK')
        self.assertEqual(children(self.p.pid), [])

    def assert_flashes(self):
        """And the one is flashed again."""
        replies = self.flash(firmware='led', board='leo', wait=60000)
        self.assertEqual(replies[-1]['stage'], 'ready')
        self.assert_usable()

    def picod_ends(self, stage):
        self.act_at(stage, lambda _: self.assertEqual(self.p.terminate(), 0))
        self.p.start()
        self.nobody_flashes()
        self.assert_usable()

    def reconfigure(self, text):
        """By SIGHUP; a boot loader that was awaited comes thereafter."""
        with open(self.p.config, 'w') as file:
            file.write(text)
        os.kill(self.p.pid, signal.SIGHUP)
        self.until(lambda: 'was read again' in self.p.log())
        if self.leonardo.deaf:
            self.leonardo.do(self.leonardo.visit)

    def section_changes(self, stage):
        """The flash ends as if nothing had happened; then the change counts."""
        reply = self.act_at(stage, lambda _: self.reconfigure(
            CONFIG.format(driver='repl')))
        self.assertEqual(reply['stage'], 'ready')
        self.until(lambda: self.p.board('leo')['driver'] == 'repl')

    def section_goes(self, stage):
        """Likewise; then it is a board that nobody configured."""
        reply = self.act_at(stage, lambda _: self.reconfigure(''))
        self.assertEqual((reply['stage'], reply['board']), ('ready', 'leo'))
        self.watch(self.p, board='leonardo0').wait(state='listening')

    def unplugged(self, stage):
        """It is told, and the next try succeeds."""
        result = self.act_at(stage, lambda _: self.leonardo.do(
            lambda: self.leonardo.become(None)))
        if stage in ('preparing', 'waiting', 'writing', 'verifying'):
            self.assertEqual(result.name, 'FlashFailed')
        self.until(lambda: self.p.board('leo')['state'] == 'absent')
        self.leonardo.do(lambda: self.leonardo.become(Sketch(self.leonardo)))
        self.assert_flashes()

    def client_leaves(self, stage):
        self.act_at(stage, lambda connection: connection.close())
        self.nobody_flashes()
        self.assert_usable()

    def test_client_leaves_when_the_tool_is_born(self):
        """A signal for the tool is none for picod, whenever it comes."""
        for _ in range(20):
            with self.p.connect() as connection:
                connection.send('Flash', board='leo', firmware='led',
                                more=True)
                self.until(lambda: children(self.p.pid))
        self.nobody_flashes()
        self.assert_usable()


def at_each_stage(what):
    """A test for each, so that each begins with a board of its own."""
    for stage in STAGES:
        def test(self, stage=stage):
            getattr(self, what)(stage)
        setattr(StageTest, f'test_{what}_while_{stage}', test)


at_each_stage('picod_ends')
at_each_stage('section_changes')
at_each_stage('section_goes')
at_each_stage('unplugged')
at_each_stage('client_leaves')

if __name__ == '__main__':
    unittest.main()
