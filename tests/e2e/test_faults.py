# SPDX-License-Identifier: MIT
"""Whatever breaks, at whichever byte: one answer, and the board comes back.

A conversation begins with a board just plugged in, so that it has all there
is: getting into step, the question for raw-paste, the helper, and then the
statement.  It is broken after each of its bytes, both ways together, in each
of these ways: the board vanishes, falls silent, talks nonsense, or restarts,
or the client vanishes.
"""

import contextlib
import functools
import os
import queue
import random
import socket
import threading
import unittest

import picod
import scripted

BOARDS = picod.limit('BOARDS')
LONG = 'PICOD_LONG' in os.environ


class Conversation:
    """What is said, with which board, and what must come of it."""

    def __init__(self, language, settings, text, output, next_text,
                 next_output):
        self.language = language
        self.settings = settings
        self.text = text
        self.output = output
        self.next_text = next_text
        self.next_output = next_output


RAW_PASTE = Conversation(
    functools.partial(scripted.Repl, paste=True), 'driver=repl',
    "hit()\nfor i in range(3):\n    print('answer', i)\n# more than a window",
    'answer 0\nanswer 1\nanswer 2\n', '6 * 7', '42\n')
STATEMENT = Conversation(
    functools.partial(scripted.Repl, paste=True), 'driver=repl',
    'hit() or 3000 + 10', '3010\n', '6 * 7', '42\n')
PLAIN_RAW = Conversation(
    functools.partial(scripted.Repl, paste=False), 'driver=repl',
    'hit() or 3000 + 10', '3010\n', '6 * 7', '42\n')
PISERIAL = Conversation(
    scripted.PiSerial, 'driver=piserial', 'c1', 'v00\n', 'c0', 'v00\n')

# How long a statement may run, which none takes; where a board may fall silent
# in the middle, that is waited for.
TIMEOUT_MS = 300
UNHURRIED_MS = 60000
# Which errors may come of which fault.  Of nonsense anything may come.
ERRORS = {
    'vanish': {'Disconnected', 'BoardAbsent'},
    'silent': {'BoardSilent', 'TimedOut'},
    'restart': {'Disconnected', 'BoardSilent', 'TimedOut', 'StatementFailed'},
    'nonsense': {'Disconnected', 'BoardSilent', 'TimedOut',
                 'StatementFailed', 'CommandRejected'},
}


class Case:
    """One fault at one place."""

    def __init__(self, conversation, fault, number):
        self.conversation = conversation
        self.fault = fault
        self.number = number

    def __str__(self):
        return f'{self.fault} after byte {self.number}'

    def run(self, p, name, board):
        board.replug(picod.PATIENCE_S)
        with p.connect() as client:
            board.arm(self.number, self.action(board, client))
            # Without a wait, so that a board that goes is answered for at once.
            client.send('Send', board=name, text=self.conversation.text,
                        timeout=UNHURRIED_MS if self.fault in
                        ('vanish', 'client') else TIMEOUT_MS)
            if self.fault == 'client':
                self.leave(client, board)
            else:
                self.check_answer(client, board)
        assert board.hits <= 1, f'it was run {board.hits} times'
        self.check_next(p, name, board)

    def leave(self, client, board):
        """Until it left, or the conversation was over before."""
        try:
            client.read_message()
        except (picod.Closed, ConnectionError):
            assert board.faulted.wait(picod.PATIENCE_S)

    @staticmethod
    def hang_up(client):
        """Unless it had its answer before, and left by itself."""
        with contextlib.suppress(OSError):
            client.socket.shutdown(socket.SHUT_RDWR)

    def action(self, board, client):
        if self.fault == 'client':
            return lambda: self.hang_up(client)
        if self.fault == 'nonsense':
            noise = random.Random(self.number).randbytes(40)
            return lambda: board.talk_nonsense(noise)
        return {'vanish': board.vanish, 'silent': board.fall_silent,
                'restart': board.restart}[self.fault]

    def check_answer(self, client, board):
        """One answer, and the right one; nothing comes after it."""
        try:
            answer = client.receive()
            if self.fault != 'nonsense':
                assert answer['output'] == self.conversation.output, answer
                assert board.hits == 1, 'an answer, but it was not run'
        except picod.PicodError as error:
            assert error.name in ERRORS[self.fault], error
            started = error.parameters.get(
                'sent', error.parameters.get('started', True))
            assert started or board.hits == 0, f'it was run: {error}'
        client.send('org.varlink.service.GetInfo')
        client.receive()

    def check_next(self, p, name, board):
        """The board is back, and the next statement works."""
        # Behind the last byte the answer may be here before the end is; a
        # conversation that was shorter this time never comes so far.
        board.faulted.wait(1)
        board.disarm()
        if self.fault == 'vanish' and board.listener is None:
            board.plug()
        if self.fault == 'silent':
            board.restart()
        answer = p.call('Send', board=name, wait=60000, timeout=30000,
                        text=self.conversation.next_text)
        assert answer['output'] == self.conversation.next_output, answer


class Everywhere(picod.Case):
    def setUp(self):
        self.farm = scripted.Farm()
        self.addCleanup(self.farm.stop)
        self.farm.start()

    def add_boards(self, conversation, count):
        names = {f'b{i}': self.farm.add(conversation.language)
                 for i in range(count)}
        p = self.picod(verbose=False, **{
            name: f'{board.url()},{conversation.settings}'
            for name, board in names.items()})
        return [(p, name, board) for name, board in names.items()]

    def length(self, conversation):
        """How many bytes it has, both ways together."""
        (p, name, board), = self.add_boards(conversation, 1)
        board.replug(picod.PATIENCE_S)
        board.arm(-1, None)
        answer = p.call('Send', board=name, text=conversation.text,
                        wait=60000)
        self.assertEqual(answer['output'], conversation.output)
        self.assertEqual(board.hits, 1)
        return board.count

    def check(self, conversation, faults, daemons=8, step=1):
        length = self.length(conversation)
        cases = queue.Queue()
        for fault in faults:
            for number in range(1, length + 1, step):
                cases.put(Case(conversation, fault, number))
        failures = []

        def work(p, name, board):
            while True:
                try:
                    case = cases.get_nowait()
                except queue.Empty:
                    return
                try:
                    case.run(p, name, board)
                except BaseException as error:  # the others go on
                    failures.append(f'{case}: {error!r}')
                    return

        workers = [functools.partial(work, *each) for _ in range(daemons)
                   for each in self.add_boards(conversation, BOARDS)]
        picod.in_threads(workers)
        self.assertEqual(failures, [])
        self.assertTrue(cases.empty())

    # All but silence is over soon.  Silence, and a restart in the middle of a
    # text, take a whole ladder of recovery: hence many boards at a time.
    QUICK = ('vanish', 'nonsense', 'restart', 'client')

    def test_raw_paste(self):
        self.check(RAW_PASTE, (*self.QUICK, 'silent'))

    def test_statement(self):
        self.check(STATEMENT, self.QUICK)

    # Most of it is as with raw-paste: PICOD_LONG=1 takes each of its bytes.
    def test_plain_raw(self):
        self.check(PLAIN_RAW, (*self.QUICK, 'silent'), step=1 if LONG else 2)

    def test_piserial(self):
        self.check(PISERIAL, (*self.QUICK, 'silent'))


if __name__ == '__main__':
    unittest.main()
