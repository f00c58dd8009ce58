# SPDX-License-Identifier: MIT
"""The scripts that come with picod for a board, on modules that are faked."""

import importlib.util
import os
import sys
import types
import unittest
from unittest import mock

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


if __name__ == '__main__':
    unittest.main()
