# SPDX-License-Identifier: MIT
"""What picoctl writes down over time: watch --lines, log, sample, plot."""

import csv
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import fcntl
import subprocess
import tempfile
import termios
import threading
import time
import unittest

from fake import PICOCTL, TIMEOUT_S, Answer, FakePicod
from fake import environment, picoctl, read

TIME = 1_700_000_000_123_456
STAMP = '2023-11-14T22:13:20.123+0000'


def said(text, board='b', us=TIME):
    return {'board': board, 'event': 'output', 'time': us, 'output': text}


def state(name, board='b', us=TIME):
    return {'board': board, 'event': 'state', 'time': us, 'state': name}


class Lines(unittest.TestCase):
    EVENTS = [said('temp 2'), said('x', 'a'), state('busy'),
              said('1.5\r\nab'), state('absent'), said('"q", \x1b\n', 'a'),
              said('a\0b\nc')]
    WHOLE = [('b', 'temp 21.5'), ('b', 'ab'), ('a', 'x"q", \x1b'),
             ('b', 'a\\x00b'), ('b', 'c')]

    def run_it(self, *words):
        with FakePicod(Watch=lambda _: iter(self.EVENTS)) as fake:
            done = picoctl('-s', fake.path, *words)
        self.assertEqual(done.returncode, 0, done)
        return done.stdout.decode()

    def test_watch(self):
        self.assertEqual(self.run_it('watch', '--lines').splitlines(), [
            f'{STAMP} b temp 21.5', f'{STAMP} b ab',
            f'{STAMP} a x"q", \\x1b', f'{STAMP} b a\\x00b', f'{STAMP} b c'])
        rows = map(json.loads, self.run_it('watch', '--lines',
                                           '--json').splitlines())
        self.assertEqual([(row['board'], row['line']) for row in rows],
                         self.WHOLE)


class Log(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.path = os.path.join(self.folder, 'log')
        self.go_on = threading.Semaphore(0)

    def log(self, fake, *words):
        process = subprocess.Popen(
            [PICOCTL, '-s', fake.path, 'log', self.path, *words],
            env=environment(), stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_goes_on_when_picod_does(self):
        """A connection that ends is made anew, and no line is lost."""
        turns = iter(('one', 'two', 'three'))
        done = threading.Event()

        def watch(_):
            turn = next(turns, None)
            if turn is None:
                done.set()
                self.go_on.acquire()
                return
            yield said(f'{turn}\nhalf of {turn}')
            yield said('')
            yield None

        with FakePicod(Watch=watch) as fake:
            process = self.log(fake)
            self.assertTrue(done.wait(TIMEOUT_S))
            process.kill()
            self.go_on.release()
        with open(self.path, newline='', encoding='utf-8') as file:
            rows = list(csv.reader(file))
        self.assertEqual(rows[0], ['time', 'board', 'line'])
        self.assertEqual([row[2] for row in rows[1:]], [
            'one', 'half of one', 'two', 'half of two', 'three',
            'half of three'])

    def test_full_files_are_put_aside(self):
        sent = threading.Event()

        def watch(_):
            for i in range(600):
                yield said(f'line {i:04}\n')
            sent.set()
            self.go_on.acquire()
            yield said('')

        with FakePicod(Watch=watch) as fake:
            self.log(fake, '--size', '1', '--json').poll()
            self.assertTrue(sent.wait(TIMEOUT_S))
            self.go_on.release()
            fake.gone.wait(TIMEOUT_S)
        self.assertEqual(sorted(os.listdir(self.folder)), ['log'] + [
            f'log.{i}' for i in range(1, 6)])
        lines = []
        for name in [f'log.{i}' for i in range(5, 0, -1)] + ['log']:
            with open(os.path.join(self.folder, name),
                      encoding='utf-8') as file:
                lines += [json.loads(line)['line'] for line in file]
        self.assertEqual(lines, [f'line {i:04}' for i in range(
            600 - len(lines), 600)])

    def test_what_is_said_is_what_is_read(self):
        """By any program that knows CSV."""
        whole = ['0%\r50%\r100%', 'a,"b"', '', "it's", ' x ']
        with FakePicod(Watch=lambda _: iter(
                [said(''.join(line + '\r\n' for line in whole))])) as fake:
            self.assertEqual(picoctl('-s', fake.path, 'log',
                                     self.path).returncode, 0)
        with open(self.path, newline='', encoding='utf-8') as file:
            rows = list(csv.reader(file))
        self.assertEqual(rows[1:], [[STAMP, 'b', line] for line in whole])

    def test_says_that_it_cannot_write(self):
        with FakePicod(Watch=lambda _: iter([said('x\n')])) as fake:
            done = picoctl('-s', fake.path, 'log', '/nowhere/at/all')
        self.assertEqual(done.returncode, 12)
        self.assertIn(b'/nowhere/at/all', done.stderr)


class Samples(unittest.TestCase):
    def send(self, parameters):
        self.asked = getattr(self, 'asked', 0) + 1
        if 3 <= self.asked <= 4:
            raise Answer('BoardAbsent', board='b', message='b is away')
        return {'output': f'{self.asked}.5\n', 'boot': 1}

    def run_it(self, *words):
        with FakePicod(Send=self.send) as fake:
            done = picoctl('-s', fake.path, *words, '--every', '250ms',
                           '--for', '1500ms')
        self.assertEqual(done.returncode, 0, done)
        return done

    def test_csv_has_gaps(self):
        done = self.run_it('sample', 'temperature()')
        rows = list(csv.reader(done.stdout.decode().splitlines()))
        self.assertEqual(rows[0], ['time', 'temperature()'])
        self.assertEqual([row[1] for row in rows[1:]],
                         ['1.5', '2.5', '', '', '5.5', '6.5'])
        for row in rows[1:]:
            self.assertRegex(row[0], r'^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}\+0000$')
        self.assertEqual(done.stderr,
                         b'picoctl: temperature(): b is away\n')

    def test_says_which_exception_there_was(self):
        def send(_):
            raise Answer('StatementFailed', board='b', output='', boot=1,
                         message='the statement raised an exception',
                         traceback='Traceback\r\nNameError: no x\r\n')
        self.send = send
        self.assertEqual(self.run_it('sample', 'x').stderr,
                         b'picoctl: x: NameError: no x\n')

    def test_goes_on_after_a_late_answer(self):
        def send(_):
            self.asked = getattr(self, 'asked', 0) + 1
            if self.asked == 2:
                time.sleep(0.35)
            return {'output': f'{self.asked}\n', 'boot': 1}
        self.send = send
        rows = self.run_it('sample', 'x').stdout.decode().splitlines()[1:]
        values = [row.split(',')[1] for row in rows]
        self.assertEqual(values[:2], ['1', ''])
        self.assertEqual(values[-1], str(self.asked))

    def test_no_digit_is_lost(self):
        values = ['1795182301', '123456789012', '0.30000000000000004']
        with FakePicod(Send=lambda parameters: {
                'output': parameters['text'], 'boot': 1}) as fake:
            words = '-s', fake.path, 'sample', *values, '--for', '10ms'
            rows = list(csv.reader(picoctl(*words).stdout.decode().split()))
            line = json.loads(picoctl(*words, '--json').stdout)
        self.assertEqual(rows[1][1:], values)
        self.assertEqual(line['values'],
                         {value: float(value) for value in values})

    def test_json(self):
        rows = [json.loads(line) for line in self.run_it(
            'sample', 'x', '--json').stdout.splitlines()]
        self.assertEqual([row['values']['x'] for row in rows],
                         [1.5, 2.5, None, None, 5.5, 6.5])

    def test_several_boards_have_one_timeline(self):
        with FakePicod(Send=lambda parameters: {
                'output': {'a': '1', 'b': '2'}[parameters['board']],
                'boot': 1}) as fake:
            done = picoctl('-s', fake.path, '-b', 'a,b', 'sample', 'x', '--for',
                           '10ms')
        rows = list(csv.reader(done.stdout.decode().splitlines()))
        self.assertEqual(rows[0], ['time', 'a x', 'b x'])
        self.assertEqual(rows[1][1:], ['1', '2'])

    def test_all_boards(self):
        """Which are those that are there and picod's."""
        boards = [{'name': name, 'state': state} for name, state in (
            ('a', 'ready'), ('b', 'absent'), ('c', 'listening'),
            ('ttyUSB0', 'unclaimed'))]
        with FakePicod(ListBoards=lambda _: {'boards': boards},
                       Send=lambda parameters: {
                           'output': {'a': '1', 'c': '2'}[parameters['board']],
                           'boot': 1}) as fake:
            words = '-s', fake.path, '-b', 'all', 'sample', 'x', '--for', '10ms'
            done = picoctl(*words)
            rows = list(csv.reader(done.stdout.decode().splitlines()))
            self.assertEqual([row[1:] for row in rows],
                             [['a x', 'c x'], ['1', '2']])
            boards[:] = boards[1:2]
            self.assertEqual(picoctl(*words).returncode, 5)

    def answers(self, *names):
        """A Send that answers by these, and then always by the last of them."""
        left = list(names)

        def send(_):
            name = left[0]
            if len(left) > 1:
                left.pop(0)
            if name is not None:
                raise Answer(name, board='b', message='which is it?')
            return {'output': '1', 'boot': 1}
        return send

    def test_a_board_that_is_none_is_told_at_once(self):
        with tempfile.TemporaryDirectory() as folder:
            gnuplot = os.path.join(folder, 'gnuplot')
            with open(gnuplot, 'w', encoding='utf-8') as file:
                file.write('#!/bin/sh\n')
            os.chmod(gnuplot, 0o755)
            for words in (['sample', 'x'], ['plot', 'x', '-o',
                                            os.path.join(folder, 'x.svg')]):
                for name in 'NoSuchBoard', 'AmbiguousBoard':
                    self.send = self.answers(name)
                    with FakePicod(Send=self.send) as fake:
                        done = picoctl('-s', fake.path, *words, '--for', '1m',
                                       env={'PATH': folder})
                    self.assertEqual(done.returncode, 4, done)
                    self.assertEqual(done.stderr, b'picoctl: x: which is it?\n')

    def test_boards_that_come_and_go_are_gaps(self):
        """Whichever way picod tells it of one that it knew."""
        for name in 'NoSuchBoard', 'AmbiguousBoard':
            for first in None, 'BoardAbsent':
                self.send = self.answers(first, name, None)
                done = self.run_it('sample', 'x')
                rows = done.stdout.decode().splitlines()[1:]
                values = [row.split(',')[1] for row in rows]
                self.assertEqual(values, ['1' if first is None else '', '',
                                          '1', '1', '1', '1'])

    def test_plot_as_a_picture(self):
        if shutil.which('gnuplot') is None:
            self.skipTest('gnuplot is not installed')
        whole, gap = (self.strokes(asked) for asked in (10, 0))
        self.assertEqual(gap - whole, 1, 'a gap is seen as a gap')

    def answer_once(self, _):
        """Only the first one is answered, at once; which self.answered tells."""
        if not self.answered.is_set():
            yield b'{"parameters":{"output":"21.5","boot":1}}\0'
        self.answered.set()
        self.over.wait(TIMEOUT_S)

    def interrupt(self, number, *words):
        """Ends it in the middle of a long wait, when it has heard an answer."""
        self.answered, self.over = threading.Event(), threading.Event()
        with FakePicod(Send=self.answer_once) as fake, \
                subprocess.Popen([PICOCTL, '-s', fake.path, *words,
                                  '--every', '1h'], env=environment(),
                                 stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE) as process:
            try:
                self.assertTrue(self.answered.wait(TIMEOUT_S))
                unread = bytearray(4)
                while fcntl.ioctl(fake.connections[-1], termios.TIOCOUTQ,
                                  unread) == 0 and any(unread):
                    pass
                process.send_signal(number)
                said = process.communicate(timeout=TIMEOUT_S)
            finally:
                process.kill()
                self.over.set()
        return process.returncode, *said

    @unittest.skipIf(shutil.which('gnuplot') is None, 'no gnuplot')
    def test_plot_ends_at_once(self):
        """Whenever it is told to, and with its picture."""
        for number in (signal.SIGINT, signal.SIGTERM):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, 'x.svg')
                self.assertEqual(self.interrupt(number, 'plot', 'x',
                                                '-o', path)[:2], (0, b''))
                self.assertIn('</svg>', read(path))

    def strokes(self, asked):
        """Of how many strokes the curve is drawn, its key included."""
        self.asked = asked
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "it's.svg")
            self.run_it('plot', 'x', '-o', path)
            with open(path, encoding='utf-8') as file:
                return self.strokes_of(file.read())

    @staticmethod
    def strokes_of(picture):
        return max(re.findall(r"<path stroke='rgb[^']*'\s+d='([^']*)'",
                              picture), key=len).count('M')

    @unittest.skipIf(shutil.which('gnuplot') is None, 'no gnuplot')
    def test_plot_of_what_a_board_prints(self):
        """What a line does not name goes on; a board that is away is a gap."""
        def watch(_):
            for i in range(8):
                us = TIME + i * 100000
                yield said(f'temp: {20 + i}\r\nli', us=us)
                yield said('other 5\n', 'a', us)
                yield said(f'ght: {i}\r\n', us=us)
                if i == 3:
                    yield state('absent', us=us)
            yield None

        with FakePicod(Watch=watch) as fake, \
                tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'x.svg')
            done = picoctl('-s', fake.path, 'plot', '--watch', '-o', path)
            self.assertEqual(done.returncode, 3, 'picod has ended')
            with open(path, encoding='utf-8') as file:
                picture = file.read()
        self.assertEqual(re.findall('<title>(.*?)</title>', picture)[1:],
                         ['temp', 'other', 'light'])
        self.assertEqual([self.strokes_of(part) for part in
                          picture.split('<title>')[2:]], [3, 2, 3])

    def plotted(self, rows, columns, last='1s', **env):
        """What is on a terminal of that size."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ,
                    struct.pack('4H', rows, columns, 0, 0))
        with FakePicod(Send=self.send) as fake, \
                subprocess.Popen([PICOCTL, '-s', fake.path, 'plot', 'x',
                                  '--every', '200ms', '--for', last],
                                 env=environment(**env), stdout=slave,
                                 stderr=subprocess.PIPE):
            os.close(slave)
            shown = b''
            while select.select([master], [], [], TIMEOUT_S)[0]:
                try:
                    data = os.read(master, 65536)
                except OSError:
                    break
                if not data:
                    break
                shown += data
        os.close(master)
        return shown

    def test_plot_in_a_terminal(self):
        shown = self.plotted(20, 60)
        # At the end of a full line it takes the newest points with it.
        self.assertNotIn(b'\x1b[K\r\n', shown)
        frames = shown.decode().split('\x1b[19A')
        self.assertEqual(len(frames), 5)
        self.assertRegex(frames[-1], '[\u2801-\u28ff]')
        for line in frames[-1].splitlines():
            plain = re.sub('\x1b\\[[0-9]*[mK]', '', line)
            self.assertLessEqual(len(plain), 60, plain)

    def test_plot_in_a_terminal_that_does_not_know_its_size(self):
        """As a serial one: it has what "list" and "top" take there."""
        def size(**env):
            shown = self.plotted(0, 0, '300ms', **env).decode()
            frame, _, last = shown.partition('\x1b[23A')
            self.assertTrue(last)
            return max(len(re.sub('\x1b\\[[0-9]*[mK]', '', line))
                       for line in frame.splitlines())

        self.assertEqual(size(), 80)
        self.assertEqual(size(COLUMNS='50'), 50)

    def test_plot_is_coloured_as_everything_else(self):
        def colours(**env):
            return set(re.findall(b'\x1b\\[([0-9]+)m', self.plotted(
                20, 60, '10ms', **env)))

        self.assertIn(b'36', colours(TERM='xterm'))
        self.assertIn(b'36', colours(TERM='xterm', NO_COLOR=''))
        for env in {'TERM': 'xterm', 'NO_COLOR': '1'}, {'TERM': 'dumb'}:
            self.assertEqual(colours(**env), set())

    def test_plot_says_what_it_needs(self):
        for words in (['plot'], ['plot', 'x', '--watch'], ['plot', 'x'],
                      ['plot', '-b', 'all', '--watch', '-o', 'x.svg'],
                      ['plot', '-b', 'a,b', '--watch', '-o', 'x.svg']):
            self.assertEqual(picoctl(*words).returncode, 2)


if __name__ == '__main__':
    unittest.main()
