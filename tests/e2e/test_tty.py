# SPDX-License-Identifier: MIT
"""picod's own port of each board, and the tools that open it."""

import grp
import os
import pty
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
import termios
import unittest

import serial

import picod
import scripted
from boards import MicroPython
from test_faces import MPREMOTE
from uno import Uno

RAW = b'raw REPL; CTRL-B to exit\r\n>'


class Tool:
    """A program that has the port open: bytes, as pyserial has them."""

    def __init__(self, path, **settings):
        self.port = serial.Serial(path, 115200, timeout=picod.PATIENCE_S,
                                  exclusive=True, **settings)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.port.close()

    def say(self, data):
        self.port.write(data)

    def expect(self, end):
        got = self.port.read_until(end)
        assert got.endswith(end), got
        return got

    def raw(self):
        self.say(b'\r\x03\r\x01')
        self.expect(RAW)

    def run(self, text):
        self.say(text + b'\x04')
        return self.expect(b'\x04>')


class Case(picod.Case):
    def setUp(self):
        self.simulated = self.board(MicroPython())
        self.p = self.picod(b=f'unix:{self.simulated.path}')
        self.p.send('1')    # a port that opens now sees the board come
        self.path = self.tty()['path']

    def tty(self, p=None):
        p = p or self.p
        return p.call('ListBoards', details=True)['boards'][0].get('tty')

    def wait_closed(self):
        """Once more, so that picod has done what that tells it to do."""
        self.until(lambda: not self.tty()['open'])
        self.tty()


class OneAfterTheOther(Case):
    def test_two_tools_one_after_the_other(self):
        self.p.send('mine = 1')
        self.assertEqual(self.path, os.path.join(self.p.directory, 'tty', 'b'))
        node = os.readlink(self.path)
        for _ in range(2):
            with Tool(self.path) as tool:
                tool.raw()
                self.assertEqual(tool.run(b'print(mine)'), b'OK1\r\n\x04\x04>')
                self.assertEqual(self.p.send('mine'), '1\n')
        self.assertEqual(os.readlink(self.path), node)

    def test_the_next_tool_finds_nothing_of_the_last(self):
        with Tool(self.path) as tool:
            tool.raw()
            tool.say(b"print('x' * 3000)\x04")
            tool.expect(b'OK')
            self.p.send('1')        # the rest was printed, and never read
        self.wait_closed()
        with Tool(self.path) as tool:
            tool.say(b'\r')
            self.assertEqual(tool.expect(b'>>> '), b'\r\n>>> ')

    def test_settings_are_those_of_a_new_port(self):
        subprocess.run(['stty', '-F', self.path, 'sane', '9600'], check=True)
        self.until(lambda: '115200' in subprocess.run(
            ['stty', '-F', self.path], stdout=subprocess.PIPE, check=True,
            text=True).stdout)
        # With echo picod would hear itself.
        with open(self.path, 'r+b', buffering=0) as file:
            settings = termios.tcgetattr(file)
            settings[3] |= termios.ECHO | termios.ICANON
            termios.tcsetattr(file, termios.TCSANOW, settings)
            file.write(b'6 * 7\r')
            got = b''
            while not got.endswith(b'42\r\n>>> '):
                got += file.read(100)
        self.assertEqual(got, b'6 * 7\r\n42\r\n>>> ')

    def test_what_echo_writes_is_carried_out(self):
        watch = self.watch(self.p)
        with self.p.connect() as other:
            other.send('Send', text='import time; time.sleep(0.3)')
            watch.wait(event='state', state='busy')
            with open(self.path, 'wb') as file:
                file.write(b'mine = 5\r')
            other.receive()
        self.until(lambda: self.p.send('"mine" in globals()') == 'True\n')

    def test_a_statement_outlives_its_tool_until_somebody_waits(self):
        with Tool(self.path) as tool:
            tool.raw()
            tool.say(b"print('go')\nwhile True: pass\x04")
            tool.expect(b'go\r\n')
        self.assertEqual(self.p.send('6 * 7'), '42\n')
        with Tool(self.path) as tool:
            tool.raw()
            self.assertEqual(tool.run(b'print(2)'), b'OK2\r\n\x04\x04>')

    def test_a_tool_quicker_than_picod_stops_what_the_last_one_left(self):
        """As at a real port; and nobody else hears of it."""
        watch = self.watch(self.p)
        last = os.open(self.path, os.O_RDWR | os.O_NOCTTY)
        with Tool(self.path) as tool:       # there is nobody without it
            os.write(last, b"\r\x03\x01print('go')\nwhile True: pass\x04")
            tool.expect(b'go\r\n')
            os.close(last)
            tool.say(b'\r\x03\r\x01')
            self.assertIn(b'KeyboardInterrupt', tool.expect(b'\x04>'))
            tool.expect(RAW)
        self.simulated.stop()
        watch.wait(event='state', state='absent')
        self.assertNotIn('output', [event['event'] for event in watch.seen])

    def test_a_tool_that_vanishes_after_each_byte(self):
        said = b'\r\x03\x01\x05A\x01while True: 1\x04'
        for n in range(len(said) + 1):
            with Tool(self.path) as tool:
                tool.say(said[:n])
            if n % 4 == 0 or n == len(said):
                self.assertEqual(self.p.send(str(n)), f'{n}\n')
        self.wait_closed()
        with Tool(self.path) as tool:
            tool.say(b'\r')
            self.assertEqual(tool.expect(b'>>> '), b'\r\n>>> ')

    def test_others_are_served_while_a_tool_pastes(self):
        with Tool(self.path) as tool:
            tool.raw()
            tool.say(b'\x05A\x01')
            head = tool.port.read(5)
            self.assertEqual((head[:2], head[4:]), (b'R\x01', b'\x01'))
            self.p.send('import time; print("x" * 1000)')
            window = int.from_bytes(head[2:4], 'little')
            tool.say(b'#' * (window - 1) + b'\n')
            self.p.send('2')
            self.assertEqual(tool.port.read(1), b'\x01')
            tool.say(b'print(3)\x04')
            self.assertEqual(tool.expect(b'\x04>'), b'\x043\r\n\x04\x04>')

    def test_who_has_it(self):
        self.assertEqual(self.tty(), {'path': self.path, 'open': False})
        with Tool(self.path) as tool:
            self.until(lambda: self.tty()['open'])
            self.assertEqual(self.tty()['pid'], os.getpid())
            tool.say(b'input()\r')
            requests = self.until(lambda: self.p.call(
                'ListBoards', details=True)['boards'][0]['requests'])
            self.assertEqual(requests[0]['client']['pid'], os.getpid())
            listed = self.p.picoctl('list', '-v').stdout
            self.assertIn(f'    tty      {self.path}, open: ', listed)
            self.assertIn(f'(pid {os.getpid()})', listed)
            tool.say(b'\r')
            tool.expect(b'>>> ')
        self.wait_closed()

    def test_mpremote(self):
        def tool(*words):
            return subprocess.run(
                [MPREMOTE, 'connect', self.path, *words], check=True,
                stdout=subprocess.PIPE, text=True).stdout

        self.p.send('mine = 7')
        self.assertEqual(tool('exec', 'print(mine)'), '7\n')
        self.assertIn('ilistdir', tool('eval', 'dir(__import__("os"))'))
        self.assertEqual(self.p.send('mine'), '7\n')

    def test_a_board_that_is_pulled_out_and_comes_back(self):
        with Tool(self.path) as tool:
            tool.raw()
            tool.say(b"print('go')\nwhile True: pass\x04")
            tool.expect(b'go\r\n')
            self.simulated.stop()
            self.assertIn(b'OSError: picod: board b: ', tool.expect(b'\x04>'))
            tool.say(b'\x02')
            tool.expect(b'>>> ')
            self.simulated.start()
            tool.expect(b'>>> ')    # it greets
            tool.say(b'6 * 7\r')
            tool.expect(b'42\r\n>>> ')

    def test_nothing_wakes_at_rest(self):
        with Tool(self.path) as tool:
            tool.say(b'\r')
            tool.expect(b'>>> ')
            self.until(self.p.rests)
        self.until(self.p.rests)


class Flood(picod.Case):
    def test_too_much_that_is_not_read_ends_its_statement(self):
        farm = scripted.Farm()
        self.addCleanup(farm.stop)
        board = farm.add(lambda board: scripted.Repl(board, paste=True))
        farm.start()
        p = self.picod(b=f'{board.url()},driver=repl')
        with Tool(p.board()['tty']['path']) as tool:
            tool.raw()
            tool.say(b"print('x' * 1000000)\x04")
            watch = self.watch(p)
            watch.wait(event='state', state='ready')
            self.assertEqual(p.send('6 * 7'), '42\n')
            got = tool.expect(b'\x04>')
        self.assertGreater(len(got), picod.limit('TTY'))
        self.assertLess(len(got), 1000000)
        self.assertIn(b'too much of its output', got)


    def test_who_does_not_read_the_echo_is_not_listened_to(self):
        """All is answered as soon as he reads; who leaves leaves nothing."""
        p = self.picod(b='unix:/nowhere/b')
        path = p.board()['tty']['path']
        prompt = b'\r\n>>> '
        for reads in (True, False):
            with Tool(path) as tool:
                typed = self.fill(p, lambda _: os.write(
                    tool.port.fileno(), b'\x03' * 4096))
                self.assertGreater(typed * len(prompt), picod.limit('TTY'))
                if reads:
                    self.assertEqual(tool.port.read(len(prompt) * typed),
                                     prompt * typed)
        self.until(lambda: not p.board()['tty']['open'])
        p.board()
        with Tool(path) as tool:
            tool.say(b'\r')
            self.assertEqual(tool.expect(b'>>> '), prompt)


class Locked(picod.Case):
    """A tool leaves TIOCEXCL behind, which keeps out all but root."""

    USER = 12346

    def test_a_new_port_under_the_same_name(self):
        if os.getuid() != 0:
            self.skipTest('needs root, to be somebody else')
        simulated = self.board(MicroPython())
        for path in (simulated.directory, simulated.path):
            os.chown(path, self.USER, -1)
        p = picod.Picod(boards={'b': f'unix:{simulated.path}'}, user=self.USER)
        self.addCleanup(p.stop)
        path = p.board()['tty']['path']
        node = os.readlink(path)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        script = 'import os, fcntl, termios; fd = os.open({!r}, os.O_RDWR | ' \
            'os.O_NOCTTY); fcntl.ioctl(fd, termios.TIOCEXCL); {}'
        subprocess.run([sys.executable, '-c', script.format(path, '')],
                       check=True, user=self.USER, group=self.USER,
                       extra_groups=[])
        self.until(lambda: os.readlink(path) != node)
        with Tool(path) as tool:
            tool.say(b'6 * 7\r')
            tool.expect(b'42\r\n>>> ')
        self.assertEqual(os.listdir(os.path.dirname(path)), ['b'])


class Sketch(picod.Case):
    def setUp(self):
        self.simulated = self.board(Uno(sketch=os.path.join(
            picod.FIRMWARE, 'uno-probe-9600.hex')))
        self.simulated.wait_for('pin 13 0')
        self.p = self.picod(
            u=f'{self.simulated.path},driver=piserial,baud=9600')
        self.path = self.p.board()['tty']['path']

    def test_lines_and_the_first_words_of_avrdude(self):
        with Tool(self.path) as tool:
            tool.say(b'i0001\n')
            self.assertEqual(tool.expect(b'OK'), b'v0001\nOK')
            tool.say(b'\x30\x20\x30\x20')
            note = self.until(lambda: self.p.board()['tty'].get('note'))
        self.assertIn('picoctl flash -b u', note)
        self.assertIn(note.partition(':')[2], ' '.join(
            self.p.picoctl('list').stdout.split()))
        self.assertIn('board u: a tool tried to flash it', self.p.log())

    def test_a_touch_at_1200_baud(self):
        subprocess.run(['stty', '-F', self.path, '1200'], check=True)
        self.until(lambda: self.p.board()['tty'].get('note'))
        with Tool(self.path) as tool:
            tool.say(b'i0001\n')
            self.assertEqual(tool.expect(b'OK'), b'v0001\nOK')
        self.assertNotIn('note', self.p.board()['tty'])


class Printing(picod.Case):
    def test_a_board_that_only_prints(self):
        uno = self.board(Uno(sketch=os.path.join(
            picod.FIRMWARE, 'uno-prints-9600.hex')))
        uno.wait_for('pin 13 0')
        p = self.picod(u=f'{uno.path},baud=9600')
        with Tool(p.board()['tty']['path']) as tool:
            tool.expect(b'temp 20.50\r\n')
            tool.say(b'hello\r')
            tool.expect(b'picod: ')         # nobody answers
            for _ in range(2):
                self.assertTrue(tool.expect(b'temp 20.50\r\n'))
            tool.say(b'\x01\r')
            self.assertEqual(tool.expect(b'\n'), b'temp 20.50\r\n')


class Reloading(picod.Case):
    def reload(self, p, config):
        with open(p.config, 'w') as file:
            file.write(config)
        p.process.send_signal(signal.SIGHUP)
        self.until(lambda: 'the configuration was read again' in p.log())


class Removed(Reloading):
    """Boards that go, with what the last tool wanted to have done there."""

    CONFIG = '[board a]\nport = unix:/nowhere/a\n'

    def setUp(self):
        self.p = self.picod(config=self.CONFIG,
                            env={'MALLOC_PERTURB_': '165'})
        self.path = self.p.board()['tty']['path']

    def type(self, text):
        """By a tool that leaves at once, and for whom picod lingers."""
        with Tool(self.path) as tool:
            tool.say(text)
        self.until(lambda: not self.p.board()['tty']['open'])
        self.assertEqual(len(self.p.board()['requests']), 1)

    def test_nothing_is_left_of_it(self):
        self.type(b'x = 1\r')
        self.reload(self.p, '')
        self.assertEqual(self.p.call('ListBoards')['boards'], [])
        self.assertEqual(os.listdir(os.path.dirname(self.path)), [])

    def test_who_has_it_open_is_hung_up_on(self):
        with Tool(self.path) as tool:
            tool.say(b'x = 1\rinput()\r')
            self.until(lambda: self.p.board()['requests'])
            self.reload(self.p, '')
            with self.assertRaises(serial.SerialException):
                while True:
                    tool.port.read(100)
        self.assertEqual(self.p.call('ListBoards')['boards'], [])


class Which(Reloading):
    """Boards that have one, and whose it is."""

    # Others than root can give a port only to a group of their own.
    GROUP = grp.getgrgid(os.getgid() or 1)

    def ttys(self, config, reload=None):
        boards = {name: f'unix:/nowhere/{name}' for name in ('a', 'b')}
        p = self.picod(config=config, **boards)
        if reload is not None:
            self.reload(p, reload)
        folder = os.path.join(p.directory, 'tty')
        has = {board['name']: os.stat(board['tty']['path']).st_gid
               for board in p.call('ListBoards')['boards'] if 'tty' in board}
        self.assertEqual(set(os.listdir(folder)), set(has))
        return set(has), p

    def test_rules_of_access_leave_it_to_who_is_named(self):
        self.assertEqual(self.ttys('')[0], {'a', 'b'})
        some = '* = ListBoards Send\n'
        self.assertEqual(self.ttys('[access a]\n' + some)[0], {'b'})
        self.assertEqual(self.ttys('[access]\n' + some)[0], set())
        has, p = self.ttys(
            f'[access]\n{some}[ports]\ntty = {self.GROUP.gr_name}\n')
        self.assertEqual(has, {'a', 'b'})
        node = os.stat(p.board('a')['tty']['path'])
        self.assertEqual((node.st_gid, stat.S_IMODE(node.st_mode)),
                         (self.GROUP.gr_gid, 0o660))

    def test_a_setting_to_have_none(self):
        self.assertEqual(self.ttys('[ports]\ntty = no\n')[0], set())
        self.assertEqual(self.ttys('[board a]\ntty = no\n')[0], {'b'})

    def test_a_new_configuration(self):
        self.assertEqual(self.ttys('', '[ports]\ntty = no\n')[0], set())
        self.assertEqual(self.ttys('[ports]\ntty = no\n', '')[0], {'a', 'b'})
        has, p = self.ttys('', f'[board a]\ntty = {self.GROUP.gr_name}\n')
        self.assertEqual(os.stat(p.board('a')['tty']['path']).st_gid,
                         self.GROUP.gr_gid)

    def test_a_folder_that_is_not_picods_alone(self):
        p = self.picod()
        p.terminate()
        os.mkdir(os.path.join(p.directory, 'tty'), 0o777)
        os.chmod(os.path.join(p.directory, 'tty'), 0o777)
        p.arguments += ['-b', 'a=unix:/nowhere/a']
        p.start()
        self.assertNotIn('tty', p.board())
        self.assertIn('this is no folder of picod\'s alone', p.log())

    def test_it_is_no_port_of_a_board(self):
        p = self.picod(a='unix:/nowhere/a')
        path = p.board()['tty']['path']
        p.terminate()
        p.arguments += ['-b', f'loop={path}']
        p.start()
        self.assertIn('a port that picod makes for tools', self.until(
            lambda: p.board('loop').get('problem')))

    def test_they_go_with_picod(self):
        p = self.picod(a='unix:/nowhere/a')
        p.stop()
        self.assertFalse(os.path.exists(os.path.join(p.directory, 'tty')))


class Names(unittest.TestCase):
    """picod-names, in folders of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dev = os.path.join(folder.name, 'dev')
        self.links = os.path.join(folder.name, 'links')
        os.mkdir(self.dev)
        os.mkdir(self.links)
        ends = pty.openpty()
        for end in ends:
            self.addCleanup(os.close, end)
        self.pty = os.ttyname(ends[1])

    def link(self, name, to):
        os.symlink(to, os.path.join(self.links, name))

    def named(self, user=None):
        """What stands in /dev, and what it leads to."""
        subprocess.run(
            [os.path.join(picod.ROOT, 'systemd/picod-names'), self.dev,
             self.links, user or pwd.getpwuid(os.getuid()).pw_name],
            check=True)
        return {entry.name.removeprefix('ttyACM-'):
                os.readlink(entry.path) if entry.is_symlink() else None
                for entry in os.scandir(self.dev)}

    def test_names_come_and_go(self):
        self.assertEqual(self.named(), {})
        self.link('pico0', self.pty)
        self.link('-b', self.pty)
        self.assertEqual(self.named(), {'pico0': self.pty, '-b': self.pty})
        os.unlink(os.path.join(self.links, '-b'))
        self.assertEqual(self.named(), {'pico0': self.pty})
        os.rename(self.links, self.links + '.')
        self.assertEqual(self.named(), {})

    def test_nothing_but_ptys_of_picods(self):
        for number, to in enumerate(('/etc/shadow', '/dev/null', '/dev/pts',
                                     '/dev/pts/../null', '/dev/pts/ptmx',
                                     '/dev/pts/999999', self.dev)):
            self.link(f'b{number}', to)
        self.link('a b', self.pty)
        self.assertEqual(self.named(), {})
        self.link('b', self.pty)
        self.assertEqual(self.named(user='daemon'), {})

    def test_what_is_not_picods_stays(self):
        with open(os.path.join(self.dev, 'ttyACM-a'), 'w'):
            pass
        os.symlink('/dev/null', os.path.join(self.dev, 'ttyACM-b'))
        self.link('a', self.pty)
        self.assertEqual(self.named(), {'a': None, 'b': '/dev/null'})


if __name__ == '__main__':
    unittest.main()
