#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""PinServer on AVR Arduinos: every command against the simulated pins."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../boards'))

from pinbench import BenchTest  # noqa: E402


def periods(edges):
    """The times between rising edges, and those that each is high."""
    rises = [when for when, level in edges if level]
    falls = [when for when, level in edges if not level]
    falls = [when for when in falls if when > rises[0]]
    return ([after - when for when, after in zip(rises, rises[1:])],
            [fall - when for when, fall in zip(rises, falls)])


class Levels:
    """What both boards must do; pins that exist on both."""

    def test_identity(self):
        self.ask('i', self.IDENTITY)
        self.refused('i0', 'i00')

    def test_capabilities(self):
        self.ask('q0002030D', 'q0000' + self.CAPABILITIES)
        past = f'{self.PINS:02X}'
        self.refused('q', 'q0', 'q' + past, 'q02' + past, 'qFF', 'q020')

    def test_on_and_off(self):
        self.command('n0D')
        self.assertEqual(self.pin(13), '1')
        self.command('f0D')
        self.assertEqual(self.pin(13), '0')
        self.command('n020304')
        self.assertEqual(self.bench.pins()[2:6], ['1', '1', '1', 'i'])
        self.command('f0204')
        self.assertEqual(self.bench.pins()[2:5], ['0', '1', '0'])
        self.refused('n', 'n0', 'n00', 'n01', 'n0201', 'n020', 'nFF', 'f',
                     'f0', 'f00', f'f02{self.PINS:02X}')

    def test_a_pin_does_not_flicker_on_its_way(self):
        self.command('m032')
        self.bench.order('forget')
        self.command('n03')
        self.assertEqual([level for _, level in self.bench.edges(3)], [1])
        self.command('m030')
        self.bench.order('forget')
        self.command('f03')
        self.assertEqual([level for _, level in self.bench.edges(3)], [0])

    def test_modes(self):
        self.command('m051')
        self.assertEqual(self.pin(5), '0')
        self.command('m052')
        self.assertEqual(self.pin(5), 'u1')
        self.command('m050062')
        self.assertEqual(self.bench.pins()[5:7], ['i', 'u1'])
        self.refused('m', 'm0', 'm05', 'm053', 'm054', 'm05F', 'm000',
                     'm0520', 'm05206', 'm0520653', 'mFF0')

    def test_a_mode_does_not_lower_an_output(self):
        self.command('n05')
        self.command('m051')
        self.assertEqual(self.pin(5), '1')

    def test_levels(self):
        self.bench.order('drive', 7, 1)
        self.bench.order('drive', 8, 0)
        self.ask('r0708', 'r10')
        self.bench.order('drive', 7, 0)
        self.bench.order('drive', 8, 1)
        self.ask('r0708', 'r01')
        self.bench.order('release', 8)
        self.command('m082')
        self.ask('r08', 'r1')
        self.command('n09')
        self.ask('r09', 'r1')
        self.refused('r', 'r0', 'r00', 'r0701', 'r070', 'rFF')

    def test_voltages(self):
        for channel, value in enumerate((0, 1, 0x155, 0x3ff)):
            self.bench.order('analog', channel, value)
        first = self.FIRST_ANALOG
        self.ask('a' + ''.join(f'{first + n:02X}' for n in range(4)),
                 'a00000001015503FF')
        self.command(f'm{first:02X}2')
        self.ask(f'a{first + 3:02X}', 'a03FF')
        self.assertEqual(self.pin(first), 'u1')
        self.refused('a', 'a0', 'a02', f'a{first:02X}02', f'a{first:02X}0',
                     'aFF')

    def test_pwm(self):
        self.command('p0980034006FF0500')
        pins = self.bench.pins()
        self.assertEqual((pins[9], pins[3], pins[6], pins[5]),
                         ('p128', 'p64', '1', '0'))
        self.ask('r06', 'r1')
        self.assertEqual(self.pin(9), 'p128')
        self.command('n09')
        self.assertEqual(self.pin(9), '1')
        self.command('m030')
        self.assertEqual(self.pin(3)[0], 'i')
        self.refused('p', 'p09', 'p098', 'p09800', 'p0280' if
                     self.MODEL == 'uno' else 'p1680', 'p0080', 'p0980FF80')

    def test_reading_does_not_end_a_pwm(self):
        self.command('p0980')
        self.send('r09\n')
        self.assertIn(self.token(), ('r0', 'r1'))
        self.assertEqual(self.token(), 'OK')
        self.assertEqual(self.pin(9), 'p128')

    def test_servo(self):
        self.command('s0405DC')
        self.command('s0507D00601F4')
        self.bench.order('forget')
        self.bench.run(200000)
        for pin, width in ((4, 1500), (5, 2000), (6, 500)):
            between, high = periods(self.bench.edges(pin))
            self.assertIn(len(between), (8, 9))
            for each in between:
                self.assertAlmostEqual(each, 20000, delta=20)
            for each in high:
                self.assertAlmostEqual(each, width, delta=20)
        self.command('s050000')
        self.bench.run(20000)
        self.bench.order('forget')
        self.bench.run(100000)
        self.assertEqual(self.bench.edges(5), [])
        self.assertEqual(self.pin(5), '0')
        self.assertIn(len(self.bench.edges(4)), (9, 10, 11))
        self.command('s0403E8')
        self.bench.run(20000)
        self.bench.order('forget')
        self.bench.run(100000)
        for each in periods(self.bench.edges(4))[1]:
            self.assertAlmostEqual(each, 1000, delta=20)
        self.moving = {4, 6}
        self.refused('s', 's04', 's0405D', 's0401F3', 's0409C5', 's0005DC',
                     's0405DC05FFFF', 's0405DC0')

    def test_there_is_a_limit_of_servos(self):
        seven = 's' + ''.join(f'{pin:02X}05DC' for pin in range(2, 9))
        self.command(seven)
        self.moving = set(range(2, 9))
        self.refused('s0905DC', 's0905DC020000')
        self.command('s020000')
        self.command('s0905DC')
        self.assertEqual(self.bench.order('forget'), '')
        self.bench.run(100000)
        for pin in (3, 9):
            for each in periods(self.bench.edges(pin))[1]:
                self.assertAlmostEqual(each, 1500, delta=20)

    def test_tone(self):
        for hz in (31, 440, 2000, 10000):
            self.command(f't08{hz:04X}')
            self.bench.run(1000)
            self.bench.order('forget')
            self.bench.run(5000000 // hz + 1000)
            between, high = periods(self.bench.edges(8))
            self.assertGreater(len(between), 3)
            for each in between:
                self.assertAlmostEqual(each * hz / 1e6, 1, delta=0.03)
            for each in high:
                self.assertAlmostEqual(each * hz / 1e6, 0.5, delta=0.08)
        self.moving = {8}
        self.refused('t', 't08', 't0801B', 't08001E', 't0801B80000',
                     't0800000001', 't0A01B8', 't0001B8', 't0801B800')
        self.command('t080000')
        self.assertEqual(self.pin(8), '0')
        self.command('t080000')

    def test_a_tone_ends_by_itself(self):
        self.bench.order('forget')
        self.command('t0803E80014')
        self.bench.run(50000)
        self.assertIn(len(periods(self.bench.edges(8))[1]), (20, 21))
        self.assertEqual(self.pin(8), '0')
        self.command('t0A03E8')

    def test_timers_are_not_taken_from_each_other(self):
        for pin in self.TONE_PWM:
            self.command(f'p{pin:02X}80')
            self.refused('t0801B8')
            self.command(f'f{pin:02X}')
        self.command('t0801B8')
        self.moving = {8}
        self.refused(*(f'p{pin:02X}80' for pin in self.TONE_PWM))
        self.command('f08')
        for pin in self.SERVO_PWM:
            self.command(f'p{pin:02X}80')
            self.refused('s0805DC')
            self.command(f'f{pin:02X}')
        self.command('s0805DC')
        self.moving = {8}
        self.refused(*(f'p{pin:02X}80' for pin in self.SERVO_PWM))
        self.refused(f'p0640{self.SERVO_PWM[0]:02X}80')
        self.command('s080000')
        pin = self.SERVO_PWM[0]
        self.command(f'p{pin:02X}40')
        self.assertEqual(self.pin(pin), 'p64')

    def test_pulse(self):
        for level, width in ((1, 1500), (0, 1500), (1, 40), (1, 400000)):
            self.bench.order('drive', 3, 1 - level)
            self.send(f'u03{level}03E8\n')
            self.bench.order('toggle', 3, level, 5000, width, 2)
            self.assertAlmostEqual(int(self.token()[1:], 16), width,
                                   delta=12)
            self.assertEqual(self.token(), 'OK')
        self.bench.order('drive', 3, 0)
        self.refused('u0310001', 'u0310064', 'u', 'u03', 'u031', 'u0320064',
                     'u0310000', 'u03103E9', 'u0010064', 'u03100640')

    def test_i2c(self):
        self.command('y500010DEADBEEF')
        self.assertEqual(self.bench.order('eeprom')[32:40], 'DEADBEEF')
        self.ask('y500410', 'yDEADBEEF')
        self.command('y5000')
        long = ''.join(f'{n:02X}' for n in range(100, 131))
        self.command('y500040' + long)
        self.ask('y501F40', 'y' + long)
        self.refused('y5100', 'y5101', 'y51010000')
        self.ask('y500410', 'yDEADBEEF')
        self.refused('y', 'y50', 'y500', 'y8001', 'y5021', 'y50010',
                     'y50' + '00' * 34)

    def test_i2c_clock(self):
        for khz, bits in ((31, 250), (100, 72), (400, 12)):
            self.command(f'c{khz:04X}')
            self.command('y5000')
            self.assertEqual(self.bench.data(0xb8), bits)    # TWBR
        self.refused('c', 'c0', 'c001E', 'c0191', 'c00640')

    def test_i2c_pins_can_be_taken_back(self):
        sda, scl = self.I2C
        self.ask('y5001', 'y' + self.bench.order('eeprom')[:2])
        self.command(f'n{sda:02X}')
        self.assertEqual(self.pin(sda), '1')
        self.command(f'm{sda:02X}0{scl:02X}0')
        self.ask('q02', 'q' + self.CAPABILITIES[:4])
        self.command('y5000')

    def test_spi(self):
        select = f'{self.SELECT:02X}'
        self.ask(f'x{select}010203', 'x00FEFD')
        self.assertEqual(self.pin(self.SELECT), '1')
        self.ask('xFF0102', 'xFFFF')
        long = ''.join(f'{n:02X}' for n in range(32))
        self.ask(f'x{select}' + long, 'xFD' + ''.join(
            f'{255 - n:02X}' for n in range(31)))
        self.refused('x', 'x' + select, f'x{select}0', 'x0001', 'xFE01',
                     f'x{self.SCK:02X}01', f'x{select}' + '00' * 33)

    def test_spi_does_not_hang_where_ss_is_low(self):
        self.ask('xFF01', 'xFF')
        self.command(f'm{self.SS:02X}0')
        self.bench.order('drive', self.SS, 0)
        self.ask('xFF01', 'xFF')
        self.bench.order('release', self.SS)
        self.assertEqual(self.pin(self.SS), '1')

    def test_spi_setup(self):
        for mode in range(4):
            self.command(f'd{mode}03E8')
            self.ask('xFF01', 'xFF')
            self.assertEqual(self.bench.data(0x4c) >> 2 & 3, mode)  # SPCR
        for khz, rate, twice in ((125, 3, 0), (1000, 1, 0), (8000, 0, 1),
                                 (65535, 0, 1)):
            self.command(f'd0{khz:04X}')
            self.ask('xFF01', 'xFF')
            self.assertEqual((self.bench.data(0x4c) & 3,
                              self.bench.data(0x4d) & 1), (rate, twice))
        self.refused('d', 'd0', 'd0007', 'd0007C', 'd403E8', 'd003E80')

    def test_reset(self):
        self.command('n0203')
        self.command('p0680')
        self.command('m042')
        self.command('s0505DC')
        self.command('y5000')
        self.command('w07')
        self.assertEqual(self.report(), 'l070')
        self.command('z')
        self.assertLessEqual(set(self.bench.pins()[2:]), {'i', 'i0', 'i1'})
        self.bench.order('drive', 7, 1)
        self.run_for(5000)
        self.bench.order('drive', 7, 0)
        self.assertEqual(self.reports, [])
        self.refused('z0')

    def test_there_is_no_way_into_the_boot_loader(self):
        self.refused('b', 'bB007', 'b0000')

    def test_what_is_no_command(self):
        self.refused('j', 'h01', 'l070', 'o0001', 'v070000')
        self.send('"#)12\n\r\nOKRRn0D\n')
        self.assertEqual(self.token(), 'OK')
        self.send('n0n0D\r\n')
        self.assertEqual([self.token(), self.token()], ['RR', 'OK'])
        self.send('n0D\rf0D\n')
        self.assertEqual([self.token(), self.token()], ['RR', 'OK'])
        self.send('r' + '0' * 60)
        self.run_for(6000)
        self.send('0' * 40 + '\n')
        self.assertEqual(self.token(), 'RR')
        self.ask('r0D', 'r0')

    def test_a_command_without_an_end_is_given_up(self):
        self.send('n0')
        self.run_for(90000)
        self.assertEqual(self.answers, [])
        self.run_for(20000)
        self.assertEqual(self.token(), 'RR')
        self.send('D\n')
        self.ask('r0D', 'r0')


class UnoTest(Levels, BenchTest):
    MODEL = 'uno'
    PINS = 20
    FIRST_ANALOG = 14
    I2C = 18, 19
    SS = SELECT = 10
    SCK = 13
    TONE_PWM = 3, 11
    SERVO_PWM = 9, 10
    IDENTITY = ('i01140E060A0D' +
                b'PinServer 1.0 Arduino Uno'.hex().upper())
    CAPABILITIES = '00C700E702C7'

    def test_more_capabilities(self):
        self.ask('q0C0B0E1213', 'q02C702E700D701D701D7')


class MegaTest(Levels, BenchTest):
    MODEL = 'mega'
    PINS = 70
    FIRST_ANALOG = 54
    I2C = 20, 21
    SS = SELECT = 53
    SCK = 52
    TONE_PWM = 9, 10
    SERVO_PWM = 44, 45, 46
    IDENTITY = ('i014636100A0D' +
                b'PinServer 1.0 Arduino Mega'.hex().upper())
    CAPABILITIES = '00E700E700E7'

    def test_more_capabilities(self):
        self.ask('q14153233343645', 'q01C701C702C702C702C700D700D7')


if __name__ == '__main__':
    unittest.main()
