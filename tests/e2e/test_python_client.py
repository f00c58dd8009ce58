# SPDX-License-Identifier: MIT
"""The Python client against a picod that answers what the test tells it to."""

import gc
import os
import re
import subprocess
import sys
import threading
import unittest
import warnings
from unittest import mock

from test_picoctl import ROOT, TIMEOUT_S, Answer, FakePicod, environment
from test_picoctl import output

sys.path.insert(0, os.path.join(ROOT, 'client', 'python'))
import picod  # noqa: E402  pylint: disable=wrong-import-position


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


class Calls(Case):
    def test_send(self):
        fake = self.fake(Send=lambda parameters: output('4\n'))
        self.assertEqual(picod.send('2 + 2'), '4\n')
        self.assertEqual(picod.send('x', 'pico0', timeout=1.5, wait=0),
                         '4\n')
        self.assertEqual([call['parameters'] for call in fake.calls], [
            {'text': '2 + 2'},
            {'text': 'x', 'board': 'pico0', 'timeout': 1500, 'wait': 0}])

    def test_environment(self):
        fake = self.fake(Send=lambda parameters: output(''))
        os.environ['PICOD_BOARD'] = 'uno0'
        os.environ['PICOD_HOLD'] = 'token'
        picod.send('x')
        picod.send('x', 'pico0')
        self.assertEqual([call['parameters'] for call in fake.calls], [
            {'text': 'x', 'board': 'uno0', 'hold': 'token'},
            {'text': 'x', 'board': 'pico0', 'hold': 'token'}])

    def test_one_connection(self):
        self.fake(Send=lambda parameters: output('x'),
                  ListBoards=lambda parameters: {'boards': []})
        with picod.Picod() as p:
            p.send('a')
            before = p._connection
            self.assertEqual(p.boards(), [])
            p.send('b')
            self.assertIs(p._connection, before)

    def test_boot(self):
        self.fake(Send=lambda parameters: output('x'),
                  Reset=lambda parameters: {'boot': 9})
        with picod.Picod() as p:
            board = p.board()
            self.assertIsNone(board.boot)
            board.send('a')
            self.assertEqual(board.boot, 7)
            board.reset('hard')
            self.assertEqual(board.boot, 9)

    def test_full_names(self):
        fake = self.fake(GetInfo=lambda parameters: {'vendor': 'x'})
        with picod.Picod() as p:
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
        with picod.Picod() as p:
            self.assertEqual(list(p.board().stream('x')),
                             ['one\n', 'two\n'])
        self.assertTrue(fake.calls[0]['more'])

    def test_left_stream_ends_the_connection(self):
        def method(parameters):
            while True:
                yield {'board': 'a', 'event': 'boot', 'time': 1}

        fake = self.fake(Watch=method)
        with picod.Picod() as p:
            for event in p.board('a').watch(history=True):
                self.assertEqual(event['event'], 'boot')
                break
            self.assertTrue(fake.gone.wait(TIMEOUT_S))
        self.assertEqual(fake.parameters(), {'board': 'a', 'history': True})

    def test_output_bytes(self):
        self.assertEqual(picod.output_bytes(output('ä')), 'ä'.encode())
        self.assertEqual(picod.output_bytes(output('\ufffd', data='/w==')),
                         b'\xff')


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
            with self.subTest(name), picod.Picod() as p:
                with self.assertRaises(getattr(picod, name)) as caught:
                    p.board('b').interrupt()
                self.assertEqual(str(caught.exception), 'do this\nT')
                self.assertEqual(caught.exception.name, 'io.picod.' + name)
                self.assertEqual(caught.exception.output, 'so far')
                self.assertEqual(caught.exception.traceback, 'T\n')
                self.assertIn(name, picod.__all__)

    def test_other_errors(self):
        for name in ('io.picod.New', 'org.varlink.service.MethodNotFound',
                     'io.picod.Error', 'x'):
            def method(parameters, name=name):
                raise Answer(name if '.' in name else 'a.' + name)

            self.fake(Interrupt=method)
            with picod.Picod() as p, \
                    self.assertRaises(picod.Error) as caught:
                p.board().interrupt()
            self.assertIs(type(caught.exception), picod.Error)

    def test_connection_survives_an_error(self):
        def method(parameters):
            if parameters['text'] == 'bad':
                raise Answer('StatementFailed', traceback='T', message='m')
            return output('fine')

        self.fake(Send=method)
        with picod.Picod() as p:
            p.send('good')
            before = p._connection
            self.assertRaises(picod.StatementFailed, p.send, 'bad')
            self.assertEqual(p.send('good'), 'fine')
            self.assertIs(p._connection, before)

    def test_not_running(self):
        os.environ['PICOD_SOCKET'] = '/nowhere/io.picod'
        with self.assertRaisesRegex(picod.NotRunning, '/nowhere/io.picod'):
            picod.send('x')

    def test_lost_and_made_again(self):
        def method(parameters):
            if parameters['text'] == 'die':
                yield None
            if parameters['text'] == 'nonsense':
                yield b'nonsense\0'
            else:
                yield output('alive')

        self.fake(Send=method)
        with picod.Picod() as p:
            self.assertRaises(picod.ConnectionLost, p.send, 'die')
            self.assertEqual(p.send('x'), 'alive')
            self.assertRaises(picod.ConnectionLost, p.send, 'nonsense')
            self.assertEqual(p.send('x'), 'alive')

    def test_forgotten_connection_ends(self):
        fake = self.fake(Send=lambda parameters: output('4\n'))
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter('always')
            self.assertEqual(picod.Picod().board().send('2 + 2'), '4\n')
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
        with picod.Picod() as p:
            with mock.patch.object(picod._Connection, '_receive',
                                   side_effect=KeyboardInterrupt):
                self.assertRaises(KeyboardInterrupt, p.send, 'long')
            self.proceed.set()
            self.assertEqual(p.send('short'), 'new')


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
        with picod.Picod() as p:
            with p.board().hold(wait=2, will='stop()') as held:
                held.send('a')
            p.send('b')
        self.assertEqual(self.calls(), [
            ('Hold', {'wait': 2000, 'will': 'stop()'}),
            ('Send', {'board': 'pico0', 'text': 'a', 'hold': 'secret'}),
            ('Drop', {'board': 'pico0'}),
            ('Send', {'text': 'b'})])

    def test_exception_leaves_the_will(self):
        with picod.Picod() as p:
            with self.assertRaises(ZeroDivisionError):
                with p.board('a').hold(wait=None):
                    raise ZeroDivisionError
        self.assertTrue(self.picod.gone.wait(TIMEOUT_S))
        self.assertEqual(self.calls(), [
            ('Hold', {'board': 'a', 'wait': 86400000})])


class Senders(Case):
    """The class that takes the place of the one with pyserial."""

    def sender(self, *arguments, **methods):
        self.picod = self.fake(**methods)
        sender = picod.Sender(*arguments)
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
        self.assertIs(sender.send('x'), False)
        self.assertEqual(sender.receive(), '')

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
        boards = {'boards': [{'name': 'a', 'port': '/dev/ttyS0'},
                             {'name': 'b', 'port': '/dev/ttyACM0'}]}
        for device, name in (('/dev/ttyACM0', 'b'), ('a', 'a')):
            sender = self.sender(device, ListBoards=lambda parameters: boards,
                                 Send=lambda parameters: output(''))
            sender.send('x')
            self.assertEqual(self.picod.parameters(1)['board'], name)
        with self.assertRaisesRegex(picod.NoSuchBoard, 'dev/ttyACM9'):
            self.sender('/dev/ttyACM9',
                        ListBoards=lambda parameters: boards)


class File(unittest.TestCase):
    def test_standard_library_only(self):
        """The file works where nothing is installed (-I, -S)."""
        subprocess.run([sys.executable, '-I', '-S', '-W', 'error', os.path.join(
            ROOT, 'client', 'python', 'picod.py')], check=True,
                       timeout=TIMEOUT_S)


if __name__ == '__main__':
    unittest.main()
