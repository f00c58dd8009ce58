# SPDX-License-Identifier: MIT
"""What is to be there at the prompt.  CircuitPython 9 runs this before it."""

from led import on, off
