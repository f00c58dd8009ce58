# SPDX-License-Identifier: MIT
"""Values on their way from a board and to one, as Python writes them.

What a board shows of a value is data from outside, so it is never evaluated:
only what is plainly a literal, or one of a few well-known containers.
"""

from __future__ import annotations

import array
import ast
import collections
import math
from typing import Any, Callable

# It stands before a value, and tells it from what the board prints besides.
MARK = '\x1f'

_NAMES: dict[str, Any] = {'inf': math.inf, 'nan': math.nan,
                          'Ellipsis': Ellipsis}
_CALLS: dict[str, Callable[..., Any]] = {
    'array': array.array, 'bytearray': bytearray, 'set': set,
    'frozenset': frozenset, 'OrderedDict': collections.OrderedDict,
    'deque': collections.deque, 'range': range}
_PLAIN = (type(None), bool, int, float, complex, str, bytes, bytearray)


class NotAValue(ValueError):
    """What the board showed is no Python value; text is what it was."""

    def __init__(self, text: str):
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return (f'the board answered {self.text}, which is no plain value; '
                'send() gives it as text')


def _build(node: ast.expr) -> Any:
    if isinstance(node, ast.Name):
        return _NAMES[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_build(node.operand)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) \
            and not node.keywords:
        return _CALLS[node.func.id](*map(_build, node.args))
    if isinstance(node, ast.Tuple):
        return tuple(map(_build, node.elts))
    if isinstance(node, ast.List):
        return list(map(_build, node.elts))
    if isinstance(node, ast.Set):
        return set(map(_build, node.elts))
    if isinstance(node, ast.Dict):
        keys = [key for key in node.keys if key is not None]
        return {_build(key): _build(value) for key, value in
                zip(keys, node.values, strict=True)}
    return ast.literal_eval(node)


def parse(text: str) -> Any:
    """The value that a board shows as text."""
    try:
        return _build(ast.parse(text.strip(), mode='eval').body)
    except (SyntaxError, ValueError, TypeError, KeyError, RecursionError,
            MemoryError):
        raise NotAValue(text) from None


def expression(text: str) -> str:
    """A statement that prints the value of an expression behind the mark."""
    if '\n' in text or '#' in text:
        text += '\n'                # a comment must not swallow the brackets
    return f"print('\\x1f'+repr(({text})))"


def split(output: str) -> tuple[str, str | None]:
    """What the board printed besides, and the last value; None: none came."""
    besides, mark, value = output.rpartition(MARK)
    if not mark:
        return output, None
    value, _, after = value.partition('\n')
    return besides + after, value


def show(value: object) -> str:
    """A value as the board's Python reads it."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    if type(value) in _PLAIN:
        return repr(value)
    if type(value) in (list, tuple, set, frozenset):
        inner = ', '.join(show(item) for item in value)  # type: ignore
        if isinstance(value, tuple):
            return f'({inner},)' if value else '()'
        if isinstance(value, list):
            return f'[{inner}]'
        return f'{type(value).__name__}([{inner}])'
    if type(value) is dict:
        return '{' + ', '.join(f'{show(key)}: {show(item)}'
                               for key, item in value.items()) + '}'
    raise TypeError(f'{type(value).__name__} cannot be sent to a board; '
                    'numbers, strings, bytes, and lists, tuples, sets and '
                    'dicts of them can')
