# SPDX-License-Identifier: MIT
"""Clients that are told to end at any moment of what they do.

picoctl flashes, lends, has consoles and prompts, holds and watches, and gets
SIGTERM, SIGINT or SIGKILL whenever that is; meanwhile somebody sends.  In the
end picod has what it had at the start, every board serves, and neither picod
nor picoctl said anything that a sanitizer says.

PICOD_SOAK_S: for how many seconds; PICOD_SEED: which dice.
"""

import collections
import concurrent.futures
import os
import random
import signal
import subprocess
import sys
import threading
import time
import unittest

import picod
import scripted

DURATION_S = float(os.environ.get('PICOD_SOAK_S') or 60)
SEED = int(os.environ.get('PICOD_SEED') or 4)
WORKERS = 6
# What one is given at most before it is told to end; a flash takes about half.
LONGEST_LIFE_S = 3
SIGNALS = (signal.SIGTERM, signal.SIGTERM, signal.SIGTERM, signal.SIGINT,
           signal.SIGKILL)
# Beside what a program and a signal have it end with: what picoctl(1) lists.
STATUSES = {*range(14), *range(125, 128)}

PYTHONS, UNOS = ('repl0', 'repl1'), ('uno0', 'uno1')

AVRDUDE = '''#!/bin/sh
sleep 0.2
for percent in 20 60 100; do echo "Writing | # | $percent% 0.1s"; sleep 0.2; done
echo 'Reading | ################################################## | 100% 0.1s'
sleep 0.2
'''


def verbs(dice):
    """Something to do, in words, and what is typed at it."""
    python, uno = dice.choice(PYTHONS), dice.choice(UNOS)
    name, will = dice.choice(((python, 'hit()'), (uno, 'c1')))
    life = f'{dice.uniform(0, 1):.2f}'
    return dice.choice((
        ('flash', ['-b', uno, 'led'], b''),
        ('flash', ['-b', uno, 'led'], b''),
        ('lend', ['-b', name, '--', 'sleep', life], b''),
        ('console', ['-b', name], b'\r1\r' if name == python else b'c1\n'),
        ('repl', ['-b', python], b'1 + 1\r2 + '),
        ('hold', ['-b', name, '--will', will, '--', 'sleep', life], b''),
        ('hold', ['-b', name, '--', picod.PICOCTL, 'send', will], b''),
        ('watch', ['--trace'] if dice.randrange(2) else ['--history'], b''),
        ('send', ['-b', name, will, will, will], b'')))


class Leaving(picod.Case):
    def setUp(self):
        self.farm = scripted.Farm()
        for _ in range(2):
            self.farm.add(lambda board: scripted.Repl(board, paste=True))
        for _ in range(2):
            self.farm.add(scripted.PiSerial)
        self.farm.start()
        self.addCleanup(self.farm.stop)
        self.avrdude = os.path.join(self.farm.directory, 'avrdude')
        with open(self.avrdude, 'w') as file:
            file.write(AVRDUDE)
        os.chmod(self.avrdude, 0o755)
        self.p = self.picod(config=self.config(), verbose=False,
                            env={'PICOD_FIRMWARE': picod.FIRMWARE})
        self.counts = collections.Counter()
        self.wrong = []
        self.end_at = time.monotonic() + DURATION_S

    def config(self):
        text = f'[tools]\navrdude = {self.avrdude}\n'
        for name, board in zip(PYTHONS + UNOS, self.farm.boards):
            text += f'[board {name}]\nport = {board.url()}\n' + (
                'driver = repl\n' if name in PYTHONS else
                'driver = piserial\nflasher = uno\n')
        return text

    def check_served(self):
        """Each board, in the end: those who left may still be cleaned up."""
        for name in PYTHONS:
            self.assertEqual(self.p.send('3000 + 10', board=name, wait=60000),
                             '3010\n')
        for name in UNOS:
            self.assertEqual(self.p.send('c1', board=name, wait=60000),
                             'v00\n')

    def test_whenever(self):
        self.check_served()
        descriptors = self.p.open_descriptors()
        with concurrent.futures.ThreadPoolExecutor(WORKERS + 1) as pool:
            lives = [pool.submit(self.die_and_come, n)
                     for n in range(WORKERS)] + [pool.submit(self.send)]
        for life in lives:
            life.result()
        self.assertEqual(self.wrong, [])
        self.check_served()
        self.until(lambda: self.p.open_descriptors() <= descriptors)
        self.assertEqual([self.p.board(name).get('holder')
                          for name in PYTHONS + UNOS], [None] * 4)
        print(f'{sum(self.counts.values())}: {dict(self.counts)}; '
              f'{descriptors} descriptors', file=sys.stderr)
        self.assertGreater(self.counts['answers'], 0)

    def send(self):
        """One who does nothing wrong: his answer, or why there is none."""
        with self.p.connect() as connection:
            while time.monotonic() < self.end_at and not self.wrong:
                try:
                    output = connection.call(
                        'Send', board=PYTHONS[0], text='3000 + 10',
                        wait=20000)['output']
                    self.counts['answers'] += 1
                    if output != '3010\n':
                        self.wrong.append(output)
                except picod.PicodError as error:
                    self.counts[error.name] += 1
                time.sleep(0.02)        # the others want to get on

    def die_and_come(self, number):
        dice = random.Random(SEED * 1000 + number)
        while time.monotonic() < self.end_at and not self.wrong:
            verb, words, typed = verbs(dice)
            self.live(dice, verb, words, typed)

    def live(self, dice, verb, words, typed):
        client = subprocess.Popen(
            [picod.PICOCTL, verb, *words], env=self.p.client_environment(),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE)
        client.stdin.write(typed)
        client.stdin.flush()
        try:
            client.wait(dice.uniform(0, LONGEST_LIFE_S))
            how = 'ended'
        except subprocess.TimeoutExpired:
            how = 'told to'
            client.send_signal(dice.choice(SIGNALS))
        try:
            said = client.communicate(timeout=picod.PATIENCE_S)[1].decode()
        except subprocess.TimeoutExpired:
            client.kill()
            said = 'does not end ' + client.communicate()[1].decode()
            self.wrong.append((verb, words, said))
        self.counts[f'{verb} {how}'] += 1
        status = client.returncode
        if any(word in said for word in picod.SANITIZER_WORDS) or not (
                -status in SIGNALS or status in STATUSES or status > 128):
            self.wrong.append((verb, words, status, said))


if __name__ == '__main__':
    unittest.main()
