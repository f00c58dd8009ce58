# SPDX-License-Identifier: MIT
"""Words that picoctl is given: help, hints, and what it says of wrong ones."""

import os
import pty
import re
import unittest

from fake import ROOT, Case, picoctl, read


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

    def test_what_mpremote_does_is_as_in_the_readme(self):
        """The lines to type for what picoctl leaves to it."""
        rows = dict(re.findall(
            r'(?m)^\| `(\w+)`.* \| `(picoctl tty -- mpremote .*?)`',
            read(ROOT, 'README.md')))
        self.assertEqual(set(rows), {'mip', 'mount'})
        for word, line in rows.items():
            self.assertIn(line + '\n', picoctl(word).stderr.decode())

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
        for size in ('5MB', '0', '-1', '1.5', '', '9007199254740993'):
            self.check(['log', '--size', size], f'--size: "{size}" is no '
                       'number of KiB; 5120 would be 5 MiB')

        for words in (['sample', 'x'], ['plot', 'x', '-o', 'x.svg']):
            self.check([*words, '--every', '0'], '--every: there has to be '
                       'time from one moment to the next')

    def test_boards(self):
        for names in (',', 'a,', ',a', 'a,,b'):
            for words in (['send', '1'], ['sample', 'x']):
                self.check(['-b', names, *words], '-b: there is no name before '
                           f'or behind a comma of "{names}"')

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


if __name__ == '__main__':
    unittest.main()
