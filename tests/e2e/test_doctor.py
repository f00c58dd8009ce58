# SPDX-License-Identifier: MIT
"""picoctl doctor on machines that have this or that wrong.

Each runs in namespaces of its own, in which /dev, /etc and the processes are as
the test wants them; what USB ports have is tested with the faked USB bus.
"""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

from fake import PICOCTL, TIMEOUT_S, Answer, FakePicod, environment

RULES = '/etc/udev/rules.d/60-picod.rules'
BOARD = {'name': 'pico0', 'state': 'ready', 'driver': 'repl', 'boot': 1,
         'port': '/dev/ttyACM0', 'waiting': 0, 'about': 'MicroPython v1.25',
         'usb': {'vendor': 0x2e8a, 'product': 5}}
DEBIAN = 'ID=debian\nVERSION_ID="{0}"\nPRETTY_NAME="Debian {0}"\n'


@unittest.skipUnless(os.getuid() == 0, 'makes namespaces and devices')
class Doctor(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='picod-doctor-')
        self.addCleanup(shutil.rmtree, self.folder)
        os.chmod(self.folder, 0o755)
        self.path = f'{self.folder}/bin'
        os.mkdir(self.path)
        for tool in ('avrdude', 'picotool'):
            self.program(tool)

    def program(self, name, text='#!/bin/sh\n'):
        with open(f'{self.path}/{name}', 'w') as file:
            file.write(text)
        os.chmod(file.name, 0o755)
        return file.name

    def machine(self, commands, user):
        """What to run first in the namespaces."""
        etc = f'{self.folder}/etc'
        return [
            'set -e', f'mkdir -p {etc}', f'mount -t tmpfs tmpfs {etc}', f'mkdir {etc}/up {etc}/work',
            f'mount -t overlay -o lowerdir=/etc,upperdir={etc}/up,'
            f'workdir={etc}/work overlay /etc',
            f'mkdir -p {os.path.dirname(RULES)}', f'echo >{RULES}',
            'rm -f /etc/os-release', 'mount -t tmpfs -o mode=755 tmpfs /dev',
            'mknod -m 666 /dev/null c 1 3',
            *[f'mknod -m 660 /dev/{name} c {number}; chgrp 20 /dev/{name}'
              for name, number in (('ttyACM0', '166 0'), ('ttyAMA0', '204 64'),
                                   ('ttyS9', '4 73'))],
            'ln -s ttyAMA0 /dev/serial0', *commands,
            f'exec {user} "$PICOCTL" doctor "$@"']

    def doctor(self, *words, boards=(BOARD,), commands=(), user='',
               release='13', **methods):
        """The findings; report is what follows them."""
        methods.setdefault('ListBoards',
                           lambda parameters: {'boards': list(boards)})
        methods.setdefault('GetInfo', lambda parameters: {'version': '9.8.7'})
        with open(f'{self.folder}/release', 'w') as file:
            file.write(DEBIAN.format(release))
        commands = [f'cp {file.name} /etc/os-release', *commands]
        with FakePicod(**methods) as fake:
            os.chmod(fake.directory, 0o755)
            os.chmod(fake.path, 0o666)
            done = subprocess.run(
                ['unshare', '--mount', '--pid', '--fork', '--kill-child',
                 '--mount-proc', 'sh', '-c',
                 '\n'.join(self.machine(commands, user)), 'sh', *words],
                env=environment(PICOD_SOCKET=fake.path, PICOCTL=PICOCTL,
                                PATH=f'{self.path}:/usr/sbin:/usr/bin:/sbin:'
                                '/bin'),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                timeout=TIMEOUT_S, check=False)
        self.assertEqual(done.stderr, '')
        findings, _, self.report = done.stdout.partition('\nA report')
        problems = sum(line.startswith('problem: ') or
                       '"finding":"problem"' in line
                       for line in done.stdout.splitlines())
        self.assertEqual(done.returncode, 1 if problems else 0, done.stdout)
        return findings.splitlines()

    def one(self, *wanted, **options):
        """There is one finding, with all of these words in it."""
        findings = self.doctor(**options)
        self.assertEqual(len(findings), 1, findings)
        for word in wanted:
            self.assertIn(word, findings[0])

    def test_silent_where_all_is_well(self):
        self.assertEqual(self.doctor(), [])
        self.assertEqual(self.doctor('--json')[:-1], [])

    def test_report(self):
        self.doctor()
        for word in ('picoctl 0.', 'picod 9.8.7', 'Debian 13', 'Linux ',
                     'pico0 2e8a:0005 ready repl /dev/ttyACM0 MicroPython '
                     'v1.25', 'picoctl trace'):
            self.assertIn(word, self.report)

    def test_json(self):
        lines = [json.loads(line) for line in self.doctor(
            '--json', boards=[{**BOARD, 'state': 'silent',
                               'problem': 'it hangs'}])]
        self.assertEqual(lines[0], {
            'finding': 'problem', 'about': 'board pico0',
            'message': 'it is silent: it hangs'})
        self.assertEqual((lines[1]['finding'], lines[1]['picod'],
                          lines[1]['system']), ('report', '9.8.7', 'Debian 13'))

    def test_what_picod_says(self):
        def refuse(parameters):
            raise Answer('PermissionDenied', message='you may not use picod')

        self.one('problem: board pico0: it is silent: it hangs', boards=[
            {**BOARD, 'state': 'silent', 'problem': 'it hangs'}])
        self.one('note: board pico0: it is absent', boards=[
            {**BOARD, 'state': 'absent', 'problem': 'plug it in'}])
        self.assertIn('problem: picod: you may not use picod',
                      self.doctor(ListBoards=refuse))

    def test_no_picod(self):
        self.assertIn('problem: picod: picod ended the connection',
                      self.doctor(GetInfo=lambda parameters: iter(
                          [None]))[0])

    def test_permissions_of_ports(self):
        self.one('problem: /dev/ttyACM0', 'group root', 'sudo udevadm trigger',
                 commands=['chgrp 0 /dev/ttyACM0'])
        self.one('problem: /dev/ttyS9', 'group root', boards=[
            BOARD, {**BOARD, 'name': 'b', 'port': '/dev/ttyS9'}],
            commands=['chgrp 0 /dev/ttyS9'])

    def agetty(self):
        """A program of that name, and with a tty among its arguments."""
        return [self.program('agetty', '#!/usr/bin/python3\n'
                             'import time\ntime.sleep(60)\n') +
                ' -o - ttyAMA0 vt220 & while ! grep -q agetty '
                '/proc/[0-9]*/comm; do :; done']

    def test_a_login_prompt_at_a_board(self):
        wired = {**BOARD, 'port': '/dev/serial0'}
        self.one('problem: /dev/serial0', 'login prompt',
                 'disable --now serial-getty@ttyAMA0', boards=[wired],
                 commands=self.agetty())
        self.assertEqual(self.doctor(boards=[BOARD], commands=self.agetty()),
                         [])
        self.assertEqual(self.doctor(boards=[wired]), [])

    def test_the_kernel_at_a_board(self):
        active = f'{self.folder}/active'
        with open(active, 'w') as file:
            file.write('tty0 ttyAMA0\n')
        mount = [f'mount --bind {active} /sys/class/tty/console/active']
        self.one('problem: /dev/serial0', 'kernel', 'console=ttyAMA0',
                 boards=[{**BOARD, 'port': '/dev/serial0'}], commands=mount)
        self.assertEqual(self.doctor(boards=[BOARD], commands=mount), [])

    def test_no_board_at_all(self):
        self.one('note: /dev/serial0', 'port = /dev/serial0', boards=[])
        findings = self.doctor(boards=[], commands=['rm /dev/ttyACM0'])
        self.assertIn('problem: ports', findings[0])
        self.assertIn('only charges', findings[0])

    @unittest.skipIf(os.path.exists('/usr/lib/udev/rules.d/60-picod.rules'),
                     'picod is installed here')
    def test_rules_and_programs_that_take_ports(self):
        run = [self.program('ModemManager', '#!/usr/bin/python3\n'
                            'import time\ntime.sleep(60)\n') +
               ' & while ! grep -q ModemManager /proc/[0-9]*/comm; do :; done']
        self.assertEqual(self.doctor(commands=run), [])
        findings = self.doctor(commands=[f'rm {RULES}', *run])
        self.assertIn('note: udev', findings[0])
        self.assertIn('note: ModemManager', findings[1])

    def test_tools_of_the_release(self):
        os.unlink(f'{self.path}/picotool')
        if shutil.which('picotool') is None:
            self.one('note: picotool', 'sudo apt install picotool')
            self.one('Debian 12 has none', release='12')
            self.assertEqual(self.doctor(boards=[
                {**BOARD, 'usb': {'vendor': 0x2341, 'product': 1}}]), [])

    def test_a_group_of_the_next_session(self):
        member = ['groupadd -f picod', 'usermod -aG picod nobody']
        user = 'setpriv --reuid=nobody --regid=nogroup '
        self.one('note: group', 'log in again', commands=member,
                 user=user + '--clear-groups')
        self.assertEqual(self.doctor(commands=member,
                                     user=user + '--init-groups'), [])


if __name__ == '__main__':
    unittest.main()
