# SPDX-License-Identifier: MIT
"""picoctl hold: the program it runs, and the hold it has."""

import os
import signal
import subprocess
import sys
import tempfile
import unittest

from fake import CLIENT, PICOCTL, TIMEOUT_S, Answer, Case, FakePicod
from fake import environment, picoctl


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
