# SPDX-License-Identifier: MIT
"""`picoctl sample --every 100ms` for an hour, beside others who use the board.

There is a row for each tenth of a second, none is late by more than a period
unless it is a gap, and the last ones are no later than the first were.

PICOD_SAMPLE_S is how long, in seconds.
"""

import csv
import datetime
import os
import statistics
import subprocess
import sys
import threading
import unittest

import picod
from boards import MicroPython

SAMPLE_S = int(os.environ.get('PICOD_SAMPLE_S', '3600'))
PERIOD_S = 0.1
# What one of the others asks for, and how long it thinks in between.
OTHERS = {'2 + 2': 0.05, 'sum(range(200))': 0.2, "'x' * 2000": 1}
DRIFT_S = 0.02


class Sample(picod.Case):
    def setUp(self):
        board = self.board(MicroPython())
        self.p = self.picod(pico0=f'unix:{board.path}')
        self.p.send('n = [0]\ndef count():\n n[0] += 1\n return n[0]\n')
        self.over = threading.Event()

    def others(self):
        """Those who ask, until it is over; how many answers they got."""
        answers = []

        def ask(text, pause_s):
            while not self.over.wait(pause_s):
                self.p.send(text)
                answers.append(text)

        threads = [threading.Thread(target=ask, args=each)
                   for each in OTHERS.items()]
        for thread in threads:
            thread.start()
            self.addCleanup(thread.join)
        self.addCleanup(self.over.set)
        return answers

    def test_an_hour(self):
        answers = self.others()
        done = subprocess.run(
            [picod.PICOCTL, 'sample', 'count()', '--every',
             f'{round(PERIOD_S * 1000)}ms', '--for', f'{SAMPLE_S}s'],
            env=self.p.client_environment(), capture_output=True, text=True,
            timeout=SAMPLE_S + picod.PATIENCE_S, check=False)
        self.over.set()
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = list(csv.reader(done.stdout.splitlines()))[1:]
        self.judge(rows, len(answers))

    def judge(self, rows, answers):
        times = [datetime.datetime.strptime(row[0], '%Y-%m-%dT%H:%M:%S.%f%z')
                 .timestamp() for row in rows]
        values = [row[1] for row in rows]
        late = [time - times[0] - i * PERIOD_S for i, time in enumerate(times)]
        tenth = max(len(rows) // 10, 1)
        drift = statistics.median(late[-tenth:]) - \
            statistics.median(late[:tenth])
        gaps = values.count('')
        print(f'{len(rows)} rows in {SAMPLE_S} s, {gaps} gaps, the latest by '
              f'{max(late) * 1000:.0f} ms, drift {drift * 1000:.1f} ms, beside '
              f'{answers} answers to others', file=sys.stderr)
        self.assertEqual(len(rows), SAMPLE_S / PERIOD_S)
        self.assertGreater(answers, SAMPLE_S)
        self.assertLess(gaps, len(rows) / 10)
        self.assertLess(abs(drift), DRIFT_S)
        for value, seconds in zip(values, late):
            self.assertTrue(value == '' or seconds <= PERIOD_S, seconds)
        counted = [int(value) for value in values if value]
        self.assertEqual(counted, sorted(set(counted)))


if __name__ == '__main__':
    unittest.main()
