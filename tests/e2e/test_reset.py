#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Reset of boards whose USB is their own: DTR is no reset line of theirs."""

import types
import unittest

import scripted
import usb
from usbplayed import MicroPython, Pico


class ResetRepl(scripted.Repl):
    """A REPL with one module that resets the board."""

    def __init__(self, persona, paste=True):
        super().__init__(persona, paste)
        real = self.names['__builtins__']['__import__']
        modules = {persona.board.module: types.SimpleNamespace(
            reset=persona.reset)}

        def find(name, *rest):
            if name in ('machine', 'microcontroller', 'microbit'):
                if name not in modules:
                    raise ImportError(name)
                return modules[name]
            return real(name, *rest)
        self.names['__builtins__']['__import__'] = find


class Persona(MicroPython):
    """It counts how often it was reset."""

    def __init__(self, board):
        super().__init__(board)
        self.identity.update(board.words)
        self.gone = False

    def reset(self):
        self.gone = self.board.obeys

    def hear(self, data):
        answer = b''
        for byte in data:
            answer += self.repl.hear(byte)
            if self.gone:
                self.board.resets += 1
                self.board.become(Persona(self.board))
                return b''
        return answer


class Board(Pico):
    """module: what has its reset().  obeys: whether that does anything."""

    def __init__(self, bus, module, obeys=True, **words):
        self.module, self.obeys, self.words = module, obeys, words
        self.resets = 0
        super().__init__(bus, ResetRepl, virgin=True)
        self.persona = Persona(self)


class Hard(usb.Case):
    def plugged(self, *arguments, **words):
        board = Board(self.bus, *arguments, **words)
        board.start()
        self.addCleanup(board.stop)
        return board

    def check(self, board):
        p = self.picod()
        watcher = self.watch(p)
        boot = p.call('Send', text='1', wait=60000)['boot']
        for count in range(1, 3):
            result = p.picoctl('reset', '--hard')
            self.assertEqual((result.returncode, result.stderr), (0, ''))
            self.assertEqual(board.resets, count)
            watcher.wait(event='state', state='absent')
            again = p.call('Send', text='1', wait=60000)['boot']
            self.assertGreater(again, boot)
            boot = again

    def test_micropython(self):
        self.check(self.plugged('machine'))

    def test_circuitpython(self):
        self.check(self.plugged('microcontroller', vid='239a', pid='80f4'))

    def test_another_module(self):
        self.check(self.plugged('microbit'))

    def test_a_board_that_does_not_restart_is_not_said_to(self):
        board = self.plugged('machine', False)
        p = self.picod()
        boot = p.call('Send', text='1', wait=60000)['boot']
        with self.fails('Unsupported') as caught:
            p.call('Reset', kind='hard')
        self.assertIn('did not restart', caught.exception['message'])
        self.assertEqual(p.call('Send', text='1')['boot'], boot)
        self.assertEqual(board.resets, 0)


if __name__ == '__main__':
    unittest.main()
