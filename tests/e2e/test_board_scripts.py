# SPDX-License-Identifier: MIT
"""The scripts that come with picod for a board, some on modules that are faked."""

import importlib.util
import os
import runpy
import sys
import types
import unittest
from unittest import mock

import picod
from boards import MicroPython as Simulated

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    return made


def load(language, modules):
    """firmware/LANGUAGE/sensors.py among those modules."""
    path = os.path.join(ROOT, 'firmware', language, 'sensors.py')
    with mock.patch.dict(sys.modules, {each.__name__: each
                                       for each in modules}):
        spec = importlib.util.spec_from_file_location('sensors', path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
    return script


class MicroPython(unittest.TestCase):
    def machine(self):
        class Pin:
            IN = 0

            def __init__(self, number, mode=None):
                self.number = number

            def value(self):
                return int(self.number == 2)

        class ADC:
            def __init__(self, pin):
                self.pin = pin

            def read_u16(self):
                # 0.706 V of 3.3 V: 27 degrees; pin 26 at its half.
                return 14021 if self.pin == 4 else \
                    {26: 32767}[self.pin.number]

        return module('machine', Pin=Pin, ADC=ADC)

    def test_pico(self):
        sensors = load('micropython', [self.machine()])
        self.assertAlmostEqual(sensors.temperature(), 27, places=1)
        self.assertAlmostEqual(sensors.voltage(26), 1.65, places=3)
        self.assertEqual([sensors.level(pin) for pin in (2, 3)], [1, 0])

    def test_esp32(self):
        sensors = load('micropython', [self.machine()])
        for esp32 in (module('esp32', mcu_temperature=lambda: 40),
                      module('esp32', raw_temperature=lambda: 104)):
            with mock.patch.dict(sys.modules, {'esp32': esp32}):
                self.assertEqual(sensors.temperature(), 40)


class CircuitPython(unittest.TestCase):
    def test_pico(self):
        class Pin:
            reference_voltage = 3.3

            def __init__(self, value):
                self.value = value

            def __enter__(self):
                return self

            def __exit__(self, *exc):
                pass

        cpu = types.SimpleNamespace(temperature=31.5)
        sensors = load('circuitpython', [
            module('board', A0=65535, GP2=True),
            module('analogio', AnalogIn=Pin),
            module('digitalio', DigitalInOut=Pin),
            module('microcontroller', cpu=cpu)])
        self.assertEqual(sensors.temperature(), 31.5)
        self.assertAlmostEqual(sensors.voltage('A0'), 3.3)
        self.assertEqual(sensors.level('GP2'), 1)

    def test_what_is_there_at_the_prompt(self):
        led = module('led', on=1, off=2)
        for more, names in (([], set()), ([module('sensors', temperature=3)],
                                          {'temperature'})):
            path = os.path.join(ROOT, 'firmware', 'circuitpython', 'repl.py')
            with mock.patch.dict(sys.modules, {
                    'sensors': None, 'led': led,
                    **{each.__name__: each for each in more}}):
                there = runpy.run_path(path)
            self.assertEqual({name for name in there if name[0] != '_'},
                             {'on', 'off'} | names)


class Installed(picod.Case):
    """On MicroPython itself, by "picoctl install"."""

    def setUp(self):
        self.simulated = self.board(Simulated())
        self.p = self.picod(b=f'unix:{self.simulated.path}')
        self.watcher = self.watch(self.p)
        # What its port lacks: a chip with a temperature.
        self.p.send("f = open('esp32.py', 'w')\n"
                    "f.write('def mcu_temperature(): return 40')\nf.close()\n")

    def install(self, *words):
        done = self.p.picoctl('install', *words, env={
            'PICOD_FIRMWARE': os.path.join(ROOT, 'firmware')})
        self.assertEqual(done.returncode, 0, done)

    def reset(self):
        """And main.py is over: a request would cut it short."""
        self.p.call('Reset')
        told = ''
        while not told.endswith('>>> '):
            told += self.watcher.wait(event='output')['output']

    def test_all_of_it_after_each_reset(self):
        self.install('on-off', 'sensors')
        for _ in range(2):
            self.reset()
            self.assertEqual(self.p.send('temperature()'), '40\n')
            for text, lit in ('on()', True), ('off()', False):
                self.p.send(text)
                self.assertEqual(self.simulated.led(), lit)

    def test_without_sensors(self):
        self.install('on-off')
        self.reset()
        self.p.send('on()')
        self.assertTrue(self.simulated.led())
        with self.fails('StatementFailed'):
            self.p.send('temperature()')


if __name__ == '__main__':
    unittest.main()
