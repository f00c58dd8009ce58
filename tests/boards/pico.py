# SPDX-License-Identifier: MIT
"""A Raspberry Pi Pico that runs our image on rp2040js.

    with Pico() as pico:
        port = pico.open()
        port.sendall(b'n19\\n')
        pico.pins()[25]                 # '1'

The port is a Unix socket at pico.path.  It is there while the board is on the
USB bus, and one program at a time can open it.  What is around the board is
told by orders (tests/boards/pico/orders.mjs) and tells of itself in events:
"usb ...", "open", "close", "bootsel ...", and "violation ..." for something
that no real Pico or host would put up with.  An object is for one thread.
"""

import os
import socket

from boards import BUILD, FIRMWARE, HERE, Board, BoardError

IMAGE = os.path.join(FIRMWARE, 'pico-pinserver.uf2')
ROM = os.path.join(BUILD, 'boards/pico-rom.bin')
MODULES = os.path.join(BUILD, 'boards/npm/node_modules')
PATIENCE_S = 60


class Pico(Board):
    """A Raspberry Pi Pico."""

    NAME = 'pico'
    READY = 'usb'

    def __init__(self, path=None, pty=False, image=IMAGE):
        if pty:
            raise BoardError('pico: its port is a Unix socket only')
        super().__init__(path)
        self.image = image
        self.events = []
        self._control = None
        self._text = b''

    def spawn(self):
        self._text = b''
        self._control, theirs = socket.socketpair()
        with theirs:
            self.popen(['node', os.path.join(HERE, 'pico/pico.mjs'),
                        '--image', self.image, '--rom', ROM,
                        '--port', self.path, '--modules', MODULES,
                        '--control', str(theirs.fileno())],
                       pass_fds=[theirs.fileno()])
        self._control.settimeout(PATIENCE_S)
        self.identity = self.wait_for(self.READY)

    def stop(self):
        super().stop()
        if self._control:
            self._control.close()
            self._control = None

    def open(self):
        """Opens the port."""
        port = socket.socket(socket.AF_UNIX)
        port.settimeout(PATIENCE_S)
        port.connect(self.path)
        self.wait_for('open')
        return port

    def order(self, *words):
        """Gives an order and returns its answer without the word ok."""
        self.begin(*words)
        return self.end()

    def begin(self, *words):
        """Gives an order that takes its time; end() must follow."""
        text = ' '.join(str(word) for word in words)
        self._control.sendall(text.encode() + b'\n')

    def end(self):
        """Waits for the answer to begin()."""
        while True:
            line = self._line()
            if line.startswith('error'):
                raise BoardError(line)
            if line.startswith('ok'):
                return line.split(' ', 2)[2] if line.count(' ') > 1 else ''
            self.events.append(line)

    def wait_for(self, prefix):
        """The next event that begins so; those before it are dropped."""
        while True:
            line = self.events.pop(0) if self.events else self._line()
            if line.startswith(prefix):
                return line
            if line.startswith('violation'):
                raise BoardError(line)

    def violations(self):
        """What has been seen of the sort so far."""
        self.order('stat')
        return [line for line in self.events if line.startswith('violation')]

    def pins(self):
        """The state of each pin, a list of words: see World.describe()."""
        return [word.split('=')[1] for word in self.order('pins').split()]

    def numbers(self, *words):
        """Gives an order whose answer is NAME=NUMBER ..., as a dict."""
        return {name: int(value) for name, value in
                (word.split('=') for word in self.order(*words).split())}

    def _line(self):
        while b'\n' not in self._text:
            piece = self._control.recv(4096)
            if not piece:
                raise BoardError('the emulator ended')
            self._text += piece
        line, self._text = self._text.split(b'\n', 1)
        return line.decode()
