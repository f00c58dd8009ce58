# SPDX-License-Identifier: MIT
"""picoctl identify: boards that show which one they are."""

import base64
import json
import subprocess
import sys
import types
import unittest
from unittest import mock

import picod
import scripted
from boards import Microbit, MicroPython
from circuitpython import CircuitPython
from uno import Uno


class Case(picod.Case):

    def identify(self, p, *words, status=0):
        done = p.picoctl('identify', *words)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout + done.stderr

    def scripted(self, *languages):
        """Boards whose statements run here, and their picod."""
        farm = scripted.Farm()
        self.addCleanup(farm.stop)
        farm.start()
        boards = [farm.add(language) for language in languages]
        return boards, self.picod(**{f'b{i}': board.url()
                                     for i, board in enumerate(boards)})


class RealFirmware(Case):

    def test_micropython_blinks_its_led_and_leaves_it_as_it_was(self):
        board = self.board(MicroPython())
        p = self.picod(pico7=f'unix:{board.path},driver=repl')
        for was in True, False:
            p.send(f"import machine; machine.Pin('LED', 1).value({was})")
            with subprocess.Popen(
                    [picod.PICOCTL, 'identify', '--for', '1s'],
                    env=p.client_environment(), text=True,
                    stdout=subprocess.PIPE) as process:
                self.until(lambda: board.led() is not was)
                self.assertIn(f'port     unix:{board.path}\n',
                              process.stdout.read())
            self.assertEqual(process.returncode, 0)
            self.assertIs(board.led(), was)
        self.assertEqual(p.send("'__pi' in globals()"), 'False\n')

    def test_microbit_blinks_its_display_and_leaves_it_as_it_was(self):
        board = self.board(Microbit())
        p = self.picod(mb=f'unix:{board.path},driver=repl')
        p.send('from microbit import *; display.clear()')
        p.send('display.set_pixel(3, 2, 7)')
        self.identify(p, '--for', '300ms')
        self.assertEqual(p.send(
            '[display.get_pixel(x, 2) for x in range(5)]'),
            '[0, 0, 0, 7, 0]\n')


class CircuitPythonLights(Case):
    """Its modules are faked; what they are told is kept."""

    def setUp(self):
        self.told = told = []

        class Pin:
            def __init__(self, pin):
                if pin == 'in use':
                    raise ValueError('in use')
                told.append(pin)

            def switch_to_output(self):
                pass

            def deinit(self):
                told.append('deinit')

            def __setattr__(self, name, value):
                told.append(value)

        def write(pin, data):
            told.append(bytes(data))

        self.modules = {
            'board': types.SimpleNamespace(),
            'digitalio': types.SimpleNamespace(DigitalInOut=Pin),
            'neopixel_write': types.SimpleNamespace(neopixel_write=write)}
        self.enterContext(mock.patch.dict(sys.modules, self.modules))
        (self.cp,), self.p = self.scripted(CircuitPython)

    def test_led(self):
        self.modules['board'].LED = 'led'
        said = self.identify(self.p, '--for', '500ms')
        self.assertEqual(self.told, ['led', True, False, 'deinit'])
        self.assertIn('"b0"', said)

    def test_neopixel_where_a_program_has_the_led(self):
        self.modules['board'].LED = 'in use'
        self.modules['board'].NEOPIXEL = 'pixel'
        self.identify(self.p, '--for', '250ms')
        self.assertEqual(self.told, ['pixel', b'\x28' * 3, bytes(3), 'deinit'])

    def test_an_error_of_the_light_leaves_it_off(self):
        self.modules['board'].NEOPIXEL = 'pixel'
        self.modules['neopixel_write'].neopixel_write = mock.Mock(
            side_effect=[OSError(5), None])
        self.identify(self.p, status=1)
        self.assertEqual(self.told, ['pixel', 'deinit'])


class WithoutALight(Case):

    def test_python_without_a_light(self):
        _, p = self.scripted(lambda board: scripted.Repl(board, True))
        said = self.identify(p, status=1)
        self.assertIn('b0\n    state ', said)
        self.assertIn('no light of b0 has a name that picod knows', said)

    def test_piserial_gets_what_every_sketch_drops(self):
        """Nothing else, no pin changes, and the next command is understood."""
        uno = self.board(Uno(sketch=f'{picod.FIRMWARE}/uno-pinserver.hex'))
        p = self.picod(uno0=f'{uno.path},driver=piserial,reports=hlov')
        p.send('n0D', wait=picod.PATIENCE_S * 1000)
        watcher = self.watch(p, trace=True)
        said = self.identify(p, '--for', '300ms')
        self.assertIn('flickers', said)
        self.assertEqual(p.send('f08'), '')
        self.assertEqual(uno.level(13), 1)
        watcher.wait(lambda event: event.get('toBoard') and
                     b'f08' in base64.b64decode(event['data']))
        sent = b''.join(base64.b64decode(event['data'])
                        for event in watcher.seen if event.get('toBoard'))
        flicker, _, rest = sent.partition(b'x')
        self.assertGreater(len(flicker), 20)
        self.assertEqual(set(flicker.split(b'\n')), {b'#', b''})
        self.assertIn(b'f08\n', rest)

    def test_a_board_that_is_away_tells_where_it_was(self):
        p = self.picod(gone='unix:/nowhere')
        self.assertIn('port     unix:/nowhere', self.identify(p, status=5))
        lines = p.picoctl('identify', '--json').stdout.splitlines()
        self.assertEqual(json.loads(lines[0])['name'], 'gone')

    def test_a_board_has_to_be_named(self):
        p = self.picod(a='unix:/nowhere/a', b='unix:/nowhere/b')
        self.assertIn('-b NAME', self.identify(p, status=4))
        self.assertIn('no board c', self.identify(p, '-b', 'c', status=4))
        self.assertIn('one board at a time',
                      self.identify(p, '-b', 'a,b', status=2))


if __name__ == '__main__':
    unittest.main()
