# SPDX-License-Identifier: MIT
"""The Python package and boards that run real firmware."""

import asyncio
import contextlib
import io
import math
import os
import pickle
import runpy
import sys
import threading
import time
import unittest
from unittest import mock

import picod
from boards import MicroPython, Microbit
from uno import Uno

sys.path.insert(0, os.path.join(picod.ROOT, 'client', 'python'))
import picoctl  # noqa: E402  pylint: disable=wrong-import-position
from picoctl import _values  # noqa: E402


class Case(picod.Case):
    """A picod, which all of the package finds, with one board."""

    BOARD = MicroPython

    def setUp(self):
        self.simulated = self.board(self.BOARD())
        self.p = self.picod(pico0=f'unix:{self.simulated.path}')
        patch = mock.patch.dict(os.environ, self.p.client_environment())
        patch.start()
        self.addCleanup(patch.stop)
        self.pico = picoctl.board()

    @staticmethod
    @contextlib.contextmanager
    def printed():
        """What is printed in here, as a list of one text."""
        texts = []
        with contextlib.redirect_stdout(io.StringIO()) as out:
            yield texts
        texts.append(out.getvalue())


VALUES = [
    None, True, False, 0, -1, 2 ** 80, 1.5, -0.25, math.inf, -math.inf, '',
    'a', "it's", '"', 'line\nnext', 'tab\t\x1f\x04\0', 'ä€😀', b'', b'\x00\xff\'',
    bytearray(b'x'), [], [1, [2, ()]], (), (1,), (1, 2), {}, {'a': {1: None}},
    {1, 2}, set(), [math.inf, {'x': b'y'}]]


class Values(Case):

    def test_values_come_back_as_they_are(self):
        for value in VALUES:
            with self.subTest(value):
                got = self.pico.eval(_values.show(value))
                self.assertEqual(got, value)
                self.assertIs(type(got), type(value))

    def test_readings_are_shared(self):
        self.pico.exec('''
            n = [0]
            def read():
                n[0] += 1
                return n[0]
        ''')
        for _ in range(3):
            self.assertEqual(self.pico.send('read()', max_age=60), '1')
        self.assertEqual(self.pico.eval('read()', max_age=60), 2)
        self.assertEqual(self.pico.eval('read()', max_age=60), 2)

    def test_not_a_number(self):
        self.assertTrue(math.isnan(self.pico.eval("float('nan')")))

    def test_what_is_no_plain_value(self):
        for expression in ('print', 'object()', '__import__', 'int'):
            with self.assertRaises(picoctl.NotAValue) as caught:
                self.pico.eval(expression)
            self.assertIn('<', caught.exception.text)
        with self.assertRaises(picoctl.StatementFailed):
            self.pico.eval('x = 1')

    def test_containers_of_the_library(self):
        self.pico.exec('''
            import array
            from collections import OrderedDict
        ''')
        self.assertEqual(self.pico.eval("array.array('H', [1, 2])")[1], 2)
        self.assertEqual(dict(self.pico.eval("OrderedDict({'a': 1})")),
                         {'a': 1})
        self.assertEqual(self.pico.eval('range(3)'), range(3))

    def test_nothing_of_a_board_is_run_here(self):
        for text in ('__import__("os")', 'set.mro()', 'x', '(lambda: 1)()',
                     'array(*[1])', '[1][0]', 'f"{1}"', '1 if 2 else 3',
                     '(' * 5000, '{**{}}', 'bytearray(b"x", y=1)'):
            with self.subTest(text[:20]):
                with self.assertRaises(picoctl.NotAValue):
                    _values.parse(text)

    def test_eval_is_one_value_whatever_is_printed(self):
        self.pico.exec('''
            def f():
                print('measuring')
                print('no end', end='')
                return [1, 2]
        ''')
        with self.printed() as texts:
            self.assertEqual(self.pico.eval('f()  # a comment'), [1, 2])
            self.assertIsNone(self.pico.eval('print(5)'))
        self.assertEqual(texts, ['measuring\nno end5\n'])

    def test_what_cannot_be_sent(self):
        for value in (object(), [object()], print, range(3), {'a': object}):
            with self.assertRaisesRegex(TypeError, 'cannot be sent'):
                _values.show(value)

    def test_exec_shows_no_values(self):
        for text, printed in (('2 + 2', ''), ('print(1)', '1'), ('', ''),
                              ('for i in range(2):\n    print(i)', '0\n1'),
                              ('\n    if 1:\n        print("in")\n    ', 'in'),
                              ('x = """a\nb"""\nprint(x)', 'a\nb')):
            with self.subTest(text):
                self.assertEqual(self.pico.exec(text), printed)


class Statements(Case):

    def test_the_session_of_the_article(self):
        """Its file and its lines, but for what its Sender imports."""
        sended = runpy.run_path(os.path.join(
            picod.ROOT, 'client', 'examples', 'sended.py'))
        with open(os.path.join(picod.ROOT, 'firmware', 'micropython',
                               'main.py')) as file:
            self.pico.exec(file.read())
        s = sended['Sender']()
        self.addCleanup(s.close)
        self.assertIs(s.send('2 + 2'), True)
        self.assertEqual(s.receive(), '4')
        self.assertIs(s.send('on()'), True)
        self.assertTrue(self.simulated.led())
        self.assertIs(s.send('off()'), True)
        self.assertFalse(self.simulated.led())
        s.close()

    def test_a_last_will_runs_though_a_child_lives_on(self):
        self.pico.exec('stopped = False\ndef stop():\n'
                       '    global stopped\n    stopped = True')
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                with self.pico.hold(will='stop()'):
                    child = os.fork()
                    if child == 0:
                        os.close(reader)
                    else:
                        os.write(writer, b'%d' % child)
                    time.sleep(picod.PATIENCE_S)
            finally:
                os._exit(1)
        os.close(writer)
        with open(reader, 'rb', buffering=0) as pipe:
            child = int(pipe.read(20))
        self.addCleanup(os.kill, child, 9)
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        self.assertIs(self.pico.eval('stopped'), True)

    def test_lines_of_its_own_program(self):
        self.pico.exec("""
            with open('main.py', 'w') as file:
                file.write('for i in range(3): print("temp", i)')
        """)
        lines = self.pico.lines(history=True)
        self.pico.reset()
        seen = []
        for line in lines:
            if line.startswith('temp'):
                seen.append(line)
            if line == 'temp 2':
                break
        self.assertEqual(seen, ['temp 0', 'temp 1', 'temp 2'])
        self.assertEqual({line.board for line in seen}, {'pico0'})
        self.assertLess(abs(seen[0].time.timestamp() - time.time()),
                        picod.PATIENCE_S)

    def test_a_restart_of_picod_is_not_noticed(self):
        with picoctl.Picod() as p:
            pico = p.board('pico0')
            self.assertEqual(pico.send('1 + 1'), '2')
            self.p.terminate()
            self.p.start()
            self.assertEqual(pico.send('2 + 2', wait=picod.PATIENCE_S), '4')


def plain(board):
    """Functions that a user might write."""

    @board.task
    def add(a, b=1, *, c=0):
        return a + b + c

    @board.task
    def chatty(name: str) -> str:
        # A comment, and "quotes".
        print('hello', name)
        return name + '!'

    @board.task(timeout=20)
    def fails(x):
        print('before')
        return 1 / x

    @board.task
    def factorial(n):
        return n * factorial(n - 1) if n else 1     # noqa: F821

    return add, chatty, fails, factorial


class Tasks(Case):

    def test_tasks(self):
        add, chatty, fails, factorial = plain(self.pico)
        self.assertEqual(add(1), 2)
        self.assertEqual(add(1, 2, c=3), 6)
        self.assertEqual(add([1], [2], c=[{}]), [1, 2, {}])
        with self.printed() as texts:
            self.assertEqual(chatty('wörld\n'), 'wörld\n!')
            with self.assertRaisesRegex(picoctl.StatementFailed,
                                        'ZeroDivisionError'):
                fails(0)
            self.assertEqual(fails(4), 0.25)
        self.assertEqual(texts, ['hello wörld\n\nbefore\nbefore\n'])
        self.assertEqual(factorial(5), 120)
        self.assertEqual(add.__name__, 'add')

    def test_a_generator_goes_on_as_the_board_does(self):
        @self.pico.task
        def count(n):
            for i in range(n):
                print('at', i)
                yield i * i

        with self.printed() as texts:
            self.assertEqual(list(count(4)), [0, 1, 4, 9])
        self.assertEqual(texts, ['at 0\nat 1\nat 2\nat 3\n'])

        @self.pico.task
        def forever():
            i = 0
            while True:
                yield i
                i += 1

        for value in forever():
            if value == 3:
                break
        self.assertEqual(self.pico.send('2 + 2'), '4')

    def test_a_task_is_defined_again_when_the_board_restarted(self):
        add, *_ = plain(self.pico)
        self.assertEqual(add(1), 2)
        self.pico.reset()
        self.assertEqual(add(2), 3)
        self.pico.send(f'del {add._source.unique}')
        self.assertEqual(add(3), 4)

    def test_functions_of_one_name_are_not_mixed_up(self):
        def one(board):
            @board.task
            def f():
                return 'one'
            return f

        def two(board):
            @board.task
            def f():
                return 'two'
            return f

        first, second = one(self.pico), two(self.pico)
        self.assertEqual([first(), second(), first()], ['one', 'two', 'one'])

    def test_under_a_hold(self):
        add, *_ = plain(self.pico)
        with self.pico.hold() as held:
            self.assertEqual(add.on(held)(1), 2)
            with self.assertRaises(picoctl.BoardBusy):
                self.pico.task(wait=0)(add.function)(1)

    def test_what_cannot_be_a_task(self):
        outside = 5

        def closure():
            return outside

        async def waits():
            pass

        for function, wanted in ((closure, 'uses outside'),
                                 (waits, 'ordinary function'),
                                 (lambda: 1, 'ordinary function')):
            with self.assertRaisesRegex(TypeError, wanted):
                self.pico.task(function)
        namespace = {}
        exec('def f(): return 1', namespace)
        with self.assertRaisesRegex(TypeError, 'stand in a file'):
            self.pico.task(namespace['f'])
        add, *_ = plain(self.pico)
        with self.assertRaisesRegex(TypeError, 'cannot be sent'):
            add(object())

    def test_a_task_is_pickled_by_its_name(self):
        global module_task
        module_task = picoctl.board('pico0').task(module_function)
        with mock.patch.object(sys.modules[__name__], 'module_function',
                               module_task):
            self.assertEqual(pickle.loads(pickle.dumps(module_task))(3), 6)


def module_function(x):
    return x * 2


class MicrobitTasks(Case):
    """The oldest MicroPython there is, with little memory."""

    BOARD = Microbit

    def test_values_and_tasks(self):
        self.assertEqual(self.pico.eval("[1, 'a', (2.5, b'x')]"),
                         [1, 'a', (2.5, b'x')])

        @self.pico.task
        def double(x):
            return x + x

        self.assertEqual(double('ab'), 'abab')
        self.pico.reset()
        self.assertEqual(double(4), 8)


class Arduino(picod.Case):

    def test_commands(self):
        uno = self.board(Uno(sketch=f'{picod.FIRMWARE}/uno-rgb.hex'))
        p = self.picod(uno0=f'{uno.path},driver=piserial,baud=9600')
        board = picoctl.Picod(p.path).board('uno0')
        self.assertEqual(board.command('cFF00FF', wait=picod.PATIENCE_S), [])
        self.assertEqual([uno.duty(pin) for pin in (9, 10, 11)],
                         [255, 0, 255])
        with self.assertRaises(picoctl.CommandRejected):
            board.command('c00')


class Async(Case):

    def run_(self, function):
        """A coroutine function of an aio.Picod; nothing may last for ever."""
        async def main():
            async with picoctl.aio.Picod() as p:
                return await asyncio.wait_for(function(p), picod.PATIENCE_S)

        return asyncio.run(main())

    def test_answers_belong_to_questions(self):
        async def ask(p):
            return await asyncio.gather(*(p.board().eval(f'{i} * 10')
                                          for i in range(50)))

        self.assertEqual(self.run_(ask), [i * 10 for i in range(50)])

    def test_all_of_it(self):
        async def talk(p):
            pico = p.board('pico0')
            self.assertEqual(await pico.send('2 + 2'), '4')
            self.assertEqual(await pico.exec('x = [1]\nprint(x)'), '[1]')
            with self.assertRaises(picoctl.StatementFailed):
                await pico.send('1/0')
            self.assertEqual([piece async for piece in pico.stream(
                'print(1)')], ['1\n'])
            self.assertEqual((await pico.info()).name, 'pico0')
            async with pico.hold() as held:
                self.assertEqual(await held.eval('x'), [1])
                with self.assertRaises(picoctl.BoardBusy):
                    await pico.send('1', wait=0)
            task = pico.task(module_function)
            self.assertEqual(await task(3), 6)
            await pico.reset()
            self.assertEqual(await task(4), 8)

        self.run_(talk)

    def test_cancelling_stops_the_statement(self):
        async def cancel(p):
            pico = p.board()
            loop = asyncio.create_task(pico.send('while True: pass'))
            async for event in pico.watch():
                if event.state == 'busy':
                    break
            loop.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await loop
            return await pico.send('2 + 2')

        self.assertEqual(self.run_(cancel), '4')

    def test_a_restart_of_picod_is_not_noticed(self):
        async def restart(p):
            await p.send('1')
            self.p.terminate()
            self.p.start()
            return await p.send('2 + 2', wait=picod.PATIENCE_S)

        self.assertEqual(self.run_(restart), '4')

    def test_hold_ends_with_its_process(self):
        async def fork(p):
            async with p.board().hold():
                pid = os.fork()
                if pid == 0:
                    time.sleep(picod.PATIENCE_S)
                    os._exit(1)
            return pid

        pid = self.run_(fork)
        self.addCleanup(os.waitpid, pid, 0)
        self.addCleanup(os.kill, pid, 9)
        self.assertEqual(self.pico.send('2 + 2', wait=0), '4')


if __name__ == '__main__':
    unittest.main()
