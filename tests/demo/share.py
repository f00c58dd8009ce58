#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Asks the board for four tickets, by picod's Python package."""

import picoctl

board = picoctl.board('micropython')
for _ in range(4):
    print('share.py ', board.send("ticket('python')"), flush=True)
