#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Files on boards that keep them when somebody is killed or pulled."""

import functools
import hashlib
import os
import random
import subprocess
import threading
import unittest

import picoctl
import picod
import scripted
from disks import CircuitPythonDisk, Disk, MicroPythonDisk, cut, pull
from folder import Folder

NOISE = random.Random(2).randbytes(3000)
TEXT = b''.join(b'x = %d\n' % i for i in range(400))
PLACES = 10
CLASS = 16


class Case(Folder, picod.Case):
    def setUp(self):
        self.farm = scripted.Farm()
        self.addCleanup(self.farm.stop)
        self.here = self.directory()

    def add(self, kind=MicroPythonDisk, blocks=64, **more):
        board = self.farm.add(functools.partial(kind, **more))
        board.disk.blocks = blocks
        return board

    def begin(self, kind=MicroPythonDisk, **more):
        self.b = self.add(kind, **more)
        self.farm.start()
        self.p = self.picod(b=self.b.url() + ',driver=repl')

    def run_it(self, *words, status=0):
        done = self.p.picoctl(*words, cwd=self.here)
        if status is not None:
            self.assertEqual(done.returncode, status, done)
        return done


class WhatWasPutComesBack(Case):
    CONTENTS = [b'', b'x', bytes(range(256)) * 8, NOISE, TEXT,
                b'\x02\x03\x04\r' * 500]
    NAMES = ['main.py', "it's a \\ \"name\".txt", 'ünï€ ☃.py', '#', '-x',
             'lib/dir ünï/x.py']

    def check(self, kind, **more):
        self.begin(kind, **more)
        self.run_it('mkdir', ':lib/dir ünï')
        for name, content in zip(self.NAMES, self.CONTENTS):
            self.put(name, content)
            self.assertEqual(bytes(self.b.disk.files[name]), content)
            self.assertEqual(self.get(name), content)
        hashes = {word for word in
                  self.run_it('ls', '-lr', '--hash').stdout.split()
                  if len(word) == 64}
        if 'hashlib' not in more.get('lacks', ()):
            self.assertEqual(hashes, {
                hashlib.sha256(each).hexdigest() for each in self.CONTENTS})
        most = os.urandom((self.b.disk.free() - 3) * 4096)
        self.put('most', most)
        self.assertEqual(self.get('most'), most)
        self.put('more', NOISE, status=12)

    def test_micropython(self):
        self.check(MicroPythonDisk, blocks=30)

    def test_micropython_that_inflates_each_frame(self):
        self.check(MicroPythonDisk, blocks=30, lacks=('deflate',))

    def test_micropython_without_inflating(self):
        self.check(MicroPythonDisk, blocks=30, lacks=('deflate', 'zlib'))

    def test_micropython_without_hashes(self):
        self.check(MicroPythonDisk, blocks=30, lacks=('hashlib',))

    def test_micropython_with_literals(self):
        self.check(MicroPythonDisk, blocks=30,
                   lacks=('deflate', 'zlib', 'hashlib', 'binascii'))

    def test_circuitpython(self):
        self.check(CircuitPythonDisk, blocks=30)

    def test_circuitpython_7(self):
        self.check(CircuitPythonDisk, blocks=30, version='7.0.0')

    def test_circuitpython_without_inflating(self):
        self.check(CircuitPythonDisk, blocks=30, lacks=('zlib',))


class DiskInADirectory(Case):
    """Where a board's flash is /flash, "main.py" is there, and nothing is in /."""

    def test_put_ls_and_sync(self):
        self.begin(own='flash')
        self.put('main.py', TEXT)
        self.assertEqual(bytes(self.b.disk.files['flash/main.py']), TEXT)
        self.assertEqual(self.get('main.py'), TEXT)
        self.assertEqual(self.run_it('ls').stdout, 'main.py\n')
        self.assertGreater(int(self.run_it('df').stdout.split()[3]), 0)
        self.write('src/main.py', TEXT)
        self.write('src/lib/x.bin', NOISE)
        for changed in 1, 0:
            self.assertEqual(
                self.run_it('sync', '--delete', '--json', 'src').stdout,
                f'{{"changed":{changed},"same":{2 - changed},'
                '"removed":0}\n')
        self.b.disk.files['flash/old.py'] = bytearray()
        self.run_it('sync', '--delete', 'src')
        self.assertEqual(sorted(self.b.disk.files), [
            '', 'flash', 'flash/lib', 'flash/lib/x.bin', 'flash/main.py'])


    def test_python(self):
        self.begin(own='flash')
        root = picoctl.Picod(self.p.path).board().files
        main = root / 'main.py'
        main.write_bytes(TEXT)
        self.assertEqual(bytes(self.b.disk.files['flash/main.py']), TEXT)
        self.assertEqual(list(root.iterdir()), [main])
        self.assertEqual(main.parent, root)
        self.assertTrue(main.is_file() and root.is_dir())
        (root / '.hidden').write_bytes(b'')
        self.assertIn('flash/.hidden', self.b.disk.files)
        self.assertFalse((root / '/main.py').exists())
        for _ in range(2):
            root.rmtree()
            self.assertEqual(list(self.b.disk.files), ['', 'flash'])

    def test_a_card_that_it_was_started_from(self):
        self.begin(own='flash')
        self.b.disk.files['sd'] = None
        self.assertEqual(self.run_it(
            'send', "import sys; sys.path[2:2] = ['/sd', '/sd/lib']"
            ).stdout, '')
        self.b.disk.own = ''        # both can be written to
        self.put('main.py', TEXT)
        self.assertEqual(bytes(self.b.disk.files['sd/main.py']), TEXT)


def stop(_board):
    """Whoever shares the board has stopped what runs there."""
    raise KeyboardInterrupt


class OldOrNew(Case):
    """Something ends at ten places of a conversation, by turns of bytes sent and
    heard, or of what the board does to its disk."""

    def prepare(self):
        self.b.disk.files.update({'': None, 'a': bytearray(TEXT)})
        self.write('new', NOISE)
        self.run_it('ls')

    def count_bytes(self, again=False):
        """Of a put: the first one on that board, or another."""
        self.prepare()
        if again:
            self.run_it('put', 'new', ':a')
            self.prepare()
        self.b.arm(0, None)
        self.run_it('put', 'new', ':a')
        return self.b.count

    def check(self):
        """The old or the new one; and nothing is left over."""
        self.assertIn(bytes(self.b.disk.files['a']), (TEXT, NOISE))
        self.run_it('ls', '--wait', '60s')
        self.assertEqual(list(self.b.disk.files), ['', 'a'])

    def test_a_killed_client(self):
        self.begin()
        total = self.count_bytes(again=True)
        for place in range(PLACES):
            self.prepare()
            begun, client = threading.Event(), []

            def kill():
                begun.wait()
                client[0].kill()

            self.b.arm(1 + total * place // PLACES, kill)
            client.append(subprocess.Popen(
                [picod.PICOCTL, 'put', 'new', ':a'], cwd=self.here,
                env=self.p.client_environment(), stderr=subprocess.DEVNULL))
            begun.set()
            client[0].wait()
            self.assertTrue(self.b.disarm())
            self.check()

    def test_a_killed_picod(self):
        self.begin()
        total = self.count_bytes()
        for place in range(PLACES):
            self.prepare()
            self.b.arm(1 + total * place // PLACES, self.p.process.kill)
            self.run_it('put', 'new', ':a', status=None)
            self.assertTrue(self.b.disarm())
            self.p.kill()
            self.p.start()
            self.check()

    def test_a_pulled_board(self):
        self.begin()
        total = self.count_bytes()
        for place in range(PLACES):
            self.prepare()
            self.b.arm(1 + total * place // PLACES,
                       functools.partial(pull, self.b))
            self.run_it('put', 'new', ':a', status=None)
            self.assertTrue(self.b.disarm())
            self.b.plug()
            self.check()

    def check_what_is_whole_stays(self):
        """Where the old one is removed first; and the new one still comes."""
        self.run_it('ls', '--wait', '60s')
        self.assertEqual(self.b.disk.files, {'': None, 'a.~': NOISE})
        self.write('src/a', NOISE)
        self.run_it('sync', '--delete', 'src')
        self.assertEqual(self.b.disk.files, {'': None, 'a': NOISE})

    def check_each_change(self, kind, rename, fault=cut):
        self.begin(kind)
        self.b.disk.rename = rename
        self.prepare()
        without_either = 0
        self.b.disk.arm(0, None)
        self.run_it('put', 'new', ':a')
        for number in range(1, self.b.disk.changes + 1):
            self.prepare()
            self.b.disk.arm(number, functools.partial(fault, self.b))
            self.run_it('put', 'new', ':a', status=None)
            if fault is cut:
                self.b.plug()
            if 'a' in self.b.disk.files:
                self.check()
            else:
                self.check_what_is_whole_stays()
                without_either += 1
        self.assertEqual(without_either, 0 if rename == 'replaces' else 1)

    def test_no_power_at_a_change_of_micropythons_disk(self):
        self.check_each_change(MicroPythonDisk, 'replaces')

    def test_no_power_at_a_change_of_micropythons_card(self):
        self.check_each_change(MicroPythonDisk, 'removes')

    def test_no_power_at_a_change_of_circuitpythons_disk(self):
        self.check_each_change(CircuitPythonDisk, 'refuses')

    def test_ctrl_c_at_a_change_of_circuitpythons_disk(self):
        self.check_each_change(CircuitPythonDisk, 'refuses', stop)

    def test_a_full_disk(self):
        self.begin()
        for place in range(PLACES):
            self.prepare()
            self.b.disk.room = len(NOISE) * place // PLACES
            done = self.run_it('put', 'new', ':a', status=12)
            self.assertIn('room', done.stderr)
            self.b.disk.room = None
            self.assertEqual(bytes(self.b.disk.files['a']), TEXT)
            self.check()


class Class(Case):
    def test_sync_to_16_boards_is_at_once(self):
        boards = [self.add() for _ in range(CLASS)]
        self.farm.start()
        self.p = self.picod(**{f'b{i}': board.url() + ',driver=repl'
                               for i, board in enumerate(boards)})
        self.run_it('-b', ','.join(f'b{i}' for i in range(CLASS)), 'send', '1')
        # None writes before all of them do.
        all_begin = threading.Barrier(CLASS, timeout=picod.PATIENCE_S)
        for board in boards:
            board.disk.arm(1, all_begin.wait)
        self.write('src/main.py', TEXT)
        self.write('src/lib/x.bin', NOISE)
        done = self.run_it('sync', '-b', 'all', '--json', 'src')
        self.assertEqual(sorted(done.stdout.splitlines()), sorted(
            f'{{"board":"b{i}","reply":{{"changed":2,"same":0,"removed":0}}}}'
            for i in range(CLASS)))
        for board in boards:
            self.assertEqual({name: content and bytes(content) for
                              name, content in board.disk.files.items()},
                             {'': None, 'main.py': TEXT, 'lib': None,
                              'lib/x.bin': NOISE})


if __name__ == '__main__':
    unittest.main()
