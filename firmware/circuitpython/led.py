# SPDX-License-Identifier: MIT
"""The functions on() and off() for the LED of a board with CircuitPython."""

import board
import digitalio

_led = digitalio.DigitalInOut(board.LED)
_led.switch_to_output(value=False)


def on():
    """Turns the LED on."""
    _led.value = True


def off():
    """Turns the LED off."""
    _led.value = False
