# SPDX-License-Identifier: MIT
"""What picoctl says where there is no picod, or one that goes."""

import os
import shutil
import socket
import subprocess
import tempfile
import unittest

from fake import PICOCTL, TIMEOUT_S, Case, FakePicod, picoctl


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


if __name__ == '__main__':
    unittest.main()
