# SPDX-License-Identifier: MIT
"""picoctl interrupt, cancel and reset."""

import unittest

from fake import Case, FakePicod, picoctl


class Small(Case):
    """Verbs whose success is silent."""

    def check(self, words, method, parameters, reply=None, err=b''):
        with FakePicod(**{method: lambda got: reply or {}}) as picod:
            self.expect(picoctl(*words, socket_path=picod.path,
                                env={'PICOD_HOLD': 'token'}), 0, b'', err)
            self.assertEqual(picod.calls, [{'method': 'io.picod.' + method,
                                            'parameters': parameters}])

    def test_interrupt(self):
        self.check(['interrupt', '-b', 'a'], 'Interrupt',
                   {'board': 'a', 'hold': 'token'})

    def test_cancel(self):
        self.check(['cancel', '12'], 'Cancel', {'id': 12, 'hold': 'token'})

    def test_reset(self):
        self.check(['reset'], 'Reset', {'hold': 'token'})
        self.check(['reset', '--hard', '--wait', '0'], 'Reset',
                   {'hold': 'token', 'kind': 'hard', 'wait': 0})
        self.check(['reset', '--bootloader'], 'Reset',
                   {'hold': 'token', 'kind': 'bootloader'},
                   err=b'picoctl: the board is in its bootloader and runs '
                   b'nothing until it is flashed or plugged in anew\n')

    def test_json(self):
        with FakePicod(Reset=lambda parameters: {'boot': 3}) as picod:
            self.expect(picoctl('reset', '--json', socket_path=picod.path),
                        0, b'{"boot":3}\n')


if __name__ == '__main__':
    unittest.main()
