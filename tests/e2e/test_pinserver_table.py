#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""PinServer's table against everything that must agree with it.

commands.def is compiled into the firmware and the host; here the firmware is
asked whether it takes what the table says and nothing else, and the manual and
the README are read.
"""

import os
import re
import string
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../boards'))

import pinserver_table  # noqa: E402
from boards import ROOT  # noqa: E402
from pinbench import BenchTest  # noqa: E402
from pinserver import REPORTS  # noqa: E402

TABLE = pinserver_table.read()
LETTERS = [command.letter for command in TABLE['COMMAND']]

# Parameters that an Uno accepts, for each command; the first with nothing that
# may be left out, then with all of it, or with several groups.
SAMPLES = {
    'a': ('0E', '0E0F'),
    'b': (),                            # not on an Uno
    'c': ('0064',),
    'd': ('003E8',),
    'e': ('020064', '0200640300C8'),
    'f': ('02', '0203'),
    'g': ('0E0064', '0E00640001'),
    'i': ('',),
    'k': ('', '02', '0203'),
    'm': ('020', '020032'),
    'n': ('02', '0203'),
    'p': ('0380', '03800540'),
    'q': ('02', '0203'),
    'r': ('02', '0203'),
    's': ('0205DC', '0205DC0305DC'),
    't': ('0801B8', '0801B80001'),
    'u': ('0210001',),
    'w': ('02', '0203'),
    'x': ('0A00', '0A0001'),
    'y': ('5000', '500100', '50010001'),
    'z': ('',),
}

WIDTHS = {'n': 1, 'b': 2, 'p': 2, 'w': 4}


def lengths(shape):
    """The numbers of digits that a shape allows, up to 40."""
    fixed, mark, group = re.fullmatch(r'([a-z]*)([?+*]?)([a-z]*)',
                                      shape).groups()
    head = sum(WIDTHS[kind] for kind in fixed)
    each = sum(WIDTHS[kind] for kind in group)
    if mark == '':
        return {head}
    if mark == '?':
        return {head, head + each}
    first = head + each if mark == '+' else head
    return set(range(first, 41, each))


class TableTest(unittest.TestCase):
    def test_letters(self):
        reports = [report.letter for report in TABLE['REPORT']]
        self.assertEqual(len(set(LETTERS + reports)),
                         len(LETTERS) + len(reports))
        self.assertLessEqual(set(LETTERS + reports),
                             set(string.ascii_lowercase))
        self.assertEqual(set(reports), set(REPORTS))
        self.assertEqual(LETTERS, sorted(LETTERS))

    def test_usage_has_the_shape(self):
        """The digits in "ePPTTTT..." are those of "+pw"."""
        for entry in TABLE['COMMAND'] + TABLE['REPORT']:
            usage = entry.usage.replace('...', '')
            self.assertEqual(usage[0], entry.letter)
            long = len(re.sub(r'[\[\]]', '', usage)) - 1
            short = len(re.sub(r'\[.*\]', '', usage)) - 1
            allowed = lengths(entry.shape)
            self.assertEqual(short, min(allowed), entry)
            self.assertIn(long, allowed, entry)
            self.assertEqual('...' in entry.usage,
                             bool(re.search('[+*]', entry.shape)), entry)

    def test_names_are_used_once(self):
        names = [entry.name for entry in TABLE['COMMAND'] + TABLE['REPORT']]
        self.assertEqual(len(set(names)), len(names))
        words = [word.word for word in TABLE['WORD']]
        self.assertEqual(len(set(words)), len(words))

    def test_every_command_has_a_word(self):
        self.assertEqual({word.letter for word in TABLE['WORD']},
                         set(LETTERS))
        modes = {word.word for word in TABLE['WORD'] if word.letter == 'm'}
        self.assertEqual(modes, {mode.word for mode in TABLE['MODE']})

    def test_capabilities_are_bits(self):
        bits = [int(entry.bit, 16) for entry in TABLE['CAPABILITY']]
        self.assertEqual(sum(bits), (1 << len(bits)) - 1)
        names = {'PIN_CAN_' + entry.name for entry in TABLE['CAPABILITY']}
        needs = {command.needs for command in TABLE['COMMAND']} | {
            mode.needs for mode in TABLE['MODE']}
        self.assertLessEqual(needs - {'0'}, names)

    def test_manual(self):
        """Each entry, in order, with its words and no others."""
        with open(os.path.join(ROOT, 'firmware/pinserver.7'),
                  encoding='utf-8') as file:
            manual = file.read()
        found = re.findall(r'^\.It (?:Ic|Cm) (.*)\n((?:[^.\n].*\n)+)', manual,
                           re.MULTILINE)
        wanted = [(entry.usage, entry.help)
                  for entry in TABLE['COMMAND'] + TABLE['REPORT']]
        wanted += [(f'{word.usage} Pq Ic {word.letter}', word.help)
                   for word in TABLE['WORD']]
        self.assertEqual(
            [(usage, ' '.join(text.split())) for usage, text in found],
            [(usage, help[0].upper() + help[1:] + '.')
             for usage, help in wanted])
        for entry in TABLE['CAPABILITY']:
            self.assertIn(f'.It {int(entry.bit, 16):04X} Ta {entry.word}\n',
                          manual)

    def test_readme(self):
        with open(os.path.join(ROOT, 'firmware/arduino/PinServer/README.md'),
                  encoding='utf-8') as file:
            rows = {line.strip() for line in file if line.startswith('|')}
        for entry in TABLE['COMMAND'] + TABLE['REPORT']:
            self.assertIn(f'| `{entry.usage}` | {entry.help} |', rows)
        for word in TABLE['WORD']:
            self.assertIn(f'| `{word.usage}` | `{word.letter}` | '
                          f'{word.help} |', rows)
        for entry in TABLE['CAPABILITY']:
            self.assertIn(f'| `{int(entry.bit, 16):04X}` | {entry.word} |',
                          rows)


class FirmwareTest(BenchTest):
    MODEL = 'uno'

    def status(self, text):
        self.send(text + '\n')
        token = self.token()
        if token not in ('OK', 'RR'):
            self.assertEqual(token[0], text[0])
            token = self.token()
        return token

    def test_samples_are_complete(self):
        self.assertEqual(sorted(SAMPLES), LETTERS)
        for command in TABLE['COMMAND']:
            for sample in SAMPLES[command.letter]:
                self.assertIn(len(sample), lengths(command.shape))

    def test_other_letters_are_refused(self):
        for letter in sorted(set(string.ascii_lowercase) - set(LETTERS)):
            for digits in ('', '0', '02', '020', '0200', '020064'):
                self.assertEqual(self.status(letter + digits), 'RR')

    def test_shapes(self):
        """Every number of digits: done or refused, as the table says."""
        for command in TABLE['COMMAND']:
            allowed = lengths(command.shape)
            for sample in SAMPLES[command.letter]:
                self.status('z')
                wanted = 'RR' if command.letter == 'u' else 'OK'
                self.assertEqual(self.status(command.letter + sample), wanted,
                                 command)
                self.status('z')
            longest = max(SAMPLES[command.letter] or ('B007',), key=len) + '0'
            for count in range(len(longest) + 1):
                if count not in allowed:
                    self.assertEqual(
                        self.status(command.letter + longest[:count]), 'RR',
                        (command, count))
            self.reports = []

    def test_pins_need_the_capability(self):
        """The same command at a pin that has nothing, 0, and at none, 20."""
        for command in TABLE['COMMAND']:
            fixed = command.shape.lstrip('+*')
            if not fixed.startswith('p') or not SAMPLES[command.letter]:
                continue
            rest = max(SAMPLES[command.letter], key=len)[2:]
            if command.needs != '0' or command.letter == 'm':
                self.assertEqual(self.status(command.letter + '00' + rest),
                                 'RR', command)
            self.assertEqual(self.status(command.letter + '14' + rest), 'RR',
                             command)

    def test_capabilities_are_what_the_pins_can_do(self):
        """q says it of each pin, and that is what it can be made to do."""
        bits = {'PIN_CAN_' + entry.name: int(entry.bit, 16)
                for entry in TABLE['CAPABILITY']}
        parameters = {'a': '', 'e': '0064', 'f': '', 'g': '0064', 'n': '',
                      'p': '80', 'r': '', 's': '05DC', 't': '01B8', 'w': '',
                      'u': '10001'}
        for pin in range(20):
            self.send(f'q{pin:02X}\n')
            can = int(self.token()[1:], 16)
            self.assertEqual(self.token(), 'OK')
            for command in TABLE['COMMAND']:
                if command.needs == '0' or command.letter == 'u':
                    continue
                text = f'{command.letter}{pin:02X}' + \
                    parameters[command.letter]
                self.assertEqual(
                    self.status(text),
                    'OK' if can & bits[command.needs] else 'RR', text)
                self.status('z')
            for mode in TABLE['MODE']:
                text = f'm{pin:02X}{mode.digit}'
                self.assertEqual(self.status(text),
                                 'OK' if can & bits[mode.needs] else 'RR',
                                 text)
            self.reports = []


if __name__ == '__main__':
    unittest.main()
