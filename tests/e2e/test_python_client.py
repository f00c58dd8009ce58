# SPDX-License-Identifier: MIT
"""The Python client against a picod that answers what the test tells it to."""

import asyncio
import contextlib
import copy
import gc
import inspect
import json
import multiprocessing
import os
import pathlib
import pickle
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
from unittest import mock

from fake import ROOT, TIMEOUT_S, Answer, FakePicod, environment
from fake import output
from test_picoctl_files import Board as FilesOfABoard

PYTHON = os.path.join(ROOT, 'client', 'python')
sys.path.insert(0, PYTHON)
import picoctl  # noqa: E402  pylint: disable=wrong-import-position
from picoctl import _wire  # noqa: E402
from picoctl._connection import Connection  # noqa: E402


class Case(unittest.TestCase):
    def setUp(self):
        patch = mock.patch.dict(os.environ, environment(), clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def fake(self, **methods):
        fake = FakePicod(**methods)
        self.addCleanup(fake.__exit__)
        os.environ['PICOD_SOCKET'] = fake.path
        return fake


    @staticmethod
    def child(function):
        """Runs it in a fork, which ends with 0 if it returned what is true."""
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                status = 0 if function() else 1
            finally:
                os._exit(status)
        return pid

    def assert_ended_well(self, pid):
        self.assertEqual(os.waitpid(pid, 0)[1], 0)


class Calls(Case):
    def test_send(self):
        fake = self.fake(Send=lambda parameters: output('4\n'))
        self.assertEqual(picoctl.send('2 + 2'), '4')
        self.assertEqual(picoctl.send('x', 'pico0', timeout=1.5, wait=0), '4')
        self.assertEqual([call['parameters'] for call in fake.calls], [
            {'text': '2 + 2'},
            {'text': 'x', 'board': 'pico0', 'timeout': 1500, 'wait': 0}])

    def test_environment(self):
        fake = self.fake(Send=lambda parameters: output(''))
        os.environ['PICOD_BOARD'] = 'uno0'
        os.environ['PICOD_HOLD'] = 'token'
        picoctl.send('x')
        picoctl.send('x', 'pico0')
        self.assertEqual([call['parameters'] for call in fake.calls], [
            {'text': 'x', 'board': 'uno0', 'hold': 'token'},
            {'text': 'x', 'board': 'pico0', 'hold': 'token'}])

    def test_watch_is_of_the_board_of_the_environment(self):
        """Or of all; so say the sentences about it."""
        async def watch():
            async with picoctl.aio.Picod() as p:
                return [event async for event in p.watch()]

        fake = self.fake(Watch=lambda parameters: {
            'board': 'a', 'event': 'boot', 'time': 1})
        for board in None, 'uno0':
            if board is not None:
                os.environ['PICOD_BOARD'] = board
            with picoctl.Picod() as p:
                for events in (picoctl.watch(), p.watch(), p.board().watch(),
                               asyncio.run(watch())):
                    self.assertEqual(len(list(events)), 1)
                    self.assertEqual(
                        fake.calls.pop()['parameters'],
                        {} if board is None else {'board': board})
        for function in (picoctl.watch, picoctl.Picod.watch,
                         picoctl.Board.watch, picoctl.aio.Picod.watch):
            self.assertIn('$PICOD_BOARD', function.__doc__)

    def test_asyncio_has_the_same(self):
        """Every function, with the same words."""
        def what_is_taken(function):
            return [(each.name, each.default) for each in
                    inspect.signature(function).parameters.values()]

        names = {name for name in picoctl.__all__
                 if inspect.isfunction(getattr(picoctl, name))}
        names.remove('socket_path')
        self.assertGreaterEqual(names, {'board', 'boards', 'send', 'watch'})
        self.assertLessEqual(names, set(picoctl.aio.__all__))
        for name in names:
            self.assertEqual(what_is_taken(getattr(picoctl.aio, name)),
                             what_is_taken(getattr(picoctl, name)), name)

    def test_functions_of_asyncio(self):
        async def ask():
            return [await picoctl.aio.send('1'), await picoctl.aio.exec('1'),
                    await picoctl.aio.command('p', 'uno0'),
                    await picoctl.aio.boards(),
                    [event.kind async for event in picoctl.aio.watch()]]

        fake = self.fake(
            Send=lambda parameters: output('1\n'),
            ListBoards=lambda parameters: {'boards': []},
            Watch=lambda parameters: {'board': 'a', 'event': 'boot', 'time': 1})
        self.assertEqual(asyncio.run(ask()), ['1', '1', ['1'], [], ['boot']])
        self.assertEqual(fake.calls[2]['parameters'],
                         {'text': 'p', 'board': 'uno0'})

    def test_a_board_of_one_loop_after_another(self):
        """As one that a module has made."""
        fake = self.fake(Send=lambda parameters: output('1\n'))
        pico = picoctl.aio.board('pico0')
        with warnings.catch_warnings():
            # Of a transport that its loop has left behind.
            warnings.simplefilter('ignore', ResourceWarning)
            for _ in range(2):
                self.assertEqual(asyncio.run(pico.send('x')), '1')
            asyncio.run(pico.picod.close())
            gc.collect()
        self.assertEqual([call['parameters'] for call in fake.calls],
                         2 * [{'text': 'x', 'board': 'pico0'}])

    def test_every_method_that_takes_a_hold_or_a_board(self):
        with open(os.path.join(ROOT, 'protocol', 'io.picod.varlink'),
                  encoding='utf-8') as file:
            methods = dict(re.findall(r'(?ms)^method (\w+)\((.*?)\) ->',
                                      file.read()))
        self.assertGreater(len(methods), 10)
        self.assertEqual(_wire.TAKE_HOLD, {
            name for name, parameters in methods.items()
            if 'hold: ' in parameters})
        self.assertEqual(_wire.TAKE_BOARD, {
            name for name, parameters in methods.items()
            if 'board: ' in parameters} - {'ListFirmware'})

    def test_one_connection(self):
        self.fake(Send=lambda parameters: output('x'),
                  ListBoards=lambda parameters: {'boards': []})
        with picoctl.Picod() as p:
            p.send('a')
            before = list(p._idle)
            self.assertEqual(p.boards(), [])
            p.send('b')
            self.assertEqual(p._idle, before)

    def test_boot(self):
        self.fake(Send=lambda parameters: output('x'),
                  Reset=lambda parameters: {'boot': 9})
        with picoctl.Picod() as p:
            board = p.board()
            self.assertIsNone(board.boot)
            board.send('a')
            self.assertEqual(board.boot, 7)
            board.reset('hard')
            self.assertEqual(board.boot, 9)

    def test_full_names(self):
        fake = self.fake(GetInfo=lambda parameters: {'vendor': 'x'})
        with picoctl.Picod() as p:
            self.assertEqual(p.call('org.varlink.service.GetInfo'),
                             {'vendor': 'x'})
        self.assertEqual(fake.calls[0]['method'],
                         'org.varlink.service.GetInfo')

    def test_stream(self):
        def method(parameters):
            yield output('one\n')
            yield output('')
            yield output('two\n')

        fake = self.fake(Send=method)
        with picoctl.Picod() as p:
            self.assertEqual(list(p.board().stream('x')),
                             ['one\n', 'two\n'])
        self.assertTrue(fake.calls[0]['more'])

    def test_left_stream_ends_the_connection(self):
        def method(parameters):
            while True:
                yield {'board': 'a', 'event': 'boot', 'time': 1}

        fake = self.fake(Watch=method)
        with picoctl.Picod() as p:
            for event in p.board('a').watch(history=True):
                self.assertEqual(event.kind, 'boot')
                break
            self.assertTrue(fake.gone.wait(TIMEOUT_S))
        self.assertEqual(fake.parameters(), {'board': 'a', 'history': True})

    def test_one_line_end_is_taken_off(self):
        for printed, text in (('', ''), ('\n', ''), ('a\n\n', 'a\n'),
                              ('a', 'a'), ('a\nb\n', 'a\nb')):
            self.fake(Send=lambda parameters, text=printed: output(text))
            self.assertEqual(picoctl.send('x'), text)

    def test_boards(self):
        client = {'pid': 7, 'uid': 1000, 'user': 'ben', 'program': 'a.py',
                  'since': 1500000}
        full = {'name': 'pico0', 'state': 'busy', 'driver': 'repl', 'boot': 3,
                'port': '/dev/ttyACM0', 'waiting': 1, 'holder': client,
                'about': 'x', 'problem': 'p', 'later': True,
                'usb': {'vendor': 1, 'product': 2, 'path': '1-4'},
                'requests': [{'id': 9, 'method': 'Send', 'text': 't',
                              'running': True, 'client': client}]}
        least = {'name': 'b', 'state': 'absent', 'driver': 'auto', 'boot': 0,
                 'port': '', 'waiting': 0}
        fake = self.fake(ListBoards=lambda parameters: {
            'boards': [full, least]})
        first, second = picoctl.boards(details=True)
        self.assertEqual(fake.parameters(), {'details': True})
        self.assertEqual((first.name, first.usb.path, first.usb.serial,
                          first.holder.user, first.holder.since,
                          first.requests[0].client.pid, first.parameters),
                         ('pico0', '1-4', None, 'ben', 1.5, 7, full))
        self.assertEqual((second.usb, second.holder, second.requests,
                          second.problem), (None, None, [], None))
        self.assertEqual(picoctl.board('b').info(), second)
        with self.assertRaisesRegex(picoctl.AmbiguousBoard, 'pico0, b'):
            picoctl.board().info()
        with self.assertRaisesRegex(picoctl.NoSuchBoard, 'no board c'):
            picoctl.board('c').info()

    def test_lines(self):
        """Events have pieces of lines, and the pieces of two boards mixed."""
        times = iter(range(1500000, 9000000, 500000))

        def event(board, kind, text=None, state=None):
            return {'board': board, 'event': kind, 'time': next(times),
                    'output': text, 'state': state}

        def method(parameters):
            yield from (event('b', 'output', 'B\n'),
                        event('a', 'output', 'on'),
                        event('a', 'output', 'e\n\ntw'),
                        event('a', 'state', state='busy'),
                        event('a', 'output', 'o\nthree'), event('a', 'boot'),
                        event('a', 'output', 'four'),
                        event('', 'lost'), event('a', 'output', 'five'),
                        event('b', 'state', state='absent'),
                        event('a', 'state', state='absent'),
                        event('a', 'output', 'six\n'))

        self.fake(Watch=method)
        with self.assertLogs('picoctl', 'WARNING'):
            lines = list(picoctl.board().lines())
        self.assertEqual(lines, ['B', 'one', '', 'two', 'three', 'four',
                                 'five', 'six'])
        self.assertEqual([line.board for line in lines], ['b'] + ['a'] * 7)
        # of its begin
        self.assertEqual([line.time.timestamp() for line in lines],
                         [1.5, 2, 2.5, 2.5, 3.5, 4.5, 5.5, 7])
        twin = pickle.loads(pickle.dumps(lines[0]))
        self.assertEqual((twin, twin.board, twin.time),
                         ('B', 'b', lines[0].time))

    def test_event_has_the_bytes(self):
        self.fake(Watch=lambda parameters: iter([
            {'board': 'a', 'event': 'output', 'time': 1, 'output': '\ufffd',
             'data': '/w=='},
            {'board': 'a', 'event': 'output', 'time': 1, 'output': 'ä'}]))
        self.assertEqual([event.data for event in picoctl.watch()],
                         [b'\xff', 'ä'.encode()])

    def test_notice_is_logged(self):
        self.fake(Send=lambda parameters: output('', notice='it restarted'))
        with self.assertLogs('picoctl', 'WARNING') as logged:
            picoctl.send('x')
        self.assertIn('it restarted', logged.output[0])

    def test_notice_is_with_the_answer_it_came_with(self):
        """Statement, error, stream and statement, in both of its faces."""
        said = iter(['lost', None, 'lost', 'lost', None] * 2)

        def send(parameters):
            notice = {'notice': next(said)}
            if parameters['text'] == 'bad':
                raise Answer('StatementFailed', traceback='T', message='m',
                             **notice)
            return output('x', **notice)

        async def again():
            async with picoctl.aio.Picod() as p:
                board = p.board()
                heard = [(await board.send('1'), board.notice)[1],
                         (await board.send('2'), board.notice)[1]]
                with self.assertRaises(picoctl.StatementFailed) as caught:
                    await board.send('bad')
                heard += [caught.exception.notice, board.notice]
                async for _ in board.stream('3'):
                    heard.append(board.notice)
                return heard + [(await board.send('4'), board.notice)[1]]

        self.fake(Send=send)
        board = picoctl.board()
        heard = [(board.send('1'), board.notice)[1],
                 (board.send('2'), board.notice)[1]]
        with self.assertRaises(picoctl.StatementFailed) as caught:
            board.send('bad')
        heard += [caught.exception.notice, board.notice]
        heard += [board.notice for _ in board.stream('3')]
        heard.append((board.send('4'), board.notice)[1])
        expected = ['lost', None, 'lost', None, 'lost', None]
        self.assertEqual(heard, expected)
        self.assertEqual(asyncio.run(again()), expected)

    def test_lend(self):
        fake = self.fake(Lend=lambda parameters: {'board': 'a',
                                                  'port': '/dev/x'})
        with picoctl.board('a').lend(wait=1) as port:
            self.assertEqual(port, '/dev/x')
            self.assertFalse(fake.gone.is_set())
        self.assertTrue(fake.gone.wait(TIMEOUT_S))
        self.assertEqual(fake.parameters(), {'board': 'a', 'wait': 1000})


class Errors(Case):
    def test_every_error_of_the_interface(self):
        with open(os.path.join(ROOT, 'protocol', 'error.h'),
                  encoding='utf-8') as header:
            names = re.findall(r'X\([A-Z_]+, "(\w+)"', header.read())
        self.assertGreater(len(names), 10)
        for name in names:
            def method(parameters, name=name):
                raise Answer(name, board='b', output='so far',
                             traceback='T\n', message='do this')

            self.fake(Interrupt=method)
            with self.subTest(name), picoctl.Picod() as p:
                with self.assertRaises(getattr(picoctl, name)) as caught:
                    p.board('b').interrupt()
                self.assertEqual(str(caught.exception), 'do this\nT')
                self.assertEqual(caught.exception.name, 'io.picod.' + name)
                self.assertEqual(caught.exception.output, 'so far')
                self.assertEqual(caught.exception.traceback, 'T\n')
                self.assertIn(name, picoctl.__all__)

    def test_picod_says_good_bye(self):
        """That is the end of the connection, and the next call makes one."""
        def method(parameters):
            if parameters['text'] == 'last':
                raise Answer('Disconnected', board='', output='', sent=True,
                             message='picod has ended')
            return output('alive')

        self.fake(Send=method)
        with picoctl.Picod() as p:
            with self.assertRaisesRegex(picoctl.ConnectionLost, 'has ended'):
                p.send('last')
            self.assertEqual(p._idle, [])
            self.assertEqual(p.send('x'), 'alive')

    def test_other_errors(self):
        for name in ('io.picod.New', 'org.varlink.service.MethodNotFound',
                     'io.picod.Error', 'x'):
            def method(parameters, name=name):
                raise Answer(name if '.' in name else 'a.' + name)

            self.fake(Interrupt=method)
            with picoctl.Picod() as p, \
                    self.assertRaises(picoctl.Error) as caught:
                p.board().interrupt()
            self.assertIs(type(caught.exception), picoctl.Error)

    def test_errors_are_copied_and_pickled(self):
        for error in (picoctl.TimedOut('io.picod.TimedOut',
                                     {'message': 'm', 'output': 'o'}),
                      picoctl.ConnectionLost('ConnectionLost', {}),
                      picoctl.Error('a.b', {'message': 'm', 'x': [1]})):
            for twin in (copy.copy(error), copy.deepcopy(error),
                         pickle.loads(pickle.dumps(error))):
                self.assertIs(type(twin), type(error))
                self.assertEqual((twin.name, twin.parameters, twin.output,
                                  str(twin)), (error.name, error.parameters,
                                               error.output, str(error)))

    def test_what_cannot_be_sent_is_said_before_it_is(self):
        fake = self.fake(Send=lambda parameters: output('x'))
        with picoctl.Picod(pathlib.Path(fake.path)) as p:
            board = p.board()
            for kind, wanted, call in (
                    (TypeError, 'text must be str, not int',
                     lambda: board.send(5)),
                    (TypeError, 'text must be str, not bytes',
                     lambda: board.stream(b'x')),
                    (TypeError, 'timeout must be seconds, not str',
                     lambda: board.send('x', timeout='1')),
                    (ValueError, 'wait .* -1', lambda: board.send('x', wait=-1)),
                    (ValueError, 'timeout .* nan',
                     lambda: board.send('x', timeout=float('nan'))),
                    (TypeError, 'board must be str, not int',
                     lambda: p.board(1)),
                    (TypeError, 'expression must be str, not int',
                     lambda: board.eval(1)),
                    (TypeError, 'program must be str, not list',
                     lambda: board.exec([])),
                    (TypeError, 'will must be str, not int',
                     lambda: board.hold(will=1).__enter__()),
                    (ValueError, r"text has '\\ud83d' at 1",
                     lambda: board.send('"\ud83d"')),
                    (ValueError, r"deep has '\\udcff' at 0",
                     lambda: p.call('Send', text='', deep=[{'a': '\udcff'}])),
                    (TypeError, 'not JSON',
                     lambda: p.call('Send', text='', x=pathlib.Path('.')))):
                with self.subTest(wanted):
                    with self.assertRaisesRegex(kind, wanted):
                        call()
            self.assertEqual(board.send('x'), 'x')
        self.assertEqual(len(fake.calls), 1)

    def test_what_errors_bring(self):
        client = {'pid': 7, 'uid': 1000, 'user': 'ben', 'program': 'a.py',
                  'since': 1}
        for name, parameters, attribute, wanted in (
                ('BoardBusy', {'holder': client}, 'holder',
                 picoctl.Client(7, 1000, 'ben', 'a.py', 1e-6)),
                ('BoardBusy', {}, 'holder', None),
                ('AmbiguousBoard', {'boards': ['a', 'b']}, 'boards',
                 ['a', 'b']),
                ('Disconnected', {'sent': True}, 'sent', True),
                ('FlashFailed', {'log': 'l'}, 'log', 'l'),
                ('TimedOut', {'output': 'ä'}, 'data', 'ä'.encode()),
                ('TimedOut', {'data': '/w=='}, 'data', b'\xff'),
                ('TimedOut', {'board': 'b'}, 'board', 'b')):
            error = getattr(picoctl, name)('io.picod.' + name, parameters)
            self.assertEqual(getattr(error, attribute), wanted)

    def test_refused_parameters_are_named(self):
        def method(parameters):
            raise Answer('org.varlink.service.InvalidParameter',
                         parameter='text')

        self.fake(Send=method)
        with picoctl.Picod() as p:
            with self.assertRaisesRegex(picoctl.Error, 'parameter "text"'):
                p.call('Send', text='')

    def test_connection_survives_an_error(self):
        def method(parameters):
            if parameters['text'] == 'bad':
                raise Answer('StatementFailed', traceback='T', message='m')
            return output('fine')

        self.fake(Send=method)
        with picoctl.Picod() as p:
            p.send('good')
            before = list(p._idle)
            self.assertRaises(picoctl.StatementFailed, p.send, 'bad')
            self.assertEqual(p.send('good'), 'fine')
            self.assertEqual(p._idle, before)

    def test_not_running(self):
        os.environ['PICOD_SOCKET'] = '/nowhere/io.picod'
        with self.assertRaisesRegex(picoctl.NotRunning, '/nowhere/io.picod'):
            picoctl.send('x')

    def test_lost_and_made_again(self):
        def method(parameters):
            if parameters['text'] == 'die':
                yield None
            if parameters['text'] == 'nonsense':
                yield b'nonsense\0'
            else:
                yield output('alive')

        self.fake(Send=method)
        with picoctl.Picod() as p:
            self.assertRaises(picoctl.ConnectionLost, p.send, 'die')
            self.assertEqual(p.send('x'), 'alive')
            self.assertRaises(picoctl.ConnectionLost, p.send, 'nonsense')
            self.assertEqual(p.send('x'), 'alive')

    def test_a_restart_between_two_calls_is_not_noticed(self):
        methods = {'Send': lambda parameters: output(parameters['text'])}
        fake = self.fake(**methods)
        path = fake.path
        with picoctl.Picod(path) as p:
            for number in range(3):
                self.assertEqual(p.send(str(number)), str(number))
                fake.restart()
            self.assertEqual(p.send('end'), 'end')

    def test_a_call_that_picod_did_not_read_is_made_again(self):
        """It went between the look whether it is there, and its reading."""
        for moment in ('begin', '_receive'):
            with self.subTest(moment):
                self.vanish_before(moment)

    def vanish_before(self, moment):
        folder = tempfile.mkdtemp(prefix='picod-vanishing-')
        self.addCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, 'io.picod')
        vanish, gone, texts = threading.Event(), threading.Event(), []

        def answer(connection):
            call = json.loads(connection.recv(65536)[:-1])
            texts.append(call['parameters']['text'])
            connection.sendall(json.dumps({
                'parameters': output(texts[-1])}).encode() + b'\0')

        def serve():
            with listener.accept()[0] as connection:
                answer(connection)
                vanish.wait(TIMEOUT_S)
            gone.set()
            with listener.accept()[0] as connection:
                answer(connection)

        method = getattr(Connection, moment)

        def vanishing(*arguments):
            vanish.set()
            gone.wait(TIMEOUT_S)
            return method(*arguments)

        with socket.socket(socket.AF_UNIX) as listener, \
                picoctl.Picod(path) as p:
            listener.bind(path)
            listener.listen()
            thread = threading.Thread(target=serve)
            thread.start()
            self.assertEqual(p.send('first'), 'first')
            with mock.patch.object(Connection, moment, vanishing):
                self.assertEqual(p.send('second'), 'second')
            thread.join(TIMEOUT_S)
        self.assertEqual(texts, ['first', 'second'])

    def test_a_call_that_picod_read_is_not_made_again(self):
        def method(parameters):
            if parameters['text'] == 'die':
                yield None
            yield output('')

        fake = self.fake(Send=method)
        with picoctl.Picod() as p:
            p.send('first')
            self.assertRaises(picoctl.ConnectionLost, p.send, 'die')
        self.assertEqual(len(fake.calls), 2)

    def test_forgotten_connection_ends(self):
        fake = self.fake(Send=lambda parameters: output('4\n'))
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter('always')
            self.assertEqual(picoctl.Picod().board().send('2 + 2'), '4')
            gc.collect()
        self.assertTrue(fake.gone.wait(TIMEOUT_S))
        self.assertEqual(warned, [])

    def test_interrupted_call(self):
        """Ctrl-C leaves no connection whose next answer is an old one."""
        def method(parameters):
            if parameters['text'] == 'long':
                self.proceed.wait(TIMEOUT_S)
                return output('old')
            return output('new')

        self.proceed = threading.Event()
        self.fake(Send=method)
        with picoctl.Picod() as p:
            with mock.patch.object(Connection, '_receive',
                                   side_effect=KeyboardInterrupt):
                self.assertRaises(KeyboardInterrupt, p.send, 'long')
            self.proceed.set()
            self.assertEqual(p.send('short'), 'new')


class Sharing(Case):
    """One object in several threads and processes: to each its own answer."""

    def setUp(self):
        super().setUp()
        self.picod = self.fake(Send=lambda parameters: output(
            parameters['text'] + '\n'))

    @staticmethod
    def wrong(p, name, count=200):
        """How many answers are not those to the questions."""
        return sum(p.send(f'{name} {i}') != f'{name} {i}'
                   for i in range(count))

    def test_threads(self):
        with picoctl.Picod() as p:
            wrong = []
            threads = [threading.Thread(target=lambda name=name: wrong.append(
                self.wrong(p, name))) for name in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(TIMEOUT_S)
        self.assertEqual(wrong, [0] * 8)

    def test_a_thread_can_interrupt_what_another_sent(self):
        begun, interrupted = threading.Event(), threading.Event()

        def send(parameters):
            begun.set()
            self.assertTrue(interrupted.wait(TIMEOUT_S))
            return output('')

        def interrupt(parameters):
            interrupted.set()
            return {'board': 'a'}

        self.fake(Send=send, Interrupt=interrupt)
        with picoctl.Picod() as p:
            thread = threading.Thread(target=p.send, args=('while 1: pass',))
            thread.start()
            self.assertTrue(begun.wait(TIMEOUT_S))
            p.board().interrupt()
            thread.join(TIMEOUT_S)

    def test_signal_handler_that_sends(self):
        answers = []
        with picoctl.Picod() as p:
            receive = Connection._receive

            def interrupted(connection, timeout):
                if not answers:
                    answers.append(None)
                    answers.append(p.send('of the handler'))
                return receive(connection, timeout)

            with mock.patch.object(Connection, '_receive',
                                   interrupted):
                self.assertEqual(p.send('of the program'), 'of the program')
        self.assertEqual(answers[1], 'of the handler')

    def test_fork(self):
        with picoctl.Picod() as p:
            p.send('a connection is there')
            pid = self.child(lambda: self.wrong(p, 'child') == 0)
            self.assertEqual(self.wrong(p, 'parent'), 0)
            self.assert_ended_well(pid)

    def test_fork_while_a_thread_sends(self):
        with picoctl.Picod() as p:
            ended, wrong = threading.Event(), []

            def send():
                while not ended.is_set():
                    wrong.append(self.wrong(p, 'thread', 1))

            thread = threading.Thread(target=send)
            thread.start()
            for _ in range(10):
                self.assert_ended_well(self.child(
                    lambda: self.wrong(p, 'child', 10) == 0))
            ended.set()
            thread.join(TIMEOUT_S)
        self.assertEqual(sum(wrong), 0)

    def test_fork_in_a_stream(self):
        """The child's loop ends; the parent's goes on."""
        def method(parameters):
            for i in range(3):
                yield output(f'{i}\n')

        self.fake(Send=method)
        with picoctl.Picod() as p:
            stream = p.board().stream('x')
            seen = [next(stream)]

            def child():
                try:
                    next(stream)
                except picoctl.ConnectionLost:
                    return True
                return False

            self.assert_ended_well(self.child(child))
            seen += stream
        self.assertEqual(seen, ['0\n', '1\n', '2\n'])

    def test_pool_of_processes(self):
        """An error arrives as itself; that once ended the pool."""
        def method(parameters):
            if parameters['text'] == '1/0':
                raise Answer('StatementFailed', traceback='T', message='m')
            return output(parameters['text'])

        self.fake(Send=method)
        for kind in ('fork', 'spawn'):
            with multiprocessing.get_context(kind).Pool(2) as pool:
                answers = pool.map_async(picoctl.send, ['a', 'b'])
                self.assertEqual(answers.get(TIMEOUT_S), ['a', 'b'])
                with self.assertRaises(picoctl.StatementFailed) as caught:
                    pool.map_async(picoctl.send, ['1/0']).get(TIMEOUT_S)
                self.assertEqual(str(caught.exception), 'm\nT')

    def test_objects_are_pickled(self):
        board = picoctl.Picod(self.picod.path).board('pico0')
        board.send('a connection is there')
        other = pickle.loads(pickle.dumps(board))
        self.assertEqual(other.name, 'pico0')
        self.assertEqual(other.send('x'), 'x')


class Holds(Case):
    def setUp(self):
        super().setUp()
        self.picod = self.fake(
            Hold=lambda parameters: {'board': 'pico0', 'token': 'secret',
                                     'boot': 7},
            Drop=lambda parameters: {}, Send=lambda parameters: output('x'))

    def calls(self):
        return [(call['method'].rpartition('.')[2], call['parameters'])
                for call in self.picod.calls]

    def test_hold(self):
        with picoctl.Picod() as p:
            with p.board().hold(wait=2, will='stop()') as held:
                held.send('a')
            p.send('b')
        self.assertEqual(self.calls(), [
            ('Hold', {'wait': 2000, 'will': 'stop()'}),
            ('Send', {'board': 'pico0', 'text': 'a', 'hold': 'secret'}),
            ('Drop', {'board': 'pico0'}),
            ('Send', {'text': 'b'})])

    def test_hold_ends_with_its_process(self):
        """Not with a child that has inherited the descriptors."""
        reader, writer = os.pipe()

        def holder():
            with picoctl.Picod() as p, p.board().hold(will='stop()'):
                os.write(writer, b'%d' % self.child(inheritor))
                signal.pause()

        def inheritor():
            os.close(writer)
            signal.pause()

        pid = self.child(holder)
        os.close(writer)
        with open(reader, 'rb', buffering=0) as pipe:
            child = int(pipe.read(20))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        self.addCleanup(os.kill, child, signal.SIGKILL)
        self.assertTrue(self.picod.gone.wait(TIMEOUT_S))

    def test_child_that_leaves_the_block_drops_nothing(self):
        with picoctl.Picod() as p, contextlib.ExitStack() as stack:
            held = stack.enter_context(p.board().hold())

            def child():
                with stack:
                    return held.send('of the child') == 'x'

            self.assert_ended_well(self.child(child))
        self.assertEqual([name for name, _ in self.calls()],
                         ['Hold', 'Send', 'Drop'])

    def test_exception_leaves_the_will(self):
        with picoctl.Picod() as p:
            with self.assertRaises(ZeroDivisionError):
                with p.board('a').hold(wait=None):
                    raise ZeroDivisionError
        self.assertTrue(self.picod.gone.wait(TIMEOUT_S))
        self.assertEqual(self.calls(), [
            ('Hold', {'board': 'a', 'wait': 86400000})])


class Async(Case):
    """The twins that are awaited; test_python_boards has more of them."""

    def run_(self, function):
        async def main():
            async with picoctl.aio.Picod() as p:
                return await asyncio.wait_for(function(p), TIMEOUT_S)

        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter('always')
            result = asyncio.run(main())
            gc.collect()
        self.assertEqual(warned, [])
        return result

    def test_answers_belong_to_questions(self):
        self.fake(Send=lambda parameters: output(parameters['text'] + '\n'))

        async def ask(p):
            return await asyncio.gather(*(p.send(str(i)) for i in range(99)))

        self.assertEqual(self.run_(ask), [str(i) for i in range(99)])

    def test_errors_leave_the_connection(self):
        def method(parameters):
            if parameters['text'] == 'bad':
                raise Answer('StatementFailed', traceback='T', message='m')
            return output('fine')

        fake = self.fake(Send=method)

        async def ask(p):
            with self.assertRaises(picoctl.StatementFailed):
                await p.send('bad')
            with self.assertRaises(TypeError):
                await p.send(5)
            return await p.send('good')

        self.assertEqual(self.run_(ask), 'fine')
        self.assertEqual(len(fake.connections), 1)

    def test_a_restart_between_two_calls_is_not_noticed(self):
        fake = self.fake(Send=lambda parameters: output(parameters['text']))

        async def ask(p):
            answers = [await p.send('one')]
            fake.restart()
            await asyncio.sleep(0)
            return answers + [await p.send('two')]

        self.assertEqual(self.run_(ask), ['one', 'two'])

    def test_cancelled_call_ends_its_connection(self):
        begun = threading.Event()

        def method(parameters):
            if parameters['text'] == 'long':
                begun.set()
                self.fake_.gone.wait(TIMEOUT_S)
            return output(parameters['text'])

        self.fake_ = self.fake(Send=method)

        async def cancel(p):
            task = asyncio.create_task(p.send('long'))
            await asyncio.to_thread(begun.wait, TIMEOUT_S)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            self.fake_.gone.set()
            return await p.send('short')

        self.assertEqual(self.run_(cancel), 'short')

    def test_left_loop_ends_the_connection(self):
        def method(parameters):
            while True:
                yield {'board': 'a', 'event': 'output', 'time': 1,
                       'output': 'x\n'}

        fake = self.fake(Watch=method)

        async def watch(p):
            async for line in p.board().lines():
                self.assertEqual((line, line.board), ('x', 'a'))
                break
            return await asyncio.to_thread(fake.gone.wait, TIMEOUT_S)

        self.assertTrue(self.run_(watch))

    def test_no_picod(self):
        os.environ['PICOD_SOCKET'] = '/nowhere/io.picod'

        async def ask(p):
            with self.assertRaisesRegex(picoctl.NotRunning, 'nowhere'):
                await p.send('x')

        self.run_(ask)


class Files(Case):
    """In both of its faces: the same is said, and comes of it."""

    def talk_sync(self):
        root = picoctl.board('b').files
        code = root / 'lib' / 'a ä.py'
        yield root.is_dir(), code.exists(), (root / 'lib').mkdir()
        yield code.write_text('x = 1'), code.write_text('x = 1')
        yield code.read_text(), code.read_bytes(), code.is_file()
        yield code.stat(hash=True), code.name, code.suffix
        yield [str(each) for each in root.iterdir()], code.parent.is_dir()
        yield root.list(recursive=True)
        yield str(code.rename('/b')), (root / 'b').unlink()
        yield (root / 'b').unlink(missing_ok=True), (root / 'lib').rmtree()
        try:
            (root / 'b').read_bytes()
        except picoctl.FileError as error:
            yield error.kind, error.path

    async def talk_async(self):
        async with picoctl.aio.Picod() as p:
            root = p.board('b').files
            code = root / 'lib' / 'a ä.py'
            yield (await root.is_dir(), await code.exists(),
                   await (root / 'lib').mkdir())
            yield (await code.write_text('x = 1'),
                   await code.write_text('x = 1'))
            yield (await code.read_text(), await code.read_bytes(),
                   await code.is_file())
            yield await code.stat(hash=True), code.name, code.suffix
            yield ([str(each) async for each in root.iterdir()],
                   await code.parent.is_dir())
            yield await root.list(recursive=True)
            yield str(await code.rename('/b')), await (root / 'b').unlink()
            yield (await (root / 'b').unlink(missing_ok=True),
                   await (root / 'lib').rmtree())
            try:
                await (root / 'b').read_bytes()
            except picoctl.FileError as error:
                yield error.kind, error.path

    def test_both_faces(self):
        async def all_of_it():
            return [each async for each in self.talk_async()]

        heard = []
        for talk in (lambda: list(self.talk_sync()),
                     lambda: asyncio.run(all_of_it())):
            board = FilesOfABoard()
            fake = self.fake(**board.methods())
            heard.append((talk(), fake.calls, board.files))
        self.assertEqual(heard[0], heard[1])
        said, _, left = heard[0]
        self.assertEqual(said[:3], [
            (True, False, None), (True, False),
            ('x = 1', b'x = 1', True)])
        self.assertEqual(said[-1], ('notFound', '/b'))
        self.assertEqual(left, {})

    def test_names_without_control_characters(self):
        """As picoctl has it; what is there of others can be taken away."""
        board = FilesOfABoard()
        fake = self.fake(**board.methods())
        board.files.update({'/a': b'1', '/b\n': b'2', '/c\n': b'3'})

        def names(root):
            bad = root / 'd\r\x7f.py'
            return (lambda: bad.write_text('x'), bad.mkdir,
                    lambda: (root / 'a').rename(bad),
                    lambda: (root / 'a').rename('b\tc'))

        async def ask():
            async with picoctl.aio.Picod() as p:
                for make in names(p.board().files):
                    with self.assertRaisesRegex(ValueError, 'control'):
                        await make()
                await (p.board().files / 'c\n').unlink()

        for make in names(picoctl.board().files):
            with self.assertRaisesRegex(ValueError, 'control'):
                make()
        asyncio.run(ask())
        (picoctl.board().files / 'b\n').rename('b')
        self.assertEqual(board.files, {'/a': b'1', '/b': b'2'})
        self.assertEqual(len(fake.calls), 2)

    def test_a_file_is_no_directory_that_is_there(self):
        board = FilesOfABoard()

        def make(parameters):
            board.fail('exists', board.path(parameters))

        self.fake(**{**board.methods(), 'MakeDirectory': make})
        board.files.update({'/a': b'1', '/d': None})

        async def ask():
            async with picoctl.aio.Picod() as p:
                await (p.board().files / 'd').mkdir(exist_ok=True)
                with self.assertRaisesRegex(picoctl.FileError, 'exists'):
                    await (p.board().files / 'a').mkdir(exist_ok=True)

        asyncio.run(ask())
        (picoctl.board().files / 'd').mkdir(exist_ok=True)
        with self.assertRaisesRegex(picoctl.FileError, 'exists'):
            (picoctl.board().files / 'a').mkdir(exist_ok=True)

    def test_what_is_long_is_handed_over_in_pieces(self):
        board = FilesOfABoard()
        fake = self.fake(**board.methods())
        data = bytes(range(256)) * 4096 + b'x'

        async def write():
            async with picoctl.aio.Picod() as p:
                await (p.board().files / 'b').write_bytes(data)

        (picoctl.board().files / 'a').write_bytes(data)
        asyncio.run(write())
        self.assertEqual(board.files, {'/a': data, '/b': data})
        self.assertEqual([call['method'][9:] for call in fake.calls],
                         ['Upload', 'Upload', 'Upload', 'WriteFile'] * 2)


class Senders(Case):
    """The class that takes the place of the one with pyserial."""

    def sender(self, *arguments, **methods):
        self.picod = self.fake(**methods)
        sender = picoctl.Sender(*arguments)
        self.addCleanup(sender.close)
        return sender

    def test_the_session_of_its_readers(self):
        sender = self.sender(Send=lambda parameters: output(
            {'2 + 2': '4\n'}.get(parameters['text'], '')))
        self.assertIs(sender.send('2 + 2'), True)
        self.assertEqual(sender.receive(), '4')
        self.assertIs(sender.send('on()'), True)
        self.assertEqual(sender.receive(), '')
        self.assertIs(sender.send('off()'), True)

    def test_lines(self):
        def method(parameters):
            yield output('o')
            yield output('ne\ntwo\nthr')
            yield output('ee')

        sender = self.sender(Send=method)
        self.assertTrue(sender.send('x'))
        self.assertEqual([sender.receive() for _ in range(4)],
                         ['one', 'two', 'three', ''])

    def test_unread_lines_are_gone(self):
        sender = self.sender(Send=lambda parameters: output(
            parameters['text'] + '\n'))
        sender.send('one')
        sender.send('two')
        self.assertEqual([sender.receive(), sender.receive()], ['two', ''])

    def test_traceback(self):
        def method(parameters):
            raise Answer('StatementFailed', output='half',
                         traceback='Traceback:\nE: x\n', boot=7,
                         message='m')

        sender = self.sender(Send=method)
        self.assertTrue(sender.send('1/0'))
        self.assertEqual([sender.receive() for _ in range(4)],
                         ['half', 'Traceback:', 'E: x', ''])

    def test_piserial(self):
        def method(parameters):
            if parameters['text'] == 'x':
                raise Answer('CommandRejected', output='', boot=7,
                             message='m')
            return output('', status='OK')

        sender = self.sender(Send=method)
        self.assertTrue(sender.send('c1'))
        self.assertEqual(sender.receive(), 'OK')
        self.assertFalse(sender.send('x'))
        self.assertEqual(sender.receive(), 'RR')

    def test_trouble(self):
        def method(parameters):
            raise Answer('BoardSilent', output='', message='m')

        sender = self.sender(Send=method)
        with self.assertLogs('picoctl', 'WARNING') as logged:
            self.assertIs(sender.send('x'), False)
        self.assertEqual(sender.receive(), '')
        self.assertIsInstance(sender.error, picoctl.BoardSilent)
        self.assertEqual(logged.records[0].getMessage(), 'm')

    def test_waiting_is_no_answer(self):
        def method(parameters):
            yield output('', waiting={'board': 'a', 'state': 'busy',
                                      'before': 1})
            proceed.wait(TIMEOUT_S)
            yield output('4\n')

        proceed = threading.Event()
        sender = self.sender(None, 9600, 0.01, Send=method)
        self.assertTrue(sender.send('2 + 2'))   # no answer yet
        self.assertEqual(sender.receive(), '')
        proceed.set()
        sender.timeout = TIMEOUT_S
        self.assertEqual(sender.receive(), '4')

    def test_reason_is_seen(self):
        """Of a program that knows nothing of errors, on standard error."""
        def method(parameters):
            raise Answer('AmbiguousBoard', boards=['a', 'b'],
                         message='there are 2 boards; name one')

        self.fake(Send=method)
        done = subprocess.run(
            [sys.executable, '-c', 'from picoctl import Sender\n'
             'print(Sender().send("2 + 2"))'], env={
                 **os.environ, 'PYTHONPATH': PYTHON}, check=True, text=True,
            capture_output=True, timeout=TIMEOUT_S)
        self.assertEqual((done.stdout, done.stderr),
                         ('False\n', 'there are 2 boards; name one\n'))

    def test_no_picod(self):
        os.environ['PICOD_SOCKET'] = '/nowhere/io.picod'
        with picoctl.Sender() as sender, \
                self.assertLogs('picoctl', 'WARNING'):
            self.assertIs(sender.send('x'), False)
            self.assertIsInstance(sender.error, picoctl.NotRunning)

    def test_goes_on_after_a_restart(self):
        sender = self.sender(Send=lambda parameters: output('4\n'))
        self.assertTrue(sender.send('2 + 2'))
        self.assertEqual(sender.receive(), '4')
        self.picod.restart()
        self.assertTrue(sender.send('2 + 2'))
        self.assertEqual(sender.receive(), '4')

    def test_long_statement(self):
        proceed = threading.Event()

        def method(parameters):
            yield output('begun\n')
            yield output('')
            proceed.wait(TIMEOUT_S)
            yield output('done\n')

        sender = self.sender(None, 9600, TIMEOUT_S, Send=method)
        self.assertTrue(sender.send('long'))
        self.assertEqual(sender.receive(), 'begun')
        sender.timeout = 0.01
        self.assertEqual(sender.receive(), '')
        self.assertFalse(sender.send('another'))
        proceed.set()
        sender.timeout = TIMEOUT_S
        self.assertEqual(sender.receive(), 'done')

    def test_close_ends_the_statement(self):
        def method(parameters):
            while True:
                yield output('on\n')

        sender = self.sender(Send=method)
        self.assertTrue(sender.send('forever'))
        self.assertEqual(sender.receive(), 'on')
        sender.close()
        self.assertTrue(self.picod.gone.wait(TIMEOUT_S))

    def test_device(self):
        boards = {'boards': [
            {'name': name, 'port': port, 'state': 'ready', 'driver': 'repl',
             'boot': 1, 'waiting': 0}
            for name, port in (('a', '/dev/ttyS0'), ('b', '/dev/ttyACM0'))]}
        for device, name in (('/dev/ttyACM0', 'b'), ('a', 'a')):
            sender = self.sender(device, ListBoards=lambda parameters: boards,
                                 Send=lambda parameters: output(''))
            sender.send('x')
            self.assertEqual(self.picod.parameters(1)['board'], name)
        with self.assertRaisesRegex(picoctl.NoSuchBoard,
                                    'dev/ttyACM9; it has: a, b'):
            self.sender('/dev/ttyACM9',
                        ListBoards=lambda parameters: boards)


class Package(unittest.TestCase):
    def run_(self, *words, **options):
        done = subprocess.run(words, check=False, text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT,
                              timeout=4 * TIMEOUT_S, **options)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def copy(self):
        """The package's folder, where a build may leave what it likes."""
        folder = tempfile.mkdtemp(prefix='picoctl-package-')
        self.addCleanup(shutil.rmtree, folder)
        return shutil.copytree(PYTHON, os.path.join(folder, 'python'),
                               ignore=shutil.ignore_patterns('__pycache__'))

    def test_standard_library_only(self):
        self.run_(sys.executable, '-I', '-S', '-W', 'error', '-c',
                  f'import sys; sys.path.insert(0, {PYTHON!r}); '
                  'import picoctl')

    def test_versions_agree(self):
        with open(os.path.join(ROOT, 'Makefile'), encoding='utf-8') as file:
            version = re.search(r'(?m)^VERSION = (.*)$', file.read())[1]
        self.assertEqual(picoctl.__version__, version)

    def test_types(self):
        """Of the package, and of a program that uses it."""
        cache = '--cache-dir=' + os.path.join(self.copy(), 'cache')
        self.run_('/usr/bin/python3', '-m', 'mypy', '--strict', cache,
                  os.path.join(PYTHON, 'picoctl'))
        with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
            file.write(USER)
            file.flush()
            shown = self.run_('/usr/bin/python3', '-m', 'mypy', '--strict',
                              cache, file.name,
                              env={**os.environ, 'MYPYPATH': PYTHON})
        self.assertIn('Revealed type is "builtins.str"', shown)

    def test_pip_installs_it_without_a_network(self):
        source = self.copy()
        target = os.path.join(source, 'target')
        self.run_('/usr/bin/python3', '-m', 'pip', 'install', '--no-index',
                  '--no-cache-dir', '--target', target, source,
                  env={**os.environ, 'PIP_CONFIG_FILE': os.devnull})
        self.assertEqual(sorted(
            name for name in os.listdir(os.path.join(target, 'picoctl'))
            if name != '__pycache__'), sorted(
            name for name in os.listdir(os.path.join(PYTHON, 'picoctl'))
            if name != '__pycache__'))
        version = self.run_(
            '/usr/bin/python3', '-c', 'import importlib.metadata as m; '
            'print(m.version("picoctl"))', env={'PYTHONPATH': target})
        self.assertEqual(version.strip(), picoctl.__version__)

    def test_another_python_does_not_get_the_setuptools_of_debian(self):
        """They ask for what only Debian's Python has."""
        for prefix, needs in ('/usr', '[]'), ('/opt/python', 'setuptools'):
            shown = self.run_(
                '/usr/bin/python3', '-I', '-S', '-c', 'import sys; '
                f'sys.base_prefix = {prefix!r}; '
                f'sys.path.insert(0, {PYTHON!r}); import backend; '
                'print(backend.get_requires_for_build_wheel())')
            self.assertIn(needs, shown)


USER = '''
import picoctl

try:
    reveal_type(picoctl.send('x'))
except picoctl.StatementFailed as error:
    print(error.traceback)
except picoctl.BoardBusy as busy:
    print(busy.holder.user if busy.holder else '')

board = picoctl.board('pico0')


@board.task(timeout=2)
def blink(times: int) -> float:
    return times / 2


half: float = blink(3)
with board.hold(will='stop()') as held:
    for line in held.lines():
        print(line.time.isoformat(), line.upper())


async def main() -> None:
    async with picoctl.aio.Picod() as p:
        print((await p.board().send('x')).upper())
'''


if __name__ == '__main__':
    unittest.main()
