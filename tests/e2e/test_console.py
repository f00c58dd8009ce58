# SPDX-License-Identifier: MIT
"""Consoles: a client and a board, each as slow, as sudden and as rude as can be.

The test itself is the board, so that it reads and speaks exactly when it likes.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import picod
import scripted


class Port:
    """A port whose other end is the test."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix='picod-port-')
        self.path = os.path.join(self.directory, 'port')
        self.listener = None
        self.wire = None

    def plug(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.settimeout(picod.PATIENCE_S)
        self.listener.bind(self.path + '.new')
        self.listener.listen()
        os.rename(self.path + '.new', self.path)

    def accept(self):
        self.wire = self.listener.accept()[0]
        self.wire.settimeout(picod.PATIENCE_S)

    def unplug(self):
        """The board is pulled out; another may come to the same place."""
        self.listener.close()
        os.unlink(self.path)
        self.wire.close()

    def read(self, count):
        """So many bytes that were sent to the board."""
        data = bytearray()
        while len(data) < count:
            more = self.wire.recv(count - len(data))
            if not more:
                raise AssertionError(f'only {len(data)} of {count} bytes')
            data += more
        return bytes(data)

    def close(self):
        if self.wire is not None:
            self.wire.close()
        self.listener.close()
        shutil.rmtree(self.directory)


def pattern(count):
    """Bytes of which none can be missing or twice unseen."""
    return b''.join(b'%07d\n' % n for n in range(count // 8 + 1))[:count]


# More than all buffers between a client and a board that does not read.
MUCH = 1 << 20


class Frame(picod.Case):
    def setUp(self):
        self.port = Port()
        self.addCleanup(self.port.close)
        self.port.plug()
        self.p = self.picod(b=f'unix:{self.port.path},driver=piserial')
        self.port.accept()
        self.asker = self.connect(self.p)
        self.row()
        self.descriptors = self.p.open_descriptors()

    def tearDown(self):
        """Nothing of a client outlives it."""
        self.until(lambda: self.p.open_descriptors() == self.descriptors)
        self.assertNotEqual(self.row()['state'], 'console')

    def row(self):
        """What ListBoards says of the board, with no connection of its own."""
        return self.asker.call('ListBoards', details=True)['boards'][0]

    def call_console(self, wait=None):
        """A client that asked for the console."""
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        client.settimeout(picod.PATIENCE_S)
        client.connect(self.p.path)
        parameters = {} if wait is None else {'wait': wait}
        client.sendall(json.dumps({
            'method': 'io.picod.Console', 'upgrade': True,
            'parameters': parameters}).encode() + b'\0')
        return client

    def take_reply(self, client):
        reply = b''
        while not reply.endswith(b'\0'):
            reply += client.recv(1)
        return json.loads(reply[:-1])

    def console(self):
        client = self.call_console()
        reply = self.take_reply(client)
        self.assertEqual(reply['parameters']['board'], 'b')
        self.assertEqual(reply['parameters']['boot'], self.row()['boot'])
        return client

    def wait_closed(self, client):
        data = b''
        while more := client.recv(65536):
            data += more
        return data

    def in_background(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments,
                                  daemon=True)
        thread.start()
        self.addCleanup(thread.join, picod.PATIENCE_S)
        return thread


class Console(Frame):
    # ---------------------------------------------------------------- flow

    def test_input_goes_on_after_a_burst(self):
        client = self.console()
        data = pattern(MUCH)
        self.in_background(client.sendall, data)
        self.assertEqual(self.port.read(len(data)), data)
        client.sendall(b'and more')
        self.assertEqual(self.port.read(8), b'and more')
        self.port.wire.sendall(b'heard')
        self.assertEqual(client.recv(100), b'heard')
        client.close()

    def test_a_burst_of_one_who_leaves_leaves_nothing(self):
        """Neither the client nor what it typed stays."""
        for how in (socket.SHUT_WR, socket.SHUT_RDWR):
            client = self.console()
            client.setblocking(False)
            with self.assertRaises(BlockingIOError):
                while True:
                    client.send(bytes(65536))
            client.shutdown(how)
            client.close()
            self.until(lambda: self.row()['state'] != 'console')

    def test_both_ways_at_once(self):
        """A board that echoes all of much more than is kept anywhere."""
        data = pattern(4 * MUCH)
        client = self.console()
        self.in_background(client.sendall, data)

        def echo():
            left = len(data)
            while left > 0:
                some = self.port.read(min(left, 4096))
                self.port.wire.sendall(some)
                left -= len(some)
        self.in_background(echo)
        heard = bytearray()
        while len(heard) < len(data):
            heard += client.recv(65536)
        self.assertEqual(bytes(heard), data)
        client.close()

    # ----------------------------------------------------------------- ends

    def test_who_says_no_more_is_answered(self):
        client = self.console()
        client.sendall(b'c1\n')
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(self.port.read(3), b'c1\n')
        self.port.wire.sendall(b'OK')
        self.assertEqual(self.wait_closed(client), b'OK')
        client.close()

    def test_said_no_more_while_it_waited(self):
        """It is served in its turn and ended, and the next one is served."""
        first = self.console()
        waiting = self.call_console()
        waiting.sendall(b'typed ahead')
        waiting.shutdown(socket.SHUT_WR)
        silent = self.call_console()
        silent.shutdown(socket.SHUT_WR)
        self.until(lambda: self.row()['waiting'] == 2)
        first.close()
        self.take_reply(waiting)
        self.assertEqual(self.port.read(11), b'typed ahead')
        self.port.wire.sendall(b'x')
        self.assertEqual(self.wait_closed(waiting), b'x')
        self.take_reply(silent)
        self.assertEqual(self.wait_closed(silent), b'')
        for client in (waiting, silent):
            client.close()
        last = self.console()
        last.sendall(b'q')
        self.assertEqual(self.port.read(1), b'q')
        last.close()

    def test_gone_while_it_waited(self):
        first = self.console()
        waiting = self.call_console()
        self.until(lambda: self.row()['waiting'] == 1)
        waiting.close()
        self.until(lambda: self.row()['waiting'] == 0)
        first.close()

    def test_the_boards_last_words(self):
        """What it said before it went away is heard."""
        client = self.console()
        words = pattern(100000)
        self.port.wire.sendall(words)
        self.port.unplug()
        self.assertEqual(self.wait_closed(client), words)
        client.close()
        self.port.plug()
        self.port.accept()

    def test_who_does_not_read_is_dropped(self):
        client = self.console()
        self.port.wire.sendall(bytes(picod.limit('UNREAD') + MUCH))
        self.until(lambda: self.row()['state'] != 'console')
        self.assertIn('did not read what its board said', self.p.log())
        client.close()

    def test_nobody_gets_what_another_typed(self):
        """What was typed dies when the board is pulled out."""
        first = self.console()
        first.setblocking(False)
        with self.assertRaises(BlockingIOError):
            while True:
                first.send(b'c00FF00\n' * 1000)
        self.port.unplug()
        self.port.plug()
        self.port.accept()
        second = self.console()
        second.sendall(b'v\n')
        second.shutdown(socket.SHUT_WR)
        self.assertEqual(self.port.read(2), b'v\n')
        self.assertEqual(self.wait_closed(second), b'')
        second.close()
        first.close()
        # The console ended after all that was typed had been written.
        self.port.wire.setblocking(False)
        with self.assertRaises(BlockingIOError):
            self.port.wire.recv(1)

    def test_oneway_is_refused(self):
        client = self.connect(self.p)
        client.write(json.dumps({
            'method': 'io.picod.Console', 'upgrade': True, 'oneway': True,
            'parameters': {}}).encode() + b'\0')
        self.assertEqual(len(client.call('ListBoards')['boards']), 1)
        self.assertNotEqual(self.row()['state'], 'console')
        client.close()


class Shared(picod.Case):
    def test_who_does_not_read_is_dropped(self):
        """In the middle of what it printed, which goes on for nobody."""
        farm = scripted.Farm()
        self.addCleanup(farm.stop)
        board = farm.add(lambda board: scripted.Repl(board, paste=True))
        farm.start()
        # What was freed is seen to be.
        p = self.picod(b=f'{board.url()},driver=repl',
                       env={'MALLOC_PERTURB_': '165'})
        tool = self.connect(p)
        tool.upgrade('Console', shared=True)
        tool.write(b'print("x" * 30000000)\r')
        self.until(lambda: 'did not read what its board said' in p.log())
        self.assertEqual(p.send('6 * 7'), '42\n')


class PicoctlConsole(Frame):
    """The same by picoctl, whose exit status says what became of it."""

    def start_picoctl(self, data):
        path = os.path.join(self.p.directory, 'typed')
        with open(path, 'wb') as file:
            file.write(data)
        with open(path, 'rb') as file:
            process = subprocess.Popen(
                [picod.PICOCTL, 'console'], stdin=file,
                env=self.p.client_environment(), stdout=subprocess.PIPE,
                stderr=subprocess.PIPE)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def end(self, process):
        output, errors = process.communicate(timeout=picod.PATIENCE_S)
        return process.returncode, output, errors.decode()

    def test_a_file_of_any_size(self):
        self.assertEqual(self.end(self.start_picoctl(b'')), (0, b'', ''))
        for size in (1, 60000, MUCH):
            with self.subTest(size):
                data = pattern(size)
                process = self.start_picoctl(data)
                self.assertEqual(self.port.read(size), data)
                self.port.wire.sendall(b'bye')
                self.assertEqual(self.end(process), (0, b'bye', ''))

    def test_a_board_that_takes_its_time(self):
        """Longer than a board is quiet that has answered."""
        data = pattern(MUCH)
        process = self.start_picoctl(data)
        heard = self.port.read(MUCH // 2)
        time.sleep(1.5)     # the board's own pace
        heard += self.port.read(MUCH - len(heard))
        self.assertEqual(heard, data)
        self.assertEqual(self.end(process), (0, b'', ''))

    def test_a_board_that_has_not_got_it_yet(self):
        """What the port has taken may take its time to the board, too."""
        process = self.start_picoctl(pattern(20000))
        self.port.read(1)
        time.sleep(2.5)     # the board's own pace
        self.port.read(19999)
        self.port.wire.sendall(b'bye')
        self.assertEqual(self.end(process), (0, b'bye', ''))

    def test_a_board_that_answers_much(self):
        data = pattern(MUCH)
        process = self.start_picoctl(data)
        self.port.read(1000)
        answer = pattern(4 * MUCH)
        self.in_background(self.port.wire.sendall, answer)
        self.in_background(self.port.read, MUCH - 1000)
        status, output, _ = self.end(process)
        self.assertEqual((status, output), (0, answer))

    def test_a_board_that_goes_away(self):
        """In the middle of a file, whether it comes back at once or not."""
        process = self.start_picoctl(pattern(MUCH))
        self.port.read(10000)
        self.port.unplug()
        status, output, errors = self.end(process)
        self.assertEqual((status, output), (7, b''))
        self.assertIn('the board went away', errors)
        self.port.plug()
        self.port.accept()
        process = self.start_picoctl(pattern(1000))
        self.port.read(1000)
        self.port.wire.close()
        self.port.accept()
        status, output, errors = self.end(process)
        self.assertEqual((status, output), (7, b''))

    def test_a_picod_that_ends(self):
        process = self.start_picoctl(pattern(MUCH))
        self.port.read(10000)
        self.p.terminate()
        status, output, errors = self.end(process)
        self.assertEqual((status, output), (7, b''))
        self.port.wire.close()
        self.p.start()
        self.port.accept()
        self.asker = self.connect(self.p)
        self.row()


if __name__ == '__main__':
    unittest.main()
