# SPDX-License-Identifier: MIT
"""picoctl against a picod that answers what the test tells it to.

Everything that a board or a daemon may answer can be had here at once: each
error, output that is not UTF-8, a daemon that dies in the middle.  What real
boards answer is tested elsewhere.
"""

import base64
import concurrent.futures
import contextlib
import fcntl
import json
import os
import pty
import queue
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get('PICOD_BUILD', 'build'))
PICOCTL = os.path.join(BUILD, 'picoctl')
TIMEOUT_S = 30


def read(*names):
    with open(os.path.join(*names), encoding='utf-8') as file:
        return file.read()


class Answer(Exception):
    """An error that a method of FakePicod answers with."""

    def __init__(self, name, **parameters):
        super().__init__(name)
        self.name = name if '.' in name else 'io.picod.' + name
        self.parameters = parameters


class FakePicod:
    """A Varlink server whose methods are Python functions.

    methods: by name without the interface, a function of the parameters, that
    returns the reply's parameters, yields several, or raises Answer.  What
    yields bytes sends them as they are; what yields None closes the
    connection.  calls has what came in.  gone is set when a client leaves.
    """

    def __init__(self, **methods):
        self.methods = methods
        self.calls = []
        self.gone = threading.Event()
        self.connections = []
        self.directory = tempfile.mkdtemp(prefix='picod-fake-')
        self.path = os.path.join(self.directory, 'io.picod')
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(TIMEOUT_S)
        shutil.rmtree(self.directory)

    def restart(self):
        """Ends every connection; who comes again finds it again."""
        while self.connections:
            with contextlib.suppress(OSError):
                self.connections.pop().shutdown(socket.SHUT_RDWR)

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            thread = threading.Thread(target=self.serve, args=(connection,),
                                      daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, connection):
        pending = b''
        with connection:
            while True:
                try:
                    data = connection.recv(65536)
                except ConnectionResetError:
                    break
                if not data:
                    break
                *messages, pending = (pending + data).split(b'\0')
                for message in messages:
                    try:
                        if not self.answer(connection, json.loads(message)):
                            return
                    except (BrokenPipeError, ConnectionResetError):
                        self.gone.set()
                        return
        self.gone.set()

    def answer(self, connection, call):
        self.calls.append(call)
        method = self.methods.get(call['method'].rpartition('.')[2])
        if method is None:
            raise AssertionError(f'unexpected call: {call}')
        last = None
        try:
            result = method(call.get('parameters', {}))
            if isinstance(result, dict):
                result = [result]
            for reply in result:
                if last is not None:
                    self.send(connection, {'parameters': last,
                                           'continues': True})
                last = None
                if reply is None:
                    return False
                if isinstance(reply, bytes):
                    connection.sendall(reply)
                else:
                    last = reply
        except Answer as error:
            if last is not None:
                self.send(connection, {'parameters': last, 'continues': True})
            self.send(connection, {'error': error.name,
                                   'parameters': error.parameters})
        else:
            if last is not None:
                self.send(connection, {'parameters': last})
        return True

    def send(self, connection, message):
        connection.sendall(json.dumps(message).encode() + b'\0')

    def parameters(self, index=0):
        return self.calls[index].get('parameters')


def environment(**more):
    """The environment without what picod's clients heed."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith('PICOD_') and name != 'XDG_RUNTIME_DIR'}
    env['TZ'] = 'UTC'
    env.update(more)
    return env


def picoctl(*words, socket_path=None, env=None, **more):
    """Runs picoctl and returns its CompletedProcess; its output is bytes."""
    env = environment(**(env or {}))
    if socket_path is not None:
        env['PICOD_SOCKET'] = socket_path
    more.setdefault('stdin', subprocess.DEVNULL if 'input' not in more
                    else None)
    if 'input' in more:
        del more['stdin']
    return subprocess.run([PICOCTL, *words], env=env, timeout=TIMEOUT_S,
                          capture_output=True, check=False, **more)


def output(text, **more):
    return {'output': text, 'boot': 7, **more}


class Case(unittest.TestCase):
    maxDiff = None

    def expect(self, result, status, out=b'', err=b''):
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (status, out, err))


class CommandLine(Case):
    def check(self, words, message, status=2):
        result = picoctl(*words)
        self.assertEqual(result.stdout, b'')
        self.assertEqual(result.returncode, status)
        self.assertEqual(result.stderr.decode().splitlines()[0],
                         'picoctl: ' + message)
        return result.stderr.decode().splitlines()[1:]

    def test_no_verb(self):
        result = picoctl()
        self.assertEqual((result.returncode, result.stderr), (2, b''))
        self.assertEqual(result.stdout, picoctl('help').stdout)

    def test_verbs_of_other_tools(self):
        """Of each there is a word of what it is here."""
        hints = re.findall(r'\{ " (.*?) ",', read(
            ROOT, 'client', 'picoctl', 'hints.c').replace('"\n\t    "', ''))
        words = ' '.join(hints).split()
        self.assertGreater(len(words), 40)
        verbs = re.findall(r'&verb_(\w+)', read(
            ROOT, 'client', 'picoctl', 'picoctl.c'))
        for word in words:
            self.assertEqual(words.count(word), 1, word)
            self.assertNotIn(word, verbs, 'it is a verb: no hint is needed')
            result = picoctl(word, 'x')
            self.assertEqual((result.returncode, result.stdout), (2, b''))
            self.assertRegex(result.stderr.decode(), '^picoctl: there is no '
                             f'verb "{word}"; .+\n$')
            for verb in re.findall(r'"?picoctl (\w+)',
                                   result.stderr.decode()):
                self.assertIn(verb, verbs)

    def test_board_without_its_option(self):
        hint = self.check(['list', 'pico0'], 'a board is named by -b: '
                          'picoctl list -b pico0')
        self.assertEqual(hint, ['Try "picoctl help list".'])
        self.check(['list', '-b', 'pico0', 'uno0'],
                   'list does not know what to do with "uno0"')

    def test_mistyped_verb(self):
        self.check(['sned', 'x'],
                   'there is no verb "sned"; did you mean "send"?')
        self.check(['intterupt'],
                   'there is no verb "intterupt"; did you mean "interrupt"?')
        self.check(['frobnicate'], 'there is no verb "frobnicate"')

    def test_unknown_option(self):
        hint = self.check(['list', '--frob'], 'there is no option "--frob"')
        self.assertEqual(hint, ['Try "picoctl help list".'])
        self.check(['list', '-x'], 'there is no option "-x"')

    def test_statement_that_looks_like_an_option(self):
        self.check(['send', '-1'], 'there is no option "-1"; a statement that '
                   'begins with "-" comes after "--"')

    def test_option_of_another_verb(self):
        self.check(['list', '--hard'], 'list takes no --hard')
        self.check(['--timeout', '1', 'reset'], 'reset takes no --timeout')

    def test_values(self):
        self.check(['send', '--timeout'], '--timeout needs a TIME')
        self.check(['send', '--timeout', 'soon', 'x'],
                   '--timeout: "soon" is no time; 500ms, 2s or 1m would be')
        self.check(['send', '--timeout=86401', 'x'],
                   '--timeout: "86401" is more than a day')
        self.check(['list', '--json=yes'], '--json takes no value')

    def test_operands(self):
        self.check(['doctor', 'x'], 'doctor does not know what to do with "x"')
        self.check(['cancel'], 'cancel needs REQUEST')
        self.check(['cancel', '1', '2'],
                   'cancel does not know what to do with "2"')
        self.check(['cancel', '-b', 'x', '0x10'],
                   '"0x10" is no number of a request; "picoctl list -v" '
                   'shows them')
        self.check(['reset', '--hard', '--bootloader'],
                   '--hard and --bootloader exclude each other')

    def test_program_verbs_have_their_own_status(self):
        self.check(['hold'], 'hold needs PROGRAM ARGUMENT...', status=125)
        self.check(['hold', '--frob'], 'there is no option "--frob"',
                   status=125)

    def test_send_without_text(self):
        self.check(['send'], 'send needs a TEXT; "-" sends standard input as '
                   'a program')

    def test_send_without_text_on_a_terminal(self):
        master, slave = pty.openpty()
        result = picoctl('send', stdin=slave)
        os.close(slave)
        os.close(master)
        self.assertEqual(result.returncode, 2)
        self.assertTrue(result.stderr.startswith(
            b'picoctl: send needs a TEXT\n'))

    def test_help(self):
        everything = picoctl('help')
        self.assertEqual(everything.returncode, 0)
        self.assertEqual(picoctl('--help').stdout, everything.stdout)
        send = picoctl('help', 'send')
        self.assertTrue(send.stdout.startswith(b'Usage: picoctl '))
        for words in (['send', '--help'], ['-h', 'send'],
                      ['send', '-h', 'x']):
            self.assertEqual(picoctl(*words).stdout, send.stdout)
        self.check(['help', 'frob'], 'there is no verb "frob"')

    def test_version(self):
        self.assertRegex(picoctl('--version').stdout,
                         rb'^picoctl \d+\.\d+\.\d+\n$')


class NoDaemon(Case):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix='picod-none-')
        self.addCleanup(shutil.rmtree, self.directory)
        self.path = os.path.join(self.directory, 'io.picod')

    def test_no_socket(self):
        self.expect(
            picoctl('list', socket_path=self.path), 3, b'',
            f'picoctl: picod is not running (there is no socket {self.path}):'
            ' start one there with "picod -s", or name another by -s or '
            '$PICOD_SOCKET\n'.encode())

    def test_nobody_listens(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path)
        self.expect(
            picoctl('list', '-s', self.path), 3, b'',
            'picoctl: picod is not running (nothing listens at '
            f'{self.path}): the picod that made it is gone; start it again, '
            'or remove the socket\n'.encode())

    @unittest.skipIf(os.path.exists('/run/picod/io.picod'),
                     'picod is installed here')
    def test_the_systems_is_started_by_systemd(self):
        result = picoctl('list')
        self.assertEqual(result.returncode, 3)
        self.assertIn(b'"sudo systemctl start picod" starts it', result.stderr)
        self.assertIn(b'"sudo journalctl -u picod" says why', result.stderr)

    def test_ended_before_the_first_answer(self):
        """As where the service cannot start: systemd listens, then closes."""
        with FakePicod(ListBoards=lambda parameters: iter([None])) as fake:
            self.expect(
                picoctl('list', socket_path=fake.path), 3, b'',
                b'picoctl: picod ended the connection before it answered: '
                b'it says why where it was started\n')

    @unittest.skipUnless(os.getuid() == 0, 'needs to become another user')
    def test_not_allowed(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path)
            listener.listen()
            os.chmod(self.path, 0o600)
            os.chmod(self.directory, 0o755)
            program = shutil.copy(PICOCTL, self.directory)
            result = subprocess.run([program, '-s', self.path, 'list'],
                                    user=65534, capture_output=True,
                                    check=False, timeout=TIMEOUT_S)
        self.expect(
            result, 10, b'', f'picoctl: you may not use the socket {self.path}'
            ': sudo usermod -aG picod "$USER", then log in again\n'.encode())

    def test_path_too_long(self):
        self.assertEqual(picoctl('list', '-s', '/x' * 100).returncode, 3)

    def test_the_order_of_sockets(self):
        runtime = os.path.join(self.directory, 'picod')
        env = {'XDG_RUNTIME_DIR': self.directory}

        def asked(*words, **more):
            message = picoctl('list', *words, env={**env, **more}).stderr
            return message.decode().partition('socket ')[2].partition(')')[0]

        self.assertEqual(asked(), '/run/picod/io.picod')
        self.assertEqual(asked(PICOD_SOCKET='/nowhere'), '/nowhere')
        self.assertEqual(asked('-s', '/none', PICOD_SOCKET='/nowhere'),
                         '/none')
        os.mkdir(runtime)
        os.symlink('/dev/null', os.path.join(runtime, 'io.picod'))
        message = picoctl('list', env=env).stderr.decode()
        self.assertIn(runtime, message)

    def test_hold_has_its_own_status(self):
        self.assertEqual(
            picoctl('hold', 'true', socket_path=self.path).returncode, 125)


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


class Errors(Case):
    """Every error of picod, its exit status and its sentence."""

    def test_all(self):
        statuses = {
            'NoSuchBoard': 4, 'AmbiguousBoard': 4, 'BoardAbsent': 5,
            'BoardBusy': 6, 'BoardSilent': 7, 'InvalidCommand': 2,
            'TimedOut': 8, 'Interrupted': 9, 'Disconnected': 7,
            'OutputTooLarge': 13, 'Unsupported': 2, 'LimitExceeded': 6,
            'NoSuchRequest': 2, 'PermissionDenied': 10, 'OfAnotherTime': 1,
            'org.varlink.service.InvalidParameter': 2,
        }
        for name, status in statuses.items():
            def method(parameters, name=name):
                raise Answer(name, message='do this next')

            with self.subTest(name), FakePicod(Send=method) as picod:
                self.expect(picoctl('send', 'x', socket_path=picod.path),
                            status, b'', b'picoctl: do this next\n')

    def test_a_sentence_is_a_line_without_escapes(self):
        """Whatever a program that it names calls itself."""
        def method(parameters):
            raise Answer('BoardBusy', message='held by e\x1b]0;vil\a\nx\u009bü')

        with FakePicod(Send=method) as picod:
            self.expect(picoctl('send', 'x', socket_path=picod.path), 6, b'',
                        b'picoctl: held by e\\x1b]0;vil\\x07\\x0ax\\xc2\\x9b'
                        b'\xc3\xbc\n')

    def test_without_a_sentence(self):
        messages = {
            'BoardBusy': 'the board is in use',
            'org.varlink.service.MethodNotFound':
                'this picod is too old: it does not know that method',
            'org.varlink.service.InvalidParameter':
                'picod does not take these parameters',
        }
        for name, message in messages.items():
            def method(parameters, name=name):
                raise Answer(name)

            with self.subTest(name), FakePicod(Interrupt=method) as picod:
                self.assertEqual(
                    picoctl('interrupt', socket_path=picod.path).stderr,
                    f'picoctl: {message}\n'.encode())


def on_terminal(words, columns, env):
    """What a command prints on a terminal of so many columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ,
                struct.pack('HHHH', 24, columns, 0, 0))
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=slave,
                          stderr=slave, env=env) as process:
        os.close(slave)
        pieces = []
        with contextlib.suppress(OSError), open(master, 'rb', 0) as terminal:
            while piece := terminal.read(65536):
                pieces.append(piece)
        process.wait(TIMEOUT_S)
    return b''.join(pieces).decode().replace('\r\n', '\n')


CLIENT = {'pid': 4711, 'uid': 1000, 'user': 'ben', 'program': 'python3',
          'since': 1714572185000000}
BOARDS = [
    {'name': 'pico0', 'state': 'busy', 'driver': 'repl',
     'port': '/dev/ttyACM0', 'about': 'MicroPython v1.22; Pico', 'boot': 12,
     'usb': {'vendor': 0x2e8a, 'product': 5, 'serial': 'E66', 'path': '1-1'},
     'holder': CLIENT, 'waiting': 1, 'requests': [
         {'id': 3, 'method': 'Send', 'text': 'while True:\n\tpass',
          'running': True, 'client': CLIENT},
         {'id': 4, 'method': 'Send', 'text': 'ä' * 40, 'running': False,
          'client': {**CLIENT, 'program': 'evil\x1b[2J\u009b'}}]},
    {'name': 'thelongername', 'state': 'unclaimed', 'driver': 'auto',
     'port': '/dev/ttyUSB0', 'about': None, 'boot': 0, 'usb': None,
     'holder': None, 'waiting': 0,
     'problem': 'it may be anything: name it in picod.conf'},
]


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

    def terminal(self, boards, columns=80, **env):
        """The lines of "list" on a terminal of so many columns."""
        with FakePicod(ListBoards=lambda parameters:
                       {'boards': boards}) as fake:
            text = on_terminal([PICOCTL, 'list'], columns, environment(
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

    def test_one(self):
        result = self.list('-b', 'pico0')
        self.assertEqual(len(result.stdout.splitlines()), 2)
        self.expect(self.list('-b', 'nosuch'), 4, b'',
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


def event(kind, board='pico0', **more):
    return {'board': board, 'event': kind, 'time': 1714572185123456, **more}


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
        waits = [{'holder': CLIENT}, {'running': running, 'before': 1},
                 {'state': 'absent'}, {'state': 'flashing', 'before': 2}]

        def method(parameters):
            for wait in waits:
                yield output('', waiting={'board': 'uno0', 'state': 'busy',
                                          'before': 0, **wait})
            yield output('4\n')

        self.assertEqual(self.terminal(['send', 'x'], Send=method), ''.join(
            self.SEEN.format(line) for line in (
                'is held by python3 (ben) since 14:03',
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


class Watch(Case):
    def watch(self, verb, events, *words):
        def method(parameters):
            yield from events
            yield None

        with FakePicod(Watch=method) as self.picod:
            result = picoctl(verb, *words, socket_path=self.picod.path)
        self.assertEqual(result.stderr.partition(b' before')[0].rstrip(),
                         b'picoctl: picod ended the connection')
        self.assertEqual(result.returncode, 3)
        return result.stdout.decode()

    def test_events(self):
        at = '14:03:05.123 '
        self.assertEqual(self.watch('watch', [
            event('state', state='ready', reason='it answers'),
            event('state', state='busy', reason='Send', client=CLIENT),
            event('output', output='one\ntw'),
            event('output', output='o\nthr'),
            event('output', board='uno0', output='v1\n'),
            event('output', output='ee\x1b[2J\t€'),
            event('output', output='\r'),
            event('output', output='\na\rb\n'),
            event('recovery', reason='Ctrl-C'),
            event('lost', board='', reason='9 bytes were not told'),
            event('boot', boot=13),
        ]), at + 'pico0 ready: it answers\n' +
            at + 'pico0 busy: Send, for python3 (pid 4711, ben)\n' +
            at + 'pico0 | one\n' +
            at + 'pico0 | two\n' +
            at + 'pico0 | thr\n' +
            at + 'uno0 | v1\n' +
            at + 'pico0 | ee\\x1b[2J\t€\n' +
            at + 'pico0 | a\\x0db\n' +
            at + 'pico0 recovery: Ctrl-C\n' +
            at + 'lost: 9 bytes were not told\n' +
            at + 'pico0 boot\n')
        self.assertEqual(self.picod.calls, [
            {'method': 'io.picod.Watch', 'more': True, 'parameters': {}}])

    def test_parameters(self):
        for option in ('--history', '--since-boot'):
            self.watch('watch', [], '-b', 'uno0', option)
            self.assertEqual(self.picod.parameters(),
                             {'board': 'uno0', 'history': True})

    def test_json(self):
        lines = self.watch('watch', [event('boot', boot=3)], '--json')
        self.assertEqual(json.loads(lines.splitlines()[0]),
                         event('boot', boot=3))

    def test_a_line_is_shown_as_it_comes(self):
        proceed = threading.Event()

        def method(parameters):
            yield event('output', output='>>> ')
            yield event('output', output='')
            proceed.wait(TIMEOUT_S)
            yield event('output', output='x')

        with FakePicod(Watch=method) as picod:
            with subprocess.Popen([PICOCTL, '-s', picod.path, 'watch'],
                                  stdout=subprocess.PIPE,
                                  env=environment()) as process:
                shown = b''
                while not shown.endswith(b'>>> '):
                    self.assertTrue(select.select([process.stdout], [], [],
                                                  TIMEOUT_S)[0])
                    shown += os.read(process.stdout.fileno(), 100)
                proceed.set()
                process.stdout.read()

    def test_trace(self):
        raw = b'\x01"\\\xff\x00\r\n\xc3\xa4'
        at = '14:03:05.123 '
        self.assertEqual(self.watch('trace', [
            event('state', state='ready'),
            event('trace', toBoard=True, output='2 + 2\x04', client=CLIENT),
            event('trace', toBoard=False, output='?',
                  data=base64.b64encode(raw).decode()),
            event('output', output='twice\n'),
        ]), at + 'pico0 ready\n' +
            at + 'pico0 > "2 + 2\\x04" for python3 (pid 4711, ben)\n' +
            at + 'pico0 < "\\x01\\"\\\\\\xff\\x00\\r\\n\\xc3\\xa4"\n')
        self.assertEqual(self.picod.parameters(), {'trace': True})


class Small(Case):
    """Verbs whose success is silent."""

    def check(self, words, method, parameters, reply=None, err=b''):
        with FakePicod(**{method: lambda got: reply or {}}) as picod:
            self.expect(picoctl(*words, socket_path=picod.path,
                                env={'PICOD_HOLD': 'token'}), 0, b'', err)
            self.assertEqual(picod.calls, [{'method': 'io.picod.' + method,
                                            'parameters': parameters}])

    def test_interrupt(self):
        self.check(['interrupt', '-b', 'a'], 'Interrupt',
                   {'board': 'a', 'hold': 'token'})

    def test_cancel(self):
        self.check(['cancel', '12'], 'Cancel', {'id': 12, 'hold': 'token'})

    def test_reset(self):
        self.check(['reset'], 'Reset', {'hold': 'token'})
        self.check(['reset', '--hard', '--wait', '0'], 'Reset',
                   {'hold': 'token', 'kind': 'hard', 'wait': 0})
        self.check(['reset', '--bootloader'], 'Reset',
                   {'hold': 'token', 'kind': 'bootloader'},
                   err=b'picoctl: the board is in its bootloader and runs '
                   b'nothing until it is flashed or plugged in anew\n')

    def test_json(self):
        with FakePicod(Reset=lambda parameters: {'boot': 3}) as picod:
            self.expect(picoctl('reset', '--json', socket_path=picod.path),
                        0, b'{"boot":3}\n')


class Hold(Case):
    def hold(self, *words, env=None, **more):
        with FakePicod(Hold=lambda parameters: {
                'board': 'pico0', 'token': 'secret', 'boot': 7},
                Drop=lambda parameters: {}) as self.picod:
            return picoctl('hold', *words, socket_path=self.picod.path,
                           env=env, **more)

    @staticmethod
    def methods_of(picod):
        return [call['method'].rpartition('.')[2] for call in picod.calls]

    def test_environment(self):
        result = self.hold('-b', 'pi*', '--wait', '1m', '--will', 'off()',
                           'sh', '-c',
                           'echo $PICOD_HOLD $PICOD_BOARD $PICOD_SOCKET')
        self.expect(result, 0, f'secret pico0 {self.picod.path}\n'.encode())
        self.assertEqual(self.picod.parameters(0), {
            'board': 'pi*', 'wait': 60000, 'will': 'off()'})
        self.assertEqual(self.picod.calls[1], {
            'method': 'io.picod.Drop', 'parameters': {'board': 'pico0'}})

    def test_relative_socket(self):
        with FakePicod(Hold=lambda parameters: {
                'board': 'b', 'token': 't', 'boot': 7},
                Drop=lambda parameters: {}) as picod:
            result = picoctl('hold', '-s', 'io.picod', '--', 'sh', '-c',
                             'echo $PICOD_SOCKET', cwd=picod.directory)
            self.expect(result, 0, picod.path.encode() + b'\n')

    def test_options_of_the_program_are_its_own(self):
        self.expect(self.hold('echo', '-n', '--json', '--'), 0, b'--json --')
        self.expect(self.hold('--', 'echo', '-n', 'x'), 0, b'x')

    def test_failure_leaves_the_will(self):
        self.assertEqual(self.hold('sh', '-c', 'exit 3').returncode, 3)
        self.assertEqual(self.methods_of(self.picod), ['Hold'])
        result = self.hold('sh', '-c', 'kill -9 $$')
        self.assertEqual(result.returncode, 128 + signal.SIGKILL)
        self.assertEqual(self.methods_of(self.picod), ['Hold'])

    def test_cannot_run(self):
        self.expect(self.hold('nosuchprogram'), 127, b'', b'picoctl: cannot '
                    b'run nosuchprogram: No such file or directory\n')
        self.assertEqual(self.methods_of(self.picod), ['Hold', 'Drop'])
        self.assertEqual(self.hold('/etc/passwd').returncode, 126)
        with tempfile.NamedTemporaryFile(delete=False) as script:
            script.write(b'echo a shell ran this\n')
        os.chmod(script.name, 0o755)
        self.assertEqual(self.hold(script.name).stdout, b'')
        os.unlink(script.name)

    def test_refused(self):
        def busy(parameters):
            raise Answer('BoardBusy', board='pico0', holder=CLIENT,
                         message='it is held by python3')

        with FakePicod(Hold=busy) as picod:
            self.expect(picoctl('hold', 'echo', socket_path=picod.path), 125,
                        b'', b'picoctl: it is held by python3\n')

    def test_program_does_not_inherit_the_connection(self):
        result = self.hold('ls', '/proc/self/fd')
        # 3 is the folder itself.
        self.assertEqual(result.stdout.split(), [b'0', b'1', b'2', b'3'])

    def start(self, picod, *program, **more):
        return subprocess.Popen([PICOCTL, '-s', picod.path, 'hold',
                                 *program], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=environment(),
                                **more)

    def held(self, **methods):
        return FakePicod(Hold=lambda parameters: {
            'board': 'b', 'token': 't', 'boot': 7}, **methods)

    def test_signals(self):
        """SIGTERM is passed on; SIGINT is for the program to heed."""
        program = ('import signal, sys\n'
                   'signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\n'
                   'print("up", flush=True)\n'
                   'signal.pause()\n')
        with self.held() as picod:
            with self.start(picod, sys.executable, '-c', program) as process:
                process.stdout.readline()
                process.send_signal(signal.SIGINT)
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(TIMEOUT_S), 5)

    def test_ignored_signals_stay_ignored(self):
        program = ('import signal\n'
                   'print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN,'
                   ' signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)\n')
        with self.held(Drop=lambda parameters: {}) as picod:
            with self.start(picod, sys.executable, '-c', program,
                            preexec_fn=lambda: signal.signal(
                                signal.SIGINT, signal.SIG_IGN)) as process:
                self.assertEqual(process.stdout.read(), b'True True\n')

    def test_lost_hold_is_told(self):
        picod = self.held()
        reply = b'{"parameters":{"board":"b","token":"t","boot":7}}\0'
        picod.methods['Hold'] = lambda parameters: iter([reply, None])
        with picod, self.start(picod, 'cat') as process:
            self.assertEqual(
                process.stderr.readline(), b'picoctl: the hold is over, cat '
                b'goes on without it: picod ended the connection\n')
            self.assertEqual(process.communicate(b'on\n', TIMEOUT_S)[0],
                             b'on\n')

    def test_killed(self):
        """The hold does not survive picoctl, though the program may."""
        with self.held() as picod, self.start(picod, 'cat') as process:
            process.stdin.write(b'up\n')
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), b'up\n')
            process.kill()
            self.assertTrue(picod.gone.wait(TIMEOUT_S))
            process.stdin.close()
            self.assertEqual(process.stdout.read(), b'')
        self.assertEqual(self.methods_of(picod), ['Hold'])


if __name__ == '__main__':
    unittest.main()
