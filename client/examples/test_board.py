# SPDX-License-Identifier: MIT
"""A bench that tests a board, by pytest: pytest test_board.py

Each test has the board for itself, and fresh: several runs of this, and whoever else
uses the board, wait for each other.
"""

import picoctl
import pytest


@pytest.fixture
def board():
    with picoctl.board().hold(wait=60) as held:
        held.reset()
        yield held


def test_variables_are_gone_after_a_reset(board):
    board.send('x = 1')
    board.reset()
    with pytest.raises(picoctl.StatementFailed, match='NameError'):
        board.send('x')


@pytest.mark.parametrize('value', [0, -1, 2 ** 40, 'ä', b'\0', [1, (2,)]])
def test_values_come_back(board, value):
    assert board.eval(repr(value)) == value


def test_it_reckons_fast_enough(board):
    board.send('sum(range(1000))', timeout=5)
