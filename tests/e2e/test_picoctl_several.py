# SPDX-License-Identifier: MIT
"""Verbs on several boards at once."""

import json
import unittest

import picod
from boards import MicroPython
from fake import Answer, FakePicod, picoctl
from test_picoctl_files import Case


class FilesOfSeveral(Case):
    def test_each_board_has_a_place_of_its_own(self):
        self.board.files.update({'/a.py': b'1', '/b.py': b'2'})
        for to in ([], ['back']):
            self.run_it('get', '-b', 'x,y', ':*.py', *to)
            for board in 'x', 'y':
                self.assertEqual(self.read('/'.join([*to, board, 'b.py'])),
                                 b'2')
        self.assertEqual(sorted(self.run_it(
            'cat', '-b', 'x,y', ':a.py').splitlines()), ['x: 1', 'y: 1'])


class Several(unittest.TestCase):
    def run_it(self, *words, status=0, output='\n'):
        def send(parameters):
            if parameters['board'] == 'bad':
                raise Answer('BoardBusy', board='bad', message='it is held')
            return {'output': parameters['board'] + output, 'boot': 1}

        boards = [{'name': name, 'state': state} for name, state in (
            ('a', 'ready'), ('b', 'absent'), ('c', 'listening'))]
        with FakePicod(Send=send, Stat=lambda _: {'file': {'path': 'x'}},
                       ReadFile=lambda _: {'data': 'eCA9ICL/Ig=='},
                       ListBoards=lambda _: {'boards': boards}) as fake:
            done = picoctl('-s', fake.path, *words)
        self.assertEqual(done.returncode, status, done)
        return sorted(done.stdout.decode().splitlines()), done.stderr.decode()

    def test_names(self):
        self.assertEqual(self.run_it('-b', 'a,c', 'send', '1'),
                         (['a: a', 'c: c'], ''))

    def test_all_that_are_there(self):
        self.assertEqual(self.run_it('-b', 'all', 'send', '1'),
                         (['a: a', 'c: c'], ''))

    def test_one_bad_board_stops_no_other(self):
        self.assertEqual(self.run_it('-b', 'a,bad,c', 'send', '1', status=6),
                         (['a: a', 'c: c'], 'bad: picoctl: it is held\n'))

    def test_json(self):
        self.assertEqual(
            self.run_it('-b', 'a,c', '--json', 'send', '1')[0],
            ['{"board":"a","reply":{"output":"a\\n","boot":1}}',
             '{"board":"c","reply":{"output":"c\\n","boot":1}}'])

    def test_json_is_json(self):
        """Whatever a board is called, and says, and however much that is."""
        names = ['a"b', 'c\\']
        for output in 'x' * 100_000, '"\0\n' * 50_000:
            lines = self.run_it('-b', ','.join(names), '--json', 'send', '1',
                                output=output)[0]
            self.assertEqual([json.loads(line) for line in lines], [
                {'board': name, 'reply': {'output': name + output, 'boot': 1}}
                for name in names])
        lines = self.run_it('-b', 'a,c', '--json', 'cat', ':x')[0]
        self.assertEqual([json.loads(line) for line in lines], [
            {'board': 'a', 'reply': 'x = "\ufffd"'},
            {'board': 'c', 'reply': 'x = "\ufffd"'}])

    def test_what_does_not_end_takes_one(self):
        self.run_it('-b', 'a,c', 'watch', status=2)


class InputOfSeveral(picod.Case):
    def setUp(self):
        self.p = self.picod(**{
            name: f'unix:{self.board(MicroPython()).path}' for name in 'xy'})

    def run_it(self, *words, **more):
        done = self.p.picoctl('-b', 'x,y', *words, **more)
        self.assertEqual(done.returncode, 0, done)
        return sorted(done.stdout.splitlines())

    def check_put(self, *words):
        program = 'print(1)\n' * 5
        self.run_it(*words, input=program)
        self.assertEqual(self.run_it('cat', ':in.py'),
                         ['x: print(1)'] * 5 + ['y: print(1)'] * 5)

    def test_each_board_gets_all_of_it(self):
        program = ''.join(f'print({i})\n' for i in range(5))
        printed = sorted(f'{board}: {i}' for board in 'xy'
                         for i in range(5))
        for words in (['run', '-'], ['send', '-'], ['send', '-f', '-']):
            self.assertEqual(self.run_it(*words, input=program), printed)
        self.check_put('put', '-', ':in.py')
        self.run_it('rm', ':in.py')
        self.check_put('cp', '-', ':in.py')


if __name__ == '__main__':
    unittest.main()
