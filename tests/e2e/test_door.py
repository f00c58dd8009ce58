# SPDX-License-Identifier: MIT
"""Who comes in, and what becomes of those who may not or want too much."""

import contextlib
import threading
import unittest

import picod


@contextlib.contextmanager
def called(name):
    """This program by another name, of which others see the first 15 bytes."""
    def rename(to):
        with open(f'/proc/self/task/{threading.main_thread().native_id}/comm',
                  'wb') as file:
            file.write(to)
    with open('/proc/self/comm', 'rb') as file:
        before = file.read().rstrip(b'\n')
    rename(name)
    try:
        yield
    finally:
        rename(before)


class Names(picod.Case):
    def setUp(self):
        # Nothing is there: requests wait for the board.
        self.p = self.picod(b=f'unix:{self.directory()}/none,driver=repl')

    def names(self, name):
        """What others are told of a client of that name."""
        with called(name):
            client = self.connect(self.p)
            client.send('ListBoards')
            client.receive()
        client.send('Send', text='1', wait=60000)
        self.until(lambda: self.p.board()['waiting'] == 1)
        request = self.p.board()['requests'][0]
        client.close()
        self.until(lambda: self.p.board()['waiting'] == 0)
        return request['client']['program']

    def test_who_connected_is_named(self):
        """And not what the process is by the time that somebody asks."""
        self.assertEqual(self.names(b'first name'), 'first name')

    def test_names_are_cleaned(self):
        """No control characters, no broken UTF-8, and nobody is left out."""
        for name, shown in ((b'\x1b]0;own\a\x1b[31m', '?]0;own??[31m'),
                            (b'two\nlines', 'two?lines'),
                            (b'no utf-8 \xff', 'no utf-8 ?'),
                            ('ein grüner'.encode(), 'ein grüner')):
            with self.subTest(name):
                self.assertEqual(self.names(name), shown)

    def test_a_long_sentence_is_cut_between_characters(self):
        """However it is cut, there is one."""
        for before in range(3):
            with self.fails('NoSuchBoard') as caught:
                self.p.call('Send', board='x' * before + 'ü' * 400, text='1')
            self.assertIn('üüü', caught.exception['message'])


if __name__ == '__main__':
    unittest.main()
