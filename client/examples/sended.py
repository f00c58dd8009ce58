# SPDX-License-Identifier: MIT
"""For scripts that were written for a Pico on pyserial, and begin with

    from sended import Sender

Put this file beside them, in the place of the one they came with.
"""

from picoctl import Sender

__all__ = ['Sender']
