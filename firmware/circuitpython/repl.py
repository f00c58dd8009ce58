# SPDX-License-Identifier: MIT
"""What is to be there at the prompt.  CircuitPython 9 runs this before it."""

from led import on, off

# temperature() and more, where sensors.py is on the board, too.
try:
    from sensors import *
except ImportError:
    pass
