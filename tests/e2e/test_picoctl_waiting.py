# SPDX-License-Identifier: MIT
"""What picoctl says while it waits."""

import concurrent.futures
import contextlib
import os
import pty
import queue
import subprocess
import threading
import unittest

from fake import BOARDS, CLIENT, PICOCTL, TIMEOUT_S, Case, FakePicod
from fake import environment, output, picoctl


class Waiting(Case):
    """What a person at a terminal is told while a request waits."""

    OTHER = {'id': 1, 'method': 'Send', 'text': 'y', 'running': True,
             'client': {**CLIENT, 'program': 'a.py', 'pid': 1}}
    SEEN = '\rwaiting: board uno0 {}\033[K'

    def terminal(self, words, started=lambda process: None, **methods):
        """What stands on the terminal after picoctl has run there."""
        with FakePicod(**methods) as fake:
            master, slave = pty.openpty()
            process = subprocess.Popen(
                [PICOCTL, '-s', fake.path, *words], stdout=slave, stderr=slave,
                env=environment(), stdin=subprocess.DEVNULL)
            os.close(slave)
            started(process)
            self.assertEqual(process.wait(TIMEOUT_S), 0)
            text = b''
            with contextlib.suppress(OSError):      # nothing was written
                text = os.read(master, 10000)
            os.close(master)
        return text.decode()

    def test_what_send_waits_for(self):
        """picod says it in replies of their own, when it changes."""
        running = {**CLIENT, 'program': 'a.py'}
        waits = [{'holder': CLIENT},
                 *({'holder': CLIENT, 'state': state}
                   for state in ('lent', 'console', 'flashing')), {'running': running, 'before': 1},
                 {'state': 'absent'}, {'state': 'flashing', 'before': 2}]

        def method(parameters):
            for wait in waits:
                yield output('', waiting={'board': 'uno0', 'state': 'busy',
                                          'before': 0, **wait})
            yield output('4\n')

        self.assertEqual(self.terminal(['send', 'x'], Send=method), ''.join(
            self.SEEN.format(line) for line in (
                'is held by python3 (ben) since 14:03',
                'is lent to python3 (ben) since 14:03',
                'is the console of python3 (ben) since 14:03',
                'is being flashed by python3 (ben) since 14:03',
                'works for a.py (ben) since 14:03, 1 before you',
                'is not plugged in', 'is flashing, 2 before you')) +
                '\r\033[K4\r\n')

    def test_no_terminal(self):
        def method(parameters):
            yield output('', waiting={'board': 'uno0', 'state': 'busy',
                                      'before': 0})
            yield output('4\n')

        with FakePicod(Send=method) as fake:
            self.expect(picoctl('send', 'x', socket_path=fake.path), 0,
                        b'4\n')

    def hold(self, running=False):
        """Takes a board; picod answers once it was asked what is going on."""
        asked, pid = threading.Event(), queue.Queue()
        ours = {'id': 9, 'method': 'Hold', 'text': '', 'running': running}

        def boards(parameters):
            process = pid.get(timeout=TIMEOUT_S)
            pid.put(process)
            asked.set()
            return {'boards': [BOARDS[1], {
                'name': 'uno0', 'state': 'busy', 'driver': 'repl', 'port': '',
                'boot': 1, 'waiting': 1, 'requests': [self.OTHER, {
                    **ours, 'client': {**CLIENT, 'pid': process}}]}]}

        def answer(parameters):
            asked.wait(TIMEOUT_S)
            return {'board': 'uno0', 'token': 't', 'boot': 1}

        return self.terminal(['hold', 'true'], lambda process: pid.put(
            process.pid), ListBoards=boards, Hold=answer,
            Drop=lambda parameters: {})

    def test_what_others_wait_for(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            waits, runs = pool.map(self.hold, (False, True))
        self.assertEqual(waits, self.SEEN.format(
            'works for a.py (ben) since 14:03') + '\r\033[K')
        self.assertEqual(runs, '')


if __name__ == '__main__':
    unittest.main()
