# SPDX-License-Identifier: MIT
"""Whose a port is: another program's, an ordinary user's, picod's alone."""

import ctypes
import errno
import fcntl
import os
import stat
import struct
import subprocess
import sys
import termios
import unittest

import picod
import usb
from uno import Uno

NOBODY = 65534

HOLD = """
import fcntl, os, sys, termios
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
if sys.argv[2] == 'lock':
    fcntl.flock(fd, fcntl.LOCK_EX)
elif sys.argv[2] == 'exclusive':
    fcntl.ioctl(fd, termios.TIOCEXCL)
print('held', flush=True)
sys.stdin.read()
"""


class Owners(usb.Case):

    def hold(self, uno, how):
        """A program that has the port until its stdin ends."""
        holder = subprocess.Popen(
            [sys.executable, '-c', HOLD, uno.device, how], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=self.environment(**os.environ))
        self.addCleanup(self.let_go, holder)
        self.assertEqual(holder.stdout.readline(), 'held\n')
        return holder

    def let_go(self, holder):
        holder.stdin.close()
        holder.wait()
        holder.stdout.close()

    def check_held(self, how):
        uno = self.uno()
        holder = self.hold(uno, how)
        p = self.picod()
        watcher = self.watch(p)
        self.until(lambda: p.board().get('problem'))
        board = p.board()
        self.assertEqual(board['state'], 'absent')
        program = os.path.basename(sys.executable)
        for text in (board['problem'], p.log()):
            self.assertIn(f'pid {holder.pid}', text)
            self.assertIn('python3', text, program)
        with self.assertRaises(picod.PicodError) as caught:
            p.call('Send', text='n0D')
        self.assertEqual(caught.exception.name, 'BoardAbsent')
        self.assertIn(f'pid {holder.pid}', caught.exception['message'])
        self.assertIn(f'pid {holder.pid}', p.picoctl('list').stdout)
        waiting = self.connect(p)
        waiting.send('Send', text='n0D', wait=30000)
        self.let_go(holder)
        watcher.wait(event='state', state='listening')
        self.assertEqual(waiting.receive()['status'], 'OK')

    def test_locked(self):
        self.check_held('lock')

    def test_open_without_a_lock(self):
        self.check_held('open')

    def test_one_program_after_the_other_costs_a_line_a_minute(self):
        """Each is named where it is asked for; the log has the first."""
        uno = self.uno()
        holder = self.hold(uno, 'open')
        p = self.picod()
        for _ in range(4):
            self.until(lambda: f'pid {holder.pid})' in
                       p.board().get('problem', ''))
            before, holder = holder, self.hold(uno, 'open')
            self.let_go(before)
        self.assertEqual(p.log().count('has its port'), 1, p.log())

    @unittest.skipUnless(os.getuid() == 0, 'needs to become another user')
    def test_it_is_ours(self):
        """A second program is refused, by either lock."""
        uno = self.uno()
        p = self.picod()
        self.on(p)
        path = os.readlink(uno.path)
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)     # root may
        self.addCleanup(os.close, fd)
        with self.assertRaises(BlockingIOError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.chmod(path, 0o666)
        user = subprocess.run(
            ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups',
             'dd', f'if={path}', 'count=0'], capture_output=True, text=True)
        self.assertIn('busy', user.stderr)
        p.terminate()
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        p.start()

    def test_root_that_opens_it_beside_picod_is_named(self):
        uno = self.uno()
        p = self.picod()
        self.on(p)
        self.assertNotIn('problem', p.board())
        holder = self.hold(uno, 'open')
        problem = self.until(lambda: p.board().get('problem'))
        self.assertIn(f'(pid {holder.pid}) has opened its port beside picod',
                      problem)
        self.assertEqual(p.board()['state'], 'ready')
        self.assertIn(problem, p.picoctl('list').stdout.replace('\n', ' '))
        self.let_go(holder)
        self.until(lambda: not p.board().get('problem'))
        self.assertEqual(p.log().count('beside picod'), 1)
        self.on(p)

    def test_the_kernel_at_its_port_is_named(self):
        self.uno()
        folder = os.path.join(self.bus.root, 'sys/class/tty/console')
        os.makedirs(folder)
        with open(f'{folder}/active', 'w', encoding='ascii') as file:
            file.write('tty0 ttyACM0\n')
        p = self.picod()
        self.wait(p, 'uno0', 'listening')
        self.assertIn('remove console=', self.until(
            lambda: p.board().get('problem')))

    def test_a_port_that_its_unit_does_not_allow(self):
        """As DevicePolicy=closed has it: root, too, may not open it."""
        path = self.board(Uno()).path
        open_nr = {'x86_64': 257, 'aarch64': 56, 'armv7l': 322}
        flags = os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC
        load, equal, give = 0x20, 0x15, 0x06    # of BPF
        program = b''.join(struct.pack('HBBI', *each) for each in (
            (load, 0, 0, 0), (equal, 0, 3, open_nr[os.uname().machine]),
            (load, 0, 0, 32), (equal, 0, 1, flags),
            (give, 0, 0, 0x50000 | errno.EPERM), (give, 0, 0, 0x7fff0000)))
        text = ctypes.create_string_buffer(program)
        filters = struct.pack('HxxxxxxP', len(program) // 8,
                              ctypes.addressof(text))

        def refuse():
            set_no_new_privs, set_seccomp, mode_filter = 38, 22, 2
            prctl = ctypes.CDLL(None).prctl
            prctl(set_no_new_privs, 1, 0, 0, 0)
            prctl(set_seccomp, mode_filter, filters)
        p = self.picod(preexec=refuse, wired=path)
        self.assertIn(f'systemctl edit picod, and there [Service] and '
                      f'DeviceAllow={path} rw', self.until(
                          lambda: p.board().get('problem')))

    def test_two_picods(self):
        self.uno()
        first = self.picod()
        self.wait(first, 'uno0', 'listening')
        second = self.picod()
        problem = self.until(lambda: second.board().get('problem'))
        self.assertIn(f'picod (pid {first.pid})', problem)
        self.on(first)
        first.terminate()
        self.on(second, wait=30000)
        first.start()


@unittest.skipUnless(os.getuid() == 0, 'needs to become another user')
class Users(usb.Case):
    """An ordinary user's picod."""

    def setUp(self):
        super().setUp()
        os.chown(self.state, NOBODY, NOBODY)
        os.chmod(self.bus.modem, 0o755)
        os.chmod(self.bus.root, 0o777)      # its monitor makes a socket there

    def give(self, uno, mode):
        """What others may do with the port's node; all may see the bus."""
        for top in self.bus.modem, self.bus.root:
            for folder, folders, names in os.walk(top):
                for path in (os.path.join(folder, n) for n in folders + names):
                    mode_now = os.lstat(path).st_mode
                    if stat.S_ISSOCK(mode_now) or stat.S_ISDIR(mode_now):
                        os.chmod(path, 0o777)
        os.chmod(os.readlink(uno.path), mode)
        os.lchown(os.path.join(self.bus.root, 'dev/ttyACM0'), 0, 0)

    def user_picod(self):
        p = picod.Picod(env=self.environment(STATE_DIRECTORY=self.state),
                        user=NOBODY)
        self.addCleanup(p.stop)
        return p

    def test_replug(self):
        uno = self.uno()
        self.give(uno, 0o666)
        p = self.user_picod()
        self.on(p)
        for _ in range(3):
            uno.unplug()
            self.wait(p, 'uno0', 'absent')
            uno.plug()
            self.give(uno, 0o666)
            self.on(p, wait=30000)
        p.terminate()
        p.start()
        self.on(p)

    def test_root_that_opens_it_beside_picod_is_told_of(self):
        """Who it is may not be seen; that somebody opened it is."""
        uno = self.uno()
        self.give(uno, 0o666)
        p = self.user_picod()
        self.on(p, wait=30000)
        with open(os.readlink(uno.path), 'rb', buffering=0):
            self.assertIn('"sudo picoctl doctor" names it', self.until(
                lambda: p.board().get('problem')))
        self.until(lambda: not p.board().get('problem'))

    def test_a_login_prompt_at_it_is_named(self):
        """A process of root's that nobody sees have it open."""
        uno = self.uno()
        self.give(uno, 0o666)
        path = os.readlink(uno.path)
        script = os.path.join(self.directory(), 'agetty')
        with open(script, 'w', encoding='ascii') as file:
            file.write('#!/usr/bin/python3\nimport sys\nport = open('
                       'sys.argv[1])\nprint(flush=True)\nsys.stdin.read()\n')
        os.chmod(script, 0o755)
        with subprocess.Popen(
                [script, path, 'ttyACM0', path.removeprefix('/dev/'), 'vt220'],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE) as agetty:
            agetty.stdout.read(1)
            p = self.user_picod()
            problem = self.until(lambda: p.board().get('problem'))
            self.assertIn(f'agetty (pid {agetty.pid}) has its port; it is a '
                          'login prompt: sudo systemctl disable --now '
                          'serial-getty@', problem)
            agetty.kill()
        self.on(p, wait=30000)

    def test_no_permission_until_udev_gave_it(self):
        uno = self.uno()
        self.give(uno, 0o600)
        p = self.user_picod()
        problem = self.until(lambda: p.board().get('problem'))
        self.assertIn('dialout', problem)
        os.chmod(os.readlink(uno.path), 0o660)
        os.chown(os.readlink(uno.path), NOBODY, NOBODY)
        # The bus has a link to the pty where a real /dev has the node.
        os.lchown(os.path.join(self.bus.root, 'dev/ttyACM0'), 0, 0)
        self.on(p, wait=30000)


if __name__ == '__main__':
    unittest.main()
