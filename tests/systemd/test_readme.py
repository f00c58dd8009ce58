# SPDX-License-Identifier: MIT
"""The README's own lines, as they stand there, on Debians freshly installed.

Each class is a booted machine of one release and one kind of user, who has
cloned the tree and types what the README has in its sections.
"""

import os
import re
import subprocess
import unittest

import machine

STORE = os.environ.get('PICOD_FRESH', '/var/tmp/picod-fresh')
BARE = os.path.join(machine.ROOT, 'tests', 'systemd', 'bare')
# Nothing is that slow but a build beside others.
BUILD_S = 1200


def readme():
    with open(os.path.join(machine.ROOT, 'README.md')) as file:
        return file.read()


def block(section, word):
    """The indented block of a section that has a word; its lines."""
    text = readme().split(f'\n## {section}\n')[1].split('\n## ')[0]
    found = [[line[4:] for line in part.splitlines()]
             for part in re.findall(r'(?m)(?:^ {4}.*\n)+', text)
             if word in part]
    if len(found) != 1:
        raise AssertionError(f'{len(found)} blocks with "{word}" in {section}')
    return found[0]


class Typing:
    """A machine; what its user types."""

    RELEASE = None
    USER = None

    @classmethod
    def setUpClass(cls):
        root = subprocess.run([BARE, cls.RELEASE], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.strip()
        cls.machine = cls.enterClassContext(machine.Machine(root, True))
        cls.home = '/root' if cls.USER == 'root' else '/home/user'
        subprocess.check_call(
            ['mount', '--bind', os.path.join(STORE, cls.RELEASE + '-packages'),
             cls.machine.path('/var/cache/apt/archives')])
        subprocess.check_call(
            ['git', '-c', 'safe.directory=*', 'clone', '-q', '--no-hardlinks',
             machine.ROOT, cls.machine.path(cls.home + '/picod')])
        cls.machine.run('chown', '-R', f'{cls.USER}:', cls.home + '/picod')

    def type(self, *lines, status=0):
        """Types lines into a login shell of the user's; what is shown."""
        text = '\n'.join(lines)
        if self.USER == 'root':
            text = text.replace('sudo ', '')
        child = self.machine.popen(
            'su', '-', self.USER, '-c', f'cd picod && set -e\n{text}\n',
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = child.communicate(timeout=BUILD_S)[0]
        self.machine.children.remove(child)
        self.assertEqual(child.returncode, status, f'{text}\n{output}')
        return output


class Source(Typing):
    """Without any compiler; then with those that make setup installs."""

    def test_install_from_source(self):
        self.install(block('Install from source', 'make install'))
        with self.subTest('libraries are found'):
            self.assertIn('libpicod.so.1', self.type('sudo ldconfig -p'))
        with self.subTest('picoctl answers'):
            self.assertIn('there are no boards',
                          self.type('sudo picoctl list'))
        with self.subTest('strangers are told what to run'):
            self.strangers(block('Install from source', 'usermod'))
        with self.subTest('a second time'):
            self.assertIn('systemctl restart picod',
                          self.type('sudo make install'))
        with self.subTest('uninstall leaves nothing running'):
            self.uninstall(block('Install from source', 'make uninstall'))

    def install(self, build):
        setup = next(i for i, line in enumerate(build) if 'setup' in line)
        # Before the line that installs it, the compiler is missing.
        self.type(*build[:setup])
        self.assertIn('make setup', self.type('make', status=2))
        output = self.type(*build[setup:])
        self.assertNotIn('Conflict', output)
        for unit in ('picod.socket', 'picod.service'):
            self.assertEqual(self.machine.show(unit, 'ActiveState'), 'active')

    def strangers(self, join):
        if self.USER == 'root':
            return
        self.assertIn('usermod -aG picod', self.type('picoctl list',
                                                     status=10))
        self.type(*join)
        self.type('picoctl list')

    def uninstall(self, lines):
        self.type(*lines)
        self.assertEqual(self.machine.run(
            'sh', '-c', 'pgrep -a picod; ls /run/picod/io.picod; '
            'ls /etc/systemd/system/*.wants | grep picod; find /usr/local '
            '-name "*pico*" -not -path "*/firmware/*" -not -type d',
            check=False).stdout, '')
        for unit in ('picod.socket', 'picod.service'):
            self.assertEqual(self.machine.show(unit, 'LoadState'), 'not-found')
            self.assertEqual(self.machine.show(unit, 'ActiveState'),
                             'inactive')


class Tools(Typing):
    """With all that the demonstration and the packages need."""

    def test_demo_packages_and_by_hand(self):
        demo, *check = block('Try it without hardware', 'make demo')[1:]
        self.assertIn('make check', check[0])
        with self.subTest('demo'):
            self.type('sudo apt-get install -y make')
            shown = self.type(demo)
            self.assertRegex(shown, r'After this operation, \d+ MB')
            self.assertIn('All as it should be', shown)
        with self.subTest('packages'):
            self.type(*block('Install from source', 'make deb'))
            self.assertIn('there are no boards',
                          self.type('sudo picoctl list'))
            self.type("python3 -c 'import picoctl; print(picoctl.__file__)'")
            self.type('sudo apt-get purge -y picod')
        with self.subTest('by hand'):
            picod, send = block('Install from source', 'build/picod')
            self.assertEqual(self.type(
                'tests/boards/micropython /tmp/board >/dev/null 2>&1 &',
                'until [ -S /tmp/board ]; do sleep 0.1; done',
                'export PICOD_SOCKET=/tmp/io.picod', 'exec 2>/dev/null',
                picod.replace('/dev/ttyACM0', 'unix:/tmp/board'),
                'until [ -S /tmp/io.picod ]; do sleep 0.1; done',
                send, 'kill %1 %2').strip(), '4')


class TestBookwormTools(Tools, unittest.TestCase):
    RELEASE, USER = 'bookworm', 'user'


class TestTrixieTools(Tools, unittest.TestCase):
    RELEASE, USER = 'trixie', 'user'


class TestBookwormUser(Source, unittest.TestCase):
    RELEASE, USER = 'bookworm', 'user'


class TestBookwormRoot(Source, unittest.TestCase):
    RELEASE, USER = 'bookworm', 'root'


class TestTrixieUser(Source, unittest.TestCase):
    RELEASE, USER = 'trixie', 'user'


class TestTrixieRoot(Source, unittest.TestCase):
    RELEASE, USER = 'trixie', 'root'


if __name__ == '__main__':
    machine.isolate()
    unittest.main()
