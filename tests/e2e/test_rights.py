# SPDX-License-Identifier: MIT
"""[access]: what a user may do, asked for every method and again after a change.

picod runs as a user, who may then use it, but only as the rules have it.
"""

import ctypes
import json
import os
import signal
import socket
import unittest

import picod
import scripted
from boards import MicroPython

NOBODY = 65534


@unittest.skipIf(os.getuid() != 0, 'only root can be somebody else')
class Rights(picod.Case):
    def setUp(self):
        farm = scripted.Farm()
        self.addCleanup(farm.stop)
        self.r = farm.add(lambda board: scripted.Repl(board, paste=True))
        self.s = farm.add(scripted.PiSerial)
        farm.start()
        os.chown(farm.directory, NOBODY, NOBODY)
        for board in (self.r, self.s):
            os.chown(board.path, NOBODY, NOBODY)

    def start(self, config, **languages):
        boards = {'r': f'{self.r.url()},driver={languages.get("r", "repl")}',
                  's': f'{self.s.url()},driver=piserial'}
        self.p = picod.Picod(boards=boards, config=config, user=NOBODY)
        self.addCleanup(self.p.stop)
        self.p.send('0', 'r')

    def user(self):
        """A connection of the user who is narrowed."""
        with picod.another_user(NOBODY):
            return self.connect(self.p)

    def ask(self, method, **parameters):
        """A call of his, in a connection of its own."""
        client = self.user()
        more = method == 'Watch'
        client.send(method, more=more, **parameters)
        try:
            return client.receive_reply()[0]
        finally:
            client.close()

    def denied(self, method, **parameters):
        with self.fails('PermissionDenied') as caught:
            self.ask(method, **parameters)
        return caught.exception['message']

    def reload(self, config):
        with open(self.p.config, 'w') as file:
            file.write(config)
        log = self.p.log()
        os.kill(self.p.pid, signal.SIGHUP)
        self.until(lambda: 'was read again' in self.p.log()[len(log):])

    # ---------------------------------------------------------- each method

    # These can do without a board.
    OF_ANY = {'ListBoards', 'ListFirmware', 'Upload', 'Watch'}

    def calls(self):
        """Each method with what it needs, on a board and on none."""
        for method, (fields, _) in picod.INTERFACES['io.picod'].methods.items():
            needed = {name: {'string': 'c1', 'int': 1}[kind]
                      for name, kind in fields.items() if kind[0] != '?'}
            if 'board' in fields:
                yield method, {**needed, 'board': 's'}
            if method in self.OF_ANY:
                yield method, needed

    def test_every_method_is_asked_for(self):
        self.start('[access]\nnobody = none\n')
        for method, parameters in self.calls():
            with self.subTest(method, **parameters):
                message = self.denied(method, **parameters)
                self.assertIn(f'user nobody {method}', message)
                self.assertIn('[access]', message)
        self.assertIn('user nobody) was refused Flash on board s',
                      self.p.log())

    def test_each_is_granted_by_its_name(self):
        self.start('[access]\nnobody = Watch ListFirmware Interrupt\n')
        self.assertEqual(self.ask('Watch')['event'], 'state')
        self.ask('ListFirmware')
        self.ask('Interrupt', board='r')
        self.denied('ListBoards')
        self.denied('Upload', data='', at=0)
        self.reload('[access]\nnobody = Flash\n')
        self.ask('Upload', data='', at=0)   # it comes before what is flashed
        self.reload('[access]\nnobody = WriteFile\n')
        self.ask('Upload', data='', at=0)
        self.reload('[access]\nnobody = none\n[access s]\nnobody = Flash\n')
        self.ask('Upload', data='', at=0)
        self.ask('Upload', data='', at=0)
        self.denied('ListFirmware')

    def test_a_refusal_is_told_once_a_minute(self):
        """To the log, that is; who asks is told each time."""
        self.start('[access]\nnobody = none\n')
        client = self.user()
        for _ in range(100):
            client.send('Send', board='s', text='c1')
            with self.fails('PermissionDenied'):
                client.receive()
        self.denied('Send', board='s', text='c1')
        self.denied('Hold', board='s')
        self.assertEqual(self.p.log().count('was refused Send on board s'), 1)
        self.assertEqual(self.p.log().count('was refused Hold on board s'), 1)

    def test_a_trace_is_a_right_of_its_own(self):
        """It has what others send."""
        self.start('[access]\nnobody = Watch\n')
        for board in ({}, {'board': 'r'}):
            self.assertIn('user nobody Trace',
                          self.denied('Watch', trace=True, **board))
        self.assertEqual(self.ask('Watch', board='r')['event'], 'state')
        self.reload('[access]\nnobody = Trace\n')
        self.denied('Watch', board='r')
        tracer = self.user()
        tracer.send('Watch', more=True, trace=True)
        tracer.receive_reply()
        self.reload('[access]\nnobody = Watch\n')
        with self.fails('PermissionDenied'):
            for _ in tracer.receive_all():
                pass

    # ------------------------------------------------------- what is shown

    def test_lists_show_what_is_granted(self):
        self.start('[access]\n* = none\n[access s]\n* = all\n')
        self.assertEqual([b['name'] for b in self.ask('ListBoards')['boards']],
                         ['s'])
        self.assertEqual(len(self.p.call('ListBoards')['boards']), 2)
        with self.fails('AmbiguousBoard', boards=['s']):
            self.ask('Send', text='c1')
        with self.fails('NoSuchBoard') as caught:
            self.ask('Send', text='c1', board='none')
        self.assertIn('there are: s', caught.exception['message'])

    def test_what_others_send_is_their_affair(self):
        self.start('')
        holder = self.connect(self.p)
        holder.call('Hold', board='r')
        secret = self.connect(self.p)
        secret.send('Send', text='password = 1', board='r')
        own = self.user()
        own.send('Send', text='mine = 1', board='r')
        self.until(lambda: self.p.board('r')['waiting'] == 2)
        self.assertEqual([r['text'] for r in self.p.board('r')['requests']],
                         ['password = 1', 'mine = 1'])
        row = next(b for b in self.ask('ListBoards', details=True)['boards']
                   if b['name'] == 'r')
        self.assertEqual([(r['text'], r['client']['uid'])
                          for r in row['requests']],
                         [('', 0), ('mine = 1', NOBODY)])

    # ------------------------------------------------------------- letters

    def test_letters_are_of_piserial_only(self):
        self.start('[access]\nnobody = Send(c)\n')
        self.assertEqual(self.ask('Send', board='s', text='c1')['status'],
                         'OK')
        self.denied('Send', board='s', text='x1')
        for text in ('c=1;hit()', 'c1', 'hit()', '\0c', ''):
            with self.subTest(text):
                self.denied('Send', board='r', text=text)
        self.assertEqual(self.r.hits, 0)

    def test_letters_are_nothing_to_a_board_not_known_yet(self):
        self.r.vanish()
        p = picod.Picod(boards={'r': f'{self.r.url()},driver=auto'}, user=NOBODY,
                        config='[access]\nnobody = Send(c)\n')
        self.addCleanup(p.stop)
        self.p = p
        self.denied('Send', board='r', text='c=1', wait=10)

    def test_every_will_is_checked(self):
        self.start('[access]\nnobody = Hold Send(c)\n')
        self.ask('Hold', board='s')
        self.ask('Hold', board='s', will='c0')
        for board, will in (('s', 'x0'), ('s', '\0c0'), ('r', 'c0'),
                            ('r', '\0'), ('r', '\0hit()'), ('r', 'hit()')):
            with self.subTest(board=board, will=will):
                self.denied('Hold', board=board, will=will)
        self.assertEqual(self.r.hits, 0)

    # -------------------------------------------------------- after a change

    def test_endless_calls_are_asked_again(self):
        self.start('')
        traces = []
        for board in ({}, {'board': 'r'}):
            client = self.user()
            client.send('Watch', more=True, trace=True, **board)
            client.receive_reply()
            traces.append(client)
        holder = self.connect(self.p)
        holder.call('Hold', board='r')
        waiting = self.user()
        waiting.send('Send', text='hit()', board='r')
        self.until(lambda: self.p.board('r')['waiting'] == 1)
        self.reload('[access]\nnobody = ListBoards\n')
        for client in (*traces, waiting):
            with self.fails('PermissionDenied') as caught:
                for _ in client.receive_all():
                    pass
            self.assertIn('have changed', caught.exception['message'])
            self.assertEqual(len(client.call('ListBoards')['boards']), 2)
        holder.close()
        self.p.send('1', 'r')
        self.assertEqual(self.r.hits, 0)

    def test_a_call_that_named_no_board_is_asked_again(self):
        """Of the only one, which it is not any more."""
        self.p = picod.Picod(user=NOBODY, config=self.only())
        self.addCleanup(self.p.stop)
        holder = self.connect(self.p)
        holder.call('Hold')
        waiting = self.user()
        waiting.send('Send', text='hit()')
        self.until(lambda: self.p.board()['waiting'] == 1)
        self.reload(self.only() + '[access]\nnobody = none\n'
                    '[board s]\nport = unix:/nonexistent\n')
        with self.fails('PermissionDenied'):
            waiting.receive()
        holder.close()
        self.p.send('1', 'r')
        self.assertEqual(self.r.hits, 0)

    def only(self):
        return f'[board r]\nport = {self.r.url()}\ndriver = repl\n'

    def test_what_one_has_is_asked_again(self):
        """Held, lent, as a console: it is the others' again."""
        self.start('')
        holder = self.user()
        holder.call('Hold', board='r', will='hit()')
        lender = self.user()
        lender.call('Lend', board='s')
        self.reload('[access]\nnobody = Send\n')
        self.p.send('1', 'r', wait=20000)
        self.assertEqual(self.r.hits, 1)    # he may send it, so it ran
        self.p.send('c1', 's', wait=20000)
        with self.fails('PermissionDenied'):
            holder.call('Drop', board='r')
        holder.close()
        lender.close()
        self.reload('')
        console = self.user()
        console.write(json.dumps({
            'method': 'io.picod.Console', 'upgrade': True,
            'parameters': {'board': 's'}}).encode() + b'\0')
        self.until(lambda: self.p.board('s')['state'] == 'console')
        holder = self.user()
        holder.call('Hold', board='r', will='hit()')
        self.reload('[access]\nnobody = Hold Console\n')
        self.p.send('1', 'r', wait=20000)
        self.assertEqual(self.r.hits, 1)    # he may not send it any more
        self.assertEqual(self.p.board('s')['state'], 'console')
        self.reload('[access]\nnobody = none\n')
        self.assertIn(b'"board":"s"', console.wait_closed())
        self.p.send('c1', 's', wait=20000)

    def test_no_will_of_who_may_not_send_and_says_no_more(self):
        """His call ends first, and with it his connection."""
        for rules in ('nobody = none', 'nobody = Hold'):
            with self.subTest(rules=rules):
                self.start('')
                holder = self.user()
                holder.call('Hold', board='r', will='hit()')
                holder.send('Send', board='r', text='1')
                self.until(lambda: self.p.board('r')['waiting'] == 1)
                holder.end()
                self.reload(f'[access]\n{rules}\n')
                holder.wait_closed()
                self.p.send('1', 'r', wait=20000)
                self.assertEqual(self.r.hits, 0)
                self.p.stop()

    def test_a_board_that_one_may_watch_later(self):
        """The state of each begins what is told of it."""
        self.start('[access]\nnobody = Watch\n[access s]\nnobody = all\n'
                   '[access r]\nnobody = none\n')
        client = self.user()
        client.send('Watch', more=True)
        self.assertEqual(client.receive_reply()[0]['board'], 's')
        self.reload('[access]\nnobody = all\n')
        event = client.receive_reply()[0]
        self.assertEqual((event['board'], event['event']), ('r', 'state'))

    def test_a_shared_console_is_asked_again(self):
        """Nothing that was typed there is done any more."""
        self.start('')
        idle, waits = self.user(), self.user()
        for client in (idle, waits):
            client.upgrade('Console', board='r', shared=True)
        holder = self.connect(self.p)
        holder.call('Hold', board='r')
        waits.write(b'hit()\r')
        self.until(lambda: self.p.board('r')['waiting'] == 1)
        self.reload('[access]\nnobody = Console\n')
        self.assertEqual(self.p.board('r')['waiting'], 1)
        self.reload('[access]\nnobody = none\n')
        for client in (idle, waits):
            client.wait_closed()
        holder.close()
        self.p.send('1', 'r', wait=20000)
        self.assertEqual(self.r.hits, 0)

    def test_what_a_shared_console_runs_is_stopped(self):
        board = self.board(MicroPython())
        for path in (board.path, os.path.dirname(board.path)):
            os.chown(path, NOBODY, NOBODY)
        self.p = picod.Picod(boards={'b': f'unix:{board.path},driver=repl'},
                             user=NOBODY)
        self.addCleanup(self.p.stop)
        self.p.send('0')
        watcher = self.watch(self.p)
        client = self.user()
        client.upgrade('Console', shared=True)
        client.write(b'while True: pass\r\r')
        watcher.wait(event='state', state='busy')
        self.reload('[access]\nnobody = none\n')
        client.wait_closed()
        watcher.wait(event='state', state='ready')

    def test_a_console_outlives_a_hold(self):
        """Of the same connection, of another board."""
        self.start('')
        client = self.user()
        client.call('Hold', board='r')
        client.upgrade('Console', board='s')
        self.reload('[access]\nnobody = Console\n')
        self.p.send('1', 'r', wait=20000)
        client.write(b'c1\n')
        self.assertEqual(client.read_bytes()[:1], b'v')
        self.assertEqual(self.p.board('s')['state'], 'console')

    def test_what_is_still_granted_goes_on(self):
        self.start('[access]\nnobody = all\n')
        watcher = self.user()
        watcher.send('Watch', more=True, board='r')
        events = watcher.receive_all()
        holder = self.user()
        token = holder.call('Hold', board='r')['token']
        self.reload('[access]\nnobody = Watch Hold Drop\n')
        self.assertEqual(self.p.send('1', 'r', hold=token), '1\n')
        while next(events)['state'] != 'busy':
            pass
        holder.call('Drop', board='r')


# Where systemd-logind says who sits at the machine.
SEATS = '/run/systemd/seats'


def hide_logind():
    """In a view of its own, nobody sits at the machine, until take_seat()."""
    libc = ctypes.CDLL(None, use_errno=True)
    for result in (
            libc.unshare(0x00020000),       # CLONE_NEWNS
            libc.mount(b'none', b'/', None, 0x4000 | 0x40000, None),
            libc.mount(b'none', b'/run', b'tmpfs', 0, None)):
        if result < 0:
            os._exit(77)
    os.makedirs(SEATS)


@unittest.skipIf(os.getuid() != 0, 'only root can be somebody else')
class Seats(picod.Case):
    """Who sits at the machine may use picod, as long as he does."""

    USER = 12345

    def setUp(self):
        self.p = picod.Picod(boards={'b': 'unix:/nonexistent'},
                             preexec=hide_logind)
        self.addCleanup(self.p.stop)

    def take_seat(self, uid):
        path = f'/proc/{self.p.pid}/root{SEATS}/seat0'
        with open(path + '.new', 'w') as file:
            file.write(f'IS_SEAT0=1\nACTIVE=c1\nACTIVE_UID={uid}\n'
                       f'SESSIONS=c1\nUIDS={uid}\n')
        os.rename(path + '.new', path)

    def user(self):
        with picod.another_user(self.USER):
            return self.connect(self.p)

    def test_who_leaves_his_seat(self):
        with self.fails('PermissionDenied'):
            self.user().call('ListBoards')
        self.take_seat(self.USER)
        watcher, idle = self.user(), self.user()
        idle.call('ListBoards')
        watcher.send('Watch', more=True)
        watcher.receive_reply()
        self.take_seat(self.USER + 1)
        with self.fails('PermissionDenied'):
            for _ in watcher.receive_all():
                pass
        self.assertEqual(watcher.wait_closed(), b'')
        self.assertEqual(idle.wait_closed(), b'')
        with self.fails('PermissionDenied'):
            self.user().call('ListBoards')


if __name__ == '__main__':
    unittest.main()
