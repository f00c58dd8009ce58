# SPDX-License-Identifier: MIT
"""The relay, between a host and a board that echoes."""

import os
import socket
import threading
import unittest

from relay import Relay


class Echo:
    """A board that returns every byte, one connection after the other."""

    def __init__(self, path):
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self):
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                try:
                    while data := line.recv(4096):
                        line.sendall(data)
                except OSError:
                    pass


class RelayTest(unittest.TestCase):
    def setUp(self):
        self.relay = Relay(None)
        self.relay.start()
        self.addCleanup(self.relay.stop)
        self.relay.board_path = os.path.join(self.relay.directory, 'board')
        echo = Echo(self.relay.board_path)
        self.addCleanup(echo.stop)
        self.addCleanup(self.relay.vanish)

    def connect(self):
        host = socket.socket(socket.AF_UNIX)
        self.addCleanup(host.close)
        host.settimeout(30)
        host.connect(self.relay.path)
        return host

    def read(self, host, count):
        data = b''
        while len(data) < count:
            data += host.recv(count - len(data))
        return data

    def read_to_end(self, host):
        data = b''
        try:
            while piece := host.recv(4096):
                data += piece
        except ConnectionResetError:
            pass
        return data

    def test_passes_on_counts_and_records(self):
        host = self.connect()
        host.sendall(b'hello')
        self.assertEqual(self.read(host, 5), b'hello')
        self.assertEqual(self.relay.to_board.count, 5)
        self.assertEqual(self.relay.to_host.data, b'hello')
        self.relay.to_board.mark()
        host.sendall(b'you')
        self.relay.to_host.wait_for(b'helloyou')
        self.assertEqual(self.relay.to_board.data, b'you')

    def test_much_more_than_any_buffer(self):
        host = self.connect()
        text = bytes(range(256)) * 8192
        sender = threading.Thread(target=host.sendall, args=[text])
        sender.start()
        self.assertEqual(self.read(host, len(text)), text)
        sender.join()

    def test_cut_after_every_count(self):
        for count in range(6):
            self.relay.to_host.after(count, self.relay.cut)
            host = self.connect()
            host.sendall(b'abcde')
            self.assertEqual(self.read_to_end(host), b'abcde'[:count])
            host.close()

    def test_vanish_and_appear(self):
        host = self.connect()
        self.relay.to_board.after(2, self.relay.vanish)
        host.sendall(b'abc')
        self.assertEqual(self.read_to_end(host)[2:], b'')
        self.assertFalse(os.path.exists(self.relay.path))
        self.relay.appear()
        host = self.connect()
        host.sendall(b'again')
        self.assertEqual(self.read(host, 5), b'again')

    def test_swallow_and_heal(self):
        host = self.connect()
        self.relay.to_host.after(1, self.relay.to_host.swallow)
        host.sendall(b'abc')
        self.assertEqual(self.read(host, 1), b'a')
        self.relay.to_host.wait_for(b'abc')
        self.relay.heal()
        host.sendall(b'def')
        self.assertEqual(self.read(host, 3), b'def')

    def test_inject_at_its_place(self):
        host = self.connect()
        self.relay.to_host.after(
            3, lambda: self.relay.to_host.inject(b'***'))
        host.sendall(b'abcdef')
        self.assertEqual(self.read(host, 9), b'abc***def')
        self.assertEqual(self.relay.to_host.data, b'abcdef')

    def test_host_gone_and_board_gone(self):
        host = self.connect()
        host.sendall(b'abc')
        host.close()
        host = self.connect()
        host.sendall(b'def')
        self.assertEqual(self.read(host, 3), b'def')
        host.close()
        self.relay.board_path += '.gone'
        self.assertEqual(self.read_to_end(self.connect()), b'')


class RelayCleansUpTest(unittest.TestCase):
    def test_nothing_left(self):
        with Relay('/nowhere') as relay:
            self.assertTrue(os.path.exists(relay.path))
        self.assertFalse(os.path.exists(relay.directory))


if __name__ == '__main__':
    unittest.main()
