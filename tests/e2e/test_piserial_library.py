#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The PiSerial library on an Uno: the sketches, their answers, their pins."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../boards'))

from boards import FIRMWARE  # noqa: E402
from uno import HZ, Uno  # noqa: E402

TIMEOUT_S = 0.1


class SketchTest(unittest.TestCase):
    """A board with one of the example sketches, and its port, open.

    READY is the last thing that the sketch's setup() does to a pin: from then
    on nothing is lost.
    """

    SKETCH = None
    READY = None
    LAST = None             # a command and its answer, to end with

    def setUp(self):
        self.uno = Uno(sketch=os.path.join(FIRMWARE, self.SKETCH))
        self.uno.start()
        self.addCleanup(self.uno.stop)
        self.uno.wait_for(self.READY)
        self.port = self.uno.open()
        self.addCleanup(os.close, self.port)
        self.answered = 0

    def tearDown(self):
        self.ask(*self.LAST)
        self.assertEqual(self.uno.counters()['sent'], self.answered,
                         'the sketch has said more than it was asked')

    def send(self, text):
        os.write(self.port, text.encode('latin-1'))

    def expect(self, *answers):
        """Just these answers have come, or come now."""
        text = ''.join(answers)
        self.answered += len(text)
        self.assertEqual(self.uno.read(self.port, len(text)).decode('latin-1'),
                         text)

    def ask(self, text, answer):
        self.send(text)
        self.expect(answer)

    def wait_until_received(self, count):
        """Until this many bytes have reached the chip."""
        self.uno.wait_until(lambda now: now['received'] >= count)

    def assert_waited(self, seconds):
        """The answer came so long after the last byte, by the chip's clock.

        A byte takes about 1 ms to arrive, and so does the R before the last.
        """
        now = self.uno.counters()
        waited = (now['sent_at'] - now['received_at']) / HZ
        self.assertGreater(waited, seconds)
        self.assertLess(waited, seconds + 0.005)

    def assert_ignored(self, noise):
        """The noise is not answered: the next answer is to what follows."""
        self.send(noise)
        self.ask('c0\n', 'OK')


class LedTest(SketchTest):
    SKETCH = 'uno-led.hex'
    READY = 'pin 13 0'
    LAST = ('c0\n', 'OK')

    def test_session_of_the_article(self):
        self.ask('x\n', 'RR')
        self.send('"#)\n')
        self.ask('c1\n', 'OK')
        self.assertEqual(self.uno.level(13), 1)
        self.ask('c00\n', 'RR')
        self.assertEqual(self.uno.level(13), 1)
        self.ask('c0\n', 'OK')
        self.assertEqual(self.uno.level(13), 0)
        self.ask('123c1\n', 'OK')
        self.assertEqual(self.uno.level(13), 1)

    def test_every_digit(self):
        for digit in '123456789ABCDEF':
            self.ask('c0\n', 'OK')
            self.assertEqual(self.uno.level(13), 0)
            self.ask(f'c{digit}\n', 'OK')
            self.assertEqual(self.uno.level(13), 1, digit)

    def test_noise_is_ignored(self):
        commands = set(range(ord('a'), ord('z') + 1))
        noise = ''.join(chr(byte) for byte in range(256)
                        if byte not in commands)
        self.assert_ignored(noise)

    def test_what_is_no_digit(self):
        for byte in 'G/:@`g\x00\x7f\xb1\xffa \r':
            self.send(f'c{byte}')
            self.expect('RR', 'RR' if 'a' <= byte <= 'z' else '')
            self.ask('c1\n', 'OK')

    def test_small_letters_are_no_digits(self):
        self.ask('ca\n', 'RRRR')      # c without its digit, then a command a

    def test_carriage_return(self):
        self.ask('c1\r\n', 'OK')
        self.assertEqual(self.uno.level(13), 1)
        self.ask('c0\rc1\n', 'RROK')  # \r alone does not end a command

    def test_broken_off_command_costs_only_itself(self):
        self.ask('cc1\n', 'RROK')
        self.assertEqual(self.uno.level(13), 1)
        self.ask('c1c0\n', 'RROK')
        self.assertEqual(self.uno.level(13), 0)

    def test_missing_digit_times_out(self):
        self.ask('c', 'RR')
        self.assert_waited(TIMEOUT_S)
        self.ask('c1\n', 'OK')
        self.assertEqual(self.uno.level(13), 1)

    def test_missing_newline_times_out(self):
        self.ask('c1', 'RR')
        self.assert_waited(TIMEOUT_S)
        self.assertEqual(self.uno.level(13), 0)
        self.assert_ignored('\n')

    def test_newline_missing_after_return_times_out(self):
        self.ask('c1\r', 'RR')
        self.assert_waited(TIMEOUT_S)
        self.assertEqual(self.uno.level(13), 0)

    def test_a_command_in_pieces(self):
        for count, piece in enumerate(('c', '1'), 1):
            self.send(piece)
            self.wait_until_received(count)
        self.ask('\n', 'OK')

    def test_reset_in_the_middle_of_a_command(self):
        self.send('c')
        self.wait_until_received(1)
        self.uno.reset()
        self.uno.wait_for('reset external')
        self.uno.wait_for('pin 13 0')
        self.ask('c1\n', 'OK')

    def test_thousand_commands(self):
        commands = [f'c{i % 2}\n' for i in range(1000)]
        self.stream(commands)
        counters = self.uno.counters()
        self.assertEqual(counters['received'], 3000)
        self.assertEqual(counters['overrun'] + counters['deaf'], 0)
        self.assertEqual(self.uno.level(13), 1)

    def stream(self, commands):
        """Sends them back to back; each must be answered OK."""
        ahead = 50                    # what a pty holds is not the point here
        for i, command in enumerate(commands):
            self.send(command)
            if i >= ahead:
                self.expect('OK')
        self.expect('OK' * min(ahead, len(commands)))


class ProbeTest(SketchTest):
    """What the example sketches do not use."""

    SKETCH = 'uno-probe-9600.hex'
    READY = 'pin 13 0'
    LAST = ('b00\n', 'v0000\nOK')

    def test_int(self):
        for number in ('0000', '0001', '1234', '7FFF', '8000', 'ABCD', 'FFFF'):
            self.ask(f'i{number}\n', f'v{number}\nOK')

    def test_byte(self):
        for number in ('00', '0F', '10', '7F', '80', 'FF'):
            self.ask(f'b{number}\n', f'v00{number}\nOK')

    def test_wrong_number_of_digits(self):
        for bad in ('i\n', 'i1\n', 'i123\n', 'i12345\n', 'b\n', 'b1\n',
                    'b123\n'):
            self.ask(bad, 'RR')

    def test_time_limit_is_settable(self):
        self.ask('t000A\n', 'OK')
        self.ask('i123', 'RR')
        self.assert_waited(0.010)
        self.ask('t01F4\n', 'OK')
        self.ask('i123', 'RR')
        self.assert_waited(0.500)

    def test_time_limit_is_for_each_digit(self):
        self.ask('t03E8\n', 'OK')
        for digit in 'iABCD':
            self.send(digit)
            start = self.uno.counters()['cycles']
            self.uno.wait_until(lambda now: now['cycles'] - start > 0.3 * HZ)
        self.ask('\n', 'vABCD\nOK')


class RgbTest(SketchTest):
    SKETCH = 'uno-rgb.hex'
    READY = 'pin 11 0'
    LAST = ('f\n', 'OK')

    def colour(self):
        return [self.uno.duty(pin) for pin in (9, 10, 11)]

    def test_session_of_the_article(self):
        self.ask('rFF\n', 'OK')
        self.assertEqual(self.colour(), [0xFF, 0, 0])
        self.ask('g80\n', 'OK')
        self.assertEqual(self.colour(), [0xFF, 0x80, 0])
        self.ask('r00\n', 'OK')
        self.assertEqual(self.colour(), [0, 0x80, 0])
        self.ask('n\n', 'OK')
        self.assertEqual(self.uno.level(13), 1)
        self.ask('f\n', 'OK')
        self.assertEqual(self.uno.level(13), 0)
        self.ask('cFF00FF\n', 'OK')
        self.assertEqual(self.colour(), [0xFF, 0, 0xFF])
        self.ask('c000000\n', 'OK')
        self.assertEqual(self.colour(), [0, 0, 0])

    def test_most_significant_digit_first(self):
        self.ask('c12A9FE\n', 'OK')
        self.assertEqual(self.colour(), [0x12, 0xA9, 0xFE])

    def test_each_colour_by_itself(self):
        self.ask('r01\n', 'OK')
        self.ask('g02\n', 'OK')
        self.ask('b03\n', 'OK')
        self.assertEqual(self.colour(), [1, 2, 3])

    def test_broken_off_command_costs_only_itself(self):
        self.ask('rF', '')
        self.ask('g80\n', 'RROK')
        self.assertEqual(self.colour(), [0, 0x80, 0])

    def test_failed_command_changes_nothing(self):
        self.ask('c112233\n', 'OK')
        for bad in ('cFF00F\n', 'cFF00FF0\n', 'r\n', 'r1\n', 'r123\n',
                    'cFFFFFG\n', 'n1\n'):
            self.ask(bad, 'RR')
        self.assertEqual(self.colour(), [0x11, 0x22, 0x33])
        self.assertEqual(self.uno.level(13), 0)


if __name__ == '__main__':
    unittest.main()
