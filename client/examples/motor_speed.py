# SPDX-License-Identifier: MIT
"""Tells how fast the motor of motor.py runs: python3 motor_speed.py

While that has the board, this one says who, instead of waiting for him.
"""

import sys

import picoctl

try:
    print(picoctl.eval('motor.percent', wait=0.1))
except picoctl.BoardBusy as error:
    sys.exit(str(error))
