# SPDX-License-Identifier: MIT
"""A thousand clients, some of which die and some of which never read.

Most are connected and idle.  Some send one request after the other to boards
of three kinds, and each must get each of its own answers.  Some die wherever
they are: in a message, in the queue, in a statement, in its output, with a
hold.  Some ask for much and read nothing.

PICOD_SOAK_S: for how many seconds; PICOD_SEED: which dice; PICOD_SOAK_RUNNER:
what picod runs in, such as valgrind.
"""

import collections
import heapq
import json
import os
import random
import resource
import select
import socket
import sys
import time
import unittest

import picod
from boards import MicroPython, Microbit
from uno import Uno

DURATION_S = float(os.environ.get('PICOD_SOAK_S') or 60)
SEED = int(os.environ.get('PICOD_SEED') or 4)
RUNNER = os.environ.get('PICOD_SOAK_RUNNER', '').split()

CLIENTS = 1000
SENDERS = 200
MORTALS = 50
MUTES = 20
IDLE = CLIENTS - SENDERS - MORTALS - MUTES

# What may become of a request when picod ends.
GOODBYES = ('Disconnected', 'Interrupted')

BOARDS = ('mb', 'mp', 'uno')
LONGEST_LIFE_S = 3
# Of a request, whatever else goes on: a mute one may stop a board for 10 s.
ANSWER_S = 600 if RUNNER or picod.is_sanitized() else 120

# What picod may need: a little for each client, and for those who do not read
# what is kept for them, what they sent ahead, and a reply as it is made.
CLIENT_KB = 4
MUTE_KB = (picod.limit('BACKLOG') + picod.limit('PIPELINE')) // 1024
FIXED_KB = 2048


class Watched(picod.Picod):
    """A picod in something that watches it."""

    def start(self):
        self.arguments = RUNNER + self.arguments
        super().start()

    def highest_kb(self):
        with open(f'/proc/{self.pid}/status') as file:
            return next(int(line.split()[1]) for line in file
                        if line.startswith('VmHWM:'))


class Client:
    """A connection among many; READS: whether it takes its answers."""

    READS = True

    def __init__(self, crowd, number):
        self.crowd = crowd
        self.number = number
        self.random = random.Random(SEED * 10000 + number)
        self.board = BOARDS[number % len(BOARDS)]
        self.socket = None
        self.connect()

    def connect(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(self.crowd.p.path)
        self.socket.setblocking(False)
        self.pending = b''
        self.crowd.add(self)

    def close(self):
        self.crowd.remove(self)
        self.socket.close()

    def send(self, method, **parameters):
        self.write(picod.encode(method, **parameters))

    def write(self, data):
        """As much of it as goes; who has been dropped is told so later."""
        try:
            while data:
                data = data[self.socket.send(data):]
        except (BlockingIOError, BrokenPipeError):
            pass

    def ready(self):
        """Something can be read; false: nothing will ever come again."""
        try:
            data = self.socket.recv(1 << 16)
        except BlockingIOError:
            return True
        except ConnectionResetError:
            data = b''
        if not data:
            return False
        *messages, self.pending = (self.pending + data).split(b'\0')
        for message in messages:
            self.receive(json.loads(message))
        return True

    def receive(self, message):
        raise AssertionError(f'client {self.number} did not ask: {message}')

    def ended(self):
        """picod closed the connection."""
        raise AssertionError(f'{type(self).__name__} {self.number} was dropped'
                             f':\n{self.crowd.p.log()[-2000:]}')


class Idle(Client):
    """It asks when it is told to."""

    def __init__(self, crowd, number):
        self.waiting = False
        super().__init__(crowd, number)

    def ask(self):
        self.waiting = True
        self.send('org.varlink.service.GetInfo')

    def receive(self, message):
        assert self.waiting and 'error' not in message, message
        self.waiting = False


class Sender(Client):
    """It sends, and compares what it gets with what nobody else gets."""

    def __init__(self, crowd, number):
        self.sent = self.answered = 0
        self.expected = None
        self.output = ''
        super().__init__(crowd, number)

    def ask(self):
        self.sent += 1
        self.output = ''
        self.asked_at = time.monotonic()
        text, more, self.expected = (
            self.command() if self.board == 'uno' else self.statement())
        self.send('Send', board=self.board, text=text, more=more)

    def command(self):
        """Every third is one that the sketch does not know."""
        i, n = self.number % 16, self.sent % 10
        if self.random.randrange(3):
            return f'r{i:X}{n}', False, (None, 'OK', '')
        return f'r{n}', False, ('CommandRejected', None, '')

    def statement(self):
        i, n = self.number, self.sent
        kind = self.random.randrange(4)
        if kind == 0:
            return (f'print({i})\nraise ValueError({n})', False,
                    ('StatementFailed', f'ValueError: {n}\n', f'{i}\n'))
        if kind == 1:
            return (f'for k in range(4): print({i}, {n}, k)', True,
                    (None, None, ''.join(f'{i} {n} {k}\n'
                                         for k in range(4))))
        return f'{i} * 100000 + {n}', False, (None, None,
                                              f'{i * 100000 + n}\n')

    def receive(self, message):
        assert self.expected, f'client {self.number}: one too many {message}'
        self.check_form(message)
        self.output += message['parameters'].get('output', '')
        if not message.get('continues'):
            self.check(message)
            self.crowd.slowest_s = max(self.crowd.slowest_s, time.monotonic() -
                                       self.asked_at)
            self.answered += 1
            self.expected = None
            if self.crowd.going:
                self.ask()

    @staticmethod
    def check_form(message):
        interface = picod.INTERFACES['io.picod']
        if 'error' in message:
            interface.check_error(message['error'].rpartition('.')[2],
                                  message['parameters'])
        else:
            interface.check_out('Send', message['parameters'])

    def check(self, message):
        error, detail, output = self.expected
        parameters = message['parameters']
        got = message.get('error', '').removeprefix('io.picod.') or None
        if self.crowd.ending and got in GOODBYES:
            return
        assert (got, self.output) == (error, output), \
            f'client {self.number}: {self.output!r} of {message}, ' \
            f'not {self.expected}'
        if error == 'StatementFailed':
            assert parameters['traceback'].endswith(detail), parameters
        elif error is None:
            assert parameters.get('status') == detail, parameters


class Mortal(Client):
    """It dies at some time, wherever it is then, and another one comes.

    If picod is slow, requests of the dead that are carried out all the same
    count so long as connections that there is no room for another one.
    """

    def connect(self):
        super().connect()
        self.crowd.die_in(self, self.random.uniform(0, LONGEST_LIFE_S))
        self.dies_when_told = False
        life = self.random.choice((
            self.in_a_message, self.in_the_queue, self.in_a_statement,
            self.in_output, self.in_a_hold, self.oneway))
        life()

    def in_a_message(self):
        call = picod.encode('Send', board=self.board, text='1')
        self.write(call[:self.random.randrange(len(call))])

    def in_the_queue(self):
        for n in range(3):
            self.send('Send', board=self.board, text=f'r0{n}')

    def in_a_statement(self):
        self.send('Send', board=self.board, text='while True: pass',
                  timeout=300)

    def in_output(self):
        self.dies_when_told = True
        self.send('Send', board=self.board, more=True,
                  text='while True: print("of a dead client")')

    def in_a_hold(self):
        self.dies_when_told = True
        self.send('Hold', board=self.board, wait=60000,
                  will='r00' if self.board == 'uno' else '1 + 1')

    def oneway(self):
        self.send('Send', board=self.board, text='r07', oneway=True)

    def die(self):
        if self.socket is not None:
            self.close()
            self.socket = None
            self.crowd.deaths += 1
        if self.crowd.going:
            self.connect()

    def ended(self):
        self.close()
        self.socket = None
        self.crowd.refused += 1
        self.crowd.die_in(self, self.random.uniform(0, LONGEST_LIFE_S))

    def receive(self, message):
        if self.dies_when_told:
            self.crowd.die_in(self, 0)


class Mute(Client):
    """It asks for much and never reads; picod drops it or holds it back."""

    READS = False

    def connect(self):
        super().connect()
        ask = (self.watch, self.list, self.list, self.statements)
        ask[self.number % len(ask)]()

    def watch(self):
        self.send('Watch', more=True, trace=True)

    def list(self):
        """Answers of many kilobytes, as long as many requests wait."""
        self.write(picod.encode('ListBoards', details=True) * 1000)

    def statements(self):
        self.write(picod.encode(
            'Send', board=self.board,
            text='r11' if self.board == 'uno' else 'print("x" * 500)') * 500)

    def ended(self):
        self.close()
        self.crowd.dropped += 1
        self.connect()


class Endless(Mute):
    """One statement whose output fills all there is; its board pauses.

    Only once, since the board stands still meanwhile.
    """

    def connect(self):
        if self.crowd.dropped:
            super().connect()
            return
        Client.connect(self)
        self.send('Send', board='mp', more=True, timeout=20000,
                  text='while True: print("x" * 60)')


class Crowd:
    """All the clients of a picod, driven by one loop."""

    def __init__(self, p):
        self.p = p
        self.epoll = select.epoll()
        self.clients = {}
        self.deaths = self.dropped = self.refused = 0
        self.slowest_s = 0.0
        self.going = True
        self.ending = False
        self.dying = []
        self.tickets = 0
        self.senders = []
        self.idle = []
        self.mortals = []

    def __enter__(self):
        self.idle = [Idle(self, i) for i in range(IDLE)]
        self.ask_idle()
        self.senders = [Sender(self, i) for i in range(SENDERS)]
        for sender in self.senders:
            sender.ask()
        self.mortals = [Mortal(self, i) for i in range(MORTALS)]
        Endless(self, 0)
        for i in range(1, MUTES):
            Mute(self, i)
        return self

    def __exit__(self, *exc):
        for client in list(self.clients.values()):
            client.close()
        self.epoll.close()

    def add(self, client):
        fd = client.socket.fileno()
        self.clients[fd] = client
        # A hang-up is told in any case.
        self.epoll.register(fd, select.EPOLLIN if client.READS else 0)

    def remove(self, client):
        fd = client.socket.fileno()
        self.epoll.unregister(fd)
        del self.clients[fd]

    def die_in(self, client, seconds):
        self.tickets += 1
        heapq.heappush(self.dying, (time.monotonic() + seconds, self.tickets,
                                    client, client.socket))

    def ask_idle(self):
        """Whoever is idle gets an answer, too."""
        for client in self.idle:
            client.ask()
        self.run(lambda: not any(client.waiting for client in self.idle))

    def run(self, until, patience_s=ANSWER_S):
        """Serves everybody until that is so."""
        give_up = time.monotonic() + patience_s
        while not until():
            assert time.monotonic() < give_up, self.missing()
            self.bury()
            for fd, _ in self.epoll.poll(0.05, 256):
                client = self.clients.get(fd)
                if client is None:
                    continue
                if not client.READS or not client.ready():
                    client.ended()

    def bury(self):
        while self.dying and self.dying[0][0] <= time.monotonic():
            _, _, client, its_socket = heapq.heappop(self.dying)
            if client.socket is its_socket:
                client.die()

    def answers(self):
        return sum(sender.answered for sender in self.senders)

    def outside(self):
        """Mortals for which there was no room."""
        return sum(client.socket is None for client in self.mortals)

    def missing(self):
        waiting = collections.Counter(s.board for s in self.senders
                                      if s.expected)
        return f'senders without an answer: {waiting}'

    def shut_out(self):
        """picod has ended: everybody who reads sees it, after the answers."""
        self.ending = True
        for client in self.clients.values():
            if client.READS:
                client.socket.settimeout(picod.PATIENCE_S)
                while client.ready():
                    pass


class Clients(picod.Case):
    def test_crowd(self):
        for each in (Microbit, MicroPython):
            setattr(self, each.NAME, self.board(each()))
        rgb = os.path.join(picod.FIRMWARE, 'uno-rgb.hex')
        self.uno = self.board(Uno(sketch=rgb))
        self.p = Watched(verbose=False, preexec=many_descriptors, boards={
            'mb': f'unix:{self.microbit.path},driver=repl',
            'mp': f'unix:{self.micropython.path},driver=repl',
            'uno': f'{self.uno.path},driver=piserial,baud=9600'})
        self.addCleanup(self.p.stop)
        self.control = self.connect(self.p)
        self.first_kb = self.p.highest_kb()
        with Crowd(self.p) as crowd:
            self.soak(crowd)
            self.check_memory()
            self.end(crowd)

    def soak(self, crowd):
        """No answer is lost or mixed, and all get some."""
        end = time.monotonic() + DURATION_S
        half = time.monotonic() + DURATION_S / 2
        crowd.run(lambda: time.monotonic() > half, DURATION_S)
        self.half_kb = self.p.highest_kb()
        crowd.run(lambda: time.monotonic() > end, DURATION_S)
        self.assertEqual(len(crowd.clients), CLIENTS - crowd.outside())
        crowd.going = False
        crowd.run(lambda: not any(s.expected for s in crowd.senders))
        crowd.ask_idle()
        for sender in crowd.senders:
            self.assertEqual(sender.answered, sender.sent)
            self.assertGreater(sender.answered, 0)
        self.assertGreater(crowd.deaths, 0)
        self.check_room(crowd)
        self.report(crowd)

    def check_room(self, crowd):
        """The dead have left nothing behind that counts as a client."""
        crowd.run(lambda: len(crowd.clients) == CLIENTS - MORTALS and
                  self.waiting() <= MUTES)
        crowd.idle += [Idle(crowd, i) for i in range(MORTALS)]
        crowd.ask_idle()

    def waiting(self):
        return sum(board['waiting']
                   for board in self.control.call('ListBoards')['boards'])

    def report(self, crowd):
        answers = collections.Counter()
        for sender in crowd.senders:
            answers[sender.board] += sender.answered
        print(f'{crowd.answers()} answers {dict(answers)}, the slowest '
              f'after {crowd.slowest_s:.1f} s; {crowd.deaths} clients died, '
              f'{crowd.refused} found no room, '
              f'{crowd.dropped} that did not read were dropped; '
              f'picod: {self.first_kb} KB at first, '
              f'{self.half_kb} KB at half time, '
              f'{self.p.highest_kb()} KB at the most', file=sys.stderr)

    def check_memory(self):
        if RUNNER or picod.is_sanitized():
            return
        most_kb = FIXED_KB + CLIENTS * CLIENT_KB + MUTES * MUTE_KB
        self.assertLess(self.p.highest_kb() - self.first_kb, most_kb)
        # All that is bounded was there by half time; the rest would be lost.
        self.assertLess(self.p.highest_kb() - self.half_kb, FIXED_KB)

    def end(self, crowd):
        """SIGTERM while everybody asks."""
        crowd.going = True
        for sender in crowd.senders:
            sender.ask()
        enough = crowd.answers() + SENDERS // 4
        crowd.run(lambda: crowd.answers() > enough)
        crowd.going = False
        self.assertEqual(self.p.terminate(), 0)
        crowd.shut_out()


def many_descriptors():
    """Also for a runner that has a look at the limit before picod does."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))


def setUpModule():
    many_descriptors()


if __name__ == '__main__':
    unittest.main()
