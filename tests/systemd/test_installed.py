# SPDX-License-Identifier: MIT
"""The installed package, in a booted systemd.

Each class has a machine of its own, which is installed once for its tests.
"""

import json
import os
import subprocess
import tempfile
import unittest

import bench
import machine
import usb
from installed import STRANGER, USER, Case

class TestUnits(Case):
    """What an administrator looks at first."""

    UNITS = ('picod.service', 'picod.socket')
    ALL = (*UNITS, 'picod-names.path', 'picod-names.service')

    def test_installing_is_all(self):
        for unit in self.UNITS:
            self.assertEqual(self.machine.show(unit, 'ActiveState'), 'active')
            self.assertEqual(self.machine.show(unit, 'UnitFileState'),
                             'enabled')
        self.assertEqual(self.machine.picoctl('list').returncode, 0)

    def test_verify_is_silent(self):
        self.run_('mkdir', '-p', '/run/user/0')
        for scope, folder in (('--system', 'system'), ('--user', 'user')):
            for unit in self.ALL if scope == '--system' else self.UNITS:
                done = self.run_('systemd-analyze', 'verify', scope,
                                 f'/usr/lib/systemd/{folder}/{unit}',
                                 env={'XDG_RUNTIME_DIR': '/run/user/0'})
                self.assertEqual(done.stdout + done.stderr, '')

    def test_exposure(self):
        for unit, most in (('picod', 15), ('picod-names', 25),
                           ('picod-log@', 15)):
            done = self.run_('systemd-analyze', 'security', '--offline=true',
                             f'--threshold={most}', '--json=short',
                             f'/lib/systemd/system/{unit}.service')
            self.assertNotEqual(done.stdout, '')

    def test_status_line(self):
        self.assertRegex(self.machine.show('picod.service', 'StatusText'),
                         r'^\d+ boards?( \(\d+ absent\))?, \d+ clients?$')

    def test_nobody_is_root(self):
        status = dict(line.split(':\t', 1) for line in self.run_(
            'cat', f'/proc/{self.pid()}/status').stdout.splitlines()
            if ':\t' in line)
        self.assertNotIn('0', status['Uid'].split())
        self.assertEqual(int(status['CapEff'], 16), 0)
        self.assertEqual(int(status['CapBnd'], 16), 0)
        self.assertEqual(status['NoNewPrivs'], '1')
        self.assertEqual(status['Seccomp'], '2')
        groups = self.run_('getent', 'group', 'picod', 'dialout').stdout
        self.assertEqual(set(status['Groups'].split()), {
            line.split(':')[2] for line in groups.splitlines()})

    def test_socket_survives_a_restart_of_the_service(self):
        socket = self.machine.show('picod.socket', 'InvocationID')
        service = self.machine.show('picod.service', 'InvocationID')
        self.run_('systemctl', 'restart', 'picod.service')
        self.assertEqual(self.machine.show('picod.socket', 'InvocationID'),
                         socket)
        self.assertNotEqual(self.machine.show('picod.service', 'InvocationID'),
                            service)


class TestUse(Case):
    """Clients, boards and the journal."""

    def setUp(self):
        self.board = self.uno()
        self.configure(self.board)
        self.run_('systemctl', 'restart', 'picod')

    def test_who_may_use_it(self):
        self.assertEqual(self.send('c1').stdout, 'OK\n')
        self.assertEqual(self.send('c0', user='root').stdout, 'OK\n')
        refused = self.send('c1', user=STRANGER, status=10)
        self.assertIn('usermod -aG picod', refused.stderr)
        self.assertEqual(self.board.level(13), 0)

    def test_a_port_for_tools_has_a_name_in_dev(self):
        port = '/dev/ttyACM-uno'
        talk = f'exec 3<>{port} && printf "c1\\n" >&3 && head -c 2 <&3'
        there = f'until [ -c {port} ]; do sleep 0.1; done'
        for how in (('systemctl', 'restart', 'picod'),
                    ('systemctl', 'kill', '-s', 'KILL', 'picod')):
            self.run_(*how)
            self.run_('timeout', '20', 'sh', '-c', there)
            # A new picod has a new port behind the name.
            self.run_('timeout', '20', 'sh', '-c', 'until [ "$(readlink '
                      f'{port})" = "$(readlink /run/picod/tty/uno)" ]; '
                      'do sleep 0.1; done')
            self.send('--wait', '20', 'c0')
            self.assertEqual(self.run_('timeout', '20', 'sh', '-c', talk,
                                       user=USER).stdout, 'OK')
            self.assertEqual(self.board.level(13), 1)
        self.assertNotEqual(self.run_('sh', '-c', f'exec 3<>{port}',
                                      user=STRANGER, check=False).returncode, 0)
        self.run_('systemctl', 'stop', 'picod.service')
        self.run_('timeout', '20', 'sh', '-c',
                  f'while [ -L {port} ]; do sleep 0.1; done')

    def test_first_client_starts_it(self):
        self.run_('systemctl', 'stop', 'picod.service')
        self.assertEqual(self.machine.show('picod.service', 'ActiveState'),
                         'inactive')
        self.assertEqual(self.send('--wait', '20', 'c1').stdout, 'OK\n')
        self.assertEqual(self.machine.show('picod.service', 'ActiveState'),
                         'active')

    def test_journal_is_the_diary_of_a_board(self):
        cursor = self.machine.cursor()
        self.run_('systemctl', 'restart', 'picod')
        attach = self.machine.entry(cursor, PICOD_BOARD='uno',
                                    MESSAGE_ID=ATTACH)
        self.assertEqual(attach['_SYSTEMD_UNIT'], 'picod.service')
        self.assertEqual(attach['SYSLOG_IDENTIFIER'], 'picod')
        self.assertEqual(attach['PRIORITY'], '6')
        self.assertTrue(attach['MESSAGE'].startswith('board uno is there'))
        self.board.unplug()
        detach = self.machine.entry(cursor, PICOD_BOARD='uno',
                                    MESSAGE_ID=DETACH)
        self.assertIn('absent', detach['MESSAGE'])

    def test_journal_names_the_client(self):
        cursor = self.machine.cursor()
        client = self.machine.popen('python3', '-c', BABBLE, user=USER,
                                    stdout=subprocess.PIPE)
        pid = client.communicate()[0].strip()
        entry = self.machine.entry(cursor, PICOD_CLIENT_PID=pid)
        self.assertIn('no JSON', entry['MESSAGE'])
        self.assertEqual(entry['PRIORITY'], '4')

    def test_reload_keeps_the_process_and_its_boards(self):
        self.send('--wait', '20', 'c1')
        pid, boot = self.pid(), self.listed()['boot']
        lamp = self.uno('lamp', sketch='uno-rgb.hex')
        self.configure(self.board, lamp)
        cursor = self.machine.cursor()
        self.run_('systemctl', 'reload', 'picod')
        self.machine.entry(cursor, MESSAGE='the configuration was read again')
        self.assertEqual(self.send('-b', 'lamp', '--wait', '20', 'n').stdout,
                         'OK\n')
        self.assertEqual(self.pid(), pid)
        self.assertEqual(self.listed()['boot'], boot)

    def test_mistakes_in_a_reload_are_told(self):
        self.configure(self.board, more='[board x]\ncolour = red\n')
        cursor = self.machine.cursor()
        self.run_('systemctl', 'reload', 'picod')
        self.machine.entry(cursor, MESSAGE='the configuration stays as it was')
        self.assertIn('bench.conf, line 2', self.machine.log())
        self.assertEqual(self.send('--wait', '20', 'c1').stdout, 'OK\n')

    def test_watchdog_bites(self):
        self.machine.write('/etc/systemd/system/picod.service.d/quick.conf',
                           '[Service]\nWatchdogSec=1\n')
        self.addCleanup(os.unlink, self.machine.path(
            '/etc/systemd/system/picod.service.d/quick.conf'))
        self.run_('systemctl', 'daemon-reload')
        self.run_('systemctl', 'restart', 'picod')
        pid = self.pid()
        self.run_('kill', '-STOP', str(pid))
        # The call waits in the socket for a picod that takes it.
        self.assertEqual(self.send('--wait', '20', 'c1').stdout, 'OK\n')
        self.assertNotEqual(self.pid(), pid)
        self.assertEqual(self.machine.show('picod.service', 'NRestarts'), '1')

    def test_restart_under_load(self):
        clients = [self.machine.popen(
            'sh', '-c', LOAD, 'sh', digit, user=USER, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT) for digit in '0101']
        for _ in range(3):
            self.send('--wait', '20', 'c1')
            self.run_('systemctl', 'restart', 'picod')
        self.send('--wait', '20', 'c1')
        self.machine.write('/opt/enough', '')
        for client in clients:
            output = client.communicate(timeout=machine.PATIENCE_S)[0]
            self.machine.children.remove(client)
            self.assertEqual(client.returncode, 0, output)
        os.unlink(self.machine.path('/opt/enough'))

    def listed(self, name='uno'):
        lines = self.machine.picoctl('--json', 'list').stdout.splitlines()
        return next(b for b in map(json.loads, lines) if b['name'] == name)


class TestPort(Case):
    """An Arduino at a USB serial port, within the sandbox as it is."""

    def setUp(self):
        bench.give_modem_lines(self.machine)
        usb.UsbPort.prepare(self.machine)
        self.machine.write('/etc/picod/picod.conf.d/uno.conf',
                           '[board uno]\nmatch = 2341:0043\nbaud = 9600\n'
                           f'[tools]\navrdude = {bench.AVRDUDE}\n')
        self.run_('systemctl', 'restart', 'picod')
        self.board = self.uno('port', dtr=True, modem=True,
                              boot=f'{bench.FOLDER}/optiboot-uno.hex')
        self.port = usb.UsbPort(self.machine)

    def test_life(self):
        self.check_plug()
        self.check_crash()
        self.check_flash()
        self.check_upgrade()
        self.check_unplug()
        for name in ('etc/picod/picod.conf.d/uno.conf',
                     'etc/systemd/system/picod.service.d'):
            self.run_('rm', '-r', '/' + name)
        self.check_purge()

    def check_plug(self):
        """The uevent reaches the sandboxed daemon, and it opens the port."""
        cursor = self.machine.cursor()
        resets = self.board.counters()['resets']
        self.port.plug(self.node())
        self.machine.entry(cursor, PICOD_BOARD='uno', MESSAGE_ID=ATTACH)
        self.assertEqual(self.send('--wait', '20', 'c1').stdout, 'OK\n')
        # The bench sees resets: there were some.  From now on there are none.
        self.resets = self.board.counters()['resets']
        self.assertGreater(self.resets, resets)

    def node(self):
        return self.run_('readlink', '-f', self.board.path).stdout.strip()

    def check_crash(self):
        self.run_('kill', '-SEGV', str(self.pid()))
        self.assertEqual(self.send('--wait', '20', 'c0').stdout, 'OK\n')
        self.assertEqual(self.board.level(13), 0)
        self.assertEqual(self.board.counters()['resets'], self.resets)

    def check_flash(self):
        """avrdude and the real boot loader, as a child within the sandbox."""
        self.assertIn('picod-firmware',
                      self.machine.picoctl('firmware', user=USER).stderr)
        self.install(machine.package('picod-firmware'))
        cursor = self.machine.cursor()
        done = self.machine.picoctl('flash', 'rgb', user=USER)
        self.assertEqual(done.returncode, 0, done.stderr + self.machine.log())
        self.machine.entry(cursor, PICOD_BOARD='uno', MESSAGE_ID=FLASHED)
        self.assertEqual(self.send('c00FF00').stdout, 'OK\n')
        self.assertEqual(self.board.duty(10), 255)
        self.resets = self.board.counters()['resets']

    def check_unplug(self):
        cursor = self.machine.cursor()
        self.port.unplug()
        self.machine.entry(cursor, PICOD_BOARD='uno', MESSAGE_ID=DETACH)
        self.send('c1', status=5)

    def check_upgrade(self):
        pid = self.pid()
        socket = self.machine.show('picod.socket', 'InvocationID')
        with tempfile.TemporaryDirectory() as folder:
            tree = os.path.join(folder, 'tree')
            newer = os.path.join(folder, 'picod_0.1.1.deb')
            run = subprocess.check_call
            run(['dpkg-deb', '-R', machine.package('picod'), tree])
            run(['sed', '-i', '/^Version/s/$/.1/', tree + '/DEBIAN/control'])
            run(['dpkg-deb', '-b', '--root-owner-group', tree, newer],
                stdout=subprocess.DEVNULL)
            self.install(newer)
        self.assertNotEqual(self.pid(), pid)
        self.assertEqual(self.machine.show('picod.socket', 'InvocationID'),
                         socket)
        self.assertEqual(self.send('--wait', '20', 'n').stdout, 'OK\n')
        self.assertEqual(self.board.counters()['resets'], self.resets)

    def check_purge(self):
        self.run_('apt-get', 'remove', '-y', 'picod')
        self.assertIn(self.machine.show('picod.service', 'ActiveState'),
                      ('inactive', ''))
        self.run_('apt-get', 'purge', '-y', 'picod', 'picod-firmware')
        left = [path for path in self.machine.upper() if 'picod' in path and
                not path.startswith(('/opt/', '/var/log/', '/var/mail/'))]
        self.assertEqual(left, [])
        self.run_('test', '!', '-e', '/run/picod')
        self.run_('getent', 'passwd', 'picod')


class TestOwn(Case):
    """A user's own picod, at a user's own simulator."""

    def test_own_picod(self):
        uid = self.run_('id', '-u', STRANGER).stdout.strip()
        self.run_('systemctl', 'start', f'user@{uid}')
        self.own = {'XDG_RUNTIME_DIR': f'/run/user/{uid}',
                    'HOME': f'/home/{STRANGER}'}
        # Nobody asked for one: there is none, and the system's refuses.
        self.as_user('systemctl', '--user', 'start', 'picod.socket')
        self.assertEqual(self.as_user('picoctl', 'list').returncode, 10)
        board = self.uno()
        self.run_('chown', STRANGER, self.run_(
            'readlink', '-f', board.path).stdout.strip())
        self.machine.write(f'/home/{STRANGER}/.config/picod/picod.conf',
                           bench.CONFIG.format(name='mine', path=board.path))
        self.as_user('systemctl', '--user', 'start', 'picod.socket')
        done = self.as_user('picoctl', 'send', '--wait', '20', 'c1')
        self.assertEqual(done.stdout, 'OK\n', done.stderr)
        self.assertEqual(board.level(13), 1)

    def as_user(self, *words):
        return self.run_(*words, user=STRANGER, env=self.own, check=False)


class TestLog(Case):
    """What boards print, kept by a service."""

    def test_lines_are_kept_for_the_group(self):
        self.configure(self.uno())
        self.run_('systemctl', 'restart', 'picod')
        self.send('-b', 'uno', '--wait', '30s', 'c1')
        self.run_('systemctl', 'start', 'picod-log@uno')
        path = '/var/log/picod/uno.csv'
        shown = self.run_('sh', '-c', f'until test -s {path}; do sleep .1; '
                          f'done; runuser -u {USER} -- cat {path}; '
                          f'stat -c "%U %a" {path}')
        self.assertEqual(shown.stdout, 'time,board,line\npicod 640\n')
        self.send('-b', 'uno', 'c0')
        self.assertEqual([self.machine.show('picod-log@uno', name) for name in
                          ('ActiveState', 'NRestarts')], ['active', '0'])
        self.run_('systemctl', 'stop', 'picod-log@uno')


# systemd-id128 new; picod(8) lists them.
ATTACH = '05abdd6393ae47298ff8116c015bffc6'
FLASHED = 'a704d53b201045a6ab36ca2013e10943'
DETACH = '77f9382ab65d48aa822935057819e7a4'

# Not JSON; then it waits until picod has closed.
BABBLE = '''
import os, socket
s = socket.socket(socket.AF_UNIX)
s.connect('/run/picod/io.picod')
s.sendall(b'babble' + bytes(1))
s.recv(1)
print(os.getpid())
'''

# While picod restarts a call may be cut off, or find the board not there yet.
# None finds nobody at the socket, and none hangs.
LOAD = '''
until test -e /opt/enough; do
    output=$(picoctl --timeout 20 send --wait 20 "c$1" 2>&1)
    case "$? $output" in
    "0 OK" | "5 "* | "7 "* | "3 picoctl: picod ended the connection"*) ;;
    *) echo "$output"; exit 1 ;;
    esac
done
'''

if __name__ == '__main__':
    machine.isolate()
    unittest.main()
