# SPDX-License-Identifier: MIT
"""Many programs, few boards: every program gets its own answers."""

import contextlib
import json
import os
import selectors
import threading
import time
import unittest

import picod
from boards import MicroPython, Microbit
from uno import Uno

PROGRAMS = 32
STATEMENTS = 50
LONG = bool(os.environ.get('PICOD_LONG'))


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


class Readings(picod.Case):
    """Reading once for many."""

    def setUp(self):
        self.simulated = self.board(Microbit())
        self.p = self.picod(mb=f'unix:{self.simulated.path}')
        self.p.send('n = [0]\ndef read():\n n[0] += 1\n return n[0]')

    def test_many_who_ask_are_one_who_asks(self):
        def program():
            with self.p.connect() as client:
                for _ in range(20):
                    answer = client.call('Send', text='read()', maxAge=60000)
                    self.assertEqual(answer['output'], '1\n')
                    self.assertLessEqual(answer['age'], 60000)

        picod.in_threads([program] * PROGRAMS)
        self.assertEqual(self.p.send('n'), '[1]\n')

    def test_a_thousand_who_ask_all_the_time(self):
        """On the wire there is a statement each time an answer is too old."""
        seconds, max_age = (10, 1000) if LONG else (0.5, 100)
        watcher = self.watch(self.p, trace=True)
        ask = picod.encode('Send', text='read()', maxAge=max_age)
        answers, begin = 0, time.monotonic()
        with contextlib.ExitStack() as stack:
            poll = stack.enter_context(selectors.DefaultSelector())
            for _ in range(1000):
                client = stack.enter_context(self.p.connect())
                client.write(ask)
                poll.register(client.socket, selectors.EVENT_READ, client)
            end = time.monotonic() + seconds
            while time.monotonic() < end or answers <= 1000:
                for key, _ in poll.select(1):
                    reply = json.loads(key.data.read_message())['parameters']
                    self.assertIn('age', reply)
                    key.data.write(ask)
                    answers += 1
            # Before they leave: whose last asker has gone is run for nobody.
            self.p.send('"the end"')
            watcher.wait(lambda event: event['event'] == 'trace' and
                         'the end' in event['output'])
            took = time.monotonic() - begin
        said = ''.join(event['output'] for event in watcher.seen
                       if event.get('toBoard'))
        self.assertLessEqual(said.count('read()'), took * 1000 / max_age + 1)
        self.assertGreaterEqual(said.count('read()'), seconds if LONG else 1)
        if LONG:
            print(f'{answers} answers, {said.count("read()")} statements, '
                  f'{took:.1f} s')

    def test_who_comes_while_it_prints_has_all_of_it(self):
        watcher = self.watch(self.p, trace=True)
        text = 'print("first", read())\nfor i in range(9999): pass\nprint(2)'
        one, two = self.connect(self.p), self.connect(self.p)
        one.send('Send', text=text, maxAge=60000)
        watcher.wait(lambda _: 'first' in ''.join(
            event['output'] for event in watcher.seen
            if event.get('toBoard') is False))
        two.send('Send', text=text, maxAge=60000)
        for client in (one, two):
            self.assertEqual(client.receive()['output'], 'first 1\n2\n')
        self.assertEqual(self.p.send('n'), '[1]\n')

    def test_an_answer_too_old_is_read_again(self):
        first = self.p.call('Send', text='read()', maxAge=0)
        self.until(lambda: self.p.call(
            'Send', text='read()', maxAge=20)['output'] == '2\n')
        self.assertEqual(first['output'], '1\n')
        self.assertEqual(self.p.call('Send', text='read()')['output'], '3\n')

    def test_a_board_that_began_anew_is_asked_anew(self):
        self.p.call('Send', text='read()', maxAge=60000)
        self.p.call('Reset')
        with self.fails('StatementFailed'):
            self.p.call('Send', text='read()', maxAge=60000)
        self.p.send('def read(): return 7')
        self.assertEqual(self.p.call('Send', text='read()', maxAge=60000)
                         ['output'], '7\n')

    def test_nothing_is_shared_out_of_a_hold(self):
        """Nor of a loan: what is the others' is for them alone."""
        holder = self.connect(self.p)
        ask = {'text': 'read()', 'maxAge': 60000}
        self.p.call('Send', **ask)
        token = holder.call('Hold')['token']
        self.assertEqual(holder.call('Send', hold=token, **ask)['output'],
                         '1\n')
        with self.fails('BoardBusy'):
            self.p.call('Send', wait=0, **ask)
        holder.call('Drop')
        self.assertEqual(self.p.send(**ask), '1\n')
        holder.call('Lend')
        with self.fails('BoardBusy'):
            self.p.call('Send', wait=0, **ask)

    def test_it_is_stopped_when_the_last_asker_is_gone(self):
        watcher = self.watch(self.p)
        holder, first, second = [self.connect(self.p) for _ in range(3)]
        holder.call('Hold')
        for client in (first, second):
            client.send('Send', text='read()\nwhile True: pass', maxAge=1000)
        self.until(lambda: self.p.board()['waiting'] == 1)
        first.close()
        holder.close()
        watcher.wait(event='state', state='busy')
        second.close()
        watcher.wait(event='state', state='ready')
        self.assertEqual(self.p.send('n'), '[1]\n')

    def test_who_asks_otherwise_is_asked_for_himself(self):
        watcher = self.watch(self.p)
        blocker = self.connect(self.p)
        blocker.send('Send', text='while True: pass')
        watcher.wait(event='state', state='busy')
        clients = [self.connect(self.p) for _ in range(4)]
        for client, more in zip(clients, (
                {'maxAge': 1000}, {'maxAge': 1000}, {},
                {'maxAge': 1000, 'timeout': 50000})):
            client.send('Send', text='read()', **more)
        self.until(lambda: self.p.board()['waiting'] == 3)
        blocker.close()
        answers = [client.receive()['output'] for client in clients]
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(sorted(answers[1:]), ['1\n', '2\n', '3\n'])

    def test_a_failure_is_nobody_elses(self):
        for _ in range(2):
            with self.fails('StatementFailed'):
                self.p.call('Send', text='read() / 0', maxAge=60000)
        self.assertEqual(self.p.send('n'), '[2]\n')

    def test_one_past_what_is_kept(self):
        many = picod.limit('READINGS')
        for i in range(many + 1):
            self.p.call('Send', text=f'read() + {i} * 0', maxAge=60000)
        newest = self.p.call('Send', text=f'read() + {many} * 0', maxAge=60000)
        oldest = self.p.call('Send', text='read() + 0 * 0', maxAge=60000)
        self.assertEqual(newest['output'], f'{many + 1}\n')
        self.assertEqual(oldest['output'], f'{many + 2}\n')

    def test_by_hand(self):
        for _ in range(2):
            self.assertEqual(self.p.picoctl(
                'send', '--max-age', '1m', 'read()').stdout, '1\n')


if __name__ == '__main__':
    unittest.main()
