# SPDX-License-Identifier: MIT
"""picoctl send: output, texts from everywhere, and how it ends."""

import base64
import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from fake import PICOCTL, TIMEOUT_S, Answer, Case, FakePicod, environment
from fake import output, picoctl


class Send(Case):
    def send(self, *words, method=None, reply=None, env=None, **more):
        method = method or (lambda parameters: reply or output(''))
        with FakePicod(Send=method) as self.picod:
            return picoctl('send', *words, socket_path=self.picod.path,
                           env=env, **more)

    def test_output(self):
        self.expect(self.send('2 + 2', reply=output('4\n')), 0, b'4\n')
        self.assertEqual(self.picod.calls,
                         [{'method': 'io.picod.Send', 'more': True,
                           'parameters': {'text': '2 + 2'}}])

    def test_parameters(self):
        self.send('-bpico0', '--timeout', '1.5s', '--wait=2', 'x')
        self.assertEqual(self.picod.parameters(), {
            'board': 'pico0', 'text': 'x', 'timeout': 1500, 'wait': 2000})

    def test_environment(self):
        env = {'PICOD_BOARD': 'uno0', 'PICOD_HOLD': 'token'}
        self.send('x', env=env)
        self.assertEqual(self.picod.parameters(), {
            'board': 'uno0', 'hold': 'token', 'text': 'x'})
        self.send('x', '-b', 'pico0', env=env)
        self.assertEqual(self.picod.parameters()['board'], 'pico0')

    def test_empty_environment_is_none(self):
        self.send('x', env={'PICOD_BOARD': '', 'PICOD_HOLD': ''})
        self.assertEqual(self.picod.parameters(), {'text': 'x'})

    def test_options_on_both_sides(self):
        with FakePicod(Send=lambda parameters: output('')) as picod:
            picoctl('-b', 'a', 'send', 'x', '--timeout', '1', 'y',
                    '-s', picod.path)
            self.assertEqual([call['parameters'] for call in picod.calls], [
                {'board': 'a', 'text': 'x', 'timeout': 1000},
                {'board': 'a', 'text': 'y', 'timeout': 1000}])

    def test_double_dash(self):
        self.send('--', '-1', '--timeout')
        self.assertEqual([call['parameters']['text']
                          for call in self.picod.calls], ['-1', '--timeout'])

    def test_first_failure_ends_it(self):
        def method(parameters):
            if parameters['text'] == 'b':
                raise Answer('StatementFailed', output='so far\n',
                             traceback='Traceback:\n  b\n', boot=7,
                             board='x', message='it raised')
            return output(parameters['text'] + '\n')

        self.expect(self.send('a', 'b', 'c', method=method), 1,
                    b'a\nso far\n', b'Traceback:\n  b\n')
        self.assertEqual(len(self.picod.calls), 2)

    def test_raw_bytes(self):
        raw = b'\xff\x00\r\n\r\xfe\r\n'
        reply = output('\ufffd\0\n\r\ufffd\n',
                       data=base64.b64encode(raw).decode())
        self.expect(self.send('x', reply=reply), 0,
                    raw.replace(b'\r\n', b'\n'))

    def test_nul_in_output(self):
        self.expect(self.send('x', reply=output('a\0b\n')), 0, b'a\0b\n')

    def test_replies_cut_anywhere(self):
        reply = (json.dumps({'parameters': output('ä€\n'),
                             'continues': True}, ensure_ascii=False) + '\0' +
                 json.dumps({'parameters': output('z' * 100000)}) +
                 '\0').encode()

        def method(parameters):
            for i in range(200):
                yield reply[i:i + 1]
            yield reply[200:]

        self.expect(self.send('x', method=method), 0,
                    'ä€\n'.encode() + b'z' * 100000)

    def test_streams(self):
        shown = threading.Event()

        def method(parameters):
            yield output('first\n')
            yield output('second\n')
            self.assertTrue(shown.wait(TIMEOUT_S))
            yield output('last\n')

        with FakePicod(Send=method) as picod:
            with subprocess.Popen([PICOCTL, '-s', picod.path, 'send', 'x'],
                                  stdout=subprocess.PIPE,
                                  env=environment()) as process:
                self.assertEqual(process.stdout.readline(), b'first\n')
                shown.set()
                self.assertEqual(process.stdout.read(), b'second\nlast\n')
        self.assertEqual(process.returncode, 0)

    def test_piserial(self):
        self.expect(self.send('c1', reply=output('', status='OK')), 0,
                    b'OK\n')
        self.expect(self.send('c1', reply=output('v03FF\n', status='OK')), 0,
                    b'v03FF\nOK\n')

        def reject(parameters):
            raise Answer('CommandRejected', board='uno0', output='v1\n',
                         boot=7, message='the board rejected it')

        self.expect(self.send('c1', 'c2', method=reject), 1, b'v1\nRR\n')
        self.assertEqual(len(self.picod.calls), 1)

    def test_json(self):
        result = self.send('--json', 'a', 'b', reply=output('4\n'))
        self.assertEqual([json.loads(line)
                          for line in result.stdout.splitlines()],
                         [output('4\n')] * 2)
        self.assertNotIn('more', self.picod.calls[0])

    def test_json_error(self):
        def method(parameters):
            raise Answer('TimedOut', board='b', output='x', started=True,
                         message='it took too long')

        result = self.send('--json', 'a', method=method)
        self.assertEqual((result.returncode, result.stderr), (8, b''))
        self.assertEqual(json.loads(result.stdout), {
            'error': 'io.picod.TimedOut',
            'parameters': {'board': 'b', 'output': 'x', 'started': True,
                           'message': 'it took too long'}})

    def test_standard_input(self):
        program = b'for i in range(3):\r\n    print("\xc3\xa4")\n\0'
        self.send('-', input=program)
        self.assertEqual(self.picod.parameters()['text'],
                         program.decode())

    def test_file_comes_first(self):
        with tempfile.NamedTemporaryFile() as script:
            script.write(b'def f(): pass\n')
            script.flush()
            self.send('f()', '-f', script.name)
        self.assertEqual([call['parameters']['text']
                          for call in self.picod.calls],
                         ['def f(): pass\n', 'f()'])

    def test_longest_program(self):
        limit = 256 * 1024
        self.expect(self.send('-', input=b'#' * limit), 0)
        self.assertEqual(len(self.picod.parameters()['text']), limit)
        self.expect(self.send('-f', '-', input=b'#' * (limit + 1)), 2, b'',
                    b'picoctl: standard input is too long: a program may '
                    b'have 262144 bytes\n')
        self.assertEqual(self.picod.calls, [])

    def test_no_such_file(self):
        self.expect(self.send('-f', '/nowhere/x.py'), 12, b'',
                    b'picoctl: cannot open /nowhere/x.py: '
                    b'No such file or directory\n')

    def test_not_utf8(self):
        self.expect(self.send(b'\xff'), 2, b'', b'picoctl: that is not '
                    b'UTF-8, and a board takes nothing else\n')
        with tempfile.NamedTemporaryFile() as file:
            file.write(b'print("\xe4")')
            file.flush()
            self.expect(self.send('-f', file.name), 2, b'', b'picoctl: '
                        + file.name.encode() + b' is not UTF-8, and a board '
                        b'takes nothing else\n')

    def test_mark_before_a_text_is_skipped(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b'\xef\xbb\xbfprint("\xef\xbb\xbf")')
            file.flush()
            self.expect(self.send('-f', file.name), 0)
        self.assertEqual(self.picod.parameters()['text'], 'print("\ufeff")')

    def test_traceback_with_nul(self):
        def method(parameters):
            raise Answer('StatementFailed', output='', boot=7,
                         traceback='ValueError: a\0b', message='m')

        self.expect(self.send('x', method=method), 1, b'',
                    b'ValueError: a\0b\n')

    def test_closed_descriptors(self):
        """The socket takes no place of theirs."""
        for closed, status in ((0, 12), (1, 12), (2, 0)):
            with FakePicod(Send=lambda parameters: output('4\n')) as fake:
                process = subprocess.Popen(
                    [PICOCTL, 'send', '-' if closed == 0 else 'x', 'y'],
                    env=environment(PICOD_SOCKET=fake.path),
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    preexec_fn=lambda fd=closed: os.close(fd))
                out, err = process.communicate(timeout=TIMEOUT_S)
            with self.subTest(closed=closed):
                self.assertEqual(process.returncode, status, err)
                self.assertEqual(len(fake.calls), {0: 0, 1: 1, 2: 2}[closed])
                self.assertEqual(out, b'4\n4\n' if closed == 2 else b'')

    def test_daemon_dies(self):
        def method(parameters):
            yield output('begun\n')
            yield None

        self.expect(self.send('x', method=method), 3, b'begun\n',
                    b'picoctl: picod ended the connection\n')

    def test_daemon_talks_nonsense(self):
        for nonsense in (b'hello\0', b'[]\0', b'{"parameters": 3}\0',
                         b'{"error": 3}\0'):
            self.expect(
                self.send('x', method=lambda parameters: iter([nonsense])),
                3, b'', b'picoctl: what answers at the socket is not picod\n')

    def test_turned_away(self):
        """picod may answer before it has read the call, and close."""
        directory = tempfile.mkdtemp(prefix='picod-away-')
        self.addCleanup(shutil.rmtree, directory)
        path = os.path.join(directory, 'io.picod')
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            with subprocess.Popen([PICOCTL, '-s', path, 'send', '-'],
                                  stdin=subprocess.PIPE,
                                  stderr=subprocess.PIPE,
                                  env=environment()) as process:
                connection, _ = listener.accept()
                connection.sendall(json.dumps({
                    'error': 'io.picod.LimitExceeded',
                    'parameters': {'limit': 'clients', 'value': 1,
                                   'message': 'too many'}}).encode() + b'\0')
                connection.shutdown(socket.SHUT_RD)
                error = process.communicate(b'1', timeout=TIMEOUT_S)[1]
                connection.close()
        self.assertEqual((process.returncode, error),
                         (6, b'picoctl: too many\n'))

    def test_interrupt(self):
        """Ctrl-C ends picoctl by the signal, and thereby the connection."""
        with FakePicod(Send=lambda parameters: self.forever()) as picod:
            self.proceed = threading.Event()
            with subprocess.Popen([PICOCTL, '-s', picod.path, 'send', 'x'],
                                  stdout=subprocess.PIPE,
                                  env=environment()) as process:
                process.stdout.readline()
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(TIMEOUT_S), -signal.SIGINT)
            self.proceed.set()
            self.assertTrue(picod.gone.wait(TIMEOUT_S))

    def forever(self):
        yield output('running\n')
        yield output('on and on\n')
        self.proceed.wait(TIMEOUT_S)
        while True:
            yield output('still\n')

    def test_nobody_reads(self):
        self.proceed = threading.Event()
        self.proceed.set()
        with FakePicod(Send=lambda parameters: self.forever()) as picod:
            with subprocess.Popen([PICOCTL, '-s', picod.path, 'send', 'x'],
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE,
                                  env=environment()) as process:
                process.stdout.readline()
                process.stdout.close()
                self.assertEqual(process.wait(TIMEOUT_S), -signal.SIGPIPE)
                self.assertEqual(process.stderr.read(), b'')

    def test_full_disk(self):
        with open('/dev/full', 'wb') as full, \
                FakePicod(Send=lambda parameters: output('4\n')) as picod:
            result = subprocess.run(
                [PICOCTL, '-s', picod.path, 'send', 'x'], stdout=full,
                stderr=subprocess.PIPE, env=environment(), check=False,
                timeout=TIMEOUT_S)
        self.assertEqual(result.returncode, 12)
        self.assertEqual(result.stderr, b'picoctl: cannot write to standard '
                         b'output: No space left on device\n')

    def test_message_on_a_line_of_its_own(self):
        """On a terminal an error does not continue the board's last line."""
        def method(parameters):
            raise Answer('Interrupted', board='b', output='half a line',
                         started=True, message='it was interrupted')

        master, slave = pty.openpty()
        with FakePicod(Send=method) as picod:
            subprocess.run([PICOCTL, '-s', picod.path, 'send', 'x'],
                           stdout=slave, stderr=slave, env=environment(),
                           check=False, timeout=TIMEOUT_S)
        os.close(slave)
        self.assertEqual(os.read(master, 1000), b'half a line\r\n'
                         b'picoctl: it was interrupted\r\n')
        os.close(master)


if __name__ == '__main__':
    unittest.main()
