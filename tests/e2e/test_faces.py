# SPDX-License-Identifier: MIT
"""Tools that want the port for themselves, unmodified, beside other clients."""

import contextlib
import errno
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import picod
from boards import MicroPython
from terminal import Terminal
from uno import Uno

HERE = os.path.dirname(os.path.abspath(__file__))
MPREMOTE = subprocess.run(
    [os.path.join(HERE, '../boards/mpremote-program')],
    stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


class Face:
    """The test is the tool: the bytes of a shared Console."""

    def __init__(self, p, **parameters):
        self.connection = p.connect()
        self.begun = self.connection.upgrade('Console', shared=True,
                                             **parameters)
        self.bytes = b''

    def say(self, data):
        self.connection.write(data)

    def expect(self, end):
        """Reads until those bytes have come; all that came with them."""
        while end not in self.bytes:
            data = self.connection.read_bytes()
            if not data:
                raise AssertionError(f'only {self.bytes} came, not {end}')
            self.bytes += data
        size = self.bytes.index(end) + len(end)
        got, self.bytes = self.bytes[:size], self.bytes[size:]
        return got

    def end(self):
        self.connection.end()

    def close(self):
        self.connection.close()


class Case(picod.Case):
    def setUp(self):
        self.simulated = self.board(MicroPython())
        self.p = self.picod(b=f'unix:{self.simulated.path}')

    def face(self, **parameters):
        face = Face(self.p, **parameters)
        self.addCleanup(face.close)
        return face


class Dialogues(Case):
    BANNER = b'raw REPL; CTRL-B to exit\r\n>'

    def raw(self):
        face = self.face()
        face.say(b'\r\x03\r\x01')
        face.expect(self.BANNER)
        return face

    def run_raw(self, face, text):
        face.say(text + b'\x04')
        self.assertEqual(face.expect(b'OK'), b'OK')
        output = face.expect(b'\x04')[:-1]
        error = face.expect(b'\x04')[:-1]
        self.assertEqual(face.expect(b'>'), b'>')
        return output, error

    def test_a_raw_text_is_carried_out_as_it_is(self):
        face = self.raw()
        self.assertEqual(self.run_raw(face, b'1 + 1'), (b'', b''))
        self.assertEqual(self.run_raw(face, b'print(1)\nprint(__name__)'),
                         (b'1\r\n__main__\r\n', b''))
        self.assertEqual(self.run_raw(face, b"print('\\x1e\\x01')"),
                         (b'\x1e\x01\r\n', b''))

    def test_a_traceback_is_the_boards(self):
        output, error = self.run_raw(self.raw(), b'x = 1\n\n1 / 0')
        self.assertEqual(output, b'')
        self.assertEqual(error, b'Traceback (most recent call last):\r\n'
                         b'  File "<stdin>", line 3, in <module>\r\n'
                         b'ZeroDivisionError: divide by zero\r\n')

    def test_a_soft_reset_of_a_tool_loses_nobodys_variables(self):
        self.p.send('mine = 42')
        face = self.raw()
        face.say(b'\x04')
        face.expect(b'soft reboot\r\n')
        face.expect(self.BANNER)
        self.assertEqual(self.p.send('mine'), '42\n')

    def test_a_person_restarts_the_program(self):
        self.p.send('mine = 42')
        boot = self.p.board()['boot']
        face = self.face()
        face.say(b'\x04')
        face.expect(b'soft reboot\r\n')
        face.expect(b'>>> ')
        self.assertGreater(self.p.board()['boot'], boot)
        with self.assertRaises(picod.PicodError):
            self.p.send('mine')

    def test_a_restart_is_told_once(self):
        face = self.face()
        face.say(b'\x04')
        said = face.expect(b'>>> ')
        face.say(b'6 * 7\r')
        said += face.expect(b'42\r\n>>> ')
        self.assertEqual(said.count(b'soft reboot'), 1, said)
        self.assertEqual(said.count(b'MicroPython'), 1, said)
        self.p.call('Reset')
        said = face.expect(b'>>> ')
        self.assertEqual(said.count(b'soft reboot'), 1, said)

    def test_a_prompt_comes_where_others_wait(self):
        face = self.face()
        with self.p.connect() as other:
            other.send('Send', text='import time; time.sleep_ms(300)')
            self.until(lambda: self.p.board()['state'] == 'busy')
            face.say(b'\x04')
            self.until(lambda: self.p.board()['waiting'] == 1)
            with self.p.connect() as third:
                third.send('Send', text='6 * 7')
                other.receive()
                face.expect(b'MicroPython')
                face.expect(b'>>> ')
                self.assertEqual(third.receive()['output'], '42\n')

    def test_ctrl_c_stops_its_own_statement_only(self):
        face = self.face()
        face.say(b'\r')
        face.expect(b'>>> ')
        watch = self.watch(self.p)
        with self.p.connect() as other:
            other.send('Send', text='import time\nfor i in range(20):\n'
                       '  time.sleep_ms(50)\nprint("done")')
            watch.wait(event='state', state='busy')
            face.say(b'\x03\x03')
            face.expect(b'>>> ')
            face.say(b'print("late")\r')
            face.expect(b'print("late")\r\n')
            face.say(b'\x03')
            self.assertIn(b'KeyboardInterrupt', face.expect(b'>>> '))
            self.assertEqual(other.receive()['output'], 'done\n')
        watch.wait(event='state', state='ready')
        face.say(b'while True: pass\r\r')
        watch.wait(event='state', state='busy')
        face.say(b'\x03')
        self.assertIn(b'KeyboardInterrupt', face.expect(b'>>> '))
        self.assertEqual(self.p.send('6 * 7'), '42\n')

    def test_a_statement_reads_what_is_typed(self):
        face = self.face()
        face.say(b'input("name? ")\r')
        face.expect(b'name? ')
        face.say(b'Bob\r')
        self.assertIn(b"'Bob'", face.expect(b'>>> '))

    def test_a_raw_text_reads_every_byte(self):
        face = self.raw()
        face.say(b"import sys, micropython\nmicropython.kbd_intr(-1)\n"
                 b"print('go')\nb = sys.stdin.buffer.read(6)\n"
                 b"micropython.kbd_intr(3)\nprint(b)\x04")
        face.expect(b'go\r\n')
        face.say(b'\x01\x02\x03\x04\x05\xff')
        self.assertEqual(face.expect(b'\x04\x04>'),
                         b"b'\\x01\\x02\\x03\\x04\\x05\\xff'\r\n\x04\x04>")
        self.assertEqual(self.p.send('6 * 7'), '42\n')

    def test_what_follows_a_ctrl_c_is_not_the_boards(self):
        """A Ctrl-D, which some tools say right behind it, would reset it."""
        self.p.send('mine = 42')
        face = self.raw()
        face.say(b"input()\nprint('go')\nwhile True: pass\x04")
        face.say(b'x\r')
        face.expect(b'go\r\n')
        face.say(b'\x03\x04')
        self.assertIn(b'KeyboardInterrupt', face.expect(b'\x04>'))
        face.expect(b'soft reboot\r\n')
        self.assertEqual(self.p.send('mine'), '42\n')

    def test_data_that_are_as_ctrl_c_and_ctrl_d(self):
        face = self.raw()
        face.say(b"import sys, micropython\nmicropython.kbd_intr(-1)\n"
                 b"print('go')\nb = sys.stdin.buffer.read(512)\n"
                 b"micropython.kbd_intr(3)\nprint(b == bytes(range(256)) * 2)\x04")
        face.expect(b'go\r\n')
        face.say(bytes(range(256)) * 2)
        self.assertEqual(face.expect(b'\x04\x04>'), b'True\r\n\x04\x04>')

    def test_what_is_typed_before_the_job_has_begun(self):
        """It begins in the moment in which somebody else's ends."""
        face = self.raw()
        with self.p.connect() as other:
            other.send('Send', text='import time; time.sleep_ms(300)')
            self.until(lambda: self.p.board()['state'] == 'busy')
            face.say(b'print(input())\x04')
            self.until(lambda: self.p.board()['waiting'] == 1)
            face.say(b'Bob\r')
            other.receive()
            self.assertIn(b'Bob\r\n', face.expect(b'\x04\x04>'))

    def test_what_was_typed_for_nobody_is_nobodys(self):
        """It is not the next statement of somebody else."""
        face = self.raw()
        face.say(b"import time\nprint('go')\ntime.sleep_ms(300)\x04")
        face.expect(b'go\r\n')
        face.say(b'mine = 1\rprint(5)\r')
        face.expect(b'\x04\x04>')
        self.assertEqual(self.p.send('6 * 7'), '42\n')
        with self.assertRaises(picod.PicodError) as raised:
            self.p.send('mine')
        self.assertIn('NameError', raised.exception['traceback'])

    HOOK = b"""import select, sys
class RemoteCommand:
  def __init__(self):
    self.poller = select.poll()
    self.poller.register(sys.stdin.buffer, select.POLLIN)
def __mount():
  global c
  c = RemoteCommand()
"""
    ASK = b"""c.begin(4)
b = bytearray(3)
c.readinto(b, 3)
c.end()
print(b)"""

    def mounted(self):
        """With a hook like that of mpremote, and an order under way."""
        face = self.raw()
        for text in (self.HOOK, b'__mount()'):
            self.assertEqual(self.run_raw(face, text), (b'', b''))
        face.say(self.ASK + b'\x04')
        face.expect(b'OK\x18\x04')
        return face

    def test_an_answer_of_a_mounted_folder(self):
        face = self.mounted()
        face.say(b'\x18\x03\x04\x1e')
        self.assertEqual(face.expect(b'>'),
                         b"bytearray(b'\\x03\\x04\\x1e')\r\n\x04\x04>")
        for stop in (b'\x03\x18abc', b'\x03\x03'):
            face.say(self.ASK + b'\x04')
            face.expect(b'OK\x18\x04')
            face.say(stop)      # what was asked for is answered, or is not
            self.assertEqual(face.expect(b'\x04'), b'\x04')
            self.assertIn(b'KeyboardInterrupt', face.expect(b'\x04>'))
            self.run_raw(face, b'import time; time.sleep_ms(150)')

    def test_a_tool_that_vanishes_within_an_answer(self):
        """The board is everybody's again at once, whatever it waits for."""
        self.p.send('mine = 42')
        for n in range(4):
            face = self.mounted()
            face.say(b'\x18\x03\x04'[:n])
            with self.p.connect() as other:
                other.send('Send', text='mine')
                self.until(lambda: self.p.board()['waiting'] == 1)
                face.close()
                self.assertEqual(other.receive()['output'], '42\n')

    def test_a_tool_that_vanishes_before_it_has_mounted_anything(self):
        """Nothing is to be unmounted, and nobody waits for that."""
        with self.p.connect() as owner:
            token = owner.call('Hold')['token']
            owner.send('Send', text='while True: pass', hold=token)
            self.until(lambda: self.p.board()['state'] == 'busy')
            for within in ({}, {'hold': token}):
                face = self.face(**within)
                face.say(b'\x01__mount()\x04')
                face.expect(b'OK')
                self.until(lambda: self.p.board()['waiting'] == 1)
                face.close()
                self.until(lambda: self.p.board()['waiting'] == 0)
            self.p.call('Interrupt')
            with self.fails('Interrupted'):
                owner.receive()

    def test_a_long_text_in_pieces(self):
        face = self.raw()
        face.say(b'\x05A\x01')
        self.assertEqual(face.expect(b'R\x01')[-2:], b'R\x01')
        while len(face.bytes) < 2:
            face.bytes += face.connection.read_bytes()
        window = int.from_bytes(face.bytes[:2], 'little')
        face.bytes = face.bytes[2:]
        room = 0
        text = b'x = 0\n' + b'x += 1\n' * 1000 + b'print(x)\n'
        for at in range(0, len(text), window):
            while room == 0:
                face.expect(b'\x01')
                room += window
            room -= len(text[at:at + window])
            face.say(text[at:at + window])
        face.say(b'\x04')
        face.expect(b'\x04')
        self.assertEqual(face.expect(b'\x04'), b'1000\r\n\x04')
        self.assertEqual(face.expect(b'\x04>'), b'\x04>')

    def test_a_tool_that_leaves_its_statement_running(self):
        """It goes on until somebody else wants the board."""
        face = self.raw()
        face.say(b"import time\nprint('go')\nwhile True: time.sleep_ms(10)\x04")
        face.expect(b'go\r\n')
        face.close()
        self.assertEqual(self.p.send('6 * 7'), '42\n')

    def test_who_says_no_more_is_answered(self):
        face = self.face()
        face.say(b'6 * 7\r')
        face.end()
        self.assertIn(b'42\r\n', face.connection.wait_closed())
        face = self.face()
        face.end()              # who has nothing to do is done
        face.connection.wait_closed()

    def test_who_does_not_read_the_echo_is_not_listened_to(self):
        """All is answered as soon as he reads."""
        self.p.send('None')     # what it says as it starts is past
        face = self.face()
        face.connection.socket.setblocking(False)
        typed = self.fill(self.p, lambda _: face.connection.socket.send(
            b'\x03' * 4096))
        face.connection.socket.settimeout(picod.PATIENCE_S)
        face.end()
        self.assertEqual(face.connection.wait_closed(), b'\r\n>>> ' * typed)

    def test_what_is_pasted_behind_a_reset(self):
        face = self.face()
        face.say(b'x = 6\r\x04x = 7\r\x04')
        face.say(b'6 * 7\r')
        face.end()
        said = face.connection.wait_closed()
        self.assertEqual(said.count(b'soft reboot'), 2, said)
        self.assertIn(b'x = 7\r\n', said)
        self.assertIn(b'42\r\n', said)

    def test_a_face_ends_with_picod(self):
        face = self.raw()
        self.assertEqual(self.p.terminate(), 0)
        face.connection.wait_closed()

    def test_the_board_begins_anew(self):
        face = self.face()
        face.say(b'\r')
        face.expect(b'>>> ')
        self.p.call('Reset')
        face.expect(b'MicroPython')
        face.expect(b'>>> ')
        face = self.raw()
        face.say(b'import machine\nmachine.reset()\x04')
        self.assertIn(b'picod: ', face.expect(b'\x04>'))

    def test_a_hold_of_somebody_else(self):
        with self.p.connect() as owner:
            hold = owner.call('Hold')
            face = self.raw()
            face.say(b'print(1)\x04')
            face.expect(b'OK')
            inside = self.face(hold=hold['token'])
            inside.say(b'print(2)\r')
            inside.expect(b'2\r\n>>> ')
        self.assertEqual(face.expect(b'>'), b'1\r\n\x04\x04>')

    def test_what_is_no_text_is_listed_all_the_same(self):
        with self.p.connect() as owner:
            owner.call('Hold')
            self.face().say(b'x = "\xff\xe2\x82"\r')
            self.until(lambda: self.p.board()['waiting'] == 1)
            self.assertEqual([r['text'] for r in self.p.board()['requests']],
                             ['x = "\ufffd\ufffd"'])


class Tools(Case):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.here = folder.name

    def tool(self, *words, status=0):
        done = self.p.picoctl('tty', '--', MPREMOTE, 'connect', '{}', *words,
                              cwd=self.here)
        self.assertEqual(done.returncode, status, done)
        return done.stdout

    def test_mpremote_beside_another_client(self):
        self.p.send('mine = 0')
        answers, end = [], threading.Event()

        def other():
            with self.p.connect() as client:
                while not end.is_set():
                    answers.append(client.call(
                        'Send', text='mine += 1; mine')['output'])

        thread = threading.Thread(target=other)
        thread.start()
        try:
            self.check_verbs()
        finally:
            end.set()
            thread.join()
        self.assertEqual(answers, [f'{i + 1}\n' for i in range(len(answers))])

    def check_verbs(self):
        with open(os.path.join(self.here, 'a.py'), 'wb') as file:
            file.write(b'print("of a file")\n' * 200)
        self.assertEqual(self.tool('exec', 'print(1 + 1)'), '2\n')
        self.assertEqual(self.tool('eval', '1 + 1'), '2\n')
        self.assertIn('of a file', self.tool('run', 'a.py'))
        self.tool('fs', 'cp', 'a.py', ':b.py')
        self.assertIn('b.py', self.tool('fs', 'ls'))
        self.tool('fs', 'cp', ':b.py', 'c.py')
        with open(os.path.join(self.here, 'c.py'), 'rb') as file:
            self.assertEqual(file.read(), b'print("of a file")\n' * 200)
        self.assertIn('ZeroDivisionError', self.tool('exec', '1/0', status=1))
        self.tool('soft-reset')

    MOUNTED = """import os, time
while 'go' not in os.listdir():
    time.sleep_ms(20)
data = bytes(range(256)) * 5
with open('out', 'wb') as file:
    file.write(data)
with open('out', 'rb') as file:
    print(file.read() == data)
"""

    def mounting(self, *words):
        with open(os.path.join(self.here, 'mod.py'), 'w',
                  encoding='ascii') as file:
            file.write(self.MOUNTED)
        tool = subprocess.Popen(
            [*words, picod.PICOCTL, 'tty', '--', MPREMOTE, 'connect', '{}',
             'mount', '.', 'exec', 'import mod'], cwd=self.here,
            env=self.p.client_environment(), stdout=subprocess.PIPE,
            start_new_session=True)
        self.addCleanup(tool.stdout.close)
        self.addCleanup(tool.wait)
        self.addCleanup(tool.kill)
        self.until(lambda: any('import mod' in request['text'] and
                               request['running']
                               for request in self.p.board()['requests']))
        return tool

    def is_unmounted(self):
        return self.p.send('import os; "remote" in os.listdir("/"), '
                           'os.getcwd()') == "(False, '/')\n"

    def test_mpremote_mounts_a_folder(self):
        """The board is its alone meanwhile: others wait, and lose nothing."""
        self.p.send('mine = 42')
        tool = self.mounting()
        self.assertEqual(self.p.board()['holder']['program'], 'mpremote')
        with self.p.connect() as other:
            other.send('Send', text='mine')
            self.until(lambda: self.p.board()['waiting'] == 1)
            with open(os.path.join(self.here, 'go'), 'wb'):
                pass
            self.assertEqual(tool.wait(picod.PATIENCE_S), 0)
            self.assertEqual(other.receive()['output'], '42\n')
        self.assertRegex(tool.stdout.read(), rb'(?m)^True\r$')
        self.assertTrue(self.is_unmounted())
        with open(os.path.join(self.here, 'out'), 'rb') as file:
            self.assertEqual(file.read(), bytes(range(256)) * 5)

    def test_mpremote_dies_with_a_folder_mounted(self):
        for within in ([], [picod.PICOCTL, 'hold', '--']):
            tool = self.mounting(*within)
            os.killpg(tool.pid, signal.SIGKILL)
            self.assertTrue(self.is_unmounted())
            self.assertNotIn('holder', self.p.board())

    def test_the_exit_status_is_the_tools(self):
        words = ['tty', '--', 'sh', '-c']
        self.assertEqual(self.p.picoctl(*words, 'exit 7').returncode, 7)
        self.assertEqual(self.p.picoctl(*words, 'kill -9 $$').returncode, 137)
        self.assertEqual(self.p.picoctl('tty', '--', 'nix').returncode, 127)
        self.assertEqual(self.p.picoctl('tty', '-b', 'nix', '--', 'true')
                         .returncode, 125)

    def test_what_ends_picoctl_ends_the_tool(self):
        """As with hold: what is sent to it alone is passed on, but Ctrl-C."""
        program = ('import signal, sys\n'
                   'signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\n'
                   'print("up", flush=True)\n'
                   'while True: signal.pause()\n')
        for number, status in ((signal.SIGTERM, 5), (signal.SIGHUP, 129)):
            with self.subTest(number.name), subprocess.Popen(
                    [picod.PICOCTL, 'tty', '--', sys.executable, '-c',
                     program], env=self.p.client_environment(),
                    stdout=subprocess.PIPE, start_new_session=True) as tool:
                tool.stdout.readline()
                tool.send_signal(signal.SIGINT)
                tool.send_signal(number)
                try:
                    # At the end of what the tool prints it has ended, too.
                    tool.communicate(timeout=picod.PATIENCE_S)
                    self.assertEqual(tool.returncode, status)
                finally:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(tool.pid, signal.SIGKILL)


class OwnDev(picod.Case):
    """The tool's /dev: the port by the board's name, all else as it was."""

    LOOK = 'ls -d {} /dev/null /dev/shm; echo x >/dev/null; ' \
        'test -t 0 <{} && echo "$PICOD_PORT"'
    NAME = '/dev/ttyACM-b'
    USER = None

    # Of the port's, of another terminal's, and once picod has ended.
    MODEM_LINES = """
import fcntl, os, struct, termios
def ask(fd):
    try:
        lines, = struct.unpack('I', fcntl.ioctl(fd, termios.TIOCMGET, bytes(4)))
        return bool(lines & termios.TIOCM_DTR)
    except OSError as error:
        return error.errno
port = os.open(os.environ['PICOD_PORT'], os.O_RDWR | os.O_NOCTTY)
fcntl.ioctl(port, termios.TIOCMBIC, struct.pack('I', termios.TIOCM_DTR))
print(ask(port), ask(os.openpty()[1]), flush=True)
input()
print(ask(port))
"""

    def setUp(self):
        if self.USER is not None and os.getuid() != 0:
            self.skipTest('needs root, to be somebody else')
        if subprocess.run(['unshare', '-Urm', 'true'], check=False,
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest('this kernel gives users no mount namespace')
        simulated = self.board(MicroPython())
        for path in (simulated.directory, simulated.path):
            os.chown(path, self.USER or os.getuid(), -1)
        self.p = picod.Picod(boards={'b': f'unix:{simulated.path}'},
                             user=self.USER)
        self.addCleanup(self.p.stop)

    def begin(self, *argv):
        someone = {} if self.USER is None else {
            'user': self.USER, 'group': self.USER, 'extra_groups': []}
        tool = subprocess.Popen(
            [self.p.within_reach(picod.PICOCTL), 'tty', '--', *argv],
            env=self.p.client_environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, **someone)
        self.addCleanup(tool.wait)
        self.addCleanup(tool.kill)
        return tool

    def test_the_name(self):
        output, error = self.begin('sh', '-c', self.LOOK).communicate(
            timeout=picod.PATIENCE_S)
        self.assertEqual(sorted(output.split()), sorted(
            [self.NAME, self.NAME, '/dev/null', '/dev/shm']))
        self.assertEqual(error, '')
        self.assertFalse(os.path.exists(self.NAME))

    def test_modem_lines(self):
        """The monitor of arduino-cli goes nowhere without."""
        with self.begin(sys.executable, '-c', self.MODEM_LINES) as tool:
            self.assertEqual(tool.stdout.readline(),
                             f'True {errno.ENOTTY}\n')
            self.p.terminate()
            self.assertIn('picod ended', tool.stderr.readline())
            output, _ = tool.communicate('\n', timeout=picod.PATIENCE_S)
            self.assertEqual(output, 'True\n')


class OwnDevOfUser(OwnDev):
    USER = 12345


class Prompt(Case):
    """picoctl repl, in a terminal."""

    def setUp(self):
        super().setUp()
        self.screen = Terminal(
            self, [picod.PICOCTL, 'repl'], env=self.p.client_environment())
        self.type, self.expect = self.screen.type, self.screen.expect

    def test_a_block_a_correction_and_the_end(self):
        self.expect(b'>>> ')
        self.type(b'6 * 8\x7f7\r')
        self.expect(b'42\r\n>>> ')
        self.type(b'for i in range(3):\rprint(i)\r')
        self.expect(b'... ')
        self.type(b'\r\r')
        self.expect(b'0\r\n1\r\n2\r\n>>> ')
        self.assertEqual(self.p.send('i'), '2\n')
        self.type(b'\x1d')
        self.assertEqual(self.screen.wait(), 0)

    def test_lines_that_are_pasted(self):
        self.expect(b'>>> ')
        self.type(b'a = 20\rb = 22\rprint(a + b)\r')
        self.expect(b'\r\n42\r\n>>> ')
        self.type(b'a = input("who? ")\rBob\r')
        self.expect(b'who? ')
        self.expect(b'>>> ')
        self.assertEqual(self.p.send('a'), "'Bob'\n")

    def test_a_tab_completes_a_name(self):
        self.p.send('import machine; light_1 = 1; light_2 = 2')
        self.expect(b'>>> ')
        self.type(b'machi\t')
        self.expect(b'machine')
        self.type(b'.Pi\t')
        self.expect(b'.Pin')
        self.type(b'\r')
        self.expect(b"<class 'Pin'>\r\n>>> ")
        self.type(b'lig\t')
        self.expect(b'light_')
        self.type(b'\t')
        names = self.expect(b'\r\n>>> light_')[2:-len(b'\r\n>>> light_')]
        self.assertEqual(sorted(names.split()), [b'light_1', b'light_2'])
        self.type(b'2 + 3\r')
        self.expect(b'5\r\n>>> ')

    def test_a_tab_disturbs_nobody(self):
        self.p.send('light_1 = 1')
        self.expect(b'>>> ')
        watch = self.watch(self.p)
        with self.p.connect() as other:
            other.send('Send', text='import time; time.sleep(0.3); 7')
            watch.wait(event='state', state='busy')
            self.type(b'li\t')
            self.expect(b'li')
            self.type(b'ght_1\r')
            self.expect(b'ght_1\r\n1\r\n>>> ')
            self.assertEqual(other.receive()['output'], '7\n')
        self.p.call('Reset')        # its own program is left alone, too
        self.expect(b'>>> ')
        before = self.p.board()
        self.type(b'li\t')
        self.expect(b'li')
        self.type(b'\x03')
        self.expect(b'>>> ')
        self.assertEqual(self.p.board()['state'], before['state'])
        self.assertEqual(before['state'], 'listening')


class PiSerialPrompt(picod.Case):
    """picoctl repl, on a board that echoes nothing."""

    def setUp(self):
        self.uno = self.board(Uno(sketch=os.path.join(
            picod.FIRMWARE, 'uno-pinserver.hex')))
        self.p = self.picod(b=f'{self.uno.path},driver=piserial,baud=115200')
        self.screen = Terminal(
            self, [picod.PICOCTL, 'repl'], env=self.p.client_environment())
        self.type, self.expect = self.screen.type, self.screen.expect
        self.expect(b'Ctrl-] leaves.\r\n')

    def test_each_command_and_its_answer_is_a_line(self):
        self.type(b'n0')
        self.assertEqual(self.expect(b'0'), b'n0')
        self.type(b'D\r')
        self.assertEqual(self.expect(b'OK\r\n'), b'D\r\nOK\r\n')
        self.until(lambda: self.uno.level(13) == 1)
        self.type(b'r0D\r')
        self.assertEqual(self.expect(b'OK\r\n'), b'r0D\r\nr1\r\nOK\r\n')
        self.type(b'x\r')
        self.assertEqual(self.expect(b'RR\r\n'), b'x\r\nRR\r\n')
        self.type(b'No\r')
        self.assertRegex(self.expect(b'capitals\r\n'),
                         b'^No\r\npicod: this cannot be sent [^\r\n]*\r\n$')
        self.type(b'n0D\rf0D\r')
        self.assertEqual(self.expect(b'OK\r\n'), b'n0D\r\nf0D\r\nOK\r\n')
        self.assertEqual(self.expect(b'OK\r\n'), b'OK\r\n')

    def test_keys(self):
        self.type(b'n0E\x7fD\r')          # backspace
        self.expect(b'OK\r\n')
        self.until(lambda: self.uno.level(13) == 1)
        self.type(b'junk\x03f0D\r')       # Ctrl-C
        self.expect(b'OK\r\n')
        self.until(lambda: self.uno.level(13) == 0)
        self.type(b'n0D\x1d')
        self.assertEqual(self.screen.wait(), 0)
        self.assertEqual(self.p.send('f0D'), '')

    def test_ctrl_d_leaves(self):
        self.type(b'n0D\r')
        self.expect(b'OK\r\n')
        self.type(b'\x04')
        self.assertEqual(self.screen.wait(), 0)


if __name__ == '__main__':
    unittest.main()
