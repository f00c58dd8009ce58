# SPDX-License-Identifier: MIT
"""Who else is at the board while a tool works there."""

import contextlib
import threading
import time

HOLD_S = 5


@contextlib.contextmanager
def neighbours(p, case):
    """One asks every 50 ms, another now and then has the board for himself.

    No answer of theirs is wrong, and what they have put on the board stays.
    """
    p.send('others = 0')
    answers, held, end = [], [], threading.Event()

    def ask():
        with p.connect() as client:
            while not end.wait(0.05):
                answers.append(client.call(
                    'Send', text='others += 1; others')['output'])

    def hold():
        while not end.wait(HOLD_S):
            with p.connect() as client:
                token = client.call('Hold', wait=60000)['token']
                before = client.call('Send', text='others', hold=token)
                time.sleep(HOLD_S)
                after = client.call('Send', text='others', hold=token)
                held.append((before['output'], after['output']))

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
    case.assertEqual(answers, [f'{i + 1}\n' for i in range(len(answers))])
    for before, after in held:
        case.assertEqual(before, after)
