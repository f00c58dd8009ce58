# SPDX-License-Identifier: MIT
"""Who watches boards while picod is ended in an orderly way, and started anew."""

import csv
import datetime
import os
import subprocess
import sys
import unittest

import picod
from boards import ROOT
from uno import Uno


class Restarts(picod.Case):
    def setUp(self):
        uno = self.board(Uno(sketch=os.path.join(
            picod.FIRMWARE, 'uno-prints-9600.hex')))
        self.p = self.picod(u=f'{uno.path},baud=9600')

    def begin(self, *argv):
        """A program, with what it prints by lines."""
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.PIPE, env=picod.clean_environment(
                PICOD_SOCKET=self.p.path, TZ='UTC',
                PYTHONPATH=os.path.join(ROOT, 'client/python')))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_logged(self, log, since):
        """Until a line is logged that the board began after that."""
        for _, board, line in csv.reader(
                row for row in log.stdout if row > since):
            self.assertEqual((board, line), ('u', 'temp 20.50'))
            return
        self.fail(log.stderr.read())

    def test_log_goes_on(self):
        for words in ([], ['-b', 'u']):
            with self.subTest(words):
                log = self.begin(picod.PICOCTL, 'log', *words)
                self.wait_logged(log, '')
                self.assertEqual(self.p.terminate(), 0)
                self.p.start()
                self.wait_logged(log, datetime.datetime.now(
                    datetime.timezone.utc).isoformat()[:23])

    def test_others_say_that_it_ended(self):
        watching = [self.begin(picod.PICOCTL, *words) for words in (
            ['watch'], ['trace', '-b', 'u'], ['watch', '--lines', '--json'])]
        program = self.begin(sys.executable, '-uc', '''
import picoctl
try:
    for line in picoctl.board('u').lines():
        print(line)
except picoctl.ConnectionLost as error:
    print(error)
''')
        for process in (*watching, program):
            self.assertTrue(process.stdout.readline())
        self.assertEqual(self.p.terminate(), 0)
        ends = [process.communicate() for process in (*watching, program)]
        self.assertEqual([process.returncode for process in watching],
                         [3, 3, 3])
        for _, said in ends[:2]:
            self.assertEqual(said, 'picoctl: picod has ended\n')
        self.assertIn('"io.picod.Disconnected"', ends[2][0])
        self.assertEqual(ends[3][0].splitlines()[-1], 'picod has ended')
        self.p.start()


if __name__ == '__main__':
    unittest.main()
