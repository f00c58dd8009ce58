# SPDX-License-Identifier: MIT
"""kill -9 of picod under load, and another one started."""

import os
import select
import unittest

import picod
import usb
from boards import Microbit

CLIENTS = 20
ROUNDS = 5
# What clients send; picod may be killed in the middle of any.
LOADS = {
    'mb': ('print("of a client" * 20)', 'sum(range(5000))',
           'while True: print("without end")', '1 +'),
    'uno0': ('n0D', 'f0D'),
}


class Crash(usb.Case):
    def setUp(self):
        super().setUp()
        self.mb = self.board(Microbit())
        self.arduino = self.uno()
        self.p = self.picod(mb=f'unix:{self.mb.path},driver=repl')
        self.on(self.p, 'uno0', wait=20000)

    def load(self):
        """Clients that send ahead, and wait for no answer."""
        clients = [self.connect(self.p) for _ in range(CLIENTS)]
        for number, client in enumerate(clients):
            board = ('mb', 'uno0')[number % 2]
            texts = LOADS[board]
            for n in range(20):
                client.send('Send', text=texts[(number // 2 + n) % len(texts)],
                            board=board, timeout=50)
        return clients

    def wait_answers(self, clients, count):
        """Until so many pieces have come: each time another moment."""
        while count > 0:
            for each in select.select([c.socket for c in clients], [], [],
                                      picod.PATIENCE_S)[0]:
                self.assertTrue(each.recv(64))
                count -= 1

    def test_killed_under_load(self):
        """The first request to each is answered, without a reset."""
        before = self.arduino.counters()
        for number in range(ROUNDS):
            with self.subTest(round=number):
                clients = self.load()
                self.wait_answers(clients, 1 + 7 * number)
                self.p.kill()
                self.p.start()
                self.assertEqual(self.p.send('2 + 2', 'mb'), '4\n')
                self.on(self.p, 'uno0')
                self.assertEqual(self.arduino.level(13), 1)
                for client in clients:
                    client.close()
        after = self.arduino.counters()
        self.assertEqual((after['dtr'], after['resets']),
                         (before['dtr'], before['resets']))
        self.assertGreaterEqual(after['opens'] - before['opens'], ROUNDS)


if __name__ == '__main__':
    unittest.main()
