# SPDX-License-Identifier: MIT
"""The package on Debian 13, and picod spoken to by varlinkctl of systemd 257.

TRIXIE names the root that tests/systemd/trixie has made.
"""

import json
import os
import unittest

import machine
import usb
from installed import STRANGER, USER, Case

SOCKET = '/run/picod/io.picod'


class TestTrixie(Case):

    ROOT = os.environ.get('TRIXIE', '/var/tmp/picod-fresh/trixie-machine')
    PACKAGES = 'deb-trixie'

    def setUp(self):
        self.board = self.uno()
        self.configure(self.board)
        self.run_('systemctl', 'restart', 'picod')
        self.send('--wait', '20', 'c0')

    def varlinkctl(self, *words, user=USER, **options):
        return self.run_('varlinkctl', *words, user=user, **options)

    def call(self, method, **parameters):
        return json.loads(self.varlinkctl(
            'call', '--json=short', SOCKET, f'io.picod.{method}',
            json.dumps(parameters)).stdout)

    def test_info(self):
        text = self.varlinkctl('info', SOCKET).stdout
        for word in ('picod', 'io.picod', 'org.varlink.service'):
            self.assertIn(word, text)

    def test_list_interfaces(self):
        self.assertEqual(
            self.varlinkctl('list-interfaces', SOCKET).stdout.split(),
            ['io.picod', 'org.varlink.service'])

    def test_introspect(self):
        """It parses our description, and shows it as it understood it."""
        text = self.varlinkctl('introspect', SOCKET, 'io.picod').stdout
        for word in ('interface io.picod', 'method Send(', 'type Board(',
                     'error StatementFailed'):
            self.assertIn(word, text)

    def test_validate(self):
        with open(os.path.join(machine.ROOT,
                               'protocol/io.picod.varlink')) as file:
            self.machine.write('/opt/io.picod.varlink', file.read())
        self.varlinkctl('validate-idl', '/opt/io.picod.varlink')

    def test_call(self):
        self.assertEqual(self.call('Send', text='c1')['status'], 'OK')
        self.assertEqual(self.board.level(13), 1)
        boards = self.call('ListBoards')['boards']
        self.assertEqual([b['name'] for b in boards], ['uno'])

    def test_call_fails_with_our_error(self):
        done = self.varlinkctl('call', SOCKET, 'io.picod.Send',
                               '{"board":"none","text":"c1"}', check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('io.picod.NoSuchBoard', done.stdout + done.stderr)

    def test_call_more(self):
        done = self.varlinkctl('call', '--more', '--json=short', SOCKET,
                               'io.picod.Send', '{"text":"c0"}')
        replies = [json.loads(text) for text in
                   done.stdout.replace('\x1e', '').splitlines() if text]
        self.assertEqual(replies[-1]['status'], 'OK')

    def test_watch_more(self):
        child = self.machine.popen(
            'varlinkctl', 'call', '--more', '--json=short', SOCKET,
            'io.picod.Watch', '{}', user=USER, stdout=-1)
        event = json.loads(child.stdout.readline().lstrip('\x1e'))
        self.assertEqual((event['board'], event['event']), ('uno', 'state'))
        child.kill()
        child.wait()
        child.stdout.close()
        self.machine.children.remove(child)

    def test_strangers_are_refused(self):
        done = self.varlinkctl('call', SOCKET, 'io.picod.ListBoards', '{}',
                               user=STRANGER, check=False)
        self.assertIn('io.picod.PermissionDenied', done.stdout + done.stderr)

    def test_rules_are_good(self):
        self.run_('udevadm', 'verify', '/usr/lib/udev/rules.d/60-picod.rules',
                  '/usr/lib/udev/rules.d/91-picod.rules')

    def test_a_board_in_bootsel_is_picods_whatever_picotool_says(self):
        """Its rules come later, and give it to another group."""
        self.machine.write('/usr/lib/udev/rules.d/99-picotool.rules', (
            'SUBSYSTEM=="usb", ATTRS{idVendor}=="2e8a", '
            'ATTRS{idProduct}=="0003", TAG+="uaccess", MODE="660", '
            'GROUP="plugdev"\n'))
        self.addCleanup(self.run_, 'rm',
                        '/usr/lib/udev/rules.d/99-picotool.rules')
        usb.UsbPort.prepare(self.machine)
        port = usb.UsbPort(self.machine, vendor='2e8a', product='0003')
        port.lay_device()
        shown = self.run_('udevadm', 'test', '-a', 'add', port.usb,
                          env={'SYSTEMD_DEVICE_VERIFY_SYSFS': '0'}).stdout
        self.assertRegex(shown, r'Device node group:\s+picod ')
        self.assertRegex(shown, r'Device node permission:\s+0660\n')
        self.assertIn('uaccess', shown)

    def test_exposure(self):
        self.run_('systemd-analyze', 'security', '--offline=true',
                  '--threshold=15', '/usr/lib/systemd/system/picod.service')

    def test_purge(self):
        self.run_('apt-get', 'purge', '-y', 'picod')
        self.addCleanup(self.install, machine.package('picod', self.PACKAGES))
        self.run_('sh', '-c', '! test -e /run/picod')
        self.run_('sh', '-c', '! test -e /usr/sbin/picod')


if __name__ == '__main__':
    machine.isolate()
    unittest.main()
