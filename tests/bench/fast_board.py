# SPDX-License-Identifier: MIT
"""A board that waits for nobody: what picod costs is not hidden behind it.

    fast_board.py

It speaks the raw REPL and carries out its statements in this Python.  Its
address is said on standard output; it ends with standard input.
"""

import sys

import scripted


class Repl(scripted.Repl):
    """Raw-paste with the window of an RP2040."""

    WINDOW = 128


def start_board():
    """The board, and its farm, which is to be stopped."""
    farm = scripted.Farm()
    board = farm.add(lambda each: Repl(each, paste=True))
    farm.start()
    return farm, board


def main():
    farm, board = start_board()
    print(board.url(), flush=True)
    sys.stdin.read()
    farm.stop()


if __name__ == '__main__':
    main()
