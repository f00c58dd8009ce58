# SPDX-License-Identifier: MIT
"""Every error of picod: its exit status and its sentence."""

import json
import unittest

from fake import Answer, Case, FakePicod, picoctl


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

    def test_picod_says_good_bye(self):
        """That is the end of the connection, though of no board's."""
        def method(parameters):
            raise Answer('Disconnected', board='', output='', sent=True,
                         message='picod has ended')

        with FakePicod(Send=method) as picod:
            self.expect(picoctl('send', 'x', socket_path=picod.path), 3, b'',
                        b'picoctl: picod has ended\n')
            said = picoctl('send', 'x', '--json', socket_path=picod.path)
        self.assertEqual(said.returncode, 3)
        self.assertEqual(json.loads(said.stdout)['error'],
                         'io.picod.Disconnected')

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

    def test_a_board_whose_name_is_not_utf8(self):
        """It is said once, and picod is asked nothing."""
        verbs = ('top', 'identify', 'send x', 'watch', 'interrupt', 'reset',
                 'repl', 'console', 'cancel 1', 'trace', 'ls', 'cat :a',
                 'mv :a :b', 'df', 'rtc', 'plot --watch -o x.svg', 'log',
                 'pin 1 on')
        with FakePicod() as picod:
            for verb in verbs:
                with self.subTest(verb):
                    self.expect(
                        picoctl('-b', b'\xff', *verb.split(),
                                socket_path=picod.path), 2, b'',
                        b'picoctl: the name of the board is not UTF-8\n')
            self.assertEqual(picod.calls, [])


if __name__ == '__main__':
    unittest.main()
