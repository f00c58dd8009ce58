# SPDX-License-Identifier: MIT
"""A board at the end of USB, full speed, that needs no processor of this machine's.

    usb_board.py

It is that of fast_board.py, at a pty, whose path is said on standard output.  Of
its bytes as many come in a millisecond as USB has room for: 19 packets of 64
bytes, as many the other way, and none before its millisecond begins.  It ends with
standard input.
"""

import os
import pty
import select
import socket
import sys
import time

from fast_board import start_board

FRAME_S = 0.001
FRAME_BYTES = 19 * 64


def carry(board, port):
    """Carries bytes both ways, frame by frame, until standard input ends."""
    poll = select.poll()
    for fd in (board, port, 0):
        poll.register(fd, select.POLLIN)
    while True:
        ready = dict(poll.poll())
        if 0 in ready:
            return
        # What came in a frame is there with the next one's beginning.
        time.sleep(FRAME_S - time.monotonic() % FRAME_S)
        for source, sink in ((board, port), (port, board)):
            # Nobody may have the port open: that is a hang-up, all the time.
            if ready.get(source, 0) & select.POLLIN:
                data = os.read(source, FRAME_BYTES)
                while data:
                    data = data[os.write(sink, data):]


def main():
    farm, board = start_board()
    line = socket.socket(socket.AF_UNIX)
    line.connect(board.path)
    port, terminal = pty.openpty()
    print(os.ttyname(terminal), flush=True)
    os.close(terminal)
    carry(line.fileno(), port)
    line.close()
    farm.stop()


main()
