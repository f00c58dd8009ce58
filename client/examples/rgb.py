# SPDX-License-Identifier: MIT
"""An RGB lamp: python3 rgb.py [RRGGBB...]

For an Arduino with the sketch Rgb of the library PiSerial. Without a colour it goes
once through all of them.
"""

import colorsys
import sys

import picoctl

uno = picoctl.board()
colours = sys.argv[1:] or [
    ''.join(f'{round(part * 255):02X}' for part in
            colorsys.hsv_to_rgb(hue / 360, 1, 1)) for hue in range(0, 360, 5)]
for colour in colours:
    try:
        uno.command('c' + colour.upper())
    except (picoctl.CommandRejected, picoctl.InvalidCommand):
        sys.exit(f'{colour} is no colour; FF8000 would be one')
