# SPDX-License-Identifier: MIT
"""Thonny's own window, unmodified, beside another client.

It runs on a screen of its own (Xvfb), finds the board under the name of its port,
and is typed to.  PICOD_PICTURES=DIR keeps pictures of it.
"""

import os
import subprocess
import tempfile
import time
import unittest

import picod
from boards import MicroPython
from neighbours import neighbours

CONFIGURATION = '''[general]
language = en_US
single_instance = False
[run]
backend_name = GenericMicroPython
[GenericMicroPython]
port = /dev/ttyACM-b
'''


class Thonny(picod.Case):
    def setUp(self):
        simulated = self.board(MicroPython())
        self.p = self.picod(b=f'unix:{simulated.path}')
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.makedirs(os.path.join(folder.name, 'Thonny'))
        with open(os.path.join(folder.name, 'Thonny/configuration.ini'), 'w',
                  encoding='utf-8') as file:
            file.write(CONFIGURATION)
        self.script = os.path.join(folder.name, 'script.py')
        with open(self.script, 'w', encoding='utf-8') as file:
            file.write('import time\nran = 6 * 7\nwhile True: time.sleep(0.1)\n')
        self.env = dict(self.p.client_environment(), HOME=folder.name,
                        XDG_CONFIG_HOME=folder.name, DISPLAY=self.screen())

    def screen(self):
        """A screen that nobody else has."""
        reader, writer = os.pipe()
        server = subprocess.Popen(
            ['Xvfb', '-displayfd', str(writer), '-nolisten', 'tcp',
             '-screen', '0', '1100x900x24'], pass_fds=[writer],
            stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        os.close(writer)
        with os.fdopen(reader) as display:
            return ':' + display.readline().strip()

    def begin(self):
        tool = subprocess.Popen(
            [picod.PICOCTL, 'tty', '--', 'thonny', self.script], env=self.env,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(tool.wait)
        self.addCleanup(tool.terminate)

    def x(self, *words):
        subprocess.run(['xdotool', *words], env=self.env, check=True)

    def picture(self, name):
        folder = os.environ.get('PICOD_PICTURES')
        if folder is not None:
            subprocess.run(['import', '-window', 'root',
                            os.path.join(folder, name + '.png')],
                           env=self.env, check=True)

    def value(self, name):
        try:
            return self.p.call('Send', text=name, wait=1000)['output']
        except picod.PicodError:
            return None

    def type(self, line):
        self.x('type', '--delay', '20', line)
        self.x('key', 'Return')

    def type_until(self, line, name, value):
        """Clicks into the shell, types, and does it again if too early.

        What is typed while Thonny works would be input of what it runs.
        """
        def seen():
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                if self.value(name) == value:
                    return True
                time.sleep(0.2)
            return False

        def typed():
            self.x('mousemove', '400', '690', 'click', '1')
            self.type(line)
            return seen()
        self.until(typed)

    def test_beside_other_clients(self):
        with neighbours(self.p, self):
            self.begin()
            # Its back end leaves this behind once it is connected.
            self.until(lambda: self.value('"__thonny_helper" in globals()')
                       == 'True\n')
            self.type_until('mine = 6 * 7', 'mine', '42\n')
            self.type_until('last = others > 1', 'last', 'True\n')
            self.type('while True: stuck = 1')
            self.x('key', 'Return')
            self.until(self.is_stopped)
            self.picture('thonny')
            self.x('mousemove', '400', '300', 'click', '1', 'key', 'F5')
            # It never ends, so that others see nothing until it is stopped.
            self.until(self.runs)
            self.x('key', 'ctrl+F2')
            self.until(lambda: self.value('ran') == '42\n')
            # Stop begins anew, or acts it: its back end is there again.
            self.type_until('after = ran + 1', 'after', '43\n')
            self.picture('thonny-stopped')

    def runs(self):
        return any(request['running'] and 'ran = 6 * 7' in request['text']
                   for request in self.p.board()['requests'])

    def is_stopped(self):
        """Ctrl-C, until what was typed has run and is over."""
        self.x('key', 'ctrl+c')
        return self.value('stuck') == '1\n'


if __name__ == '__main__':
    unittest.main()
