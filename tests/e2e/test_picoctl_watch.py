# SPDX-License-Identifier: MIT
"""picoctl watch and trace."""

import base64
import json
import os
import select
import subprocess
import threading
import unittest

from fake import CLIENT, PICOCTL, TIMEOUT_S, Case, FakePicod, environment
from fake import event, on_terminal, picoctl


class Watch(Case):
    def watch(self, verb, events, *words):
        def method(parameters):
            yield from events
            yield None

        with FakePicod(Watch=method) as self.picod:
            result = picoctl(verb, *words, socket_path=self.picod.path)
        self.assertEqual(result.stderr.partition(b' before')[0].rstrip(),
                         b'picoctl: picod ended the connection')
        self.assertEqual(result.returncode, 3)
        return result.stdout.decode()

    def test_events(self):
        at = '14:03:05.123 '
        self.assertEqual(self.watch('watch', [
            event('state', state='ready', reason='it answers'),
            event('state', state='busy', reason='a request runs'),
            event('output', output='one\ntw'),
            event('output', output='o\nthr'),
            event('output', board='uno0', output='v1\n'),
            event('output', output='ee\x1b[2J\t€'),
            event('output', output='\r'),
            event('output', output='\na\rb\n'),
            event('recovery', reason='Ctrl-C'),
            event('lost', board='', reason='9 bytes were not told'),
            event('boot', boot=13),
        ]), at + 'pico0 ready: it answers\n' +
            at + 'pico0 busy: a request runs\n' +
            at + 'pico0 | one\n' +
            at + 'pico0 | two\n' +
            at + 'pico0 | thr\n' +
            at + 'uno0 | v1\n' +
            at + 'pico0 | ee\\x1b[2J\t€\n' +
            at + 'pico0 | a\\x0db\n' +
            at + 'pico0 recovery: Ctrl-C\n' +
            at + 'lost: 9 bytes were not told\n' +
            at + 'pico0 boot\n')
        self.assertEqual(self.picod.calls, [
            {'method': 'io.picod.Watch', 'more': True, 'parameters': {}}])

    def test_parameters(self):
        for option in ('--history', '--since-boot'):
            self.watch('watch', [], '-b', 'uno0', option)
            self.assertEqual(self.picod.parameters(),
                             {'board': 'uno0', 'history': True})

    def test_json(self):
        lines = self.watch('watch', [event('boot', boot=3)], '--json')
        self.assertEqual(json.loads(lines.splitlines()[0]),
                         event('boot', boot=3))

    def test_a_line_is_shown_as_it_comes(self):
        proceed = threading.Event()

        def method(parameters):
            yield event('output', output='>>> ')
            yield event('output', output='')
            proceed.wait(TIMEOUT_S)
            yield event('output', output='x')

        with FakePicod(Watch=method) as picod:
            with subprocess.Popen([PICOCTL, '-s', picod.path, 'watch'],
                                  stdout=subprocess.PIPE,
                                  env=environment()) as process:
                shown = b''
                while not shown.endswith(b'>>> '):
                    self.assertTrue(select.select([process.stdout], [], [],
                                                  TIMEOUT_S)[0])
                    shown += os.read(process.stdout.fileno(), 100)
                proceed.set()
                process.stdout.read()

    def test_long_reasons_fit_a_terminal(self):
        def method(parameters):
            yield event('state', state='unclaimed', reason='CH340 or CH9102 '
                        'bridge: it may lead to anything; to use it: sudo '
                        'picoctl adopt ttyUSB0 NAME')
            yield None

        with FakePicod(Watch=method) as picod:
            text = on_terminal([PICOCTL, 'watch'], 80, environment(
                PICOD_SOCKET=picod.path, NO_COLOR='1'))
        self.assertEqual(text.splitlines(), [
            '14:03:05.123 pico0 unclaimed: CH340 or CH9102 bridge: it may '
            'lead to anything;', '    to use it: sudo picoctl adopt ttyUSB0 NAME',
            'picoctl: picod ended the connection'])

    def test_trace(self):
        raw = b'\x01"\\\xff\x00\r\n\xc3\xa4'
        at = '14:03:05.123 '
        self.assertEqual(self.watch('trace', [
            event('state', state='ready'),
            event('trace', toBoard=True, output='2 + 2\x04', client=CLIENT),
            event('trace', toBoard=False, output='?',
                  data=base64.b64encode(raw).decode()),
            event('output', output='twice\n'),
        ]), at + 'pico0 ready\n' +
            at + 'pico0 > "2 + 2\\x04" for python3 (pid 4711, ben)\n' +
            at + 'pico0 < "\\x01\\"\\\\\\xff\\x00\\r\\n\\xc3\\xa4"\n')
        self.assertEqual(self.picod.parameters(), {'trace': True})


if __name__ == '__main__':
    unittest.main()
