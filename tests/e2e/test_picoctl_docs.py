# SPDX-License-Identifier: MIT
"""Every verb, option and error stands in each place that ought to have it.

The tables in picoctl say what there is ("picoctl help --json"). A verb or an
option that was added is documented in the manual page and known to the
completion of three shells, or this says where it is missing.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from picod import is_sanitized
from fake import BUILD, PICOCTL, ROOT, TIMEOUT_S, Answer, FakePicod
from fake import environment, event, output, picoctl, read
from terminal import Terminal

CLIENT = os.path.join(ROOT, 'client', 'picoctl')
LIBRARY = os.path.join(ROOT, 'client', 'lib')


def verbs():
    lines = picoctl('help', '--json').stdout.decode().splitlines()
    return [json.loads(line) for line in lines]


def run(*words, **more):
    result = subprocess.run(words, capture_output=True, text=True,
                            check=False, timeout=TIMEOUT_S, **more)
    if result.returncode != 0:
        raise AssertionError(f'{words}: {result.stdout}{result.stderr}')
    return result.stdout


class Help(unittest.TestCase):
    def test_one_verb_a_file(self):
        files = {name[len('verb_'):-len('.c')] for name in os.listdir(CLIENT)
                 if re.fullmatch(r'verb_\w+\.c', name)}
        self.assertEqual(files, {verb['name'] for verb in verbs()})

    def test_all(self):
        text = picoctl('help').stdout.decode()
        for verb in verbs():
            self.assertRegex(text, rf'(?m)^ +{verb["name"]} +'
                             + re.escape(verb['summary']) + '$')

    def test_each(self):
        for verb in verbs():
            text = picoctl('help', verb['name']).stdout.decode()
            self.assertIn(verb['details'], text)
            for option in verb['options']:
                self.assertRegex(text, rf'--{option["name"]}\b')
            for line in text.splitlines():
                self.assertLess(len(line), 80, line)


class Readme(unittest.TestCase):
    """What it tells to type exists."""

    def test_verbs(self):
        names = {verb['name'] for verb in verbs()}
        for page in ('README.md', 'CONTRIBUTING.md', 'SECURITY.md'):
            text = read(ROOT, page)
            used = set(re.findall(
                r'\bpicoctl (?:-[bs] \S+ )?([a-z][a-z-]*)\b',
                '\n'.join(re.findall(r'`[^`\n]*`|(?m:^ {4}.*)', text))))
            self.assertLessEqual(used, names, page)

    # What is behind the host goes to a shell there, as one line.
    SSH = '#!/bin/sh\nshift; exec sh -c "$*"\n'

    def test_lines_are_understood(self):
        """Each command line of picoctl: where no picod is, that is all."""
        lines = re.findall(
            r'(?m)^(?: {4}(?:\$ )?|\$ )((?:ssh \S+ )?picoctl .*)$',
            read(ROOT, 'README.md') + read(CLIENT, 'picoctl.1'))
        self.assertGreater(len(lines), 20)
        self.assertIn('ssh', ' '.join(lines))
        # Some write files.
        here = self.enterContext(tempfile.TemporaryDirectory())
        programs = self.enterContext(tempfile.TemporaryDirectory())
        with open(os.path.join(programs, 'ssh'), 'w') as file:
            file.write(self.SSH)
        os.chmod(file.name, 0o755)
        env = environment(PICOD_SOCKET='/nowhere/io.picod', PATH=':'.join(
            (programs, BUILD, os.environ['PATH'])))
        for line in lines:
            done = subprocess.run(['bash', '-c', line.partition(' ; ')[0]],
                                  env=env, capture_output=True, text=True,
                                  cwd=here, check=False, timeout=TIMEOUT_S)
            self.assertIn('picod is not running', done.stderr, line)

    def test_names_of_the_python_package(self):
        text = read(ROOT, 'README.md')
        package = read(ROOT, 'client', 'python', 'picoctl', '__init__.py')
        names = set(re.findall(r'\bpicoctl\.(\w+)\(', text))
        self.assertGreaterEqual(names, {'send', 'eval', 'board'})
        for name in names:
            self.assertRegex(package, rf"(?m)^def {name}\(")

    def test_files(self):
        """Every link and every path of the tree leads somewhere."""
        for page in ('README.md', 'CONTRIBUTING.md', 'SECURITY.md'):
            text = read(ROOT, page)
            links = re.findall(r'\]\((?!https?:)([^)]+)\)', text)
            paths = [path for path in re.findall(r'`([\w./-]+)`', text)
                     if re.match(r'(client|daemon|firmware|protocol|systemd|'
                                 r'tests|debian)/', path)]
            self.assertTrue(links + paths)
            for path in links + [path for path in paths
                                 if 'NAME' not in path]:
                self.assertTrue(os.path.exists(os.path.join(ROOT, path)),
                                f'{page}: {path}')


class Manual(unittest.TestCase):
    def setUp(self):
        self.text = read(CLIENT, 'picoctl.1')

    def test_lint(self):
        if shutil.which('mandoc') is None:
            self.skipTest('mandoc is not installed')
        for page in (os.path.join(CLIENT, 'picoctl.1'),
                     os.path.join(LIBRARY, 'libpicod.3')):
            run('mandoc', '-T', 'lint', '-W', 'warning', page)

    def test_verbs(self):
        section = self.text.partition('.Sh VERBS\n')[2].partition('.Sh ')[0]
        always = self.text.partition('.Sh DESCRIPTION\n')[2].partition(
            '.Sh ')[0]
        parts = dict(re.findall(
            r'(?ms)^\.(?:It Xo\n\.|It )Cm (\w+)(.*?)'
            r'(?=^\.It (?:Xo\n\.)?Cm |\Z)', section))
        self.assertEqual(set(parts), {verb['name'] for verb in verbs()})
        for verb in verbs():
            for option in verb['options']:
                described = re.compile(rf'(Fl|,) -{option["name"]}\b')
                self.assertTrue(described.search(parts[verb['name']]) or
                                described.search(always),
                                f'{verb["name"]} --{option["name"]}')

    def test_exit_statuses(self):
        section = self.text.partition('.Sh EXIT STATUS\n')[2].partition(
            '.Sh ')[0]
        statuses = {}
        for status, part in re.findall(r'(?ms)^\.It (\d+)\n(.*?)(?=^\.It|^\.El)',
                                       section):
            for name in re.findall(r'(?m)^\.Sy (\w+)', part):
                statuses[name] = int(status)
        errors = re.findall(r'X\([A-Z_]+, "(\w+)", (\d+),',
                            read(ROOT, 'protocol', 'error.h'))
        self.assertGreater(len(errors), 10)
        for name, status in errors:
            self.assertEqual(statuses.get(name), int(status), name)


class Library(unittest.TestCase):
    def setUp(self):
        self.headers = read(LIBRARY, 'picod.h') + read(LIBRARY, 'picod_json.h')
        self.manual = read(LIBRARY, 'libpicod.3')

    def functions(self):
        names = set(re.findall(r'(?m)^(?!typedef)[a-z].*?\b(picod_\w+)\(',
                               self.headers))
        self.assertIn('picod_send', names)
        return names

    def test_manual(self):
        for name in self.functions():
            self.assertTrue(f'.Nm {name}' in self.manual, name)
            self.assertTrue(re.search(rf'\.F[no] {name}\b', self.manual),
                            name)
        for name in re.findall(r'\bPICOD_[A-Z_]+(?=\t*=)', self.headers):
            self.assertTrue(f'.Dv {name}' in self.manual, name)

    def test_what_is_exported(self):
        for option, library in (('-D', 'libpicod.so.1'),
                                ('-g', 'libpicod.a')):
            symbols = run('nm', option, '--defined-only',
                          os.path.join(BUILD, 'client', 'lib', library))
            exported = {line.split()[-1].partition('@')[0]
                        for line in symbols.splitlines()
                        if re.search(' [A-Z] picod| [B-Z] ', line)}
            self.assertEqual(exported, self.functions(), library)

    @unittest.skipIf(is_sanitized(), 'whoever uses it has no sanitizer')
    def test_use(self):
        """The example of picod.h, as another's program with each library."""
        example = re.search(r'(?s)\n \*\tstruct picod\b.*?picod_close\(picod\);\n',
                            self.headers)[0]
        body = re.sub(r'(?m)^ \* ?', '', example)
        with tempfile.TemporaryDirectory() as directory, FakePicod(
                Send=lambda parameters: {'output': '4\n', 'boot': 1}) as fake:
            source = os.path.join(directory, 'example.c')
            with open(source, 'w', encoding='utf-8') as file:
                file.write('#include <err.h>\n#include <picod.h>\n'
                           '#include <stdio.h>\nint\nmain(void)\n{\n' + body +
                           '\treturn 0;\n}\n')
            program = os.path.join(directory, 'example')
            library = os.path.join(BUILD, 'client', 'lib')
            for link in ([os.path.join(library, 'libpicod.a'), '-ljansson'],
                         [f'-L{library}', '-lpicod']):
                run('cc', '-std=c99', '-Wall', '-Wextra', '-Wpedantic',
                    '-Werror', f'-I{LIBRARY}', '-o', program, source, *link)
                self.assertEqual(run(program, env=environment(
                    PICOD_SOCKET=fake.path, LD_LIBRARY_PATH=library)), '4\n')


class LibraryExamples(unittest.TestCase):
    """Each function has an example in the manual, which does what it says."""

    HEAD = ''.join(f'#include <{name}.h>\n' for name in (
        'errno', 'poll', 'stdio', 'stdlib', 'string', 'unistd', 'jansson',
        'picod', 'picod_json'))
    MAIN = """
int
main(void)
{
	struct picod	*picod;
	int		 error = picod_connect(NULL, &picod);

	if (error == 0)
		error = %s(picod);
	fflush(stdout);
	picod_close(picod);
	return error != 0;
}
"""

    def setUp(self):
        examples = read(LIBRARY, 'libpicod.3').partition('.Sh EXAMPLES\n')[2]
        self.examples = [text.replace('\\e', '\\') for text in re.findall(
            r'(?s)\.Bd -literal\n(.*?)\.Ed\n', examples.partition('.Sh ')[0])]

    def test_each_function_has_one(self):
        headers = read(LIBRARY, 'picod.h') + read(LIBRARY, 'picod_json.h')
        text = '\n'.join(self.examples)
        for name in set(re.findall(r'(?m)^(?!typedef)[a-z].*?\b(picod_\w+)\(',
                                   headers)):
            self.assertRegex(text, rf'\b{name}\(')

    METHODS = {
        'MakeDirectory': lambda _: {}, 'RemoveFile': lambda _: {},
        'RenameFile': lambda _: {}, 'Upload': lambda _: {'size': 6},
        'WriteFile': lambda _: {'done': 6, 'total': 6, 'changed': True},
        'ReadFile': lambda _: {'data': 'WCA9IDEK', 'done': 6, 'total': 6},
        'ListFiles': lambda _: {'files': [{'path': 'lib/y.py', 'size': 6,
                                           'directory': False}]},
        'ListBoards': lambda _: {'boards': []},
        'Flash': lambda _: {'board': 'b', 'stage': 'ready'},
        'Console': lambda _: {'board': 'b', 'boot': 1},
        'Send': lambda _: iter([output('1\n'), output('2\n')]),
        'Watch': lambda _: iter([event('state', state='ready'), event(
            'output', output='bye\n'), event('boot', boot=2)]),
    }
    SHOWN = {
        'files': 'X = 1\nlib/y.py 6\n',
        'watch': 'pico0: bye\n',
        'loop': 'pico0: state\npico0: output\npico0: boot\n',
        'boards': 'io.picod.NoSuchBoard {"board":"x"}\n'
                  'picod: {"boards":[]}\n',
        'pieces': 2 * ('{"output":"1\\n","boot":7}\n'
                       '{"output":"2\\n","boot":7} (the end)\n'),
        'json': '0\n{"output":"1\\n","boot":7}{"output":"2\\n","boot":7}',
        'bytes': '',
    }

    @unittest.skipIf(is_sanitized(), 'whoever uses it has no sanitizer')
    def test_use(self):
        def no_board(parameters):
            raise Answer('NoSuchBoard', **parameters)

        library = os.path.join(BUILD, 'client', 'lib')
        seen = {}
        with tempfile.TemporaryDirectory() as directory, FakePicod(
                Reset=no_board, **self.METHODS) as fake:
            for text in self.examples[1:]:
                name = re.findall(r'(?m)^(\w+)\(struct picod \*picod\)$',
                                  text)[-1]
                source = os.path.join(directory, name + '.c')
                with open(source, 'w', encoding='utf-8') as file:
                    file.write(self.HEAD + text + self.MAIN % name)
                run('cc', '-Wall', '-Wextra', '-Werror', f'-I{LIBRARY}', '-o',
                    source[:-2], source, f'-L{library}', '-lpicod',
                    '-ljansson')
                seen[name] = run(source[:-2], env=environment(
                    PICOD_SOCKET=fake.path, LD_LIBRARY_PATH=library))
        self.assertEqual(seen, self.SHOWN)


REQUESTS = [{'id': 12, 'method': 'Send', 'text': 'x', 'running': running,
             'client': {'pid': 1, 'uid': 0, 'user': 'root', 'program': 'x',
                        'since': 0}} for running in (True, False)]


class Completions(unittest.TestCase):
    def setUp(self):
        self.fake = FakePicod(ListBoards=lambda parameters: {'boards': [
            {'name': name, 'state': 'ready', 'driver': 'repl', 'port': 'x',
             'boot': 0, 'waiting': 0, 'requests': REQUESTS}
            for name in ('pico0', 'uno0')]}, ListFirmware=lambda parameters:
            {'firmware': [{'name': 'led', 'board': 'uno', 'size': 9,
                           'file': 'uno-led.hex'}]})
        self.addCleanup(self.fake.__exit__)
        self.env = environment(
            PICOD_SOCKET=self.fake.path, HOME=self.fake.directory,
            PATH=os.path.dirname(PICOCTL) + ':' + os.environ['PATH'])

    def check(self, complete):
        """complete: what a shell offers for the words of a command line."""
        everything = {verb['name']: verb for verb in verbs()}
        names = set(everything)
        self.assertEqual(complete('') & names, names)
        self.assertEqual(complete('in') & names, {'install', 'interrupt'})
        self.assertEqual(complete('help', '') & names, names)
        for name, verb in everything.items():
            options = {'--' + option['name'] for option in verb['options']}
            self.assertEqual(complete(name, '--'), options, name)
        self.assertIn('--board', complete('--b'))
        for words in (['send', '-b', ''], ['--board', ''],
                      ['watch', '--board', 'p']):
            boards = {'pico0', 'uno0'} if not words[-1] else {'pico0'}
            self.assertEqual(complete(*words), boards)
        self.assertEqual(complete('-s', self.fake.path, 'list', '-b', 'u'),
                         {'uno0'})
        self.assertEqual(complete('cancel', ''), {'12'})
        self.assertIn('led', complete('flash', 'l'))
        self.assertIn('10s', complete('send', '--timeout', ''))
        for words in [], ['-b', 'pico0'], ['--wait', '1s', '-b', 'pico0']:
            self.assertIn('env', complete('hold', *words, 'en'))
        before = [word for name, _, _ in self.with_values()
                  for word in (name, '1')]
        self.assertEqual(complete(*before, 'se') & names, {'send'})
        for name, verb, argument in self.with_values():
            if argument == 'TIME':
                self.assertIn('10s', complete(verb, name, ''))
        self.assertEqual(complete('log', '--size', ''), set())
        with tempfile.NamedTemporaryFile(dir=self.fake.directory) as file:
            for verb in everything.values():
                if re.match(r'\[?(\w+\|)?(FILE|DIRECTORY)', verb['operands']):
                    self.assertIn(file.name, complete(
                        verb['name'], file.name[:-1]), verb['name'])
        for option, begin in ('driver', 'a driver is'), \
                ('flasher', 'a flasher is one of'):
            self.assertEqual(complete('adopt', '--' + option, ''),
                             self.words_of(option, begin))

    def with_values(self):
        """Each option that has a value, with a verb that takes it."""
        found = {option['name']: ('--' + option['name'], verb['name'],
                                  option['argument'])
                 for verb in verbs() for option in verb['options']
                 if 'argument' in option}
        self.assertIn('max-age', found)
        return found.values()

    def words_of(self, option, begin):
        """What adopt says that an option may be, but for avrdude."""
        text = subprocess.run(
            [PICOCTL, 'adopt', '--' + option, '?', 'ttyUSB0', 'x'],
            env=self.env, capture_output=True, text=True, check=False).stderr
        words = re.search(begin + ' (.*)', text)[1]
        return set(re.findall(r'[a-z-]+', words)) - {'or', 'avrdude'}

    def test_bash(self):
        script = os.path.join(CLIENT, 'completions', 'picoctl.bash')

        def complete(*words):
            return set(run(
                'bash', '--norc', '-c', 'source "$0"; COMP_WORDS=(picoctl '
                '"$@"); COMP_CWORD=$#; _picoctl; printf "%s\\n" '
                '"${COMPREPLY[@]}"', script, *words,
                env=self.env).split())

        self.check(complete)
        self.assertEqual(complete('send', '--board', '=', 'p'), {'pico0'})

    def test_bash_writes_names_of_files_as_words(self):
        """And goes on behind a folder; a board's own files are not ours."""
        script = os.path.join(CLIENT, 'completions', 'picoctl.bash')
        folder = self.fake.directory
        os.mkdir(os.path.join(folder, 'lib'))
        for name in 'my file', 'lib/x':
            with open(os.path.join(folder, name), 'w', encoding='utf-8'):
                pass
        shell = Terminal(self, ['bash', '--norc', '--noprofile', '-i'],
                         cwd=folder, env={**self.env, 'TERM': 'dumb'})
        shell.type(f'PS1=; source {script}; echo RE""ADY\n'.encode())
        shell.expect(b'READY\n')
        for words in ('put', 'run', 'sync', 'log', 'flash', 'send -f', '-s',
                      'plot x -o', 'plot x --output='):
            begin = words + ('' if words[-1] == '=' else ' ')
            for typed, shown in ('li', 'lib/'), ('m', 'my\\ file '):
                shell.type(f'picoctl {begin}{typed}\t'.encode())
                shell.expect(f'picoctl {begin}{shown}'.encode())
                shell.type(b'\x15')     # Ctrl-U: the next line is another
        shell.type(b'picoctl get :li\t')
        self.assertNotIn(b'lib', shell.expect(b'\a'))

    def test_fish(self):
        if shutil.which('fish') is None:
            self.skipTest('fish is not installed')
        script = os.path.join(CLIENT, 'completions', 'picoctl.fish')

        def complete(*words):
            line = ' '.join(('picoctl',) + words)
            out = run('fish', '--no-config', '-c', 'source $argv[1]; '
                      'complete -C $argv[2]', script, line, env=self.env)
            return {row.split('\t')[0] for row in out.splitlines()}

        self.check(complete)

    def test_zsh(self):
        """zsh offers nothing without a terminal, where not all is tried."""
        text = read(CLIENT, 'completions', '_picoctl')
        self.assertIn('picoctl help --names', text)
        self.assertIn('picoctl help $1 --names', text)
        if shutil.which('zsh') is None:
            return
        run('zsh', '-n', os.path.join(CLIENT, 'completions', '_picoctl'))
        shell = Terminal(self, ['zsh', '-f', '-i'],
                         env={**self.env, 'TERM': 'dumb'})
        shell.type(f'PS1=; fpath=({CLIENT}/completions $fpath); autoload -U '
                   'compinit; compinit -u -D; echo RE""ADY\n'.encode())
        shell.expect(b'\nREADY\n')
        with tempfile.NamedTemporaryFile(dir=self.fake.directory) as file:
            lines = [(f'log {file.name[:-1]}', f'log {file.name} ')] + [
                (f'{name} 1 ident', f'{name} 1 identify ')
                for name, _, _ in self.with_values()] + [
                ('hold -b pico0 printen', 'hold -b pico0 printenv ')]
            for line, completed in lines:
                shell.type(f'picoctl {line}\t'.encode())
                shell.expect(f'picoctl {completed}'.encode())
                shell.type(b'\x15')     # Ctrl-U: the next line is another


if __name__ == '__main__':
    unittest.main()
