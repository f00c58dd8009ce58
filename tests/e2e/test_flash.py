#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Flashing, by the real avrdude into the real boot loader of an Uno.

The Uno is simulated, on a simulated USB bus, and has the boot loader only.
"""

import base64
import contextlib
import io
import json
import os
import pty
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import types
import unittest
from unittest import mock

BOARDS = os.path.abspath(os.path.join(os.path.dirname(__file__), '../boards'))
sys.path.insert(0, BOARDS)

import scripted  # noqa: E402
from picod import (  # noqa: E402
    FIRMWARE, PATIENCE_S, PICOCTL, ROOT, Case, PicodError, in_threads,
    is_sanitized, limit)
from uno import OPTIBOOT  # noqa: E402
from usbbus import UsbBus, UsbUno  # noqa: E402
from usbplayed import Leonardo, MicroPython, Pico  # noqa: E402

PIECE = 512 * 1024


def image(name):
    with open(os.path.join(FIRMWARE, name), 'rb') as file:
        return file.read()


def hex_bytes(text):
    """What an Intel HEX puts at address 0 and on."""
    data = bytearray()
    for line in text.decode().split():
        record = bytes.fromhex(line[1:])
        if record[3] == 0:
            data[int.from_bytes(record[1:3], 'big'):] = record[4:-1]
    return bytes(data)


def children(pid):
    """The processes whose parent this is."""
    path = f'/proc/{pid}/task/{pid}/children'
    with open(path) as file:
        return file.read().split()


def upload(connection, data):
    size = 0
    for start in range(0, max(len(data), 1), PIECE):
        piece = base64.b64encode(data[start:start + PIECE]).decode()
        size = connection.call('Upload', data=piece)['size']
    return size


class FlashCase(Case):
    def setUp(self):
        self.bus = self.enterContext(UsbBus())

    def start(self, config=None, env=None, **options):
        """An Uno with nothing but its boot loader, and its picod."""
        options.setdefault('boot', OPTIBOOT)
        self.uno = self.board(UsbUno(self.bus, **options))
        environment = self.bus.environment(
            {'PICOD_FIRMWARE': FIRMWARE, **(env or {})})
        self.p = self.picod(config=config, env=environment)
        return self.p

    def flash(self, data=None, **parameters):
        """All replies to Flash.

        A test machine that stood still, so that the simulated chip was too
        late for its boot loader, is forgiven once.
        """
        before = self.lag_ms()
        try:
            return self.flash_once(data, **parameters)
        except PicodError as error:
            if error.name != 'FlashFailed' or self.lag_ms() - before < 50:
                raise
        return self.flash_once(data, **parameters)

    def flash_once(self, data, **parameters):
        with self.p.connect() as connection:
            if data is not None:
                self.assertEqual(upload(connection, data), len(data))
            return list(connection.stream('Flash', **parameters))

    def lag_ms(self):
        uno = getattr(self, 'uno', None)
        return uno.counters()['lag_ms'] if uno else 0

    def assert_whole(self, replies):
        """The stages come in order, and the percents of each go up."""
        order = ['preparing', 'writing', 'verifying', 'starting', 'ready']
        stages = [order.index(reply['stage']) for reply in replies]
        self.assertEqual(stages, sorted(stages), replies)
        self.assertEqual(set(stages), set(range(5)), replies)
        for stage in ('writing', 'verifying'):
            percents = [reply['percent'] for reply in replies
                        if reply['stage'] == stage]
            self.assertEqual(percents, sorted(percents))
            self.assertEqual((percents[0], percents[-1]), (0, 100))

    def flash_until(self, condition, action, **parameters):
        """Flashes, and acts once when condition holds of a reply."""
        done = False
        parameters.setdefault('firmware', 'led')
        for reply in self.connect(self.p).stream('Flash', **parameters):
            if not done and condition(reply):
                done = True
                action()
        self.assertTrue(done)

    def assert_flashes(self):
        """A try succeeds."""
        replies = self.flash(firmware='led')
        self.assertEqual(replies[-1]['stage'], 'ready')
        self.assertEqual(self.p.call('Send', text='c1')['status'], 'OK')
        self.assert_served()

    def assert_served(self):
        """The board is picod's again, and no child is left."""
        self.assertNotEqual(self.p.board('uno0')['state'], 'flashing')
        self.assertEqual(children(self.p.pid), [])
        folder = f'/proc/{self.p.pid}/fd'
        links = [os.readlink(os.path.join(folder, fd))
                 for fd in os.listdir(folder)]
        left = [link for link in links if '(deleted)' in link or
                link.endswith('.hex') or      # one end of a pipe: a job's
                link.startswith('pipe:') and links.count(link) == 1]
        self.assertEqual(left, [])


class AvrdudeTest(FlashCase):
    def test_flashed_twice_and_used_in_between(self):
        self.start()
        replies = self.flash(firmware='led')
        self.assert_whole(replies)
        self.assertEqual(replies[-1]['answer'], 'OK')
        self.assertEqual(self.p.call('Send', text='c1')['status'], 'OK')
        self.assertEqual(self.uno.level(13), 1)
        replies = self.flash(firmware='uno-rgb.hex')
        self.assert_whole(replies)
        self.assertEqual(self.p.call('Send', text='c102030')['status'], 'OK')
        self.assertEqual([self.uno.duty(pin) for pin in (9, 10, 11)],
                         [0x10, 0x20, 0x30])
        self.assert_served()

    def test_others_wait(self):
        """Ten clients send all the time, and each gets all its answers."""
        self.start()
        self.flash(firmware='led')
        over = threading.Event()
        begun = threading.Barrier(11)
        waiting = []

        def client():
            answers = []
            with self.p.connect() as connection:
                while not over.is_set() or answers[-1] != 'RR':
                    try:
                        answers.append(connection.call(
                            'Send', text='c1')['status'])
                    except PicodError as error:
                        self.assertEqual(error.name, 'CommandRejected')
                        answers.append('RR')
                    if len(answers) == 1:
                        begun.wait()
            return answers

        def flash():
            begun.wait()
            for reply in self.connect(self.p).stream('Flash', firmware='rgb'):
                if reply['stage'] in ('writing', 'verifying'):
                    waiting.append(self.p.board('uno0')['waiting'])
            over.set()

        results = in_threads([flash] + 10 * [client])[1:]
        for answers in results:
            change = answers.index('RR')     # the RGB sketch wants six digits
            self.assertGreater(change, 0)
            self.assertEqual(set(answers[:change]), {'OK'})
            self.assertEqual(set(answers[change:]), {'RR'})
        self.assertEqual(max(waiting), 10)
        self.assertEqual(waiting, sorted(waiting))   # none was given up
        self.assert_served()

    def test_handed_over(self):
        """A HEX, an ELF and a binary; what the board says is told."""
        self.start()
        replies = self.flash(image('uno-led.hex'))
        self.assert_whole(replies)
        self.assertNotIn('answer', replies[-1])
        self.assertIn('came back', replies[-1]['message'])
        replies = self.flash(image('uno-led.elf'), format='elf')
        self.assertEqual(replies[-1]['stage'], 'ready')
        replies = self.flash(hex_bytes(image('uno-rgb.hex')),
                                  format='bin')
        self.assertEqual(replies[-1]['stage'], 'ready')
        self.assertEqual(self.flash(firmware='led')[-1]['answer'], 'OK')
        self.assert_served()

    def test_speed(self):
        """Each firmware has its own, and the port follows it."""
        self.start()
        self.assertEqual(self.flash(firmware='led')[-1]['answer'], 'OK')
        self.assertEqual(self.flash(firmware='pinserver')[-1]['answer'],
                         'PinServer 1.0 Arduino Uno')
        self.assertEqual(self.p.call('Send', text='n0D')['status'], 'OK')
        self.assertEqual(self.uno.level(13), 1)

    def test_without_more(self):
        self.start()
        reply = self.p.call('Flash', firmware='led', board='uno0')
        self.assertEqual((reply['stage'], reply['answer']), ('ready', 'OK'))

    def test_client_leaves_while_it_is_written(self):
        self.start()
        watcher = self.watch(self.p, board='uno0')
        connection = self.connect(self.p)
        for reply in connection.stream('Flash', firmware='led'):
            if reply['stage'] == 'writing':
                break
        connection.close()
        watcher.wait(state='flashing')
        watcher.wait(state='ready')
        self.assertEqual(self.p.call('Send', text='c1')['status'], 'OK')
        self.assert_served()

    def test_held_board(self):
        self.start()
        hold = self.connect(self.p).call('Hold')
        with self.fails('BoardBusy'):
            self.connect(self.p).call('Flash', firmware='led', wait=0)
        self.assertEqual(self.flash(firmware='led', hold=hold['token'])[-1]
                         ['answer'], 'OK')
        with self.fails('BoardBusy'):
            self.p.send('c1', wait=0)
        self.assertEqual(self.p.call('Send', text='c1', hold=hold['token'])
                         ['status'], 'OK')

    def test_list_firmware(self):
        self.start()
        every = self.p.call('ListFirmware')['firmware']
        self.assertIn('mega', [f['board'] for f in every])
        own = self.p.call('ListFirmware', board='uno0')['firmware']
        self.assertEqual({f['board'] for f in own}, {'uno'})
        self.assertLessEqual({'led', 'rgb', 'pinserver'},
                             {f['name'] for f in own})
        for f in own:
            self.assertEqual(f['size'], len(image(f['file'])))


class ImageTest(FlashCase):
    """What is refused before the board is touched."""

    def refused(self, words, data=None, **parameters):
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(data, **parameters)
        self.assertIn(words, caught.exception['message'])
        self.assertNotIn('(flashing)', self.p.log())

    def test_refused(self):
        self.start()
        self.refused('cut off', image('uno-led.hex')[:1000])
        self.refused('another chip', image('pico-pinserver.uf2'))
        self.refused('too large', image('uno-led.hex').replace(
            b':00000001FF', b':107E0000' + 16 * b'00' + b'72\r\n:00000001FF'))
        self.refused('no image', b'hello')
        self.refused('not what its name says', b'hello', format='hex')
        self.refused('nothing in it', b'', format='bin')
        self.refused('no firmware', firmware='../uno-led')
        self.refused('no firmware', firmware='blink')
        self.refused('there is no image')
        self.assert_served()

    def test_uploads_end(self):
        """Taken once; gone with the connection; limited in size and number."""
        self.start()
        before = self.p.open_descriptors()
        with self.p.connect() as connection:
            upload(connection, b'hello')
            for words in ('no image: neither', 'there is no image'):
                with self.fails('FlashFailed') as caught:
                    connection.call('Flash')
                self.assertIn(words, caught.exception['message'])
        with self.fails('org.varlink.service.InvalidParameter',
                        parameter='data'):
            self.p.call('Upload', data='no base64')
        connections = [self.connect(self.p) for _ in range(limit('UPLOADS'))]
        for connection in connections:
            upload(connection, b'x')
        with self.p.connect() as one_more:
            with self.fails('LimitExceeded', limit='uploads'):
                upload(one_more, b'x')
            connections[0].close()
            self.p.call('ListBoards')
            upload(one_more, b'x')
        for connection in connections:
            connection.close()
        with self.p.connect() as connection:
            self.assertEqual(upload(connection, bytes(limit('IMAGE'))),
                             limit('IMAGE'))
            with self.fails('LimitExceeded', limit='image'):
                upload(connection, b'x')
        with self.p.connect() as connection:
            connection.call('ListBoards')
            self.assertLess(self.p.open_descriptors() - before, 5)
        if not is_sanitized():
            self.assertLess(self.p.resident_kb(), 64 * 1024)


class FailureTest(FlashCase):
    """Each failure has its error, and the next try succeeds."""

    def failing(self, words, *, condition, action,
                stages=('writing', 'verifying')):
        with self.fails('FlashFailed') as caught:
            self.flash_until(condition, action)
        self.assertIn(caught.exception['stage'], stages)
        self.assertIn(words, caught.exception['message'])
        return caught.exception

    @staticmethod
    def written(percent):
        return lambda reply: (reply['stage'] == 'writing' and
                              reply['percent'] >= percent)

    def assert_over(self, pidfd):
        self.addCleanup(os.close, pidfd)
        self.assertTrue(select.select([pidfd], [], [], PATIENCE_S)[0])

    def child(self):
        return int(children(self.p.pid)[0])

    def test_missing_tool(self):
        self.start(env={'PATH': '/nonexistent'})
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(firmware='led')
        self.assertIn('apt install avrdude', caught.exception['message'])
        self.assert_served()

    def test_wrong_chip(self):
        self.start(config='[board uno0]\nmatch = 2341:0043\n'
                   'flasher = uno\npart = m328pb\n')
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(firmware='led')
        self.assertIn('another chip', caught.exception['message'])
        self.assertIn('signature', caught.exception['log'])
        self.assert_served()

    def test_no_boot_loader(self):
        self.start(boot=None, sketch=os.path.join(FIRMWARE, 'uno-led.hex'))
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(firmware='led')
        self.assertIn('boot loader does not answer',
                      caught.exception['message'])
        self.assertIn('not in sync', caught.exception['log'])
        self.assert_served()

    def test_verify_mismatch(self):
        """A stand-in for avrdude that says what it says then."""
        folder = self.directory()
        path = os.path.join(folder, 'avrdude')
        with open(path, 'w') as file:
            file.write('#!/bin/sh\n'
                       'printf "\\nWriting | ####" >&2\n'
                       'printf "\\nReading | ####" >&2\n'
                       'printf "\\navrdude error: verification mismatch'
                       '\\n" >&2\nexit 1\n')
        os.chmod(path, 0o755)
        self.start(env={'PATH': folder})
        with self.fails('FlashFailed', stage='verifying') as caught:
            self.flash(firmware='led')
        self.assertIn('not what was written', caught.exception['message'])
        self.assert_served()

    def test_unplugged(self):
        """At every tenth of the write."""
        self.start()
        watcher = self.watch(self.p, board='uno0')
        watcher.wait(state='listening')
        for percent in range(0, 100, 10):
            self.failing('unplugged',
                         condition=self.written(percent),
                         action=self.uno.unplug)
            self.assertEqual(children(self.p.pid), [])
            self.uno.plug()
            watcher.wait(state='flashing')
            watcher.wait(state='listening')
        self.assert_flashes()

    def test_tool_killed(self):
        self.start()
        self.failing('signal 9', condition=self.written(30),
                     action=lambda: os.kill(self.child(), signal.SIGKILL))
        self.assert_flashes()

    def test_tool_stands_still(self):
        self.start()
        self.failing('stood still', condition=self.written(30),
                     action=lambda: os.kill(self.child(), signal.SIGSTOP))
        self.assert_flashes()

    def test_picod_killed(self):
        """avrdude does not outlive it, and the next one takes over."""
        self.start()
        tools = []
        connection = self.connect(self.p)
        for reply in connection.stream('Flash', firmware='led'):
            if reply['stage'] == 'writing':
                tools.append(os.pidfd_open(self.child()))
                self.p.kill()
                break
        self.uno.wait_for('close')
        self.assert_over(tools[0])
        self.p.start()
        self.assert_flashes()

    def test_picod_ends(self):
        self.start()
        connection = self.connect(self.p)
        for reply in connection.stream('Flash', firmware='led'):
            if reply['stage'] == 'writing':
                tool = os.pidfd_open(self.child())
                self.assertEqual(self.p.terminate(), 0)
                break
        self.uno.wait_for('close')
        self.assert_over(tool)
        self.p.start()
        self.assert_flashes()


class LeonardoTest(FlashCase):
    """The touch, and the ports that come and go, by a board that is played."""

    def setUp(self):
        super().setUp()
        self.leonardo = self.board(Leonardo(self.bus))
        self.p = self.picod(env=self.bus.environment(
            {'PICOD_FIRMWARE': FIRMWARE}))

    def test_flashed(self):
        for visit in (1, 2):
            replies = self.flash(firmware='led')
            self.assert_whole(replies)
            self.assertEqual(replies[-1]['answer'], 'OK')
            self.assertEqual(self.leonardo.visits, visit)
            self.assertEqual(bytes(self.leonardo.flash[:len(self.code)]),
                             self.code)
            board = self.p.board()
            self.assertEqual(
                (board['name'], board['port']),
                ('leonardo0', f'/dev/ttyACM{2 * visit}'))
            self.assertEqual(self.p.call('Send', text='c1')['status'], 'OK')
        self.assertEqual(children(self.p.pid), [])

    code = hex_bytes(image('leonardo-led.hex'))


class PicoRepl(scripted.Repl):
    """A REPL with files, which runs main.py, and with a machine module."""

    def __init__(self, persona, paste):
        super().__init__(persona, paste)
        self.persona = persona
        builtins = self.names['__builtins__']
        real = builtins['__import__']
        machine = types.SimpleNamespace(bootloader=persona.bootloader,
                                        Pin=mock.MagicMock())
        builtins['__import__'] = lambda name, *rest: (
            machine if name == 'machine' else real(name, *rest))
        builtins['open'] = self.open
        files = persona.board.files
        if 'main.py' in files:
            self.execute(files['main.py'])

    def open(self, name, mode):
        files = self.persona.board.files
        file = io.BytesIO(b'' if 'w' in mode else files[name])
        close = file.close

        def keep():
            files[name] = file.getvalue()
            close()
        file.close = keep
        return file


class PicoTest(FlashCase):
    """A played Pico and a stand-in for picotool."""

    def start(self, fault='none', has_bootloader=True, **env):
        self.pico = self.board(Pico(self.bus, self.repl, has_bootloader))
        folder = self.directory()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(os.path.join(folder, 'board'))
        listener.listen()
        self.addCleanup(listener.close)
        threading.Thread(target=self.take, args=[listener],
                         daemon=True).start()
        self.p = self.picod(env=self.bus.environment({
            'PICOD_FIRMWARE': FIRMWARE, 'STATE_DIRECTORY': folder,
            'PATH': BOARDS + ':' + os.environ['PATH'],
            'PICOTOOL_BOARD': listener.getsockname(),
            'PICOTOOL_FAULT': fault, **env}))

    def repl(self, persona):
        return PicoRepl(persona, paste=True)

    def take(self, listener):
        """What picotool writes."""
        with contextlib.suppress(OSError):
            while True:
                peer = listener.accept()[0]
                with peer:
                    data = b''
                    while piece := peer.recv(65536):
                        data += piece
                    self.pico.write(data)

    def test_micropython_to_pinserver_and_again(self):
        """By machine.bootloader(), and then by the firmware's own command.

        The board has another identity, language and port afterwards, and the
        same name, now and when picod starts anew.
        """
        self.start()
        self.assertEqual(self.p.send('6 * 7'), '42\n')
        before = self.p.board()
        replies = self.flash(firmware='pinserver')
        self.assert_whole(replies)
        self.assertEqual(replies[-1]['answer'],
                         'PinServer 1.0 Raspberry Pi Pico')
        self.assertEqual(self.pico.image, image('pico-pinserver.uf2'))
        after = self.p.board()
        self.assertEqual((before['name'], before['driver']), ('pico0', 'repl'))
        self.assertEqual(
            (after['name'], after['driver'], after['port']),
            ('pico0', 'piserial', '/dev/ttyACM7'))
        self.assert_whole(self.flash(firmware='pinserver'))
        self.p.terminate()
        self.p.start()
        self.assertEqual(self.p.board()['name'], 'pico0')
        self.assertEqual(len(self.p.call('ListBoards')['boards']), 1)

    def test_micropython(self):
        """After one command it knows on(), now and at every start."""
        folder = self.directory()
        shutil.copytree(os.path.join(ROOT, 'firmware/micropython'),
                        os.path.join(folder, 'micropython'))
        self.start(PICOD_FIRMWARE=folder)
        self.pico.next = MicroPython
        path = os.path.join(FIRMWARE, 'pico-pinserver.uf2')
        result = self.p.picoctl('flash', '--micropython', path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r'^pico0: main.py answers: cpython 3')
        self.assertEqual(self.p.send('on()'), '')
        with open(os.path.join(ROOT, 'firmware/micropython/main.py'),
                  'rb') as file:
            self.assertEqual(self.pico.files, {'main.py': file.read()})

    def test_waiting_requests_are_kept(self):
        self.start()
        self.p.send('1')
        waiting = self.connect(self.p)
        for reply in self.connect(self.p).stream('Flash',
                                                 firmware='pinserver'):
            if reply['stage'] == 'writing' and not waiting.sent:
                waiting.send('Send', text='i')
        self.assertEqual(waiting.receive()['status'], 'OK')

    def test_button(self):
        """A program without machine.bootloader(): somebody is asked."""
        self.start(has_bootloader=False)
        asked = []
        for reply in self.connect(self.p).stream('Flash',
                                                 firmware='pinserver'):
            if 'BOOTSEL' in reply.get('message', '') and not asked:
                asked.append(reply)
                self.pico.bootsel()
        self.assertEqual(len(asked), 1)
        self.assertEqual(reply['stage'], 'ready')

    def test_board_vanishes_in_the_write(self):
        self.start('abort')
        with self.fails('FlashFailed', stage='writing') as caught:
            self.flash(firmware='pinserver')
        self.assertIn('vanished', caught.exception['message'])
        self.assertEqual(children(self.p.pid), [])

    def test_verify_fails(self):
        self.start('verify')
        with self.fails('FlashFailed', stage='verifying') as caught:
            self.flash(firmware='pinserver')
        self.assertIn('not what was written', caught.exception['message'])
        self.assertIn('did not match', caught.exception['log'])
        self.assertEqual(children(self.p.pid), [])

    def test_image_of_another_chip(self):
        self.start()
        data = bytearray(image('pico-pinserver.uf2'))
        for block in range(0, len(data), 512):
            data[block + 28:block + 32] = b'\x59\xff\x8b\xe4'   # RP2350
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(bytes(data))
        self.assertIn('RP2040', caught.exception['message'])
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(image('uno-led.hex'))
        self.assertIn('another chip', caught.exception['message'])


class PicoctlTest(FlashCase):
    def test_flash(self):
        self.start()
        result = self.p.picoctl('flash', 'led')
        self.assertEqual((result.returncode, result.stdout),
                         (0, 'uno0: led answers: OK\n'), result.stderr)
        self.assertEqual(result.stderr,
                         'preparing\nwriting\nverifying\nstarting\n')
        path = os.path.join(self.directory(), 'cut.hex')
        with open(path, 'wb') as file:
            file.write(image('uno-led.hex')[:1000])
        result = self.p.picoctl('flash', path)
        self.assertEqual(result.returncode, 11)
        self.assertIn('cut off', result.stderr)
        result = self.p.picoctl('flash', '/no/such.hex')
        self.assertEqual(result.returncode, 12)
        result = self.p.picoctl(
            'flash', '--json', os.path.join(FIRMWARE, 'uno-led.elf'))
        last = json.loads(result.stdout.splitlines()[-1])
        self.assertEqual((result.returncode, last['stage']), (0, 'ready'))

    def test_firmware(self):
        self.start()
        result = self.p.picoctl('firmware', '-b', 'uno0')
        self.assertEqual(result.returncode, 0)
        rows = [line.split() for line in result.stdout.splitlines()]
        self.assertEqual(rows[0], ['BOARD', 'NAME', 'SIZE'])
        self.assertIn(['uno', 'led', str(len(image('uno-led.hex')))], rows)

    def test_bar(self):
        """On a terminal, one line that grows for each stage."""
        self.start()
        terminal, theirs = pty.openpty()
        self.addCleanup(os.close, terminal)
        result = subprocess.Popen(
            [PICOCTL, 'flash', 'led'], env=self.p.client_environment(),
            stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        seen = b''
        with contextlib.suppress(OSError):      # that is a pty's end
            while piece := os.read(terminal, 4096):
                seen += piece
        self.assertEqual(result.wait(PATIENCE_S), 0)
        bars = [bar.rstrip() for bar in seen.decode().split('\r')
                if bar.startswith('writing')]
        self.assertGreater(len(bars), 10)
        self.assertEqual(bars[-1], f'writing    [{40 * "="}] 100 %')


if __name__ == '__main__':
    unittest.main()
