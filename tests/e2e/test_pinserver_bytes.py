#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""PinServer's bytes on the wire beside StandardFirmata's for the same.

Ours are counted on a simulated Uno.  Firmata's are its messages as protocol
2.x has them and as its sketch StandardFirmata answers on an Uno.  The table in
firmware/arduino/PinServer/README.md must be the outcome;

    test_pinserver_bytes.py --print

prints it.
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../boards'))

from boards import ROOT  # noqa: E402
from pinbench import BenchTest  # noqa: E402

README = os.path.join(ROOT, 'firmware/arduino/PinServer/README.md')
SKETCH_NAME = 'StandardFirmata.ino'
START, END = 0xf0, 0xf7


def sysex(command, *data):
    return bytes([START, command, *data, END])


def sevens(*values):
    """Bytes as Firmata's sysex messages carry them: two for each."""
    return [part for value in values for part in (value & 0x7f, value >> 7)]


def capabilities():
    """The answer to a capability query, for the 20 pins of an Uno."""
    answer = []
    for pin in range(20):
        if 2 <= pin:
            answer += [0x00, 1, 0x0b, 1, 0x01, 1]   # input, pull-up, output
        if pin >= 14:
            answer += [0x02, 10]                    # analogue
        if pin in (3, 5, 6, 9, 10, 11):
            answer += [0x03, 8]                     # PWM
        if 2 <= pin:
            answer += [0x04, 14]                    # servo
        if pin in (18, 19):
            answer += [0x06, 1]                     # I2C
        answer.append(0x7f)
    return sysex(0x6c, *answer)


MODE = bytes([0xf4, 13, 1])
ALL_PINS = ''.join(f'{pin:02X}' for pin in range(20))

# What for; our command; Firmata's message to the board, and from it.
ROWS = (
    ('set a pin high', 'n0D', bytes([0xf5, 13, 1]), b''),
    ('the same, the pin not being an output yet', 'n0D',
     MODE + bytes([0xf5, 13, 1]), b''),
    ('set six pins of one port high', 'n08090A0B0C0D',
     bytes([0x91, 0x3f, 0]), b''),
    ('input with pull-up', 'm022', bytes([0xf4, 2, 0x0b]), b''),
    ('PWM', 'p0980', bytes([0xe9, 0, 1]), b''),
    ('read a level once', 'r02', bytes([0xd0, 1, 0xd0, 0]),
     bytes([0x90, 0, 0])),
    ('read a voltage once', 'a0E', bytes([0xc0, 1, 0xc0, 0]),
     bytes([0xe0, 0, 0])),
    ('report changes of a level: begin', 'w02', bytes([0xd0, 1]), b''),
    ('report changes of a level: each', 'l021', None, bytes([0x90, 4, 0])),
    ('report a voltage every 100 ms: begin', 'g0E0064',
     sysex(0x7a, *sevens(100)) + bytes([0xc0, 1]), b''),
    ('report a voltage every 100 ms: each', 'v0E0155', None,
     bytes([0xe0, 0x55, 2])),
    ('a servo to 1500 us', 's0905DC', bytes([0xf4, 9, 4, 0xe9, 0x5c, 0x0b]),
     b''),
    ('I2C: write 2 bytes, then read 3', 'y50030010',
     sysex(0x76, 0x50, 0x00, *sevens(0, 0x10)) +
     sysex(0x76, 0x50, 0x08, *sevens(3)),
     sysex(0x77, *sevens(0x50, 0, 1, 2, 3))),
    ('what all pins can do', 'q' + ALL_PINS, sysex(0x6b), capabilities()),
    ('who it is', 'i', sysex(0x79),
     sysex(0x79, 2, 5, *sevens(*SKETCH_NAME.encode()))),
    ('a tone', 't0801B8', None, None),
    ('the length of a pulse', 'u02103E8', None, None),
    ('SPI: exchange 2 bytes', 'x0A0102', None, None),
)


def table(rows):
    """The rows (what, ours, to, from, theirs, to, from) as Markdown."""
    lines = ['| what for | PinServer | to | from | StandardFirmata | to | '
             'from |', '|---|---|--:|--:|---|--:|--:|']
    for row in rows:
        lines.append('| ' + ' | '.join(str(cell) for cell in row) + ' |')
    return '\n'.join(lines) + '\n'


def shown(message):
    text = message.hex(' ').upper()
    return f'`{text}`' if len(message) <= 12 else f'`{text[:20]} ...`'


class BytesTest(BenchTest):
    MODEL = 'uno'

    def count(self, command):
        """The bytes to and from the board for a command."""
        before = self.bench.stat()
        self.send(command + '\n')
        if command[0] == 'u':
            self.bench.order('toggle', 2, 1, 2000, 1000, 2)
        while self.token() not in ('OK', 'RR'):
            pass
        after = self.bench.stat()
        return (after['received'] - before['received'],
                after['sent'] - before['sent'])

    def rows(self):
        self.bench.order('drive', 2, 0)
        for what, command, request, answer in ROWS:
            name = command if len(command) < 16 else command[:8] + '...'
            if command[0] in 'lv':
                ours = '-', len(command) + 1
            else:
                ours = self.count(command)
            if command[0] in 'wg':
                self.report()
                self.command('k')
                self.reports = []
            if request is None and answer is None:
                theirs = 'not in it', '', ''
            else:
                theirs = (shown(request or answer),
                          '-' if request is None else len(request),
                          len(answer))
            yield (what, f'`{name}`', *ours, *theirs)

    def test_readme(self):
        with open(README, encoding='utf-8') as file:
            readme = file.read()
        self.assertIn(table(self.rows()), readme)

    def test_reports_are_as_long_as_the_table_says(self):
        self.command('w02')
        self.assertEqual(len(self.report()), len('l021'))
        self.command('g0E0064')
        self.assertEqual(len(self.report()), len('v0E0155'))
        self.command('k')


class Printer(BytesTest):
    def runTest(self):
        print(table(self.rows()), end='')


if __name__ == '__main__':
    if sys.argv[1:] == ['--print']:
        unittest.TextTestRunner(stream=open(os.devnull, 'w')).run(
            unittest.TestSuite([Printer()]))
    else:
        del Printer
        unittest.main()
