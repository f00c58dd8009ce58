# SPDX-License-Identifier: MIT
"""A booted systemd, in a container over a view of a root file system.

    with Machine() as machine:
        machine.run('systemctl', 'start', 'picod')

The view is an overlay in memory: what happens in the machine is gone with it,
and upper() shows what it was.  The machine has a network of its own, without
a way out.  It needs root and a mount namespace of the caller's own, so that
whatever happens no mount is left: see isolate().
"""

import contextlib
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get('PICOD_BUILD', 'build'))
# No test waits for so long: it is how long a lost one is given.
PATIENCE_S = 60

# What a desktop or a server runs besides, and what wants the world outside.
MASKED = '''apt-daily.timer apt-daily-upgrade.timer console-getty.service
    dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
    getty.target man-db.timer packagekit.service polkit.service
    systemd-firstboot.service
    postgresql.service systemd-networkd-wait-online.service
    systemd-networkd.service systemd-resolved.service
    systemd-timesyncd.service'''.split()


def isolate():
    """Goes on in a mount namespace of its own; ends what it started."""
    here = os.readlink('/proc/self/ns/mnt')
    if os.environ.get('PICOD_OUTSIDE', here) == here:
        os.environ['PICOD_OUTSIDE'] = here
        status = subprocess.call(
            ['unshare', '--mount', '--propagation', 'private', '--fork',
             '--kill-child', sys.executable, *sys.argv])
        sys.exit(status)


class Failed(Exception):
    """A command failed; says what it said."""


class Machine:

    def __init__(self, root='/', network=False):
        """root: a root file system with systemd, which stays as it is.

        network: it has that of this machine, for tests that install packages.
        """
        self.root = root
        self.network = network
        self.directory = None
        self.nspawn = None
        self.leader = None
        self.children = []

    # -------------------------------------------------------------- its life

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix='picod-machine-')
        self.tree = os.path.join(self.directory, 'tree')
        try:
            self.mount()
            self.prepare()
            self.boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc):
        for child in self.children:
            child.kill()
            child.wait()
        if self.nspawn is not None:
            # SIGRTMIN+4 is "power off" to a systemd that runs as init.
            if self.leader is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.leader, signal.SIGRTMIN + 4)
            try:
                self.nspawn.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        subprocess.call(['umount', '-R', '-l', self.directory],
                        stderr=subprocess.DEVNULL)
        shutil.rmtree(self.directory, ignore_errors=True)

    def mount(self):
        run = subprocess.check_call
        run(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', self.directory])
        for name in ('upper', 'work', 'tree'):
            os.mkdir(os.path.join(self.directory, name))
        run(['mount', '-t', 'overlay', '-o', ','.join(
            [f'lowerdir={self.root}', f'upperdir={self.directory}/upper',
             f'workdir={self.directory}/work']), 'overlay', self.tree])

    def path(self, name):
        """A path of the machine's, as seen from outside."""
        return self.tree + name

    def upper(self):
        """Every file that is other than in the root it was made from."""
        upper = os.path.join(self.directory, 'upper')
        for folder, folders, files in os.walk(upper):
            for name in folders + files:
                path = os.path.join(folder, name)
                st = os.lstat(path)
                if not (st.st_rdev == 0 and st.st_mode >> 12 == 2):
                    yield path[len(upper):]     # no whiteout

    def prepare(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path('/etc/machine-id'))
        units = self.path('/etc/systemd/system')
        os.makedirs(units, exist_ok=True)
        for unit in MASKED:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(units, unit))
            os.symlink('/dev/null', os.path.join(units, unit))
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(units, 'default.target'))
        os.symlink('/lib/systemd/system/multi-user.target',
                   os.path.join(units, 'default.target'))
        # Indexing all manuals takes longer than all the tests.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path('/var/lib/man-db/auto-update'))
        # Deb packages may be told not to start services: not in here.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path('/usr/sbin/policy-rc.d'))
        # Every message counts.
        self.write('/etc/systemd/journald.conf.d/test.conf',
                   '[Journal]\nRateLimitIntervalSec=0\nStorage=volatile\n')

    def boot(self):
        path = os.path.join(self.directory, 'notify')
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify, \
                open(os.path.join(self.directory, 'console'), 'wb') as log:
            notify.settimeout(PATIENCE_S)
            notify.bind(path)
            self.nspawn = subprocess.Popen(
                ['systemd-nspawn', '-q', '-D', self.tree, '--register=no',
                 '--keep-unit', '--notify-ready=yes',
                 *([] if self.network else ['--private-network']),
                 '--resolv-conf=off', '--timezone=off', '-b',
                 '--console=pipe'],
                env={**os.environ, 'NOTIFY_SOCKET': path,
                     # systemd 257 knows the unified hierarchy only.
                     **({} if self.root == '/' else
                        {'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY': '1'})},
                stdout=log,
                stderr=log, stdin=subprocess.DEVNULL)
            try:
                while b'READY=1' not in (message := notify.recv(4096)):
                    if found := re.search(rb'X_NSPAWN_LEADER_PID=(\d+)',
                                          message):
                        self.leader = int(found[1])
            except TimeoutError:
                raise Failed(self.console()) from None
        if self.leader is None:
            self.leader = children(self.nspawn.pid)[0]

    def console(self):
        with open(os.path.join(self.directory, 'console'),
                  errors='replace') as file:
            return file.read()

    # ------------------------------------------------------------ its inside

    def command(self, words, user=None):
        inside = ['nsenter', '-t', str(self.leader), '-m', '-p', '-u', '-i',
                  '-n', '--wdns=/', '--']
        if user is not None:
            inside += ['setpriv', f'--reuid={user}', f'--regid={user}',
                       '--init-groups', '--']
        return inside + list(words)

    def popen(self, *words, user=None, env=None, **options):
        options.setdefault('stdin', subprocess.DEVNULL)
        options.setdefault('text', True)
        child = subprocess.Popen(
            self.command(words, user), env={
                'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL': 'C.UTF-8',
                'DEBIAN_FRONTEND': 'noninteractive', 'SYSTEMD_COLORS': '0',
                **(env or {})}, **options)
        self.children.append(child)
        return child

    def run(self, *words, check=True, **options):
        """Runs a command in the machine; its output, and its status."""
        child = self.popen(*words, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, **options)
        output, errors = child.communicate(timeout=PATIENCE_S)
        self.children.remove(child)
        if check and child.returncode != 0:
            raise Failed(f'{" ".join(words)}: status {child.returncode}\n'
                         f'{output}{errors}\n{self.log()}')
        return subprocess.CompletedProcess(words, child.returncode, output,
                                           errors)

    def log(self):
        child = subprocess.run(self.command(
            ['journalctl', '--no-pager', '-b', '-n', '100']), check=False,
            capture_output=True, text=True)
        return child.stdout

    def write(self, path, text):
        outside = self.path(path)
        os.makedirs(os.path.dirname(outside), exist_ok=True)
        with open(outside, 'w') as file:
            file.write(text)

    def show(self, unit, prop):
        return self.run('systemctl', 'show', '-P', prop, unit).stdout.strip()

    def picoctl(self, *words, **options):
        return self.run('picoctl', *words, check=False, **options)

    # ----------------------------------------------------------- its journal

    def cursor(self):
        """The present end of the journal."""
        self.run('journalctl', '--sync')
        found = re.search(r'-- cursor: (.*)', self.run(
            'journalctl', '-n', '0', '--show-cursor').stdout)
        return found[1]

    def entry(self, cursor, **fields):
        """The first entry after a cursor with these fields, once it comes."""
        # journalctl, given both a cursor and fields, skips the first match.
        child = self.popen('timeout', str(PATIENCE_S), 'journalctl', '-f',
                           '-o', 'json', '--no-tail', '--after-cursor', cursor,
                           stdout=subprocess.PIPE)
        try:
            for line in child.stdout:
                entry = json.loads(line)
                if fields.items() <= entry.items():
                    return entry
            raise Failed(f'no entry with {fields}\n{self.log()}')
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
            self.children.remove(child)


def children(pid):
    with open(f'/proc/{pid}/task/{pid}/children') as file:
        return [int(word) for word in file.read().split()]


def package(name, folder='deb'):
    """The file of a package that make deb has made."""
    found = glob.glob(os.path.join(BUILD, folder, f'{name}_*.deb'))
    if len(found) != 1:
        raise Failed(f'no package {name}: make deb')
    return found[0]
