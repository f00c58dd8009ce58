# SPDX-License-Identifier: MIT
"""Serial monitors at an Arduino, unmodified, beside other clients.

What somebody types is a command of the sketch uno-probe, and what his monitor shows
is the answer to that, byte for byte, whatever others ask meanwhile.
"""

import os
import subprocess
import sys
import unittest

import picod
from neighbours import Probe, neighbours
from terminal import Terminal
from uno import Uno

# How each is started at a port, what it shows once it has that, and how one leaves.
MONITORS = {
    'picocom': (['picocom', '-b', '9600', '{}'], b'Terminal ready\r\n',
                b'\x01\x18'),
    'screen': (['screen', '{}', '9600'], b'\x1b[J', b'\x01ky'),
    'miniterm': ([sys.executable, '-m', 'serial.tools.miniterm', '--raw',
                  '{}', '9600'], b'Ctrl+H ---\n', b'\x1d'),
}

# As anybody writes it.
SCRIPT = '''
import sys, serial
with serial.Serial(sys.argv[1], 9600, timeout=60) as port:
    for n in range(int(sys.argv[2]), int(sys.argv[3])):
        port.write(b"i%04X\\r\\n" % n)
        print(port.read_until(b"OK"))
'''

# What arduino-cli's monitor does, which comes in no package: without modem lines it
# says that this is no serial port.
ARDUINO_CLI = '''
import fcntl, os, struct, sys, termios, tty
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY | os.O_NDELAY)
tty.setraw(port)
lines, = struct.unpack("I", fcntl.ioctl(port, termios.TIOCMGET, bytes(4)))
lines |= termios.TIOCM_DTR | termios.TIOCM_RTS
fcntl.ioctl(port, termios.TIOCMSET, struct.pack("I", lines))
settings = termios.tcgetattr(port)
settings[4] = settings[5] = termios.B9600
termios.tcsetattr(port, termios.TCSANOW, settings)
os.set_blocking(port, True)
fcntl.ioctl(port, termios.TIOCEXCL)
for n in range(int(sys.argv[2]), int(sys.argv[3])):
    os.write(port, b"i%04X\\n" % n)
    answer = b""
    while not answer.endswith(b"OK"):
        answer += os.read(port, 4096)
    print(answer)
fcntl.ioctl(port, termios.TIOCNXCL)
os.close(port)
'''


class Monitor(Terminal):
    """One of them in a terminal, with a home where nobody has set anything."""

    def __init__(self, case, p, name, *before, path='{}'):
        argv, self.ready, self.leave = MONITORS[name]
        home = case.directory()
        super().__init__(
            case, [*before, *(word.replace('{}', path) for word in argv)],
            env=p.client_environment(TERM='vt100', HOME=home, SCREENDIR=home))
        self.case = case

    def begin(self):
        self.expect(self.ready)
        self.say(b'x')
        shown = self.expect(b'RR')
        self.case.assertNotIn(b'v', shown)

    def say(self, command):
        self.type(command + b'\r')

    def check(self, command, answer):
        self.say(command)
        self.check_shown(answer)

    def check_shown(self, answer):
        self.case.assertEqual(self.expect(answer[-2:]), answer)

    def end(self):
        self.type(self.leave)
        self.case.assertEqual(self.wait(), 0)


class Monitors(picod.Case):
    LINES = 32      # of a script

    def setUp(self):
        simulated = self.board(Uno(sketch=os.path.join(
            picod.FIRMWARE, 'uno-probe-9600.hex')))
        simulated.wait_for('pin 13 0')
        self.p = self.picod(u=f'{simulated.path},driver=piserial,baud=9600')
        self.path = self.p.board()['tty']['path']

    def test_one_after_the_other_at_picods_port(self):
        with neighbours(self.p, self, Probe):
            for name in MONITORS:
                with self.subTest(monitor=name):
                    tool = Monitor(self, self.p, name, path=self.path)
                    tool.begin()
                    for n in range(6):
                        tool.check(b'i%04X' % n, b'v%04X\nOK' % n)
                    tool.check(b'i00', b'RR')       # two digits too few
                    tool.check(b'l0200', b'OK')     # half a second
                    tool.end()
                    self.until(lambda: not self.p.board()['tty']['open'])

    def test_several_at_once(self):
        """Each at a port of its own, but for one that has picod's."""
        with neighbours(self.p, self, Probe):
            scripts = [self.begin_script(script, 0x1000 * i)
                       for i, script in enumerate((SCRIPT, ARDUINO_CLI))]
            tools = [Monitor(self, self.p, 'picocom', path=self.path)]
            tools += [Monitor(self, self.p, name, picod.PICOCTL, 'tty', '--')
                      for name in MONITORS]
            for tool in tools:
                tool.begin()
            for number in range(0x2000, 0x2006):
                for i, tool in enumerate(tools):
                    tool.say(b'i%04X' % (number + 0x1000 * i))
                for i, tool in enumerate(tools):
                    tool.check_shown(b'v%04X\nOK' % (number + 0x1000 * i))
            for tool in tools:
                tool.end()
            for i, script in enumerate(scripts):
                self.check_script(script, 0x1000 * i)

    def begin_script(self, text, first):
        script = subprocess.Popen(
            [picod.PICOCTL, 'tty', '--', sys.executable, '-c', text, '{}',
             str(first), str(first + self.LINES)],
            env=self.p.client_environment(), stdout=subprocess.PIPE, text=True)
        self.addCleanup(script.wait)
        self.addCleanup(script.kill)
        return script

    def check_script(self, script, first):
        output, _ = script.communicate(timeout=picod.PATIENCE_S)
        self.assertEqual(output.splitlines(), [
            str(b'v%04X\nOK' % n) for n in range(first, first + self.LINES)])


if __name__ == '__main__':
    unittest.main()
