# SPDX-License-Identifier: MIT
"""Files on boards that run real firmware."""

import base64
import hashlib
import os
import random
import subprocess
import tempfile
import threading
import unittest

import picod
from boards import MicroPython, Microbit
from folder import Folder
from relay import Relay

NOISE = random.Random(1).randbytes(20000)
TEXT = b''.join(b'def f%d(x):\n    return x + %d\n' % (i, i)
                for i in range(600))
EVERY = bytes(range(256)) * 8
PLACES = 10 if 'PICOD_LONG' in os.environ else 3


class Case(Folder, picod.Case):
    BOARD = MicroPython

    def setUp(self):
        self.simulated = self.board(self.BOARD())
        self.p = self.picod(b=f'unix:{self.simulated.path}')
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.here = folder.name

    def run_it(self, *words, status=0, **more):
        done = self.p.picoctl(*words, cwd=self.here, **more)
        self.assertEqual(done.returncode, status, done)
        return done.stdout


class Files(Case):
    NAMES = ['main.py', "it's a \\ \"name\".txt", 'ünï€.py', '#', '-x']
    CONTENTS = [b'', b'x', EVERY, NOISE, TEXT, b'\x02\x03\x04\r' * 500]

    def test_what_was_put_comes_back(self):
        for content in self.CONTENTS:
            self.put('main.py', content)
            self.assertEqual(self.get('main.py'), content)
        self.assertEqual(self.p.picoctl('send', '1 + 1').stdout, '2\n')

    def test_names(self):
        for name in self.NAMES:
            self.put(name, name.encode())
        for name in self.NAMES:
            self.assertEqual(self.get(name), name.encode())
        self.assertEqual(sorted(self.run_it('ls').splitlines()),
                         sorted(self.NAMES))

    def test_wrong_orders(self):
        self.run_it('get', ':nix', status=12)
        self.run_it('rm', ':nix', status=12)
        self.run_it('ls', ':' + 'x' * 256, status=2)

    def test_names_of_the_user_stay(self):
        self.run_it('send', 'os = 1', 'gc = 2', 'str = 3')
        self.put('a', b'1')
        self.run_it('ls', '-l')
        self.assertEqual(self.run_it('send', '(os, gc, str)'),
                         '(1, 2, 3)\n')


    def test_all_of_it_is_removed(self):
        for name in self.NAMES:
            self.put(name, b'1')
        for _ in range(2):
            self.assertEqual(self.run_it('rm', '-r', ':'), '')
            self.assertEqual(self.run_it('ls'), '')
        self.put('main.py', b'2')


class MicroPythonFiles(Files):
    def test_a_program_that_goes_elsewhere_takes_no_names_along(self):
        self.run_it('send', "import os; os.mkdir('/w'); os.chdir('/w')")
        self.put('main.py', TEXT)
        self.assertEqual(self.get('main.py'), TEXT)
        self.run_it('mkdir', ':lib')
        self.run_it('mv', ':main.py', ':lib/x.py')
        self.assertEqual(self.run_it('ls', '-r').splitlines(),
                         ['lib/', 'lib/x.py', 'w/'])
        self.write('src/lib/x.py', TEXT)
        self.assertIn('"same":1,"removed":1',
                      self.run_it('sync', '--delete', '--json', 'src'))
        self.assertEqual(self.run_it('ls', '-r').splitlines(),
                         ['lib/', 'lib/x.py'])

    def test_the_same_is_not_written_again(self):
        self.put('a', NOISE)
        with self.p.connect() as c:
            for changed in (False, True):
                c.call('Upload', data=base64.b64encode(NOISE).decode(),
                       at=0)
                if changed:
                    c.call('Upload', data='eA==', at=len(NOISE))
                self.assertEqual(c.call('WriteFile', path='a')['changed'],
                                 changed)
        self.assertIn(hashlib.sha256(NOISE + b'x').hexdigest(),
                      self.run_it('ls', '-l', '--hash'))

    def test_what_was_refused_is_no_part_of_the_next_file(self):
        with self.p.connect() as c:
            c.call('Upload', data=base64.b64encode(b'old').decode(), at=0)
            with self.fails('NoSuchBoard', board='nosuch'):
                c.call('WriteFile', board='nosuch', path='a')
            with self.fails('org.varlink.service.InvalidParameter',
                            parameter='path'):
                c.call('WriteFile', path='x' * 256)
            c.call('Upload', data=base64.b64encode(b'new').decode(), at=0)
            c.call('WriteFile', path='a')
        self.assertEqual(self.run_it('cat', ':a'), 'new')

    def test_what_was_refused_may_be_tried_again(self):
        with self.p.connect() as c:
            c.call('Upload', data=base64.b64encode(b'old').decode(), at=0)
            with self.fails('NoSuchBoard', board='nosuch'):
                c.call('WriteFile', board='nosuch', path='a')
            c.call('WriteFile', path='a')
            self.assertEqual(self.run_it('cat', ':a'), 'old')
            with self.fails('FileError', path='a', kind='other'):
                c.call('WriteFile', path='a')   # and is not emptied by this
        self.assertEqual(self.run_it('cat', ':a'), 'old')

    def test_directories(self):
        self.write('src/main.py', b'1')
        self.write('src/lib/deep/x.py', TEXT)
        self.run_it('put', 'src/lib', 'src/main.py', ':')
        self.assertEqual(self.run_it('ls', '-r').splitlines(), [
            'lib/', 'lib/deep/', 'lib/deep/x.py', 'main.py'])
        self.run_it('rm', ':lib', status=12)
        self.run_it('rm', '-r', ':lib')
        self.assertEqual(self.run_it('ls'), 'main.py\n')
        self.run_it('mv', ':main.py', ':boot.py')
        self.assertEqual(self.run_it('cat', ':boot.py'), '1')
        self.put('no/such/directory', b'', status=12)

    def test_a_name_that_is_in_the_way_is_told(self):
        self.put('bin', b'1')
        self.run_it('mkdir', ':d', ':no')
        self.run_it('rm', ':no')
        for words, message in ((['mv', ':bin', ':d'], 'bin cannot take the '
                                'place of d: one of them is a directory'),
                               (['mv', ':d', ':bin'], 'd cannot take the '
                                'place of bin: one of them is a directory'),
                               (['mv', ':bin', ':no/x'], 'bin is not there, '
                                'or the directory that no/x is to be in'),
                               (['mv', ':x', ':y'], 'x is not there')):
            done = self.p.picoctl(*words)
            self.assertEqual((done.returncode, done.stderr),
                             (12, f'picoctl: {message}\n'))
        with self.p.connect() as c:
            with self.fails('FileError', path='d', kind='isDirectory'):
                c.call('RenameFile', path='bin', to='d')

    def test_a_name_that_is_not_listed_as_it_is(self):
        """Its newline, that is: what stands beside it comes and goes."""
        self.run_it('send', r"for n in 'a\nb', 'c': open(n, 'w').close()")
        for words in ['get', ':', 'all'], ['rm', ':*']:
            done = self.p.picoctl(*words, cwd=self.here)
            self.assertEqual(done.returncode, 12, done)
            self.assertIn('b is not there\n', done.stderr)
        self.assertEqual(os.listdir(os.path.join(self.here, 'all')), ['c'])
        self.assertEqual(len(self.run_it('ls').splitlines()), 1)
        self.run_it('rm', '-r', ':')
        self.assertEqual(self.run_it('ls'), '')

    def test_all_of_it_is_removed(self):
        self.run_it('mkdir', ':a/b', ':c')
        self.put('a/b/x', b'1')
        super().test_all_of_it_is_removed()

    def test_a_file_is_no_directory_that_is_there(self):
        self.put('d', b'1')
        self.write('e/x')
        self.run_it('put', 'e', ':')
        os.rename(os.path.join(self.here, 'e'), os.path.join(self.here, 'd'))
        os.remove(os.path.join(self.here, 'd/x'))
        for words in ['mkdir', ':d'], ['put', 'd', ':/'], ['cp', 'd', ':/']:
            done = self.p.picoctl(*words, cwd=self.here)
            self.assertEqual(done.returncode, 12, done)
            self.assertIn('d is there already, and is no directory\n',
                          done.stderr)
        self.run_it('mkdir', ':e')
        self.assertEqual(self.run_it('cat', ':d'), '1')

    def test_what_just_fits(self):
        self.run_it('send', "f = open('most', 'wb'); [f.write(bytes(10000)) "
                            'for _ in range(97)]; f.close(); f = None')
        self.run_it('mkdir', ':ünï')
        most = os.urandom(int(self.run_it('df').split()[5]) - 2 * 4096)
        self.put('ünï/a b', most)
        self.assertEqual(self.get('ünï/a b'), most)

    def test_no_room_is_told_before_a_byte_is_sent(self):
        self.put('a', b'old')
        size, free = map(int, self.run_it('df').split()[3::2])
        self.assertGreater(size, free)
        self.put('a', os.urandom(free), status=12)
        self.assertEqual(self.get('a'), b'old')

    def test_sync_of_200_files_is_one_listing(self):
        for i in range(200):
            self.write(f'src/f{i:03}', b'%d' % i * 30)
        self.run_it('sync', 'src')
        done = self.run_it('sync', 'src', '--json')
        self.assertEqual(done, '{"changed":0,"same":200,"removed":0}\n')

    def wait_for_frames(self, count):
        """Until the board was sent so many bytes of content, or thereabouts."""
        with self.p.connect() as watcher:
            total = 0
            for event in watcher.stream('Watch', trace=True):
                if event.get('event') == 'trace' and event.get('toBoard'):
                    total += len(event.get('data', ''))
                if total > count * 2500:
                    return

    def begin_to_put(self, turn):
        """A client that is sending a file, until so much is on the wire."""
        process = subprocess.Popen(
            [picod.PICOCTL, 'put', 'new', ':a'], cwd=self.here,
            env=self.p.client_environment(), stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.wait_for_frames(turn)
        return process

    def test_interrupted_by_somebody_else(self):
        self.write('new', NOISE)
        self.put('a', TEXT)
        process = self.begin_to_put(1)
        self.run_it('interrupt')
        self.assertIn(process.wait(), (9, 0))
        self.assertIn(self.get('a'), (TEXT, NOISE))

    def test_others_wait_and_are_answered(self):
        answers = []

        def ask():
            for i in range(20):
                answers.append(self.p.picoctl('send', f'{i} + {i}').stdout)

        thread = threading.Thread(target=ask)
        thread.start()
        for content in (NOISE, TEXT, NOISE):
            self.put('a', content)
            self.assertEqual(self.get('a'), content)
        thread.join()
        self.assertEqual(answers, [f'{2 * i}\n' for i in range(20)])


class OldOrNew(Case):
    """Somebody ends at some places of a transfer, in what is said to the board."""

    OLD, NEW = TEXT, NOISE[:6000]

    def setUp(self):
        super().setUp()
        self.p.stop()
        self.relay = Relay(self.simulated.path)
        self.addCleanup(self.relay.stop)
        self.relay.start()
        self.p = self.picod(b=f'unix:{self.relay.path},driver=repl')
        self.write('new', self.NEW)

    def count_bytes(self):
        self.put('a', self.OLD)
        self.relay.to_board.mark()
        self.run_it('put', 'new', ':a')
        return self.relay.to_board.count

    def each_place(self, fault):
        """Has fault(client) called once so much of a put has gone to the board."""
        total = self.count_bytes()
        for place in range(PLACES):
            self.put('a', self.OLD)
            begun, client = threading.Event(), []

            def end():
                begun.wait()
                fault(client[0])

            self.relay.to_board.after(total * (place + 1) // (PLACES + 1), end)
            client.append(subprocess.Popen(
                [picod.PICOCTL, 'put', 'new', ':a'], cwd=self.here,
                env=self.p.client_environment(), stderr=subprocess.DEVNULL))
            begun.set()
            client[0].wait()
            yield place
            self.assertEqual(self.run_it('ls', '--wait', '60s'), 'a\n')
            self.assertIn(self.get('a'), (self.OLD, self.NEW))

    def test_a_killed_client(self):
        for _ in self.each_place(lambda client: client.kill()):
            pass

    def test_a_killed_picod(self):
        for _ in self.each_place(lambda client: self.p.process.kill()):
            self.p.kill()
            self.p.start()

    def test_a_pulled_cable(self):
        for _ in self.each_place(lambda client: self.relay.vanish()):
            self.relay.appear()


class MicrobitFiles(Files):
    BOARD = Microbit
    NAMES = ['main.py', 'a b', '#', "it's"]
    CONTENTS = [b'', b'x', EVERY[:1000], NOISE[:3000], TEXT[:3000]]

    def test_what_just_fits_and_what_does_not(self):
        most, more = os.urandom(7000), os.urandom(8000)
        self.put('a', most)
        self.put('a', more, status=12)
        self.assertEqual(self.run_it('ls'), 'a\n')
        self.assertEqual(self.get('a'), most)

    def test_memory_is_not_broken_up(self):
        watcher = self.p.connect()
        self.addCleanup(watcher.close)
        trace = watcher.stream('Watch', trace=True)
        for content in (NOISE[:3000], TEXT[:3000], NOISE[3000:6000]):
            self.put('a', content)
            self.assertEqual(self.get('a'), content)
        self.run_it('send', '"that" + " is all"')
        said = b''
        while b'that is all' not in said:
            event = next(trace)
            if event.get('toBoard') is False:
                said += base64.b64decode(event['data'])
        self.assertNotIn(b'MemoryError', said)

    def test_all_of_it_is_a_directory(self):
        self.put('a', b'1')
        self.run_it('get', ':', 'all')
        self.assertEqual(self.read('all/a'), b'1')
        done = self.p.picoctl('df')
        self.assertEqual(
            (done.returncode, done.stdout, done.stderr),
            (2, '', 'picoctl: this board cannot tell how much room it has\n'))
        with self.p.connect() as c:
            self.assertEqual(c.call('Stat', path='/'), {
                'file': {'path': '/', 'directory': True, 'size': 0}})

    def test_no_directories(self):
        self.run_it('mkdir', ':lib', status=2)
        self.run_it('mv', ':a', ':b', status=2)


del Files

if __name__ == '__main__':
    unittest.main()
