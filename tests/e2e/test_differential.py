#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The same texts, typed at a board's prompt and sent by picod: the same is seen.

Two boards of the same firmware get the same texts in the same order, one at
its friendly prompt (a program in paste mode), one by picod.  What differs all
the same is in picoctl(1), with its reason, and in EXPECTED.

A part of them is for every day; PICOD_LONG=1 takes all.
"""

import os
import re
import socket
import unittest

import picod
import texts
from boards import MicroPython, Microbit

PROMPT = b'>>> '
MORE = b'... '


class Prompt:
    """Somebody at a board's friendly prompt."""

    def __init__(self, board):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(picod.PATIENCE_S)
        self.socket.connect(board.path)
        self.say(b'\x03\x02')
        # Prompts of before may still come: the answer to this is the last.
        self.say(b"print('rea' + 'dy')\r")
        self.until(b'\r\nready\r\n' + PROMPT)

    def close(self):
        self.socket.close()

    def say(self, data):
        self.socket.sendall(data)

    def until(self, *ends):
        data = b''
        while not data.endswith(ends):
            piece = self.socket.recv(4096)
            if not piece:
                raise AssertionError(data)
            data += piece
        return data

    def echo(self, data, shown):
        """Types as fast as the board echoes, so that it loses nothing."""
        for at in range(0, len(data), 16):
            self.say(data[at:at + 16])
            wanted = shown(data[at:at + 16])
            got = b''
            while len(got) < len(wanted):
                got += self.socket.recv(len(wanted) - len(got))
            assert got == wanted, (got, wanted)

    def line(self, text):
        """What is shown below a line; None if the board wants more of it."""
        self.echo(text.encode(), lambda typed: typed)
        self.say(b'\r')
        shown = self.until(PROMPT, MORE)
        if shown.endswith(MORE):
            self.say(b'\r')      # an empty line ends what has a block
            shown = self.until(PROMPT, MORE)
        if shown.endswith(MORE):
            self.say(b'\x03')
            self.until(PROMPT)
            return None
        return shown.removeprefix(b'\r\n').removesuffix(PROMPT)

    def program(self, text):
        self.say(b'\x05')
        self.until(b'=== ')
        self.echo(text.encode().replace(b'\n', b'\r'),
                  lambda typed: typed.replace(b'\r', b'\r\n=== '))
        self.say(b'\x04')
        return self.until(PROMPT).removeprefix(b'\r\n').removesuffix(PROMPT)

    def show(self, text):
        shown = self.program(text) if '\n' in text else self.line(text)
        return None if shown is None else plain(shown.decode(errors='replace'))


def plain(text):
    """With nothing in it that no two boards have in common."""
    return re.sub('0x[0-9a-f]+', '0x..', text.replace('\r\n', '\n'))


def sent(p, text):
    try:
        return plain(p.send(text))
    except picod.PicodError as error:
        assert error.name == 'StatementFailed', (text, error)
        return plain(error['output'] + error['traceback'])


class Differential:
    """Both ways.  EXPECTED has what may differ."""

    PIECE = 60      # texts to a board, before it is started anew

    def check(self, all_texts):
        differences = []
        for at in range(0, len(all_texts), self.PIECE):
            with self.BOARD() as typed, self.BOARD() as other:
                prompt = Prompt(typed)
                p = self.picod(mb=f'unix:{other.path},driver=repl')
                try:
                    for text in all_texts[at:at + self.PIECE]:
                        want, got = prompt.show(text), sent(p, text)
                        if want != got and not any(
                                is_it(text, want, got)
                                for is_it in self.EXPECTED):
                            differences.append((text, want, got))
                finally:
                    prompt.close()
                    p.stop()
        self.assertEqual(differences, [])

    def test_same(self):
        self.check(texts.texts(1000 if os.environ.get('PICOD_LONG') else 400))


def is_unfinished(text, want, got):
    """The prompt waits for the rest of it; what was sent is all there is."""
    return want is None and 'SyntaxError' in got


def is_value_of_program(text, want, got):
    """Paste mode shows some of a program's values; a program that is sent has
    no value, as one in a file."""
    rest = iter(want.splitlines())
    return '\n' in text and all(line in rest for line in got.splitlines())


class OnMicroPython(Differential, picod.Case):
    BOARD = MicroPython
    EXPECTED = [is_unfinished, is_value_of_program]


def is_value_in_a_block(text, want, got):
    """Its firmware cannot compile a line as its prompt does."""
    rest = iter((want or '').splitlines())
    return re.match('(if|for|while|with|try)\\b', text) is not None and \
        all(line in rest for line in got.splitlines())


def is_line_of_break(text, want, got):
    """It takes the line behind it for that of the error."""
    return re.match('(break|continue)\\b', text) is not None and \
        got == (want or '').replace('line 1,', 'line 2,')


class OnMicrobit(Differential, picod.Case):
    BOARD = Microbit
    EXPECTED = [is_unfinished, is_value_of_program, is_value_in_a_block,
                is_line_of_break]
    PIECE = 30


if __name__ == '__main__':
    unittest.main()
