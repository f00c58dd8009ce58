# SPDX-License-Identifier: MIT
"""Gives a Pico with MicroPython the functions on() and off() for its LED.

Saved on the board as main.py it runs at every start, and what it defines is
then there at the prompt: MicroPython runs main.py and the prompt in the same
namespace.  So is what sensors.py defines, where that was saved, too.

    picoctl send 'on()'
"""

from machine import Pin


def _led():
    # A Pico W's LED hangs on its radio, and only has a name.  An old
    # MicroPython knows no names; there the LED of a Pico is pin 25.
    try:
        return Pin('LED', Pin.OUT)
    except (TypeError, ValueError):
        return Pin(25, Pin.OUT)


led = _led()


def on():
    """Turns the LED on."""
    led.value(1)


def off():
    """Turns the LED off."""
    led.value(0)


# temperature() and more, where sensors.py is on the board, too.
try:
    from sensors import *
except ImportError:
    pass
