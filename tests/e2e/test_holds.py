# SPDX-License-Identifier: MIT
"""Exclusive use of a board: who gets it, for how long, and what remains."""

import os
import pty
import signal
import subprocess
import sys
import unittest

import picod
from boards import Microbit
from uno import Uno

# Holds a board with a will and waits to be killed.
HOLDER = '''
import json, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
for text in sys.argv[2:]:
    s.sendall(text.encode() + b'\\0')
while True:
    data = s.recv(65536)
    if not data:
        break
    sys.stdout.write(data.replace(b'\\0', b'\\n').decode())
    sys.stdout.flush()
'''

OTHER_UID = 65534


class Holds(picod.Case):
    def setUp(self):
        self.mb = self.board(Microbit())
        self.p = self.picod(mb=f'unix:{self.mb.path},driver=repl')
        self.p.send('log = []')
        self.watcher = self.watch(self.p)

    def wait_waiting(self, count):
        self.until(lambda: self.p.board()['waiting'] == count)

    # ------------------------------------------------------ getting, dropping

    def test_hold_and_drop(self):
        holder = self.connect(self.p)
        hold = holder.call('Hold', board='mb')
        self.assertEqual(hold['board'], 'mb')
        self.assertRegex(hold['token'], r'^[0-9a-f]{32}$')
        self.assertEqual(self.p.board()['holder']['pid'], os.getpid())
        with self.fails('BoardBusy', board='mb') as caught:
            self.p.send('1', wait=0)
        who = caught.exception['holder']
        self.assertEqual((who['pid'], who['uid']), (os.getpid(), os.getuid()))
        self.assertIn(f'pid {os.getpid()}', caught.exception['message'])
        holder.call('Drop')
        self.assertEqual(self.p.send('1', wait=0), '1\n')
        self.assertNotIn('holder', self.p.board())

    def test_since(self):
        holder = self.connect(self.p)
        before = holder.stream('Watch')
        now = next(before)['time']
        holder = self.connect(self.p)
        holder.call('Hold')
        since = self.p.board()['holder']['since']
        self.assertGreaterEqual(since, now)
        self.assertLess(since - now, 60_000_000)

    def check_advice(self):
        with self.fails('BoardBusy') as caught:
            self.p.send('1', wait=0)
        self.assertIn('with a longer wait', caught.exception['message'])
        self.assertNotIn('--', caught.exception['message'])

    def test_advice_is_for_all_clients(self):
        """Only one of them has options."""
        watcher = self.watch(self.p)
        with self.connect(self.p) as other:
            other.call('Hold')
            self.check_advice()
        with self.connect(self.p) as other:
            other.send('Send', text='while True: pass')
            watcher.wait(event='state', state='busy')
            self.check_advice()

    def test_token(self):
        """Whoever has it is let pass, on any connection."""
        holder = self.connect(self.p)
        token = holder.call('Hold')['token']
        self.assertEqual(self.p.send('1', hold=token), '1\n')
        with self.connect(self.p) as other:
            self.assertEqual(other.call('Send', text='2', hold=token)
                             ['output'], '2\n')
        for bad in ('', token[:-1], token + '0', token.upper(), 'x' * 100,
                    '0' * 32):
            with self.subTest(token=bad):
                if bad == token:
                    continue
                with self.fails('BoardBusy'):
                    self.p.send('1', hold=bad, wait=0)
        # The holder's own connection needs it too: its token says so.
        with self.fails('BoardBusy'):
            holder.call('Send', text='1', wait=0)

    def test_tokens_differ(self):
        tokens = set()
        for _ in range(5):
            with self.connect(self.p) as holder:
                tokens.add(holder.call('Hold', wait=5000)['token'])
                holder.call('Drop')
        self.assertEqual(len(tokens), 5)

    def test_old_token(self):
        holder = self.connect(self.p)
        token = holder.call('Hold')['token']
        holder.call('Drop')
        # Nobody holds it: a token too many does no harm.
        self.assertEqual(self.p.send('1', hold=token), '1\n')
        holder.call('Hold')
        with self.fails('BoardBusy'):
            self.p.send('1', hold=token, wait=0)

    def test_drop_what_one_does_not_hold(self):
        with self.fails('Unsupported'):
            self.p.call('Drop')
        holder = self.connect(self.p)
        holder.call('Hold')
        with self.fails('Unsupported'):
            self.p.call('Drop')
        self.assertIn('holder', self.p.board())
        holder.call('Drop')
        with self.fails('Unsupported'):
            holder.call('Drop')

    def test_refused_at_once(self):
        with self.connect(self.p) as holder:
            holder.call('Hold')
            with self.fails('BoardBusy') as caught:
                self.p.call('Hold')
            self.assertEqual(caught.exception['holder']['pid'], os.getpid())
            with self.fails('BoardBusy'):
                self.p.call('Hold', wait=0)
            with self.fails('BoardBusy'):
                self.p.call('Hold', wait=20)
            # A second one of the same connection is one of another.
            with self.fails('BoardBusy'):
                holder.call('Hold')
            holder.call('Drop')

    def test_wait_for_a_hold(self):
        first = self.connect(self.p)
        first.call('Hold')
        second = self.connect(self.p)
        second.send('Hold', wait=30000)
        self.wait_waiting(1)
        first.call('Drop')
        token = second.receive()['token']
        self.assertEqual(self.p.send('1', hold=token), '1\n')

    def test_waiting_statements_run_after_it(self):
        holder = self.connect(self.p)
        token = holder.call('Hold')['token']
        waiting = self.connect(self.p)
        waiting.send('Send', text="log.append('waited')")
        self.wait_waiting(1)
        self.p.send("log.append('held')", hold=token)
        self.assertEqual(self.p.board()['waiting'], 1)
        holder.close()
        waiting.receive()
        self.assertEqual(self.p.send('log'), "['held', 'waited']\n")

    def test_hold_comes_in_its_turn(self):
        runner = self.connect(self.p)
        runner.send('Send', text='while True: pass')
        self.watcher.wait(event='state', state='busy')
        early = self.connect(self.p)
        early.send('Send', text="log.append('early')")
        self.wait_waiting(1)
        holder = self.connect(self.p)
        holder.send('Hold')
        self.wait_waiting(2)
        late = self.connect(self.p)
        late.send('Send', text="log.append('late')")
        self.wait_waiting(3)
        self.p.call('Interrupt')
        early.receive()
        token = holder.receive()['token']
        self.p.send("log.append('held')", hold=token)
        self.assertEqual(self.p.send('log', hold=token),
                         "['early', 'held']\n")
        holder.call('Drop')
        late.receive()
        self.assertEqual(self.p.send('log'), "['early', 'held', 'late']\n")

    def test_gone_while_it_waits_for_a_hold(self):
        holder = self.connect(self.p)
        holder.call('Hold')
        with self.connect(self.p) as other:
            other.send('Hold', wait=60000)
            self.wait_waiting(1)
        self.wait_waiting(0)
        holder.call('Drop')
        self.assertEqual(self.p.send('1', wait=0), '1\n')

    def test_lasting(self):
        """It ends when its time is up, with its will."""
        holder = self.connect(self.p)
        token = holder.call('Hold', lasting=50, will="log.append('will')")
        self.assertEqual(self.p.send('log'), "['will']\n")
        self.assertNotIn('holder', self.p.board())
        with self.connect(self.p) as other:
            other.call('Hold')
            with self.fails('BoardBusy'):
                self.p.send('1', hold=token['token'], wait=0)
            # The first holder cannot drop what is another's now.
            try:
                holder.call('Drop')
            except picod.PicodError:
                pass
            self.assertIn('holder', self.p.board())
            other.call('Drop')

    def test_lasting_too_long(self):
        day = picod.limit('TIME_MS')
        with self.fails('org.varlink.service.InvalidParameter',
                        parameter='lasting'):
            self.p.call('Hold', lasting=day + 1)
        with self.connect(self.p) as holder:
            holder.call('Hold', lasting=day)
            holder.call('Drop')

    # ---------------------------------------------------------------- wills

    def test_will(self):
        with self.connect(self.p) as holder:
            holder.call('Hold', will="log.append('will')")
        self.assertEqual(self.p.send('log'), "['will']\n")

    def test_no_will_after_drop(self):
        with self.connect(self.p) as holder:
            holder.call('Hold', will="log.append('will')")
            holder.call('Drop')
        self.assertEqual(self.p.send('log'), '[]\n')

    def test_will_comes_first(self):
        """It runs before those who wait, and while nobody else may."""
        holder = self.connect(self.p)
        holder.call('Hold', will="log.append('will')")
        waiting = self.connect(self.p)
        waiting.send('Send', text="log.append('waited')")
        self.wait_waiting(1)
        holder.close()
        waiting.receive()
        self.assertEqual(self.p.send('log'), "['will', 'waited']\n")

    def test_will_stops_what_the_holder_began(self):
        holder = self.connect(self.p)
        token = holder.call('Hold', will="log.append('will')")['token']
        holder.send('Send', text='while True: pass', hold=token)
        self.watcher.wait(event='state', state='busy')
        holder.close()
        self.assertEqual(self.p.send('log'), "['will']\n")

    def test_will_that_fails(self):
        with self.connect(self.p) as holder:
            holder.call('Hold', will='1/0')
        event = self.watcher.wait(event='will')
        self.assertIn(f'(pid {os.getpid()}, ', event['reason'])
        self.assertIn('failed: the statement raised an exception: '
                      'ZeroDivisionError', event['reason'])
        # Whoever sends next is told, once.
        answers = [self.p.call('Send', text='1') for i in range(2)]
        self.assertEqual([answer.get('notice') for answer in answers],
                         [event['reason'], None])
        self.assertNotIn('holder', self.p.board())
        self.assertIn(event['reason'], self.p.log())

    def test_will_that_does_not_end(self):
        """It is given its time, and then the board is everybody's again."""
        with self.connect(self.p) as holder:
            holder.call('Hold', will="import time\nlog.append('will')\n"
                        'while True: time.sleep(1)')
        self.assertEqual(self.p.send('log'), "['will']\n")
        self.assertNotIn('holder', self.p.board())

    def test_who_has_left_is_given_nothing(self):
        """He wanted no reply, so that his calls are carried out all the same."""
        holder = self.connect(self.p)
        holder.call('Hold')
        for method in ('Hold', 'Lend'):
            with self.p.connect() as other:
                other.send(method, oneway=True)
                other.send('Send', oneway=True, text=f"log.append('{method}')")
        self.until(lambda: self.p.board()['waiting'] == 2)
        holder.call('Drop')
        self.until(lambda: self.p.send('log') == "['Hold', 'Lend']\n")
        self.assertNotIn('holder', self.p.board())

    def test_nobody_types_into_a_will(self):
        """What runs for nobody, a will or what is stopped, has no input."""
        with self.connect(self.p) as holder:
            holder.call('Hold', will='import time; time.sleep(1)')
        will, = self.until(lambda: [
            r for r in self.p.board().get('requests', ()) if r['running']])
        with self.fails('NoSuchRequest', id=will['id']):
            self.p.call('Input', request=will['id'], data='eA==')
        self.assertEqual(self.p.send('1'), '1\n')

    def test_holder_is_killed(self):
        call = picod.encode('Hold', will="log.append('will')")[:-1].decode()
        holder = subprocess.Popen(
            [sys.executable, '-c', HOLDER, self.p.path, call],
            stdout=subprocess.PIPE, text=True)
        with holder:
            self.assertIn('token', holder.stdout.readline())
            self.assertEqual(self.p.board()['holder']['pid'], holder.pid)
            with self.fails('BoardBusy') as caught:
                self.p.send('1', wait=0)
            self.assertEqual(caught.exception['holder']['pid'], holder.pid)
            holder.send_signal(signal.SIGKILL)
        self.assertEqual(self.p.send('log'), "['will']\n")

    def test_half_closed_holder(self):
        """It says no more calls, and has its answer: the hold is over."""
        with self.connect(self.p) as holder:
            holder.send('Hold', will="log.append('will')")
            holder.end()
            holder.receive()
            self.assertEqual(holder.wait_closed(), b'')
        self.assertEqual(self.p.send('log'), "['will']\n")

    def test_board_vanishes_from_its_holder(self):
        holder = self.connect(self.p)
        token = holder.call('Hold', will='x = 1')['token']
        self.mb.restart()
        self.assertEqual(self.p.send('1', hold=token, wait=30000), '1\n')
        with self.fails('BoardBusy'):
            self.p.send('1', wait=0)
        holder.close()
        self.assertEqual(self.p.send('x'), '1\n')

    def test_holder_dies_while_the_board_is_away(self):
        holder = self.connect(self.p)
        holder.call('Hold', will='x = 1')
        self.mb.stop()
        self.watcher.wait(event='state', state='absent')
        holder.close()
        self.assertIn('holder', self.p.board())
        self.mb.start()
        self.assertEqual(self.p.send('x', wait=30000), '1\n')
        self.assertNotIn('holder', self.p.board())

    def test_holder_dies_with_the_board_lent(self):
        """The port comes back, then the will, then the others."""
        with self.connect(self.p) as holder:
            token = holder.call('Hold', will="log.append('will')")['token']
            self.p.send("log = ['before']", hold=token)
            holder.call('Lend', hold=token)
        self.watcher.wait(event='state', state='listening')
        self.assertEqual(self.p.send('log'), "['before', 'will']\n")
        self.assertNotIn('holder', self.p.board())

    def test_reload_that_drops_a_hold_tells_of_its_will(self):
        section = f'[board mb]\nport = unix:{self.mb.path}\n'
        self.p.stop()
        p = self.picod(config=section)
        watcher = self.watch(p)
        with self.connect(p) as holder:
            holder.call('Hold', will='x = 1')
            with open(p.config, 'w', encoding='ascii') as file:
                file.write('')
            p.process.send_signal(signal.SIGHUP)
            event = watcher.wait(event='will')
        self.assertIn('did not run: picod no longer serves', event['reason'])

    # ------------------------------------------------------------ the others

    def test_root_may(self):
        holder = self.connect(self.p)
        token = holder.call('Hold')['token']
        holder.send('Send', text='while True: pass', hold=token)
        self.watcher.wait(event='state', state='busy')
        if os.getuid() == 0:
            self.p.call('Interrupt')
            with self.fails('Interrupted'):
                holder.receive()

    def test_root_may_reset(self):
        if os.getuid() != 0:
            self.skipTest('needs root')
        holder = self.connect(self.p)
        token = holder.call('Hold')['token']
        boot = self.p.board()['boot']
        self.p.call('Reset')
        self.assertGreater(self.p.board()['boot'], boot)
        reply = holder.call('Send', text='1', hold=token)
        self.assertEqual(reply['output'], '1\n')

    # -------------------------------------------------------------- picoctl

    def test_who_waits_is_told_for_whom(self):
        """At a terminal; and no more of it once the answer is there."""
        with self.connect(self.p) as client:
            client.call('Hold')
            master, slave = pty.openpty()
            process = subprocess.Popen(
                [picod.PICOCTL, 'send', '2 + 2'], stdout=slave, stderr=slave,
                stdin=subprocess.DEVNULL, env=self.p.client_environment())
            os.close(slave)
            with open(master, 'rb', 0) as terminal:
                shown = b''
                while b'since' not in shown:
                    shown += terminal.read(1000)
                client.call('Drop')
                while not shown.endswith(b'4\r\n'):
                    shown += terminal.read(1000)
            self.assertEqual(process.wait(picod.PATIENCE_S), 0)
        self.assertRegex(shown.decode(), r'^\rwaiting: board mb is held by '
                         r'\S+ \(\S+\) since \d\d:\d\d\033\[K'
                         r'\r\033\[K4\r\n$')

    def test_replies_say_what_is_waited_for(self):
        """And again when that has changed, but not before."""
        holder, waiter = self.connect(self.p), self.connect(self.p)
        token = holder.call('Hold')['token']
        waiter.send('Send', text='2 + 2', more=True)
        first, _ = waiter.receive_reply()
        self.assertEqual((first['output'], first['waiting']['board'],
                          first['waiting']['before']), ('', 'mb', 0))
        self.assertEqual(first['waiting']['holder']['pid'], os.getpid())
        self.assertNotIn('running', first['waiting'])
        other = self.connect(self.p)
        other.send('Send', text='while True: pass', hold=token)
        second = waiter.receive_reply()[0]['waiting']
        self.assertEqual(second['running']['pid'], os.getpid())
        self.p.call('Interrupt', hold=token)
        with self.fails('Interrupted'):
            other.receive()
        holder.call('Drop')
        replies = list(waiter.receive_all())
        self.assertEqual(''.join(reply['output'] for reply in replies), '4\n')

    def test_picoctl_hold(self):
        script = ('"$PICOCTL" send "log.append(1)" && '
                  'env -u PICOD_HOLD "$PICOCTL" --wait 0 send 1; echo $?; '
                  'exit 7')
        result = self.p.picoctl('hold', '-b', 'mb', '--', 'sh', '-c', script,
                                env={'PICOCTL': picod.PICOCTL})
        self.assertEqual(result.returncode, 7, result.stderr)
        self.assertEqual(result.stdout, '6\n', result.stderr)
        self.assertEqual(self.p.send('log'), '[1]\n')
        self.assertNotIn('holder', self.p.board())

    def test_who_waits_is_told_the_program_that_picoctl_runs(self):
        for verb, state in ('hold', 'ready'), ('lend', 'lent'):
            with self.subTest(verb):
                result = self.p.picoctl(
                    verb, '-b', 'mb', '--', '/bin/sh', '-c',
                    'env -u PICOD_HOLD "$PICOCTL" --wait 0 send 1; '
                    '"$PICOCTL" list', env={'PICOCTL': picod.PICOCTL})
                self.assertRegex(result.stderr, r'board mb is \w+ (by|to) sh '
                                 r'\(pid \d+, ')
                self.assertRegex(result.stdout, rf'mb +{state} .* sh \(')

    def test_a_script_that_picoctl_runs_goes_by_its_own_name(self):
        script = os.path.join(self.directory(), 'calibrate.sh')
        with open(script, 'w') as file:
            file.write('"$PICOCTL" list\n')
        result = self.p.picoctl('hold', '-b', 'mb', '--', 'sh', script,
                                env={'PICOCTL': picod.PICOCTL})
        self.assertIn('calibrate.sh (', result.stdout)


class HoldsByUsers(picod.Case):
    """The same as a user who may use picod: picod runs as that user."""

    def setUp(self):
        if os.getuid() != 0:
            self.skipTest('needs root, to be somebody else')
        self.mb = self.board(Microbit())
        for path in (self.mb.directory, self.mb.path):
            os.chown(path, OTHER_UID, OTHER_UID)

    def test_interrupt_and_reset_are_refused(self):
        p = picod.Picod(boards={'mb': f'unix:{self.mb.path},driver=repl'},
                        user=OTHER_UID)
        self.addCleanup(p.stop)
        watcher = self.watch(p)
        holder = self.connect(p)
        token = holder.call('Hold')['token']
        holder.send('Send', text='while True: pass', hold=token)
        watcher.wait(event='state', state='busy')
        for method, parameters in [('Interrupt', {}), ('Reset', {}),
                                   ('Reset', {'kind': 'hard'}),
                                   ('Cancel', {'id': 1}),
                                   ('Interrupt', {'hold': '0' * 32})]:
            with self.subTest(method=method):
                call = picod.encode(method, **parameters)[:-1].decode()
                answer = self.call_as_user(p, call)
                self.assertIn('io.picod.BoardBusy', answer)
                self.assertIn(f'"pid":{os.getpid()}', answer)
        self.assertEqual(p.board()['state'], 'busy')
        with picod.another_user(OTHER_UID):
            waiting = self.connect(p)
        waiting.send('Send', text='never = 1')
        self.until(lambda: p.board()['waiting'] == 1)
        own = p.board()['requests'][-1]['id']
        call = picod.encode('Cancel', id=own)[:-1].decode()
        self.assertIn('"parameters":{}', self.call_as_user(p, call))
        with self.fails('Interrupted'):     # his own, he may take back
            waiting.receive()
        call = picod.encode('Cancel', id=987, hold=token)[:-1].decode()
        self.assertIn('NoSuchRequest', self.call_as_user(p, call))
        call = picod.encode('Interrupt', hold=token)[:-1].decode()
        self.assertIn('"board":"mb"', self.call_as_user(p, call))
        with self.fails('Interrupted'):
            holder.receive()

    @staticmethod
    def call_as_user(p, call):
        with subprocess.Popen(
                [sys.executable, '-c', HOLDER, p.path, call], text=True,
                stdout=subprocess.PIPE, user=OTHER_UID, group=OTHER_UID,
                extra_groups=[]) as caller:
            try:
                return caller.stdout.readline()
            finally:
                caller.kill()


class PiSerialWill(picod.Case):
    def test_will(self):
        """A motor must stop."""
        uno = self.board(Uno(sketch=os.path.join(picod.FIRMWARE,
                                                 'uno-led.hex')))
        p = self.picod(uno=f'{uno.path},driver=piserial,baud=9600')
        with self.fails('InvalidCommand', board='uno'):
            p.call('Hold', will='print()')
        with self.connect(p) as holder:
            token = holder.call('Hold', will='c0')['token']
            p.call('Send', text='c1', hold=token)
            self.assertEqual(uno.level(13), 1)
        # This does nothing to the pin, and comes after the will.
        with self.fails('CommandRejected'):
            p.call('Send', text='x')
        uno.wait_for('pin 13 1')
        uno.wait_for('pin 13 0')


if __name__ == '__main__':
    unittest.main()
