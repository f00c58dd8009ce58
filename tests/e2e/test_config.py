# SPDX-License-Identifier: MIT
"""The configuration, the command line and the exit statuses of picod."""

import os
import signal
import socket
import subprocess
import unittest

import picod
from boards import Microbit


def run(*arguments, **options):
    return subprocess.run([picod.PICOD, *arguments], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, check=False,
                          env=picod.clean_environment(),
                          timeout=picod.PATIENCE_S, **options)


class Check(picod.Case):
    """picod --check reads the configuration and says what is wrong."""

    def setUp(self):
        self.path = os.path.join(self.directory(), 'picod.conf')

    def write(self, text, drop_in=None):
        path = self.path
        if drop_in:
            os.makedirs(self.path + '.d', exist_ok=True)
            path = os.path.join(self.path + '.d', drop_in)
        with open(path, 'w') as file:
            file.write(text)
        return path

    def check(self, *mistakes):
        """Each mistake is (line, words) or (file, line, words)."""
        result = run('--check', '-c', self.path)
        lines = result.stderr.splitlines()
        self.assertEqual(result.stdout, '')
        if not mistakes:
            self.assertEqual((result.returncode, lines), (0, []))
            return
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(f'{len(mistakes)} mistake', lines[-1])
        self.assertEqual(len(lines), len(mistakes) + 1, lines)
        for said, mistake in zip(lines, mistakes):
            path, line, words = (self.path, *mistake)[-3:]
            self.assertTrue(
                said.startswith(f'picod: {path}, line {line}: '), said)
            self.assertIn(words, said)

    def test_good(self):
        self.write('# boards\n'
                   '[board mb]\n'
                   'port = /dev/ttyACM0\n'
                   'driver = repl\n'
                   'baud = 115200\n'
                   'interrupt = no\n'
                   '\n'
                   '; more of them\n'
                   '[board uno-1.x_y]\n'
                   'port = tcp:localhost:4000\n'
                   'driver=piserial\n'
                   'reports = vw\n'
                   '[board sim]\n'
                   'port = unix:/run/sim\n'
                   'interrupt = YES\n')
        self.check()

    def test_empty(self):
        self.write('')
        self.check()

    def test_every_mistake_with_its_line(self):
        self.write('[board mb]\n'
                   'port = ttyACM0\n'
                   'port = /dev/ttyACM0\n'
                   'driver = pascal\n'
                   'baud = fast\n'
                   'baud = 49\n'
                   'baud = 9600x\n'
                   'baud =\n'
                   'interrupt = perhaps\n'
                   'reports = V1\n'
                   'colour = red\n'
                   '# a comment\n'
                   'just words\n'
                   'and more\n'
                   '[board b/d]\n'
                   'port = /dev/ttyACM1\n'
                   '[thing]\n'
                   'a = b\n')
        self.check((2, 'port'), (4, 'repl, piserial or auto'), (5, 'baud'),
                   (6, 'baud'), (7, 'baud'), (8, 'baud'), (9, 'yes or no'),
                   (10, 'letters'), (11, 'colour'), (13, 'NAME = VALUE'),
                   (14, 'NAME = VALUE'), (16, 'b/d'), (18, '[thing]'))

    def test_ports(self):
        self.write(''.join(
            f'[board b{i}]\nport = {port}\n' for i, port in enumerate([
                'unix:relative', 'COM1', 'tcp:host', 'tcp:host:x',
                'tcp:host:0', 'tcp:host:65536', 'tcp:'])))
        self.check(*[(2 * i + 2, 'port') for i in range(7)])

    def test_no_port(self):
        self.write('[board a]\nbaud = 9600\n')
        self.check((2, 'board a has neither port'))

    def test_same_port(self):
        self.write('[board a]\nport = /dev/x\n\n[board b]\nport = /dev/x\n')
        self.check((5, 'same port'))

    def test_names(self):
        longest = 'n' * picod.limit('BOARD_NAME')
        self.write(f'[board {longest}]\nport = /dev/a\n')
        self.check()
        self.write(f'[board {longest}n]\nport = /dev/a\n'
                   '[board -x]\nport = /dev/b\n')
        self.check((2, 'no name'), (4, 'no name'))
        self.write(f'[board {longest * 2}]\nport = /dev/a\n')
        self.check((1, 'too long'), (2, 'no name'))
        self.expect_board(longest, True)
        self.expect_board(longest + 'n', False)

    def expect_board(self, name, good):
        result = run('-b', f'{name}=/dev/a', '--check', '-c', '/dev/null')
        self.assertEqual(result.returncode, 0 if good else 2, result.stderr)

    def test_number_of_boards(self):
        most = picod.limit('BOARDS')
        self.write(''.join(f'[board b{i}]\nport = /dev/b{i}\n'
                           for i in range(most)))
        self.check()
        self.write(''.join(f'[board b{i}]\nport = /dev/b{i}\n'
                           for i in range(most + 1)))
        self.check((2 * most + 2, f'more than {most} boards'))

    def test_drop_ins(self):
        """Later ones go before earlier ones; others are no drop-ins."""
        self.write('[board mb]\nport = /dev/a\n')
        self.write('[board mb]\nbaud = 9600\n', '10-speed.conf')
        self.write('nonsense\n', 'README')
        self.write('nonsense\n', '.hidden.conf')
        self.check()
        second = self.write('[board mb]\nbaud = 1\n', '20-slow.conf')
        self.check((second, 2, 'baud'))

    def test_drop_ins_order(self):
        self.write('[board mb]\nport = /nonexistent/a\n')
        self.write('[board mb]\nport = /nonexistent/c\n', '20.conf')
        self.write('[board mb]\nport = /nonexistent/b\n'
                   '[board other]\nport = /nonexistent/o\n', '10.conf')
        p = self.picod('-c', self.path)
        self.assertEqual({b['name']: b['port']
                          for b in p.call('ListBoards')['boards']},
                         {'mb': '/nonexistent/c', 'other': '/nonexistent/o'})

    def test_missing(self):
        result = run('--check', '-c', self.path)
        self.assertEqual(result.returncode, 1)
        self.assertIn(self.path, result.stderr)

    def test_folder(self):
        os.mkdir(self.path)
        result = run('--check', '-c', self.path)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(self.path, result.stderr)

    def test_what_stands_behind_a_section(self):
        """Ignored, it would be a rule that is not in force."""
        self.write('[access] nobody = none\n'
                   '[board a] port = /dev/a\n[board b] # mine\n'
                   'port = /dev/b\n[board c]\t; too \nport = /dev/c\n')
        self.check((1, 'lines of its own'), (2, 'lines of its own'))
        with open(self.path, 'w', newline='') as file:
            file.write('[board a]\rport = /dev/a\r')    # one line
        self.check((1, 'lines of its own'))

    def test_a_drop_in_that_leads_nowhere(self):
        self.write('[board a]\nport = /dev/a\n')
        os.mkdir(self.path + '.d')
        link = os.path.join(self.path + '.d', '50-x.conf')
        os.symlink('/nonexistent', link)
        result = run('--check', '-c', self.path)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f'{link}: No such file', result.stderr)
        self.assertNotIn(f'{self.path}: ', result.stderr)
        os.unlink(link)
        self.write('[board b]\nport = /dev/b\n', '50-x.conf')
        os.unlink(self.path)
        result = run('--check', '-c', self.path)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f'{self.path}: ', result.stderr)

    def test_unreadable_kinds(self):
        """Lines without end, NUL bytes, no newline at the end."""
        with open(self.path, 'wb') as file:
            file.write(b'[board mb]\nport = /dev/a')
        self.check()
        with open(self.path, 'wb') as file:
            file.write(b'[board mb]\nport = /dev/a\n\0\0\n')
        result = run('--check', '-c', self.path)
        self.assertEqual(result.returncode, 1)
        self.assertIn(', line 3: there is a NUL in it', result.stderr)
        with open(self.path, 'wb') as file:
            file.write(b'[board mb]\n# ' + b'x' * 100000 + b'\nport = /dev/a\n'
                       b'reports = ' + b'x' * 1000 + b'\nbaud = 1\n')
        result = run('--check', '-c', self.path)
        self.assertEqual(result.returncode, 1)
        self.assertIn(', line 4: the line is too long', result.stderr)
        self.assertIn(', line 5: baud', result.stderr)


class CommandLine(picod.Case):
    def expect(self, arguments, status, words):
        result = run(*arguments)
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertIn(words, result.stdout + result.stderr)

    def test_statuses(self):
        self.expect(['--help'], 0, 'usage: picod')
        self.expect(['--version'], 0, 'picod ')
        self.expect(['--nothing'], 2, 'usage: picod')
        self.expect(['word'], 2, 'word')
        self.expect(['-b'], 2, 'usage')
        for board, words in [('mb', 'NAME=PORT'), ('=/dev/a', 'name'),
                             ('a b=/dev/a', 'name'),
                             ('mb=ttyACM0', 'port'),
                             ('mb=/dev/a,driver=x', 'repl, piserial'),
                             ('mb=/dev/a,driver', 'NAME=VALUE'),
                             ('mb=/dev/a,baud=0', 'baud'),
                             ('mb=/dev/a,colour=red', 'colour')]:
            with self.subTest(board=board):
                self.expect(['-b', board], 2, words)

    def test_no_such_configuration(self):
        self.expect(['-c', '/nonexistent/picod.conf'], 1, '/nonexistent')

    def test_socket_cannot_be(self):
        config = os.path.join(self.directory(), 'c')
        open(config, 'w').close()
        self.expect(['-c', config, '-s', '/nonexistent/folder/socket'], 1,
                    '/nonexistent/folder/socket')
        self.expect(['-c', config, '-s', '/tmp/' + 'x' * 200], 1, 'listen')

    def test_another_picod(self):
        p = self.picod()
        self.expect(['-c', p.config, '-s', p.path], 1, 'another picod')
        p.call('ListBoards')

    def test_socket_left_by_a_dead_one(self):
        p = self.picod()
        p.kill()
        self.assertTrue(os.path.exists(p.path))
        p.start()
        p.call('ListBoards')

    def test_names_are_kept_where_there_was_no_folder(self):
        home = self.directory()
        user = 65534 if os.geteuid() == 0 else None
        if user is not None:
            os.chown(home, user, user)
        p = picod.Picod(user=user, env={
            'STATE_DIRECTORY': None, 'XDG_STATE_HOME': None, 'HOME': home})
        self.addCleanup(p.stop)
        self.assertTrue(os.path.isdir(
            os.path.join(home, '.local', 'state', 'picod')), p.log())

    def test_a_file_is_no_socket(self):
        """What is no socket is not removed."""
        folder = self.directory()
        path = os.path.join(folder, 'file')
        with open(path, 'w') as file:
            file.write('precious')
        config = os.path.join(folder, 'c')
        open(config, 'w').close()
        self.expect(['-c', config, '-s', path], 1, 'File exists')
        with open(path) as file:
            self.assertEqual(file.read(), 'precious')

    def test_signals(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                p = self.picod(mb='unix:/nonexistent')
                p.process.send_signal(number)
                self.assertEqual(p.process.wait(picod.PATIENCE_S), 0)
                self.assertFalse(os.path.exists(p.path))
                p.process = None

    def test_second_signal(self):
        """It does not wait for a board that does not let go."""
        mb = self.board(Microbit())
        p = self.picod(mb=f'unix:{mb.path},driver=repl')
        p.send('1')
        mb.freeze()
        client = self.connect(p)
        p.process.send_signal(signal.SIGTERM)
        client.wait_closed()
        p.process.send_signal(signal.SIGTERM)
        self.assertEqual(p.process.wait(picod.PATIENCE_S), 0)
        p.process = None

    def test_board_that_does_not_let_go(self):
        """It is given a while, no more."""
        mb = self.board(Microbit())
        p = self.picod(mb=f'unix:{mb.path},driver=repl')
        p.send('1')
        mb.freeze()
        self.assertEqual(p.terminate(), 0)

    def test_command_line_over_configuration(self):
        p = self.picod(config='[board mb]\nport = /nonexistent/a\n'
                       'driver = repl\n', other='/nonexistent/b',
                       mb='/nonexistent/c')
        self.assertEqual([(b['name'], b['port'])
                          for b in p.call('ListBoards')['boards']],
                         [('mb', '/nonexistent/c'),
                          ('other', '/nonexistent/b')])

    def test_socket_activation(self):
        """systemd's way: the socket is there already, as descriptor 3."""
        folder = self.directory()
        path = os.path.join(folder, 'socket')
        config = os.path.join(folder, 'c')
        open(config, 'w').close()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            os.set_inheritable(listener.fileno(), True)
            fd = listener.fileno()
            code = ('import os, sys; os.dup2(%d, 3); '
                    'os.environ["LISTEN_PID"] = str(os.getpid()); '
                    'os.execv(sys.argv[1], sys.argv[1:])' % fd)
            process = subprocess.Popen(
                ['/usr/bin/python3', '-c', code, picod.PICOD, '-c', config],
                env=picod.clean_environment(LISTEN_FDS='1'), pass_fds=[3, fd]
                if fd != 3 else [3], stderr=subprocess.DEVNULL)
            with process:
                with picod.Connection(path) as client:
                    self.assertEqual(client.call('ListBoards'),
                                     {'boards': []})
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(picod.PATIENCE_S), 0)
        # The socket is systemd's: it stays.
        self.assertTrue(os.path.exists(path))

    def test_no_boards(self):
        p = self.picod()
        with self.fails('NoSuchBoard', board=''):
            p.send('1')


if __name__ == '__main__':
    unittest.main()
