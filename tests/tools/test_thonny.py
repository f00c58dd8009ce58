# SPDX-License-Identifier: MIT
"""Thonny's own window, unmodified, beside another client.

It runs on a screen of its own (Xvfb), finds the board under a name of its port, and
is typed and clicked to.  PICOD_PICTURES=DIR keeps pictures of it.
"""

import os
import subprocess
import time
import unittest

import picod
from boards import MicroPython
from neighbours import HOLD_S, neighbours

CONFIGURATION = '''[general]
language = en_US
single_instance = False
[run]
backend_name = GenericMicroPython
[view]
filesview.visible = True
'''
PORT = '''[GenericMicroPython]
port = /dev/ttyACM-b
'''

# Where things are in its window, of which nothing manages the place.
SHELL, EDITOR, FILE = (650, 698), (650, 300), (230, 563)
INTERPRETER, CONFIGURE, PORTS, FIRST_PORT, OK = (
    (885, 718), (920, 694), (540, 358), (310, 380), (746, 657))


class Window(picod.Case):
    CONFIGURATION = CONFIGURATION

    def setUp(self):
        simulated = self.board(MicroPython())
        self.p = self.picod(b=f'unix:{simulated.path}')
        folder = self.directory()
        os.makedirs(os.path.join(folder, 'Thonny'))
        with open(os.path.join(folder, 'Thonny/configuration.ini'), 'w',
                  encoding='utf-8') as file:
            file.write(self.CONFIGURATION)
        self.script = os.path.join(folder, 'script.py')
        with open(self.script, 'w', encoding='utf-8') as file:
            file.write('import time\nran = 6 * 7\nwhile True: time.sleep(0.1)\n')
        self.env = dict(self.p.client_environment(), HOME=folder,
                        XDG_CONFIG_HOME=folder, DISPLAY=self.screen())

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

    def begin(self, *argv):
        tool = subprocess.Popen(
            argv, env=self.env, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.addCleanup(tool.wait)
        self.addCleanup(tool.terminate)

    def click(self, place, *more):
        self.x('mousemove', *map(str, place), 'click', '1', *more)

    def is_connected(self):
        """Its back end leaves this behind."""
        return self.value('"__thonny_helper" in globals()') == 'True\n'

    def within(self, seconds, look):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if look():
                return True
            time.sleep(0.2)
        return False

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
        def typed():
            self.click(SHELL)
            self.type(line)
            return self.within(3 * HOLD_S, lambda: self.value(name) == value)
        self.until(typed)


class AtAPortOfItsOwn(Window):
    """picoctl tty, which gives it the name of the board's port."""

    CONFIGURATION = CONFIGURATION + PORT

    def test_beside_other_clients(self):
        self.p.send('with open("shown.py", "w") as file:\n'
                    '    file.write("seen = 6 * 7\\n")\n')
        with neighbours(self.p, self):
            self.begin(picod.PICOCTL, 'tty', '--', 'thonny', self.script)
            self.until(self.is_connected)
            self.type_until('mine = 6 * 7', 'mine', '42\n')
            self.type_until('last = others > 1', 'last', 'True\n')
            self.type('while True: stuck = 1')
            self.x('key', 'Return')
            self.until(self.is_stopped)
            self.picture('thonny')
            self.click(EDITOR, 'key', 'F5')
            # It never ends, so that others see nothing until it is stopped.
            self.until(self.runs)
            self.x('key', 'ctrl+F2')
            self.until(lambda: self.value('ran') == '42\n')
            # Stop begins anew, or acts it: its back end is there again.
            self.type_until('after = ran + 1', 'after', '43\n')
            self.until(self.opens_a_file_of_the_board)
            self.picture('thonny-file')
        self.until(self.restarts)
        self.type_until('anew = 6 * 8', 'anew', '48\n')
        self.assertIsNone(self.value('mine'))
        self.picture('thonny-anew')

    def restarts(self):
        """Ctrl-D, until it is not too early."""
        boot = self.p.board()['boot']
        self.click(SHELL, 'key', 'ctrl+d')
        return self.within(5, lambda: self.p.board()['boot'] > boot)

    def opens_a_file_of_the_board(self):
        """A double click in its list, and F5."""
        self.click(FILE, 'click', '1')
        time.sleep(5)
        self.click(EDITOR, 'key', 'F5')
        return self.within(10, lambda: self.value('seen') == '42\n')

    def runs(self):
        return any(request['running'] and 'ran = 6 * 7' in request['text']
                   for request in self.p.board()['requests'])

    def is_stopped(self):
        """Ctrl-C, until what was typed has run and is over."""
        self.x('key', 'ctrl+c')
        return self.value('stuck') == '1\n'


class AtPicodsPort(Window):
    """The one that picod names in /dev for all, chosen from Thonny's list."""

    NAME = '/dev/ttyACM-pico0'

    def setUp(self):
        if os.getuid() != 0 or os.path.lexists(self.NAME):
            self.skipTest(f'{self.NAME} is not to be had')
        super().setUp()
        os.symlink(os.path.realpath(self.p.board()['tty']['path']), self.NAME)
        self.addCleanup(os.unlink, self.NAME)

    def test_the_port_is_chosen_from_the_list(self):
        with neighbours(self.p, self):
            self.begin('thonny')
            self.x('search', '--sync', '--name', 'Thonny')
            self.until(self.chooses)
            self.type_until('mine = 6 * 7', 'mine', '42\n')
            self.assertTrue(self.p.board()['tty']['open'])
            self.picture('thonny-port')

    def chooses(self):
        self.x('key', '--repeat', '3', 'Escape')
        for place in INTERPRETER, CONFIGURE, PORTS, FIRST_PORT:
            self.click(place)
            time.sleep(3)
            self.picture(f'thonny-list-{place[1]}')
        self.click(OK)
        return self.within(20, self.is_connected)


if __name__ == '__main__':
    unittest.main()
