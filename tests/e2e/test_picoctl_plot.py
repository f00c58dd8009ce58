# SPDX-License-Identifier: MIT
"""The file that picoctl plot draws into."""

import os
import shutil
import tempfile
import unittest

from fake import FakePicod, event, picoctl, read


class Pictures(unittest.TestCase):
    """What becomes of the file of "plot -o", with a gnuplot that is played."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.fake = FakePicod(Send=lambda _: {'output': '1', 'boot': 1},
                              Watch=lambda _: iter([event('output', output='quiet\n')]))
        self.fake.__enter__()
        self.addCleanup(self.fake.__exit__)
        self.path = os.path.join(self.folder, 'x.svg')

    def gnuplot(self, script):
        program = os.path.join(self.folder, 'gnuplot')
        with open(program, 'w', encoding='utf-8') as file:
            file.write(f'#!/bin/sh\n{script}\n')
        os.chmod(program, 0o755)

    def plot(self, *words):
        """Its exit status and what it says; it sees no other gnuplot."""
        done = picoctl('-s', self.fake.path, 'plot', *words,
                       env={'PATH': self.folder})
        self.assertEqual(done.stdout, b'')
        return done.returncode, done.stderr.decode()

    def test_what_is_needed_is_looked_for_first(self):
        status, complaint = self.plot('x', '-o', self.path)
        self.assertEqual(status, 127)
        self.assertIn('apt install gnuplot-nox', complaint)
        self.gnuplot('exec /bin/cat')
        for path in (self.folder, '/nowhere/x.svg'):
            status, complaint = self.plot('x', '-o', path)
            self.assertEqual(status, 12)
            self.assertIn(f'cannot write {path}', complaint)
        self.assertEqual(self.fake.calls, [])
        self.assertEqual(os.listdir(self.folder), ['gnuplot'])

    def test_nothing_to_draw(self):
        self.gnuplot('exec /bin/cat')
        self.assertEqual(self.plot('--watch', '-o', self.path), (
            1, f'picoctl: there is nothing to draw into {self.path}: no number '
            'came\n'))
        self.assertEqual(os.listdir(self.folder), ['gnuplot'])

    def test_the_name_says_what_it_is(self):
        self.gnuplot('exec /bin/cat')
        for name, terminal in (('x', 'svg'), ('x.SVG', 'svg'), ('.png/x', 'svg'),
                               ('x.png', 'pngcairo'), ('x.PNG', 'pngcairo')):
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            self.assertEqual(self.plot('x', '--for', '10ms', '-o', path),
                             (0, ''))
            self.assertEqual(read(path).split()[:3],
                             ['set', 'terminal', terminal], name)

    def test_what_could_not_be_written_is_told(self):
        self.gnuplot('exec /bin/cat')
        full = os.path.join(self.folder, 'full.svg')
        os.symlink('/dev/full', full)
        self.assertEqual(
            self.plot('x', '--for', '10ms', '-o', full),
            (12, f'picoctl: cannot write {full}: No space left on device\n'))
        self.assertTrue(os.path.islink(full), 'a device is not replaced')
        for script in ('/bin/cat >/dev/null', 'exit 0', '/bin/cat; exit 1'):
            self.gnuplot(script)
            self.assertEqual(
                self.plot('x', '--for', '10ms', '-o', self.path),
                (12, f'picoctl: gnuplot could not draw {self.path}\n'))
        self.assertFalse(os.path.exists(self.path))


if __name__ == '__main__':
    unittest.main()
