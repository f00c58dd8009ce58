#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""PinServer on a Pico: the real image on an emulated RP2040."""

import os
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../boards'))

from pico import Pico  # noqa: E402
from pinserver import Talk  # noqa: E402

NAME = 'PinServer 1.0 Raspberry Pi Pico'
LED = 0x19


class PicoTest(Talk, unittest.TestCase):
    """A board for each class; command z after each test."""

    @classmethod
    def setUpClass(cls):
        cls.pico = Pico()
        cls.pico.start()
        cls.addClassCleanup(cls.pico.stop)
        cls.port = cls.pico.open()
        cls.addClassCleanup(lambda: cls.port.close())
        hello = cls.port.recv(100)
        assert hello == b'h01\n', f'the first thing said is {hello}'

    def setUp(self):
        self.reset_talk()

    def tearDown(self):
        self.command('z')
        self.assertEqual(self.answers, [], 'more was answered than asked')
        self.assertEqual(self.pico.violations(), [])

    def more(self):
        piece = self.port.recv(65536)
        self.assertTrue(piece, 'the port was closed')
        return piece

    def send(self, text):
        self.port.sendall(text.encode('latin-1'))

    def state(self):
        return self.pico.pins()

    def pin(self, number):
        return self.pico.pins()[number]


class CommandTest(PicoTest):
    def test_identity(self):
        self.assertEqual(
            self.pico.identity,
            'usb 1209:0001 ["picod","PinServer Pico","E660583883123456"] '
            'address 7')
        self.ask('i', 'i011F1A050C19' + NAME.encode().hex().upper())
        self.refused('i0', 'i00')

    def test_capabilities(self):
        self.ask('q00', 'q00EF')
        self.ask('q041A1D1E1810', 'q01EF00FF00100010000102EF')
        self.refused('q', 'q1F', 'q001F', 'q0', 'qFF')

    def test_on_and_off(self):
        self.command('n19')
        self.assertEqual(self.pin(LED), '1')
        self.command('f19')
        self.assertEqual(self.pin(LED), '0')
        self.command('n000102')
        self.assertEqual(self.pico.pins()[:4], ['1', '1', '1', 'i0'])
        self.command('f0002')
        self.assertEqual(self.pico.pins()[:3], ['0', '1', '0'])
        self.refused('n', 'n1', 'n1E', 'n18', 'n1D', 'n021E', 'f031', 'fFF')

    def test_modes(self):
        self.command('m051')
        self.assertEqual(self.pin(5), '0')
        self.command('m052')
        self.assertEqual(self.pin(5), 'u1')
        self.command('m053060')
        self.assertEqual(self.pico.pins()[5:7], ['d0', 'i0'])
        self.refused('m', 'm05', 'm054', 'm05205', 'm05205F', 'm1E0', 'm181')

    def test_a_mode_does_not_lower_an_output(self):
        self.command('n05')
        self.command('m051')
        self.assertEqual(self.pin(5), '1')

    def test_levels(self):
        self.pico.order('drive', 7, 1)
        self.ask('r0708', 'r10')
        self.pico.order('drive', 7, 0)
        self.pico.order('drive', 8, 1)
        self.ask('r0708', 'r01')
        self.pico.order('release', 8)
        self.command('m082')
        self.ask('r08', 'r1')
        self.command('n09')
        self.ask('r09', 'r1')
        self.refused('r', 'r1E', 'r071E', 'r070')

    def test_voltages(self):
        for channel, value in enumerate((0, 0x123, 0xabc, 0xfff, 0x36c)):
            self.pico.order('analog', channel, value)
        self.ask('a1A1B1C1D1E', 'a000001230ABC0FFF036C')
        self.ask('r1A', 'r0')
        self.refused('a', 'a19', 'a1A19', 'a1F')

    def measure(self, pin, ms):
        """The frequency in Hz, and the part of the time it is high."""
        found = self.pico.numbers('measure', pin, ms)
        self.assertGreater(found['rises'], 2)
        return ((found['rises'] - 1) * 1e9 / found['span_ns'],
                found['high_ns'] / found['span_ns'])

    def test_pwm(self):
        self.command('p0280034019FF')
        self.assertEqual(self.pico.pins()[2:4], ['p', 'p'])
        frequency, duty = self.measure(2, 20)
        self.assertAlmostEqual(frequency, 1e6 / 255, delta=1)
        self.assertAlmostEqual(duty, 128 / 255, delta=0.002)
        self.assertAlmostEqual(self.measure(3, 20)[1], 64 / 255, delta=0.002)
        self.assertEqual(self.pico.numbers('measure', LED, 5)['rises'], 0)
        self.ask('r19', 'r1')
        self.command('p0200')
        self.ask('r02', 'r0')
        self.command('n02')
        self.assertEqual(self.pin(2), '1')
        self.refused('p', 'p02', 'p028', 'p02800', 'p1E80', 'p0280181E')

    def test_two_pins_of_one_output_are_not_mixed(self):
        self.command('p0280')
        self.refused('p1280', 'p0480148004FF', 's1205DC', 's0305DC',
                     't0301B8')
        self.command('p0340')
        self.command('f0203')
        self.command('s1205DC')

    def test_servo(self):
        self.command('s0605DC0707D0')
        frequency, duty = self.measure(6, 100)
        self.assertAlmostEqual(frequency, 50, delta=0.1)
        self.assertAlmostEqual(duty, 1500 / 20000, delta=0.0002)
        self.assertAlmostEqual(self.measure(7, 100)[1], 0.1, delta=0.0002)
        self.command('s060000')
        self.assertEqual(self.pico.pins()[6:8], ['0', 'p'])
        self.refused('s', 's06', 's0605D', 's0601F3', 's0609C5',
                     's0605DC07FFFF', 's1E05DC', 'p0680')

    def test_tone(self):
        for hz in (31, 249, 250, 440, 5000, 20000):
            self.command(f't08{hz:04X}')
            frequency, duty = self.measure(8, 4000 // hz + 20)
            self.assertAlmostEqual(frequency / hz, 1, delta=0.003)
            self.assertAlmostEqual(duty, 0.5, delta=0.01)
        self.refused('t0A01B8', 't08001E', 't0801B80000', 't0800000001',
                     't', 't08', 't0801B800', 't1E01B8', 'p0980', 't')
        self.command('t080000')
        self.assertEqual(self.pin(8), '0')
        self.command('t080000')

    def test_a_tone_ends_by_itself(self):
        self.pico.begin('measure', 8, 300)
        self.command('t0801B80064')
        self.assertRegex(self.pico.end(), '^rises=4[3456] ')
        self.assertEqual(self.pin(8), '0')
        self.command('t0A01B8')

    def test_pulse(self):
        for level, width in ((1, 1500), (0, 1500), (1, 10), (1, 400000)):
            self.send(f'u03{level}03E8\n')
            self.pico.order('pulse', 3, level, 100000, width)
            self.assertAlmostEqual(int(self.token()[1:], 16), width, delta=2)
            self.assertEqual(self.token(), 'OK')
        self.refused('u0310001', 'u', 'u03', 'u031', 'u0320064', 'u0310000',
                     'u03103E9', 'u1E10064')

    def test_commands_wait_for_a_pulse(self):
        self.send('u0310014\nn19\nr19\n')
        self.assertEqual(self.token(), 'RR')
        self.assertEqual(self.token(), 'OK')
        self.assertEqual(self.token(), 'r1')
        self.assertEqual(self.token(), 'OK')

    def test_i2c(self):
        self.command('y500010DEADBEEF')
        self.assertEqual(self.pico.order('eeprom')[32:40], 'deadbeef')
        self.ask('y500410', 'yDEADBEEF')
        self.assertEqual(self.pico.pins()[4:6], ['c', 'c'])
        self.command('y5000')
        long = ''.join(f'{n:02X}' for n in range(100, 131))
        self.command('y500040' + long)
        self.ask('y501F40', 'y' + long)
        for text in ('y5100', 'y5101', 'y51010000'):
            self.send(text + '\n')
            self.assertEqual(self.token(), 'RR')
        self.ask('y500410', 'yDEADBEEF')
        self.refused('y', 'y50', 'y8001', 'y5021', 'y50010', 'y50' + '00' * 34)
        self.command('n04')
        self.assertEqual(self.pico.pins()[4:6], ['1', 'c'])
        self.ask('y500210', 'yDEAD')

    def test_i2c_clock(self):
        for khz in (10, 100, 400, 1000):
            self.command(f'c{khz:04X}')
            self.assertAlmostEqual(
                self.pico.numbers('buses')['i2c_hz'] / khz / 1000, 1,
                delta=0.01)
            self.command('y5000')
        self.refused('c', 'c0009', 'c03E9', 'c0064F')

    def test_spi(self):
        self.ask('x11010203', 'x' + '00' 'FE' 'FD')
        self.assertEqual(self.pico.pins()[16:20], ['s', '1', 's', 's'])
        self.ask('xFF0102', 'xFFFF')
        long = ''.join(f'{n:02X}' for n in range(32))
        self.ask('x11' + long, 'xFD' + ''.join(
            f'{255 - n:02X}' for n in range(31)))
        self.refused('x', 'x11', 'x110', 'x1001', 'x1E01', 'x1F01', 'x1801',
                     'x11' + '00' * 33)

    def test_spi_setup(self):
        for mode in range(4):
            self.command(f'd{mode}03E8')
            buses = self.pico.numbers('buses')
            self.assertEqual((buses['cpol'], buses['cpha']),
                             (mode >> 1, mode & 1))
        for khz, hz in ((1, 125e6 / 65024), (125, 125e3), (20000, 125e6 / 8),
                        (65535, 62.5e6)):
            self.send(f'd0{khz:04X}\n')
            if khz == 1:
                self.assertEqual(self.token(), 'RR')
                continue
            self.assertEqual(self.token(), 'OK')
            self.assertAlmostEqual(self.pico.numbers('buses')['spi_hz'] / hz,
                                   1, delta=0.001)
        self.refused('d', 'd0', 'd00000', 'd403E8', 'd003E80')

    def test_reset(self):
        self.command('n0001')
        self.command('p0280')
        self.command('m032')
        self.command('y5000')
        self.command('w07')
        self.assertEqual(self.report(), 'l070')
        self.command('z')
        self.assertEqual(self.pico.pins(), ['i0'] * 30)
        self.pico.order('drive', 7, 1)
        self.ask('r07', 'r1')
        self.pico.order('drive', 7, 0)
        self.refused('z0')

    def test_what_is_no_command(self):
        self.refused('j', 'h01', 'l070', 'o0001', 'v070000')
        self.send('"#)12\n\r\nOKRRn19\n')
        self.assertEqual(self.token(), 'OK')
        self.send('n1n19\r\n')
        self.assertEqual(self.token() + self.token(), 'RROK')
        self.send('n19\rf19\n')
        self.assertEqual(self.token() + self.token(), 'RROK')
        self.send('r' + '0' * 100 + '\n')
        self.assertEqual(self.token(), 'RR')
        self.ask('r19', 'r0')

    def test_a_command_without_an_end_is_given_up(self):
        self.send('n1')
        self.assertEqual(self.token(), 'RR')
        self.send('9\n')
        self.ask('r19', 'r0')


class ReportTest(PicoTest):
    def test_changes(self):
        self.command('w0305')
        self.assertEqual([self.report(), self.report()], ['l030', 'l050'])
        self.pico.order('drive', 5, 1)
        self.assertEqual(self.report(), 'l051')
        self.pico.order('drive', 3, 1)
        self.assertEqual(self.report(), 'l031')
        self.command('k05')
        self.pico.order('drive', 5, 0)
        self.pico.order('drive', 3, 0)
        self.assertEqual(self.report(), 'l030')
        self.command('k')
        self.pico.order('drive', 3, 1)
        self.ask('r0305', 'r10')
        self.pico.order('drive', 3, 0)
        self.refused('w', 'w1E', 'w031E', 'k1F', 'k3')

    def test_none_is_lost_while_commands_run(self):
        """10,000 changes; commands are answered between them."""
        count = 10000
        self.command('w06')
        self.assertEqual(self.report(), 'l060')
        self.pico.begin('toggle', 6, 200, count)
        seen, answered = [], 0
        self.send('r19\n' * 20)
        while len(seen) < count:
            seen.append(self.report())
            while self.answers:
                self.assertIn(self.answers.pop(0), ('r0', 'OK'))
                answered += 1
                if answered % 2 == 0:
                    self.send('r19\n')
        self.assertEqual(seen, ['l061', 'l060'] * (count // 2))
        for _ in range(answered, answered + 40 - answered % 2):
            self.assertIn(self.token(), ('r0', 'OK'))
        self.assertGreater(answered, 2000)
        self.pico.end()

    def test_every(self):
        self.command('e03000A')
        began = self.pico.numbers('stat')['us']
        lines = [self.report() for _ in range(100)]
        self.assertEqual(set(lines), {'l030'})
        took = self.pico.numbers('stat')['us'] - began
        self.assertGreater(took, 900e3)
        self.command('k')
        self.refused('e', 'e03', 'e030000', 'e03000A040000', 'e1E0001')

    def test_gauge(self):
        self.pico.order('analog', 0, 0x100)
        self.command('g1A00010010')
        self.assertEqual(self.report(), 'v1A0100')
        self.pico.order('analog', 0, 0x10f)
        self.pico.order('analog', 0, 0x110)
        self.assertEqual(self.report(), 'v1A0110')
        self.command('g1A0001')
        self.assertEqual({self.report() for _ in range(20)}, {'v1A0110'})
        self.command('k1A')
        self.refused('g', 'g1A', 'g1A0000', 'g190001', 'g1A00000001',
                     'g1A000100')

    def test_there_is_a_limit_of_watches(self):
        pins = ''.join(f'{pin:02X}' for pin in range(16))
        self.command('w' + pins)
        for pin in range(16):
            self.assertEqual(self.report(), f'l{pin:02X}0')
        self.refused('w10', 'e100001', 'g1A0001')
        self.command('w00')
        self.assertEqual(self.report(), 'l000')
        self.command('k00')
        self.command('w10')
        self.assertEqual(self.report(), 'l100')

    def test_a_host_that_does_not_read_is_told_what_it_missed(self):
        self.command('w06')
        self.assertEqual(self.report(), 'l060')
        self.pico.order('deaf', 1)
        self.pico.order('toggle', 6, 50, 2000)
        self.pico.order('deaf', 0)
        seen = lost = 0
        while seen + lost < 2000:
            line = self.report()
            if line[0] == 'o':
                lost += int(line[1:], 16)
            else:
                self.assertEqual(line[:3], 'l06')
                seen += 1
        self.assertEqual(seen + lost, 2000)
        self.assertGreater(lost, 1000)
        self.ask('r06', 'r0')


class StreamTest(PicoTest):
    def test_pipelined_commands(self):
        """100 KB of commands without waiting for an answer."""
        one = 'n19\nr19\nf19\nr19\nq19\nb\n'
        answer = 'OKr1\nOKOKr0\nOKq00EF\nOKRR'
        times = 100 * 1024 // len(one) + 1
        sender = threading.Thread(target=self.send, args=(one * times,))
        sender.start()
        self.addCleanup(sender.join)
        received = b''
        while len(received) < len(answer) * times:
            received += self.more()
        self.assertEqual(received.decode(), answer * times)

    def test_answers_of_whole_packets_are_not_held_back(self):
        """An answer of exactly 64, or 128, bytes."""
        self.ask('a' + '1A' * 15, 'a' + '0000' * 15)
        self.ask('a' + '1A' * 31, 'a' + '0000' * 31)
        for digits in range(50, 70):
            text = 'r' + '00' * digits
            self.send(text[:71] + '\n')
            self.token()
            self.assertEqual(self.token(), 'OK')

    def test_requests(self):
        """Those that Linux makes now and then, and one that nobody makes."""
        for request, answer in (
                ('128 0 0 0 2', '0000'), ('129 0 0 0 2', '0000'),
                ('130 0 0 130 2', '0000'), ('128 8 0 0 1', '01'),
                ('129 10 0 0 1', '00'), ('1 11 0 1 0', ''),
                ('128 6 256 0 8', '12010002020000' '40'),
                ('33 35 0 0 0', '')):
            self.assertEqual(self.pico.order('request', *request.split()),
                             answer, request)
        for request in ('128 6 1536 0 10', '128 6 773 1033 255',
                        '192 1 0 0 8', '64 1 0 0 0'):
            with self.assertRaisesRegex(Exception, 'refuses'):
                self.pico.order('request', *request.split())
        self.ask('r19', 'r0')

    def test_a_closed_port_forgets_what_was_not_read(self):
        self.send('n19\nr1')
        self.assertEqual(self.token(), 'OK')
        self.port.close()
        self.pico.wait_for('close')
        type(self).port = self.pico.open()
        self.ask('r19', 'r1')

    def test_it_sleeps(self):
        self.ask('r19', 'r0')
        before = self.pico.numbers('stat')
        self.assertEqual(before['sleeping'], 1)
        self.command('e030064')
        for _ in range(3):
            self.report()
        after = self.pico.numbers('stat')
        cycles = after['cycles'] - before['cycles']
        self.assertLess(cycles, (after['us'] - before['us']) * 125 / 20)


class BootselTest(unittest.TestCase):
    def expect(self, port, wanted):
        text = b''
        while len(text) < len(wanted):
            piece = port.recv(100)
            self.assertTrue(piece, 'the port was closed')
            text += piece
        self.assertEqual(text, wanted)

    def setUp(self):
        self.pico = Pico()
        self.pico.start()
        self.addCleanup(self.pico.stop)

    def test_command(self):
        with self.pico.open() as port:
            for wrong in (b'b\n', b'bB00\n', b'b0000\n', b'bB0077\n'):
                port.sendall(wrong)
            self.expect(port, b'h01\nRRRRRRRR')
            port.sendall(b'bB007\n')
            self.expect(port, b'OK')
            self.assertEqual(port.recv(100), b'')
        self.pico.wait_for('bootsel asked by the image')
        self.assertFalse(os.path.exists(self.pico.path))
        self.assertEqual(self.pico.violations(), [])

    def test_touch(self):
        self.pico.order('touch', 9600)
        self.pico.order('touch', 115200)
        with self.pico.open() as port:
            port.sendall(b'n19\n')
            self.expect(port, b'h01\nOK')
        self.pico.wait_for('close')
        self.pico.order('touch', 1200)
        self.pico.wait_for('bootsel asked by the image')
        self.assertEqual(self.pico.violations(), [])

    def test_power(self):
        with self.pico.open() as port:
            port.sendall(b'n19\n')
            self.expect(port, b'h01\nOK')
        self.pico.order('power')
        self.pico.wait_for('usb')
        self.assertEqual(self.pico.pins()[LED], 'i0')
        with self.pico.open() as port:
            port.sendall(b'r19\n')
            self.expect(port, b'h01\nr0\nOK')

    def test_a_broken_image_is_not_started(self):
        with open(self.pico.image, 'rb') as file:
            image = bytearray(file.read())
        image[32 + 100] ^= 1
        path = os.path.join(self.pico.directory, 'broken.uf2')
        with open(path, 'wb') as file:
            file.write(image)
        broken = Pico(image=path)
        broken.READY = 'bootsel boot2 has a wrong checksum'
        with broken:
            pass


if __name__ == '__main__':
    unittest.main()
