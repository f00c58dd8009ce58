# SPDX-License-Identifier: MIT
"""What a board with CircuitPython can measure without anything attached.

    picoctl install sensors
    picoctl send 'from sensors import *'
    picoctl plot 'temperature()'
"""

import analogio
import board
import digitalio
import microcontroller


def temperature():
    """Of the chip, in degrees Celsius."""
    return microcontroller.cpu.temperature


def voltage(name):
    """At an analog pin such as 'A0', in volts."""
    with analogio.AnalogIn(getattr(board, name)) as pin:
        return pin.value * pin.reference_voltage / 65535


def level(name):
    """Of a digital pin such as 'GP2', 0 or 1."""
    with digitalio.DigitalInOut(getattr(board, name)) as pin:
        return int(pin.value)
