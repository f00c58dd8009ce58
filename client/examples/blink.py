# SPDX-License-Identifier: MIT
"""Blinks a board's LED: python3 blink.py [TIMES [SECONDS]]

The board needs on() and off(): "picoctl install on-off" gives them to a Pico.
Other programs use the board between any two of these lines.
"""

import sys
import time

import picoctl

times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.5

pico = picoctl.board()
for _ in range(times):
    pico.send('on()')
    time.sleep(seconds)
    pico.send('off()')
    time.sleep(seconds)
