# SPDX-License-Identifier: MIT
"""Functions that run on a board, for programs on asyncio; see picoctl.Task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, ParamSpec, TypeVar

from . import _calls, _values
from ._errors import StatementFailed
from ._task import TaskBase, Values

if TYPE_CHECKING:
    from .aio import Board

P = ParamSpec('P')
R = TypeVar('R')


class AsyncTask(TaskBase[P, R]):
    """The same, to be awaited."""

    def __init__(self, board: Board, function: Callable[P, R],
                 timeout: float | None = None, wait: float | None = None):
        super().__init__(function, timeout, wait)
        if self._source.yields:
            raise TypeError('a task that is awaited cannot be a generator')
        self.board = board

    def on(self, board: Board) -> AsyncTask[P, R]:
        """The same on another board, or under a hold."""
        return AsyncTask(board, self.function, self._timeout, self._wait)

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        text = self._source.call(args, kwargs)
        if self._boot is None:
            await self._define()
        try:
            return await self._run(text)
        except StatementFailed as error:
            if not self._source.is_missing(error, self._boot):
                _calls.tell(error.output)
                raise
            await self._define()
            return await self._run(text)

    async def _define(self) -> None:
        await self.board.exec(self._source.definition, wait=self._wait)
        self._boot = self.board.boot

    async def _run(self, text: str) -> R:
        values = Values()
        last: Any = None
        async for piece in self.board.stream(text, self._timeout, self._wait):
            for is_value, what in values.feed(piece):
                if is_value:
                    last = _values.parse(what)
                else:
                    _calls.tell(what)
        return last             # type: ignore[no-any-return]
