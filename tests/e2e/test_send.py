# SPDX-License-Identifier: MIT
"""Send, Interrupt and Reset on boards that run real firmware."""

import base64
import os
import pty
import select
import socket
import subprocess
import termios
import time
import unittest

import picod
from boards import MicroPython, Microbit
from uno import Uno
from wire import Wire


class Typist:
    """Somebody who types at a board's port before picod comes."""

    def __init__(self, board):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(picod.PATIENCE_S)
        self.socket.connect(board.path)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.socket.close()

    def type(self, text, until):
        """Types slowly enough for the board, and reads until it said so."""
        for byte in text:
            self.socket.sendall(bytes([byte]))
            if 0x20 <= byte < 0x7f and self.echoes:
                self.read(bytes([byte]))
        self.read(until)

    def read(self, until):
        data = b''
        while not data.endswith(until):
            byte = self.socket.recv(1)
            if not byte:
                raise AssertionError(data)
            data += byte

    def prompt(self):
        self.echoes = False
        self.type(b'\x03\x03\x02', b'>>> ')
        # Prompts of before may still come: the answer to this is the last.
        self.type(b"print('rea' + 'dy')\r", b'\r\nready\r\n>>> ')
        self.echoes = True


class Repl:
    """What a board with a REPL must do, whichever it is."""

    def setUp(self):
        self.mb = self.board(self.BOARD())

    def start(self, *settings):
        self.p = self.picod(mb=','.join([f'unix:{self.mb.path}', *settings]))
        return self.p

    def output(self, text):
        return self.p.send(text)

    # ---------------------------------------------------------- one statement

    def test_values(self):
        self.start()
        for text, output in [
                ('2 + 2', '4\n'),
                ('None', ''),
                ('x = 5', ''),
                ('x', '5\n'),
                ("'a' + \"b\"", "'ab'\n"),
                ("print('printed')", 'printed\n'),
                ('def f(): return 7', ''),
                ('f()', '7\n'),
                ('print(1) or 2', '1\n2\n'),
                ('for i in range(3): print(i)', '0\n1\n2\n'),
                ("'''two\nlines'''", "'two\\nlines'\n"),
                ('[1,\n 2]', '[1, 2]\n'),
                ("print('\\x04\\x04>')", '\x04\x04>\n'),
                ("print('a\\0b', end='')", 'a\0b'),
                ('2 + 2  # a comment', '4\n'),
                ('  ', ''),
                ('if x: print("yes")', 'yes\n'),
                ('global y; y = 1', ''),
                ('import gc', ''),
        ]:
            with self.subTest(text=text):
                self.assertEqual(self.output(text), output)

    def test_picoctl_values(self):
        self.start()
        for _ in range(2):
            result = self.p.picoctl('-b', 'mb', 'send', '2 + 2')
            self.assertEqual((result.returncode, result.stdout, result.stderr),
                             (0, '4\n', ''))

    def test_traceback(self):
        self.start()
        with self.fails('StatementFailed', output='') as caught:
            self.output('1/0')
        self.assertEqual(
            caught.exception['traceback'],
            'Traceback (most recent call last):\n'
            '  File "<stdin>", line 1, in <module>\n'
            'ZeroDivisionError: ' + self.DIVIDE_BY_ZERO + '\n')
        result = self.p.picoctl('send', '1/0')
        self.assertEqual((result.returncode, result.stdout), (1, ''))
        self.assertIn('ZeroDivisionError', result.stderr)
        self.assertNotIn('__p', result.stderr)
        self.assertEqual(self.output('1'), '1\n')

    def test_traceback_after_output(self):
        self.start()
        with self.fails('StatementFailed', output='before\n'):
            self.output("print('before')\nraise ValueError('no')")
        with self.fails('StatementFailed', output='before\n'):
            self.output("[print('before'), int('x')]")
        with self.fails('StatementFailed') as caught:
            self.output('a b')
        self.assertIn('SyntaxError', caught.exception['traceback'])
        self.assertEqual(self.output('1'), '1\n')

    def test_an_end_without_a_traceback(self):
        """The compiler refuses a text without one; 04 is in a message."""
        self.start()
        with self.fails('StatementFailed', output='') as caught:
            self.output("print('21 \\N{DEGREE SIGN}C')")
        self.assertIn('NotImplementedError', caught.exception['traceback'])
        self.assertEqual(self.output('1'), '1\n')
        for text in ("raise ValueError('a\\x04b')",
                     "x = 1\nraise ValueError('a\\x04b')",
                     "x = 1\nraise ValueError('a\\x04>b')"):
            with self.subTest(text=text):
                with self.fails('StatementFailed', output='') as caught:
                    self.output(text)
                self.assertRegex(caught.exception['traceback'],
                                 'ValueError: a\x04>?b\n$')
                self.assertEqual(self.output('1'), '1\n')

    def test_sys_exit_is_an_end_like_any_other(self):
        self.start()
        before = self.p.call('Send', text='x = 5')['boot']
        for text in ('import sys\nprint("well")\nsys.exit(0)\n',
                     'import sys; print("well"); sys.exit()',
                     'print("well"); raise SystemExit'):
            with self.subTest(text=text):
                answer = self.p.call('Send', text=text)
                self.assertEqual(answer['output'], 'well\n')
                self.assertEqual(answer['boot'] > before, self.EXIT_RESTARTS)
                before = answer['boot']
        if self.EXIT_RESTARTS:
            with self.fails('StatementFailed'):
                self.output('x')
        else:
            self.assertEqual(self.output('x'), '5\n')

    def test_a_clean_up_of_seconds_is_not_cut_short(self):
        self.start()
        with self.fails('TimedOut'):
            self.p.call('Send', timeout=300, text=(
                'import time as t\n' if self.BOARD is MicroPython else
                'from microbit import sleep\n') +
                'steps = []\n'
                'try:\n'
                '  while True: pass\n'
                'finally:\n'
                '  for i in range(8):\n'
                '    steps.append(i)\n' +
                ('    t.sleep_ms(200)\n' if self.BOARD is MicroPython else
                 '    sleep(200)\n') +
                '  steps.append("closed")\n')
        self.assertEqual(self.output('steps'),
                         "[0, 1, 2, 3, 4, 5, 6, 7, 'closed']\n")

    def test_not_utf8(self):
        self.start()
        if not self.CAN_WRITE_BYTES:
            self.skipTest('it prints no bytes that are not UTF-8')
        answer = self.p.call('Send', text=(
            "import sys\nsys.stdout.buffer.write(b'\\xff\\r\\n\\xc3')"))
        self.assertEqual(answer['output'], '\ufffd\n\ufffd')
        self.assertEqual(base64.b64decode(answer['data']), b'\xff\r\n\xc3')

    # --------------------------------------------------------------- programs

    def test_program(self):
        self.start()
        program = '''\
# A comment, a blank line and more.

def double(n):
    """A string with 'quotes' and \\\\ of "both" kinds."""
    return 2 * n

class Thing:
    name = 'thing'

for i in range(3):
    print(double(i), Thing.name)
if True:
    print("it's \\"quoted\\" twice")
'''
        self.assertEqual(self.output(program), '0 thing\n2 thing\n4 thing\n'
                         'it\'s "quoted" twice\n')
        # No values are shown of a program, but what it defines stays.
        self.assertEqual(self.output('1\n2\n'), '')
        self.assertEqual(self.output('double(21)'), '42\n')

    def test_carriage_returns(self):
        self.start()
        self.assertEqual(self.output('a = 1\r\nb = 2\r\nprint(a + b)\r\n'),
                         '3\n')

    def test_utf8(self):
        self.start()
        self.assertEqual(self.output("print('grün €😀')"), 'grün €😀\n')
        self.assertEqual(self.output("s = 'größer'\nprint(s)\nprint(len(s))"),
                         f"größer\n{self.LENGTH('größer')}\n")

    # -------------------------------------------------- streaming, stopping

    def test_stream(self):
        self.start()
        pieces = self.p.stream('Send', text='n = 0\nwhile True:\n'
                               ' print("line", n)\n n += 1\n')
        text = ''
        while text.count('\n') < 10:
            text += next(pieces)['output']
        self.p.call('Interrupt')
        with self.fails('Interrupted', started=True) as caught:
            for piece in pieces:
                text += piece['output']
        text += caught.exception['output']
        lines = text.split('\n')[:-1]
        self.assertGreater(len(lines), 9)
        for n, line in enumerate(lines[:-1]):
            self.assertEqual(line, f'line {n}')
        self.assertEqual(self.output('1'), '1\n')

    def test_stream_is_complete(self):
        self.start()
        pieces = list(self.p.stream('Send', text=
                      "for i in range(100): print(i, 'grün')"))
        self.assertEqual(''.join(p['output'] for p in pieces),
                         ''.join(f'{i} grün\n' for i in range(100)))

    def test_picoctl_streams_and_is_interrupted(self):
        self.start()
        talker = subprocess.Popen(
            [picod.PICOCTL, 'send', 'while True: print("line")'],
            env=self.p.client_environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3):
            self.assertEqual(talker.stdout.readline(), 'line\n')
        result = self.p.picoctl('interrupt')
        self.assertEqual(result.returncode, 0, result.stderr)
        talker.communicate(timeout=picod.PATIENCE_S)
        self.assertEqual(talker.returncode, 9)
        self.assertEqual(self.p.picoctl('send', '2 + 2').stdout, '4\n')

    def test_interrupt(self):
        self.start()
        watcher = self.watch(self.p)
        with self.connect(self.p) as client:
            client.send('Send', text='while True: pass')
            watcher.wait(event='state', state='busy')
            self.assertEqual(self.p.call('Interrupt'), {'board': 'mb'})
            with self.fails('Interrupted', output='', started=True):
                client.receive()
        self.assertEqual(self.output('2 + 2'), '4\n')

    def test_timeout(self):
        self.start()
        with self.fails('TimedOut', output='begun\n', started=True):
            self.p.call('Send', text="print('begun')\nwhile True: pass",
                        timeout=200)
        self.assertEqual(self.output('2 + 2'), '4\n')
        self.assertEqual(self.p.call('Send', text='3', timeout=5000)['output'],
                         '3\n')

    def test_client_leaves(self):
        self.start()
        watcher = self.watch(self.p)
        with self.connect(self.p) as client:
            client.send('Send', text='x = 1\nwhile True: pass')
            watcher.wait(event='state', state='busy')
        self.assertEqual(self.output('x'), '1\n')

    def test_what_is_held_back_wakes_nobody(self):
        """Half a line's end or a character waits for what comes behind it."""
        self.start()
        for half in (r"'50%', end='\r'", r"'\xe2', end=''"):
            with self.subTest(half=half):
                client = self.connect(self.p)
                client.send('Send', more=True, text='import sys\n'
                            f'print({half})\nsys.stdin.read(1)')
                super().until(self.p.rests)
                client.close()

    # ------------------------------------------------------------------ input

    def running(self, text):
        """A client whose statement runs, the number of that, and its replies."""
        client = self.connect(self.p)
        client.send('Send', more=True, text=text, input=True)
        replies = client.receive_all()
        reply = next(replies)
        self.assertEqual(reply['output'], '')
        return client, reply['request'], replies

    def type(self, request, data, **more):
        self.p.call('Input', request=request, **more,
                    data=base64.b64encode(data).decode())

    def until(self, replies, end):
        output = ''
        while not output.endswith(end):
            output += next(replies)['output']
        return output

    def test_input(self):
        self.start()
        client, request, replies = self.running("'hello ' + input('name? ')")
        self.until(replies, 'name? ')
        self.type(request, b'Bo')
        self.type(request, b'b\r')
        # The board's own line editor echoes what is typed.
        self.assertEqual(''.join(r['output'] for r in replies),
                         "Bob\n'hello Bob'\n")
        self.assertEqual(self.output('1'), '1\n')

    def test_input_that_nobody_reads(self):
        """It is no part of what is sent next."""
        self.start()
        client, request, replies = self.running("input('go? ')")
        self.until(replies, 'go? ')
        self.type(request, b'yes\rrm -rf\r1/0\x01')
        self.assertIn("'yes'", ''.join(r['output'] for r in replies))
        self.assertEqual(self.output('2 + 2'), '4\n')
        self.assertEqual(self.output('x = 3\nprint(x)\n'), '3\n')

    def test_input_is_for_who_runs_it(self):
        self.start()
        with self.fails('NoSuchRequest'):
            self.type(1, b'x')
        client, request, replies = self.running("input('go? ')")
        self.until(replies, 'go? ')
        with self.fails('NoSuchRequest'):
            self.type(request + 1, b'x')
        with self.fails('org.varlink.service.InvalidParameter'):
            self.p.call('Input', request=request, data='!')
        most = picod.limit('INPUT')
        with self.fails('LimitExceeded', limit='input', value=most):
            self.type(request, b'x' * (most + 1))
        self.type(request, b'\r')
        self.assertIn("''", ''.join(r['output'] for r in replies))

    def at_a_terminal(self, text):
        """picoctl send, how the terminal was before, and its other end."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        before = termios.tcgetattr(slave)
        process = subprocess.Popen(
            ['setsid', '--ctty', '--wait',
             os.path.join(picod.BUILD, 'picoctl'), 'send', text], stdin=slave,
            stdout=slave, stderr=slave, env=self.p.client_environment())
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        seen = b''

        def expect(end):
            nonlocal seen
            while end not in seen:
                self.assertTrue(select.select([master], [], [],
                                picod.PATIENCE_S)[0], f'{seen}, but no {end}')
                seen += os.read(master, 4096)
            got, seen = seen.split(end, 1)
            return got + end

        return process, lambda: termios.tcgetattr(slave) == before, expect, \
            lambda data: os.write(master, data)

    def until_true(self, condition):
        end = time.monotonic() + picod.PATIENCE_S
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)

    def test_typed_at_a_terminal(self):
        self.start()
        process, given_back, expect, type = \
            self.at_a_terminal("'hello ' + input('name? ')")
        expect(b'name? ')
        self.until_true(lambda: not given_back())
        type(b'Bo')
        expect(b'Bo')
        type(b'\x7fen\r')
        expect(b"'hello Ben'\r\n")
        self.assertEqual(process.wait(picod.PATIENCE_S), 0)
        self.assertTrue(given_back())

    def test_ctrl_c_at_a_terminal(self):
        self.start()
        process, given_back, expect, type = self.at_a_terminal(
            "print('go')\nwhile True:\n    pass")
        expect(b'go')
        self.until_true(lambda: not given_back())
        type(b'\x03')
        process.wait(picod.PATIENCE_S)
        self.assertTrue(given_back())
        self.assertEqual(self.output('1'), '1\n')

    # ------------------------------------------------------------------ reset

    def test_reset_runs_main(self):
        self.start()
        self.output("f = open('main.py', 'w')\n"
                    "f.write('print(\"main \" + \"ran\")\\nx = 41\\n')\n"
                    'f.close()\n')
        before = self.p.call('Send', text='y = 1')['boot']
        watcher = self.watch(self.p)
        boot = self.p.call('Reset')['boot']
        self.assertGreater(boot, before)
        # The end of main.py is waited for: a request would cut it short.
        told = ''
        while not told.endswith('>>> '):
            told += watcher.wait(event='output')['output']
        self.assertIn('main ran', told)
        answer = self.p.call('Send', text='x + 1')
        self.assertEqual(answer, {'output': '42\n', 'boot': boot})
        with self.fails('StatementFailed'):
            self.output('y')

    def test_reset_drops_variables(self):
        self.start()
        self.output('x = 1')
        self.p.call('Reset', kind='soft')
        with self.fails('StatementFailed'):
            self.output('x')

    def test_own_program_is_left_alone(self):
        """picod only listens until the first request."""
        with Typist(self.mb) as typist:
            typist.prompt()
            typist.type(b"exec('while True: print(1234)')\r", b'1234\r\n')
        self.start()
        watcher = self.watch(self.p)
        told = ''
        while told.count('1234') < 20:
            told += watcher.wait(event='output')['output']
        self.assertEqual(self.p.board()['state'], 'listening')
        self.assertEqual(self.output('2 + 2'), '4\n')

    def test_interrupt_no(self):
        with Typist(self.mb) as typist:
            typist.prompt()
            typist.type(b"exec('while True: print(1234)')\r", b'1234\r\n')
        self.start('driver=repl', 'interrupt=no')
        watcher = self.watch(self.p)
        watcher.wait(event='output')
        with self.fails('Unsupported') as caught:
            self.output('2 + 2')
        self.assertIn('interrupt = no', caught.exception['message'])
        with self.fails('Unsupported'):
            self.p.call('Interrupt')
        watcher.wait(event='output')

    # -------------------------------------------------------- starting states

    def check_start(self, typed, until, **more):
        with Typist(self.mb) as typist:
            typist.prompt()
            typist.echoes = more.get('echoes', True)
            typist.type(typed, until)
        self.start(*more.get('settings', ['driver=repl']))
        self.assertEqual(self.output('2 + 2'), '4\n')
        self.assertEqual(self.output("'marker' in globals()"), 'False\n')
        self.assertEqual(self.output('1\nprint(3)\n'), '3\n')

    def test_from_half_a_line(self):
        self.check_start(b'marker = 1', b'')

    def test_from_half_a_block(self):
        self.check_start(b'if True:\r', b'... ')

    def test_from_an_open_bracket(self):
        self.check_start(b'marker = [1,\r', b'... ')

    def test_from_an_open_string(self):
        self.check_start(b"marker = '''\r", b'... ')

    def test_from_paste_mode(self):
        self.check_start(b'\x05marker = 1\r', b'=== ')

    def test_from_raw_repl(self):
        self.check_start(b'\x01', b'raw REPL; CTRL-B to exit\r\n>')

    def test_from_half_a_text_in_raw_repl(self):
        self.check_start(b'\x01marker = 1', b'raw REPL; CTRL-B to exit\r\n>',
                         echoes=False)

    def test_from_a_running_program(self):
        self.check_start(b"exec('print(\"g\"+\"o\")\\nwhile True: pass')\r",
                         b'\r\ngo\r\n')

    def test_from_a_program_in_the_raw_repl(self):
        self.check_start(b"\x01print('g' + 'o')\nwhile True: pass\x04",
                         b'OKgo\r\n', echoes=False)

    def test_from_printing_without_end(self):
        self.check_start(b"exec('while True: print(1234)')\r", b'1234\r\n')

    def test_from_printing_without_end_auto(self):
        self.check_start(b"exec('while True: print(1234)')\r", b'1234\r\n',
                         settings=[])

    # --------------------------------------------------------------- the wire

    def test_bytes_on_the_wire(self):
        wire = self.board(Wire(self.mb.path))
        self.p = self.picod(mb=f'unix:{wire.path}')
        self.output('1')
        before = sum(wire.counts())
        self.assertEqual(self.output('3000 + 10'), '3010\n')
        self.assertLessEqual(sum(wire.counts()) - before, 40)
        self.assertGreater(sum(wire.counts()) - before, 20)

    def test_sigterm_leaves_the_prompt(self):
        self.start()
        self.output('x = 5')
        self.p.terminate()
        with Typist(self.mb) as typist:
            typist.echoes = False
            typist.type(b'x + 1\r', b'x + 1\r\n6\r\n>>> ')


class OnMicrobit(Repl, picod.Case):
    BOARD = Microbit
    DIVIDE_BY_ZERO = 'division by zero'
    CAN_WRITE_BYTES = False
    EXIT_RESTARTS = False

    @staticmethod
    def LENGTH(text):
        """Its strings are bytes."""
        return len(text)

    def test_room_for_files_after_a_long_program(self):
        self.start()
        line = '# a commented lesson program, as teachers write them\n'
        self.assertEqual(self.output(line * 110 + 'print("ok")'), 'ok\n')
        for words in (('put', '-', ':x.py'), ('ls',), ('cat', ':x.py')):
            with self.subTest(words=words):
                done = self.p.picoctl(*words, input='x = 1\n')
                self.assertEqual(done.returncode, 0, done.stderr)


class OnMicroPython(Repl, picod.Case):
    BOARD = MicroPython
    DIVIDE_BY_ZERO = 'divide by zero'
    CAN_WRITE_BYTES = True
    EXIT_RESTARTS = True

    @staticmethod
    def LENGTH(text):
        return len(text)

    def test_large_program(self):
        self.start()
        lines = [f'total = {i} + total  # {"grün" * 3}' for i in range(1700)]
        program = '\n'.join(['total = 0', *lines, 'print(total)'])
        self.assertGreater(len(program.encode()), 64 * 1024)
        self.assertEqual(self.output(program), f'{sum(range(1700))}\n')
        self.assertEqual(self.output('2 + 2'), '4\n')

    def test_memory_error(self):
        self.start()
        with self.fails('StatementFailed') as caught:
            self.output('bytearray(100000000)')
        self.assertIn('MemoryError', caught.exception['traceback'])
        self.assertEqual(self.output('2 + 2'), '4\n')

    def test_a_hard_reset_into_a_program_that_never_ends(self):
        """Nothing is said at its end: the program runs, and is left alone."""
        self.start()
        self.output("f = open('main.py', 'w')\n"
                    "f.write('while True: pass\\n')\nf.close()")
        boot = self.p.board()['boot']
        self.p.call('Reset', kind='hard')
        board = self.p.board()
        self.assertGreater(board['boot'], boot)
        self.assertEqual(board['state'], 'listening')
        self.assertEqual(self.output('2 + 2'), '4\n')

    def test_a_full_memory_ends_a_statement(self):
        """It has no room for a traceback, and its board is not lost."""
        self.start()
        self.output('l = []')
        with self.fails('StatementFailed'):
            self.output('while 1: l.append(bytearray(16))')
        with self.fails('StatementFailed') as caught:
            self.output('len(l)')
        self.assertIn('MemoryError', caught.exception['traceback'])

    def test_what_a_scheduled_function_prints(self):
        self.start()
        self.output('import micropython')
        for _ in range(5):
            self.assertEqual(self.output(
                'x = micropython.schedule(print, "tick")'), 'tick\n')
        self.assertEqual(self.output('1'), '1\n')

    def test_from_half_a_raw_paste(self):
        self.check_start(b'\x01\x05A\x01marker = 1', b'\x01', echoes=False)


class OnUno(picod.Case):
    def start(self, sketch):
        self.uno = self.board(Uno(sketch=os.path.join(picod.FIRMWARE,
                                                      f'uno-{sketch}.hex')))
        self.p = self.picod(uno=f'{self.uno.path},driver=piserial,baud=9600')

    def test_rgb(self):
        self.start('rgb')
        result = self.p.picoctl('-b', 'uno', 'send', 'cFF00FF')
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, 'OK\n', ''))
        self.assertEqual([self.uno.duty(pin) for pin in (9, 10, 11)],
                         [255, 0, 255])
        answer = self.p.call('Send', text='r80')
        self.assertEqual((answer['output'], answer['status']), ('', 'OK'))
        self.assertEqual([self.uno.duty(pin) for pin in (9, 10, 11)],
                         [128, 0, 255])

    def test_the_articles_session(self):
        self.start('led')
        for command, ok in [('x', False), ('c1', True), ('c00', False),
                            ('c0', True), ('c1', True)]:
            with self.subTest(command=command):
                result = self.p.picoctl('send', command)
                if ok:
                    self.assertEqual((result.returncode, result.stdout),
                                     (0, 'OK\n'))
                else:
                    self.assertEqual(result.returncode, 1)
                    self.assertIn('RR', result.stdout + result.stderr)
        self.assertEqual(self.uno.level(13), 1)
        with self.fails('CommandRejected', board='uno', output=''):
            self.p.call('Send', text='c00')

    def test_no_command(self):
        """What is no command never reaches the wire."""
        self.start('led')
        watcher = self.watch(self.p, trace=True)
        for text in ('hello world', '', 'C1', 'c1\nc0', '12', 'cg', 'cff',
                     'c1 ', 'c1\0'):
            with self.subTest(text=text):
                with self.fails('InvalidCommand', board='uno') as caught:
                    self.p.call('Send', text=text)
                self.assertIn('one letter a-z', caught.exception['message'])
        result = self.p.picoctl('send', 'hello world')
        self.assertEqual((result.returncode, result.stdout), (2, ''))
        self.assertIn('one letter a-z', result.stderr)
        self.assertEqual(self.p.call('Send', text='c1\n')['status'], 'OK')
        sent = [watcher.wait(event='trace', toBoard=True)['output']
                for _ in range(2)]
        self.assertEqual(sent, ['x#', 'c1\n'])

    def test_auto(self):
        """A board of unknown language is found out by the first command."""
        uno = self.board(Uno(sketch=os.path.join(picod.FIRMWARE,
                                                 'uno-led.hex')))
        p = self.picod(uno=f'{uno.path},baud=9600')
        self.assertEqual(p.call('Send', text='c1')['status'], 'OK')
        self.assertEqual(p.board()['driver'], 'piserial')
        self.assertEqual(uno.level(13), 1)
        with self.fails('InvalidCommand', board='uno') as caught:
            p.call('Send', text='print()')
        self.assertIn('one letter a-z', caught.exception['message'])

    def test_no_reset(self):
        self.start('led')
        with self.fails('Unsupported'):
            self.p.call('Reset', kind='soft')


if __name__ == '__main__':
    unittest.main()
