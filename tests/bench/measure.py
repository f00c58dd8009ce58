# SPDX-License-Identifier: MIT
"""Taking the times, the memory and the system calls of processes."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

from picod import BUILD

STOPWATCH = os.path.join(BUILD, 'tests/bench/stopwatch')
THROUGH = os.path.join(BUILD, 'tests/bench/through')
PATIENCE_S = 120


def say(text):
    print(f'  {text} ...', file=sys.stderr, flush=True)


# ------------------------------------------------------------ the processes

def run(argv, env=None, may_fail=False):
    done = subprocess.run(argv, env=env, timeout=PATIENCE_S, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    if done.returncode != 0 and not may_fail:
        sys.exit(f'bench: {argv} failed')
    return done.stdout


def times_ms(argv, env=None, may_fail=False):
    """The round trips a program shows, but for the first."""
    lines = run(argv, env, may_fail).split()
    return [int(line) / 1e6 for line in lines][1:]


def stopwatch(count, commands, env):
    """Runs commands in turn; returns the times of each, in ms."""
    argv = [STOPWATCH, str(count)]
    for number, command in enumerate(commands):
        argv += (['--'] if number else []) + command
    times = [[] for _ in commands]
    outputs = set()
    for line in run(argv, env).splitlines():
        number, ns, *output = line.split()
        times[int(number)].append(int(ns) / 1e6)
        outputs.add(tuple(output))
    if len(outputs) != 1:
        sys.exit(f'bench: the answers of {commands} differ')
    return times


def cpu_ns(pid):
    """What the threads of a process have spent on processors so far."""
    total = 0
    for thread in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{thread}/schedstat') as file:
            total += int(file.read().split()[0])
    return total


def wakeups(pid):
    """How often the threads of a process went to sleep or were put aside."""
    total = 0
    for thread in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{thread}/status') as file:
            total += sum(map(int, re.findall(r'ctxt_switches:\s+(\d+)',
                                             file.read())))
    return total


def peak_kb(pid):
    with open(f'/proc/{pid}/status') as file:
        return int(re.search(r'VmHWM:\s+(\d+)', file.read())[1])


# ------------------------------------------------------------ system calls

class Strace:
    """Counts calls by strace, which slows them down."""

    name = 'strace'
    pattern = re.compile(r'^\d+ +(\w+)\((\d*)')

    def __init__(self, pid, folder):
        self.log = os.path.join(folder, 'strace')
        self.process = subprocess.Popen(
            ['strace', '-f', '-o', self.log, '-p', str(pid)],
            stderr=subprocess.PIPE, text=True)
        self.process.stderr.readline()          # it is attached

    def stop(self):
        """The calls: names and first arguments."""
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE_S)
        with open(self.log) as file:
            return [match.groups() for line in file
                    if (match := self.pattern.match(line))]


class Perf:
    """Counts calls by perf, which hardly disturbs them."""

    name = 'perf'
    names = {'0': 'read', '1': 'write'}         # of x86-64

    def __init__(self, pid, folder):
        control, ack = (os.path.join(folder, name) for name in ('ctl', 'ack'))
        for path in (control, ack):
            os.mkfifo(path)
        self.log = os.path.join(folder, 'perf.data')
        self.process = subprocess.Popen(
            ['perf', 'record', '-q', '-e', 'raw_syscalls:sys_enter', '-c1',
             '-p', str(pid), '-o', self.log, '-D', '-1',
             f'--control=fifo:{control},{ack}'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(control, 'w') as order, open(ack) as answer:
            order.write('enable\n')
            order.flush()
            answer.readline()

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE_S)
        script = run(['perf', 'script', '-i', self.log, '-F', 'trace:trace'])
        calls = re.findall(r'NR (\d+) \(([0-9a-f]+)', script)
        return [(self.names.get(number, number), str(int(first, 16)))
                for number, first in calls]


def perf_works():
    """Whether perf is there and may be used, on a machine it is read for."""
    return os.uname().machine == 'x86_64' and shutil.which('perf') and \
        subprocess.run(
            ['perf', 'stat', '-e', 'raw_syscalls:sys_enter', 'true'],
            capture_output=True).returncode == 0


def count_calls(tracer_class, picod, name, text, count):
    """Per statement: how many calls, and how many reads from the board."""
    before = set(os.listdir(f'/proc/{picod.pid}/fd'))
    with picod.connect() as client, \
            tempfile.TemporaryDirectory(prefix='picod-bench-') as folder:
        client.call('Send', board=name, text=text)
        mine, = set(os.listdir(f'/proc/{picod.pid}/fd')) - before
        tracer = tracer_class(picod.pid, folder)
        for _ in range(count):
            client.call('Send', board=name, text=text)
        calls = tracer.stop()
    totals, reads = [0], [0]
    for call, first in calls:
        totals[-1] += 1
        reads[-1] += call == 'read' and first != mine
        if call == 'write' and first == mine:   # the answer
            totals.append(0)
            reads.append(0)
    return totals[1:-1], reads[1:-1]
