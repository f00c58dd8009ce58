# SPDX-License-Identifier: MIT
"""A board used the way of many scripts: pyserial, and the port to oneself.

    pyserial_way.py repl|piserial PORT TEXT [COUNT]

Statements are typed at the friendly prompt and their echo is read; commands
are answered OK or RR.  Without COUNT the answer is shown, with COUNT the time
of each round trip in ns.
"""

import sys
import time

import serial


class Sender:
    """The class that such scripts begin with."""

    def __init__(self, device, baud=9600, timeout=1):
        self.serial = serial.Serial(device, baud, timeout=timeout)

    def receive(self):
        return self.serial.read_until(b'\r').decode().strip()

    def send(self, text):
        self.serial.write(f'{text}\r\f'.encode())
        return self.receive() == text


def ask_repl(sender, text):
    sender.send(text)
    return sender.receive()


def ask_piserial(sender, text):
    sender.serial.write(f'{text}\n'.encode())
    return sender.serial.read(2).decode()


def main():
    kind, port, text, *count = sys.argv[1:]
    ask = ask_repl if kind == 'repl' else ask_piserial
    sender = Sender(port)
    if not count:
        print(ask(sender, text))
    first = None
    for _ in range(int(count[0]) if count else 0):
        start = time.monotonic_ns()
        answer = ask(sender, text)
        print(time.monotonic_ns() - start)
        first = first or answer
        if answer != first or not answer:
            sys.exit(f'{answer!r} instead of {first!r}')


main()
