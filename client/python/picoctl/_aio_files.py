# SPDX-License-Identifier: MIT
"""The files of a board, for programs on asyncio; see picoctl.BoardPath."""

from __future__ import annotations

import base64
import contextlib
from typing import TYPE_CHECKING, Any, AsyncIterator

from . import _calls
from ._errors import FileError
from ._files import AnyPath, FileInfo, check_new, listed
from ._wire import Parameters

if TYPE_CHECKING:
    from .aio import Board


class BoardPath(AnyPath):
    """A path on a board; all that asks the board is to be awaited."""

    board: Board

    async def _call(self, method: str, **parameters: Any) -> Parameters:
        return await self.board.picod.call(method, **self._on(**parameters))

    # ---------------------------------------------------------------- content

    async def read_bytes(self) -> bytes:
        """All of it."""
        replies = self.board.picod.stream('ReadFile', **self._on())
        async with contextlib.aclosing(replies):
            return b''.join([base64.b64decode(reply['data'])
                             async for reply in replies])

    async def read_text(self, encoding: str = 'utf-8') -> str:
        return (await self.read_bytes()).decode(encoding)

    async def write_bytes(self, data: bytes) -> bool:
        """Writes all of it; False if the board had just that already."""
        check_new(self.path)
        reply = await self.board.picod.upload(
            _calls.pieces(data), 'WriteFile', **self._on())
        return reply.get('changed') is not False

    async def write_text(self, text: str, encoding: str = 'utf-8') -> bool:
        return await self.write_bytes(text.encode(encoding))

    # ------------------------------------------------------------- what it is

    async def stat(self, hash: bool = False) -> FileInfo:
        return FileInfo.of(
            (await self._call('Stat', hash=hash or None))['file'])

    async def _find(self) -> FileInfo | None:
        try:
            return await self.stat()
        except FileError as error:
            if error.kind == 'notFound':
                return None
            raise

    async def exists(self) -> bool:
        return await self._find() is not None

    async def is_dir(self) -> bool:
        info = await self._find()
        return info is not None and info.directory

    async def is_file(self) -> bool:
        info = await self._find()
        return info is not None and not info.directory

    # ------------------------------------------------------------ directories

    async def list(self, recursive: bool = False,
                   hash: bool = False) -> list[FileInfo]:
        """What is in it, and with recursive all that is below."""
        return listed(await self._call(
            'ListFiles', **self._list(recursive, hash)))

    async def iterdir(self) -> AsyncIterator[BoardPath]:
        for file in await self.list():
            yield self._entry(file)

    async def mkdir(self, parents: bool = False,
                    exist_ok: bool = False) -> None:
        check_new(self.path)
        try:
            await self._call('MakeDirectory', parents=parents or None)
        except FileError as error:
            if not (exist_ok and error.kind == 'exists' and
                    await self.is_dir()):
                raise

    async def unlink(self, missing_ok: bool = False) -> None:
        """Removes a file or an empty directory."""
        try:
            await self._call('RemoveFile')
        except FileError as error:
            if not (missing_ok and error.kind == 'notFound'):
                raise

    rmdir = unlink

    async def rmtree(self) -> None:
        """Removes a directory with all that is in it; '' itself stays."""
        await self._call('RemoveFile', recursive=True)

    async def rename(self, to: str | BoardPath) -> BoardPath:
        target = BoardPath(self.board, str(to))
        check_new(target.path)
        await self._call('RenameFile', to=target.path)
        return target
