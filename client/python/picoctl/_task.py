# SPDX-License-Identifier: MIT
"""Functions that run on a board.

A function's source is put on the board once after each of its restarts, under
a name that has a sum of the source, so that two programs with functions of one
name do not call each other's.  A call is a statement that prints the value
behind a mark.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import textwrap
import zlib
from functools import WRAPPER_ASSIGNMENTS
from typing import (TYPE_CHECKING, Any, Callable, Generic, Iterator,
                    ParamSpec, TypeVar)

from . import _calls, _values
from ._errors import StatementFailed

if TYPE_CHECKING:
    from ._picod import Board

P = ParamSpec('P')
R = TypeVar('R')


class Source:
    """A function as text."""

    def __init__(self, function: Callable[..., Any]):
        code = function.__code__
        self.name = function.__name__
        if self.name == '<lambda>' or inspect.iscoroutinefunction(function):
            raise TypeError('a task is an ordinary function, made by def')
        others = [name for name in code.co_freevars if name != self.name]
        if others:
            raise TypeError(
                f'{self.name} uses {", ".join(others)} of the function around '
                'it; a task has its arguments, and what is defined on the '
                'board')
        self.yields = inspect.isgeneratorfunction(function)
        try:
            lines, _ = inspect.getsourcelines(function)
        except OSError:
            raise TypeError(f'the source of {self.name} cannot be read; does '
                            'it stand in a file?') from None
        text = textwrap.dedent(''.join(lines))
        definition = ast.parse(text).body[0]
        assert isinstance(definition, ast.FunctionDef)
        text = '\n'.join(text.splitlines()[definition.lineno - 1:
                                           definition.end_lineno])
        self.unique = f'_{self.name}_{zlib.crc32(text.encode()):08x}'
        self.definition = f'{text}\n{self.unique} = {self.name}\n'

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """A statement that calls it, and prints what comes of it."""
        given = [_values.show(value) for value in args]
        given += [f'{name}={_values.show(value)}'
                  for name, value in kwargs.items()]
        call = f'{self.unique}({", ".join(given)})'
        if self.yields:
            return f"for _p in {call}: print('\\x1f'+repr(_p))"
        return _values.expression(call)

    def is_missing(self, error: StatementFailed, boot: int | None) -> bool:
        """Whether it failed since the board has restarted meanwhile."""
        last = error.traceback.rstrip().rpartition('\n')[2]
        return last.startswith('NameError') and (
            error.parameters.get('boot') != boot or self.unique in last)


class Values:
    """Tells the values of a task from what it prints, in pieces."""

    def __init__(self) -> None:
        self._value: str | None = None      # what has come of one

    def feed(self, text: str) -> Iterator[tuple[bool, str]]:
        """Each value, with True, and what is printed between, with False."""
        while text:
            if self._value is None:
                printed, mark, text = text.partition(_values.MARK)
                if printed:
                    yield False, printed
                if mark:
                    self._value = ''
                continue
            value, end, text = text.partition('\n')
            self._value += value
            if end:
                value, self._value = self._value, None
                yield True, value


class TaskBase(Generic[P, R]):
    """What both kinds of tasks are."""

    def __init__(self, function: Callable[..., Any], timeout: float | None,
                 wait: float | None):
        for name in WRAPPER_ASSIGNMENTS:
            with contextlib.suppress(AttributeError):
                setattr(self, name, getattr(function, name))
        self.function = function
        self._source = Source(function)
        self._timeout = timeout
        self._wait = wait
        self._boot: int | None = None       # in which it was defined

    def __reduce__(self) -> str:
        return self.function.__qualname__


class Task(TaskBase[P, R]):
    """A function that runs on a board when it is called."""

    def __init__(self, board: Board, function: Callable[P, R],
                 timeout: float | None = None, wait: float | None = None):
        super().__init__(function, timeout, wait)
        self.board = board

    def on(self, board: Board) -> Task[P, R]:
        """The same on another board, or under a hold."""
        return Task(board, self.function, self._timeout, self._wait)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        values = self._values(self._source.call(args, kwargs))
        if self._source.yields:
            return values       # type: ignore[return-value]
        last: list[Any] = list(values)
        return last[-1]         # type: ignore[no-any-return]

    def _define(self) -> None:
        self.board.exec(self._source.definition, wait=self._wait)
        self._boot = self.board.boot

    def _values(self, text: str) -> Iterator[Any]:
        if self._boot is None:
            self._define()
        try:
            yield from self._run(text)
        except StatementFailed as error:
            if not self._source.is_missing(error, self._boot):
                _calls.tell(error.output)
                raise
            self._define()
            yield from self._run(text)

    def _run(self, text: str) -> Iterator[Any]:
        values = Values()
        for piece in self.board.stream(text, self._timeout, self._wait):
            for is_value, what in values.feed(piece):
                if is_value:
                    yield _values.parse(what)
                else:
                    _calls.tell(what)
