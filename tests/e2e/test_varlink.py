# SPDX-License-Identifier: MIT
"""picod's wire, spoken with nothing but JSON and NUL bytes."""

import json
import os
import socket
import sys
import unittest

import picod
from boards import Microbit

MESSAGE_MAX = picod.limit('MESSAGE')
SERVICE = 'org.varlink.service.'


class Wire(picod.Case):
    def setUp(self):
        self.mb = self.board(Microbit())
        self.p = self.picod(mb=f'unix:{self.mb.path}')
        self.client = self.connect(self.p)

    def tearDown(self):
        """Whatever a client did, others are served."""
        self.assertEqual(self.p.send('2 + 2'), '4\n')

    def exchange(self, raw, method):
        """Sends bytes as they are; the reply is one to this method."""
        self.client.sent.append(picod.full_name(method))
        self.client.write(raw)
        return self.client.receive()

    def check_closes(self, raw, answered=b''):
        """picod closes a connection that sends this, without a word."""
        client = self.connect(self.p)
        try:
            client.write(raw)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.assertEqual(client.wait_closed(), answered)

    # ---------------------------------------------------------- every method

    def test_service(self):
        info = self.client.call(SERVICE + 'GetInfo')
        self.assertEqual(set(info['interfaces']),
                         {'io.picod', 'org.varlink.service'})
        for name, interface in picod.INTERFACES.items():
            text = self.client.call(SERVICE + 'GetInterfaceDescription',
                                    interface=name)['description']
            described = picod.idl.Interface(text)
            self.assertEqual(described.name, name)
            self.assertEqual(described.methods, interface.methods)
            self.assertEqual(described.errors, interface.errors)
        with self.fails(SERVICE + 'InterfaceNotFound', interface='x.y'):
            self.client.call(SERVICE + 'GetInterfaceDescription',
                             interface='x.y')

    def test_every_method(self):
        """Each answers as the description says: receive() checks that."""
        done = set()

        def call(method, **parameters):
            done.add(method)
            return self.client.call(method, **parameters)

        boards = call('ListBoards')['boards']
        self.assertEqual([b['name'] for b in boards], ['mb'])
        self.assertNotIn('requests', boards[0])
        self.assertEqual(call('ListBoards', details=True)['boards'][0]
                         ['requests'], [])
        self.assertEqual(call('Send', text='1', board='mb', timeout=1000,
                              wait=1000)['output'], '1\n')
        done.add('Watch')
        watcher = self.watch(self.p, board='mb', history=True, trace=True)
        self.assertEqual(watcher.wait(event='state')['state'], 'ready')
        hold = call('Hold', board='mb', wait=0, will='x = 1', lasting=60000)
        self.assertEqual(self.p.send('2', hold=hold['token']), '2\n')
        self.assertEqual(self.p.board()['holder']['program'],
                         self.program())
        self.assertEqual(call('Drop', board='mb'), {})
        self.assertEqual(call('Interrupt', board='mb'), {'board': 'mb'})
        with self.fails('NoSuchRequest', id=987):
            call('Cancel', board='mb', id=987)
        with self.fails('NoSuchRequest', id=987):
            call('Input', board='mb', request=987, data='AAEC')
        self.assertGreater(call('Reset', board='mb', kind='soft', wait=1000)
                           ['boot'], hold['boot'])
        with self.fails('Unsupported', board='mb'):
            call('Console', board='mb', wait=1000)      # without upgrade
        with self.connect(self.p) as lender:
            lent = lender.call('Lend', board='mb', wait=1000)
            done.add('Lend')
            self.assertEqual(lent['port'], self.p.board()['port'])
            self.assertEqual(self.p.board()['state'], 'lent')
        self.assertIsInstance(call('ListFirmware')['firmware'], list)
        self.assertEqual(call('Upload', data='AAEC', at=0)['size'], 3)
        self.assertEqual(call('WriteFile', path='a', wait=1000),
                         {'done': 3, 'total': 3, 'changed': True})
        self.assertEqual(call('ReadFile', path='a'),
                         {'data': 'AAEC', 'done': 3, 'total': 3})
        self.assertEqual(call('ListFiles', recursive=True), {'files': [
            {'path': 'a', 'directory': False, 'size': 3}]})
        self.assertEqual(call('Stat', path='a', hash=True)['file']['size'], 3)
        self.assertEqual(call('RemoveFile', path='a'), {})
        with self.fails('FileError', board='mb', path='a', kind='notFound'):
            call('Stat', path='a')
        with self.fails('Unsupported', board='mb'):     # it has none
            call('MakeDirectory', path='d', parents=True)
        with self.fails('Unsupported', board='mb'):
            call('RenameFile', path='a', to='b')
        self.assertEqual(call('Upload', data='AAEC', at=0)['size'], 3)
        done.add('Flash')
        with self.assertRaises(picod.PicodError):   # no boot loader here
            for _ in self.client.stream('Flash', board='mb', format='bin'):
                pass
        self.assertEqual(done, set(picod.INTERFACES['io.picod'].methods))

    @staticmethod
    def program():
        """What people call this one: a script goes by its own name."""
        return os.path.basename(sys.argv[0])

    def test_cancel(self):
        watcher = self.watch(self.p)
        self.client.send('Send', text='while True: pass')
        watcher.wait(event='state', state='busy')
        waiting = self.connect(self.p)
        waiting.send('Send', text='never = 1')
        self.until(lambda: self.p.board()['requests'][1:])
        requests = self.p.board()['requests']
        self.assertEqual([(r['text'], r['running'], r['method'])
                          for r in requests],
                         [('while True: pass', True, 'Send'),
                          ('never = 1', False, 'Send')])
        self.p.call('Cancel', id=requests[1]['id'])
        with self.fails('Interrupted', started=False, output=''):
            waiting.receive()
        self.p.call('Cancel', id=requests[0]['id'])
        with self.fails('Interrupted', started=True):
            self.client.receive()
        self.assertEqual(self.p.send("'never' in globals()"), 'False\n')

    # ---------------------------------------------------------- proper errors

    def test_parameters(self):
        for method, parameters, bad in [
                ('Send', {}, 'text'),
                ('Send', {'text': 5}, 'text'),
                ('Send', {'text': None}, 'text'),
                ('Send', {'text': ['a']}, 'text'),
                ('Send', {'text': '1', 'timeout': '5'}, 'timeout'),
                ('Send', {'text': '1', 'timeout': 1.5}, 'timeout'),
                ('Send', {'text': '1', 'timeout': True}, 'timeout'),
                ('Send', {'text': '1', 'timeout': -1}, 'timeout'),
                ('Send', {'text': '1', 'wait': 1 << 62}, 'wait'),
                ('Send', {'text': '1', 'board': 1}, 'board'),
                ('Send', {'text': '1', 'hold': {}}, 'hold'),
                ('Send', {'text': '1', 'surprise': 1}, 'surprise'),
                ('ListBoards', {'details': 1}, 'details'),
                ('Cancel', {}, 'id'),
                ('Cancel', {'id': '1'}, 'id'),
                ('Hold', {'will': 1}, 'will'),
                ('Hold', {'lasting': -1}, 'lasting'),
                ('Hold', {'wait': []}, 'wait'),
                ('Drop', {'board': False}, 'board'),
                ('Interrupt', {'hold': 1}, 'hold'),
                ('Reset', {'kind': 'sideways'}, 'kind'),
                ('Reset', {'kind': 1}, 'kind'),
                (SERVICE + 'GetInterfaceDescription', {}, 'interface')]:
            with self.subTest(method=method, parameters=parameters):
                with self.fails(SERVICE + 'InvalidParameter', parameter=bad):
                    self.client.call(method, **parameters)

    def test_names(self):
        for method, error, parameters in [
                ('Sned', 'MethodNotFound', {'method': 'io.picod.Sned'}),
                ('io.picod.send', 'MethodNotFound',
                 {'method': 'io.picod.send'}),
                ('io.picod.', 'MethodNotFound', {'method': 'io.picod.'}),
                ('io.pico.Send', 'InterfaceNotFound',
                 {'interface': 'io.pico'}),
                ('x' * 1000 + '.Send', 'InterfaceNotFound', {}),
                ('.', 'InterfaceNotFound', {'interface': ''}),
                (SERVICE + 'Nothing', 'MethodNotFound', {})]:
            with self.subTest(method=method):
                with self.fails(SERVICE + error, **parameters):
                    self.client.call(method)
        # A name without any dot, which the harness would complete.
        with self.fails(SERVICE + 'InterfaceNotFound', interface=''):
            self.exchange(b'{"method":"Send"}\0', 'Send')

    def test_expected_more(self):
        with self.fails(SERVICE + 'ExpectedMore'):
            self.client.call('Watch')

    def test_null_is_absent(self):
        answer = self.client.call('Send', text='1', board=None, timeout=None,
                                  wait=None, hold=None)
        self.assertEqual(answer['output'], '1\n')
        answer = self.exchange(b'{"method":"io.picod.ListBoards",'
                               b'"parameters":null}\0', 'ListBoards')
        self.assertEqual(len(answer['boards']), 1)
        self.client.call('Hold', board=None, wait=None, will=None,
                         lasting=None)
        self.client.call('Drop', board=None)
        self.client.call('Reset', board=None, kind=None)

    def test_no_parameters(self):
        answer = self.exchange(b'{"method":"io.picod.ListBoards"}\0',
                               'ListBoards')
        self.assertEqual(len(answer['boards']), 1)

    def test_more_where_one_reply_comes(self):
        replies = list(self.client.stream('ListBoards'))
        self.assertEqual(len(replies), 1)

    def test_escapes_and_whitespace(self):
        answer = self.exchange(
            b' \n{"parameters" : {"text":"\\u0070rint(\'\\u00fc\\ud83d\\ude00'
            b'\\u0000\')"},\t"method":"io.picod.Send"} \0', 'Send')
        self.assertEqual(answer['output'], '\u00fc\U0001f600\0\n')

    # ------------------------------------------------------------ no messages

    def test_malformed(self):
        for raw in (b'\0', b'{\0', b'nonsense\0', b'[]\0', b'"text"\0', b'5\0',
                    b'{}\0', b'{"method":5}\0', b'{"method":null}\0',
                    b'{"method":"io.picod.ListBoards","parameters":[]}\0',
                    b'{"method":"io.picod.ListBoards","parameters":5}\0',
                    b'{"method":"io.picod.ListBoards","more":"yes"}\0',
                    b'{"method":"io.picod.ListBoards","oneway":1}\0',
                    b'{"method":"io.picod.ListBoards"}x\0',
                    b'{"method":"io.picod.\\u0000ListBoards"}\0',
                    b'{"method":"io.picod.ListBoards"\xff}\0',
                    b'{"method":"io.picod.List\xffBoards"}\0',
                    b'{"error":"io.picod.NoSuchBoard","parameters":{}}\0',
                    b'\xef\xbb\xbf{"method":"io.picod.ListBoards"}\0',
                    b'[' * 100000 + b'\0',
                    b'{"a":' * 100000 + b'\0',
                    b'GET / HTTP/1.1\r\n\r\n\0'):
            with self.subTest(raw=raw[:60]):
                self.check_closes(raw)

    def test_malformed_after_a_call(self):
        """What came before is answered."""
        client = self.connect(self.p)
        client.write(picod.encode('ListBoards') + b'nonsense\0')
        answer, nul, rest = client.wait_closed().partition(b'\0')
        self.assertIn('boards', json.loads(answer)['parameters'])
        self.assertEqual((nul, rest), (b'\0', b''))

    def test_message_at_the_cap(self):
        """One at the cap is a call, and one over closes the connection."""
        head = b'{"method":"io.picod.ListBoards","parameters":{}'
        message = head + b' ' * (MESSAGE_MAX - len(head) - 1) + b'}'
        self.assertEqual(len(message), MESSAGE_MAX)
        self.assertEqual(len(self.exchange(message + b'\0',
                                           'ListBoards')['boards']), 1)
        self.check_closes(message + b' \0')
        self.check_closes(b'x' * (MESSAGE_MAX + 1))

    def test_message_over_the_cap_costs_no_memory(self):
        self.p.send('1')
        before = self.p.resident_kb()
        clients = [self.connect(self.p) for _ in range(8)]
        for client in clients:
            client.write(b'"' + b'x' * (MESSAGE_MAX // 2))
        self.assertLess(self.p.resident_kb() - before,
                        8 * 2 * MESSAGE_MAX // 1024)
        for client in clients:
            try:
                client.write(b'x' * MESSAGE_MAX)
            except (BrokenPipeError, ConnectionResetError):
                pass
            self.assertEqual(client.wait_closed(), b'')

    def test_values_of_a_message(self):
        """So many are a call, whatever they are; one more closes."""
        most = picod.limit('VALUES')
        head = b'{"method":"io.picod.ListBoards","x":['
        # One for the whole; each of these is one more.
        count = 1 + sum(head.count(c) for c in b',:[{')
        good = head + b'0,' * (most - count) + b'0]}'
        self.exchange(good + b'\0', 'ListBoards')
        self.check_closes(good.replace(b'0]', b'[]]') + b'\0')
        # What stands in a string counts for nothing.
        text = ',:[{"\\' * (most // 4 + 1)
        self.assertEqual(self.client.call('Send', text=f'# {text}')['output'],
                         '')

    def test_byte_by_byte(self):
        self.client.sent.append('io.picod.Send')
        for byte in picod.encode('Send', text="print('grün')"):
            self.client.write(bytes([byte]))
        self.assertEqual(self.client.receive()['output'], 'grün\n')

    # ------------------------------------------------------ order, and an end

    def test_pipelined(self):
        calls = [('Send', {'text': '1'}), ('ListBoards', {}),
                 ('Send', {}), ('Send', {'text': '2'}), ('Nothing', {}),
                 ('Send', {'text': '1/0'}), ('Interrupt', {}),
                 ('Send', {'text': '3'})]
        self.client.sent += [picod.full_name(name) for name, _ in calls]
        self.client.write(b''.join(picod.encode(name, **parameters)
                                   for name, parameters in calls))
        self.assertEqual(self.client.receive()['output'], '1\n')
        self.assertIn('boards', self.client.receive())
        with self.fails(SERVICE + 'InvalidParameter'):
            self.client.receive()
        self.assertEqual(self.client.receive()['output'], '2\n')
        with self.fails(SERVICE + 'MethodNotFound'):
            self.client.receive()
        with self.fails('StatementFailed'):
            self.client.receive()
        self.client.receive()
        self.assertEqual(self.client.receive()['output'], '3\n')

    def test_more_than_is_kept_ahead(self):
        """Calls beyond what picod keeps wait in the socket, and none is lost."""
        watcher = self.watch(self.p)
        self.client.send('Send', text='while True: pass')
        watcher.wait(event='state', state='busy')
        call = picod.encode('ListBoards')[:-1] + b' ' * 10000 + b'\0'
        self.client.socket.setblocking(False)
        written = 0
        stream = call * (100 * picod.limit('PIPELINE') // len(call))
        with self.assertRaises(BlockingIOError):
            while written < len(stream):
                written += self.client.socket.send(stream[written:])
        self.assertGreater(written, picod.limit('PIPELINE'))
        self.client.socket.settimeout(picod.PATIENCE_S)
        self.p.call('Interrupt')
        with self.fails('Interrupted'):
            self.client.receive()
        rest = -written % len(call)
        self.client.sent += ['io.picod.ListBoards'] * (
            (written + rest) // len(call))
        self.client.write(stream[written:written + rest])
        while self.client.sent:
            self.assertIn('boards', self.client.receive())

    def test_oneway(self):
        self.client.send('Send', text='x = 5', oneway=True)
        self.client.send('Nothing', oneway=True)
        self.client.send('Send', oneway=True)
        self.client.send('Send', text='1/0', oneway=True)
        self.client.send('Send', text='x')
        self.assertEqual(self.client.receive()['output'], '5\n')

    def test_oneway_of_one_who_leaves(self):
        """They are carried out all the same, each of them."""
        self.p.send('x = 0')
        with self.p.connect() as client:
            for _ in range(20):
                client.send('Send', text='x += 1', oneway=True)
            # What is no oneway call is not, once nobody is there to hear.
        self.until(lambda: self.p.send('x') == '20\n')

    def test_half_closed(self):
        """"No more calls" is no farewell: those made are answered."""
        self.client.send('Send', text='1')
        self.client.send('Send', text="print('a')")
        self.client.end()
        self.assertEqual(self.client.receive()['output'], '1\n')
        self.assertEqual(self.client.receive()['output'], 'a\n')
        self.assertEqual(self.client.wait_closed(), b'')

    def test_half_closed_and_then_gone(self):
        watcher = self.watch(self.p)
        with self.p.connect() as client:
            client.send('Send', text='while True: pass')
            client.end()
            watcher.wait(event='state', state='busy')
        watcher.wait(event='state', state='ready')

    def test_gone_with_an_answer_unread(self):
        """A hang-up is noticed at once, whatever the client had left unread,
        unsaid or said ahead: what it held is free again, what it ran ends."""
        ahead = picod.encode('ListBoards') * (
            2 * picod.limit('PIPELINE') // len(picod.encode('ListBoards')))
        for rest in (b'', ahead):
            with self.subTest(len(rest)):
                watcher = self.watch(self.p)
                watcher.wait(event='state')
                client = self.connect(self.p)
                token = client.call('Hold', will='y = 1')['token']
                client.send('ListBoards')
                client.send('Send', text='while True: pass', hold=token)
                if rest:
                    client.socket.setblocking(False)
                    client.socket.send(rest)
                else:
                    client.end()
                watcher.wait(event='state', state='busy')
                client.close()
                with self.p.connect() as other:
                    other.call('Hold', wait=20000)
                watcher.close()

    def test_oneway_watch_is_refused(self):
        """Nobody would hear it, and nothing would end it."""
        with self.p.connect() as client:
            client.call('ListBoards')
            before = self.p.open_descriptors()
            for _ in range(20):
                with self.p.connect() as watcher:
                    watcher.send('Watch', more=True, oneway=True)
                    watcher.call('ListBoards')
            self.until(lambda: self.p.open_descriptors() == before)

    def test_oneway_is_never_answered(self):
        """Not with pieces of what it prints either."""
        self.client.send('Send', text='for i in range(9): print(i)',
                         more=True, oneway=True)
        self.client.send('Send', text='5')
        self.assertEqual(self.client.receive()['output'], '5\n')

    def test_half_closed_in_a_message(self):
        self.client.write(b'{"method":"io.picod.ListBoards"')
        self.client.end()
        self.assertEqual(self.client.wait_closed(), b'')

    def test_half_closed_with_a_watch(self):
        """A watcher that says no more is told as before."""
        watcher = self.watch(self.p)
        watcher.connection.end()
        watcher.wait(event='state')
        self.p.send('1')
        watcher.wait(event='state', state='busy')

    def test_reads_nothing_and_leaves(self):
        for _ in range(5):
            with self.p.connect() as client:
                for _ in range(50):
                    client.send('ListBoards')

    def test_gone_while_it_waits(self):
        """What a client left in the queue goes with it."""
        watcher = self.watch(self.p)
        self.client.send('Send', text='while True: pass')
        watcher.wait(event='state', state='busy')
        with self.p.connect() as waiting:
            waiting.send('Send', text='never = 1')
            self.until(lambda: self.p.board()['waiting'] == 1)
        self.until(lambda: self.p.board()['waiting'] == 0)
        self.p.call('Interrupt')
        with self.fails('Interrupted'):
            self.client.receive()
        self.assertEqual(self.p.send("'never' in globals()"), 'False\n')

    def test_nobody_is_disturbed(self):
        """Others' nonsense neither stops nor mixes what one is told."""
        pieces = self.client.stream('Send', text=(
            'for i in range(200): print(i)'))
        text = next(pieces)['output']
        for raw in (b'\0', b'[]\0', b'{"method":5}\0', b'x' * 100000):
            with self.p.connect() as client:
                client.write(raw)
        text += ''.join(piece['output'] for piece in pieces)
        self.assertEqual(text, ''.join(f'{i}\n' for i in range(200)))

    def test_picod_ends(self):
        """Whoever waits for something is told so, before its connection ends."""
        watcher = self.watch(self.p)
        watcher.wait(event='state')
        self.client.send('Send', text='while True: pass')
        watcher.wait(event='state', state='busy')
        waiting, holder, lender = (self.connect(self.p) for _ in range(3))
        waiting.send('Send', text='never = 1')
        holder.send('Hold', wait=60000)
        lender.send('Lend')
        self.until(lambda: self.p.board()['waiting'] == 3)
        self.assertEqual(self.p.terminate(), 0)
        # A board that does not stop at once is not waited for.
        with self.assertRaises(picod.PicodError) as caught:
            self.client.receive()
        self.assertIn('interrupted', caught.exception['message'])
        for client in (waiting, holder, lender):
            with self.fails('Disconnected', board='mb', sent=False):
                client.receive()
        with self.fails('Disconnected', board=''):
            watcher.wait(event='never')
        for client in (self.client, waiting, holder, lender,
                       watcher.connection):
            self.assertEqual(client.wait_closed(), b'')
        self.p.start()

    def test_resetting_clients(self):
        """Clients that vanish with unread replies in their sockets."""
        for _ in range(20):
            client = socket.socket(socket.AF_UNIX)
            client.connect(self.p.path)
            client.sendall(picod.encode('Send', text='print(1)') * 5)
            client.close()


if __name__ == '__main__':
    unittest.main()
