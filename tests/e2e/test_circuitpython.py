#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""CircuitPython 7 to 10, in any language."""

import functools
import random
import threading
import unittest

import picod
import scripted
from circuitpython import WORDS, CircuitPython

KINDS = [('7.0.0', 'en'), ('8.2.9', 'de'), ('9.2.9', 'ja'),
         ('10.2.1', 'en'), ('10.2.1', 'de'), ('10.2.1', 'ja')]


class Boards(picod.Case):
    def setUp(self):
        self.farm = scripted.Farm()
        self.addCleanup(self.farm.stop)
        self.farm.start()

    def start(self, *settings, **more):
        self.cp = self.farm.add(functools.partial(CircuitPython, **more))
        self.p = self.picod(cp=','.join([self.cp.url(), *settings]))
        self.watcher = self.watch(self.p)
        self.cp.accepted.wait(picod.PATIENCE_S)
        self.watcher.wait(lambda event: event.get('state') in (
            'listening', 'over', 'ready'))
        return self.p

    def for_all(self, check, **more):
        """Each version in some language, and each language in some version."""
        for version, language in KINDS:
            with self.subTest(language=language, version=version):
                check(self.start('driver=repl', language=language,
                                 version=version, **more))

    def power(self):
        """It says what it says when it gets power."""
        self.cp.restart()

    # -------------------------------------------------------------- statements

    def test_while_code_py_loops(self):
        def check(p):
            self.assertEqual(p.send('2 + 2'), '4\n')
            self.assertEqual(p.send('x = 5'), '')
            self.assertEqual(p.send('x; x + 1'), '5\n6\n')
            self.assertEqual(p.send('y = 1\nprint(x + y)\n'), '6\n')
        self.for_all(check)

    def test_when_code_py_is_over(self):
        def check(p):
            self.assertEqual(p.send('2 + 2'), '4\n')
        self.for_all(check, code=False)

    def test_by_any_driver(self):
        for language in WORDS:
            with self.subTest(language=language):
                self.start(language=language)
                self.assertEqual(self.p.send('2 + 2'), '4\n')

    def test_exceptions(self):
        """In the board's own words, without picod's frames."""
        def check(p):
            words = self.cp.machine.words
            for text in ('1/0', 'x = 1/0', 'x = 1; 1/0', 'x = 1\n1/0'):
                with self.fails('StatementFailed', output='') as caught:
                    p.send(text)
                self.assertEqual(caught.exception['traceback'].splitlines(), [
                    words['trace'],
                    words['frame'].format('<stdin>', 2 if '\n' in text else 1,
                                          '<module>'),
                    'ZeroDivisionError: division by zero'])
            self.assertEqual(p.send('2 + 2'), '4\n')
        self.for_all(check)

    def test_exit(self):
        def check(p):
            p.send('x = 5')
            for text in ('import sys; sys.exit()', 'raise SystemExit',
                         'print("well")\nimport sys\nsys.exit()'):
                answer = p.call('Send', text=text)
                self.assertEqual(answer['output'].replace('well\n', ''), '')
            if self.cp.machine.major >= 10:
                with self.fails('StatementFailed'):
                    p.send('x')
            else:
                self.assertEqual(p.send('x'), '5\n')
        self.for_all(check)

    # ----------------------------------------------------------------- states

    def test_what_it_says_of_itself(self):
        """Its titles, before anybody has asked it anything."""
        self.start('driver=repl', code=False)
        self.power()
        self.watcher.wait(event='state', state='over')
        self.assertEqual(self.p.board()['about'],
                         'Adafruit CircuitPython 10.2.1')
        self.assertEqual(self.p.send('1'), '1\n')
        self.assertIn('rp2040', self.p.board()['about'])
        self.start('driver=repl')
        self.power()
        event = self.watcher.wait(event='output')
        self.assertEqual(event['output'], WORDS['en']['auto'] + '\n')
        self.assertEqual(self.p.board()['state'], 'listening')

    def test_reset(self):
        def check(p):
            p.send('x = 5')
            for _ in range(2):
                boot = p.board()['boot']
                self.assertGreater(p.call('Reset')['boot'], boot)
                if self.cp.machine.major >= 8:
                    self.watcher.wait(event='state', state='over')
            with self.fails('StatementFailed'):
                p.send('x')
        self.for_all(check, code=False)

    def test_titles_are_no_output(self):
        self.start('driver=repl', code=False)
        self.power()
        self.p.send('1')
        self.p.call('Reset')
        shown = ''
        while not shown.endswith(WORDS['en']['key'] + '\n') or \
                'soft reboot' not in shown:
            shown += self.watcher.wait(event='output')['output']
        self.assertNotIn('\x1b', shown)

    def test_repl_py_is_let_run(self):
        def check(p):
            self.assertEqual(p.send('2 + 2'), '4\n')
            p.call('Reset')
            self.assertEqual(p.send('2 + 2'), '4\n')
        self.for_all(check, repl=b'importing\r\n')

    # -------------------------------------------------------------- variables

    def test_a_change_of_machines_is_told(self):
        def check(p):
            boot = p.call('Send', text='x = 5')['boot']
            self.assertEqual(p.call('Send', text='x')['boot'], boot)
            result = p.picoctl('lend', '--', 'true')
            self.assertEqual(result.returncode, 0, result.stderr)
            with self.fails('StatementFailed') as caught:
                p.call('Send', text='x', wait=10000)
            self.assertGreater(caught.exception['boot'], boot)
            self.assertIn('restarted', caught.exception['notice'])
        self.for_all(check)

    def test_nobodys_interrupt_takes_variables(self):
        self.start('driver=repl')
        self.p.send('n = 0')
        boot = self.p.board()['boot']
        done = threading.Event()
        chance = random.Random(1)

        def interrupt():
            with self.p.connect() as client:
                while not done.wait(chance.random() / 8):
                    client.call('Interrupt')
        thread = threading.Thread(target=interrupt)
        thread.start()
        counted = 0
        try:
            with self.p.connect() as client:
                while counted < 50:
                    try:
                        client.call('Send', text='n += 1\nm = n\n')
                        counted += 1
                    except picod.PicodError as error:
                        self.assertEqual(error.name, 'Interrupted', error)
        finally:
            done.set()
            thread.join()
        # An interrupt may come when it was carried out already.
        self.assertGreaterEqual(int(self.p.send('n')), counted)
        self.assertEqual(self.p.board()['boot'], boot)

    # ----------------------------------------------------------- interrupt = no

    def test_interrupt_no(self):
        self.start('driver=repl', 'interrupt=no')
        self.power()
        self.watcher.wait(event='output')
        with self.fails('Unsupported'):
            self.p.send('1')
        self.start('driver=repl', 'interrupt=no', code=False)
        self.power()
        self.watcher.wait(event='state', state='over')
        self.assertEqual(self.p.send('1'), '1\n')


if __name__ == '__main__':
    unittest.main()
