# SPDX-License-Identifier: MIT
"""Many programs, few boards: every program gets its own answers."""

import os
import threading
import unittest

import picod
from boards import MicroPython, Microbit
from uno import Uno

PROGRAMS = 32
STATEMENTS = 50


class Sharing(picod.Case):
    def check_shared(self, p, board, statement, answer):
        """Each program sends its statements and gets its own answers."""
        together = threading.Barrier(PROGRAMS)

        def program(number):
            with p.connect() as client:
                together.wait(picod.PATIENCE_S)
                answers = [client.call('Send', board=board,
                                       text=statement(number, n))
                           for n in range(STATEMENTS)]
            for n, each in enumerate(answers):
                self.assertEqual(each['output'], answer(number, n))

        picod.in_threads([lambda i=i: program(i) for i in range(PROGRAMS)])
        self.assertEqual(p.board(board)['waiting'], 0)

    def test_repl(self):
        for kind in (Microbit, MicroPython):
            with self.subTest(board=kind.NAME):
                board = kind()
                with board:
                    p = self.picod(mb=f'unix:{board.path}')
                    self.check_shared(
                        p, 'mb', lambda i, n: f'{i} * 1000 + {n}',
                        lambda i, n: f'{i * 1000 + n}\n')
                    p.terminate()

    def test_different_lengths(self):
        """Long answers, prints and tracebacks among short ones."""
        board = self.board(Microbit())
        p = self.picod(mb=f'unix:{board.path}')
        p.send('def f(i, n):\n'
               ' for k in range(n % 4): print(i, k, "." * i)\n'
               ' if n % 5 == 0: raise ValueError(i * 1000 + n)\n'
               ' return i * 1000 + n\n')

        def program(i):
            with p.connect() as client:
                for n in range(12):
                    lines = ''.join(f'{i} {k} {"." * i}\n'
                                    for k in range(n % 4))
                    client.send('Send', text=f'f({i},{n})')
                    if n % 5:
                        self.assertEqual(client.receive()['output'],
                                         lines + f'{i * 1000 + n}\n')
                        continue
                    with self.fails('StatementFailed',
                                    output=lines) as caught:
                        client.receive()
                    self.assertIn(f'ValueError: {i * 1000 + n}\n',
                                  caught.exception['traceback'])

        picod.in_threads([lambda i=i: program(i) for i in range(8)])

    def test_pipelined(self):
        """A program that sends all before it reads anything."""
        board = self.board(Microbit())
        p = self.picod(mb=f'unix:{board.path}')

        def program(i):
            with p.connect() as client:
                for n in range(40):
                    client.send('Send', text=f'{i} * 100 + {n}')
                for n in range(40):
                    self.assertEqual(client.receive()['output'],
                                     f'{i * 100 + n}\n')

        picod.in_threads([lambda i=i: program(i) for i in range(8)])

    def test_piserial(self):
        uno = self.board(Uno(sketch=os.path.join(picod.FIRMWARE,
                                                 'uno-rgb.hex')))
        p = self.picod(uno=f'{uno.path},driver=piserial,baud=9600')

        def program(i):
            with p.connect() as client:
                for n in range(10):
                    client.send('Send', text=f'r{i:X}{n}')
                    if n % 3:
                        self.assertEqual(client.receive()['status'], 'OK')
                        client.send('Send', text=f'r{n}')
                        with self.fails('CommandRejected'):
                            client.receive()
                    else:
                        self.assertEqual(client.receive()['status'], 'OK')

        picod.in_threads([lambda i=i: program(i) for i in range(8)])
        p.call('Send', text='r42')
        self.assertEqual(uno.duty(9), 0x42)

    def test_order_of_arrival(self):
        """Requests run in the order in which they came."""
        board = self.board(Microbit())
        p = self.picod(mb=f'unix:{board.path}')
        p.send('order = []')
        watcher = self.watch(p)
        blocker = self.connect(p)
        blocker.send('Send', text='while True: pass')
        watcher.wait(event='state', state='busy')
        clients = []
        for i in range(20):
            client = self.connect(p)
            client.send('Send', text=f'order.append({i})')
            clients.append(client)
            self.until(lambda: p.board()['waiting'] == len(clients))
        texts = [r['text'] for r in p.board()['requests']]
        self.assertEqual(texts, ['while True: pass'] +
                         [f'order.append({i})' for i in range(20)])
        p.call('Interrupt')
        for client in clients:
            client.receive()
        self.assertEqual(p.send('order'), f'{list(range(20))}\n')


class TwoBoards(picod.Case):
    """A board that is busy, silent or absent holds up no other."""

    def setUp(self):
        self.one = self.board(Microbit())
        self.two = self.board(Microbit())
        self.p = self.picod(one=f'unix:{self.one.path},driver=repl',
                            two=f'unix:{self.two.path},driver=repl',
                            gone='unix:/nonexistent/port')

    def check_two_is_quick(self):
        """Far more round trips than a board that waits for another makes."""
        with self.p.connect() as client:
            for n in range(50):
                answer = client.call('Send', board='two', text=f'{n} + 1',
                                     timeout=5000, wait=5000)
                self.assertEqual(answer['output'], f'{n + 1}\n')

    def test_busy(self):
        watcher = self.watch(self.p, board='one')
        with self.connect(self.p) as client:
            client.send('Send', board='one', text='while True: pass')
            watcher.wait(event='state', state='busy')
            self.check_two_is_quick()
            self.assertEqual(self.p.board('one')['state'], 'busy')
            self.p.call('Interrupt', board='one')
            with self.fails('Interrupted', board='one'):
                client.receive()

    def test_printing(self):
        talk = self.p.stream('Send', board='one',
                             text='while True: print(1234567890)')
        next(talk)
        self.check_two_is_quick()
        self.p.call('Interrupt', board='one')
        with self.fails('Interrupted'):
            for _ in talk:
                pass

    def test_silent(self):
        self.p.send('1', 'one')
        self.one.freeze()
        with self.connect(self.p) as client:
            client.send('Send', board='one', text='1')
            self.check_two_is_quick()
            self.one.thaw()
            self.assertEqual(client.receive()['output'], '1\n')

    def test_absent(self):
        with self.connect(self.p) as client:
            client.send('Send', board='gone', text='1', wait=2000)
            self.check_two_is_quick()
            with self.fails('BoardAbsent', board='gone'):
                client.receive()

    def test_ambiguous(self):
        with self.fails('AmbiguousBoard', boards=['one', 'two', 'gone']):
            self.p.send('1')
        with self.fails('NoSuchBoard', board='three') as caught:
            self.p.send('1', 'three')
        self.assertIn('one, two, gone', caught.exception.parameters['message'])
        self.assertIn('one, two, gone', self.p.picoctl('send', '1').stderr)
        self.assertEqual(self.p.picoctl('send', '1').returncode, 4)
        self.assertEqual(self.p.picoctl('-b', 'gone', 'send', '1').returncode,
                         5)
        # The address of its port is as good a name.
        self.assertEqual(self.p.send('2', f'unix:{self.two.path}'), '2\n')


if __name__ == '__main__':
    unittest.main()
