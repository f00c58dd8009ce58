# SPDX-License-Identifier: MIT
"""A program in a terminal, and the test at its keys."""

import os
import pty
import select
import subprocess
import termios

import picod


class Terminal:
    """It ends with the test."""

    def __init__(self, case, argv, **options):
        self.terminal, slave = pty.openpty()
        case.addCleanup(os.close, self.terminal)
        settings = termios.tcgetattr(slave)
        settings[1] &= ~termios.OPOST       # what comes is what is compared
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave,
                                        stderr=slave, **options)
        os.close(slave)
        case.addCleanup(self.process.wait)
        case.addCleanup(self.process.kill)
        self.seen = b''

    def type(self, data):
        os.write(self.terminal, data)

    def expect(self, end):
        """Waits for that; all that was shown up to there."""
        while end not in self.seen:
            if not select.select([self.terminal], [], [],
                                 picod.PATIENCE_S)[0]:
                raise AssertionError(f'only {self.seen} came, not {end}')
            self.seen += os.read(self.terminal, 4096)
        at = self.seen.index(end) + len(end)
        got, self.seen = self.seen[:at], self.seen[at:]
        return got

    def wait(self):
        """Its exit status."""
        return self.process.wait(picod.PATIENCE_S)
