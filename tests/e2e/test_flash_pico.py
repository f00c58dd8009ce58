#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Flashing a Pico, by the real picotool into a model of its boot ROM.

What the Pico is before and afterwards is played.
"""

import ctypes
import io
import os
import shutil
import signal
import struct
import subprocess
import threading
import types
import unittest
from unittest import mock

import scripted
from boards import make_firmware
from flash import FlashCase, children, image
from picod import FIRMWARE, PATIENCE_S, PICOCTL, ROOT
from picoboot import FLASH, PAGE, SECTOR
from usbplayed import MicroPython, Pico

PINSERVER = 'pico-pinserver.uf2'
RP2040, RP2350 = 0xe48bff56, 0xe48bff59


def uf2(data, family=RP2040):
    """An image of these bytes at the start of flash."""
    pages = [data[at:at + PAGE] for at in range(0, len(data), PAGE)]
    return b''.join(
        struct.pack('<8I476sI', 0x0a324655, 0x9e5d5157, 0x2000,
                    FLASH + number * PAGE, PAGE, number, len(pages), family,
                    page, 0x0ab16f30)
        for number, page in enumerate(pages))


def payload(blocks):
    """What a UF2 puts at the start of flash."""
    return b''.join(blocks[at + 32:at + 32 + PAGE]
                    for at in range(0, len(blocks), 512))


# Large enough for picotool to be unplugged in the middle.
LARGE = uf2(bytes(at * 7 % 251 for at in range(256 << 10)))


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
        if 'w' not in mode and name not in files:
            raise OSError(2)
        file = io.BytesIO(b'' if 'w' in mode else files[name])
        close = file.close

        def keep():
            files[name] = file.getvalue()
            close()
        file.close = keep
        return file


def repl(persona):
    return PicoRepl(persona, paste=True)


IN_CLOSE_WRITE = 8      # inotify(7)
INFO = ('UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\n'
        'Board-ID: RPI-RP2\r\n')


class Drive(threading.Thread):
    """The mounted drive of a Pico in BOOTSEL; what is copied is flashed."""

    def __init__(self, pico, folder):
        super().__init__(daemon=True)
        self.pico = pico
        self.copy = os.path.join(folder, 'FIRMWARE.UF2')
        with open(os.path.join(folder, 'INFO_UF2.TXT'), 'w') as file:
            file.write(INFO)
        libc = ctypes.CDLL(None)
        self.written = libc.inotify_init1(os.O_CLOEXEC)
        libc.inotify_add_watch(self.written, folder.encode(), IN_CLOSE_WRITE)
        self.start()

    def run(self):
        os.read(self.written, 4096)
        os.close(self.written)
        with open(self.copy, 'rb') as file:
            data = payload(file.read())
        self.pico.flash[:len(data)] = data
        self.pico.do(lambda: self.pico.restart(self.pico.persona))


class AnotherPico(Pico):
    SERIAL = 'E660D4A0A7000001'


class PicoTest(FlashCase):
    @classmethod
    def setUpClass(cls):
        cls.picotool = make_firmware('picotool-program')

    def start(self, config=None, has_bootloader=True, virgin=False, **env):
        self.pico = self.board(Pico(self.bus, repl, has_bootloader, virgin))
        self.p = self.picod(config=config, env={
            'PATH': f'{os.path.dirname(self.picotool)}:{os.environ["PATH"]}',
            **env})

    def assert_written(self, blocks):
        """The chip has the image, byte for byte.

        Behind it is nothing, but for what fills the last sector.
        """
        written = payload(blocks)
        rest = len(written) + -len(written) % SECTOR
        self.assertEqual(bytes(self.pico.flash[:len(written)]), written)
        self.assertEqual(set(self.pico.flash[rest:]), {0xff})

    def assert_flashes(self):
        """A second try succeeds; the board was left in BOOTSEL."""
        replies = self.flash(firmware='pinserver')
        self.assertEqual(replies[-1]['answer'],
                         'PinServer 1.0 Raspberry Pi Pico')
        written = payload(image(PINSERVER))
        self.assertEqual(bytes(self.pico.flash[:len(written)]), written)
        self.assertEqual(children(self.p.pid), [])

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
        self.assert_written(image(PINSERVER))
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

    def test_virgin(self):
        """It has a name while it is in BOOTSEL, and keeps it."""
        self.start(virgin=True)
        board = self.p.board()
        self.assertEqual((board['name'], board['state'], board['port']),
                         ('pico0', 'bootloader', ''))
        listed = self.p.picoctl('list').stdout
        self.assertRegex(listed, r'(?m)^pico0 +bootloader ')
        self.assertIn('picoctl flash -b pico0 ', listed)
        with self.fails('BoardAbsent') as caught:
            self.p.send('1')
        self.assertIn('waits for firmware', caught.exception['message'])
        waiting = self.connect(self.p)
        waiting.send('Send', text='i', wait=60000)
        self.assert_flashes()
        self.assertEqual(waiting.receive()['status'], 'OK')
        self.assertEqual(self.p.board()['name'], 'pico0')
        self.p.terminate()
        self.p.start()
        self.assertEqual(self.p.board()['name'], 'pico0')

    def test_names(self):
        """A board keeps its name in BOOTSEL; others there have their own."""
        self.start()
        watcher = self.watch(self.p)
        self.p.send('1')
        self.pico.bootsel()
        watcher.wait(state='bootloader', board='pico0')
        other = self.board(Pico(self.bus, repl, virgin=True, port='1-3'))
        watcher.wait(state='bootloader', board='pico1')
        other.do(other.unplug)
        watcher.wait(state='absent', board='pico1')
        # Written by hand, as by its drive, it is that board all the same.
        self.pico.do(lambda: self.pico.become(self.pico.next(self.pico)))
        watcher.wait(state='listening', board='pico0')
        # What is plugged in at its place afterwards is not.
        self.pico.do(self.pico.unplug).wait(PATIENCE_S)
        watcher.wait(state='absent', board='pico0')
        self.board(AnotherPico(self.bus, repl))
        watcher.wait(state='listening', board='pico2')

    def test_one_that_is_flashed_as_another_has_that_name_for_good(self):
        """It was in BOOTSEL where pico0 had been, and taken for it."""
        self.start()

        def wait(name, state):
            self.watch(self.p).wait(state=state, board=name)

        def pull(pico, name):
            pico.do(pico.unplug).wait(PATIENCE_S)
            wait(name, 'absent')

        def replug(pico, name):
            pico.do(lambda: pico.become(pico.next(pico)))
            wait(name, 'listening')
            pull(pico, name)
        self.flash(firmware='pinserver')
        pull(self.pico, 'pico0')
        other = self.board(AnotherPico(self.bus, repl, virgin=True))
        wait('pico0', 'bootloader')
        self.flash(firmware='pinserver')
        pull(other, 'pico0')
        replug(other, 'pico0')
        replug(self.pico, 'pico1')
        replug(other, 'pico0')

    def test_handed_over(self):
        """Its percents are told as it goes."""
        self.start()
        replies = self.flash(LARGE)
        self.assert_whole(replies)
        for stage in ('writing', 'verifying'):
            self.assertGreater(len([reply for reply in replies
                                    if reply['stage'] == stage]), 20)
        self.assert_written(LARGE)

    def test_elf(self):
        """Of a program, what is to be loaded."""
        self.start()
        self.assert_whole(self.flash(image('pico-pinserver.elf')))
        program = payload(image(PINSERVER)).rstrip(b'\xff')
        self.assertEqual(bytes(self.pico.flash[:len(program)]), program)

    def test_micropython(self):
        """After one command a new board knows on(), now and at every start."""
        folder = self.directory()
        shutil.copytree(os.path.join(ROOT, 'firmware/micropython'),
                        os.path.join(folder, 'micropython'))
        self.start(virgin=True, PICOD_FIRMWARE=folder)
        self.pico.next = MicroPython
        path = os.path.join(FIRMWARE, PINSERVER)
        result = self.p.picoctl('flash', '--micropython', path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r'^pico0: main.py answers: cpython 3')
        self.assertEqual(self.p.send('on()'), '')
        with open(os.path.join(ROOT, 'firmware/micropython/main.py'),
                  'rb') as file:
            self.assertEqual(self.pico.files, {'main.py': file.read()})

    def test_micropython_leaves_a_main_py_that_is_there(self):
        """Of a board whose firmware is made newer it is the program."""
        theirs = b"print('theirs')\nx = 5\n"
        self.start(PICOD_FIRMWARE=os.path.join(ROOT, 'firmware'))
        self.pico.next = MicroPython
        self.pico.files['main.py'] = theirs
        path = os.path.join(FIRMWARE, PINSERVER)
        result = self.p.picoctl('flash', '--micropython', path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(
            result.stdout, r'^pico0: its own main.py is as it was '
            r'\("picoctl reset" starts it\), and MicroPython answers: cpython 3')
        self.assertEqual(self.pico.files, {'main.py': theirs})

    def test_micropython_with_our_main_py(self):
        self.start(PICOD_FIRMWARE=os.path.join(ROOT, 'firmware'))
        self.pico.next = MicroPython
        with open(os.path.join(ROOT, 'firmware/micropython/main.py'),
                  'rb') as file:
            self.pico.files['main.py'] = file.read()
        path = os.path.join(FIRMWARE, PINSERVER)
        result = self.p.picoctl('flash', '--micropython', path)
        self.assertRegex(result.stdout, r'^pico0: main.py answers: cpython 3')

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

    def test_unplugged(self):
        """In the middle of the write; somebody plugs it in again."""
        self.start()

        def pull(address):
            if address >= FLASH + (128 << 10) and self.pico.wrote:
                self.pico.wrote = None
                self.pico.unplug()
        self.pico.wrote = pull
        with self.fails('FlashFailed', stage='writing') as caught:
            self.flash(LARGE)
        self.assertIn('plug', caught.exception['message'])
        self.assertEqual(children(self.p.pid), [])
        # The flash may hear of it before all others do.
        self.until(lambda: self.p.board()['state'] == 'absent')
        self.pico.bootsel()
        self.until(lambda: self.p.board()['state'] == 'bootloader')
        self.assert_flashes()

    def test_verify_fails(self):
        """A cell of the flash that does not take its value."""
        self.start()
        address = FLASH + next(at for at, byte in enumerate(payload(
            image(PINSERVER))) if byte)
        self.pico.stuck.add(address)
        with self.fails('FlashFailed', stage='verifying') as caught:
            self.flash(firmware='pinserver')
        self.assertIn('not what was written', caught.exception['message'])
        self.assertIn('did not match', caught.exception['log'])
        self.assertEqual(children(self.p.pid), [])
        self.pico.stuck.remove(address)
        self.assert_flashes()

    def mount(self):
        """A drive for picoctl to see."""
        folder = self.directory()
        Drive(self.pico, folder)
        self.tell_mounts(f'/dev/sda1 {folder} vfat rw 0 0\n')
        return folder

    def tell_mounts(self, text):
        path = os.path.join(self.bus.root, 'proc/self/mounts')
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as file:
            file.write('tmpfs /tmp tmpfs rw 0 0\n' + text)

    def copy(self, *arguments):
        return self.p.picoctl('flash', *arguments,
                              env=self.bus.environment({}))

    def test_drive(self):
        """Without picotool: firmware of picod's, and a file."""
        self.start(PATH='/nonexistent')
        self.mount()
        result = self.copy('pinserver')
        self.assertEqual(
            (result.returncode, result.stdout),
            (0, 'pico0: pinserver answers: PinServer 1.0 Raspberry Pi Pico\n'),
            result.stderr)
        self.assertIn('RPI-RP2', result.stderr)
        self.assert_written(image(PINSERVER))

    def test_drive_of_virgin(self):
        self.start(virgin=True, PATH='/nonexistent')
        self.mount()
        path = os.path.join(self.directory(), 'large.uf2')
        with open(path, 'wb') as file:
            file.write(LARGE)
        result = self.copy(path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('copied to the board', result.stdout)
        self.assertNotIn('verified', result.stdout)
        self.assert_written(LARGE)

    def test_drive_is_no_fat(self):
        """Whatever it says it is: another file system has links and pipes."""
        self.start(virgin=True, PATH='/nonexistent')
        folder = self.directory()
        with open(os.path.join(folder, 'INFO_UF2.TXT'), 'w') as file:
            file.write(INFO)
        for mounted in (f'/dev/sda1 {folder} ext4 rw 0 0\n',
                        f'/dev/sda1 {folder} fuseblk rw 0 0\n',
                        f'/dev/sda1 {folder} fuse.vfat rw 0 0\n',
                        f'vfat {folder} vfat rw 0 0\n'):
            self.refuses_drive(mounted)
        self.assertEqual(os.listdir(folder), ['INFO_UF2.TXT'])

    def test_drive_with_pipes(self):
        """Nobody waits for their other end."""
        self.start(virgin=True, PATH='/nonexistent')
        folder = self.directory()
        os.mkfifo(os.path.join(folder, 'INFO_UF2.TXT'))
        self.refuses_drive(f'/dev/sda1 {folder} vfat rw 0 0\n')

    def test_drive_with_links(self):
        """A file of the user's, which they lead to, stays as it is."""
        self.start(virgin=True, PATH='/nonexistent')
        folder = self.mount()
        mine = os.path.join(self.directory(), 'mine')
        with open(mine, 'w') as file:
            file.write('mine')
        os.symlink(mine, os.path.join(folder, 'FIRMWARE.UF2'))
        result = self.copy('pinserver')
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(mine) as file:
            self.assertEqual(file.read(), 'mine')
        self.assert_written(image(PINSERVER))

    def refuses_drive(self, mounted):
        """As if it were not there."""
        self.tell_mounts(mounted)
        self.copies_by_hand()
        self.pico.bootsel()
        self.watch(self.p, board='pico0').wait(state='bootloader')

    def test_drive_is_not_mounted(self):
        """What to run is said; somebody copies the image by hand."""
        self.start(virgin=True, PATH='/nonexistent')
        self.tell_mounts('')
        self.copies_by_hand()

    def copies_by_hand(self):
        with subprocess.Popen(
                [PICOCTL, 'flash', 'pinserver'], text=True,
                env=self.bus.environment(self.p.client_environment()),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE) as picoctl:
            for line in picoctl.stderr:
                if 'udisksctl mount -b /dev/disk/by-label/RPI-RP2' in line:
                    break
            self.pico.do(lambda: self.pico.restart(self.pico.persona))
            self.assertIn('pinserver answers', picoctl.stdout.read())
        self.assertEqual(picoctl.returncode, 0)

    def test_client_leaves_instead_of_copying(self):
        self.start(PATH='/nonexistent')
        with self.p.connect() as connection:
            for reply in connection.stream('Flash', firmware='pinserver',
                                           drive=True):
                if 'drive' in reply:
                    break
        self.assertEqual(reply['drive'], 'RPI-RP2')
        self.assertEqual(reply['file'], os.path.join(FIRMWARE, PINSERVER))
        self.watch(self.p, board='pico0').wait(state='bootloader')

    def test_missing_tool(self):
        """Nobody offers to copy the image: the board is left alone."""
        self.start(PATH='/nonexistent')
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(firmware='pinserver')
        self.assertIn('apt install picotool', caught.exception['message'])
        self.assertIn('copy a .uf2', caught.exception['message'])
        self.assertEqual(self.p.send('6 * 7'), '42\n')

    def test_configured_tool(self):
        self.start(f'[tools]\npicotool = {self.picotool}\n',
                   PATH='/nonexistent')
        self.assert_flashes()

    def test_configured_tool_is_missing(self):
        self.start('[tools]\npicotool = /no/picotool\n')
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(firmware='pinserver', drive=True)
        self.assertIn('/no/picotool cannot be run',
                      caught.exception['message'])

    def test_tool_killed(self):
        self.start()
        tools = []

        def kill(address):
            if not tools:
                tools.append(int(children(self.p.pid)[0]))
                os.kill(tools[0], signal.SIGKILL)
        self.pico.wrote = kill
        with self.fails('FlashFailed', stage='writing') as caught:
            self.flash(LARGE)
        self.assertIn('signal 9', caught.exception['message'])
        self.assert_flashes()

    def test_image_of_another_chip(self):
        self.start()
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(uf2(payload(image(PINSERVER)), RP2350))
        self.assertIn('RP2040', caught.exception['message'])
        # The flash may have heard of its new device before the rest of picod.
        self.watch(self.p, board='pico0').wait(state='bootloader')
        with self.fails('FlashFailed', stage='preparing') as caught:
            self.flash(image('uno-led.hex'))
        self.assertIn('another chip', caught.exception['message'])
        self.assert_flashes()


if __name__ == '__main__':
    unittest.main()
