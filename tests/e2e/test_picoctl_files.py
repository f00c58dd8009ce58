# SPDX-License-Identifier: MIT
"""The verbs about files, against a picod in Python."""

import base64
import hashlib
import os
import posixpath
import shutil
import tempfile
import threading
import unittest

from fake import PICOCTL, Answer, FakePicod
from fake import environment, on_terminal, picoctl
from folder import Folder


class Board:
    """A board's files, as io.picod has them: a dict; None is a directory."""

    def __init__(self):
        self.files = {}
        self.upload = b''
        self.written = []       # every WriteFile that changed something
        self.resets = threading.Semaphore(0)

    def methods(self):
        return {name: getattr(self, name) for name in (
            'Upload', 'WriteFile', 'ReadFile', 'ListFiles', 'Stat',
            'RemoveFile', 'MakeDirectory', 'RenameFile', 'Reset', 'Send',
            'Hold')}

    @staticmethod
    def path(parameters, name='path'):
        return posixpath.normpath('/' + parameters.get(name, '/')).replace(
            '//', '/')

    def fail(self, kind, path):
        raise Answer('FileError', board='b', path=path, kind=kind,
                     message=f'{path}: {kind}')

    def find(self, path):
        if path != '/' and path not in self.files:
            self.fail('notFound', path)
        return self.files.get(path)

    def entry(self, path, hash=False):
        content = self.files.get(path)
        entry = {'path': path, 'directory': content is None,
                 'size': len(content or b'')}
        if hash and content is not None:
            entry['hash'] = hashlib.sha256(content).hexdigest()
        return entry

    def Upload(self, parameters):
        if parameters['at'] not in (0, len(self.upload)):
            raise Answer('org.varlink.service.InvalidParameter',
                         parameter='at')
        self.upload = (self.upload[:parameters['at']] +
                       base64.b64decode(parameters['data']))
        return {'size': len(self.upload)}

    def WriteFile(self, parameters):
        path, content = self.path(parameters), self.upload
        self.upload = b''
        parent = posixpath.dirname(path)
        if parent != '/' and self.files.get(parent, b'') is not None:
            self.fail('notFound', path)
        changed = self.files.get(path) != content
        if changed:
            self.written.append(path)
            self.files.pop(path + '.~', None)
        self.files[path] = content
        return {'done': len(content), 'total': len(content),
                'changed': changed}

    def ReadFile(self, parameters):
        content = self.find(self.path(parameters))
        half = len(content) // 2
        for part in (content[:half], content[half:]):
            yield {'data': base64.b64encode(part).decode(),
                   'done': len(part), 'total': len(content)}

    def ListFiles(self, parameters):
        path = self.path(parameters)
        self.find(path)
        start = path if path == '/' else path + '/'
        return {'files': [
            self.entry(each, parameters.get('hash')) for each in self.files
            if each.startswith(start) and (parameters.get('recursive') or
                                           '/' not in each[len(start):])]}

    def Stat(self, parameters):
        path = self.path(parameters)
        self.find(path)
        return {'file': self.entry(path), 'capacity': 1000, 'available': 400}

    def RemoveFile(self, parameters):
        path = self.path(parameters)
        self.find(path)
        inner = [each for each in self.files if each.startswith(path + '/')]
        if inner and not parameters.get('recursive'):
            self.fail('notEmpty', path)
        for each in [path, *inner]:
            del self.files[each]
        return {}

    def MakeDirectory(self, parameters):
        path = self.path(parameters)
        while path != '/':
            self.files.setdefault(path, None)
            path = posixpath.dirname(path)
        return {}

    def RenameFile(self, parameters):
        self.files[self.path(parameters, 'to')] = self.files.pop(
            self.path(parameters))
        return {}

    def Reset(self, parameters):
        self.resets.release()
        return {'boot': 2}

    def Send(self, parameters):
        return {'output': f'<{parameters["text"]}>\n', 'boot': 1}

    def Hold(self, parameters):
        return {'board': 'b', 'token': 'secret', 'boot': 1}


class Case(Folder, unittest.TestCase):
    def setUp(self):
        self.board = Board()
        self.fake = FakePicod(**self.board.methods())
        self.addCleanup(self.fake.__exit__)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.here = folder.name

    def run_it(self, *words, status=0, **more):
        done = picoctl('-s', self.fake.path, *words, cwd=self.here, **more)
        self.assertEqual(done.returncode, status, done)
        return done.stdout.decode()


class OnATerminal(Case):
    """How far a file is stands on a line of its own, which is ended."""

    DONE = f'[{40 * "="}] 100 %'

    def show(self, *words, **env):
        shown = on_terminal([PICOCTL, '-s', self.fake.path, *words], 80,
                            environment(**env))
        # Of each line what is left on it, as a terminal has it.
        return [line.rpartition('\r')[2] for line in shown.split('\n')]

    def test_one_that_is_shown_has_none(self):
        self.board.files['/e.py'] = b'x = 5\n'
        self.assertEqual(self.show('cat', ':e.py'), ['x = 5', ''])
        self.assertEqual(self.show('get', ':e.py', '-'), ['x = 5', ''])

    def test_it_is_ended(self):
        e, f = self.write('e.py', b'1'), self.write('f.py', b'2')
        bars = ['e.py       ' + self.DONE, 'f.py       ' + self.DONE, '']
        self.assertEqual(self.show('put', e, f, ':'), bars)
        self.assertEqual(self.show('get', ':e.py', ':f.py', self.here), bars)
        self.assertEqual(self.show('cp', ':e.py', ':f.py'), bars)
        self.assertEqual(
            self.show('edit', ':e.py', EDITOR="sh -c 'echo 3 >$0; echo mine'"),
            [bars[0], 'mine', bars[0], ''])

    def test_it_is_ended_before_a_message(self):
        def read(parameters):
            yield {'data': 'eA==', 'done': 1, 'total': 2}
            yield None

        self.board.files['/e.py'] = b'12'
        self.fake.methods['ReadFile'] = read
        bar, message, rest = self.show('get', ':e.py', self.here)
        self.assertEqual(bar, f'e.py       [{20 * "="}{20 * " "}]  50 %')
        self.assertTrue(message.startswith('picoctl: '), message)
        self.assertEqual(rest, '')


class Files(Case):
    def test_put_and_get(self):
        content = bytes(range(256)) * 3000
        self.write('main.py', content)
        self.write('lib/a/x.py', b'1')
        self.write('lib/.git/config')
        self.write('lib/__pycache__/x.pyc')
        self.run_it('put', 'main.py', 'lib', ':')
        self.assertEqual(self.board.files, {
            '/main.py': content, '/lib': None, '/lib/a': None,
            '/lib/a/x.py': b'1'})
        os.mkdir(os.path.join(self.here, 'back'))
        self.run_it('get', ':main.py', ':lib', 'back')
        self.assertEqual(self.read('back/main.py'), content)
        self.assertEqual(self.read('back/lib/a/x.py'), b'1')

    def test_put_names(self):
        self.write('a.py', b'1')
        self.board.files['/lib'] = None
        for to, path in ((':b.py', '/b.py'), (':lib', '/lib/a.py'),
                         (':/lib/c.py', '/lib/c.py')):
            self.run_it('put', 'a.py', to)
            self.assertEqual(self.board.files[path], b'1')
        self.run_it('put', '-', ':in.py', input=b'from here')
        self.assertEqual(self.board.files['/in.py'], b'from here')
        self.run_it('put', '-', status=2, input=b'')

    def test_put_says_what_is_wrong(self):
        self.write('a.py')
        self.run_it('put', 'nix.py', status=12)
        self.run_it('put', 'a.py', ':no/such/a.py', status=12)
        self.run_it('put', ':a.py', status=2)
        self.run_it('put', status=2)

    def test_names_without_control_characters(self):
        """What is there already, of whomever, can be taken away."""
        self.write('no\ntes.txt')
        self.write('a')
        self.board.files.update({'/a': b'1', '/b\n': b'2'})
        for words in (['put', 'no\ntes.txt'], ['put', 'a', ':a\x7f'],
                      ['put', '-', ':\x01'], ['cp', ':a', ':a\n'],
                      ['mv', ':a', ':a\n'], ['mkdir', ':d\n'],
                      ['touch', ':a\n']):
            self.run_it(*words, input=b'', status=2)
        self.assertEqual(list(self.board.files), ['/a', '/b\n'])
        self.run_it('mv', ':b\n', ':b')
        self.assertEqual(self.board.files['/b'], b'2')

    def test_names_are_looked_at_before_anything_is_sent(self):
        for bad in ('new\nline', b'\xff', 'z/\x7f/x'):
            folder = os.path.join(os.fsencode(self.here), b'src')
            shutil.rmtree(folder, ignore_errors=True)
            path = os.path.join(folder, os.fsencode(bad))
            os.makedirs(os.path.dirname(path))
            for name in 'a b.txt', 'y':
                self.write(f'src/{name}')
            os.mkfifo(os.path.join(folder, b'left\nout'))
            with open(path, 'wb'):
                pass
            for words in (['put', 'src/a b.txt', path, 'src/y', ':d/'],
                          ['put', 'src', ':'], ['put', 'src/.', ':'],
                          ['cp', 'src/y', 'src', ':'], ['sync', 'src']):
                if words[-1] != ':d/' or b'/z/' not in path:
                    self.run_it(*words, status=2)
                self.assertEqual(self.board.files, {}, words)
        self.run_it('put', 'src/y', 'nix', ':d/', status=12)
        self.assertEqual(self.board.files, {})

    def test_a_path_that_is_refused_is_named(self):
        """picod's error has only the name of the parameter."""
        def refuse(parameters):
            for name in ('path', 'to'):
                if len(parameters.get(name, '')) > 255:
                    raise Answer('org.varlink.service.InvalidParameter',
                                 parameter=name)
            raise Answer('FileError', path='p', kind='other', message='p: no')

        for name in ('WriteFile', 'ReadFile', 'ListFiles', 'Stat',
                     'RemoveFile', 'MakeDirectory', 'RenameFile'):
            self.fake.methods[name] = refuse
        long = 256 * 'x'
        self.write('a.py')
        self.write('d/x.py')
        for words, path, parameter in (
                (('put', 'a.py', ':' + long), long, 'path'),
                (('cp', ':' + long, 'b.py'), long, 'path'),
                (('ls', f':{long}/*'), long, 'path'),
                (('sync', 'd', ':' + long), long, 'path'),
                (('mkdir', ':' + long), long, 'path'),
                (('rm', ':' + long), long, 'path'),
                (('mv', ':' + long, ':a'), long, 'path'),
                (('mv', ':a', ':' + long), long, 'to')):
            said = picoctl('-s', self.fake.path, *words, cwd=self.here)
            self.assertEqual(
                (said.returncode, said.stderr.decode()),
                (2, f'picoctl: {path}: picod does not take the parameter '
                    f'"{parameter}" as it was given\n'), words)
        said = picoctl('-s', self.fake.path, 'mkdir', ':p')
        self.assertEqual(said.stderr, b'picoctl: p: no\n')

    def test_a_path_that_is_not_utf8(self):
        for words in ((b'mv', b'a', b'\xff'), (b'mv', b'\xff', b'a'),
                      (b'rm', b'\xff')):
            said = picoctl('-s', self.fake.path, *words)
            self.assertEqual(
                (said.returncode, said.stderr),
                (2, b'picoctl: the path "\xff" is not UTF-8\n'), words)
        self.assertEqual(self.fake.calls, [])

    def test_dots_are_what_is_in_them(self):
        self.write('deep/er/x', b'')
        self.write('deep/a', b'1')
        self.board.files.update({'/d': None, '/d/b': b'2', '/d/e': None})
        for local in '..', '../../deep', '../er/..', '../.':
            there = '/d/deep' if local.endswith('p') else '/d'
            picoctl('-s', self.fake.path, 'put', local, ':d',
                    cwd=os.path.join(self.here, 'deep/er'))
            self.assertEqual(self.board.files.pop(f'{there}/a', None), b'1',
                             local)
            self.assertEqual(self.board.files.pop(f'{there}/er/x'), b'')
        self.assertNotIn('/a', self.board.files)
        os.mkdir(os.path.join(self.here, 'back'))
        for path in ':.', ':..', ':/', ':':
            self.run_it('get', path, 'back')
            self.assertEqual(self.read('back/d/b'), b'2', path)
            os.remove(os.path.join(self.here, 'back/d/b'))
        self.assertEqual(sorted(os.listdir(self.here)), ['back', 'deep'])

    def test_get_has_files_in_the_way(self):
        self.board.files.update({'/d': None, '/d/x': b'1', '/e': None})
        self.write('e', b'mine')
        self.write('to/e')
        self.write('f/d/x/y')
        for words, name in ((['get', ':e'], './e'), (['get', ':d', 'e'], 'e'),
                            (['get', ':e', ':d', 'to'], 'to/e'),
                            (['get', ':d', 'f'], 'f/d/x')):
            done = picoctl('-s', self.fake.path, *words, cwd=self.here)
            self.assertEqual(done.returncode, 12, done)
            self.assertIn(f' {name}: '.encode(), done.stderr)
        self.assertEqual(self.read('e'), b'mine')

    def test_get_takes_patterns(self):
        self.board.files.update({'/a.py': b'1', '/b.py': b'2', '/c.txt': b'3'})
        self.run_it('get', ':*.py')
        self.assertEqual(sorted(os.listdir(self.here)), ['a.py', 'b.py'])
        self.run_it('get', ':*.mpy', status=12)
        self.run_it('get', ':nix', status=12)
        self.run_it('get', ':c.txt', 'd.txt')
        self.assertEqual(self.read('d.txt'), b'3')

    def test_names_that_look_like_patterns(self):
        """Where nothing is like them they are names, as in a shell."""
        self.write('a[1].py', b'1')
        self.run_it('put', 'a[1].py')
        os.remove(os.path.join(self.here, 'a[1].py'))
        self.run_it('get', ':a[1].py')
        self.assertEqual(self.read('a[1].py'), b'1')
        self.assertEqual(self.run_it('cat', ':a[1].py'), '1')
        self.assertEqual(self.run_it('ls', ':a[1].py'), 'a[1].py\n')
        self.run_it('cp', ':a[1].py', ':b')
        self.board.files.update({'/d': None, '/d/[x]': b'2'})
        self.run_it('cp', ':d/[x]', ':c')
        self.run_it('rm', ':a[1].py', ':d/[x]', ':d')
        self.assertEqual(self.board.files, {'/b': b'1', '/c': b'2'})
        self.board.files.update({'/a1': b'like it', '/a[1]': b'3'})
        self.assertEqual(self.run_it('cat', ':a[1]'), 'like it')
        self.run_it('rm', ':a[2]', status=12)

    def test_the_rest_is_done_without_what_is_not_there(self):
        """As of a name that a board lists otherwise than it is."""
        def list_files(parameters):
            self.board.find(self.board.path(parameters))
            return {'files': [
                {'path': '/a\r\n', 'directory': False, 'size': 1},
                *(self.board.entry(path) for path in self.board.files
                  if not path.endswith('.'))]}

        def run_it(*words):
            done = picoctl('-s', self.fake.path, *words, cwd=self.here)
            self.assertEqual(done.returncode, 12, done)
            self.assertEqual(len(done.stderr.splitlines()), 1, done)
            return done.stdout

        self.fake.methods['ListFiles'] = list_files
        self.board.files.update({'/b': b'1', '/c.': b'2'})
        self.assertEqual(run_it('cat', ':*', ':c.'), b'12')
        self.assertEqual(run_it('cat', ':*.x', ':c.'), b'2')
        run_it('get', ':')
        self.assertEqual(self.read('b'), b'1')
        self.board.files['/d'] = None
        run_it('cp', ':nix', ':b', ':d')
        self.run_it('rm', ':d/b', ':d')
        self.assertEqual(self.board.files, {'/b': b'1', '/c.': b'2'})
        self.assertEqual(run_it('ls', ':nix*', ':c.'), b'c.\n')
        self.assertEqual(run_it('ls', ':nix/*', ':c.'), b'c.\n')
        self.write('src/e', b'3')
        run_it('sync', '--delete', 'src')
        self.assertEqual(self.board.files, {'/c.': b'2', '/e': b'3'})
        run_it('rm', '-r', ':*', ':c.')
        self.assertEqual(self.board.files, {})

    def test_standard_output_is_no_directory(self):
        """Whatever is called "-" here."""
        self.board.files.update({'/a': b'1', '/b': b'2', '/dir': None,
                                 '/dir/x': b'3'})
        for _ in range(2):
            self.assertEqual(self.run_it('cat', ':a'), '1')
            self.assertEqual(self.run_it('cat', ':?'), '12')
            self.assertEqual(self.run_it('get', ':a', ':b', '-'), '12')
            for words in (['cat', ':dir'], ['get', ':dir', '-'],
                          ['cp', ':dir', '-']):
                done = picoctl('-s', self.fake.path, *words, cwd=self.here)
                self.assertEqual(
                    (done.returncode, done.stdout, done.stderr),
                    (12, b'', b'picoctl: dir is a directory\n'))
            self.assertIn(os.listdir(self.here), ([], ['-']))
            os.makedirs(os.path.join(self.here, '-'), exist_ok=True)
        self.assertEqual(os.listdir(os.path.join(self.here, '-')), [])

    def test_get_leaves_what_is_there_what_it_is(self):
        def here(name):
            return os.path.join(self.here, name)

        self.board.files['/a.py'] = b'1'
        os.chmod(self.write('d/old.py'), 0o640)
        os.symlink('d/old.py', here('link'))
        os.symlink('d/new.py', here('early'))
        for name in 'link', 'early':
            self.run_it('get', ':a.py', name)
            self.assertTrue(os.path.islink(here(name)))
            self.assertEqual(self.read(name), b'1')
        self.assertEqual(os.stat(here('d/old.py')).st_mode & 0o777, 0o640)
        self.assertEqual(sorted(os.listdir(here('d'))), ['new.py', 'old.py'])
        os.mkfifo(here('fifo'))
        fifo = os.open(here('fifo'), os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, fifo)
        self.run_it('cp', ':a.py', 'fifo')
        self.assertEqual(os.read(fifo, 10), b'1')

    @unittest.skipIf(os.getuid() != 0, 'only root can give files away')
    def test_get_leaves_a_file_to_its_owner(self):
        self.board.files['/a.py'] = b'1'
        os.chown(self.write('a.py'), 1, 2)
        self.run_it('get', ':a.py')
        there = os.stat(os.path.join(self.here, 'a.py'))
        self.assertEqual((there.st_uid, there.st_gid), (1, 2))

    def test_a_board_cannot_write_elsewhere(self):
        self.board.files.update({'/d': None, '/d/../../evil': b'1',
                                 '/d/ok': b'2'})
        self.run_it('get', ':d')
        self.assertEqual(os.listdir(os.path.join(self.here, 'd')), ['ok'])

    def test_cp(self):
        self.write('a.py', b'1')
        self.run_it('cp', 'a.py', ':b.py')
        self.run_it('cp', ':b.py', ':c.py')
        self.run_it('cp', ':c.py', 'd.py')
        self.board.files['/lib'] = None
        self.run_it('cp', ':?.py', ':lib')
        self.assertEqual(self.board.files['/lib/b.py'], b'1')
        self.assertEqual(self.board.files['/lib/c.py'], b'1')
        self.assertEqual(self.read('d.py'), b'1')
        self.run_it('cp', 'a.py', 'e.py', status=2)
        self.run_it('cp', 'a.py', ':b.py', ':', status=2)

    def test_looking(self):
        self.board.files.update({
            '/lib': None, '/lib/x.py': b'12345', '/lib-old.py': b'',
            '/main.py': b'hello\n'})
        self.assertEqual(self.run_it('ls'), 'lib/\nlib-old.py\nmain.py\n')
        self.assertEqual(self.run_it('ls', ':lib'), 'x.py\n')
        self.assertEqual(self.run_it('ls', '-l', ':main.py', ':l*').split(),
                         ['6', 'main.py', '-', 'lib/', '0', 'lib-old.py'])
        self.assertEqual(self.run_it('ls', ':lib/*.py'), 'lib/x.py\n')
        self.run_it('ls', ':nix', status=12)
        self.run_it('ls', ':*.nix', status=12)
        self.assertEqual(self.run_it('ls', '-lr').split(),
                         ['-', 'lib/', '5', 'lib/x.py', '0', 'lib-old.py',
                          '6', 'main.py'])
        self.assertIn(hashlib.sha256(b'hello\n').hexdigest(),
                      self.run_it('ls', '-l', '--hash'))
        self.assertEqual(self.run_it('tree'), '|-- lib/\n|   |-- x.py\n'
                         '|-- lib-old.py\n|-- main.py\n')
        self.assertEqual(self.run_it('cat', ':main.py', ':lib/x.py'),
                         'hello\n12345')
        self.assertEqual(self.run_it('df').split()[3:], ['1000', '600', '400'])

    def test_changing(self):
        self.run_it('mkdir', ':a/b')
        self.run_it('touch', ':a/b/c')
        self.assertEqual(self.board.files['/a/b/c'], b'')
        self.board.files['/a/b/c'] = b'1'
        self.run_it('touch', ':a/b/c')
        self.assertEqual(self.board.files['/a/b/c'], b'1')
        self.run_it('mv', ':a/b/c', ':d')
        self.assertEqual(self.board.files['/d'], b'1')
        self.run_it('rm', ':d')
        self.run_it('rm', ':d', status=12)
        self.board.files['/a/x'] = b''
        self.run_it('rm', ':a', status=12)
        self.run_it('rm', '-r', ':a')
        self.assertEqual(self.board.files, {})

    def test_edit(self):
        self.board.files['/main.py'] = b'one\n'
        for editor, content in (('sed -i s/one/two/', b'two\n'),
                                ('true', b'two\n')):
            self.run_it('edit', ':main.py', env=environment(EDITOR=editor))
            self.assertEqual(self.board.files['/main.py'], content)
        self.assertEqual(self.board.written, ['/main.py'])
        self.run_it('edit', ':main.py', env=environment(EDITOR='false'),
                    status=1)
        self.run_it('edit', ':new.py', env=environment(
            EDITOR='sh -c \'echo 1 >"$0"\''))
        self.assertEqual(self.board.files['/new.py'], b'1\n')

    def test_run(self):
        self.write('a.py', b'print(1)')
        self.assertEqual(self.run_it('run', 'a.py'), '<print(1)>\n')
        self.assertEqual(
            self.run_it('run', 'a.py', '-x', "it's"),
            "<__import__('sys').argv[:]=['a.py','-x','it\\'s']>\n"
            '<print(1)>\n')
        self.assertEqual(self.fake.calls[-1]['parameters']['hold'], 'secret')

    def test_install(self):
        self.board.Send = lambda parameters: {'output': 'micropython\n',
                                              'boot': 1}
        self.fake.methods['Send'] = self.board.Send
        self.write('micropython/main.py', b'def on(): pass\n')
        self.run_it('install', 'on-off', env=environment(
            PICOD_FIRMWARE=self.here))
        self.assertEqual(self.board.files, {'/main.py': b'def on(): pass\n'})
        self.run_it('install', 'nix', status=2)

    def test_install_leaves_what_is_there(self):
        """Nothing of a script is written where one of its files may not be."""
        language = 'micropython'
        self.fake.methods['Send'] = lambda _: {'output': language, 'boot': 1}
        env = environment(PICOD_FIRMWARE=self.here)
        self.write('micropython/main.py', b'ours')
        self.write('circuitpython/led.py', b'led')
        self.write('circuitpython/repl.py', b'repl')
        for theirs in b'mine', b'longer', None:
            self.board.files['/main.py'] = theirs
            done = picoctl('-s', self.fake.path, 'install', 'on-off', env=env)
            self.assertEqual(done.returncode, 12, done)
            self.assertIn(b'picoctl mv :main.py :NAME', done.stderr)
            self.assertEqual(self.board.files, {'/main.py': theirs})
        self.run_it('rm', ':main.py')
        for _ in range(2):
            self.run_it('install', 'on-off', env=env)
            self.assertEqual(self.board.files, {'/main.py': b'ours'})
        language = 'circuitpython'
        self.board.files = {'/repl.py': b'mine'}
        self.run_it('install', 'on-off', env=env, status=12)
        self.assertEqual(self.board.files, {'/repl.py': b'mine'})
        self.assertEqual(self.board.written, ['/main.py'])


if __name__ == '__main__':
    unittest.main()
