# SPDX-License-Identifier: MIT
"""Every program of client/examples does what it says, on simulated boards."""

import contextlib
import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

import picod
from boards import FIRMWARE, MicroPython
from fake import environment
from uno import Uno

EXAMPLES = os.path.join(picod.ROOT, 'client', 'examples')
# What the examples want of a board, which a sketch of its owner would have.
BOARD = '''
times = 0
lit = False
degrees = 21

def on():
    global lit, times
    lit = True
    times += 1

def off():
    global lit
    lit = False

def temperature():
    return degrees

class motor:
    percent = 0

    def run(percent):
        motor.percent = percent

    def stop():
        motor.percent = 0
'''


class Case(picod.Case):
    """One board and one picod for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.simulated = cls.make_board()
        cls.simulated.start()
        cls.addClassCleanup(cls.simulated.stop)
        cls.p = picod.Picod(boards={'b': cls.port()})
        cls.addClassCleanup(cls.p.stop)
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())

    def environment(self, **more):
        return self.p.client_environment(**{
            'PATH': picod.BUILD + ':' + os.environ['PATH'],
            'PYTHONPATH': os.path.join(picod.ROOT, 'client', 'python'),
            'LD_LIBRARY_PATH': os.path.join(picod.BUILD, 'client', 'lib'),
            **more})

    def start(self, name, *words, env=None):
        program = {'.py': [sys.executable], '.js': ['node']}.get(
            os.path.splitext(name)[1], [])
        process = subprocess.Popen(
            [*program, os.path.join(EXAMPLES, name), *words], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
            env=self.environment(**(env or {})))
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def run_it(self, name, *words, status=0, **more):
        process = self.start(name, *words, **more)
        out, err = process.communicate(timeout=picod.PATIENCE_S)
        self.assertEqual(process.returncode, status, out + err)
        return out, err


class Python(Case):
    """Those for a board with MicroPython."""

    make_board = MicroPython

    @classmethod
    def port(cls):
        return f'unix:{cls.simulated.path}'

    def setUp(self):
        self.p.send(BOARD)

    def value(self, expression):
        return self.p.send(expression).rstrip('\n')

    def test_blink(self):
        self.run_it('blink.py', '3', '0')
        self.assertEqual(self.value('times, lit'), '(3, False)')

    @unittest.skipIf(shutil.which('gnuplot') is None, 'no gnuplot')
    def test_weather(self):
        self.run_it('weather.sh', '250ms', '900ms')
        with open(os.path.join(self.folder, 'weather.csv')) as file:
            rows = file.read().splitlines()
        self.assertEqual(rows[0], 'time,temperature()')
        self.assertEqual(len(rows), 5)
        self.assertIn('21', {row.split(',')[1] for row in rows[1:]})
        with open(os.path.join(self.folder, 'weather.svg')) as file:
            self.assertIn('temperature()', file.read())

    def test_thermostat(self):
        process = self.start('thermostat.sh', '25', '0')
        self.p.send('degrees = 26')
        self.until(lambda: self.value('lit') == 'True')
        self.p.send('degrees = 24')
        self.until(lambda: self.value('lit') == 'False')
        self.p.send('del temperature')
        self.assertIn('NameError', process.communicate()[1])
        self.assertEqual(process.returncode, 1)

    def test_motor(self):
        """Alone; and though it was killed, the motor stands still."""
        process = self.start('motor.py', '60')
        self.assertEqual(process.stdout.readline(), '20\n')
        self.assertIn(f'pid {process.pid}',
                      self.run_it('motor_speed.py', status=1)[1])
        process.kill()
        self.assertEqual(self.value('motor.percent'), '0')
        self.assertEqual(self.run_it('motor_speed.py')[0], '0\n')
        self.assertEqual(self.run_it('motor.py', '0')[0],
                         '20\n40\n60\n80\n100\n')

    def test_page(self):
        process = self.start('page.py', '0')
        page = process.stdout.readline().strip()

        def ask(**form):
            body = urllib.parse.urlencode(form).encode() if form else None
            try:
                with urllib.request.urlopen(page, body) as reply:
                    return reply.status, reply.read().decode()
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.read().decode()

        self.assertIn('<button name=led value=on>', ask()[1])
        self.assertIn('It is on.', ask(led='on')[1])
        self.assertEqual(self.value('lit'), 'True')
        self.assertEqual(ask(led='degrees = 0')[0], 400)
        where = urllib.parse.urlsplit(page)
        for length, body in (('x', b''), ('-1', b''), ('2', b'\xff\xfe'),
                             ('99999999', b''), ('0', b'')):
            connection = http.client.HTTPConnection(where.hostname, where.port)
            with contextlib.closing(connection):
                connection.request('POST', '/', body,
                                   {'Content-Length': length})
                self.assertEqual(connection.getresponse().status, 400)
        self.assertEqual(ask(led='off')[0], 200)
        self.assertEqual(self.value('lit, degrees'), '(False, 21)')
        self.p.send('del on')
        self.assertEqual(ask(led='on')[0], 503)

    def test_bench(self):
        if subprocess.call([sys.executable, '-c', 'import pytest'],
                           stderr=subprocess.DEVNULL) != 0:
            self.skipTest('pytest is not installed')
        done = subprocess.run(
            [sys.executable, '-m', 'pytest', '-q', '-p', 'no:cacheprovider',
             os.path.join(EXAMPLES, 'test_board.py')], capture_output=True,
            text=True, cwd=self.folder, env=self.environment(), check=False,
            timeout=picod.PATIENCE_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('8 passed', done.stdout)

    @unittest.skipIf(shutil.which('node') is None, 'no node')
    def test_node(self):
        self.assertEqual(self.run_it('send.js', 'print("ä")\n2')[0], 'ä\n')
        self.assertIn('NameError', self.run_it('send.js', 'x', status=1)[1])

    @unittest.skipIf(picod.is_sanitized(), 'whoever uses it has no sanitizer')
    def test_c(self):
        program = os.path.join(self.folder, 'send')
        library = os.path.join(picod.BUILD, 'client', 'lib')
        subprocess.run(
            ['cc', '-Wall', '-Wextra', '-Werror', '-I',
             os.path.join(picod.ROOT, 'client', 'lib'), '-o', program,
             os.path.join(EXAMPLES, 'send.c'), '-L', library, '-lpicod'],
            check=True)
        self.assertEqual(self.run_it(program, '2 + 2')[0], '4\n')
        self.assertIn('NameError', self.run_it(program, 'x', status=1)[1])

    def fake(self, name, *lines):
        """A PATH where a program is what these lines of sh are."""
        folder = tempfile.mkdtemp(dir=self.folder)
        path = os.path.join(folder, name)
        with open(path, 'w') as file:
            file.write('\n'.join(['#!/bin/sh', *lines, '']))
        os.chmod(path, 0o755)
        return {'PATH': f'{folder}:{picod.BUILD}:' + os.environ['PATH']}

    def test_ssh(self):
        """With an ssh that is none, but leads the socket."""
        env = self.fake('ssh', 'for word; do', 'case $word in', '*:/run/picod/*)'
                        f' ln -s {self.p.path} "${{word%%:*}}" ;;', 'esac',
                        'done')
        self.assertEqual(self.run_it('ssh.sh', 'lab7', 'picoctl', 'send', '1',
                                     env=env)[0], '1\n')

    @unittest.skipIf(shutil.which('systemd-nspawn') is None or os.geteuid()
                     != 0, 'needs root and systemd-container')
    def test_container(self):
        """The socket is there, and no port."""
        tree = tempfile.mkdtemp(dir=self.folder)
        for name in ('usr', 'etc', 'run', 'tmp'):
            os.mkdir(os.path.join(tree, name))
        for name in ('bin', 'sbin', 'lib', 'lib64'):
            os.symlink('usr/' + name, os.path.join(tree, name))
        # Here is perhaps no systemd that could be told of it.
        env = self.fake('systemd-nspawn', f'exec {shutil.which("systemd-nspawn")}'
                        ' --register=no --keep-unit --bind-ro=/usr '
                        f'--bind-ro={picod.PICOCTL}:/picoctl "$@"')
        out = self.run_it('container.sh', tree, '/bin/sh', '-c',
                          '/picoctl send 1; ls /dev/tty[AU]* 2>&1', env=env,
                          status=2)[0]
        self.assertRegex(out, '^1\n.*No such file')


class Lamp(Case):
    """Those for an Arduino."""

    @staticmethod
    def make_board():
        return Uno(sketch=os.path.join(FIRMWARE, 'uno-rgb.hex'))

    @classmethod
    def port(cls):
        return f'{cls.simulated.path},driver=piserial,baud=9600'

    def test_rgb(self):
        self.run_it('rgb.py', 'FF8000')
        self.simulated.wait_for('pwm 10 128')
        self.run_it('rgb.py')
        self.run_it('rgb.py', 'ff4000')
        self.simulated.wait_for('pwm 10 64')
        for word in ('FF80', 'red', ''):
            self.assertEqual(self.run_it('rgb.py', word, status=1)[1],
                             f'{word} is no colour; FF8000 would be one\n')


class All(unittest.TestCase):

    def test_each_is_tried(self):
        with open(__file__) as file:
            text = file.read()
        for name in os.listdir(EXAMPLES):
            if name not in ('sended.py', '__pycache__'):
                self.assertIn(name, text)

    @unittest.skipIf(shutil.which('systemd-analyze') is None, 'no systemd')
    def test_units(self):
        """poll.service and poll.timer are understood, every line."""
        done = subprocess.run(
            ['systemd-analyze', 'verify', '--man=no', '--recursive-errors=no',
             os.path.join(EXAMPLES, 'poll.service'),
             os.path.join(EXAMPLES, 'poll.timer')], capture_output=True,
            text=True, check=False, env=environment(
                PATH=picod.BUILD + ':' + os.environ['PATH']))
        said = [line for line in done.stderr.splitlines()
                if re.search(r'poll\.(service|timer)', line)
                and 'picoctl' not in line]
        self.assertEqual(said, [])


if __name__ == '__main__':
    unittest.main()
