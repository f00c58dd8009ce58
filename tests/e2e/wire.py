# SPDX-License-Identifier: MIT
"""A wire between picod and a board: it counts bytes, and it can be cut.

    with Wire(board.path) as wire:
        picod(mb=f'unix:{wire.path}')
        wire.fault(17, wire.cut)    # after 17 more bytes, both ways together

Bytes go over it one after the other, those to the board first, so that each
place in a conversation has a number.  A fault is carried out by the wire's
own thread, exactly between two bytes.
"""

import os
import selectors
import shutil
import socket
import tempfile
import threading


class Wire:
    def __init__(self, board_path):
        self.board_path = board_path
        self.directory = tempfile.mkdtemp(prefix='picod-wire-')
        self.path = os.path.join(self.directory, 'port')
        self.selector = selectors.DefaultSelector()
        self.orders, self.order_end = socket.socketpair()
        self.lock = threading.RLock()
        self.to_board = self.to_host = 0
        self.mute = False
        self.fault_at = None
        self.fault_action = None
        self.faulted = threading.Event()
        self.listener = self.host = self.board = None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.selector.register(self.order_end, selectors.EVENT_READ)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.stop()

    def start(self):
        self.connect()
        self.thread.start()

    def stop(self):
        self.orders.close()
        self.thread.join()
        self.cut()
        self.selector.close()
        self.order_end.close()
        shutil.rmtree(self.directory)

    def counts(self):
        """Bytes so far: to the board, and from it."""
        with self.lock:
            return self.to_board, self.to_host

    # --------------------------------------------------------------- faults

    def fault(self, after, action):
        """After so many more bytes, action() is called, between two bytes."""
        with self.lock:
            self.faulted.clear()
            self.fault_at = self.to_board + self.to_host + after
            self.fault_action = action

    def cut(self):
        """The board vanishes, until connect()."""
        with self.lock:
            for each in (self.listener, self.host, self.board):
                if each is not None:
                    self.unregister(each)
                    each.close()
            if self.listener is not None and os.path.exists(self.path):
                os.unlink(self.path)
            self.listener = self.host = self.board = None

    def silence(self):
        """Nothing passes any more, until speak(); what is said is lost."""
        with self.lock:
            self.mute = True

    def speak(self):
        with self.lock:
            self.mute = False
            self.fault_at = None

    def say(self, data):
        """Something that the board did not say."""
        with self.lock:
            if self.host is not None:
                self.host.sendall(data)

    def connect(self):
        """The board is back."""
        with self.lock:
            self.fault_at = None
            self.mute = False
            self.listener = self.listen()
            self.selector.register(self.listener, selectors.EVENT_READ)
            self.wake()

    def listen(self):
        listener = socket.socket(socket.AF_UNIX)
        # It appears at once as one that listens.
        listener.bind(self.path + '.new')
        listener.listen()
        os.rename(self.path + '.new', self.path)
        return listener

    # ---------------------------------------------------------- its own life

    def wake(self):
        if threading.current_thread() is not self.thread:
            self.orders.send(b'.')

    def unregister(self, each):
        try:
            self.selector.unregister(each)
        except KeyError:
            pass

    def run(self):
        while True:
            for key, _ in self.selector.select():
                with self.lock:
                    if key.fileobj is self.order_end:
                        if not self.order_end.recv(64):
                            return
                    elif key.fileobj is self.listener:
                        self.accept()
                    elif key.fileobj in (self.host, self.board):
                        self.carry(key.fileobj)

    def accept(self):
        if self.host is not None:
            self.listener.accept()[0].close()
            return
        self.host = self.listener.accept()[0]
        self.board = socket.socket(socket.AF_UNIX)
        self.board.connect(self.board_path)
        for each in (self.host, self.board):
            self.selector.register(each, selectors.EVENT_READ)

    def carry(self, source):
        try:
            data = source.recv(4096)
        except ConnectionResetError:
            data = b''
        if not data:
            self.hang_up()
            return
        for byte in data:
            if source not in (self.host, self.board):
                return
            self.carry_byte(source, byte)

    def carry_byte(self, source, byte):
        if self.mute:
            return
        try:
            if source is self.host:
                self.to_board += 1
                self.board.send(bytes([byte]))
            else:
                self.to_host += 1
                self.host.send(bytes([byte]))
        except (BrokenPipeError, ConnectionResetError):
            self.hang_up()
        if self.to_board + self.to_host == self.fault_at:
            self.fault_at = None
            self.fault_action()
            self.faulted.set()

    def hang_up(self):
        """One end is gone: the other one learns it."""
        for each in (self.host, self.board):
            self.unregister(each)
            each.close()
        self.host = self.board = None
