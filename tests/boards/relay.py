# SPDX-License-Identifier: MIT
"""A tap on the line between picod and a board.

    with Microbit() as board, Relay(board.path) as relay:
        relay.to_host.after(5, relay.cut)
        talk_to(relay.path)
        print(relay.to_board.count, bytes(relay.to_board.data))

The relay passes bytes on unchanged, counts and records them, and does to the
line what happens to lines: it is cut, a board vanishes, a direction goes dead,
garbage comes in.  Such a thing is a plain function; after(n, function) has it
called when n more bytes have been passed on in that direction and not one more.
It may also be any other function, board.reset for example.

The board's port may be a Unix socket or a pty.  Towards the host the relay is a
Unix socket.  It serves one host at a time; each gets a new connection to the
board, as somebody who opens a serial port does.
"""

import os
import secrets
import select
import shutil
import socket
import stat
import tempfile
import threading
import tty

CHUNK_BYTES = 4096
PATIENCE_S = 30


class Direction:
    """One way through the relay.

    count and data tell what its sender sent since the start or mark(); what
    was swallowed is in there, what was injected is not.
    """

    def __init__(self):
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._triggers = []
        self._swallows = False
        self._write = None
        self.count = 0
        self.data = bytearray()

    def mark(self):
        """Begins to count and record anew."""
        with self._changed:
            self.count = 0
            self.data = bytearray()

    def after(self, count, function):
        """Calls the function, in a thread, when count more bytes passed.

        With 0 it is called when the next byte comes, before that is passed.
        """
        with self._changed:
            self._triggers.append([count, function])

    def swallow(self):
        """Passes nothing on any more."""
        self._swallows = True

    def heal(self):
        """Undoes swallow(), and forgets what after() has ordered."""
        with self._changed:
            self._swallows = False
            self._triggers.clear()

    def inject(self, data):
        """Sends the receiver something that its peer did not send."""
        with self._writing:
            if self._write:
                self._write(data)

    def wait_for(self, data, timeout_s=PATIENCE_S):
        """Waits until the record contains the data, or raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: data in self.data,
                                          timeout_s):
                raise TimeoutError(f'no {data!r} in {bytes(self.data)!r}')

    # ------------------------------------------------------ for the relay

    def _begin(self, write):
        with self._writing:
            self._write = write

    def _pass_on(self, data):
        """Passes data on in pieces that end where something shall happen."""
        while data:
            self._fire()
            with self._changed:
                size = min([len(data), *(count for count, _ in
                                         self._triggers)])
                piece, data = data[:size], data[size:]
                self.count += size
                self.data += piece
                for trigger in self._triggers:
                    trigger[0] -= size
                self._changed.notify_all()
            if not self._swallows:
                with self._writing:
                    self._write(piece)
            self._fire()

    def _fire(self):
        with self._changed:
            due = [each for each in self._triggers if each[0] == 0]
            for each in due:
                self._triggers.remove(each)
        for _, function in due:
            function()


class Relay:
    """The tap; to_board and to_host are its directions."""

    def __init__(self, board_path, path=None):
        name = f'picod-relay-{os.getpid()}-{secrets.token_hex(4)}'
        self.directory = os.path.join(tempfile.gettempdir(), name)
        self.path = path or os.path.join(self.directory, 'port')
        self.board_path = board_path
        self.to_board = Direction()
        self.to_host = Direction()
        self._listener = None
        self._server = None
        self._line = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.stop()

    def start(self):
        os.mkdir(self.directory, 0o700)
        self.appear()

    def stop(self):
        self.vanish()
        if self._server and self._server is not threading.current_thread():
            self._server.join()
        shutil.rmtree(self.directory, ignore_errors=True)

    def cut(self):
        """Hangs up on the host, who may connect again at once."""
        line = self._line
        if line:
            line.cut()

    def vanish(self):
        """The port is gone until appear()."""
        listener, self._listener = self._listener, None
        if listener:
            os.unlink(self.path)
            listener.shutdown(socket.SHUT_RDWR)
        self.cut()

    def appear(self):
        """The port is there again."""
        if self._listener:
            return
        if self._server:
            self._server.join()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen()
        self._server = threading.Thread(target=self._serve,
                                        args=[self._listener], daemon=True)
        self._server.start()

    def silence(self):
        """The line goes dead both ways, but nobody hangs up."""
        self.to_board.swallow()
        self.to_host.swallow()

    def heal(self):
        """The line is whole again: appears, passes on, has no orders."""
        self.to_board.heal()
        self.to_host.heal()
        self.appear()

    def _serve(self, listener):
        with listener:
            while True:
                try:
                    host, _ = listener.accept()
                except OSError:
                    return
                try:
                    board_fd = open_port(self.board_path)
                except OSError:
                    host.close()
                    continue
                self._line = Line(host.detach(), board_fd)
                # vanish() may have come before there was a line to cut.
                if self._listener is not listener:
                    self._line.cut()
                self._line.run(self.to_board, self.to_host)
                self._line = None


class Line:
    """One connection of a host with the board, by two threads."""

    def __init__(self, host_fd, board_fd):
        self._host_fd = host_fd
        self._board_fd = board_fd
        self._cut_read, self._cut_write = os.pipe()
        self._closing = threading.Lock()
        self._closed = False

    def cut(self):
        """Ends both threads; they close what they have."""
        with self._closing:
            if not self._closed:
                os.write(self._cut_write, b'x')

    def run(self, to_board, to_host):
        """Passes bytes on until one side hangs up or the line is cut."""
        os.set_blocking(self._host_fd, False)
        os.set_blocking(self._board_fd, False)
        to_board._begin(lambda data: self._write(self._board_fd, data))
        to_host._begin(lambda data: self._write(self._host_fd, data))
        other = threading.Thread(target=self._pump, daemon=True,
                                 args=[self._board_fd, to_host])
        other.start()
        self._pump(self._host_fd, to_board)
        other.join()
        to_board._begin(None)
        to_host._begin(None)
        with self._closing:
            self._closed = True
            for fd in (self._host_fd, self._board_fd, self._cut_read,
                       self._cut_write):
                os.close(fd)

    def _pump(self, source, direction):
        try:
            while self._wait(source, select.POLLIN):
                data = os.read(source, CHUNK_BYTES)
                if not data:
                    break
                direction._pass_on(data)
        except OSError:
            pass
        self.cut()

    def _write(self, fd, data):
        while data:
            if not self._wait(fd, select.POLLOUT):
                raise BrokenPipeError
            data = data[os.write(fd, data):]

    def _wait(self, fd, events):
        """Waits until fd is ready; false if the line was cut meanwhile."""
        poll = select.poll()
        poll.register(fd, events)
        poll.register(self._cut_read, select.POLLIN)
        return self._cut_read not in dict(poll.poll())


def open_port(path):
    """A descriptor on a board's port, be it a Unix socket or a pty."""
    if stat.S_ISSOCK(os.stat(path).st_mode):
        with socket.socket(socket.AF_UNIX) as board:
            board.connect(path)
            return board.detach()
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(fd)
    return fd
