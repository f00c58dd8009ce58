# SPDX-License-Identifier: MIT
"""One call of picod's fails, the n-th, for every n: make check-faults.

    faults.py [[files-]malloc|read|write|open|fork[:N]]...

A session calls every method there is; another one, files-, those that need a
MicroPython.  While it runs, one allocation, read,
write, open or fork of picod's fails, another one in each run (faultshim.c).
Each answer is then the right one or a typed error; picod may end if memory is
short, with a word on it; and the session after that is right in every part,
with the same picod or a new one in its place.
"""

import base64
import concurrent.futures
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys

import picod
import scripted
from boards import MicroPython
from picod import BUILD, FIRMWARE

SHIM = os.path.join(BUILD, 'tests/faults/faultshim.so')
KINDS = ('fork', 'open', 'read', 'write', 'malloc', 'files-open', 'files-read',
         'files-write', 'files-malloc')
# No answer takes so long; what waits for a board is told to wait less.
PATIENCE_S = 20
WAIT_MS = 10000
WORKERS = 2

AVRDUDE = '''#!/bin/sh
echo 'Writing | ################################################## | 100% 0.1s'
echo 'Reading | ################################################## | 100% 0.1s'
'''


class Failed(Exception):
    """What a run did that it must not do."""


class World:
    """Boards, and a folder for a tool; for many runs."""

    def __init__(self):
        self.farm = scripted.Farm()
        self.repl = self.farm.add(
            lambda board: scripted.Repl(board, paste=True)).url()
        self.uno = self.farm.add(scripted.PiSerial).url()
        self.farm.start()
        self.session = SESSION
        self.late = {}
        self.avrdude = os.path.join(self.farm.directory, 'avrdude')
        with open(self.avrdude, 'w') as file:
            file.write(AVRDUDE)
        os.chmod(self.avrdude, 0o755)
        self.note = os.path.join(self.farm.directory, 'note')

    def stop(self):
        self.farm.stop()

    def config(self):
        return (f'[board repl]\nport = {self.repl}\ndriver = repl\n'
                f'[board uno]\nport = {self.uno}\ndriver = piserial\n'
                f'flasher = uno\n[tools]\navrdude = {self.avrdude}\n'
                '[access]\nroot = all\n* = Send(c) Watch\n')

    def clean(self, p):
        """Removes what a session left that came to no end."""


class FilesWorld(World):
    """With a MicroPython; what comes before the first client is left out."""

    def __init__(self):
        super().__init__()
        self.board = MicroPython()
        self.board.start()
        self.repl = f'unix:{self.board.path}'
        self.session = FILES_SESSION
        self.late = {'FAULT_LATE': '1'}

    def clean(self, p):
        remove_file(p)

    def stop(self):
        self.board.stop()
        super().stop()


class FaultyPicod(picod.Picod):
    """A picod that may end before its time, with a call that fails."""

    def __init__(self, world, fault=None):
        self.world = world
        env = {'PICOD_FIRMWARE': FIRMWARE}
        if fault:
            env |= {'LD_PRELOAD': SHIM, 'FAULT': fault,
                    'FAULT_NOTE': world.note, **world.late}
        super().__init__(config=world.config(), env=env, verbose=False)

    def start(self):
        try:
            super().start()
        except AssertionError:
            if self.process is None or self.process.poll() is None:
                raise

    def start_again(self):
        """In the same place, and nothing fails."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self.directory, 'notify'))
        # Of one that ended while it began a tool, that has the socket a while.
        with contextlib.suppress(OSError):
            self.connect().wait_closed()
        self.env = {'PICOD_FIRMWARE': FIRMWARE}
        super().start()

    def has_ended(self):
        """It may be about to."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_S)
        return self.status() is not None

    def status(self):
        """How it ended, or None: it has not."""
        return self.process.poll()

    def connect(self, **options):
        return super().connect(timeout_s=PATIENCE_S, **options)


# ------------------------------------------------------------- the session

def step(function):
    """What it returns; or the name of an error, or that picod hung up."""
    def run(p):
        try:
            return function(p)
        except picod.PicodError as error:
            return error.name
        except (picod.Closed, ConnectionError, FileNotFoundError):
            return 'closed'
        except TimeoutError:
            raise Failed(f'{function.__name__}: no answer') from None
    run.__name__ = function.__name__
    return run


@step
def get_info(p):
    return p.call('org.varlink.service.GetInfo')['product']


@step
def get_interface_description(p):
    return p.call('org.varlink.service.GetInterfaceDescription',
                  interface='io.picod')['description'].count('method')


@step
def list_boards(p):
    return sorted((board['name'], board['driver']) for board in
                  p.call('ListBoards', details=True)['boards'])


@step
def send(p):
    return p.call('Send', board='repl', text='3000 + 10',
                  wait=WAIT_MS)['output']


@step
def send_stream(p):
    return ''.join(reply['output'] for reply in p.stream(
        'Send', board='repl', text='for i in range(9):\n print(i)',
        wait=WAIT_MS))


@step
def send_that_fails(p):
    try:
        return p.call('Send', board='repl', text='print(1)\n1/0',
                      wait=WAIT_MS)['output']
    except picod.PicodError as error:
        if error.name != 'StatementFailed':
            raise
        return error['output'] + error['traceback'].splitlines()[-1]


@step
def send_command(p):
    return p.call('Send', board='uno', text='c1', wait=WAIT_MS)['status']


@step
def send_rejected(p):
    return p.call('Send', board='uno', text='x1', wait=WAIT_MS)['status']


@step
def watch(p):
    with p.connect() as connection:
        events = connection.stream('Watch', board='uno', history=True,
                                   trace=True)
        return next(events)['event']


@step
def hold_and_drop(p):
    with p.connect() as connection:
        token = connection.call('Hold', board='repl', wait=WAIT_MS,
                                will='hit()')['token']
        output = p.call('Send', board='repl', text='1', hold=token)['output']
        connection.call('Drop', board='repl')
    return output


@step
def hold_and_die(p):
    with p.connect() as connection:
        connection.call('Hold', board='repl', wait=WAIT_MS, will='hit()')
    return p.call('Send', board='repl', text='2', wait=WAIT_MS)['output']


@step
def interrupt(p):
    return p.call('Interrupt', board='repl')['board']


@step
def cancel(p):
    return p.call('Cancel', board='repl', id=1000000)


@step
def type_for_nobody(p):
    return p.call('Input', board='repl', request=1000000, data='MQo=')


@step
def reset(p):
    return sorted(p.call('Reset', board='repl', kind='soft', wait=WAIT_MS))


@step
def lend(p):
    with p.connect() as connection:
        return connection.call('Lend', board='uno', wait=WAIT_MS)['board']


@step
def console(p):
    with p.connect() as connection:
        connection.write(
            b'{"method":"io.picod.Console","upgrade":true,"parameters":'
            b'{"board":"repl","wait":%d}}\0' % WAIT_MS)
        connection.sent.append('io.picod.Console')
        connection.receive()
        connection.write(b'\x03')
        said = connection.pending
        while b'>>> ' not in said:
            data = connection.socket.recv(4096)
            if not data:
                raise picod.Closed()
            said += data
    return 'at the prompt'


def written(p, path, content):
    with p.connect() as connection:
        connection.call('Upload', at=0,
                        data=base64.b64encode(content).decode())
        return connection.call('WriteFile', board='repl', path=path,
                               wait=WAIT_MS)['done']


@step
def write_file(p):
    p.wrote = False
    done = written(p, 'folder/a', b'x' * 300)
    p.wrote = True
    return done


@step
def read_file(p):
    return p.call('ReadFile', board='repl', path='folder/a',
                  wait=WAIT_MS)['done']


@step
def stat(p):
    return p.call('Stat', board='repl', path='folder/a', hash=True,
                  wait=WAIT_MS)['file']['size']


@step
def list_files(p):
    """Whether it is there if it was written; else it may be there or not."""
    paths = {file['path'] for file in p.call(
        'ListFiles', board='repl', path='folder', wait=WAIT_MS)['files']}
    paths -= {'folder/b'}       # what was not removed, by who ended before that
    if p.wrote:
        return paths == {'folder/a'}
    # A first one that was broken off stays, under that name; see picoctl put.
    return paths <= {'folder/a', 'folder/a.~'}


@step
def make_directory(p):
    return p.call('MakeDirectory', board='repl', path='folder', parents=True,
                  wait=WAIT_MS)


@step
def rename_file(p):
    return p.call('RenameFile', board='repl', path='folder/a', to='folder/b',
                  wait=WAIT_MS)


@step
def remove_file(p):
    return p.call('RemoveFile', board='repl', path='folder', recursive=True,
                  wait=WAIT_MS)


@step
def list_firmware(p):
    return len(p.call('ListFirmware', board='uno')['firmware'])


@step
def upload(p):
    return p.call('Upload', data='AAAA', at=0)['size']


@step
def flash(p):
    return list(p.stream('Flash', board='uno', firmware='led',
                         wait=WAIT_MS))[-1]['stage']


SESSION = (get_info, get_interface_description, list_boards, send, send_stream,
           send_that_fails, send_command, send_rejected, watch, hold_and_drop,
           hold_and_die, interrupt, cancel, type_for_nobody, reset, lend, console,
           list_firmware, upload, flash)


FILES_SESSION = (make_directory, write_file, read_file, stat, list_files,
                 rename_file, remove_file, send)


def methods_called():
    """Of the interface, as this source has them."""
    with open(__file__) as file:
        return set(re.findall(r"(?:call|stream)\(\s*'(\w+)'", file.read())) | {
            'Console'}


# ---------------------------------------------------------------- the runs

def check_status(p, kind, status):
    """It may end if memory is short, or if it cannot begin; it says so."""
    log = p.log()
    if status == -signal.SIGABRT and kind == 'malloc' and \
            log.endswith('picod: out of memory\n'):
        return
    if status == 1 and log:
        return
    raise Failed(f'picod ended with {status}:\n{log[-2000:]}')


def check_end(p, kind):
    if p.status() is not None:
        check_status(p, kind, p.status())


def check_stop(p, kind):
    status = p.terminate()
    if status != 0:
        check_status(p, kind, status)


def is_allowed(answer, right, p, kind):
    if answer == right:
        return True
    if answer == 'closed':
        return p.status() is not None or kind in ('read', 'write', 'open')
    return isinstance(answer, str) and answer in ERRORS


ERRORS = {name for interface in picod.INTERFACES.values()
          for name in getattr(interface, 'errors', ())}


def run_session(p, right, kind):
    """Every step, and what came of it: it was right, or told."""
    for each in p.world.session:
        answer = each(p)
        if answer == 'closed' and kind == 'malloc':
            p.has_ended()       # with much to do, not at once
        if not is_allowed(answer, right[each], p, kind):
            raise Failed(f'{each.__name__}: {answer!r}, not {right[each]!r}')
        check_end(p, kind)


def check_right(p, right, kind):
    """The next session, in which nothing fails."""
    if p.status() is not None:
        p.start_again()
    p.world.clean(p)
    for each in p.world.session:
        answer = each(p)
        if answer == 'closed' and kind == 'malloc' and p.has_ended():
            # It met with it between the sessions.
            check_end(p, kind)
            p.start_again()
            check_right(p, right, kind)
            return
        if answer != right[each]:
            raise Failed(f'afterwards, {each.__name__}: {answer!r}, '
                         f'not {right[each]!r}')


def run(world, fault, right):
    """One run.  Whether the fault came about; what was wrong, if anything."""
    kind = fault.partition(':')[0]
    with contextlib.suppress(FileNotFoundError):
        os.unlink(world.note)
    p = FaultyPicod(world, fault)
    try:
        check_end(p, kind)
        if p.status() is None:
            run_session(p, right, kind)
        happened = os.path.exists(world.note)
        if happened:
            check_right(p, right, kind)
        check_stop(p, kind)
        return happened, None
    except (Failed, AssertionError) as error:
        return os.path.exists(world.note), f'{error}\n{who(world)}'
    finally:
        p.kill()
        shutil.rmtree(p.directory, ignore_errors=True)


def who(world):
    """The functions that met with the fault."""
    try:
        with open(world.note) as file:
            frames = re.findall(r'picod\(\+(0x[0-9a-f]+)\)', file.read())
    except FileNotFoundError:
        return ''
    lines = subprocess.run(
        ['addr2line', '-fpe', picod.PICOD, *frames], text=True,
        stdout=subprocess.PIPE, check=True).stdout
    return re.sub(r'(?m)^', '    ', lines.replace(picod.ROOT + '/', ''))


def learn(world):
    """What each step answers when nothing fails."""
    p = FaultyPicod(world)
    right = {each: each(p) for each in world.session}
    again = {each: each(p) for each in world.session}
    p.stop()
    assert right == again, (right, again)
    if os.environ.get('FAULTS_VERBOSE'):
        for each, answer in right.items():
            print(f'  {each.__name__}: {answer}', file=sys.stderr)
    return right


def work(kind, first, count, step_by):
    """The faults first, first + step_by ...; stops where none comes about."""
    world = FilesWorld() if kind.startswith('files-') else World()
    kind = kind.removeprefix('files-')
    failures = []
    try:
        right = learn(world)
        n = first
        for n in range(first, first + count * step_by, step_by):
            happened, failure = run(world, f'{kind}:{n}', right)
            if failure:
                failures.append(f'{kind} {n}: {failure}')
                print(failures[-1], flush=True)
            if not happened:
                break
        return n, failures
    finally:
        world.stop()


def main():
    wanted = sys.argv[1:] or KINDS
    failures = []
    missing = set(picod.INTERFACES['io.picod'].methods) - methods_called()
    assert not missing, f'the session does not call {missing}'
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
        for each in wanted:
            kind, _, n = each.partition(':')
            jobs = [pool.submit(work, kind, int(n), 1, 1)] if n else [
                pool.submit(work, kind, 1 + i, 100000, WORKERS)
                for i in range(WORKERS)]
            results = [job.result() for job in jobs]
            bad = [failure for _, found in results for failure in found]
            print(f'  {kind}: {max(last for last, _ in results)} calls, '
                  f'{len(bad)} of which may not fail', flush=True)
            failures += bad
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
