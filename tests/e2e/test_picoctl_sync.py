# SPDX-License-Identifier: MIT
"""A directory kept the same on a board, against a picod in Python."""

import os
import signal
import subprocess
import unittest

from fake import PICOCTL, TIMEOUT_S, environment, picoctl
from test_picoctl_files import Case


class Sync(Case):
    def test_once(self):
        self.write('src/main.py', b'1')
        self.write('src/lib/x.py', b'2')
        self.board.files.update({
            '/old.py': b'', '/old.py.~': b'h', '/main.py.~': b'h',
            '/all.py.~': b'a'})
        self.run_it('sync', 'src')
        self.assertEqual(self.board.files, {
            '/main.py': b'1', '/lib': None, '/lib/x.py': b'2', '/old.py': b'',
            '/all.py.~': b'a'})
        self.board.written.clear()
        self.write('src/main.py', b'3')
        self.assertEqual(self.run_it('sync', 'src', '--delete', '--json'),
                         '{"changed":1,"same":1,"removed":2}\n')
        self.assertEqual(self.board.written, ['/main.py'])
        self.assertEqual(self.board.files, {
            '/main.py': b'3', '/lib': None, '/lib/x.py': b'2'})
        writes = [call for call in self.fake.calls
                  if call['method'].endswith('WriteFile')]
        self.assertEqual(len(writes), 3, 'what is the same was sent')

    def test_what_is_of_the_other_kind(self):
        self.write('src/a', b'1')
        self.write('src/b/x', b'2')
        os.mkdir(os.path.join(self.here, 'src/c'))
        there = {'/a': None, '/a/y': b'y', '/a/z': None, '/a+': b'',
                 '/b': b'b', '/c': b'c'}
        self.board.files.update(there)
        done = picoctl('-s', self.fake.path, 'sync', 'src', cwd=self.here)
        self.assertEqual(done.returncode, 12, done)
        self.assertRegex(done.stderr, b'/[abc] is a .* --delete')
        self.assertEqual({**self.board.files, **there}, self.board.files)
        self.assertEqual(self.run_it('sync', 'src', '--delete', '--json'),
                         '{"changed":2,"same":0,"removed":6}\n')
        self.assertEqual(self.board.files, {
            '/a': b'1', '/b': None, '/b/x': b'2', '/c': None})
        done = picoctl('-s', self.fake.path, 'sync', 'src', ':a',
                       cwd=self.here)
        self.assertEqual(
            (done.returncode, done.stderr),
            (12, b'picoctl: a is no directory on the board\n'))

    def test_what_no_board_can_have_is_told(self):
        """The rest is copied nevertheless."""
        self.write('src/main.py', b'1')
        os.symlink('nowhere', os.path.join(self.here, 'src/link'))
        os.symlink('.', os.path.join(self.here, 'src/loop'))
        os.mkfifo(os.path.join(self.here, 'src/pipe'))
        for words in (['sync', 'src'], ['put', 'src/', ':']):
            self.board.files.clear()
            done = picoctl('-s', self.fake.path, *words, cwd=self.here)
            self.assertEqual(done.returncode, 12, done)
            self.assertEqual(sorted(done.stderr.decode().splitlines()), [
                'picoctl: src/link is left out: it is a link to what is not '
                'there',
                'picoctl: src/loop is left out: it is a link to a directory '
                'that it is in',
                'picoctl: src/pipe is left out: it is neither a file nor a '
                'directory'])
            self.assertEqual(
                [each for each in self.board.files.values() if each], [b'1'])

    def test_a_file_is_no_directory(self):
        self.write('a.py')
        done = picoctl('-s', self.fake.path, 'sync', 'a.py', cwd=self.here)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn(b'picoctl put', done.stderr)
        self.run_it('sync', 'nix', status=12)

    def test_watch(self):
        self.write('src/main.py', b'1')
        picod = subprocess.Popen(
            [PICOCTL, '-s', self.fake.path, 'sync', '--watch', 'src'],
            cwd=self.here, env=environment())
        self.addCleanup(picod.wait)
        self.addCleanup(picod.kill)
        self.assertTrue(self.board.resets.acquire(timeout=TIMEOUT_S))
        self.write('src/main.py', b'2')
        self.assertTrue(self.board.resets.acquire(timeout=TIMEOUT_S))
        self.assertEqual(self.board.files, {'/main.py': b'2'})
        self.write('src/lib/x.py', b'3')
        self.assertTrue(self.board.resets.acquire(timeout=TIMEOUT_S))
        self.assertEqual(self.board.files['/lib/x.py'], b'3')
        picod.send_signal(signal.SIGINT)
        self.assertEqual(picod.wait(TIMEOUT_S), -signal.SIGINT)

    def test_cannot_watch(self):
        self.write('src/main.py', b'1')
        for name in 'max_inotify_instances', 'max_inotify_watches':
            limit = ['unshare', '-Ur', 'sh', '-c',
                     f'echo 0 >/proc/sys/user/{name} && exec "$@"', 'sh']
            if subprocess.run([*limit, 'true'], stderr=subprocess.DEVNULL,
                              check=False).returncode != 0:
                self.skipTest('no limits of our own can be set here')
            done = subprocess.run(
                [*limit, PICOCTL, '-s', self.fake.path, 'sync', '--watch',
                 'src'], cwd=self.here, env=environment(), text=True,
                stderr=subprocess.PIPE, timeout=TIMEOUT_S, check=False)
            self.assertEqual(done.returncode, 12, done)
            self.assertIn('fs.inotify.' + name.replace('inotify', 'user'),
                          done.stderr)
            self.assertEqual(self.board.written, [])


if __name__ == '__main__':
    unittest.main()
