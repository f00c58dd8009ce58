# SPDX-License-Identifier: MIT
"""What a board with CircuitPython can measure without anything attached.

    picoctl install on-off sensors
    picoctl reset
    picoctl plot 'temperature()'

The repl.py of on-off imports it, from CircuitPython 9 on; without that,
"picoctl send 'from sensors import *'" does, until the next reset.
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
