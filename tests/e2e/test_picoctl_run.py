# SPDX-License-Identifier: MIT
"""Programs with arguments, on a board that runs real firmware."""

import signal
import subprocess
import tempfile
import unittest

import picod
from boards import MicroPython
from folder import Folder


class Run(Folder, picod.Case):
    def setUp(self):
        self.p = self.picod(b=f'unix:{self.board(MicroPython()).path}')
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.here = folder.name
        self.write('a.py', b'import sys\nprint(sys.argv)\n')

    def run_it(self, *words, status=0, **more):
        done = self.p.picoctl(*words, cwd=self.here, **more)
        self.assertEqual(done.returncode, status, done)
        return done.stdout

    def begin(self, *words):
        process = subprocess.Popen(
            [picod.PICOCTL, *words], cwd=self.here, text=True,
            env=self.p.client_environment(), stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def check_no_arguments(self):
        self.assertEqual(self.run_it('run', 'a.py'), '[]\n')

    def test_run_with_arguments(self):
        self.write('f.py', b'import sys\nprint(sys.argv, __name__)\n1/0\n')
        done = self.p.picoctl('run', 'f.py', 'x', '-y', cwd=self.here)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "['f.py', 'x', '-y'] __main__\n")
        self.assertIn('line 3', done.stderr)
        self.check_no_arguments()

    def test_arguments_of_who_is_killed(self):
        self.write('long.py', b'print("begun")\nwhile True: pass\n')
        process = self.begin('run', 'long.py', 'x')
        self.assertEqual(process.stdout.readline(), 'begun\n')
        process.send_signal(signal.SIGKILL)
        self.check_no_arguments()

    def test_arguments_under_a_hold(self):
        self.assertEqual(self.run_it(
            'hold', 'sh', '-c', '"$PICOCTL" run a.py x; "$PICOCTL" run a.py',
            env={'PICOCTL': picod.PICOCTL}), "['a.py', 'x']\n[]\n")

    def test_waits_for_the_board_as_without_arguments(self):
        with self.p.connect() as holder:
            holder.call('Hold')
            self.run_it('run', '--wait', '0', 'a.py', 'x', status=6)
            process = self.begin('run', 'a.py', 'x')
            self.until(lambda: self.p.board()['waiting'] == 1)
            holder.call('Drop')
            self.assertEqual(process.communicate(timeout=picod.PATIENCE_S)[0],
                             "['a.py', 'x']\n")


if __name__ == '__main__':
    unittest.main()
