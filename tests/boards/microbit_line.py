# SPDX-License-Identifier: MIT
"""A serial line of some speed into an emulator that has none.

QEMU hands its UART bytes as fast as the firmware takes them out.  When the host
of the emulator is busy and the emulator has to wait for a processor, what came
in meanwhile then arrives at once, faster than any line could bring it, and the
firmware loses what its buffer of 63 bytes cannot hold.  A real micro:bit gets a
byte every 87 microseconds and has that time to take it away.

So what goes to the board goes in small pieces, and before the next one the board
gets its time: until it waits for more, or has computed for as long as the piece
takes at 115200 baud.  The same after something it says, which takes its time on
a line too, before an answer can come.  What is typed ahead of a busy board is
still lost.
"""

import fcntl
import os
import select
import socket
import struct
import termios
import threading
import time

PIECE_BYTES = 16
PIECE_S = PIECE_BYTES * 10 / 115200
LOOK_AGAIN_S = 0.0002           # at first, and then less and less often
LOOK_SELDOM_S = 0.005


class SerialLine:
    """Connects whoever opens the port, one after the other, with a UART.

    Both sockets stay the caller's.  The line works until stop().
    """

    def __init__(self, listener, uart, pid, thread_id):
        self._listener = listener
        self._uart = uart
        self._stat = f'/proc/{pid}/task/{thread_id}/stat'
        self._cpu_clock = ~pid << 3 | 2  # as clock_getcpuclockid()
        self._host = None
        self._to_host = b''
        self._busy_at = None    # on its clock; None if it had its time
        self._look_s = LOOK_AGAIN_S
        self._end_read, self._end_write = os.pipe()
        for each in (listener, uart):
            each.setblocking(False)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        os.close(self._end_write)
        self._thread.join()

    def _run(self):
        try:
            while self._step():
                pass
        except ConnectionError:
            pass                # the emulator has ended
        if self._host:
            self._host.close()
        os.close(self._end_read)

    def _step(self):
        """Moves what can be moved; false at the end."""
        if self._busy_at is not None and self._had_its_time():
            self._busy_at = None
        waits = self._busy_at is not None
        reads = [self._end_read]
        if not self._host:
            reads.append(self._listener)
        elif not waits:
            reads.append(self._host)
        if not self._to_host:
            reads.append(self._uart)
        ready, _, _ = select.select(
            reads, [self._host] if self._to_host else [], [],
            self._look_s if waits else None)
        self._look_s = min(2 * self._look_s, LOOK_SELDOM_S)
        if self._end_read in ready:
            return False
        try:
            if self._listener in ready:
                self._host, _ = self._listener.accept()
                self._host.setblocking(False)
            if self._host in ready:
                self._carry_to_board()
            if self._uart in ready:
                self._to_host = self._uart.recv(4096)
                if not self._to_host:
                    return False
                self._give_it_time()
            self._carry_to_host()
        except BlockingIOError:
            pass
        return True

    def _carry_to_board(self):
        try:
            piece = self._host.recv(PIECE_BYTES)
        except ConnectionResetError:
            piece = b''
        if not piece:
            self._hang_up()
            return
        self._give_it_time()
        self._uart.setblocking(True)
        self._uart.sendall(piece)
        self._uart.setblocking(False)

    def _carry_to_host(self):
        """What nobody listens to is lost."""
        try:
            sent = self._host.send(self._to_host) if self._host else None
            self._to_host = self._to_host[sent:] if self._host else b''
        except (BrokenPipeError, ConnectionResetError):
            self._hang_up()

    def _hang_up(self):
        self._host.close()
        self._host = None
        self._to_host = b''

    def _give_it_time(self):
        """Nothing more goes to the board until _had_its_time()."""
        if self._busy_at is None:
            self._busy_at = self._board_time()
            self._look_s = LOOK_AGAIN_S

    def _board_time(self):
        """How long the emulator has computed, for ever once it has ended."""
        try:
            return time.clock_gettime(self._cpu_clock)
        except OSError:
            return float('inf')

    def _had_its_time(self):
        """Whether the board has taken the piece, or could have."""
        try:
            if self._board_time() - self._busy_at >= PIECE_S:
                return True
            with open(self._stat) as stat:
                sleeps = stat.read().rpartition(')')[2].split()[0] == 'S'
        except OSError:
            return True         # the emulator has ended
        queued = fcntl.ioctl(self._uart, termios.TIOCOUTQ, bytes(4))
        return sleeps and struct.unpack('i', queued)[0] == 0
