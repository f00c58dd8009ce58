#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""PinServer on an Uno: reports, alone and while commands run."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../boards'))

from pinbench import BenchTest  # noqa: E402

QUEUED = 24 + 1         # reports that may wait at any time


class ReportTest(BenchTest):
    MODEL = 'uno'

    def toggle(self, pin, period_us, count):
        """From the next step on, the pin goes high and low in turn."""
        self.bench.order('toggle', pin, 1, period_us, period_us, count)

    def test_changes(self):
        self.bench.order('drive', 3, 0)
        self.bench.order('drive', 5, 0)
        self.command('w0305')
        self.assertEqual([self.report(), self.report()], ['l030', 'l050'])
        self.bench.order('drive', 5, 1)
        self.assertEqual(self.report(), 'l051')
        self.bench.order('drive', 3, 1)
        self.assertEqual(self.report(), 'l031')
        self.command('k05')
        self.bench.order('drive', 5, 0)
        self.bench.order('drive', 3, 0)
        self.assertEqual(self.report(), 'l030')
        self.command('k')
        self.bench.order('drive', 3, 1)
        self.run_for(5000)
        self.assertEqual(self.reports, [])
        self.refused('w', 'w0', 'w00', 'w0300', 'w14', 'k14', 'k3', 'k00F')

    def test_ten_thousand_changes_while_commands_run(self):
        """None is lost, none is out of order, none is taken for an answer."""
        count = 10000
        self.bench.order('drive', 6, 0)
        self.bench.order('analog', 0, 0x2a5)
        self.command('w06')
        self.assertEqual(self.report(), 'l060')
        self.toggle(6, 1000, count)
        commands = (('r06', ('r0', 'r1')), ('a0E', ('a02A5',)), ('n0D', None),
                    ('q0D', ('q02C7',)), ('j', None), ('p0980', None))
        asked = seen = 0
        while seen < count:
            text, values = commands[asked % len(commands)]
            asked += 1
            self.send(text + '\n')
            if values:
                self.assertIn(self.token(), values)
            self.assertEqual(self.token(), 'RR' if text == 'j' else 'OK')
            for report in self.reports:
                self.assertEqual(report, f'l06{1 - seen % 2}')
                seen += 1
            self.reports = []
        self.assertEqual(seen, count)
        self.assertGreater(asked, 5000)
        self.run_for(100000)
        self.assertEqual(self.reports, [])

    def test_every(self):
        """Reports keep their rate in the mean, whatever else goes on."""
        self.bench.order('drive', 3, 1)
        self.bench.order('drive', 4, 0)
        self.command('e030005040064')
        self.run_for(1000000)
        self.assertIn(self.reports.count('l031'), (200, 201))
        self.assertIn(self.reports.count('l040'), (10, 11))
        self.assertLessEqual(set(self.reports), {'l031', 'l040'})
        self.command('k03')
        self.reports = []
        self.run_for(100000)
        self.assertEqual(self.reports, ['l040'])
        self.reports = []
        self.refused('e', 'e03', 'e03000', 'e030000', 'e03000A040000',
                     'e000001')

    def test_gauge(self):
        self.bench.order('analog', 2, 0x100)
        self.command('g1000010010')
        self.assertEqual(self.report(), 'v100100')
        self.bench.order('analog', 2, 0x10f)
        self.run_for(10000)
        self.bench.order('analog', 2, 0x110)
        self.assertEqual(self.report(), 'v100110')
        self.bench.order('analog', 2, 0x100)
        self.assertEqual(self.report(), 'v100100')
        self.command('g100002')
        self.reports = []
        self.run_for(200000)
        self.assertIn(len(self.reports), (99, 100, 101))
        self.assertEqual(set(self.reports), {'v100100'})
        self.command('k10')
        self.reports = []
        self.refused('g', 'g10', 'g100', 'g100000', 'g020001', 'g1000010',
                     'g10000100100', 'g1000000001')

    def test_a_pin_has_one_watch(self):
        self.bench.order('drive', 3, 0)
        self.command('w03')
        self.assertEqual(self.report(), 'l030')
        self.command('e030064')
        self.assertEqual(self.report(), 'l030')
        self.bench.order('drive', 3, 1)
        self.run_for(50000)
        self.assertEqual(self.reports, [])
        self.assertEqual(self.report(), 'l031')

    def test_there_is_a_limit_of_watches(self):
        pins = range(2, 18)
        for pin in pins:
            self.bench.order('drive', pin, 0)
        self.command('w' + ''.join(f'{pin:02X}' for pin in pins))
        self.assertEqual([self.report() for _ in pins],
                         [f'l{pin:02X}0' for pin in pins])
        self.refused('w12', 'e120001', 'g120001', 'w0212')
        self.command('w02')
        self.assertEqual(self.report(), 'l020')
        self.command('k02')
        self.bench.order('drive', 18, 0)
        self.command('w12')
        self.assertEqual(self.report(), 'l120')

    def test_what_is_lost_is_counted(self):
        """More than the line carries: twice as much, for half a second."""
        count = 2500
        self.bench.order('drive', 6, 0)
        self.command('w06')
        self.assertEqual(self.report(), 'l060')
        self.toggle(6, 200, count)
        self.run_for(count * 200 + 200000)
        seen = [report for report in self.reports if report[0] == 'l']
        lost = sum(int(report[1:], 16) for report in self.reports
                   if report[0] == 'o')
        self.reports = []
        self.assertEqual(len(seen) + lost, count)
        self.assertGreater(lost, 1000)
        self.assertGreater(len(seen), 1000)
        self.ask('r06', 'r0')

    def test_what_a_busy_board_misses_is_counted(self):
        self.command('e03000A')
        self.report()
        self.send('u04101F4\n')
        self.assertEqual(self.token(), 'RR')
        self.run_for(30000)
        lost = [int(report[1:], 16) for report in self.reports
                if report[0] == 'o']
        self.assertEqual(len(lost), 1)
        self.assertIn(lost[0], (48, 49, 50))
        self.command('k')
        self.reports = []

    def test_quiet_means_quiet(self):
        """Nothing of a pin is said after the OK to its k."""
        self.bench.order('drive', 6, 0)
        self.command('w06')
        self.toggle(6, 200, 200)
        self.run_for(20000)
        self.command('k06')
        self.reports = []
        self.run_for(40000)
        self.assertEqual([report for report in self.reports
                          if report[0] == 'l'], [])
        self.reports = []

    def test_commands_are_not_held_up_by_reports(self):
        """While reports fill the line, an answer waits for one of them."""
        for pin in (14, 15, 16):
            self.command(f'g{pin:02X}0001')
        self.run_for(100000)
        for _ in range(20):
            before = self.bench.stat()['cycles']
            self.ask('r0D', 'r0')
            took_us = (self.bench.stat()['cycles'] - before) / 16
            self.assertLess(took_us, 9000)
        self.command('k')
        self.reports = []

    def test_pipelined_commands(self):
        """As many as the chip's buffer holds may be on their way."""
        for _ in range(50):
            self.send('n0D\nr0D\nf0D\nr0D\n' * 3)
            for _ in range(3):
                self.assertEqual([self.token() for _ in range(6)],
                                 ['OK', 'r1', 'OK', 'OK', 'r0', 'OK'])


if __name__ == '__main__':
    unittest.main()
