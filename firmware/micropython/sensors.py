# SPDX-License-Identifier: MIT
"""What a board with MicroPython can measure without anything attached.

    picoctl install on-off sensors
    picoctl reset
    picoctl plot 'temperature()'

The main.py of on-off imports it; with one of your own,
"picoctl send 'from sensors import *'" does, until the next reset.
"""

import machine


def temperature():
    """Of the chip, in degrees Celsius."""
    try:
        import esp32
    except ImportError:
        # RP2040 and RP2350: 0.706 V at 27 degrees, 1.721 mV less for each
        # more (datasheet of the RP2040, 4.9.5).
        volts = machine.ADC(4).read_u16() * 3.3 / 65535
        return 27 - (volts - 0.706) / 0.001721
    if hasattr(esp32, 'mcu_temperature'):
        return esp32.mcu_temperature()
    return (esp32.raw_temperature() - 32) / 1.8


def voltage(pin):
    """At an analog pin (26, 27 or 28 of a Pico), from 0 to 3.3 V."""
    return machine.ADC(machine.Pin(pin)).read_u16() * 3.3 / 65535


def level(pin):
    """Of a digital pin, 0 or 1."""
    return machine.Pin(pin, machine.Pin.IN).value()
