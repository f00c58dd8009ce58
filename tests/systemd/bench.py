# SPDX-License-Identifier: MIT
"""An Arduino Uno beside a picod that systemd runs, in a machine."""

import os
import shutil
import subprocess

from machine import BUILD, PATIENCE_S
from uno import OPTIBOOT, Uno

# Where the machine has what the bench needs; its /tmp is its own.
FOLDER = '/opt/bench'
MODEM = '/run/bench'
# One that sees DTR, too: see give_modem_lines().
AVRDUDE = FOLDER + '/avrdude'
CONFIG = '''[board {name}]
port = {path}
driver = piserial
baud = 9600
'''


def install(machine):
    """Puts the simulator into the machine."""
    folder = machine.path(FOLDER)
    os.makedirs(folder, exist_ok=True)
    for name in ('tests/boards/uno', 'tests/boards/ttyshim.so',
                 'firmware/uno-led.hex', 'firmware/uno-rgb.hex'):
        shutil.copy(os.path.join(BUILD, name), folder)
    shutil.copy(OPTIBOOT, folder)
    machine.run('mkdir', '-p', '-m', '755', MODEM)


def give_modem_lines(machine, unit='picod.service'):
    """From its next start on, a service sees DTR on the bench's ports."""
    machine.write(f'/etc/systemd/system/{unit}.d/bench.conf',
                  '[Service]\n'
                  f'Environment=LD_PRELOAD={FOLDER}/ttyshim.so\n'
                  f'Environment=TTYSHIM_DIR={MODEM}\n')
    machine.run('systemctl', 'daemon-reload')
    # picod's children have nothing of its environment.
    machine.write(AVRDUDE, f'''#!/bin/sh
LD_PRELOAD={FOLDER}/ttyshim.so TTYSHIM_DIR={MODEM} exec /usr/bin/avrdude "$@"
''')
    machine.run('chmod', '755', AVRDUDE)


class MachineUno(Uno):
    """An Uno whose port is in a machine, owned as serial ports are."""

    def __init__(self, machine, name='uno', sketch='uno-led.hex', modem=False,
                 **options):
        super().__init__(path=f'/run/bench/{name}',
                         sketch=f'{FOLDER}/{sketch}',
                         modem=MODEM if modem else None, **options)
        self.machine = machine

    def popen(self, argv, **options):
        with open(os.path.join(self.directory, 'log'), 'wb') as log:
            self.process = subprocess.Popen(
                self.machine.command([f'{FOLDER}/uno', *argv[1:]]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)

    def spawn(self):
        super().spawn()
        self.open_to_dialout()

    def open_to_dialout(self):
        """As udev does it."""
        run = self.machine.run
        node = run('readlink', '-f', self.path).stdout.strip()
        run('chgrp', 'dialout', node)
        run('chmod', '660', node)
        run('chmod', '-R', 'a+rwX', MODEM)

    def plug(self):
        super().plug()
        self.open_to_dialout()

    def _end(self):
        # The process at hand is nsenter: a signal would not reach the board.
        if not self.process:
            return None
        self._control.sendall(b'quit\n')
        status = self.process.wait(PATIENCE_S)
        return None if status == 0 else f'it ended with {status}'
