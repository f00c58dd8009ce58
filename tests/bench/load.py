# SPDX-License-Identifier: MIT
"""What picod costs under load, by itself or beside another build of it.

    load.py [DIR]           make bench AGAINST=DIR

Each build has a picod and a fast board (fast_board.py) of its own, and both
are there all the time.  What is measured goes from one to the other and back,
so that both see the same state of the machine: a ratio is the median of the
ratios of such pairs, and beside it stands where the middle half of them is.
What takes a fraction of a millisecond is done on one processor.
"""

import contextlib
import os
import select
import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import picod
from measure import (PATIENCE_S, THROUGH, Strace, count_calls, cpu_ns, peak_kb,
                     run, say, stopwatch, times_ms, wakeups)
from picod import BUILD, ROOT

CLIENTS = 1000
TRACES = 3
UNREAD = 900
REST_S = 5
# Less than a client may leave unread: the board is quicker than who reads it.
STREAM_MB = 7
STREAM = f'print("{"0123456789" * 6}abc\\n" * {STREAM_MB * 15625}, end="")'
QUESTION = '3000 + 10'
ONE_SHOTS = 100
BATCHES = 10
BATCH = 200
STREAMS = 5
# A ratio above this in three pairs of four, or of what is measured only once,
# is no accident.
WORSE = 1.02
WORSE_ONCE = 1.05
OURS = BUILD
LEGEND = f'''\
stream       {STREAM_MB} MB from one board, as picoctl send shows them
traces       clients that watch every byte of it, and read at once
unread       the same, but they never read; they may cost a sender his share
CPU          that picod has used; the time is that of all processes together
clients      connections that were each answered once and stay
at rest      how often picod is woken in {REST_S} s with these clients
'''


# -------------------------------------------------------------- the builds

def find_program(build, *places):
    """Where a build has a program: it was elsewhere in earlier ones."""
    for place in places:
        path = os.path.join(build, place)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    sys.exit(f'bench: {build} has no {places[0]}: run make there first')


class Side:
    """A build: its picod, with a board, and its picoctl."""

    def __init__(self, build, stack):
        self.picoctl = find_program(build, 'picoctl', 'client/picoctl')
        self.board = stack.enter_context(subprocess.Popen(
            [sys.executable, os.path.join(ROOT, 'tests/bench/fast_board.py')],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        address = self.board.stdout.readline().strip()
        self.picod = picod.Picod(
            boards={'board': f'{address},driver=repl'}, verbose=False,
            program=find_program(build, 'picod', 'daemon/picod'))
        stack.callback(self.picod.stop)

    @property
    def pid(self):
        return self.picod.pid

    def send_argv(self, text):
        return [self.picoctl, '-s', self.picod.path, '-b', 'board', 'send',
                text]


# --------------------------------------------------------------- the rows

@dataclass
class Row:
    """values: for each side a list, of the same length."""
    what: str
    unit: str
    values: list = field(default_factory=list)

    def format(self):
        medians = [statistics.median(values) for values in self.values]
        line = f'  {self.what:30}' + ''.join(
            f'{median:11.{3 if median < 10 else 1}f}' for median in medians)
        line += f' {self.unit:7}'
        if len(medians) == 1:
            return line.rstrip()
        before, now = self.values
        if not all(before):         # what is not there has no ratio
            return line.rstrip() + (' WORSE' if medians[1] > medians[0]
                                    else '')
        ratios = [b / a for a, b in zip(before, now)]
        low, middle, high = quartiles(ratios)
        line += f'{middle:6.2f}'
        if len(ratios) > 1:
            line += f'   {low:.2f} to {high:.2f}'
        worse = WORSE if len(ratios) > 1 else WORSE_ONCE
        return line + ('   WORSE' if low > worse else '')


def quartiles(values):
    if len(values) == 1:
        return values * 3
    return statistics.quantiles(values, n=4, method='inclusive')


def title(sides):
    columns = ('before', 'now') if len(sides) == 2 else ('picod',)
    line = f'{"under load":32}' + ''.join(f'{each:>11}' for each in columns)
    return line + (f'{"ratio":>14}   middle half' if len(sides) == 2 else '')


# ------------------------------------------------------------ what is done

@contextlib.contextmanager
def on_one_processor(sides):
    """Who wakes whom on which processor is chance, and worth a factor of two."""
    whole = os.sched_getaffinity(0)
    pids = [0, *(pid for side in sides for pid in (side.pid, side.board.pid))]
    try:
        for pid in pids:
            os.sched_setaffinity(pid, {max(whole)})
        yield
    finally:
        for pid in pids:
            os.sched_setaffinity(pid, whole)


@contextlib.contextmanager
def cpu_of(sides, row, count):
    """Adds to the row what each picod used, in ms for each of so many."""
    start = [cpu_ns(side.pid) for side in sides]
    yield
    for values, side, before in zip(row.values, sides, start):
        values.append((cpu_ns(side.pid) - before) / count / 1e6)


def row_for(sides, what, unit):
    return Row(what, unit, [[] for _ in sides])


def measure_one_shots(sides):
    row = row_for(sides, 'one-shot', 'ms')
    row.values = stopwatch(ONE_SHOTS, [side.send_argv(QUESTION)
                                       for side in sides], None)
    return [row]


def measure_round_trips(sides):
    """A batch of each in turn; of each the median, so that pairs are equal."""
    times = row_for(sides, 'round trip', 'ms')
    cpu = row_for(sides, '  CPU', 'ms')
    for _ in range(BATCHES):
        with cpu_of(sides, cpu, BATCH + 1):
            for values, side in zip(times.values, sides):
                env = side.picod.client_environment()
                values.append(statistics.median(times_ms(
                    [THROUGH, 'board', QUESTION, str(BATCH + 1)], env)))
    return [times, cpu]


def measure_calls(sides):
    row = row_for(sides, '  system calls', '')
    for values, side in zip(row.values, sides):
        totals, _ = count_calls(Strace, side.picod, 'board', QUESTION, BATCH)
        values.append(statistics.mean(totals))
    return [row]


def measure_peak(sides, what):
    row = row_for(sides, what, 'MiB')
    for values, side in zip(row.values, sides):
        values.append(peak_kb(side.pid) / 1024)
    return row


def measure_clients(sides):
    """Memory with many clients, and what picod does while they do nothing."""
    rest = row_for(sides, '  woken at rest', 'times')
    with contextlib.ExitStack() as stack:
        for side in sides:
            for _ in range(CLIENTS):
                client = stack.enter_context(side.picod.connect())
                client.call('Send', board='board', text=QUESTION)
        peak = measure_peak(sides, f'memory, {CLIENTS} clients')
        time.sleep(1)           # what comes after the last answer is over
        start = [wakeups(side.pid) for side in sides]
        time.sleep(REST_S)
        for values, side, before in zip(rest.values, sides, start):
            values.append(wakeups(side.pid) - before)
    return [peak, rest]


def measure_streams(sides, what):
    times = row_for(sides, what, 'ms')
    cpu = row_for(sides, '  CPU', 'ms')
    for _ in range(STREAMS):
        with cpu_of(sides, cpu, 1):
            each = stopwatch(1, [side.send_argv(STREAM) for side in sides],
                             None)
        for values, more in zip(times.values, each):
            values += more
    return [times, cpu]


class Traces:
    """Clients that watch every byte and read it as soon as they can."""

    def __init__(self, sides):
        self.lost = {}
        self.clients = []
        for side in sides:
            self.lost[side] = 0
            for _ in range(TRACES):
                client = side.picod.connect()
                client.send('Watch', board='board', trace=True, more=True)
                client.receive_reply()
                self.clients.append((side, client))
        self.end, theirs = socket.socketpair()
        self.thread = threading.Thread(target=self.read, args=(theirs,))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.end.close()
        self.thread.join()
        for _, client in self.clients:
            client.close()

    def read(self, end):
        poll = select.poll()
        poll.register(end, select.POLLIN)
        sides = {client.socket.fileno(): (side, client.socket)
                 for side, client in self.clients}
        for fd in sides:
            poll.register(fd, select.POLLIN)
        buffer = bytearray(1 << 20)
        while True:
            for fd, _ in poll.poll():
                if fd not in sides:
                    end.close()
                    return
                side, each = sides[fd]
                n = each.recv_into(buffer)
                self.lost[side] += buffer.count(b'"lost"', 0, n)
                if n == 0:
                    self.lost[side] += 1
                    poll.unregister(fd)


def measure_traced(sides):
    with Traces(sides) as traces:
        rows = measure_streams(sides, f'stream, {TRACES} traces')
    row = row_for(sides, '  watchers that lost some', '')
    row.values = [[traces.lost[side]] for side in sides]
    return [*rows, row]


def measure_unread(sides):
    """Those who watch every byte and read none of it."""
    cpu = row_for(sides, '  CPU of a stream', 'ms')
    with contextlib.ExitStack() as stack:
        for side in sides:
            for _ in range(UNREAD):
                client = stack.enter_context(side.picod.connect())
                client.send('Watch', board='board', trace=True, more=True)
        for i in range(STREAMS):    # who is first has it easier
            with on_one_processor(sides), cpu_of(sides, cpu, 1):
                for side in sides if i % 2 == 0 else reversed(sides):
                    run(side.send_argv(STREAM), may_fail=True)
        return [measure_peak(sides, f'memory, {UNREAD} unread traces'), cpu]


def measure(builds):
    """A table, as text, of what these builds do: one, or before and now."""
    rows = []
    with contextlib.ExitStack() as stack:
        sides = [Side(build, stack) for build in builds]
        for side in sides:
            answer = run(side.send_argv(QUESTION)).strip()
            if answer != '3010':
                sys.exit(f'bench: {side.picoctl} answers {answer!r}')
        say('under load: one-shots and round trips')
        with on_one_processor(sides):
            rows += measure_one_shots(sides)
            rows += measure_round_trips(sides)
            rows += measure_calls(sides)
        rows.append(measure_peak(sides, 'memory'))
        say(f'{CLIENTS} clients')
        rows += measure_clients(sides)
        say('streams')
        rows += measure_streams(sides, 'stream')
        say('with traces')
        rows += measure_traced(sides)
        rows.append(measure_peak(sides, 'memory, so far'))
        say('with traces that nobody reads')
        rows += measure_unread(sides)
    return '\n'.join([title(sides), *(row.format() for row in rows)])


def main():
    against = [os.path.join(each, 'build') for each in sys.argv[1:]]
    print(f'{measure([*against, OURS])}\n\n{LEGEND}')


if __name__ == '__main__':
    main()
