# SPDX-License-Identifier: MIT
"""picoctl list, on a terminal and off it."""

import json
import re
import unittest

from fake import BOARDS, PICOCTL, Case, FakePicod, environment, on_terminal
from fake import picoctl


class List(Case):
    def list(self, *words, boards=None):
        boards = BOARDS if boards is None else boards
        with FakePicod(ListBoards=lambda parameters:
                       {'boards': boards}) as self.picod:
            return picoctl('list', *words, socket_path=self.picod.path)

    def test_table(self):
        self.expect(self.list(), 0, b'''\
NAME           STATE      DRIVER  PORT          USED BY                 ABOUT
pico0          busy       repl    /dev/ttyACM0  python3 (ben), 1 waits  \
MicroPython v1.22; Pico
thelongername  unclaimed  auto    /dev/ttyUSB0
thelongername: it may be anything: name it in picod.conf
''')
        self.assertEqual(self.picod.parameters(), {})

    def test_nobody_uses_them(self):
        self.expect(self.list(boards=[{**BOARDS[0], 'holder': None,
                                       'waiting': 0}]), 0, b'''\
NAME   STATE  DRIVER  PORT          ABOUT
pico0  busy   repl    /dev/ttyACM0  MicroPython v1.22; Pico
''')

    BY_ID = '/dev/serial/by-id/usb-MicroPython_Board_in_FS_mode_e661640-if00'

    def terminal(self, boards, columns=80, *words, **env):
        """The lines of "list" on a terminal of so many columns."""
        with FakePicod(ListBoards=lambda parameters:
                       {'boards': boards}) as fake:
            text = on_terminal([PICOCTL, 'list', *words], columns, environment(
                PICOD_SOCKET=fake.path, TERM='xterm', **env))
        return text.splitlines()

    def test_fits_a_terminal(self):
        boards = [
            {**BOARDS[0], 'port': self.BY_ID},
            {**BOARDS[0], 'name': 'pico-weather-station-window-3',
             'about': 'ä' * 70, 'waiting': 12},
            {**BOARDS[1], 'port': self.BY_ID, 'problem': ' '.join(
                ['a sentence that says what to do'] * 6)}]
        for columns in (132, 100, 80, 60):
            lines = self.terminal(boards, columns, NO_COLOR='1')
            for line in lines:
                self.assertLessEqual(len(line), columns, lines)
            for word in ('pico0', 'unclaimed', '-if00',
                         'python3 (ben)' if columns >= 80 else '',
                         '12 wait' if columns >= 100 else ''):
                self.assertIn(word, '\n'.join(lines[:4]))
        rows = len(boards) + 1
        problem = ' '.join(line.strip() for line in lines[rows:])
        self.assertEqual(problem, 'thelongername: ' + boards[2]['problem'])

    def test_what_fits_is_whole(self):
        lines = self.terminal(BOARDS[:1], 132, NO_COLOR='1')
        self.assertEqual(lines, self.list(
            boards=BOARDS[:1]).stdout.decode().splitlines())

    def test_colours(self):
        coloured = self.terminal(BOARDS)
        self.assertIn('\033[33mbusy\033[m', coloured[1])
        self.assertIn('\033[31munclaimed\033[m', coloured[2])
        plain = self.terminal(BOARDS, NO_COLOR='1')
        self.assertEqual([re.sub('\033\\[[0-9]*m', '', line)
                          for line in coloured], plain)
        self.assertEqual(self.terminal(BOARDS, NO_COLOR=''), coloured)
        self.assertNotIn(b'\033', self.list().stdout)

    def test_details(self):
        self.expect(self.list('-v'), 0, f'''\
pico0
    state    busy
    driver   repl
    port     /dev/ttyACM0
    usb      2e8a:0005 serial E66 at 1-1
    about    MicroPython v1.22; Pico
    boot     12
    holder   python3 (pid 4711, ben) since 2024-05-01 14:03:05
    runs     3 Send "while True:\\n\\tpass" for python3 (pid 4711, ben) \
since 2024-05-01 14:03:05
    waits    4 Send "{'ä' * 30}..." for evil\\x1b[2J\\xc2\\x9b (pid 4711, \
ben) since 2024-05-01 14:03:05
thelongername
    state    unclaimed
    problem  it may be anything: name it in picod.conf
    driver   auto
    port     /dev/ttyUSB0
    boot     0
'''.encode())
        self.assertEqual(self.picod.parameters(), {'details': True})

    def test_details_fit_a_terminal(self):
        boards = [{**BOARDS[1], 'problem': 'CH340 or CH9102 bridge: it may '
                   'lead to anything; to use it: sudo picoctl adopt x NAME'},
                  BOARDS[0]]
        lines = self.terminal(boards, 80, '-v', NO_COLOR='1')
        self.assertEqual(lines[2:4], [
            '    problem  CH340 or CH9102 bridge: it may lead to anything; to '
            'use it:', '             sudo picoctl adopt x NAME'])
        self.assertEqual(lines[-4:-2], [
            '    runs     3 Send "while True:\\n\\tpass" for python3 (pid '
            '4711, ben) since', '             2024-05-01 14:03:05'])

    def test_one(self):
        result = self.list('-b', 'pico0')
        self.assertEqual(len(result.stdout.splitlines()), 2)
        self.expect(self.list('-b', 'nosuch'), 4, b'',
                    b'picoctl: there is no board "nosuch"; "picoctl list" '
                    b'shows those there are\n')

    def test_several(self):
        both = self.list('-b', 'thelongername,pico0', '--names')
        self.expect(both, 0, b'thelongername\npico0\n')
        self.expect(self.list('-b', 'all'), 0, self.list().stdout)
        self.expect(self.list('-b', 'nosuch,pico0', '--names'), 4, b'pico0\n',
                    b'picoctl: there is no board "nosuch"; "picoctl list" '
                    b'shows those there are\n')

    def test_none(self):
        self.expect(self.list(boards=[]), 0, b'',
                    b'picoctl: there are no boards: plug one in, or name its '
                    b'port in /etc/picod/picod.conf, see picod.conf(5)\n')

    def test_json(self):
        result = self.list('--json')
        self.assertEqual([json.loads(line)
                          for line in result.stdout.splitlines()], BOARDS)
        self.expect(self.list('--json', boards=[]), 0)

    def test_names(self):
        self.expect(self.list('--names'), 0, b'pico0\nthelongername\n')


if __name__ == '__main__':
    unittest.main()
