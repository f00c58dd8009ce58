# SPDX-License-Identifier: MIT
"""What is said in two places is the same in both: units, rules, manuals."""

import glob
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from picod import limit

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get('PICOD_BUILD', 'build')
MANUALS = sorted(glob.glob(os.path.join(ROOT, '*', '*.[1-8]')) +
                 glob.glob(os.path.join(ROOT, '*', '*', '*.[1-8]')))


def read(*names):
    with open(os.path.join(ROOT, *names)) as file:
        return file.read()


def words(manual):
    """A manual as a reader sees it, without its macros."""
    text = subprocess.run(['mandoc', '-T', 'utf8', os.path.join(ROOT, manual)],
                          capture_output=True, check=True, text=True).stdout
    text = re.sub('.\b', '', text)
    return {word.strip('.-') for word in re.findall(r'[\w.-]+', text)}


class TestRules(unittest.TestCase):
    """What udev and desktops are told against the table of boards."""

    def rows(self):
        """Identity and kind of each whose identity is its own."""
        rows = [line.split(None, 7) for line in read(
            'daemon', 'usb', 'boards.txt').splitlines()
            if line and not line.startswith('#')]
        self.assertGreater(len(rows), 30)
        return [(*row[0].split(':'), row[1]) for row in rows
                if row[6] != 'reports']

    def rules(self, then):
        """Vendor and products of the rules that say this."""
        rule = re.compile(r'^ATTR\{idVendor\}=="([^"]+)", '
                          r'ATTR\{idProduct\}=="([^"]+)", \\\n    (.*)$', re.M)
        return [found.group(1, 2) for found in rule.finditer(
            read(BUILD, 'systemd', '60-picod.rules')) if then in found[3]]

    def is_told(self, vendor, product, then):
        return any(vendor == its and product in products.split('|')
                   for its, products in self.rules(then))

    def test_others_keep_off_every_board_and_no_bridge(self):
        for vendor, product, kind in self.rows():
            self.assertEqual(
                self.is_told(vendor, product, 'ENV{PICOD_BOARD}="1"'),
                kind != 'bridge', f'{vendor}:{product}')

    def test_what_an_administrator_said_stays_so(self):
        rules = read(BUILD, 'systemd', '60-picod.rules')
        before, goto, rest = rules.partition(
            '\nENV{PICOD_BOARD}=="?*", GOTO="picod_said"\n')
        boards, label, after = rest.partition('\nLABEL="picod_said"\n')
        self.assertTrue(goto and label)
        self.assertIn('ENV{PICOD_BOARD}="1"', boards)
        for text in before, after:
            self.assertNotRegex(text, r'(?m)^[^#]*ENV{PICOD_BOARD}="')

    def test_boards_in_a_rom_are_those_of_the_group_picod(self):
        for vendor, product, kind in self.rows():
            self.assertEqual(
                self.is_told(vendor, product, 'GROUP:="picod"'),
                kind == 'rom', f'{vendor}:{product}')

    def test_a_call_is_granted_under_each_name(self):
        """glibc's own choice of architecture: fchown32 where ids had 16 bits."""
        for path in glob.glob(os.path.join(ROOT, 'systemd', '**', '*.in'),
                              recursive=True):
            granted = {word for line in re.findall(
                r'(?m)^SystemCallFilter=([^~].*)$', read(path))
                for word in line.split()}
            self.assertEqual('fchown' in granted, 'fchown32' in granted, path)

    def test_tools_can_be_confined_by_each_picod(self):
        landlock = {f'landlock_{word}' for word in (
            'create_ruleset', 'add_rule', 'restrict_self')}
        for unit in 'picod.service.in', 'user/picod.service.in':
            self.assertLessEqual(landlock, set(
                read('systemd', unit).replace('=', ' ').split()), unit)

    def test_logs_end_with_the_package(self):
        """An instance of a template is nothing that debhelper knows."""
        for script in ('systemd', 'settle'), ('debian', 'picod.prerm'):
            text = read(*script)
            self.assertIn("stop", text)
            self.assertIn("'picod-log@*.service'", text)
            self.assertIn('disable picod-log@.service', text)

    def test_the_unit_is_in_no_group_but_that_of_ports(self):
        groups = re.findall(r'(?m)^(?:Supplementary)?Groups?=(.*)$', read(
            'systemd', 'picod.service.in'))
        self.assertEqual(groups, ['picod', 'dialout'])

    def test_desktops_know_the_same_boards(self):
        offered = re.findall('<modalias>usb:v(....)p(.*?)\\*</modalias>', read(
            BUILD, 'systemd', 'picod.metainfo.xml'))
        self.assertEqual(
            {(vendor, product.strip('?')) for vendor, product, kind in
             self.rows() if kind != 'bridge'},
            {(vendor.lower(), product.lower().strip('?'))
             for vendor, product in offered})

    def test_the_identity_for_tests_is_a_board_if_it_says_so(self):
        self.assertIn('ATTR{idVendor}=="1209", ATTR{idProduct}=="0001", '
                      'ATTR{product}=="PinServer*", \\\n'
                      '    ENV{PICOD_BOARD}="1"\n',
                      read(BUILD, 'systemd', '60-picod.rules'))
        self.assertNotIn('1209', read(BUILD, 'systemd', 'picod.metainfo.xml'))

    def test_nothing_is_left_to_be_filled_in(self):
        for name in ('60-picod.rules', 'picod.metainfo.xml'):
            self.assertNotIn('@', read(BUILD, 'systemd', name))


class TestManuals(unittest.TestCase):

    def test_mandoc_finds_nothing(self):
        ours = {os.path.basename(path) for path in MANUALS}
        self.assertIn('picod.8', ours)
        done = subprocess.run(['mandoc', '-T', 'lint', *MANUALS], text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False)
        for line in done.stdout.splitlines():
            # Ours are not installed, and others perhaps not either.
            missing = re.search(r'manual not found: Xr (\S+) (\d)', line)
            if missing and (f'{missing[1]}.{missing[2]}' in ours or
                            'pico' not in missing[1]):
                continue
            if 'possible typo in section name' in line or \
                    'trailing delimiter: Cm' in line:
                continue    # a guess; [N] is no punctuation
            self.fail(line)

    def test_protocol_has_every_method_and_error(self):
        said = words('protocol/picod-protocol.7')
        interface = read('protocol', 'io.picod.varlink')
        for name in re.findall(r'^(?:method|error) (\w+)', interface, re.M):
            self.assertTrue(name in said, f'picod-protocol.7 lacks {name}')

    UNITS = {None: 1, 'bytes': 1, 'characters': 1, 'boards': 1,
             'KiB': 1024, 'MiB': 1024 * 1024, 'h': 3600 * 1000}

    def test_limits_are_those_of_the_source(self):
        """A line that tells one ends with its name, as a comment."""
        said = []
        for path in MANUALS:
            for line in read(path).splitlines():
                if ' \\" LIMIT_' not in line:
                    continue
                number, unit, name = re.search(
                    r'(\d+)(?: (\w+))?[^\d]* \\" LIMIT_(\w+)$', line).groups()
                self.assertEqual(int(number) * self.UNITS[unit], limit(name),
                                 f'{os.path.basename(path)}: {line}')
                said.append(name)
        self.assertLessEqual({'BOARDS', 'BOARD_NAME', 'TTY', 'TIME_MS'},
                             set(said))
        table = read('protocol', 'picod-protocol.7').partition(
            '.Ss Limits\n')[2].partition('.El\n')[0]
        for line in re.findall(r'(?m)^\.It .*', table):
            self.assertIn(' \\" LIMIT_', line)

    def test_configuration_has_every_setting(self):
        said = words('daemon/picod.conf.5')
        settings = re.findall(r'^\t\{ "([\w-]+)", set_\w+ \},',
                              read('daemon', 'config', 'config_board.c'), re.M)
        self.assertIn('baud', settings)
        for name in settings:
            self.assertTrue(name in said, f'picod.conf.5 lacks {name}')

    def test_message_ids_are_those_of_the_source(self):
        ids = re.findall(r'"([0-9a-f]{32})"', read('daemon', 'base', 'log.c'))
        self.assertEqual(len(ids), 5)
        self.assertLessEqual(set(ids), words('daemon/picod.8'))


@unittest.skipUnless(os.uname().machine == 'x86_64', 'is of x86')
class TestProtection(unittest.TestCase):
    """One object without the mark takes CET from the whole program."""

    def test_every_object_is_marked(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                ['make', '-s', '-C', ROOT, 'BUILD=' + folder,
                 'CFLAGS=-O0 -fcf-protection',
                 folder + '/protocol/libprotocol.a'], check=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            notes = subprocess.run(
                ['readelf', '-n', folder + '/protocol/libprotocol.a'],
                check=True, stdout=subprocess.PIPE, text=True).stdout
        objects = notes.split('\nFile: ')[1:]
        self.assertGreater(len(objects), 10)
        for text in objects:
            self.assertIn('IBT', text, text.partition('\n')[0])


class TestRelease(unittest.TestCase):
    """What keeps make release from giving out what is not whole."""

    ARCHITECTURES = ('amd64', 'x86_64-linux-gnu'), \
        ('arm64', 'aarch64-linux-gnu'), ('armhf', 'arm-linux-gnueabihf')

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def says(self, *words):
        """What it complains of, "" where all is well."""
        done = subprocess.run(
            [os.path.join(ROOT, 'tests/release'), *words], cwd=self.folder,
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1 if done.stderr else 0, done)
        return done.stderr

    def package(self, arch, triplet, *more):
        tree = os.path.join(self.folder, arch)
        for path, text in (
                ('DEBIAN/control', 'Package: p\nVersion: 1\nMaintainer: m\n'
                 f'Architecture: {arch}\nDescription: d\n'),
                (f'usr/lib/{triplet}/p.so', arch), ('usr/bin/p', arch),
                *((path, '') for path in more)):
            path = os.path.join(tree, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w') as file:
                file.write(text)
        subprocess.run(['dpkg-deb', '-b', '--root-owner-group', '-Znone', tree,
                        f'{self.folder}/p_1_{arch}.deb'], check=True,
                       capture_output=True)

    @unittest.skipIf(shutil.which('dpkg-deb') is None, 'no dpkg')
    def test_architectures_have_the_same_files(self):
        for arch in self.ARCHITECTURES:
            self.package(*arch)
        self.assertEqual(self.says('--alike', self.folder), '')
        self.package(*self.ARCHITECTURES[2], 'usr/bin/more')
        self.assertIn('p_1_armhf.deb has other files',
                      self.says('--alike', self.folder))
        os.unlink(self.folder + '/p_1_arm64.deb')
        self.assertIn('there is no', self.says('--alike', self.folder))

    def test_somebody_answers_for_the_news_of_this_version(self):
        files = {name: read(*name.split('/')) for name in (
            'Makefile', 'NEWS', 'debian/changelog')}
        line = next(line for line in files['NEWS'].splitlines()
                    if line[:1].isdigit())
        version, day, name = line.split(', ')
        os.mkdir(self.folder + '/debian')
        for text, wrong in ((line, ''), (f'9{line}', 'nothing is said of'),
                            (f'{version}, {day}', 'the first entry'),
                            (f'{version}, 2001-01-01, {name}', 'it is of')):
            files['NEWS'] = f'{text}\n----\n'
            for path, content in files.items():
                with open(os.path.join(self.folder, path), 'w') as file:
                    file.write(content)
            shown = self.says('--news')
            self.assertIn(wrong, shown)
            self.assertEqual(bool(wrong), bool(shown), text)


class TestInstall(unittest.TestCase):

    def make(self, *words):
        done = subprocess.run(
            ['make', '-C', ROOT, '--no-print-directory',
             'BUILD=' + BUILD, *words],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
        self.assertEqual(done.returncode, 0, done.stdout)

    @staticmethod
    def files(folder):
        return {os.path.relpath(os.path.join(root, name), folder)
                for root, _, names in os.walk(folder) for name in names}

    def test_uninstall_takes_what_install_put_there(self):
        with tempfile.TemporaryDirectory() as folder:
            self.make('install', 'DESTDIR=' + folder, 'PREFIX=/usr')
            files = self.files(folder)
            for name in ('usr/sbin/picod', 'usr/bin/picoctl',
                         'usr/lib/systemd/system/picod.socket',
                         'usr/share/man/man8/picod.8',
                         'usr/lib/libpicod.so.1', 'usr/include/picod.h'):
                self.assertIn(name, files)
            # What the tests have built for boards is no firmware.
            self.assertEqual([n for n in files if 'probe' in n
                              or 'prints' in n], [])
            libraries = 'usr/share/arduino/libraries/'
            for name in ('PiSerial/src/PiSerial.h',
                         'PiSerial/examples/Rgb/Rgb.ino',
                         'PinServer/library.properties'):
                self.assertIn(libraries + name, files)
            self.make('uninstall', 'DESTDIR=' + folder, 'PREFIX=/usr')
            self.assertEqual(self.files(folder), {'etc/picod/picod.conf'})

    def test_firmware_without_its_compilers_says_what_to_run(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [shutil.which('make'), '-C', ROOT, 'BUILD=' + folder,
                 'firmware'], env={'PATH': '/nowhere'}, capture_output=True,
                text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn('missing: avr-gcc arm-none-eabi-gcc\n'
                      'On Debian, "tests/setup firmware" installs',
                      done.stdout)

    def test_configuration_is_not_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'etc/picod/picod.conf')
            os.makedirs(os.path.dirname(path))
            with open(path, 'w') as file:
                file.write('# mine\n')
            self.make('install', 'DESTDIR=' + folder)
            with open(path) as file:
                self.assertEqual(file.read(), '# mine\n')

    def test_units_name_what_is_installed(self):
        with tempfile.TemporaryDirectory() as folder:
            self.make('install', 'DESTDIR=' + folder, 'PREFIX=/opt/pd')
            for unit, program in (('picod', 'sbin/picod\n'),
                                  ('picod-log@', 'bin/picoctl log ')):
                path = f'opt/pd/lib/systemd/system/{unit}.service'
                with open(os.path.join(folder, path)) as file:
                    self.assertIn(f'ExecStart=/opt/pd/{program}', file.read())

    @unittest.skipIf(shutil.which('systemd-analyze') is None, 'no systemd')
    def test_unit_of_the_log(self):
        """picod-log@.service is understood, every line, and shut in."""
        with tempfile.TemporaryDirectory() as folder:
            with open(folder + '/picod-log@.service', 'w') as file:
                file.write(read('systemd', 'picod-log@.service.in').replace(
                    '@bindir@', os.path.join(ROOT, BUILD)))
            done = subprocess.run(
                ['systemd-analyze', 'verify', '--man=no',
                 folder + '/picod-log@pico-0.service'], text=True, check=False,
                capture_output=True)
            said = [line for line in (done.stdout + done.stderr).splitlines()
                    if 'picod-log' in line]
            self.assertEqual(said, [])
            subprocess.run(
                ['systemd-analyze', 'security', '--offline=true',
                 '--threshold=15', folder + '/picod-log@.service'], check=True,
                stdout=subprocess.DEVNULL)


if __name__ == '__main__':
    unittest.main()
