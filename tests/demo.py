# SPDX-License-Identifier: MIT
"""The demonstration: make demo.

Two simulated boards that run real firmware, picod, and programs that use the
boards.  Every answer that is shown is also checked: one that is not as it
should be is marked, and the exit status is 1.
"""

import contextlib
import ctypes
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

from boards import BoardError, MicroPython
from picod import BUILD, FIRMWARE, ROOT, Picod
from usbbus import UsbBus, UsbUno

PATIENCE_S = 20
# The scripts that share a board, and the name that each gives there.
SCRIPTS = {'share.sh': 'shell', 'share.py': 'python', 'share.pl': 'perl'}
TICKETS = 4             # that each takes


class Demo:
    def __init__(self, uno, board, picod):
        self.uno = uno
        self.board = board
        self.picod = picod
        self.mistakes = 0
        self.env = picod.client_environment(
            PATH=f'{BUILD}:{os.environ["PATH"]}',
            PYTHONPATH=f'{ROOT}/client/python', PYTHONDONTWRITEBYTECODE='1')

    def check(self, right, wanted):
        """Marks what was shown last, if it is not right."""
        if not right:
            self.mistakes += 1
            say(f'  ^^^ WRONG: this should be {wanted}')

    def run(self, *words, status=0, wanted=None, beside=None):
        """Shows a command line and its output, which wanted must match.

        beside, if given, tells what to show at the output's right side.
        """
        prompt(shlex.join(words))
        done = subprocess.run(
            words, env=self.env, cwd=ROOT, timeout=PATIENCE_S, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        output = done.stdout.removesuffix('\n')
        if beside:
            output = f'{output:24}{beside()}'
        if output:
            say(output)
        if done.returncode != 0:
            say(f'(exit status {done.returncode})')
        self.check(done.returncode == status, f'exit status {status}')
        if wanted is not None:
            self.check(re.fullmatch(wanted, done.stdout.rstrip('\n'), re.S),
                       wanted)

    # ---------------------------------------------------- the MicroPython

    def led(self):
        return f'[the LED is {"on" if self.board.led() else "off"}]'

    def statements(self):
        title('Statements for MicroPython')
        self.run('picoctl', '-b', 'micropython', 'send', '2 + 2', wanted='4')
        self.run('picoctl', '-b', 'micropython', 'send', '1 / 0', status=1,
                 wanted='Traceback .*\nZeroDivisionError: divide by zero')
        self.run('picoctl', '-b', 'micropython', 'send',
                 '-f', 'firmware/micropython/main.py', wanted='')
        for text, lit in (('on()', True), ('off()', False)):
            self.run('picoctl', '-b', 'micropython', 'send', text, wanted='',
                     beside=self.led)
            self.check(self.board.led() == lit, f'the LED {text[:-2]}')

    # -------------------------------------------------------- the Arduino

    def pins(self):
        return [self.uno.duty(pin) for pin in (9, 10, 11, 13)]

    def colours(self):
        red, green, blue, led = self.pins()
        return (f'[red {red}, green {green}, blue {blue}, '
                f'LED {"on" if led else "off"}]')

    def commands(self):
        title('An Arduino that nobody has configured, with a sketch at 9600 '
              'baud')
        self.run('picoctl', 'list', wanted='NAME .*\nuno0 +listening '
                 '+piserial +/dev/ttyACM0.*')
        title('Commands for its sketch, by PiSerial, and its pins')
        for text, pins in (
                ('rFF', [255, 0, 0, 0]), ('g80', [255, 128, 0, 0]),
                ('r00', [0, 128, 0, 0]), ('n', [0, 128, 0, 255]),
                ('f', [0, 128, 0, 0]), ('cFF00FF', [255, 0, 255, 0]),
                ('c000000', [0, 0, 0, 0])):
            self.run('picoctl', '-b', 'uno0', 'send', text, wanted='OK',
                     beside=self.colours)
            self.check(self.pins() == pins, f'{pins}')
        for text in ('x', 'c00'):
            self.run('picoctl', '-b', 'uno0', 'send', text, status=1,
                     wanted='RR')
        self.run('picoctl', '-b', 'uno0', 'send', '"#)', status=2,
                 wanted='picoctl: .*')

    # -------------------------------------------------------------- both

    def tickets(self):
        """Shows what the scripts print, as it comes; returns the lines."""
        lines = []
        reader, writer = os.pipe()
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(open(reader))
            with open(writer, 'w') as pipe:
                for script in SCRIPTS:
                    prompt(f'tests/demo/{script} &')
                    stack.enter_context(ended(subprocess.Popen(
                        f'{ROOT}/tests/demo/{script}', env=self.env, cwd=ROOT,
                        stdin=subprocess.DEVNULL, stdout=pipe,
                        preexec_fn=die_with_us)))
            for line in output:
                lines.append(line.rstrip('\n'))
                say(lines[-1])
        return lines

    def sharing(self):
        title('Three scripts share the board, at the same time')
        self.run('picoctl', '-b', 'micropython', 'send', '-f',
                 'tests/demo/tickets.py', wanted='')
        lines = self.tickets()
        answers = [re.fullmatch(r"(\S+) +\('(\w+)', (\d+)\)", line)
                   for line in lines]
        self.check(all(answers) and all(
            SCRIPTS.get(answer[1]) == answer[2] for answer in answers),
            'to each script the answers to its own statements')
        count = TICKETS * len(SCRIPTS)
        self.check(all(answers) and sorted(
            int(answer[3]) for answer in answers) ==
            list(range(1, count + 1)), f'every number from 1 to {count}, once')
        title('What picod knows')
        self.run('picoctl', 'list', wanted='NAME .*\nmicropython +ready .*\n'
                 'uno0 +ready .*')


def say(text):
    print(text, flush=True)


def bold(text):
    return f'\033[1m{text}\033[m' if sys.stdout.isatty() else text


def title(text):
    say('\n' + bold(text) + '\n')


def prompt(command):
    say(bold('$ ' + command))


def die_with_us():
    """In a child: the kernel kills it when we end, however we end."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)


@contextlib.contextmanager
def ended(process):
    """Gives a script some time to end, or none if we are being stopped."""
    try:
        yield
        process.wait(PATIENCE_S)
    finally:
        process.kill()
        process.wait()


def stopped(number, frame):
    sys.exit(128 + number)


def demonstrate(stack):
    folder = stack.enter_context(
        tempfile.TemporaryDirectory(prefix='picod-demo-'))
    board = stack.enter_context(MicroPython(f'{folder}/micropython'))
    bus = stack.enter_context(UsbBus())
    uno = stack.enter_context(UsbUno(bus, sketch=f'{FIRMWARE}/uno-rgb.hex'))
    ports = {'micropython': f'unix:{board.path}'}
    say(f'''
picod owns the serial ports of microcontrollers, and any number of programs
use them through it.  Here it has two boards, simulated down to the processor,
with the firmware of real ones: a MicroPython on a Cortex-M3 (QEMU), and on a
simulated USB bus an Arduino Uno with a sketch that dims an RGB LED (simavr).

{bold('$ picod ' + ' '.join(f'-b {name}={ports[name]}' for name in ports))} &''')
    picod = Picod(boards=ports, verbose=False, preexec=die_with_us,
                  env=bus.environment({'STATE_DIRECTORY': folder}))
    stack.callback(picod.stop)
    demo = Demo(uno, board, picod)
    demo.statements()
    demo.commands()
    demo.sharing()
    return demo.mistakes


def main():
    start = time.monotonic()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stopped)
    try:
        with contextlib.ExitStack() as stack:
            mistakes = demonstrate(stack)
    except (AssertionError, BoardError, OSError,
            subprocess.SubprocessError) as error:
        sys.exit(f'\nThe demonstration broke off: {error}')
    if mistakes:
        sys.exit(f'\n{mistakes} answers are not as they should be.')
    say(f'\nAll as it should be, in {time.monotonic() - start:.1f} s.')


if __name__ == '__main__':
    main()
