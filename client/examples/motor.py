# SPDX-License-Identifier: MIT
"""Runs up a motor, alone: python3 motor.py [SECONDS]

The board has motor.run(percent) and motor.stop(). Nobody else comes between; and
however this program ends, even by kill -9, the motor does not run on: picod runs the
last will then.
"""

import sys
import time

import picoctl

seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1

with picoctl.board().hold(wait=60, will='motor.stop()') as held:
    for percent in range(20, 101, 20):
        held.send(f'motor.run({percent})')
        print(percent, flush=True)
        time.sleep(seconds)
    held.send('motor.stop()')
