# SPDX-License-Identifier: MIT
"""An Arduino Uno that runs a real sketch on an emulated ATmega328P, or a Mega.

    with Uno(sketch='build/firmware/uno-led.hex') as uno:
        fd = uno.open()
        os.write(fd, b'c1\\n')
        uno.wait_for('pin 13 1')

What happens on the board is told in lines, the events: "pin 13 1" when the
sketch sets an output, "pwm 9 128" when it sets a duty, "reset external",
"open", "close", "dtr 1", and so on.  An object is for one thread.
"""

import os
import select
import socket
import subprocess
import time
import tty

from boards import BUILD, Board, BoardError

OPTIBOOT = os.path.join(BUILD, 'boards/optiboot-uno.hex')
MEGA_BOOT = ('/usr/share/arduino/hardware/arduino/avr/bootloaders/stk500v2/'
             'stk500boot_v2_mega2560.hex')
TTYSHIM = os.path.join(BUILD, 'tests/boards/ttyshim.so')
HZ = 16000000
PATIENCE_S = 30


def modem_environment(directory, environment=None):
    """An environment in which a board's port has modem lines."""
    result = dict(os.environ if environment is None else environment)
    result['TTYSHIM_DIR'] = directory
    result['LD_PRELOAD'] = ':'.join(
        filter(None, [TTYSHIM, result.get('LD_PRELOAD')]))
    return result


class Uno(Board):
    """An Arduino Uno.

    The sketch and the boot loader are .hex files; without either there is
    only the other.  With dtr=True, opening the port resets the board, as it
    does a real one; without, the port is wired as a bare serial line is.

    With mega=True it is a Mega 2560, a larger board, with the pins that an Uno
    has too.  With modem, a folder, the port has modem lines for processes that run with
    modem_environment(): they can pull DTR.
    """

    NAME = 'uno'

    def __init__(self, path=None, sketch=None, boot=None, dtr=False,
                 modem=None, mega=False):
        super().__init__(path, pty=True)
        self.sketch = sketch
        self.boot = boot
        self.dtr = dtr
        self.modem = modem
        self.mega = mega
        self.events = []
        self._control = None
        self._partial = b''

    def arguments(self):
        """The command line, but for the control channel."""
        arguments = [os.path.join(BUILD, 'tests/boards/uno'),
                     '--link', self.path]
        if self.sketch:
            arguments += ['--sketch', self.sketch]
        if self.boot:
            arguments += ['--boot', self.boot]
        if self.mega:
            arguments += ['--mega']
        if self.dtr:
            arguments += ['--dtr']
        if self.modem:
            arguments += ['--modem', self.modem]
        return arguments

    def spawn(self):
        self.events = []
        self._partial = b''
        self._control, theirs = socket.socketpair()
        with theirs:
            self.popen([*self.arguments(), '--control', str(theirs.fileno())],
                       pass_fds=[theirs.fileno()])
        self.wait_for('port ')

    def stop(self):
        """Ends the board; an error if the simulation has failed."""
        failure = self._end()
        super().stop()
        if self._control:
            self._control.close()
            self._control = None
        if failure:
            raise BoardError(failure)

    def _end(self):
        if not self.process:
            return None
        self.process.terminate()
        try:
            status = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            return 'the simulation does not end'
        if status != 0:
            return f'the simulation ended with {status}\n{self.log()}'
        return None

    # ------------------------------------------------------------- the port

    def open(self):
        """A descriptor on the port, raw; the caller closes it."""
        fd = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        tty.setraw(fd)
        return fd

    @staticmethod
    def read(fd, count, timeout_s=PATIENCE_S):
        """Exactly count bytes from the port; fewer if no more come in time."""
        data = b''
        deadline = time.monotonic() + timeout_s
        while len(data) < count:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([fd], [], [], left)[0]:
                break
            data += os.read(fd, count - len(data))
        return data

    # ------------------------------------------------------------ the board

    def pins(self):
        """Every pin's state by number: ('out'|'in'|'pwm', value)."""
        kinds = {'i': 'in', 'p': 'pwm'}
        state = {}
        for word in self.order('pins').split()[1:]:
            number, value = word.split('=')
            kind = kinds.get(value[0], 'out')
            state[int(number)] = (kind, int(value.lstrip('ip')))
        return state

    def level(self, pin):
        """The level that the sketch gives an output, 0 or 1."""
        kind, value = self.pins()[pin]
        if kind != 'out':
            raise BoardError(f'pin {pin} is no plain output but {kind}')
        return value

    def duty(self, pin):
        """What analogWrite() gave an output: 0 to 255."""
        kind, value = self.pins()[pin]
        if kind == 'in':
            raise BoardError(f'pin {pin} is an input')
        return value if kind == 'pwm' else 255 * value

    def set_analog(self, channel, value):
        """analogRead(channel) shall give this value, 0 to 1023."""
        self.order(f'analog {channel} {value}')

    def drive(self, pin, level):
        """Connects a pin to 0 or 1 from outside."""
        self.order(f'drive {pin} {level}')

    def release(self, pin):
        """Undoes drive()."""
        self.order(f'release {pin}')

    def stick(self, address, stuck=True):
        """Makes this byte of the flash 0, whatever is written; or no more."""
        self.order(f'stick {address} {int(stuck)}')

    def reset(self):
        """The reset button."""
        self.order('reset')

    def unplug(self):
        """Pulls the cable: the port is gone and the board without power."""
        self.order('unplug')

    def plug(self):
        """Plugs it in again; the port has another name behind self.path."""
        self.order('plug')

    def counters(self):
        """What the simulation has counted, by name."""
        words = self.order('stat').split()[1:]
        return {name: int(value)
                for name, value in (word.split('=') for word in words)}

    def wait_until(self, condition, timeout_s=PATIENCE_S):
        """Until this holds of the counters; returns them."""
        deadline = time.monotonic() + timeout_s
        while True:
            now = self.counters()
            if condition(now):
                return now
            if time.monotonic() > deadline:
                raise BoardError(f'waited in vain: {now}')

    # ------------------------------------------------------ control channel

    def order(self, line):
        """Gives the simulation an order; returns what follows its ok."""
        self._control.sendall(f'{line}\n'.encode())
        while True:
            answer = self._read_line(PATIENCE_S)
            if answer.startswith('error'):
                raise BoardError(answer)
            if answer == 'ok' or answer.startswith('ok '):
                return answer[3:]
            self.events.append(answer)

    def wait_for(self, start, timeout_s=PATIENCE_S):
        """The next event that begins so; those before it are forgotten."""
        deadline = time.monotonic() + timeout_s
        while True:
            while self.events:
                event = self.events.pop(0)
                if event.startswith(start):
                    return event
            self.events.append(self._read_line(deadline - time.monotonic()))

    def _read_line(self, timeout_s):
        while b'\n' not in self._partial:
            if not select.select([self._control], [], [],
                                 max(timeout_s, 0))[0]:
                raise BoardError('the simulation does not answer')
            data = self._control.recv(65536)
            if not data:
                raise BoardError('the simulation has ended')
            self._partial += data
        line, _, self._partial = self._partial.partition(b'\n')
        return line.decode()
