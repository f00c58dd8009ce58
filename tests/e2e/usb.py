# SPDX-License-Identifier: MIT
"""picod on a USB bus without hardware, for tests of ports.

    class Test(usb.Case):
        def test_it(self):
            uno = self.plug(self.uno())
            p = self.picod()
            self.wait(p, 'uno0', 'listening')

Every picod of a test sees the same bus, with the same memory of names.
"""

import os
import socket
import struct
import termios
import threading

import picod
from usbbus import UsbBus, UsbUno

PINS = os.path.join(picod.FIRMWARE, 'uno-pinserver.hex')


class Modem(threading.Thread):
    """Gives a board's pty modem lines; see ttyshim.h."""

    def __init__(self, bus, board):
        super().__init__(daemon=True)
        self.path = os.path.join(
            bus.modem, os.path.basename(os.readlink(board.path)))
        self.lines = termios.TIOCM_DTR | termios.TIOCM_RTS
        self.seen = []      # what they were after each change
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.start()

    def run(self):
        while True:
            call, sender = self.socket.recvfrom(64)
            if not call:
                return
            request, lines, _ = struct.unpack('Iii', call)
            if request == termios.TIOCMSET:
                self.lines = lines
            elif request == termios.TIOCMBIS:
                self.lines |= lines
            elif request == termios.TIOCMBIC:
                self.lines &= ~lines
            if request != termios.TIOCMGET:
                self.seen.append(''.join(
                    name for name, line in (('DTR', termios.TIOCM_DTR),
                                            ('RTS', termios.TIOCM_RTS))
                    if self.lines & line))
            self.socket.sendto(struct.pack('Iii', request, self.lines, 0),
                               sender)

    def close(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b'', self.path)
        self.join()
        self.socket.close()
        os.unlink(self.path)


class Case(picod.Case):

    def setUp(self):
        self.bus = self.enterContext(UsbBus())
        self.state = self.directory()

    def picod(self, *arguments, env=None, **options):
        return super().picod(*arguments, env=self.environment(
            STATE_DIRECTORY=self.state, **(env or {})), **options)

    def environment(self, **more):
        """What a process needs to see the bus, and more."""
        return self.bus.environment(more)

    def uno(self, *place, sketch=PINS, **identity):
        """An Uno that is plugged in, known by another identity if given.

        place: where, as which device, and its serial number.
        """
        uno = UsbUno(self.bus, *place, sketch=sketch)
        uno.identity.update(identity)
        return self.board(uno)

    def on(self, p, board=None, **parameters):
        """Switches the LED of an Uno on, by picod."""
        if board is not None:
            parameters['board'] = board
        self.assertEqual(p.call('Send', text='n0D', **parameters)['status'],
                         'OK')

    def plug_in(self, board, port, tty, vid, pid, **identity):
        """Plugs a board with a pty in; returns a function that pulls it."""
        modem = Modem(self.bus, board)
        identity.setdefault('driver', 'cdc_acm')
        self.bus.plug(port=port, tty=tty, vid=vid, pid=pid,
                      pts=os.readlink(board.path), **identity)
        pulled = []

        def pull():
            if not pulled:
                pulled.append(True)
                board.stop()
                self.bus.unplug(port)
                modem.close()
        pull.modem = modem
        self.addCleanup(pull)
        return pull

    def names(self, p):
        """The boards by name, with their states."""
        return {b['name']: b['state']
                for b in p.call('ListBoards')['boards']}

    def wait(self, p, board, *states):
        """Until the board is in one of these states; what it is then."""
        watcher = p.watch()
        try:
            return watcher.wait(lambda event: event.get('state') in states,
                                event='state', board=board)
        finally:
            watcher.close()

    def descriptors(self, p):
        """How many picod has open, with one client; all others have left."""
        with p.connect() as client:
            client.call('ListBoards')
            # Those who have just left are picod's until it hears of it.
            self.until(lambda: self.connections(p) == 1)
            return p.open_descriptors()

    def connections(self, p):
        with open('/proc/net/unix') as file:
            return sum(line.split()[5] == '03' for line in file
                       if line.rstrip().endswith(' ' + p.path))
