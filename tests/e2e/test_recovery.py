# SPDX-License-Identifier: MIT
"""Boards that hang, vanish and come back, at every kind of port."""

import fcntl
import os
import socket
import unittest

import picod
import scripted
from boards import MicroPython, Microbit
from test_send import Typist
from uno import Uno
from wire import Wire


class Wedged(picod.Case):
    """A micro:bit whose thermometer hangs it for good.

    The emulator lacks it, and no Ctrl-C can interrupt the C code that waits
    for it.
    """

    WEDGE = 'from microbit import *; temperature()'

    def setUp(self):
        self.mb = self.board(Microbit())
        self.p = self.picod(mb=f'unix:{self.mb.path}')
        self.p.send('1')
        self.watcher = self.watch(self.p)

    def test_wedged(self):
        """Its client is answered, others are told, and it comes back."""
        wedger, waiting = self.connect(self.p), self.connect(self.p)
        wedger.send('Send', text=self.WEDGE, timeout=500)
        self.watcher.wait(event='state', state='busy')
        waiting.send('Send', text='2 + 2')
        with self.fails('TimedOut', started=True, output='') as failure:
            wedger.receive()
        self.assertIn('does not stop at Ctrl-C', failure.exception['message'])
        with self.fails('BoardSilent', board='mb'):
            waiting.receive()
        self.watcher.wait(event='state', state='silent')
        board = self.p.board()
        self.assertEqual((board['state'], board['waiting']), ('silent', 0))
        self.assertIn('Ctrl-C', board['problem'])
        result = self.p.picoctl('list')
        self.assertIn('silent', result.stdout)

        # A new request tries it once more, step by step, and is answered.
        with self.fails('BoardSilent'):
            self.p.send('1')
        steps = [e['reason'] for e in self.recovery_until_silent()]
        self.assertTrue(any('Ctrl-C' in step for step in steps), steps)
        # What it does not take would pile up, and restart it again and again.
        self.assertFalse(any('Ctrl-D' in step for step in steps), steps)

        boot = self.p.board()['boot']
        self.mb.restart()
        self.watcher.wait(event='state', state='listening')
        answer = self.p.call('Send', text='2 + 2')
        self.assertEqual(answer['output'], '4\n')
        self.assertGreater(answer['boot'], boot)
        self.assertNotIn('problem', self.p.board())

    def recovery_until_silent(self):
        events = []
        self.watcher.wait(lambda e: events.append(e) or (
            e['event'] == 'state' and e['state'] == 'silent'))
        return [e for e in events if e['event'] == 'recovery']

    def test_reset_button(self):
        """The port stays: what it says shows that it is there again."""
        with self.fails('TimedOut'):
            self.p.call('Send', text=self.WEDGE, timeout=100)
        self.watcher.wait(event='state', state='silent')
        self.mb.reset()
        self.watcher.wait(event='state', state='listening')
        self.assertEqual(self.p.send('2 + 2'), '4\n')

    def test_interrupt(self):
        with self.connect(self.p) as client:
            client.send('Send', text=self.WEDGE)
            self.watcher.wait(event='state', state='busy')
            self.p.call('Interrupt')
            with self.assertRaises(picod.PicodError) as caught:
                client.receive()
            self.assertIn(caught.exception.name,
                          ('Interrupted', 'BoardSilent'))
        self.watcher.wait(event='state', state='silent')

    def test_client_leaves(self):
        with self.connect(self.p) as client:
            client.send('Send', text=self.WEDGE)
            self.watcher.wait(event='state', state='busy')
        self.watcher.wait(event='state', state='silent')

    def test_sigterm(self):
        """A wedged board does not hold up the end."""
        client = self.connect(self.p)
        client.send('Send', text=self.WEDGE)
        self.watcher.wait(event='state', state='busy')
        self.assertEqual(self.p.terminate(), 0)


class Unplugged:
    """A board whose cable is pulled, whatever kind of port it has."""

    def start(self):
        self.p = self.picod(mb=f'{self.port()},driver=repl')
        self.assertEqual(self.p.send('1', wait=60000), '1\n')
        self.watcher = self.watch(self.p)

    def test_in_a_statement(self):
        self.start()
        client, waiting = self.connect(self.p), self.connect(self.p)
        boot = self.p.board()['boot']
        client.send('Send', text="print('begun')\nwhile True: pass\n")
        self.watcher.wait(event='state', state='busy')
        waiting.send('Send', text='2', wait=60000)
        impatient = self.connect(self.p)
        impatient.send('Send', text='2')
        self.until(lambda: self.p.board()['waiting'] == 2)
        self.unplug()
        with self.fails('Disconnected', sent=True, board='mb'):
            client.receive()
        with self.fails('BoardAbsent'):
            impatient.receive()
        self.watcher.wait(event='state', state='absent')
        self.assertEqual(self.p.board()['state'], 'absent')
        with self.fails('BoardAbsent'):
            self.p.send('1')
        with self.fails('BoardAbsent'):
            self.p.send('1', wait=10)
        self.plug()
        answer = waiting.receive()
        self.assertEqual(answer['output'], '2\n')
        self.assertGreater(answer['boot'], boot)

    def test_idle(self):
        self.start()
        for _ in range(3):
            self.unplug()
            self.watcher.wait(event='state', state='absent')
            self.plug()
            self.watcher.wait(event='state', state='listening')
            self.assertEqual(self.p.send('2 + 2'), '4\n')

    def test_not_there_at_first(self):
        self.unplug()
        self.p = self.picod(mb=f'{self.port()},driver=repl')
        self.assertEqual(self.p.board()['state'], 'absent')
        with self.fails('BoardAbsent') as caught:
            self.p.send('1')
        self.assertTrue(caught.exception['message'])
        with self.connect(self.p) as client:
            client.send('Send', text='2', wait=60000)
            self.plug()
            self.assertEqual(client.receive()['output'], '2\n')


class UnpluggedUnix(Unplugged, picod.Case):
    def setUp(self):
        self.mb = self.board(Microbit())

    def port(self):
        return f'unix:{self.mb.path}'

    def unplug(self):
        self.mb.stop()

    def plug(self):
        self.mb.start()


class UnpluggedPty(UnpluggedUnix):
    def setUp(self):
        self.mb = self.board(Microbit(pty=True))

    def port(self):
        return self.mb.path


class UnpluggedTcp(Unplugged, picod.Case):
    """A board behind a server, such as ser2net."""

    def setUp(self):
        self.mb = self.board(Microbit())
        self.wire = self.board(TcpWire(self.mb.path))

    def port(self):
        return f'tcp:localhost:{self.wire.port}'

    def unplug(self):
        self.wire.cut()

    def plug(self):
        self.mb.restart()
        self.wire.connect()


class TcpWire(Wire):
    """The same at a TCP port, which stays its own while it is cut."""

    def __init__(self, board_path):
        super().__init__(board_path)
        self.reserved = socket.socket()
        self.reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.reserved.bind(('127.0.0.1', 0))
        self.port = self.reserved.getsockname()[1]
        self.reserved.close()

    def listen(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(('127.0.0.1', self.port))
        listener.listen()
        return listener


class UnpluggedTogether(picod.Case):
    """As many boards as there may be, and one inotify instance more for all."""

    def setUp(self):
        self.farm = scripted.Farm()
        self.addCleanup(self.farm.stop)
        self.farm.start()

    def inotify_instances(self, p):
        folder = f'/proc/{p.pid}/fd'
        return sum(1 for fd in os.listdir(folder) if
                   self.link(os.path.join(folder, fd)) == 'anon_inode:inotify')

    @staticmethod
    def link(path):
        """What it leads to, if it is still there."""
        try:
            return os.readlink(path)
        except FileNotFoundError:
            return None

    def test_all_come_back(self):
        boards = {f'b{i}': self.farm.add(scripted.PiSerial)
                  for i in range(picod.limit('BOARDS'))}
        p = self.picod(verbose=False, **{
            name: f'{board.url()},driver=piserial'
            for name, board in boards.items()})
        watcher = self.watch(p)
        for name in boards:
            p.call('Send', board=name, text='c1', wait=60000)
        before = self.inotify_instances(p)
        for name, board in boards.items():
            board.vanish()
            watcher.wait(event='state', board=name, state='absent')
        self.assertLessEqual(self.inotify_instances(p), before + 1)
        for name, board in reversed(boards.items()):
            board.plug()
            answer = p.call('Send', board=name, text='c1', wait=60000)
            self.assertEqual(answer['output'], 'v00\n')


class LeftBehind(picod.Case):
    """How a board is left when picod ends."""

    def check_prompt(self, board):
        with Typist(board) as typist:
            typist.echoes = False
            typist.type(b"print('at the ' + 'prompt')\r",
                        b'\r\nat the prompt\r\n>>> ')

    def test_after_a_statement(self):
        for kind in (Microbit, MicroPython):
            with self.subTest(board=kind.NAME), kind() as board:
                p = self.picod(mb=f'unix:{board.path}')
                p.send('1')
                self.assertEqual(p.terminate(), 0)
                self.check_prompt(board)

    def test_in_a_statement(self):
        for kind in (Microbit, MicroPython):
            with self.subTest(board=kind.NAME), kind() as board:
                p = self.picod(mb=f'unix:{board.path}')
                watcher = self.watch(p)
                client = self.connect(p)
                client.send('Send', text='while True: pass')
                watcher.wait(event='state', state='busy')
                self.assertEqual(p.terminate(), 0)
                self.check_prompt(board)

    def test_own_program_goes_on(self):
        """Who asked nothing of a board has not touched it."""
        with Microbit() as board:
            with Typist(board) as typist:
                typist.prompt()
                typist.type(b"exec('while True: print(1234)')\r", b'1234\r\n')
            p = self.picod(mb=f'unix:{board.path}')
            self.watch(p).wait(event='output')
            self.assertEqual(p.terminate(), 0)
            with Typist(board) as typist:
                typist.read(b'1234\r\n1234\r\n')

    def test_killed_and_started_again(self):
        """kill -9 under load: the board is usable again at once."""
        with Microbit() as board:
            p = self.picod(mb=f'unix:{board.path}')
            watcher = self.watch(p)
            client = self.connect(p)
            client.send('Send', text='while True: print(1)')
            watcher.wait(event='state', state='busy')
            boot = p.board()['boot']
            p.kill()
            p.start()
            answer = p.call('Send', text='2 + 2', wait=60000)
            self.assertEqual(answer['output'], '4\n')
            self.assertNotEqual(answer['boot'], boot)


class ArduinoUnplugged(picod.Case):
    def test_unplugged(self):
        uno = self.board(Uno(sketch=os.path.join(picod.FIRMWARE,
                                                 'uno-led.hex')))
        p = self.picod(uno=f'{uno.path},driver=piserial,baud=9600')
        self.assertEqual(p.call('Send', text='c1')['status'], 'OK')
        watcher = self.watch(p)
        for _ in range(2):
            uno.unplug()
            watcher.wait(event='state', state='absent')
            with self.fails('BoardAbsent'):
                p.call('Send', text='c1')
            uno.plug()
            watcher.wait(event='state', state='listening')
            self.assertEqual(p.call('Send', text='c1')['status'], 'OK')
            self.assertEqual(uno.level(13), 1)

    def test_port_in_use(self):
        """Another program has it; picod says so, and takes it when free."""
        uno = self.board(Uno(sketch=os.path.join(picod.FIRMWARE,
                                                 'uno-led.hex')))
        fd = uno.open()
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            p = self.picod(uno=f'{uno.path},driver=piserial,baud=9600')
            with self.fails('BoardAbsent') as caught:
                p.call('Send', text='c1')
            self.assertIn('has its port', caught.exception['message'])
            client = self.connect(p)
            client.send('Send', text='c1', wait=60000)
        finally:
            os.close(fd)
        self.assertEqual(client.receive()['status'], 'OK')


if __name__ == '__main__':
    unittest.main()
