# SPDX-License-Identifier: MIT
"""USB boards that are played by Python: their ports, not their chips.

A board is one USB device after the other at the same place of the bus, as real
ones are that have a boot loader of their own.  What it is at the moment is a
persona: an object with identity (words of usbbus.c), hear(bytes), which returns
the answer, and closed(speed), called when the port's last user is gone.  One
without a port has transfer() instead, for programs that use libusb.
"""

import contextlib
import os
import pty
import select
import shutil
import socket
import struct
import tempfile
import termios
import threading
import time
import tty

import picoboot

TIOCMGET, TIOCMBIS, TIOCMBIC, TIOCMSET = 0x5415, 0x5416, 0x5417, 0x5418
MODEM_CALL = struct.Struct('=Iii')      # struct ttyshim_call
TRANSFER = struct.Struct('=8sII')       # struct usb_transfer


class Played:
    """A board on a bus.  become() makes it another device."""

    def __init__(self, bus, persona, port='1-2'):
        self.bus = bus
        self.port = port
        self.persona = persona
        self.master = self.slave_name = self.modem = None
        self.host = None            # whose transfers come
        self.lines = 0
        self.used = False
        self.calls = []
        self.bell, self.bell_end = socket.socketpair()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.error = None

    def start(self):
        self._appear()
        self.thread.start()

    def stop(self):
        self.do(None)
        self.thread.join(60)
        self.bell.close()
        self.bell_end.close()
        if self.error:
            raise self.error

    def do(self, action):
        """Has the board's thread do this, soon; None ends it.

        The event that is returned is set when it is done: what picod tells may
        come earlier, by the hang-up.
        """
        done = threading.Event()
        self.calls.append((action, done))
        self.bell.send(b'x')
        return done

    def become(self, persona):
        """From the board's thread: goes, and comes back as this."""
        self._vanish()
        self.persona = persona
        if persona is not None:
            self._appear()

    # ---------------------------------------------------------- the device

    def _appear(self):
        words = dict(self.persona.identity, port=self.port)
        if 'tty' in words:
            self.master, slave = pty.openpty()
            tty.setraw(slave)
            self.slave_name = words['pts'] = os.ttyname(slave)
            os.close(slave)
            self._open_modem()
            self.used = False
        if 'descriptors' in words:
            self._plug_with_transfers(words)
        else:
            self.bus.plug(**words)

    def _plug_with_transfers(self, words):
        folder = tempfile.mkdtemp(prefix='picod-transfers-')
        try:
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(os.path.join(folder, 'socket'))
                listener.listen()
                self.bus.plug(transfers=listener.getsockname(), **words)
                self.host = listener.accept()[0]
        finally:
            shutil.rmtree(folder)

    def _vanish(self):
        if self.master is not None:
            # Whoever gets the pty next has a socket of that name.
            os.unlink(self._modem_path)
            self.modem.close()
            os.close(self.master)
            self.master = self.modem = None
        if self.host is not None:
            self.host.close()
            self.host = None
        if self.persona is not None:
            self.bus.unplug(self.port)

    def _open_modem(self):
        self._modem_path = os.path.join(
            self.bus.modem, os.path.basename(self.slave_name))
        self.modem = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.modem.bind(self._modem_path)
        self.modem.setblocking(False)
        self.lines = 0

    # -------------------------------------------------------------- the loop

    def _run(self):
        try:
            while self._turn():
                pass
        except Exception as error:      # told by stop()
            self.error = error
        self._vanish()

    def _turn(self):
        poll = select.poll()
        poll.register(self.bell_end, select.POLLIN)
        if self.master is not None:
            poll.register(self.modem, select.POLLIN)
            # A port that nobody has open hangs up all the time.
            poll.register(self.master, select.POLLIN)
        if self.host is not None:
            poll.register(self.host, select.POLLIN)
        waiting = self.master is not None and not self.used
        ready = dict(poll.poll(5 if waiting else None))
        if self.bell_end.fileno() in ready:
            self.bell_end.recv(1)
            action, done = self.calls.pop(0)
            if action is None:
                return False
            action()
            done.set()
            return True
        if self.modem is not None and self.modem.fileno() in ready:
            self._serve_modem()
        if self.master is not None and self.master in ready:
            self._serve_port(ready[self.master])
        if self.host is not None and self.host.fileno() in ready:
            self._serve_transfer()
        return True

    def _serve_transfer(self):
        setup, endpoint, length = TRANSFER.unpack(self._receive(TRANSFER.size))
        to_host = (endpoint | setup[0]) & 0x80
        data = b'' if to_host else self._receive(length)
        result = self.persona.transfer(setup, endpoint, length, data)
        if self.host is None:       # it has gone meanwhile
            return
        if not isinstance(result, int):
            result = struct.pack('=i', len(result)) + result
        else:
            result = struct.pack('=i', result)
        self.host.sendall(result)

    def _receive(self, size):
        return self.host.recv(size, socket.MSG_WAITALL) if size else b''

    def _serve_port(self, events):
        if events & select.POLLIN:
            self.used = True
            answer = self.persona.hear(os.read(self.master, 4096))
            if answer and self.master is not None:
                os.write(self.master, answer)
        elif events & select.POLLHUP:
            speed = termios.tcgetattr(self.master)[5]
            if not self._is_closed():
                return              # opened since: that speed is of who did
            if self.used or speed == termios.B1200:
                self.used = False
                self.persona.closed(speed)
            else:
                select.select([self.bell_end, self.modem], [], [], 0.005)

    def _is_closed(self):
        poll = select.poll()
        poll.register(self.master, 0)
        return bool(poll.poll(0))

    def _serve_modem(self):
        self.used = True
        data, sender = self.modem.recvfrom(MODEM_CALL.size)
        request, lines, error = MODEM_CALL.unpack(data)
        if request == TIOCMGET:
            lines = self.lines
        elif request == TIOCMBIS:
            self.lines |= lines
        elif request == TIOCMBIC:
            self.lines &= ~lines
        elif request == TIOCMSET:
            self.lines = lines
        if sender:
            # Who asked may have ended meanwhile.
            with contextlib.suppress(ConnectionRefusedError,
                                     FileNotFoundError):
                self.modem.sendto(MODEM_CALL.pack(request, lines, 0), sender)


class Persona:
    """identity, and a board that takes no notice of anything."""

    identity = {}

    def __init__(self, board=None):
        self.board = board

    def hear(self, data):
        return b''

    def closed(self, speed):
        pass


class PiSerial(Persona):
    """Has obey(command), which returns what the board says."""

    def __init__(self, board):
        super().__init__(board)
        self.command = b''

    def hear(self, data):
        answer = b''
        for byte in data.replace(b'\r', b''):
            if byte not in b'#\n':
                self.command += bytes([byte])
            elif self.command:
                command, self.command = self.command, b''
                answer += b'RR' if byte == ord('#') else self.obey(command)
        return answer


# ------------------------------------------------------------------ Leonardo

class Leonardo(Played):
    """Its sketch, and its boot loader after the port was opened at 1200 baud.

    flash: what was written to it.  The sketch's port has another name after
    each visit to the boot loader.  swallows: how many commands go nowhere.
    pid: what its sketch says it is.  touches: signs for the boot loader, to which
    it may be deaf.
    """

    def __init__(self, bus):
        self.flash = bytearray(b'\xff' * 0x7000)
        self.visits = 0
        self.swallows = 0
        self.pid = '8036'
        self.deaf = False
        self.touches = 0
        self.boredom = None         # of the boot loader
        super().__init__(bus, None)
        self.persona = Sketch(self)

    def stop(self):
        if self.boredom:
            self.boredom.cancel()
        super().stop()

    def visit(self):
        """From the board's thread: into the boot loader."""
        self.visits += 1
        self.become(Caterina(self))

    def give_up(self):
        """From the board's thread: its boot loader is bored already."""
        if isinstance(self.persona, Caterina):
            self.persona.leave()


class Sketch(PiSerial):
    """Whatever was flashed, it is the LED sketch."""

    def __init__(self, board):
        super().__init__(board)
        self.identity = {
            'tty': f'ttyACM{2 * board.visits}', 'vid': '2341', 'pid': board.pid,
            'driver': 'cdc_acm', 'manufacturer': 'Arduino LLC',
            'product': 'Arduino Leonardo'}

    def obey(self, command):
        if self.board.swallows > 0:
            self.board.swallows -= 1
            return b''
        return b'OK' if command.startswith(b'c') else b'RR'

    def closed(self, speed):
        self.board.touches += speed == termios.B1200
        if speed == termios.B1200 and not self.board.deaf:
            self.board.visit()


class Caterina(Persona):
    """The boot loader of boards with an ATmega32U4, which speaks AVR109.

    If nobody speaks to it, it leaves.
    """

    BOREDOM_S = 8

    SIGNATURE = b'\x87\x95\x1e'
    SIZES = {b'A': 3, b'T': 2, b'g': 4, b'H': 4, b'x': 2, b'y': 2}

    def __init__(self, board):
        super().__init__(board)
        self.identity = {
            'tty': f'ttyACM{2 * board.visits - 1}', 'vid': '2341',
            'pid': '0036', 'driver': 'cdc_acm',
            'manufacturer': 'Arduino LLC', 'product': 'Arduino Leonardo'}
        self.data = b''
        self.address = 0
        self.leaving = False
        self.heard_at = time.monotonic()
        self.wait(self.BOREDOM_S)

    def wait(self, seconds):
        if self.board.boredom:
            self.board.boredom.cancel()
        self.board.boredom = threading.Timer(seconds, self.board.do,
                                             [self.bored])
        self.board.boredom.start()

    def bored(self):
        left = self.heard_at + self.BOREDOM_S - time.monotonic()
        if self.board.persona is self and left > 0:
            self.wait(left)
        else:
            self.leave()

    def leave(self):
        self.board.boredom.cancel()
        if self.board.persona is self:
            self.board.become(Sketch(self.board))

    def hear(self, data):
        self.heard_at = time.monotonic()
        self.data += data
        answer = b''
        while self.data and len(self.data) >= self.size():
            size = self.size()
            command, self.data = self.data[:size], self.data[size:]
            answer += self.obey(command)
        return answer

    def size(self):
        if self.data[:1] == b'B':
            if len(self.data) < 4:
                return 4
            return 4 + int.from_bytes(self.data[1:3], 'big')
        return self.SIZES.get(self.data[:1], 1)

    def obey(self, command):
        fixed = {b'S': b'CATERIN', b'V': b'10', b'v': b'?', b'p': b'S',
                 b'a': b'Y', b'b': b'Y\x00\x80', b't': b'\x44\x00',
                 b's': self.SIGNATURE, b'F': b'\xff', b'N': b'\xd8',
                 b'Q': b'\xcb', b'r': b'\xef', b'\x1b': b''}
        letter = command[:1]
        if letter in fixed:
            return fixed[letter]
        if letter in b'TPLEexy':
            self.leaving = self.leaving or letter == b'E'
            return b'\r'
        if letter == b'A':
            self.address = 2 * int.from_bytes(command[1:3], 'big')
            return b'\r'
        if letter == b'B' and command[3:4] == b'F':
            self.board.flash[self.address:self.address + len(command) - 4] = \
                command[4:]
            self.address += len(command) - 4
            return b'\r'
        if letter == b'g' and command[3:4] == b'F':
            size = int.from_bytes(command[1:3], 'big')
            start, self.address = self.address, self.address + size
            return bytes(self.board.flash[start:start + size])
        return b'?'

    def closed(self, speed):
        if self.leaving:
            self.leave()


# ---------------------------------------------------------------------- Pico

class Pico(Played):
    """MicroPython, or BOOTSEL, and then what picotool has written.

    repl makes a REPL: an object with hear(byte).  virgin: it is in BOOTSEL from
    the start.  flash: what is in it.
    """

    SERIAL = 'E660D4A0A75B3B2C'

    def __init__(self, bus, repl, has_bootloader=True, virgin=False,
                 port='1-2'):
        super().__init__(bus, None, port)
        self.repl = repl
        self.has_bootloader = has_bootloader
        self.flash = bytearray(b'\xff' * picoboot.FLASH_SIZE)
        self.stuck = set()          # bytes of flash, by address, that are 0
        self.wrote = None           # told each address that is written
        self.next = PinServer       # what is written, whatever is in it
        self.files = {}             # of MicroPython
        self.persona = Bootsel(self) if virgin else MicroPython(self)

    def bootsel(self):
        """From another thread: somebody plugs it in with the button down."""
        self.do(lambda: self.become(Bootsel(self)))

    def unplug(self):
        """From the board's thread."""
        self.become(None)

    def restart(self, persona):
        """It leaves BOOTSEL, unless it has been pulled meanwhile."""
        if self.persona is persona:
            self.become(self.next(self))


class MicroPython(Persona):
    def __init__(self, board):
        super().__init__(board)
        self.identity = {
            'tty': 'ttyACM0', 'vid': '2e8a', 'pid': '0005',
            'driver': 'cdc_acm', 'manufacturer': 'MicroPython',
            'product': 'Board in FS mode', 'serial': board.SERIAL}
        self.repl = board.repl(self)
        self.left = False

    def hit(self):
        pass

    def bootloader(self):
        self.left = True

    def hear(self, data):
        answer = b''
        for byte in data:
            answer += self.repl.hear(byte)
            if self.left and self.board.has_bootloader:
                self.board.become(Bootsel(self.board))
                return b''
        return answer


class Bootsel(Persona):
    identity = {
        'vid': '2e8a', 'pid': '0003', 'manufacturer': picoboot.STRINGS[1],
        'product': picoboot.STRINGS[2], 'serial': picoboot.STRINGS[3],
        'descriptors': (picoboot.DEVICE + picoboot.CONFIGURATION).hex().upper()}

    def __init__(self, board):
        super().__init__(board)
        self.rom = picoboot.Picoboot(board.flash, self.rebooted)
        self.rom.stuck = board.stuck
        self.rom.wrote = board.wrote

    def transfer(self, *transfer):
        return self.rom.transfer(*transfer)

    def rebooted(self, delay_ms):
        board = self.board
        timer = threading.Timer(delay_ms / 1000, board.do,
                                [lambda: board.restart(self)])
        timer.daemon = True
        timer.start()


class PinServer(PiSerial):
    """Our own firmware, as far as it says who it is and restarts."""

    WHO = (b'i011F1A050C19' + b'PinServer 1.0 Raspberry Pi Pico'.hex().upper()
           .encode() + b'\nOK')

    def __init__(self, board):
        super().__init__(board)
        self.identity = {
            'tty': 'ttyACM7', 'vid': '1209', 'pid': '0001',
            'driver': 'cdc_acm', 'product': 'PinServer',
            'serial': board.SERIAL}

    def obey(self, command):
        if command == b'bB007':
            self.board.become(Bootsel(self.board))
            return b''
        return self.WHO if command == b'i' else b'RR'
