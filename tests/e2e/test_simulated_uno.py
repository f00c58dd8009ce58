#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The simulated Uno behaves as a real one, above all where that hurts."""

import fcntl
import os
import select
import signal
import subprocess
import sys
import termios
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../boards'))

from boards import FIRMWARE, HERE, BoardError  # noqa: E402
from uno import OPTIBOOT, PATIENCE_S, Uno  # noqa: E402
from usbbus import UsbBus, UsbUno  # noqa: E402

LED = os.path.join(FIRMWARE, 'uno-led.hex')
RGB = os.path.join(FIRMWARE, 'uno-rgb.hex')
WATCH_UDEV = os.path.join(HERE, 'uno_udev.py')
# Listens to udev's monitor, a moment each time.
LISTEN = '''
import ctypes
udev = ctypes.CDLL('libudev.so.1')
udev.udev_new.restype = udev.udev_monitor_new_from_netlink.restype = \\
    ctypes.c_void_p
context = ctypes.c_void_p(udev.udev_new())
print('listening', flush=True)
while True:
    monitor = ctypes.c_void_p(
        udev.udev_monitor_new_from_netlink(context, b'udev'))
    udev.udev_monitor_enable_receiving(monitor)
    udev.udev_monitor_unref(monitor)
'''
PROBE = os.path.join(FIRMWARE, 'uno-probe-9600.hex')


def set_port(fd, speed=None, hupcl=None):
    settings = termios.tcgetattr(fd)
    if speed is not None:
        settings[4] = settings[5] = speed
    if hupcl is not None:
        settings[2] &= ~termios.HUPCL
        settings[2] |= termios.HUPCL if hupcl else 0
    termios.tcsetattr(fd, termios.TCSANOW, settings)


class BoardTest(unittest.TestCase):
    def start(self, uno, ready='pin 13 0'):
        uno.start()
        self.addCleanup(uno.stop)
        if ready:
            uno.wait_for(ready)
        return uno

    def open(self, uno):
        fd = uno.open()
        self.addCleanup(self.close, fd)
        return fd

    @staticmethod
    def close(fd):
        try:
            os.close(fd)
        except OSError:
            pass                # closed by the test

    def ask(self, uno, fd, text, answer):
        os.write(fd, text.encode())
        self.assertEqual(uno.read(fd, len(answer)).decode('latin-1'), answer)


class LineTest(BoardTest):
    """What a serial line does to bytes."""

    def test_wrong_speed_garbles(self):
        uno = self.start(Uno(sketch=LED))
        fd = self.open(uno)
        for speed in (termios.B1200, termios.B4800, termios.B19200,
                      termios.B115200):
            set_port(fd, speed)
            os.write(fd, b'c1\n' * 30)
            before = uno.counters()['received']
            uno.wait_until(lambda now: now['received'] > before)
            self.assertNotIn(b'OK', uno.read(fd, 60, 0.1))
        set_port(fd, termios.B9600)
        os.write(fd, b'#c1\n')
        while (byte := uno.read(fd, 1)) not in (b'O', b''):
            pass
        self.assertEqual(byte + uno.read(fd, 1), b'OK')

    def test_unread_bytes_are_lost_beyond_three(self):
        uno = self.start(Uno(sketch=PROBE))
        fd = self.open(uno)
        self.ask(uno, fd, 's0064\n' + 40 * 'x', 'OK' + 3 * 'RR')
        self.assertEqual(uno.counters()['overrun'], 37)
        self.ask(uno, fd, 'b12\n', 'v0012\nOK')

    def test_long_output(self):
        uno = self.start(Uno(sketch=PROBE))
        self.ask(uno, self.open(uno), 30 * 'i1234\n', 30 * 'v1234\nOK')

    def test_chip_without_program_is_deaf(self):
        uno = self.start(Uno(), 'halted')
        fd = self.open(uno)
        os.write(fd, b'hello')
        self.assertEqual(uno.wait_until(
            lambda now: now['deaf'] == 5)['received'], 0)

    def test_nothing_waits_for_the_next_opener(self):
        uno = self.start(Uno(sketch=LED))
        fd = self.open(uno)
        self.ask(uno, fd, 'c1\n', 'O')
        select.select([fd], [], [], PATIENCE_S)     # for the K
        os.close(fd)
        uno.wait_for('close')
        self.ask(uno, self.open(uno), 'x\n', 'RR')

    def test_output_without_opener_is_lost(self):
        uno = self.start(Uno(sketch=LED))
        fd = self.open(uno)
        os.write(fd, b'c1\n')
        os.close(fd)
        uno.wait_for('pin 13 1')
        uno.wait_until(lambda now: now['dropped'] == 2)
        self.ask(uno, self.open(uno), 'x\n', 'RR')

    def test_port_begins_as_the_kernel_hands_it_out(self):
        uno = self.start(Uno(sketch=LED))
        fd = os.open(uno.path, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, fd)
        settings = termios.tcgetattr(fd)
        self.assertEqual(settings[5], termios.B9600)
        self.assertTrue(settings[3] & termios.ECHO)
        self.assertTrue(settings[2] & termios.HUPCL)


class WorldTest(BoardTest):
    """What the world does to the board's pins, and the board to its own."""

    def setUp(self):
        self.uno = self.start(Uno(sketch=PROBE))
        self.port = self.open(self.uno)

    def value(self, command):
        os.write(self.port, command.encode() + b'\n')
        answer = self.uno.read(self.port, len('v0000\nOK')).decode()
        self.assertRegex(answer, '^v[0-9A-F]{4}\nOK$')
        return int(answer[1:5], 16)

    def test_every_analog_value(self):
        for value in range(0, 1024, 31):
            self.uno.set_analog(value % 6, value)
            self.assertEqual(self.value(f'a{value % 6}'), value)

    def test_analog_inputs_are_separate(self):
        for channel in range(6):
            self.uno.set_analog(channel, 100 * channel)
        self.assertEqual([self.value(f'a{channel}') for channel in range(6)],
                         [0, 100, 200, 300, 400, 500])

    def test_digital_input(self):
        self.assertEqual(self.value('d02'), 1)        # its pull-up
        self.uno.drive(2, 0)
        self.assertEqual(self.value('d02'), 0)
        self.uno.drive(2, 1)
        self.assertEqual(self.value('d02'), 1)
        self.uno.drive(2, 0)
        self.uno.release(2)
        self.assertEqual(self.value('d02'), 1)

    def test_outside_world_survives_a_reset(self):
        self.uno.drive(2, 0)
        self.uno.drive(3, 1)
        self.uno.set_analog(1, 321)
        self.uno.reset()
        self.uno.wait_for('pin 13 0')
        self.assertEqual(self.value('d02'), 0)
        self.assertEqual(self.value('d03'), 1)
        self.assertEqual(self.value('a1'), 321)

    def test_reset_makes_inputs_of_outputs(self):
        self.uno.reset()
        self.uno.wait_for('reset external')
        self.uno.wait_for('input 13')
        self.uno.wait_for('pin 13 0')

    def test_watchdog(self):
        os.write(self.port, b'w\n')
        self.uno.wait_for('reset watchdog')
        self.uno.wait_for('pin 13 0')
        self.assertEqual(self.value('b34'), 0x34)

    def test_refused_orders(self):
        for order in ('drive 99 1', 'drive 2 2', 'analog 8 0',
                      'analog 0 1024', 'fly', 'drive', 'plug'):
            with self.assertRaises(BoardError):
                self.uno.order(order)


class OpenTest(BoardTest):
    """Opening and closing the port, as far as a pty lets it be seen."""

    def test_first_open_raises_dtr_and_resets(self):
        uno = self.start(Uno(sketch=LED, dtr=True))
        before = uno.counters()['resets']
        fd = self.open(uno)
        uno.wait_for('dtr 1')
        uno.wait_for('reset external')
        second = self.open(uno)
        os.close(fd)
        uno.wait_until(lambda now: now['opens'] == 2)
        os.close(second)
        uno.wait_for('close 9600')
        uno.wait_for('dtr 0')
        self.assertEqual(uno.counters()['resets'], before + 1)
        self.open(uno)
        uno.wait_for('reset external')

    def test_dtr_stays_up_without_hupcl(self):
        uno = self.start(Uno(sketch=LED, dtr=True))
        fd = self.open(uno)
        uno.wait_for('reset external')
        uno.wait_for('pin 13 0')
        set_port(fd, hupcl=False)
        os.close(fd)
        uno.wait_for('close')
        fd = self.open(uno)
        uno.wait_for('open')
        self.ask(uno, fd, 'x\n', 'RR')
        self.assertEqual(uno.counters()['dtr'], 1)

    @unittest.skipUnless(os.getuid() == 0, 'needs root, to open it again')
    def test_next_opener_may_have_been_excluded_before(self):
        uno = self.start(Uno(sketch=LED))
        fd = self.open(uno)
        fcntl.ioctl(fd, termios.TIOCEXCL)
        os.close(fd)
        uno.wait_for('close')
        fd = self.open(uno)
        uno.wait_for('open')
        in_use = subprocess.run(
            ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin',
             'dd', f'if={uno.path}', 'count=0'], stderr=subprocess.DEVNULL)
        self.assertEqual(in_use.returncode, 0)

    def test_without_dtr_wire_open_does_not_reset(self):
        uno = self.start(Uno(sketch=LED))
        fd = self.open(uno)
        self.ask(uno, fd, 'c1\n', 'OK')
        os.close(fd)
        uno.wait_for('close')
        self.open(uno)
        uno.wait_for('open')
        self.assertEqual(uno.level(13), 1)


class EndTest(BoardTest):
    def test_sigterm_ends_it_cleanly(self):
        uno = self.start(Uno(sketch=LED))
        uno.process.send_signal(signal.SIGTERM)
        self.assertEqual(uno.process.wait(PATIENCE_S), 0)
        self.assertFalse(os.path.lexists(uno.path))

    def test_quit_ends_it(self):
        uno = self.start(Uno(sketch=LED))
        uno.order('quit')
        self.assertEqual(uno.process.wait(PATIENCE_S), 0)

    def test_dies_with_its_parent(self):
        script = ('import sys; from uno import Uno; u = Uno(); u.start();'
                  'print(u.pid, u.directory, flush=True); sys.stdin.read()')
        parent = subprocess.Popen(
            [sys.executable, '-c', script], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            cwd=HERE)
        with parent:
            pid, directory = parent.stdout.readline().split()
            uno = os.pidfd_open(int(pid))
            self.addCleanup(os.close, uno)
            parent.kill()
        ended = select.select([uno], [], [], PATIENCE_S)[0]
        subprocess.run(['rm', '-rf', directory], check=True)
        self.assertTrue(ended)

    def test_bad_firmware_is_refused(self):
        for text in ('', 'hello\n', ':00000001FF', ':0000000100\n',
                     ':0100000055AA\n', ':02000004FFFFFC\n'
                     ':0100000055AA\n:00000001FF\n'):
            path = os.path.join(self.enterContext(UsbBus()).modem, 'bad.hex')
            with open(path, 'w') as file:
                file.write(text)
            if text == ':00000001FF':
                continue        # empty, and complete: that is a program
            with self.assertRaisesRegex(BoardError, 'bad.hex'):
                Uno(sketch=path).start()


class UsbTest(BoardTest):
    def setUp(self):
        self.bus = self.enterContext(UsbBus())

    def watch(self):
        """A process on the bus that says what udev's monitor says."""
        watcher = subprocess.Popen(
            [sys.executable, WATCH_UDEV], env=self.bus.environment(),
            text=True, stdout=subprocess.PIPE)
        self.addCleanup(watcher.wait)
        self.addCleanup(watcher.stdout.close)
        self.addCleanup(watcher.kill)
        self.assertEqual(watcher.stdout.readline(), 'watching\n')
        self.watcher = watcher
        return watcher.stdout

    def test_plugged_and_pulled_many_times(self):
        uno = self.start(UsbUno(self.bus, sketch=LED))
        for _ in range(30):
            fd = self.open(uno)
            uno.wait_for('reset external')
            uno.wait_for('pin 13 0')
            self.ask(uno, fd, 'c1\n', 'OK')
            uno.unplug()
            with self.assertRaises(OSError):
                if os.read(fd, 1) == b'':
                    raise OSError('end of file')
            os.close(fd)
            self.assertNotIn('ttyACM0',
                             os.listdir(os.path.join(self.bus.root, 'dev')))
            uno.plug()

    def test_hotplug_events(self):
        uno = self.start(UsbUno(self.bus, sketch=LED))
        events = self.watch()
        self.assertEqual(events.readline(), 'there ttyACM0 2341:0043 '
                         '7583335303535 /dev/ttyACM0 initialized\n')
        for _ in range(3):
            uno.unplug()
            self.assertTrue(events.readline().startswith('remove ttyACM0'))
            uno.plug()
            self.assertEqual(events.readline(), 'add ttyACM0 2341:0043 '
                             '7583335303535 /dev/ttyACM0 initialized\n')

    def test_listeners_that_end_at_any_moment(self):
        self.bus.plug(port='1-2', tty='ttyACM0', vid='2341', pid='0043',
                      pts='/dev/null', driver='cdc_acm')
        listener = subprocess.Popen(
            [sys.executable, '-c', LISTEN], env=self.bus.environment(),
            text=True, stdout=subprocess.PIPE)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.stdout.close)
        self.addCleanup(listener.kill)
        self.assertEqual(listener.stdout.readline(), 'listening\n')
        for _ in range(2000):
            self.bus.change('1-2')
        self.assertIsNone(listener.poll())

    def test_a_listener_that_is_slow(self):
        """It hears of everything, though ten events are all that it is kept."""
        uno = self.start(UsbUno(self.bus, sketch=LED))
        events = self.watch()
        self.assertTrue(events.readline().startswith('there '))
        told = []

        def tell():
            for number in range(100):
                self.bus.change(uno.identity['port'])
                told.append(number)
        self.watcher.send_signal(signal.SIGSTOP)
        teller = threading.Thread(target=tell, daemon=True)
        teller.start()
        while len(told) < 10 and teller.is_alive():
            pass
        self.watcher.send_signal(signal.SIGCONT)
        teller.join()
        self.assertEqual(len(told), 100)
        for _ in told:
            self.assertTrue(events.readline().startswith('change ttyACM0'))

    def test_two_boards(self):
        one = self.start(UsbUno(self.bus, sketch=LED))
        two = self.start(UsbUno(self.bus, '1-3', 'ttyUSB0', sketch=RGB),
                         'pin 11 0')
        for uno, command in ((one, 'c1\n'), (two, 'rFF\n')):
            fd = self.open(uno)
            uno.wait_for('reset external')
            uno.wait_for('pin 11 0' if uno is two else 'pin 13 0')
            self.ask(uno, fd, command, 'OK')
        one.unplug()
        self.assertEqual(two.duty(9), 255)

    def test_avrdude_flashes_it(self):
        uno = self.start(UsbUno(self.bus, boot=OPTIBOOT), None)
        self.flash(uno, LED)
        fd = self.open_flashed(uno, 'pin 13 0')
        self.ask(uno, fd, 'c1\n', 'OK')
        self.assertEqual(uno.level(13), 1)
        os.close(fd)
        uno.wait_for('close')
        self.flash(uno, RGB)
        fd = self.open_flashed(uno, 'pin 11 0')
        self.ask(uno, fd, 'c102030\n', 'OK')
        self.assertEqual([uno.duty(pin) for pin in (9, 10, 11)],
                         [0x10, 0x20, 0x30])

    def open_flashed(self, uno, ready):
        """Opens it, which resets it, and waits for the boot loader to leave."""
        fd = self.open(uno)
        uno.wait_for('reset external')
        uno.wait_for('reset watchdog')
        uno.wait_for(ready)
        return fd

    def flash(self, uno, sketch):
        """By avrdude.  A test machine that stood still is forgiven, twice."""
        for attempt in range(3):
            before = uno.counters()
            # It may go on for minutes when it has lost step.
            result = subprocess.run(
                ['timeout', '30',
                 'avrdude', '-c', 'arduino', '-p', 'm328p', '-b', '115200',
                 '-P', uno.device, '-D', '-U', f'flash:w:{sketch}:i'],
                env=self.bus.environment(), text=True,
                stderr=subprocess.PIPE)
            uno.wait_for('close')
            now = uno.counters()
            if result.returncode == 0:
                self.assertIn('bytes of flash verified', result.stderr)
                self.assertEqual(now['dtr'] - before['dtr'], 2)
                return
            if now['lag_ms'] - before['lag_ms'] < 50:
                break
        self.fail(result.stderr)


if __name__ == '__main__':
    unittest.main()
