# SPDX-License-Identifier: MIT
"""Who else is at the board while a tool works there."""

import contextlib
import threading
import time

HOLD_S = 5


class Counter:
    """A board with Python: its variable counts who asked, and stays."""

    BEGIN = ['others = 0']
    LOOK = 'others'

    @staticmethod
    def ask(_):
        return 'others += 1; others'

    @staticmethod
    def answer(n):
        return f'{n}\n'


class Probe:
    """An Arduino with the sketch uno-probe: a number comes back."""

    BEGIN = []
    LOOK = 'iFFFF'

    @staticmethod
    def ask(n):
        return f'i{n:04X}'

    @staticmethod
    def answer(n):
        return f'v{n:04X}\n'


@contextlib.contextmanager
def neighbours(p, case, kind=Counter):
    """One asks every 50 ms, another now and then has the board for himself.

    No answer of theirs is wrong, and what they have put on the board stays.
    """
    for text in kind.BEGIN:
        p.send(text)
    answers, held, end = [], [], threading.Event()

    def ask():
        with p.connect() as client:
            while not end.wait(0.05):
                answers.append(client.call(
                    'Send', text=kind.ask(len(answers) + 1))['output'])

    def hold():
        while not end.wait(HOLD_S):
            with p.connect() as client:
                token = client.call('Hold', wait=60000)['token']
                before = look(client, token)
                time.sleep(HOLD_S)
                held.append((before, look(client, token)))

    def look(client, token):
        """What is on the board, and how often it was asked."""
        return client.call('Send', text=kind.LOOK,
                           hold=token)['output'], len(answers)

    threads = [threading.Thread(target=each) for each in (ask, hold)]
    for thread in threads:
        thread.start()
    try:
        yield
        case.until(lambda: len(held) > 0)
    finally:
        end.set()
        for thread in threads:
            thread.join()
    case.assertGreater(len(answers), 20)
    case.assertEqual(answers,
                     [kind.answer(i + 1) for i in range(len(answers))])
    for (before, asked), (after, asked_after) in held:
        case.assertEqual(before, after)
        # One answer may have been on its way.
        case.assertLessEqual(asked_after - asked, 1)
