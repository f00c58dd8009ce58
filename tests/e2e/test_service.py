# SPDX-License-Identifier: MIT
"""picod as a service: what it tells its manager, and SIGHUP."""

import json
import os
import shutil
import signal
import socket
import tempfile
import unittest

import picod
from boards import FIRMWARE, Microbit
from uno import Uno

LED = os.path.join(FIRMWARE, 'uno-led.hex')
RGB = os.path.join(FIRMWARE, 'uno-rgb.hex')


class Service(picod.Picod):
    """A picod whose messages to the service manager can be read."""

    def __init__(self, env=None, **options):
        self.folder = tempfile.mkdtemp(prefix='picod-notify-')
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.settimeout(picod.PATIENCE_S)
        path = os.path.join(self.folder, 'notify')
        self.manager.bind(path)
        self.said = []
        super().__init__(env={'NOTIFY_SOCKET': path, **(env or {})}, **options)

    def wait_ready(self, notify):
        self.wait_said('READY=1')

    def wait_said(self, line):
        """Reads messages until one has the line; returns its lines."""
        while True:
            lines = self.manager.recv(4096).decode().split('\n')
            self.said += lines
            if line in lines:
                return lines

    def reload(self, config):
        with open(self.config, 'w') as file:
            file.write(config)
        os.kill(self.pid, signal.SIGHUP)
        self.wait_said('RELOADING=1')
        return self.wait_said('READY=1')

    def stop(self):
        try:
            super().stop()
        finally:
            self.manager.close()
            shutil.rmtree(self.folder)


def section(name, board, **settings):
    lines = [f'[board {name}]', f'port = {board.path}', 'driver = piserial']
    settings.setdefault('baud', 9600)   # the sketches' speed
    lines += [f'{key} = {value}' for key, value in settings.items()]
    return '\n'.join(lines) + '\n'


class ServiceCase(picod.Case):

    def service(self, **options):
        service = Service(**options)
        self.addCleanup(service.stop)
        return service


class TestNotify(ServiceCase):

    def test_status_follows_clients(self):
        p = self.service()
        self.assertIn('STATUS=0 boards, 0 clients', p.said)
        with p.connect():
            p.wait_said('STATUS=0 boards, 1 client')
        p.wait_said('STATUS=0 boards, 0 clients')

    def test_status_counts_absent_boards(self):
        p = self.service(boards={'uno': '/nowhere/tty', 'pico': '/nowhere/b'})
        self.assertIn('STATUS=2 boards (2 absent), 0 clients', p.said)

    def test_nothing_new_is_not_told(self):
        p = self.service()
        for _ in range(50):
            p.call('ListBoards')
        with p.connect():
            p.wait_said('STATUS=0 boards, 1 client')
        told = [line for line in p.said if line.startswith('STATUS=')]
        for last, line in zip(told, told[1:]):
            self.assertNotEqual(last, line)

    def test_watchdog_is_fed_if_the_manager_asked(self):
        p = self.service(env={'WATCHDOG_USEC': '100000'})
        for _ in range(3):
            p.wait_said('WATCHDOG=1')

    def test_watchdog_of_another_process_is_not_fed(self):
        p = self.service(env={'WATCHDOG_USEC': '1000', 'WATCHDOG_PID': '1'})
        with p.connect():
            p.wait_said('STATUS=0 boards, 1 client')
        self.assertNotIn('WATCHDOG=1', p.said)

    def test_end_is_announced(self):
        p = self.service()
        self.assertEqual(p.terminate(), 0)
        p.wait_said('STOPPING=1')


class TestReload(ServiceCase):

    def uno(self, sketch=LED):
        return self.board(Uno(sketch=sketch))

    def test_what_did_not_change_is_not_touched(self):
        one, two = self.uno(), self.uno(RGB)
        p = self.service(config=section('one', one))
        client = self.connect(p)
        watcher = self.watch(p, board='one')
        self.assertEqual(client.call('Send', board='one', text='c1')['status'],
                         'OK')
        boot = p.board('one')['boot']
        opens = one.events.count('open')
        p.reload(section('one', one) + section('two', two))
        self.assertEqual(client.call('Send', board='one', text='c0')['status'],
                         'OK')
        self.assertEqual(client.call('Send', board='two', text='n')['status'],
                         'OK')
        self.assertEqual(p.board('one')['boot'], boot)
        self.assertEqual(one.events.count('open'), opens)
        self.assertNotIn('absent', [e.get('state') for e in watcher.seen])

    def test_removed_board_is_let_go(self):
        one, two = self.uno(), self.uno(RGB)
        p = self.service(config=section('one', one) + section('two', two))
        watcher = self.watch(p, board='two')
        p.reload(section('one', one))
        with self.fails('NoSuchBoard', board='two'):
            p.send('n', 'two')
        with self.assertRaises(picod.PicodError) as caught:
            watcher.wait(event='never')
        self.assertEqual(caught.exception.name, 'NoSuchBoard')
        fd = two.open()         # nobody has it any more
        self.addCleanup(os.close, fd)

    def test_requests_of_a_removed_board_are_answered(self):
        one = self.uno()
        p = self.service(config=section('one', one) +
                         '[board away]\nport = /nowhere/tty\n')
        waiting = self.connect(p)
        waiting.send('Send', board='away', text='c1', wait=600000)
        waiting.send('Send', board='one', text='c1')
        self.assertEqual(p.send('c0', 'one'), '')
        p.reload(section('one', one))
        with self.fails('Disconnected', board='away'):
            waiting.receive()
        self.assertEqual(waiting.receive()['status'], 'OK')

    def test_hold_of_a_removed_board_ends_with_it(self):
        one, two = self.uno(), self.uno(RGB)
        p = self.service(config=section('one', one) + section('two', two))
        holder = self.connect(p)
        holder.call('Hold', board='two', will='f')
        p.reload(section('one', one))
        with self.fails('NoSuchBoard'):
            holder.call('Drop', board='two')
        p.reload(section('one', one) + section('two', two))
        holder.close()          # its lease is for a board that is no more
        self.assertEqual(p.call('Send', board='two', text='n', wait=60000)
                         ['status'], 'OK')

    def test_loan_of_a_removed_board_ends_nobody_elses(self):
        one = self.uno()
        p = self.service(config=section('one', one))
        old, new = self.connect(p), self.connect(p)
        old.call('Lend', board='one')
        p.reload('')
        p.reload(section('one', one))
        new.call('Lend', board='one', wait=60000)
        p.wait_said('STATUS=1 board, 2 clients')
        old.close()
        p.wait_said('STATUS=1 board, 1 client')
        self.assertEqual(p.board('one')['state'], 'lent')
        new.close()
        self.assertEqual(p.call('Send', board='one', text='c1', wait=60000)
                         ['status'], 'OK')

    def test_changed_board_is_taken_anew(self):
        one = self.uno()
        p = self.service(config=section('one', one, baud=57600))
        with self.fails('BoardSilent'):
            p.send('c1', 'one')
        p.reload(section('one', one))
        self.assertEqual(p.call('Send', board='one', text='c0', wait=60000)
                         ['status'], 'OK')

    def test_changed_board_keeps_its_hold_and_its_will(self):
        one = self.uno()
        p = self.service(config=section('one', one, baud=57600))
        holder, other = self.connect(p), self.connect(p)
        token = holder.call('Hold', board='one', will='c1')['token']
        p.reload(section('one', one))
        with self.fails('BoardBusy'):
            other.call('Hold', board='one')
        other.send('Send', board='one', text='c0')
        self.assertEqual(holder.call('Send', board='one', text='c0',
                                     hold=token)['status'], 'OK')
        holder.close()
        self.assertEqual(other.receive()['status'], 'OK')
        one.wait_for('pin 13 1')        # the will
        one.wait_for('pin 13 0')        # and then the other

    def test_changed_board_stays_lent(self):
        one = self.uno()
        p = self.service(config=section('one', one, baud=57600))
        lender = self.connect(p)
        lender.call('Lend', board='one')
        opens = one.counters()['opens']
        p.reload(section('one', one))
        self.assertEqual(p.board('one')['state'], 'lent')
        self.assertEqual(one.counters()['opens'], opens)
        lender.close()
        self.assertEqual(p.call('Send', board='one', text='c1', wait=60000)
                         ['status'], 'OK')

    def test_what_ran_on_a_changed_board_is_told(self):
        """Those who wait go on waiting."""
        mb = self.board(Microbit())
        text = f'[board mb]\nport = unix:{mb.path}\n'
        p = self.service(config=text + 'driver = repl\n')
        watcher = self.watch(p, board='mb')
        running, impatient, waiting = (self.connect(p) for _ in range(3))
        running.send('Send', text='while True: pass')
        watcher.wait(event='state', state='busy')
        impatient.send('Send', text='2 + 2')
        waiting.send('Send', text='3 + 3', wait=60000)
        self.until(lambda: p.board()['waiting'] == 2)
        p.reload(text + 'driver = auto\n')
        with self.fails('Disconnected', sent=True) as caught:
            running.receive()
        self.assertIn('configuration', caught.exception['message'])
        self.assertEqual(impatient.receive()['output'], '4\n')
        self.assertEqual(waiting.receive()['output'], '6\n')
        watcher.wait(event='state', state='ready')      # it is still watched

    def test_changed_board_that_is_not_there_is_said_so(self):
        mb = self.board(Microbit())
        text = '[board mb]\ndriver = repl\n'
        p = self.service(config=text + f'port = unix:{mb.path}\n')
        watcher = self.watch(p, board='mb')
        running, impatient = self.connect(p), self.connect(p)
        running.send('Send', text='while True: pass')
        watcher.wait(event='state', state='busy')
        impatient.send('Send', text='2 + 2')
        self.until(lambda: p.board()['waiting'] == 1)
        p.reload(text + 'port = /nowhere/tty\n')
        with self.fails('Disconnected'):
            running.receive()
        with self.fails('BoardAbsent'):
            impatient.receive()
        self.assertEqual(p.board()['port'], '/nowhere/tty')

    def test_how_it_is_flashed_is_changed_without_a_notice(self):
        one = self.uno()
        p = self.service(config=section('one', one))
        self.assertEqual(p.call('Send', text='c1')['status'], 'OK')
        boot = p.board()['boot']
        p.reload(section('one', one, flasher='uno', part='m328pb'))
        self.assertEqual(p.call('Send', text='c0')['status'], 'OK')
        self.assertEqual(p.board()['boot'], boot)

    def test_console_of_a_changed_board_ends(self):
        mb = self.board(Microbit())
        text = f'[board mb]\nport = unix:{mb.path}\n'
        p = self.service(config=text + 'driver = repl\n')
        client = self.connect(p)
        client.write(json.dumps({'method': 'io.picod.Console', 'parameters': {},
                                 'upgrade': True}).encode() + b'\0')
        client.read_message()
        p.reload(text + 'driver = auto\n')
        client.wait_closed()
        self.assertEqual(p.send('2 + 2'), '4\n')

    def test_renamed_board_is_there_under_its_new_name(self):
        one = self.uno()
        p = self.service(config=section('one', one))
        p.reload(section('lamp', one))
        self.assertEqual(p.call('Send', text='c1', wait=60000)['status'], 'OK')
        self.assertEqual(p.board()['name'], 'lamp')

    def test_mistakes_change_nothing(self):
        one = self.uno()
        p = self.service(config=section('one', one))
        p.reload(section('two', one) + 'colour = red\n')
        self.assertIn('line 5', p.log())
        self.assertEqual(p.call('Send', board='one', text='c1')['status'], 'OK')

    def test_boards_of_the_command_line_stay(self):
        one = self.uno()
        p = self.service(boards={'one': one.path + ',driver=piserial,baud=9600'})
        boot = p.board('one')['boot']
        p.reload('')
        self.assertEqual(p.board('one')['boot'], boot)


if __name__ == '__main__':
    unittest.main()
