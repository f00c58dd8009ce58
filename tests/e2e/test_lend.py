# SPDX-License-Identifier: MIT
"""picoctl lend, console and doctor, with programs that people really use."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
import unittest

import picod
import usb
from boards import Microbit
from uno import OPTIBOOT
from usbbus import UsbUno

RGB = os.path.join(picod.FIRMWARE, 'uno-rgb.hex')

PYSERIAL = """
import serial, sys
with serial.Serial(sys.argv[1], 115200, timeout=20) as port:
    port.write(b'#\\nn0D\\n')
    sys.exit(port.read_until(b'OK')[-2:] != b'OK')
"""


class Lend(usb.Case):

    def lend(self, p, *words, **options):
        return p.picoctl('lend', *words,
                         env=self.environment(PATH=os.environ['PATH']),
                         **options)

    def waiting(self, p, text, **parameters):
        client = self.connect(p)
        client.send('Send', text=text, wait=60000, **parameters)
        return client

    def test_avrdude(self):
        """It flashes the Uno; a client that waits meets the new sketch."""
        uno = self.board(UsbUno(self.bus, sketch=usb.PINS, boot=OPTIBOOT))
        p = self.picod(config='[board uno0]\nmatch = 2341:0043\nbaud = 9600\n'
                       'driver = piserial\n')
        result = self.lend(p, '--', 'avrdude', '-c', 'arduino', '-p', 'm328p',
                           '-b', '115200', '-P', '{}', '-D', '-U',
                           f'flash:w:{RGB}:i')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('bytes of flash verified', result.stderr)
        self.assertEqual(p.call('Send', text='c102030', wait=30000)['status'],
                         'OK')
        self.assertEqual([uno.duty(pin) for pin in (9, 10, 11)],
                         [0x10, 0x20, 0x30])

    def test_pyserial_and_others_wait(self):
        uno = self.uno()
        p = self.picod()
        self.on(p)
        with self.connect(p) as lender:
            lender.call('Lend')
            waiting = self.waiting(p, 'f0D')
            self.assertEqual(p.board()['state'], 'lent')
        self.assertEqual(waiting.receive()['status'], 'OK')
        result = self.lend(p, '-b', 'uno0', '--', sys.executable, '-c',
                           PYSERIAL, '{}')
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        self.assertEqual(uno.level(13), 1)
        self.assertEqual(p.call('Send', text='f0D', wait=30000)['status'],
                         'OK')

    def test_directly_after_another(self):
        """What comes while the port is being given back waits for it."""
        self.uno()
        p = self.picod()
        self.wait(p, 'uno0', 'listening')
        for _ in range(50):
            with self.connect(p) as lender:
                self.assertEqual(lender.call('Lend')['port'], '/dev/ttyACM0')
        self.on(p)

    def test_unplugged_while_lent(self):
        """Who waited for its return, and for no more, is told."""
        uno = self.uno()
        p = self.picod()
        with self.connect(p) as lender:
            lender.call('Lend')
            impatient, waiting = self.connect(p), self.connect(p)
            impatient.send('Send', text='n0D')
            waiting.send('Send', text='n0D', wait=60000)
            self.until(lambda: p.board()['waiting'] == 2)
            uno.unplug()
        with self.fails('BoardAbsent', board='uno0'):
            impatient.receive()
        uno.plug()
        self.assertEqual(waiting.receive()['status'], 'OK')

    def test_statuses_and_words(self):
        self.uno()
        p = self.picod()
        for words, status in (
                (['--', 'sh', '-c', 'exit 7'], 7),
                (['--', 'sh', '-c', 'kill -TERM $$'], 128 + signal.SIGTERM),
                (['--', 'no-such-program'], 127),
                (['--', '/dev/null'], 126),
                (['-b', 'nobody', '--', 'true'], 125),
                (['--', 'test', 'a/dev/ttyACM0b/dev/ttyACM0', '=', 'a{}b{}'],
                 0),
                (['--', 'sh', '-c', 'test $PICOD_PORT = /dev/ttyACM0'], 0)):
            self.assertEqual(self.lend(p, *words).returncode, status, words)
            self.assertEqual(p.board()['name'], 'uno0')
        self.on(p, wait=30000)

    def test_killed(self):
        """However the borrower ends, the board is back."""
        self.uno()
        p = self.picod()
        for number in signal.SIGTERM, signal.SIGKILL:
            watcher = self.watch(p)
            with subprocess.Popen(
                    [picod.PICOCTL, 'lend', 'cat'], stdin=subprocess.PIPE,
                    env=p.client_environment(**self.environment(
                        PATH=os.environ['PATH']))) as lender:
                watcher.wait(event='state', state='lent')
                lender.send_signal(number)
                # Before cat was started, and after.
                self.assertIn(lender.wait(), (-number, 128 + number))
            self.on(p, wait=30000)

    def test_unplugged_and_back_while_lent(self):
        uno = self.uno()
        p = self.picod()
        with self.connect(p) as lender:
            lender.call('Lend')
            before = uno.counters()['opens']
            uno.unplug()
            uno.plug()
            self.uno('1-3', 'ttyACM1', '2')         # told after it
            self.wait(p, 'uno1', 'listening')
            self.assertEqual(p.board('uno0')['state'], 'lent')
            self.assertEqual(uno.counters()['opens'], before)
        self.on(p, 'uno0', wait=30000)


class Console(picod.Case):

    def setUp(self):
        board = self.board(Microbit())
        self.p = self.picod(mb=f'unix:{board.path}')

    def test_from_a_pipe(self):
        self.p.send('x = 6 * 7')
        result = self.p.picoctl('console', input='print(x)\r')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('print(x)\n42\n>>> ', result.stdout)
        self.assertEqual(self.p.send('x'), '42\n')

    def read_until(self, fd, wanted):
        data = b''
        deadline = time.monotonic() + picod.PATIENCE_S
        while wanted not in data:
            left = deadline - time.monotonic()
            self.assertTrue(select.select([fd], [], [], max(left, 0))[0], data)
            data += os.read(fd, 4096)
        return data

    def test_at_a_terminal(self):
        terminal, theirs = pty.openpty()
        self.addCleanup(os.close, terminal)
        shell = subprocess.Popen([
            'setsid', '--ctty', 'sh', '-c',
            f'{picod.PICOCTL} console; echo status $?; '
            'stty -a | tr " " "\\n" | grep -x -e -*icanon'],
            stdin=theirs, stdout=theirs, stderr=theirs,
            env=self.p.client_environment())
        os.close(theirs)
        self.addCleanup(shell.wait)
        self.addCleanup(shell.kill)
        self.read_until(terminal, b'Ctrl-] leaves')
        waiting = self.connect(self.p)
        waiting.send('Send', text='2 + 2')
        os.write(terminal, b"while True: print('be' + 'gun')\r\r")
        self.read_until(terminal, b'begun')
        os.write(terminal, b'\x03')
        self.read_until(terminal, b'KeyboardInterrupt')
        os.write(terminal, b'\x1d')
        seen = self.read_until(terminal, b'icanon')
        self.assertIn(b'status 0', seen)
        self.assertNotIn(b'-icanon', seen)
        self.assertEqual(shell.wait(picod.PATIENCE_S), 0)
        self.assertEqual(waiting.receive()['output'], '4\n')


class Doctor(usb.Case):

    def doctor(self, p, *words):
        return p.picoctl('doctor', *words,
                         env=self.environment(PATH=os.environ['PATH']))

    def test_findings(self):
        p = self.picod()
        result = self.doctor(p)
        self.assertEqual(result.returncode, 1)
        self.assertIn('only charges', result.stdout)
        self.uno('1-2', 'ttyUSB0', vid='1a86', pid='7523', serial='')
        self.until(lambda: self.names(p))
        result = self.doctor(p)
        self.assertEqual(result.returncode, 1)
        self.assertIn('sudo picoctl adopt ttyUSB0 NAME', result.stdout)
        p.terminate()
        result = self.doctor(p)
        self.assertEqual(result.returncode, 1)
        self.assertIn('picod is not running', result.stdout)
        p.start()


if __name__ == '__main__':
    unittest.main()
