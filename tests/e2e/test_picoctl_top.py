# SPDX-License-Identifier: MIT
"""picoctl top: in a terminal, and elsewhere."""

import json
import re
import threading
import time
import unittest

from fake import BOARDS, CLIENT, PICOCTL, TIMEOUT_S, Answer, Case, FakePicod
from fake import environment, event, on_terminal, picoctl

PICTURE = '''\
2 boards: 1 request runs, 1 waits
pico0          busy        | light: 3
  holds 14:03:05.000 python3 (pid 4711, ben)
  runs  14:03:05.000 python3 (pid 4711, ben): Send "while True:\\n\\tpass"
  waits 14:03:05.000 evil\\x1b[2J\\xc2\\x9b (pid 4711, ben): Send "äää'''
SAID = [event('state', state='busy'), event('output', output='temp: 2\nlig'),
        event('output', output='ht: 3\nhal')]


def drawn(shown):
    """The pictures of a terminal, without what moves its cursor."""
    return [re.sub(r'\x1b\[\d*[A-Za-z]', '', picture.partition('\x1b[J')[0])
            for picture in shown.split('\x1b[?7l')[1:]]


class Top(Case):
    def setUp(self):
        self.boards = BOARDS
        self.looks = []

    def look(self, parameters):
        self.assertEqual(parameters, {'details': True})
        self.looks.append(time.monotonic())
        return {'boards': self.boards}

    def live(self, watch, columns=80, **env):
        env.setdefault('TERM', 'xterm')
        self.looks.clear()
        with FakePicod(Watch=watch, ListBoards=self.look) as fake:
            return on_terminal([PICOCTL, '-s', fake.path, 'top'], columns,
                               environment(**env))

    def until(self, looks=1):
        """Watches that end when it has looked so often."""
        def watch(parameters):
            yield from SAID
            yield SAID[0]
            end = time.monotonic() + TIMEOUT_S
            while len(self.looks) < looks and time.monotonic() < end:
                time.sleep(0.01)
            yield SAID[0]
            yield None
        return watch

    def test_once_where_there_is_no_terminal(self):
        said, whole = threading.Event(), threading.Event()

        def watch(parameters):
            yield from SAID
            yield SAID[0]
            said.set()
            whole.wait(TIMEOUT_S)

        def look(parameters):
            if self.looks:
                said.wait(TIMEOUT_S)    # picod says it at once
            return self.look(parameters)

        with FakePicod(Watch=watch, ListBoards=look) as fake:
            done = picoctl('-s', fake.path, 'top')
            table = picoctl('-s', fake.path, 'top', '--json')
            whole.set()
            self.assertIn({'method': 'io.picod.Watch', 'more': True,
                           'parameters': {'history': True}}, fake.calls)
        self.assertEqual(done.returncode, 0, done)
        self.assertNotIn(b'\x1b', done.stdout)
        self.assertTrue(done.stdout.decode().startswith(PICTURE), done)
        self.assertIn('thelongername  unclaimed   it may be anything: name it '
                      'in picod.conf\n', done.stdout.decode())
        self.assertEqual([json.loads(line) for line in
                          table.stdout.splitlines()], BOARDS)

    def test_fits_the_terminal(self):
        for columns in (80, 40):
            shown = self.live(self.until(), columns)
            self.assertIn('\x1b[33mbusy\x1b[m', shown)
            # That would take the last character, where the line is full.
            self.assertNotIn('\x1b[K\n', shown)
            for picture in drawn(shown):
                for line in picture.split('\n'):
                    self.assertLessEqual(len(line), columns, line)
        plain = self.live(self.until(), NO_COLOR='1')
        self.assertNotRegex(plain, r'\x1b\[[0-9;]*m')

    def test_counts_what_does_not_fit(self):
        self.boards = [{**BOARDS[0], 'name': f'b{i}', 'waiting': 300}
                       for i in range(16)]
        picture = drawn(self.live(self.until()))[0]
        lines = picture.splitlines()
        self.assertEqual(lines[0], '16 boards: 16 requests run, 4800 wait')
        self.assertIn('  and 296 more', lines)
        self.assertRegex(lines[22], r'^\.\.\. and \d+ lines more$')

    def test_a_queue_that_grows_is_seen(self):
        """Without any event."""
        def look(parameters):
            self.look(parameters)
            return {'boards': [{**BOARDS[0],
                                'waiting': len(self.looks) * 7}]}

        with FakePicod(Watch=self.until(2),
                       ListBoards=look) as fake:
            shown = on_terminal([PICOCTL, '-s', fake.path, 'top'], 80,
                                environment(TERM='xterm'))
        self.assertIn('14 wait', drawn(shown)[-1])

    def test_a_storm_of_events_is_a_few_looks(self):
        def watch(parameters):
            end = time.monotonic() + 0.6
            while time.monotonic() < end:
                yield from SAID
            yield None

        begin = time.monotonic()
        self.live(watch)
        took = time.monotonic() - begin
        self.assertLessEqual(len(self.looks), took / 0.25 + 1)
        gaps = [b - a for a, b in zip(self.looks, self.looks[1:])]
        self.assertGreater(min(gaps), 0.2)

    def test_the_same_is_not_drawn_again(self):
        pictures = drawn(self.live(self.until(3)))
        self.assertLess(len(pictures), len(self.looks))
        for one, next_one in zip(pictures, pictures[1:]):
            self.assertNotEqual(one, next_one)

    def test_errors(self):
        def watch(parameters):
            self.assertEqual(parameters, {'board': 'x', 'history': True})
            raise Answer('NoSuchBoard', board='x', message='no board "x"')

        with FakePicod(Watch=watch, ListBoards=self.look) as fake:
            self.expect(picoctl('-s', fake.path, 'top', '-b', 'x'), 4,
                        err=b'picoctl: no board "x"\n')


if __name__ == '__main__':
    unittest.main()
