# SPDX-License-Identifier: MIT
"""What the tests of flashing share: boards on a USB bus without hardware."""

import base64
import contextlib
import os

from picod import FIRMWARE, Case, PicodError
from uno import OPTIBOOT
from usbbus import UsbBus, UsbUno

PIECE = 512 * 1024


def image(name):
    with open(os.path.join(FIRMWARE, name), 'rb') as file:
        return file.read()


def hex_bytes(text):
    """What an Intel HEX puts at address 0 and on."""
    data = bytearray()
    for line in text.decode().split():
        record = bytes.fromhex(line[1:])
        if record[3] == 0:
            data[int.from_bytes(record[1:3], 'big'):] = record[4:-1]
    return bytes(data)


def children(pid):
    """The processes whose parent this is."""
    path = f'/proc/{pid}/task/{pid}/children'
    with open(path) as file:
        return file.read().split()


def upload(connection, data):
    size = 0
    for start in range(0, max(len(data), 1), PIECE):
        piece = base64.b64encode(data[start:start + PIECE]).decode()
        size = connection.call('Upload', data=piece, at=start)['size']
    return size


class FlashCase(Case):
    def setUp(self):
        self.bus = self.enterContext(UsbBus())

    def picod(self, *arguments, env=None, **options):
        return super().picod(*arguments, env=self.bus.environment({
            'PICOD_FIRMWARE': FIRMWARE, **(env or {})}), **options)

    def start(self, config=None, env=None, identity=None, **options):
        """An Uno with nothing but its boot loader, and its picod."""
        options.setdefault('boot', OPTIBOOT)
        uno = UsbUno(self.bus, **options)
        uno.identity.update(identity or {})
        self.uno = self.board(uno)
        self.p = self.picod(config=config, env=env)
        return self.p

    def flash(self, data=None, **parameters):
        """All replies to Flash.

        A test machine that stood still, so that the simulated chip was too
        late for its boot loader, is forgiven once.
        """
        before = self.lag_ms()
        try:
            return self.flash_once(data, **parameters)
        except PicodError as error:
            if error.name != 'FlashFailed' or self.lag_ms() - before < 50:
                raise
        return self.flash_once(data, **parameters)

    def flash_once(self, data, **parameters):
        with self.p.connect() as connection:
            if data is not None:
                self.assertEqual(upload(connection, data), len(data))
            return list(connection.stream('Flash', **parameters))

    def lag_ms(self):
        uno = getattr(self, 'uno', None)
        return uno.counters()['lag_ms'] if uno else 0

    def assert_whole(self, replies):
        """The stages come in order, and the percents of each go up."""
        order = ['preparing', 'writing', 'verifying', 'starting', 'ready']
        stages = [order.index(reply['stage']) for reply in replies]
        self.assertEqual(stages, sorted(stages), replies)
        self.assertEqual(set(stages), set(range(5)), replies)
        for stage in ('writing', 'verifying'):
            percents = [reply['percent'] for reply in replies
                        if reply['stage'] == stage]
            self.assertEqual(percents, sorted(percents))
            self.assertEqual((percents[0], percents[-1]), (0, 100))

    def flash_until(self, condition, action, **parameters):
        """Flashes, and acts once when condition holds of a reply."""
        done = False
        parameters.setdefault('firmware', 'led')
        for reply in self.connect(self.p).stream('Flash', **parameters):
            if not done and condition(reply):
                done = True
                action()
        self.assertTrue(done)

    def failing(self, words, *, condition, action,
                stages=('writing', 'verifying')):
        with self.fails('FlashFailed') as caught:
            self.flash_until(condition, action)
        self.assertIn(caught.exception['stage'], stages)
        self.assertIn(words, caught.exception['message'])
        return caught.exception

    @staticmethod
    def written(percent):
        return lambda reply: (reply['stage'] == 'writing' and
                              reply['percent'] >= percent)

    def assert_flashes(self):
        """A try succeeds."""
        replies = self.flash(firmware='led')
        self.assertEqual(replies[-1]['stage'], 'ready')
        self.assertEqual(self.p.call('Send', text='c1')['status'], 'OK')
        self.assert_served()

    def assert_served(self):
        """The board is picod's again, and no child is left."""
        self.assertNotEqual(self.p.board()['state'], 'flashing')
        self.assertEqual(children(self.p.pid), [])
        folder = f'/proc/{self.p.pid}/fd'
        links = []
        for fd in os.listdir(folder):
            with contextlib.suppress(FileNotFoundError):    # closed by now
                links.append(os.readlink(os.path.join(folder, fd)))
        left = [link for link in links if '(deleted)' in link or
                link.endswith('.hex') or      # one end of a pipe: a child's
                link.startswith('pipe:') and links.count(link) == 1]
        self.assertEqual(left, [])
