# SPDX-License-Identifier: MIT
"""What the tests of the installed package share."""

import os
import unittest

import bench
import machine

# The one is in the group picod, the other is not.
USER, STRANGER = 'anna', 'otto'


class Case(unittest.TestCase):
    """A machine for each class, in which the package is installed once."""

    ROOT = '/'
    PACKAGES = 'deb'
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.machine = cls.enterClassContext(machine.Machine(cls.ROOT))
        cls.run_ = cls.machine.run
        # No administrator starts it as often as these tests.
        cls.machine.write('/etc/systemd/system/picod.service.d/often.conf',
                          '[Unit]\nStartLimitIntervalSec=0\n')
        bench.install(cls.machine)
        cls.install(machine.package('picod', cls.PACKAGES))
        cls.run_('useradd', '-m', '-G', 'picod', USER)
        cls.run_('useradd', '-m', STRANGER)

    @classmethod
    def install(cls, *files):
        """As a person would, who has no network at the moment."""
        names = []
        for file in files:
            names.append('/opt/' + os.path.basename(file))
            with open(file, 'rb') as source, \
                    open(cls.machine.path(names[-1]), 'wb') as target:
                target.write(source.read())
        return cls.run_('apt-get', 'install', '-y', '--no-install-recommends',
                        '--allow-downgrades', *names)

    def uno(self, name='uno', **options):
        uno = bench.MachineUno(self.machine, name, **options)
        uno.start()
        self.addCleanup(uno.stop)
        return uno

    def configure(self, *unos, more=''):
        self.machine.write('/etc/picod/picod.conf.d/bench.conf', more + ''.join(
            bench.CONFIG.format(name=os.path.basename(uno.path), path=uno.path)
            for uno in unos))

    def send(self, *words, status=0, user=USER):
        done = self.machine.picoctl('send', *words, user=user)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def pid(self):
        return int(self.machine.show('picod.service', 'MainPID'))
