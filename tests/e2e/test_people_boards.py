# SPDX-License-Identifier: MIT
"""Every board that people have, plugged in: people_boards.txt.

On a USB bus without hardware; what is asked is what picod makes of each by what
it says it is, before anybody sends anything.  That takes a minute, so check has
some of them here, and all in tests/unit/test_people_boards.c.
"""

import os
import re
import unittest

import usb
from usbplayed import Persona, Played

HERE = os.path.dirname(os.path.abspath(__file__))
LIST = os.path.join(HERE, 'people_boards.txt')
TABLE = os.path.join(HERE, '../../daemon/usb/boards.txt')

PYTHONS = {
    'MicroPython': {'manufacturer': 'MicroPython', 'interface': 'Board CDC',
                    'product': 'Board in FS mode'},
    'CircuitPython': {'interface': 'CircuitPython CDC control'},
    'data': {'interface': 'CircuitPython CDC2 control'},
}
# What is said of what picod does not write itself.
OFFERS = {'drive': 'to the drive that it shows',
          '-': 'picod cannot tell what kind of board it is; tell it by '
               '"sudo picoctl adopt PORT NAME --flasher nano"'}


def rows(path):
    with open(path, encoding='ascii') as file:
        return [line.split() for line in file
                if line.strip() and not line.startswith('#')]


class Deaf(Persona):
    """Hears, and says nothing."""

    def __init__(self, identity):
        super().__init__()
        self.identity = identity
        self.heard = b''

    def hear(self, data):
        self.heard += data
        return b''


class PeopleBoards(usb.Case):

    def plug(self, place, identity, port, says):
        vid, pid = identity.split(':')
        words = {'vid': vid, 'pid': pid, 'serial': 's' + pid}
        if says in PYTHONS:
            words.update(PYTHONS[says])
        elif says != '-':
            words['product'] = says.replace('_', ' ')
        if port != '-':
            words.update(tty=port, driver='ch341-uart' if 'USB' in port
                         else 'cdc_acm')
        board = Played(self.bus, Deaf(words), place)
        board.start()
        return board

    def offered(self, p, name, flasher):
        if flasher in ('avrdude', 'picotool'):
            p.call('ListFirmware', board=name)
            return
        with self.fails('Unsupported') as caught:
            p.call('ListFirmware', board=name)
        said = caught.exception['message']
        self.assertIn(OFFERS.get(flasher, flasher), said)
        if flasher not in OFFERS:
            self.assertIn(f'picoctl lend -b {name} -- ', said)

    def there(self, p):
        """What is plugged in; names are remembered, those that are gone too."""
        return [b for b in p.call('ListBoards')['boards']
                if b['state'] != 'absent']

    def check(self, p, place, row):
        identity, port, says, name, state, language, flasher = row
        self.until(lambda: [b['state'] for b in self.there(p)] == [state])
        board, = self.there(p)
        # The first of its kind has 0, others here may have had it before.
        self.assertRegex(board['name'], name if state == 'unclaimed' else
                         name.rstrip('0') + r'\d+$')
        if port != '-':
            self.assertEqual(board['port'], '/dev/' + port)
        if language != '-':
            self.assertEqual(board['driver'], language)
        if state == 'unclaimed':
            self.assertRegex(
                board['problem'], f'sudo picoctl adopt {port} NAME$|'
                f'match = {identity} path:pci-0000:00:14.0-usb-0:{place[-1]}')
        self.offered(p, board['name'], flasher)

    def test_each_is_what_it_is(self):
        """Name, state, language, port, and by what it is flashed; no bytes."""
        p = self.picod()
        step = 1 if os.environ.get('PICOD_LONG') else 17
        for row in rows(LIST)[::step]:
            # Where something was, a boot loader is that.
            place = '1-3' if row[4] == 'unclaimed' else '1-2'
            with self.subTest(row=row):
                board = self.plug(place, *row[:3])
                try:
                    self.check(p, place, row)
                    self.assertEqual(board.persona.heard, b'')
                finally:
                    board.stop()
                    self.until(lambda: not self.there(p))

    def test_every_row_of_the_table_is_among_them(self):
        met = set()
        table = [row[0] for row in rows(TABLE)]
        for identity, *_ in rows(LIST):
            fits = [t for t in table
                    if re.fullmatch(t.replace('?', '.'), identity)]
            met.update(sorted(fits, key=lambda t: t.replace('?', ' '))[-1:])
        self.assertEqual(set(table) - met, set())


if __name__ == '__main__':
    unittest.main()
