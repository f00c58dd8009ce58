# SPDX-License-Identifier: MIT
"""What picod costs, beside programs without it and under load: make bench.

The same statement, to boards that run the same firmware, in turn: by a C
program that has the board for itself (direct.c), through picod, by pyserial,
and by mpremote where it is installed.  Nothing here is a test: whatever the
numbers are, the exit status is 0 if all of it ran.
"""

import base64
import contextlib
import os
import shutil
import statistics
import sys
import tty
from dataclasses import dataclass, field

import load
from boards import Microbit, MicroPython
from measure import (THROUGH, Perf, Strace, count_calls, cpu_ns, peak_kb,
                     perf_works, run, say, stopwatch, times_ms)
from picod import BUILD, FIRMWARE, PICOCTL, ROOT, Picod
from uno import Uno

HERE = os.path.join(ROOT, 'tests/bench')
DIRECT = os.path.join(BUILD, 'tests/bench/direct')
PYSERIAL_WAY = [sys.executable, os.path.join(HERE, 'pyserial_way.py')]
MPREMOTE = shutil.which('mpremote')
LEGEND = '''\
one-shot     from before the process starts until its output ends: picoctl, or
             a program that opens the port, enters the raw REPL and asks once
round trip   one statement after the other: libpicod in one connection, or a
             program that keeps the port open and stays in the raw REPL
direct       a C program that has the board for itself, does nothing that could
             be left out and checks nothing; each has a board of its own
pyserial     the article's Sender at the friendly prompt of a pty, or for
             PiSerial a write and a read of two bytes
same text    direct again, but with the text that picod sends so that any statement
             may be sent and values are shown: to it, the board works longer
wire         both ways together, for a statement in one connection
ratio        of the medians, to direct
system calls of picod, for a statement in one connection; a board that gives its
             answer away byte by byte costs two for every piece of it that
             arrives by itself
'''


@dataclass
class Kind:
    """A kind of board, and the same question in each way's own words."""
    title: str
    language: str
    make: object                # called with pty=True or without
    direct: str
    picod: str
    answer: str
    unix: bool = False          # a Unix socket; else a pty
    settings: str = ''          # for picod
    pairs: int = 200            # of one-shots
    batch: int = 100            # round trips without a break
    slow: int = 10              # how many batches, and one-shots of slow ways


KINDS = (
    Kind('micro:bit (MicroPython 1.9.2, pty)', 'repl',
         lambda pty: Microbit(pty=True),    # its socket has a slow line behind
         'print(3000+10)', '3000 + 10', '3010'),
    Kind('MicroPython 1.25 (Unix socket)', 'repl', MicroPython,
         'print(3000+10)', '3000 + 10', '3010', unix=True),
    Kind('Uno with PiSerial (pty, 9600 baud)', 'piserial',
         lambda pty: Uno(sketch=f'{FIRMWARE}/uno-rgb.hex'),
         'n', 'n', 'OK', settings=',driver=piserial,baud=9600', pairs=50,
         batch=20),
)

STREAM_LINES = 16384
STREAM = f'for i in range({STREAM_LINES}):print("{"0123456789" * 6}abc")'
STREAM_BYTES = STREAM_LINES * 64


@dataclass
class Row:
    what: str
    way: str
    values: list = field(default_factory=list)
    unit: str = 'ms'
    target: float = 0
    ratio: float = 0
    remark: str = ''

    @property
    def median(self):
        return statistics.median(self.values)


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, ways, unit='ms', target=0):
        """A row for each way; the first is what the others are held to."""
        base = None
        for way, values in ways.items():
            row = Row(what, way, values, unit)
            if not values:
                row.remark = 'not installed'
            elif base is None:
                base = row.median
            else:
                row.ratio = row.median / base
                row.target = target if way == 'picod' else 0
            self.rows.append(row)

    def add_alone(self, what, values, unit='', target=0, remark=''):
        self.rows.append(Row(what, 'picod', values, unit, target,
                             remark=remark))

    def title(self, text):
        self.rows.append(text)

    def print(self):
        print(f'{"":23}{"way":10}{"median":>9}{"min":>9}{"max":>9} {"":7}'
              f'{"ratio":>7}  target')
        for row in self.rows:
            print(f'\n{row}' if isinstance(row, str) else format_row(row))


def format_row(row):
    line = f'  {row.what:21}{row.way:10}'
    if row.values:
        for value in (row.median, min(row.values), max(row.values)):
            line += f'{value:9.{3 if value < 10 else 1}f}'
        line += f' {row.unit:7}'
        line += f'{row.ratio:7.2f}' if row.ratio else ' ' * 7
    if row.target:
        reached = row.ratio or row.median
        line += (f'  <= {row.target:g}: '
                 f'{"met" if reached <= row.target else "MISSED"}')
    return f'{line}  {row.remark}'.rstrip()


# ---------------------------------------------------------------- measures

@dataclass
class Stage:
    """A kind of board, three times: for direct, for picod, and on a pty."""
    kind: Kind
    direct: str                 # addresses
    pty: str
    picod: Picod
    text: str                   # what picod makes of the question
    wire: int                   # how many bytes it exchanges for it
    name: str = 'board'

    @property
    def env(self):
        return self.picod.client_environment()

    def direct_argv(self, *more):
        return [DIRECT, self.kind.language, self.direct, self.kind.direct,
                *more]

    def same_text_argv(self, *more):
        return [DIRECT, self.kind.language, self.direct, self.text, *more]

    def picoctl_argv(self):
        return [PICOCTL, '-b', self.name, 'send', self.kind.picod]

    def pyserial_argv(self, *more):
        return [*PYSERIAL_WAY, self.kind.language, self.pty, self.kind.picod,
                *more]

    def mpremote_argv(self):
        return [MPREMOTE, 'connect', self.pty, 'resume', 'exec',
                self.kind.direct]


@contextlib.contextmanager
def held_open(path):
    """QEMU polls a pty that nobody has open only once a second."""
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        tty.setraw(fd)
        yield
    finally:
        os.close(fd)


def learn(kind, port):
    """What picod sends for a statement, and how many bytes go both ways.

    Afterwards the board has what picod puts there for all statements.
    """
    picod = Picod(boards={'board': port}, verbose=False)
    try:
        picod.send(kind.picod)
        watcher = picod.watch(trace=True)
        watcher.wait(event='state')
        picod.send(kind.picod)
        for state in ('busy', 'ready'):
            watcher.wait(event='state', state=state)
        watcher.close()
    finally:
        picod.stop()
    traces = [(event['toBoard'], base64.b64decode(event['data']))
              for event in watcher.seen if event['event'] == 'trace']
    text = b''.join(data for to_board, data in traces if to_board)
    return text.decode().rstrip('\x04\n'), sum(len(data) for _, data in traces)


@contextlib.contextmanager
def staged(kind):
    with contextlib.ExitStack() as stack:
        boards = [stack.enter_context(kind.make(pty=pty))
                  for pty in (False, False, True)]
        prefix = 'unix:' if kind.unix else ''
        ours, theirs = (prefix + board.path for board in boards[:2])
        text, wire = learn(kind, theirs + kind.settings)
        for board in boards[2 if kind.unix else 1:]:
            stack.enter_context(held_open(board.path))
        picod = Picod(boards={'board': ours + kind.settings}, verbose=False)
        stack.callback(picod.stop)
        stage = Stage(kind, theirs, boards[2].path, picod, text, wire)
        for argv in (stage.direct_argv(), stage.picoctl_argv(),
                     stage.pyserial_argv()):
            answer = run(argv, stage.env).strip().replace('\r', '')
            if answer != kind.answer:
                print(f'bench: {argv[0]} answers {answer!r}', file=sys.stderr)
        yield stage


def measure_one_shot(stage, table):
    kind = stage.kind
    direct, picod = stopwatch(
        kind.pairs, [stage.direct_argv(), stage.picoctl_argv()], stage.env)
    pyserial, = stopwatch(kind.slow, [stage.pyserial_argv()], stage.env)
    ways = {'direct': direct, 'picod': picod, 'pyserial': pyserial}
    if kind.language == 'repl':
        ways['mpremote'] = []
        if MPREMOTE:
            ways['mpremote'], = stopwatch(kind.slow, [stage.mpremote_argv()],
                                          stage.env)
    table.add('one-shot', ways, target=1.6)


def measure_round_trips(stage, table):
    kind = stage.kind
    count = str(kind.batch + 1)
    ways = {'direct': [], 'picod': [], 'same text': [], 'pyserial': []}
    cpu = []
    for _ in range(kind.slow):
        ways['direct'] += times_ms(stage.direct_argv(count))
        ways['same text'] += times_ms(stage.same_text_argv(count))
        start = cpu_ns(stage.picod.pid)
        ways['picod'] += times_ms(
            [THROUGH, stage.name, kind.picod, count], stage.env)
        cpu.append((cpu_ns(stage.picod.pid) - start) / int(count) / 1e6)
        # It loses a byte now and then, and gives up.
        ways['pyserial'] += times_ms(stage.pyserial_argv(count),
                                     may_fail=True)
    table.add('round trip', ways, target=1.3)
    table.add_alone('CPU per statement', cpu, 'ms')


def measure_wire(stage, table):
    kind = stage.kind
    around = '\x04OK\r\n\x04\x04>' if kind.language == 'repl' else '\n'
    direct = len(kind.direct + kind.answer + around)
    table.add('wire', {'direct': [direct], 'picod': [stage.wire]}, 'bytes')


def measure_calls(stage, table):
    tracers = [Perf] if perf_works() else []
    for tracer in [*tracers, Strace]:
        totals, reads = count_calls(tracer, stage.picod, stage.name,
                                    stage.kind.picod, 2 * stage.kind.batch)
        table.add_alone(f'calls, by {tracer.name}', totals, target=12)
        table.add_alone('  pieces of answer', reads)


def measure_stream(stage, table):
    direct = [*stage.direct_argv()[:-1], STREAM]
    picoctl = [*stage.picoctl_argv()[:-1], STREAM]
    ways = {}
    for way, times in zip(('direct', 'picod'),
                          stopwatch(5, [direct, picoctl], stage.env)):
        ways[way] = times
    table.add('print 1 MiB', ways)


def measure(kind, table):
    table.title(kind.title)
    with staged(kind) as stage:
        say(f'{kind.title}: one-shots')
        measure_one_shot(stage, table)
        say('round trips')
        measure_round_trips(stage, table)
        measure_wire(stage, table)
        say('system calls')
        measure_calls(stage, table)
        if kind.make is MicroPython:
            say('a stream')
            measure_stream(stage, table)
        table.add_alone('peak memory', [peak_kb(stage.picod.pid) / 1024],
                        'MiB')


def main():
    table = Table()
    for kind in KINDS:
        measure(kind, table)
    loads = load.measure([load.OURS])
    print()
    table.print()
    print(f'\n{loads}\n\n{LEGEND}\n{load.LEGEND}')


if __name__ == '__main__':
    main()
