# SPDX-License-Identifier: MIT
"""Every limit that a client can reach, at its edge and one past it."""

import base64
import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
import unittest

import picod
import scripted
from boards import MicroPython, Microbit
from flash import upload
from test_console import pattern
from test_flash_pico import uf2
from test_send import Typist

# Connects so many times, says how many picod kept, and waits for the end.
CROWD = '''
import select, socket, sys
path, count = sys.argv[1], int(sys.argv[2])
crowd = []
for _ in range(count):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    try:
        s.sendall(b'{"method":"org.varlink.service.GetInfo"}\\0')
    except BrokenPipeError:
        pass
    crowd.append(s)
kept = 0
for s in crowd:
    try:
        kept += s.recv(1) != b''
    except ConnectionResetError:
        pass
print(kept, flush=True)
sys.stdin.read()
for s in crowd:
    s.close()
'''


def setUpModule():
    """Many connections need many descriptors, here and in picod."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 4096))


class Clients(picod.Case):
    @contextlib.contextmanager
    def crowd(self, p, count):
        """A program with so many connections; gives how many were kept."""
        with subprocess.Popen(
                [sys.executable, '-c', CROWD, p.path, str(count)], text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            try:
                yield int(process.stdout.readline())
            finally:
                process.stdin.close()

    def test_of_one_user(self):
        """Those of all users, and of root: tests/unit/test_places.c."""
        p = self.picod(verbose=False, preexec=few_descriptors)
        one = picod.limit('CLIENTS_PER_USER')
        with self.crowd(p, one) as kept:
            self.assertEqual(kept, one)
            with self.assertRaises((picod.Closed, ConnectionError)):
                p.call('org.varlink.service.GetInfo')
            self.assertIn("of one user's clients", p.log())
        # They left: there is room again.
        while True:
            try:
                p.call('org.varlink.service.GetInfo')
                break
            except (picod.Closed, ConnectionError):
                pass

    def test_descriptors_used_up(self):
        """Accepting pauses, and goes on when there are some again."""
        p = self.picod(preexec=lambda: resource.setrlimit(
            resource.RLIMIT_NOFILE, (40, 40)))
        for _ in range(2):
            self.use_up_descriptors(p)
        # It tries again and again, and says so once.
        self.assertEqual(p.log().count('cannot accept a client'), 1)
        p.call('org.varlink.service.GetInfo')

    def use_up_descriptors(self, p):
        early = [self.connect(p) for _ in range(60)]
        for client in early:
            client.send('org.varlink.service.GetInfo')
        # As many as fit are served, the others wait in the kernel's queue.
        for client in early[:15]:
            client.receive()
            client.send('org.varlink.service.GetInfo')
            client.receive()
        while 'cannot accept a client' not in p.log():
            p.process.poll()
        for client in early[:45]:
            client.close()
        for client in early[45:]:
            client.receive()
            client.close()


class Messages(picod.Case):
    def test_half_a_message(self):
        """What was begun is to be ended; who is slow, but not too slow, is
        heard, and so is who says nothing at all."""
        p = self.picod(verbose=False)
        silent = self.connect(p)
        silent.call('ListBoards')
        half, dribble, slow = (self.connect(p) for _ in range(3))
        message = picod.encode('ListBoards')
        half.write(message[:-1])
        dribble.socket.setblocking(False)
        closed = None
        count = 0
        while closed is None:
            try:
                dribble.write(b' ')
                closed = dribble.socket.recv(100)
            except BlockingIOError:
                time.sleep(0.01)     # the pace of the dribble
            except (BrokenPipeError, ConnectionResetError):
                closed = b''
            count += 1
            if count == 300:
                slow.write(message[:20])
        self.assertEqual(closed, b'')
        self.assertEqual(half.wait_closed(), b'')
        slow.sent.append('io.picod.ListBoards')
        slow.write(message[20:])
        slow.receive()
        self.assertIn('did not end its message in time', p.log())
        silent.call('ListBoards')


class Reader(scripted.Repl):
    """A board with a program that reads what is typed, until a full stop."""

    def __init__(self, board):
        super().__init__(board, paste=True)
        self.typed = bytearray()

    def execute_raw(self):
        if b'read()' not in self.line:
            return super().execute_raw()
        self.line.clear()
        self.hear = self.hear_input
        return b'go\r\n'

    def hear_input(self, byte):
        self.typed.append(byte)
        if byte != ord('.'):
            return b''
        self.hear = self.hear_raw
        return b'\x1e\x04\x04>'


class Requests(picod.Case):
    def setUp(self):
        self.farm = scripted.Farm()
        self.addCleanup(self.farm.stop)
        self.farm.start()

    def start(self, language, settings):
        self.board_ = self.farm.add(language)
        self.p = self.picod(b=f'{self.board_.url()},{settings}',
                            verbose=False)

    def paste(self, board):
        repl = scripted.Repl(board, paste=True)
        repl.WINDOW = 128
        return repl

    def test_statement(self):
        longest = picod.limit('STATEMENT')
        self.start(self.paste, 'driver=repl')
        program = 'hit()\nprint("end")\n#'
        text = program + '.' * (longest - len(program))
        self.assertEqual(self.p.send(text), 'end\n')
        with self.fails('InvalidCommand', board='b') as caught:
            self.p.send(text + '.')
        self.assertIn(f'{longest // 1024} KiB', caught.exception['message'])
        self.assertEqual(self.board_.hits, 1)
        with self.fails('InvalidCommand'):
            self.p.send('ü' * (longest // 2 + 1))
        self.assertEqual(self.p.send(''), '')

    def test_will(self):
        self.start(self.paste, 'driver=repl')
        self.p.call('Hold', will='#' * picod.limit('STATEMENT'))
        with self.fails('InvalidCommand'):
            self.p.call('Hold', wait=10000,
                        will='#' * (picod.limit('STATEMENT') + 1))

    def test_command(self):
        longest = picod.limit('COMMAND')
        self.start(scripted.PiSerial, 'driver=piserial')
        with self.fails('CommandRejected'):
            self.p.send('c' + '0' * (longest - 1))
        with self.fails('InvalidCommand') as caught:
            self.p.send('c' + '0' * longest)
        self.assertIn(f'{longest} characters', caught.exception['message'])

    def test_time(self):
        day = picod.limit('TIME_MS')
        self.start(self.paste, 'driver=repl')
        self.assertEqual(self.p.send('1', timeout=day, wait=day), '1\n')
        for name in ('timeout', 'wait'):
            with self.fails('org.varlink.service.InvalidParameter',
                            parameter=name):
                self.p.send('1', **{name: day + 1})
        self.assertEqual(self.p.send('1', wait=0), '1\n')

    def test_typed_input(self):
        """Beside Input, a tool has a seat, which takes no more than that
        ahead of a board that does not read; and all of it arrives."""
        self.start(Reader, 'driver=repl')
        tool = self.connect(self.p)
        tool.upgrade('Console', shared=True)
        tool.write(b'\x01read()\x04')
        self.hear(tool, b'go\r\n')
        data = pattern(1 << 22)
        with self.board_.lock:
            tool.socket.setblocking(False)
            typed = self.fill(self.p, lambda at: tool.socket.send(
                data[at:at + 4096]))
            tool.socket.settimeout(picod.PATIENCE_S)
        self.assertGreater(typed, picod.limit('INPUT'))
        tool.write(b'.')
        self.hear(tool, b'\x04\x04>')
        self.assertEqual(self.board_.machine.typed, data[:typed] + b'.')
        self.assertEqual(self.p.send('6 * 7'), '42\n')

    def hear(self, tool, end):
        heard = b''
        while not heard.endswith(end):
            heard += tool.read_bytes()

    def test_queue(self):
        """One that waits too many is refused at once."""
        most = picod.limit('QUEUE_PER_USER')
        self.start(self.paste, 'driver=repl')
        holder = self.connect(self.p)
        token = holder.call('Hold')['token']
        clients = [self.connect(self.p) for _ in range(most)]
        for i, client in enumerate(clients):
            client.send('Send', text=f'{i}')
        self.until(lambda: self.p.board()['waiting'] == most)
        with self.fails('LimitExceeded', value=most):
            self.p.send('1')
        self.assertEqual(self.p.send('2', hold=token), '2\n')
        holder.call('Drop')
        for i, client in enumerate(clients):
            self.assertEqual(client.receive()['output'], f'{i}\n')
        self.assertEqual(self.p.send('1'), '1\n')


class Uploads(picod.Case):
    """What is handed over counts until it is written."""

    def setUp(self):
        farm = scripted.Farm()
        self.addCleanup(farm.stop)
        farm.start()
        url = farm.add(lambda board: scripted.Repl(board, paste=True)).url()
        self.p = self.picod(
            b=f'{url},driver=repl,flasher=pico',
            avr=f'{url}2,driver=piserial,flasher=avrdude,part=m2560,'
                'programmer=wiring', verbose=False)
        self.holder = self.connect(self.p)
        self.holder.call('Hold', board='b')

    def fill(self, data, method, **parameters):
        """One user's share waits for a board: the connections."""
        count = picod.limit('UPLOADS_PER_USER') // len(data)
        before = self.p.resident_kb()
        clients = [self.connect(self.p) for _ in range(count)]
        for number, client in enumerate(clients):
            upload(client, data)
            client.send(method, board='b', **parameters)
            self.until(lambda: self.p.board('b')['waiting'] == number + 1)
        if not picod.is_sanitized():    # they are files
            self.assertLess(self.p.resident_kb() - before, 16 << 10)
        return clients

    def assert_full(self, clients):
        """There is no room, until one of these has ended."""
        late = self.connect(self.p)
        most = picod.limit('UPLOADS_PER_USER')
        with self.fails('LimitExceeded', limit='uploads', value=most):
            upload(late, b'x')
        clients[0].close()
        self.until(lambda: self.p.board('b')['waiting'] == len(clients) - 1)
        self.assertEqual(upload(late, b'x'), 1)

    def test_files_that_wait(self):
        self.assert_full(self.fill(bytes(picod.limit('FILE')), 'WriteFile',
                                   path='a'))

    def test_images_that_wait(self):
        blocks = uf2(bytes(picod.limit('IMAGE') // 2))
        self.assertEqual(len(blocks), picod.limit('IMAGE'))
        self.assert_full(self.fill(blocks, 'Flash', more=True, drive=True))

    def test_what_is_made_of_images_that_wait(self):
        """A byte of a plain binary is almost three in Intel HEX."""
        program = b'\x0c\x94'.ljust(8 << 20, b'\0')    # it begins with jmp
        for _ in range(2):
            client = self.connect(self.p)
            upload(client, program)
            client.send('Flash', board='avr', format='bin', wait=600000)
        self.until(lambda: self.p.board('avr')['waiting'] == 2)
        late = self.connect(self.p)
        upload(late, program)
        with self.fails('FlashFailed', stage='preparing') as caught:
            late.call('Flash', board='avr', format='bin', wait=600000)
        self.assertIn('wait for boards', caught.exception['message'])


class Consoles(picod.Case):
    """What is typed into shared consoles by halves, or waits for the board."""

    TEXT = b'#' * (picod.limit('STATEMENT') - 1)

    def setUp(self):
        farm = scripted.Farm()
        self.addCleanup(farm.stop)
        farm.start()
        board = farm.add(lambda board: scripted.Repl(board, paste=True))
        self.p = self.picod(b=f'{board.url()},driver=repl', verbose=False)
        self.assertEqual(self.p.send('1'), '1\n')
        self.holder = self.connect(self.p)
        self.holder.call('Hold')

    def say(self, console, data, end):
        """Whether that was answered by that end, or the console ended."""
        said = b''
        try:
            console.write(data)
            while not said.endswith(end):
                piece = console.read_bytes()
                said += piece
                if not piece:
                    break
        except (BrokenPipeError, ConnectionResetError):
            said += console.wait_closed()
        if said.endswith(end):
            return True
        self.assertIn(b'picod: picod keeps too much', said)
        return False

    def fill(self, data, end):
        """Consoles into which that was typed, until one was refused."""
        consoles = []
        before = self.p.resident_kb()
        while not consoles or self.say(consoles[-1], data, end):
            consoles.append(self.connect(self.p))
            consoles[-1].upgrade('Console', shared=True)
        share = picod.limit('KEPT_PER_USER')
        self.assertLess(len(consoles), share // len(self.TEXT) + 2)
        self.assertGreater(len(consoles), share // len(self.TEXT) // 4)
        if not picod.is_sanitized():
            self.assertLess(self.p.resident_kb() - before,
                            (share >> 10) + 16 * 1024)
        return consoles[:-1]

    def one_after_the_other(self, data, end):
        """Who is refused keeps nobody out, and who leaves makes room."""
        consoles = self.fill(data, end)
        for console in consoles[:4]:
            console.close()
        late = self.connect(self.p)
        late.upgrade('Console', shared=True)
        self.assertTrue(self.say(late, data, end))
        return consoles[4:]

    def test_text_without_an_end(self):
        consoles = self.one_after_the_other(b'\x05' + self.TEXT + b'+', b'#+')
        self.assertTrue(self.say(consoles[0], b'\x03', b'\r\n>>> '))

    def test_statements_that_wait(self):
        self.one_after_the_other(b'\x01' + self.TEXT + b'\x04', b'OK')


class Output(picod.Case):
    """What boards print, more of it than anybody wants to keep."""

    # A line of 64 bytes as the board sends it.
    LINE = 'x' * 62 + '\n'

    def program(self, lines, more=''):
        return (f'import sys\nfor i in range({lines}): '
                f'sys.stdout.write({self.LINE!r})\n{more}')


class MuchOutput(Output):
    """By a scripted board, which is quick to print megabytes."""

    def setUp(self):
        farm = scripted.Farm()
        self.addCleanup(farm.stop)
        farm.start()
        self.board_ = farm.add(lambda board: scripted.Repl(board, paste=True))
        self.p = self.picod(b=f'{self.board_.url()},driver=repl',
                            verbose=False)

    def test_kept(self):
        """As much as the limit is kept; one byte more is too much."""
        most = picod.limit('OUTPUT')
        lines = most // 64
        self.assertEqual(self.p.send(self.program(lines)), self.LINE * lines)
        with self.fails('OutputTooLarge', limit=most,
                        output=self.LINE * lines):
            self.p.send(self.program(lines, "sys.stdout.write('y')\n"))
        self.assertEqual(self.p.send('2 + 2'), '4\n')

    def test_stream_of_megabytes(self):
        """A client that keeps up gets all of it, in bounded memory."""
        self.p.send('2 + 2')
        before = self.p.resident_kb()
        lines = 131072
        length = 0
        for piece in self.p.stream('Send', text=self.program(lines)):
            length += len(piece['output'])
        self.assertEqual(length, lines * len(self.LINE))
        if not picod.is_sanitized():
            self.assertLess(self.p.resident_kb() - before,
                            (picod.limit('UNREAD') >> 10) + 4096)

    def test_reader_that_sleeps(self):
        """No board waits for it, which would drop what it cannot write."""
        self.board_.drops = True
        lines = (4 << 20) // len(self.LINE)
        with self.connect(self.p) as client:
            client.send('Send', more=True, text=self.program(lines))
            # This waits until all of it has been printed.
            self.assertEqual(self.p.send('2 + 2'), '4\n')
            output = ''.join(piece['output']
                             for piece in client.receive_all())
        self.assertEqual(self.board_.dropped, 0)
        self.assertEqual(output, self.LINE * lines)

    def unread(self):
        """Who has read nothing of what was printed, and when that was."""
        client = self.connect(self.p)
        client.send('Send', more=True,
                    text=self.program((4 << 20) // len(self.LINE)))
        return client, {self.p.call('Send', text='2 + 2')['boot']}

    def test_reader_that_sleeps_until_its_board_is_another(self):
        """Restarted, or not served any more: what he reads is of its boot."""
        section = f'[board b]\nport = {self.board_.url()}\ndriver = repl\n'
        self.p.stop()
        self.p = self.picod(config=section, verbose=False,
                            env={'MALLOC_PERTURB_': '165'})
        unread = [self.unread()]
        self.p.call('Reset')
        unread.append(self.unread())
        with open(self.p.config, 'w', encoding='ascii'):
            pass
        self.p.process.send_signal(signal.SIGHUP)
        self.until(lambda: not self.p.call('ListBoards')['boards'])
        for client, boot in unread:
            self.assertEqual({piece['boot'] for piece in client.receive_all()},
                             boot)

    def test_reader_that_sleeps_too_long(self):
        """It gets what was kept, and then hears that there was more."""
        self.board_.drops = True
        most = picod.limit('UNREAD')
        with self.connect(self.p) as client:
            client.send('Send', more=True,
                        text=self.program(most * 3 // 2 // len(self.LINE)))
            self.assertEqual(self.p.send('2 + 2'), '4\n')
            output = ''
            with self.fails('OutputTooLarge', limit=most) as caught:
                for piece in client.receive_all():
                    output += piece['output']
            output += caught.exception['output']
        self.assertIn('read', caught.exception['message'])
        self.assertEqual(self.board_.dropped, 0)
        self.assertGreaterEqual(len(output), most)
        self.assertEqual(output, (self.LINE * (len(output) // len(
            self.LINE) + 1))[:len(output)])

    def test_watchers_that_never_read(self):
        """What happens is kept for them once, and not for each."""
        program = self.program(picod.limit('OUTPUT') // 64)
        self.p.send(program)
        before = self.p.resident_kb()
        for _ in range(40):
            self.connect(self.p).send('Watch', more=True, trace=True)
        self.p.send(program)
        if not picod.is_sanitized():
            self.assertLess(self.p.resident_kb() - before, 40 * 100)

    def test_watcher_that_was_left_behind(self):
        """It is told the newest of what it missed, and for whom that was,
        though nobody is served any more."""
        watcher = self.connect(self.p)
        watcher.send('Watch', more=True, trace=True)
        self.p.send(self.program(picod.limit('OUTPUT') // 64))
        events = watcher.receive_all()
        next(e for e in events if e['event'] == 'lost')
        self.assertEqual(next(events)['state'], 'ready')
        heard = b''
        while (event := next(events))['event'] == 'trace':
            self.assertEqual(event['client']['pid'], os.getpid())
            self.assertFalse(event['toBoard'])
            heard += base64.b64decode(event['data'])
        self.assertEqual(event['state'], 'ready')
        self.assertGreater(len(heard), picod.limit('TAPE') // 2)
        self.assertIn(self.LINE.replace('\n', '\r\n').encode() * 1000, heard)

    def test_watcher_that_stalls(self):
        """It loses what it did not read, and holds up nobody."""
        lazy = self.connect(self.p)
        lazy.send('Watch', more=True, trace=True)
        pieces = self.p.stream('Send', text=self.program(8192))
        self.assertEqual(sum(len(piece['output']) for piece in pieces),
                         8192 * len(self.LINE))
        self.assertEqual(self.p.send('2 + 2'), '4\n')
        lost = 0
        for event in lazy.receive_all():
            if event['event'] == 'lost':
                lost = event['reason']
                break
        self.assertIn('bytes', lost)

    def test_watcher_that_pauses(self):
        """For as long as it likes, as a pager does: it is told what it lost,
        and how things stand."""
        lazy = self.connect(self.p)
        lazy.send('Watch', more=True, trace=True)
        for _ in self.p.stream('Send', text=self.program(16384)):
            pass
        events = lazy.receive_all()
        lost = next(e for e in events if e['event'] == 'lost')
        self.assertRegex(lost['reason'], '^[1-9][0-9]* bytes in [1-9]')
        self.assertEqual(next(events)['state'], self.p.board()['state'])
        self.p.send('4 + 4')
        while True:
            event = next(events)
            if event['event'] == 'trace' and '8' in event['output']:
                break

    def test_picoctl_whose_output_nobody_reads(self):
        talker = subprocess.Popen(
            [picod.PICOCTL, 'send', self.program((12 << 20) // len(self.LINE))],
            env=self.p.client_environment(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        first = talker.stdout.read(1)
        self.assertEqual(self.p.send('2 + 2'), '4\n')
        output, errors = talker.communicate(timeout=picod.PATIENCE_S)
        self.assertEqual(talker.returncode, 13, errors)
        self.assertGreaterEqual(len(first + output), picod.limit('UNREAD'))
        self.assertIn(b'waited to be read', errors)

    def test_output_of_all_is_bounded(self):
        """Of one user, who has as many requests as he likes."""
        share = picod.limit('KEPT_PER_USER')
        clients = [self.connect(self.p) for _ in range(share //
                   picod.limit('UNREAD') + 2)]
        for client in clients:
            client.send('Send', more=True, text=self.program(
                (7 << 20) // len(self.LINE)))
        if not picod.is_sanitized():
            self.assertEqual(self.p.send('2 + 2'), '4\n')
            self.assertLess(self.p.resident_kb(), (share >> 10) + 48 * 1024)
        errors = []
        for client in clients:
            try:
                for _ in client.receive_all():
                    pass
            except picod.PicodError as error:
                errors.append(error.name)
        self.assertEqual(set(errors), {'OutputTooLarge'})


class Files(picod.Case):
    """What a board says of its files, more than anybody wants to keep."""

    ENTRIES = 200000

    def setUp(self):
        farm = scripted.Farm()
        self.addCleanup(farm.stop)
        farm.start()
        self.board_ = farm.add(lambda board: scripted.Files(board, paste=True))
        self.p = self.picod(b=f'{self.board_.url()},driver=repl',
                            verbose=False)
        self.assertEqual(self.p.call('ListFiles', path='/'), {'files': []})
        self.before = self.p.resident_kb()

    def has(self, entries=0, content=b''):
        self.board_.machine.has(b''.join(
            b'\6%%L0,%d,-,/%06d\0' % (number, number)
            for number in range(entries)), content)

    def assert_bounded(self, most):
        if not picod.is_sanitized():
            self.assertLess(self.p.resident_kb() - self.before,
                            (most >> 10) + 16 * 1024)

    def assert_served(self):
        """The board, and this connection."""
        self.has(entries=1)
        self.assertEqual(self.client.call('ListFiles', path='/')['files'][0][
            'path'], '/000000')

    def test_list(self):
        share = picod.limit('KEPT_PER_USER')
        self.client = self.connect(self.p)
        self.has(self.ENTRIES)
        with self.fails('LimitExceeded', limit='memory', value=share) as caught:
            self.client.call('ListFiles', path='/')
        self.assertIn('more', caught.exception['message'])
        self.assert_bounded(share)
        self.assert_served()

    def test_list_in_pieces(self):
        self.client = self.connect(self.p)
        self.has(self.ENTRIES)
        count = 0
        for piece in self.client.stream('ListFiles', path='/'):
            count += len(piece['files'])
        self.assertEqual(count, self.ENTRIES)
        self.assert_bounded(picod.limit('UNREAD'))
        self.assert_served()

    def test_file(self):
        most = picod.limit('FILE')
        self.client = self.connect(self.p)
        self.has(content=bytes(most))
        reply = self.client.call('ReadFile', path='/a')
        self.assertEqual(len(base64.b64decode(reply['data'])), most)
        self.has(content=bytes(most + 1))
        with self.fails('LimitExceeded', limit='file', value=most):
            self.client.call('ReadFile', path='/a')
        self.assert_served()

    def test_file_in_pieces(self):
        content = os.urandom(picod.limit('FILE')).hex().encode()
        self.client = self.connect(self.p)
        self.has(content=content)
        self.assertEqual(b''.join(
            base64.b64decode(piece['data']) for piece in
            self.client.stream('ReadFile', path='/a')), content)
        self.assert_bounded(picod.limit('UNREAD'))
        self.assert_served()

    def read_nothing(self, method, **parameters):
        """Calls it, and reads once the board is done; then hears why it is not
        all."""
        most = picod.limit('UNREAD')
        self.client = self.connect(self.p)
        self.client.send(method, more=True, **parameters)
        self.assertEqual(self.p.send('2 + 2'), '4\n')
        self.assert_bounded(most)
        with self.fails('OutputTooLarge', limit=most) as caught:
            for _ in self.client.receive_all():
                pass
        self.assertIn('read', caught.exception['message'])
        self.assert_served()

    def test_list_that_nobody_reads(self):
        self.has(self.ENTRIES)
        self.read_nothing('ListFiles', path='/')

    def test_file_that_nobody_reads(self):
        self.has(content=bytes(4 * picod.limit('UNREAD')))
        self.read_nothing('ReadFile', path='/a')


class OutputOfRealBoards(Output):
    def setUp(self):
        self.mp = self.board(MicroPython())
        self.p = self.picod(mp=f'unix:{self.mp.path},driver=repl',
                            verbose=False)

    def test_more_than_is_kept(self):
        """It is stopped, as it would be by Ctrl-C."""
        with self.fails('OutputTooLarge', limit=picod.limit('OUTPUT')):
            self.p.send('while True: print("x" * 1000)')
        self.assertEqual(self.p.send('2 + 2'), '4\n')

    def test_slow_reader(self):
        """The board goes on for it, and others are served; nothing is lost."""
        other = self.board(Microbit())
        self.p.stop()
        self.p = self.picod(mp=f'unix:{self.mp.path},driver=repl',
                            mb=f'unix:{other.path},driver=repl',
                            verbose=False)
        lines = 12288
        with self.connect(self.p) as client:
            client.send('Send', more=True, board='mp',
                        text=self.program(lines))
            for n in range(100):
                self.assertEqual(self.p.send(f'{n}', 'mb'), f'{n}\n')
            self.assertEqual(self.p.send('1', 'mp'), '1\n')
            length = sum(len(piece['output'])
                         for piece in client.receive_all())
        self.assertEqual(length, lines * len(self.LINE))

    def test_all_watchers_hear_the_same(self):
        """Also when it happened; a trace is for who asked for one."""
        watchers = [self.watch(self.p, trace=n > 0) for n in range(4)]
        for watcher in watchers:
            watcher.wait(event='state')
        self.p.send('print("one")')
        for watcher in watchers:
            watcher.wait(event='state', state='ready')
        plain, *traces = (w.seen[1:] for w in watchers)
        self.assertIn('trace', [e['event'] for e in traces[0]])
        self.assertEqual(traces[1], traces[0])
        self.assertEqual(traces[2], traces[0])
        self.assertEqual(plain, [e for e in traces[0]
                                 if e['event'] != 'trace'])

    def test_history(self):
        """What a board said unasked, its newer part."""
        most = picod.limit('HISTORY')
        self.p.stop()
        with Typist(self.mp) as typist:
            typist.prompt()
            typist.type(b"exec('n = 0\\nwhile True:\\n n += 1\\n "
                        b"print(n)\\n if n == 20000: break')\r", b'\r\n')
        self.p = self.picod(mp=f'unix:{self.mp.path},driver=repl')
        watcher = self.watch(self.p)
        told = ''
        while not told.endswith('>>> '):
            told += watcher.wait(event='output')['output']
        history = self.watch(self.p, history=True)
        output = history.wait(event='output')['output']
        self.assertIn(len(output) + output.count('\n'), (most, most - 1))
        self.assertTrue(output.endswith('19999\n20000\n>>> '), output[-40:])
        lines = output.split('\n')[1:-1]
        self.assertEqual(lines, [str(n) for n in range(
            20001 - len(lines), 20001)])


if __name__ == '__main__':
    unittest.main()
