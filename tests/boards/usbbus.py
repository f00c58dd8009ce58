# SPDX-License-Identifier: MIT
"""A USB bus without hardware, and an Arduino Uno that is plugged into it.

    with UsbBus() as bus, UsbUno(bus, sketch=...) as uno:
        subprocess.run(['avrdude', '-P', uno.device, ...],
                       env=bus.environment())
        uno.unplug()
        uno.plug()

A process that runs in bus.environment() sees /dev/ttyACM0 with its USB
identity, its modem lines, and hot-plug events by udev's monitor.
"""

import os
import shutil
import subprocess
import tempfile
import threading

from boards import BUILD, BoardError
from uno import Uno, modem_environment

UDEVSHIM = os.path.join(BUILD, 'tests/boards/udevshim.so')
UMOCKDEV = 'libumockdev-preload.so.0'


class UsbBus:
    """The bus: what a process in its environment sees of /sys and /dev."""

    def __init__(self):
        self.root = None
        self.modem = None
        self._process = None
        self._ordering = threading.Lock()   # each board has its own thread

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.stop()

    def start(self):
        """Starts with nothing plugged in."""
        self.modem = tempfile.mkdtemp(prefix='picod-modem-')
        self._process = subprocess.Popen(
            [os.path.join(BUILD, 'tests/boards/usbbus')], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.root = self._process.stdout.readline().strip()
        if not self.root:
            self.stop()
            raise BoardError('usbbus did not start')

    def stop(self):
        """Ends it and removes its folders."""
        if self._process:
            self._process.stdin.close()
            self._process.stdout.close()
            self._process.wait()
            self._process = None
        if self.modem:
            shutil.rmtree(self.modem, ignore_errors=True)
            self.modem = None

    def environment(self, environment=None):
        """The environment for a process that is to see the bus."""
        result = dict(os.environ if environment is None else environment)
        result['UMOCKDEV_DIR'] = self.root
        result['LD_PRELOAD'] = ':'.join(
            filter(None, [UDEVSHIM, UMOCKDEV, result.get('LD_PRELOAD')]))
        return modem_environment(self.modem, result)

    def plug(self, **device):
        """Plugs in a device; usbbus.c names its words."""
        words = [f'{name}={value}' for name, value in device.items()]
        self._order('\t'.join(['plug', *words]))

    def unplug(self, port):
        """Pulls the device at this port of the bus, "1-2" or so."""
        self._order(f'unplug\tport={port}')

    def change(self, port):
        """Has udev speak of the device at this port again."""
        self._order(f'change\tport={port}')

    def _order(self, line):
        with self._ordering:
            self._process.stdin.write(line + '\n')
            self._process.stdin.flush()
            answer = self._process.stdout.readline().strip()
        if answer != 'ok':
            raise BoardError(answer or
                             f'usbbus has ended: {self._process.wait()}')


class UsbUno(Uno):
    """An Uno on a USB bus: opening its port resets it, as a real one's.

    Its identity may be changed in self.identity before it is started or
    plugged in, so that it is taken for another board with the same chip.
    """

    def __init__(self, bus, port='1-2', tty='ttyACM0', serial='7583335303535',
                 **options):
        super().__init__(dtr=True, modem=bus.modem, **options)
        self.bus = bus
        self.identity = {
            'port': port, 'tty': tty, 'serial': serial, 'vid': '2341',
            'pid': '0043', 'driver': 'cdc_acm',
            'manufacturer': 'Arduino (www.arduino.cc)',
            'product': 'Arduino Uno',
        }
        self._plugged = None

    @property
    def device(self):
        """The port, as processes in the bus's environment know it."""
        return '/dev/' + self.identity['tty']

    def spawn(self):
        super().spawn()
        self._appear()

    def stop(self):
        if self._plugged:
            super().unplug()
            self._vanish()
        super().stop()

    def plug(self):
        super().plug()
        self._appear()

    def unplug(self):
        super().unplug()
        self._vanish()

    def _appear(self):
        self.bus.plug(**self.identity, pts=os.readlink(self.path))
        self._plugged = self.identity['port']

    def _vanish(self):
        self.bus.unplug(self._plugged)
        self._plugged = None
