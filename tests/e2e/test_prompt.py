#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What is sent does what it would do at the board's own prompt."""

import unittest

import picod
from boards import MicroPython, Microbit
from test_send import Typist


class AtThePrompt:
    def setUp(self):
        self.mb = self.board(self.BOARD())

    def start(self, *settings):
        self.p = self.picod(mb=','.join([f'unix:{self.mb.path}', *settings]))
        return self.p

    def output(self, text, **parameters):
        return self.p.send(text, **parameters)

    def check(self, cases):
        for text, output in cases:
            with self.subTest(text=text):
                self.assertEqual(self.output(text), output)

    # ----------------------------------------------------------------- values

    def test_values_of_a_line(self):
        self.start()
        long = '+'.join(['1'] * 400)
        self.check([
            ('x = 5; x', '5\n'),
            ('2 + 2;', '4\n'),
            ('import gc; gc.isenabled()', 'True\n'),
            ('1; 2; 3', '1\n2\n3\n'),
            ("x = ';'; x", "';'\n"),
            ('1, 2', '(1, 2)\n'),
            ('(1,\n 2)', '(1, 2)\n'),
            ('3  # three', '3\n'),
            ('[' * 10 + ']' * 10, '[' * 10 + ']' * 10 + '\n'),
            ("len('%250s' % '')", '250\n'),
            (f"len('{'x' * 250}')", '250\n'),
            (long if self.BOARD is MicroPython else long[:399], '400\n' if
             self.BOARD is MicroPython else '200\n'),
            ('def f(): return 7; 8', ''),
            ('f()', '7\n'),
            ('lambda: 1', None),
        ][:-1])
        self.assertRegex(self.output('lambda: 1'), '^<function')

    def test_texts_of_all_kinds(self):
        self.start()
        self.check([
            ('', ''),
            ('\n', ''),
            ('# nothing', ''),
            ('\ufeff3 + 4', '7\n'),
            ('\ufeffx = 3\nprint(x)\n', '3\n'),
            ('x = 4\r\nprint(x)\r\n', '4\n'),
            ('if True:\r\n  print(5)\r\n', '5\n'),
            ('x = 1\rprint(x)\r', '1\n'),
            ("print('a\0b')\nprint(1)", 'a\0b\n1\n'),
            ("print('a\x04b')", 'a\x04b\n'),
            ("x = 'a\x01b\x03'\nprint(len(x))", '4\n'),
        ])

    def test_line_numbers(self):
        """The mark behind a program is in no line of its own."""
        self.start()
        for text, line in [('x = 1\nx +', 2 if self.BOARD is MicroPython
                            else 3), ('def f():\n', 2), ('try:\n x = 1\n', 3),
                           ('x = (1,\n', 2), ('@f\n', 2)]:
            with self.subTest(text=text):
                with self.fails('StatementFailed') as caught:
                    self.output(text)
                self.assertEqual(
                    caught.exception['traceback'].splitlines()[1],
                    f'  File "<stdin>", line {line}')

    def test_names_in_tracebacks(self):
        """None of ours, and none of the user's own changed."""
        self.start()
        for text in ('raise ValueError(\'in "<string>"\')',
                     'x = 1\nraise ValueError(\'in "<string>"\')'):
            with self.fails('StatementFailed') as caught:
                self.output(text)
            trace = caught.exception['traceback'].splitlines()
            self.assertEqual(trace[-1], 'ValueError: in "<string>"')
            self.assertEqual(len(trace), 3)
        with self.fails('StatementFailed') as caught:
            self.output("exec('1/0')")
        self.assertIn('"<string>", line 1', caught.exception['traceback'])

    # ------------------------------------------------------- the user's names

    def test_names_of_the_user(self):
        """What picod says on a board depends on none of them."""
        self.start()
        names = ('exec', 'eval', 'compile', 'globals', 'print', 'str', 'bytes',
                 'bytearray', 'b', 'v', 't', 'p', 'int', 'len', 'repr')
        for name in names:
            with self.subTest(name=name):
                self.output(f'{name} = "mine"')
                self.check([
                    ('2 + 2', '4\n'),
                    ('x = 6', ''),
                    ('x; x', '6\n6\n'),
                    (f'{name}', "'mine'\n"),
                    ('for x in range(3): pass\nx = 7\n' + '#' * 200, ''),
                    ('x', '7\n'),
                ])
                self.assertEqual(self.output(f'del {name}'), '')

    def test_the_helpers_own_name(self):
        self.start()
        boot = self.p.call('Send', text='x = 41')['boot']
        for text in ('__p = 5', 'global __p; __p = 5', 'x; __p = 5',
                     'x = x\n__p = None\n'):
            with self.subTest(text=text):
                self.output(text)
                self.check([('x + 1', '42\n'), ('x += 0', ''),
                            ('x;x', '41\n41\n')])
        self.assertEqual(self.p.call('Send', text='x')['boot'], boot)

    def test_all_names_are_cleared(self):
        self.start()
        for text in ('globals().clear()', 'x = 1\nglobals().clear()\n'):
            with self.subTest(text=text):
                self.assertEqual(self.output(text), '')
                self.check([('2 + 2', '4\n'), ('x = 3', ''), ('x', '3\n')])

    # ----------------------------------------------------------------- memory

    def free(self):
        self.output('import gc; gc.collect()')
        return int(self.output('gc.collect() or gc.mem_free()'))

    def test_statements_leave_nothing_behind(self):
        """500 different ones take no memory that the prompt would not."""
        self.start()
        self.output('x = 0')
        before = self.free()
        for i in range(500 if self.BOARD is MicroPython else 250):
            self.output(f'x = {i}')
        for i in range(100):
            self.assertEqual(self.output(f'x; {i}'), self.output(f'x;{i}'))
        # The names of this test itself, and what gc leaves in bits.
        self.assertLess(before - self.free(), 200)

    # -------------------------------------------------------------- disturbing

    def run_by_hand(self, program, until):
        with Typist(self.mb) as typist:
            typist.prompt()
            typist.type(f'exec({program!r})\r'.encode(), until)

    def test_no_enter_is_pressed_in_a_program(self):
        """One that waits for a line gets none."""
        self.run_by_hand('while True:\n motor = 0\n input("Enter" + ": ")\n'
                         ' motor = 1\n break\n', b'Enter: ')
        self.start('driver=repl')
        self.assertEqual(self.output('motor'), '0\n')

    def test_a_program_has_time_to_clean_up(self):
        self.run_by_hand(
            ('from time import sleep_ms' if self.BOARD is MicroPython else
             'from microbit import sleep as sleep_ms') +
            '\ndone = False\nprint("go" + "es")\ntry:\n while True: pass\n'
            'except KeyboardInterrupt:\n print("cleaning")\n sleep_ms(1500)\n'
            ' done = True\n', b'goes\r\n')
        self.start('driver=repl')
        self.assertEqual(self.output('done'), 'True\n')

    def test_interrupt_no_holds_whatever_is_printed(self):
        self.run_by_hand('n = 0\nwhile True:\n n += 1\n print(n)\n'
                         ' print(">>> ", end="")\n'
                         ' for i in range(3000): pass\n', b'\r\n>>> ')
        self.start('driver=repl', 'interrupt=no')
        watcher = self.watch(self.p)
        for _ in range(20):
            watcher.wait(event='output')
            with self.fails('Unsupported'):
                self.output('n')
        watcher.wait(event='output')

    def test_interrupt_no_and_a_board_at_its_prompt(self):
        """Where nothing runs, it is usable, whoever left it there."""
        with Typist(self.mb) as typist:
            typist.prompt()
        self.start('driver=repl', 'interrupt=no')
        self.check([('2 + 2', '4\n'), ('x = 3\ny = 4\n', '')])
        result = self.p.picoctl('console', input='x = 5\r')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.check([('x + y', '9\n')])
        result = self.p.picoctl('lend', '--', 'true')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.check([('x + y', '9\n')])
        self.p.terminate()
        self.start('driver=repl', 'interrupt=no')
        self.check([('x + y', '9\n')])
        self.p.kill()
        self.p.start()
        self.check([('x + y', '9\n')])


    # --------------------------------------------------------------- notices

    def test_a_time_limit_on_what_waits_for_input(self):
        self.start()
        with self.fails('TimedOut', output='name? ') as caught:
            self.p.call('Send', text='input("name? ")', timeout=500)
        self.assertIn('waited for input', caught.exception['message'])
        with self.fails('TimedOut', output='') as caught:
            self.p.call('Send', text='while True: pass', timeout=100)
        self.assertNotIn('input', caught.exception['message'])

    def check_notice(self, restart):
        """Once, to who sends next, and never to who asked for it."""
        self.output('x = 1')
        restart()
        answer = self.p.call('Send', text='1')
        self.assertIn('has restarted', answer['notice'])
        self.assertNotIn('notice', self.p.call('Send', text='1'))
        self.output('x = 1')
        restart()
        result = self.p.picoctl('send', 'x')
        self.assertEqual((result.returncode, result.stdout), (1, ''))
        self.assertIn('has restarted', result.stderr)
        self.assertIn('NameError', result.stderr)

    def test_a_restart_is_told_to_who_sends_next(self):
        self.start('driver=repl')
        watcher = self.watch(self.p)

        def restart():
            self.mb.reset()
            watcher.wait(event='boot')
        self.check_notice(restart)
        self.output('x = 1')
        self.p.call('Reset')
        self.assertNotIn('notice', self.p.call('Send', text='1'))


class OnMicrobit(AtThePrompt, picod.Case):
    BOARD = Microbit

    def test_a_program_that_its_raw_repl_has_room_for(self):
        self.start()
        for size in (1000, 3000, 6500):
            with self.subTest(size=size):
                text = 'x = 1\n' + '# comment\n' * (size // 10) + 'print(x)\n'
                self.assertEqual(self.output(text), '1\n')

    def test_a_program_too_large_is_refused_and_the_board_lives(self):
        self.start()
        with self.fails('StatementFailed') as caught:
            self.output('x = 1\n' + '# comment\n' * 1200)
        self.assertIn('memory', caught.exception['message'])
        self.assertEqual(self.output('2 + 2'), '4\n')


class OnMicroPython(AtThePrompt, picod.Case):
    BOARD = MicroPython

    def test_compound_lines_show_values(self):
        self.start()
        self.check([
            ('if 1: 5', '5\n'),
            ('for i in range(3): i', '0\n1\n2\n'),
            ('if 1: 5; 6', '5\n6\n'),
        ])
        for text in ('i for i in [1]', 'yield 5'):
            with self.fails('StatementFailed') as caught:
                self.output(text)
            self.assertIn('SyntaxError', caught.exception['traceback'])

    def test_an_exit_is_told(self):
        self.start()
        result = self.p.picoctl('send', 'print("well")\nimport sys\nsys.exit()')
        self.assertEqual((result.returncode, result.stdout), (0, 'well\n'))
        self.assertIn('has restarted', result.stderr)
        self.assertEqual(self.p.picoctl('send', '1').stderr, '')

    def test_a_full_memory_is_told_and_nothing_is_lost(self):
        self.start()
        boot = self.p.call('Send', text='important = 42')['boot']
        self.output('l = []')
        with self.fails('StatementFailed'):
            self.output('while 1: l.append(bytearray(16))')
        for text in ('important', '2 + 2', 'x = 1\ny = 2'):
            with self.subTest(text=text):
                try:
                    answer = self.p.call('Send', text=text)
                    self.assertEqual(answer['boot'], boot)
                except picod.PicodError as error:
                    self.assertEqual(error.name, 'StatementFailed')
                    self.assertIn('MemoryError', error['traceback'])
        self.assertEqual(self.p.board()['boot'], boot)


if __name__ == '__main__':
    unittest.main()
