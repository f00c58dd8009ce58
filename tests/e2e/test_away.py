# SPDX-License-Identifier: MIT
"""A board out of service: lent to another program, or one client's console.

Meanwhile the others wait, and afterwards they are answered.
"""

import json
import os
import socket
import unittest

import picod
from boards import Microbit


class Away(picod.Case):

    def setUp(self):
        self.microbit = self.board(Microbit())
        self.p = self.picod('-b', f'mb=unix:{self.microbit.path}')
        self.assertEqual(self.p.send('x = 6 * 7'), '')

    def state(self):
        return self.p.board('mb')['state']

    def read_until(self, sock, wanted):
        data = b''
        while wanted not in data:
            more = sock.recv(4096)
            self.assertTrue(more, data)
            data += more
        return data

    def waiting_send(self):
        """A client whose statement waits behind us."""
        client = self.connect(self.p)
        client.send('Send', text='x')
        watcher = self.connect(self.p)
        while not self.p.board('mb')['waiting']:
            watcher.call('ListBoards')
        return client

    # ------------------------------------------------------------------ lend

    def lend(self):
        lender = self.connect(self.p)
        lent = lender.call('Lend', board='mb')
        self.assertEqual(lent, {'board': 'mb',
                                'port': f'unix:{self.microbit.path}'})
        self.assertEqual(self.state(), 'lent')
        return lender

    def test_lent_port_is_free_and_at_the_friendly_prompt(self):
        lender = self.lend()
        waiting = self.waiting_send()
        with socket.socket(socket.AF_UNIX) as port:
            port.connect(self.microbit.path)
            port.sendall(b'print(x + 1)\r')
            self.read_until(port, b'43\r\n>>> ')
        lender.close()
        self.assertEqual(waiting.receive()['output'], '42\n')

    def says_who_has_it(self, words, method, **parameters):
        """Who waits no longer, or cannot wait, is told as the list tells."""
        with self.fails('BoardBusy', board='mb') as caught:
            self.p.call(method, **parameters)
        who = self.p.board('mb')['holder']
        self.assertEqual(caught.exception['holder'], who)
        self.assertEqual(who['pid'], os.getpid())
        self.assertTrue(caught.exception['message'].startswith(
            f'board mb is {words} {who["program"]} (pid {who["pid"]}, '
            f'user {who["user"]})'), caught.exception['message'])

    def test_watchers_are_told_who_uses_it(self):
        watcher = self.watch(self.p)
        with self.connect(self.p) as client:
            client.call('Send', text='1')
            client.call('Lend', board='mb')
            who = self.p.board('mb')['holder']
        name = f'{who["program"]} (pid {who["pid"]}, user {who["user"]})'
        for state, what in (('busy', 'a request runs for'),
                            ('lent', 'it is lent to')):
            watcher.wait(event='state', state=state, reason=f'{what} {name}')

    def test_who_has_it_is_named(self):
        lender = self.lend()
        self.says_who_has_it('lent to', 'Send', text='1', wait=0)
        self.says_who_has_it('lent to', 'Interrupt', board='mb')
        waiting = self.connect(self.p).stream('Send', text='1')
        told = next(waiting)['waiting']
        self.assertEqual((told['state'], told['holder']),
                         ('lent', self.p.board('mb')['holder']))
        lender.close()
        self.until(lambda: self.state() == 'ready')
        self.assertNotIn('holder', self.p.board('mb'))
        console = self.console()
        self.says_who_has_it('the console of', 'Send', text='1', wait=0)
        console.close()

    def test_lend_comes_in_its_turn(self):
        running = self.connect(self.p)
        running.send('Send', text='while True: pass')
        lender = self.connect(self.p)
        lender.send('Lend', board='mb')
        self.until(lambda: self.p.board('mb')['waiting'] == 1)
        self.p.call('Interrupt')
        with self.assertRaises(picod.PicodError):
            running.receive()
        self.assertEqual(lender.receive()['board'], 'mb')

    def test_board_goes_away_while_lent(self):
        lender = self.lend()
        watcher = self.watch(self.p)
        self.microbit.stop()
        lender.close()
        watcher.wait(event='state', state='absent')
        self.microbit.start()
        watcher.wait(event='state', state='listening')
        self.assertEqual(self.p.send('1 + 1'), '2\n')

    # --------------------------------------------------------------- console

    def console(self):
        sock = socket.socket(socket.AF_UNIX)
        self.addCleanup(sock.close)
        sock.settimeout(picod.PATIENCE_S)
        sock.connect(self.p.path)
        sock.sendall(json.dumps({
            'method': 'io.picod.Console', 'upgrade': True,
            'parameters': {'board': 'mb'}}).encode() + b'\0')
        reply = self.read_until(sock, b'\0')
        self.assertEqual(json.loads(reply[:-1])['parameters'],
                         {'board': 'mb', 'boot': self.p.board('mb')['boot']})
        return sock

    def test_console_is_the_boards_bytes(self):
        console = self.console()
        self.assertEqual(self.state(), 'console')
        waiting = self.waiting_send()
        console.sendall(b'print(x, "typed")\r')
        self.assertIn(b'print(x, "typed")\r\n42 typed\r\n>>> ',
                      self.read_until(console, b'>>> '))
        console.sendall(b'x = "left ')           # half a line is typed
        self.read_until(console, b'left ')
        console.close()
        self.assertEqual(waiting.receive()['output'], '42\n')

    def test_console_ends_with_the_board(self):
        console = self.console()
        self.microbit.stop()
        while console.recv(4096):
            pass
        self.microbit.start()
        self.assertEqual(self.p.call('Send', text='1', wait=20000)['output'],
                         '1\n')

    def test_console_needs_upgrade(self):
        with self.fails('Unsupported', board='mb'):
            self.p.call('Console', board='mb')


if __name__ == '__main__':
    unittest.main()
