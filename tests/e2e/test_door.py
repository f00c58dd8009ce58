# SPDX-License-Identifier: MIT
"""Who comes in, and what becomes of those who may not or want too much."""

import contextlib
import ctypes
import os
import select
import shutil
import signal
import socket
import statistics
import subprocess
import threading
import time
import unittest

import picod
import scripted


@contextlib.contextmanager
def called(name):
    """This program by another name, of which others see the first 15 bytes."""
    def rename(to):
        with open(f'/proc/self/task/{threading.main_thread().native_id}/comm',
                  'wb') as file:
            file.write(to)
    with open('/proc/self/comm', 'rb') as file:
        before = file.read().rstrip(b'\n')
    rename(name)
    try:
        yield
    finally:
        rename(before)


class Names(picod.Case):
    def setUp(self):
        # Nothing is there: requests wait for the board.
        self.p = self.picod(b=f'unix:{self.directory()}/none,driver=repl')

    def names(self, name):
        """What others are told of a client of that name."""
        with called(name):
            client = self.connect(self.p)
            client.send('ListBoards')
            client.receive()
        client.send('Send', text='1', wait=60000)
        self.until(lambda: self.p.board()['waiting'] == 1)
        request = self.p.board()['requests'][0]
        client.close()
        self.until(lambda: self.p.board()['waiting'] == 0)
        return request['client']['program']

    def test_who_connected_is_named(self):
        """And not what the process is by the time that somebody asks."""
        self.assertEqual(self.names(b'first name'), 'first name')

    def test_names_are_cleaned(self):
        """No control characters, no broken UTF-8, and nobody is left out."""
        for name, shown in ((b'\x1b]0;own\a\x1b[31m', '?]0;own??[31m'),
                            (b'two\nlines', 'two?lines'),
                            (b'no utf-8 \xff', 'no utf-8 ?'),
                            ('ein grüner'.encode(), 'ein grüner')):
            with self.subTest(name):
                self.assertEqual(self.names(name), shown)

    def test_a_long_sentence_is_cut_between_characters(self):
        """However it is cut, there is one."""
        for before in range(3):
            with self.fails('NoSuchBoard') as caught:
                self.p.call('Send', board='x' * before + 'ü' * 400, text='1')
            self.assertIn('üüü', caught.exception['message'])


STRANGER_UID = 65534
SERVICE = 'org.varlink.service.'


@unittest.skipIf(os.getuid() != 0, 'only root can be somebody else')
class Strangers(picod.Case):
    """Who may not use picod: he hears so, and gets nothing else."""

    def setUp(self):
        farm = scripted.Farm()
        self.addCleanup(farm.stop)
        self.board_ = farm.add(lambda board: scripted.Repl(board, paste=True))
        farm.start()
        self.p = self.picod(b=f'{self.board_.url()},driver=repl',
                            verbose=False)

    def tearDown(self):
        self.assertEqual(self.p.send('2 + 2'), '4\n')

    def stranger(self):
        with picod.another_user(STRANGER_UID):
            return self.connect(self.p)

    def check_denied(self, client, method='ListBoards'):
        client.sent.append(picod.full_name(method))
        with self.fails('PermissionDenied') as caught:
            client.receive()
        self.assertIn('usermod -aG picod', caught.exception['message'])
        self.assertEqual(client.wait_closed(), b'')

    def test_hears_why(self):
        for method, parameters in (('ListBoards', {}), ('Send', {'text': '1'}),
                                   ('Upload', {'data': '', 'at': 0})):
            client = self.stranger()
            client.write(picod.encode(method, **parameters))
            self.check_denied(client, method)

    def test_every_verb_says_what_to_run(self):
        program = shutil.copy(picod.PICOCTL, self.p.directory)
        image = os.path.join(self.p.directory, 'image.hex')
        with open(image, 'w') as file:
            file.write(':00000001FF\n')
        for status, line in (
                (10, 'list'), (10, 'list -v'), (10, 'top'), (10, 'send 1'),
                (10, 'watch'), (10, 'repl'), (10, 'console'), (10, 'ls'),
                (10, f'put {image} :'), (10, f'run {image}'),
                (10, 'sample 1'), (10, 'plot -o /dev/null 1'),
                (10, 'pin 13 on'), (10, f'flash {image}'),
                (10, 'firmware'), (125, 'hold true'), (125, 'lend true'),
                (125, 'tty true'), (1, 'doctor')):
            done = subprocess.run(
                [program, *line.split()], user=STRANGER_UID, check=False,
                group=STRANGER_UID, extra_groups=[], capture_output=True,
                stdin=subprocess.DEVNULL, env=self.p.client_environment())
            self.assertIn(b': you may not use picod; become a member of the '
                          b'group picod: sudo usermod -aG picod "$USER"',
                          done.stderr + done.stdout, line)
            self.assertEqual(done.returncode, status, line)

    def test_has_one_call(self):
        client = self.stranger()
        client.sent.append(SERVICE + 'GetInfo')
        client.write(2 * picod.encode(SERVICE + 'GetInfo'))
        self.assertEqual(client.receive()['product'], 'picod')
        self.assertEqual(client.wait_closed(), b'')

    def test_bytes_of_his_call(self):
        most = picod.limit('STRANGER_MESSAGE')
        call = picod.encode(SERVICE + 'GetInfo')[:-1]
        client = self.stranger()
        client.sent.append(SERVICE + 'GetInfo')
        client.write(call + b' ' * (most - len(call)) + b'\0')
        self.assertEqual(client.receive()['product'], 'picod')
        client = self.stranger()
        client.write(call + b' ' * (most - len(call) + 1) + b'\0')
        self.check_denied(client)
        for nonsense in (b'\0', b'nonsense\0', b'[' * 4000 + b'\0'):
            client = self.stranger()
            client.write(nonsense)
            self.check_denied(client)

    def test_time(self):
        """For his one call, however he uses it."""
        clients = [self.stranger() for _ in range(3)]
        clients[1].write(b'{"method":')
        clients[2].write(b' ')
        started = time.monotonic()
        for client in clients:
            self.check_denied(client)
        self.assertLess(abs(time.monotonic() - started -
                            picod.limit('STRANGER_MS') / 1000), 2)

    def test_places(self):
        """The next one takes the place of the first."""
        most = picod.limit('STRANGERS')
        clients = [self.stranger() for _ in range(most)]
        for client in clients:
            client.write(b' ')
        last = self.stranger()
        self.assertEqual(clients[0].wait_closed(), b'')
        for client in [*clients[1:], last]:
            client.write(picod.encode('ListBoards'))
            self.check_denied(client)

    def test_says_nothing_into_the_log(self):
        self.p.send('1')
        before = self.p.log()
        for nonsense in (b'nonsense\0', b'x' * 10000,
                         picod.encode('ListBoards')):
            client = self.stranger()
            client.write(nonsense)
            client.wait_closed()
        self.assertEqual(self.p.log(), before)

    def test_a_crowd_of_them(self):
        """Hundreds with half messages, and with the worst JSON: nobody notices,
        in memory or in time, and root is served."""
        self.p.send('1')
        worst = b'{"a":[' + b'{},' * (1 << 19)
        crowd = []
        for n in range(464):
            with picod.another_user(STRANGER_UID - n % 7):
                client = self.p.connect()
            crowd.append(client)
            client.socket.setblocking(False)
            try:
                client.socket.send(b'"' + bytes(b'x' * (1 << 20))
                                   if n < 400 else worst + b'0]}\0')
            except (BlockingIOError, BrokenPipeError, ConnectionResetError):
                pass
        times = []
        for _ in range(50):
            started = time.monotonic()
            self.assertEqual(self.p.send('1 + 1'), '2\n')
            times.append(time.monotonic() - started)
        for client in crowd:
            client.close()
        if not picod.is_sanitized():
            self.assertLess(self.p.resident_kb(), 40 * 1024)
            self.assertLess(statistics.median(times), 0.1)


class Share(picod.Case):
    """A user's share of memory: what is begun, in work, and not read."""

    def setUp(self):
        farm = scripted.Farm()
        self.addCleanup(farm.stop)
        self.board_ = farm.add(lambda board: scripted.Repl(board, paste=True))
        farm.start()
        self.p = self.picod(b=f'{self.board_.url()},driver=repl',
                            verbose=False)
        self.p.send('1')
        self.before = self.p.resident_kb()

    def check_memory(self):
        """A share, and as much again for what jansson and malloc need."""
        if not picod.is_sanitized():
            self.assertLess(self.p.resident_kb() - self.before,
                            2 * picod.limit('KEPT_PER_USER') // 1024)

    def test_of_what_is_begun(self):
        """Who wants to keep more hears why, and with little one is served."""
        half = b'"' + b'x' * (1 << 20)
        clients = []
        denied = None
        while denied is None:
            client = self.connect(self.p)
            clients.append(client)
            try:
                client.write(half)
            except (BrokenPipeError, ConnectionResetError):
                pass
            self.assertEqual(self.p.send('1 + 1'), '2\n')
            denied = next((c for c in clients if select.select(
                [c.socket], [], [], 0)[0]), None)
            self.assertLess(len(clients), 100)
        self.assertGreater(len(clients), 10)
        denied.sent.append('io.picod.Send')
        with self.fails('LimitExceeded', limit='memory',
                        value=picod.limit('KEPT_PER_USER')):
            denied.receive()
        self.check_memory()
        for client in clients:
            client.close()
        self.until(lambda: self.p.send('#' * 200000) == '')

    def test_of_what_is_in_work(self):
        """Statements that wait are kept, too."""
        holder = self.connect(self.p)
        holder.call('Hold')
        clients = []
        denied = None
        while denied is None:
            client = self.connect(self.p)
            clients.append(client)
            with contextlib.suppress(BrokenPipeError):
                client.send('Send', text='#' * 250000)
            self.p.call('ListBoards')
            denied = next((c for c in clients if select.select(
                [c.socket], [], [], 0)[0]), None)
            self.assertLess(len(clients), 200)
        self.assertGreater(len(clients), 20)
        with self.fails('LimitExceeded', limit='memory'):
            denied.receive()
        self.check_memory()
        for client in clients:
            client.close()
        self.until(lambda: self.p.board()['waiting'] == 0)
        with self.connect(self.p) as client:
            client.send('Send', text='#' * 2000 + '\n1 + 1')
            holder.close()
            client.receive()

    def test_of_what_is_not_read(self):
        """An answer that would be too much is an error instead."""
        clients = []
        text = 'import sys\nfor i in range(16): sys.stdout.write("x" * 65000)'
        for _ in range(60):
            client = self.connect(self.p)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            client.send('Send', text=text)
            clients.append(client)
        self.until(lambda: self.p.board()['waiting'] == 0)
        self.assertEqual(self.p.send('2 + 2'), '4\n')
        self.check_memory()
        good = 0
        for client in clients:
            try:
                self.assertEqual(client.receive()['output'], 'x' * 1040000)
                good += 1
            except picod.PicodError as error:
                self.assertEqual(error.name, 'LimitExceeded')
                self.assertEqual(error['limit'], 'memory')
        self.assertGreater(good, 10)
        self.assertLess(good, len(clients))


def hide_journal(directory):
    """In a view of its own, the journal's socket is one of that folder."""
    def hide():
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(0x00020000) < 0 or \
                libc.mount(b'none', b'/', None, 0x4000 | 0x40000, None) < 0 or \
                libc.mount(b'none', b'/run', b'tmpfs', 0, None) < 0:
            os._exit(77)
        os.makedirs('/run/systemd/journal')
        os.symlink(os.path.join(directory, 'socket'),
                   '/run/systemd/journal/socket')
    return hide


class Journal(picod.Case):
    """What clients do costs no more than a few lines, and those no time."""

    @unittest.skipIf(os.getuid() != 0, 'only root can hide the journal')
    def test_a_journal_that_does_not_read(self):
        directory = self.directory()
        journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(journal.close)
        journal.bind(os.path.join(directory, 'socket'))
        program = os.path.join(directory, 'picod')
        with open(program, 'w') as file:
            file.write('#!/bin/sh\nJOURNAL_STREAM=$(stat -Lc %d:%i '
                       f'/proc/self/fd/2) exec {picod.PICOD} "$@"\n')
        os.chmod(program, 0o755)
        p = picod.Picod(program=program, preexec=hide_journal(directory))
        self.addCleanup(p.stop)
        for _ in range(2000):   # each is a line
            with p.connect() as client:
                client.write(picod.encode('Send', board='none', text='1'))
                client.write(b'nonsense\0')
        for n in range(600):
            os.kill(p.pid, signal.SIGHUP)
            p.call('ListBoards')
        entries = []
        journal.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                entries.append(journal.recv(4096).decode())
        os.kill(p.pid, signal.SIGHUP)
        journal.settimeout(picod.PATIENCE_S)
        while not any('were lost' in entry for entry in entries):
            entries.append(journal.recv(4096).decode())
        for entry in entries:
            self.assertRegex(entry, r'\AMESSAGE=[^\n]+\nPRIORITY=[0-7]\n'
                             r'SYSLOG_IDENTIFIER=picod\n([A-Z_]+=[^\n]+\n)*\Z')
        self.assertEqual(sum('nonsense' in e or 'no JSON object' in e
                             for e in entries), 1)
        self.assertEqual(p.log(), '')

    def test_a_fault_is_told_once_a_minute(self):
        p = self.picod()
        for _ in range(50):
            for what in (b'nonsense\0', b'{}\0', b'x' * (
                    picod.limit('MESSAGE') + 1)):
                client = self.connect(p)
                with contextlib.suppress(BrokenPipeError,
                                         ConnectionResetError):
                    client.write(what)
                client.wait_closed()
        for words in ('no JSON object', 'is no call', 'over the limit'):
            self.assertEqual(p.log().count(words), 1, words)


if __name__ == '__main__':
    unittest.main()
