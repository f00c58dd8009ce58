# SPDX-License-Identifier: MIT
"""The files of a board, with the habits of pathlib."""

from __future__ import annotations

import base64
import contextlib
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterator, TypeVar

from . import _calls
from ._errors import FileError
from ._wire import Parameters, check_string

if TYPE_CHECKING:
    from ._picod import Board

Self = TypeVar('Self', bound='AnyPath')


@dataclass(frozen=True)
class FileInfo:
    """A file or directory on a board."""

    path: str
    directory: bool
    size: int
    hash: str | None
    """SHA-256 in hexadecimal, where it was asked for and the board can."""

    @classmethod
    def of(cls, file: Parameters) -> FileInfo:
        return cls(file['path'], file['directory'], file['size'],
                   file.get('hash'))


def listed(reply: Parameters) -> list[FileInfo]:
    """What ListFiles answered, in the order of its paths."""
    return sorted((FileInfo.of(file) for file in reply['files']),
                  key=lambda file: file.path)


def check_new(path: str) -> None:
    """A ValueError where nothing on a board may get that path.

    Boards list files a line each, and who looks has to tell names apart.
    """
    if any(each < ' ' or each == '\x7f' for each in path):
        raise ValueError(
            f'{path!r} has a control character, and no file on a board may '
            'have one in its name')


class AnyPath:
    """A path on a board, for both of its faces, and what it is called.

    '' is the board's own directory, where main.py is: '/', but /flash where a
    board has that.
    """

    board: Any

    def __init__(self, board: Any, path: str = ''):
        check_string('path', path)
        self.board = board
        path = posixpath.normpath(path)
        self.path = '' if path == '.' else path

    def __truediv__(self: Self, name: str) -> Self:
        return type(self)(self.board, posixpath.join(self.path, str(name)))

    def __str__(self) -> str:
        return self.path or '.'

    def __repr__(self) -> str:
        return f'<picoctl.BoardPath {self.path} of {self.board!r}>'

    def __eq__(self, other: object) -> bool:
        return (isinstance(other, AnyPath) and type(self) is type(other) and
                self.path == other.path and
                self.board.name == other.board.name and
                self.board.picod.path == other.board.picod.path)

    def __hash__(self) -> int:
        return hash((self.path, self.board.name))

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)

    @property
    def parent(self: Self) -> Self:
        return type(self)(self.board, posixpath.dirname(self.path))

    @property
    def suffix(self) -> str:
        return posixpath.splitext(self.path)[1]

    def _on(self, **parameters: Any) -> Parameters:
        """The parameters of a method that is about this path."""
        return {'board': self.board.name, 'hold': self.board.token,
                'path': self.path or '/', **parameters}

    def _list(self, recursive: bool, hash: bool) -> Parameters:
        return {'path': self.path, 'recursive': recursive or None,
                'hash': hash or None}

    def _entry(self: Self, file: FileInfo) -> Self:
        return self / posixpath.basename(file.path)


class BoardPath(AnyPath):
    """A path on a board: board.files / 'lib' / 'x.py'.

    What is written is on the board, read back and found to be right, before
    its name has it; until then the name has what it had.
    """

    board: Board

    def _call(self, method: str, **parameters: Any) -> Parameters:
        return self.board.picod.call(method, **self._on(**parameters))

    # ---------------------------------------------------------------- content

    def read_bytes(self) -> bytes:
        """All of it."""
        replies = self.board.picod.stream('ReadFile', **self._on())
        with contextlib.closing(replies):
            return b''.join(base64.b64decode(reply['data'])
                            for reply in replies)

    def read_text(self, encoding: str = 'utf-8') -> str:
        return self.read_bytes().decode(encoding)

    def write_bytes(self, data: bytes) -> bool:
        """Writes all of it; False if the board had just that already."""
        check_new(self.path)
        reply = self.board.picod.upload(_calls.pieces(data), 'WriteFile',
                                        **self._on())
        return reply.get('changed') is not False

    def write_text(self, text: str, encoding: str = 'utf-8') -> bool:
        return self.write_bytes(text.encode(encoding))

    # ------------------------------------------------------------- what it is

    def stat(self, hash: bool = False) -> FileInfo:
        return FileInfo.of(self._call('Stat', hash=hash or None)['file'])

    def _find(self) -> FileInfo | None:
        try:
            return self.stat()
        except FileError as error:
            if error.kind == 'notFound':
                return None
            raise

    def exists(self) -> bool:
        return self._find() is not None

    def is_dir(self) -> bool:
        info = self._find()
        return info is not None and info.directory

    def is_file(self) -> bool:
        info = self._find()
        return info is not None and not info.directory

    # ------------------------------------------------------------ directories

    def list(self, recursive: bool = False,
             hash: bool = False) -> list[FileInfo]:
        """What is in it, and with recursive all that is below."""
        return listed(self._call('ListFiles', **self._list(recursive, hash)))

    def iterdir(self) -> Iterator[BoardPath]:
        for file in self.list():
            yield self._entry(file)

    def mkdir(self, parents: bool = False, exist_ok: bool = False) -> None:
        check_new(self.path)
        try:
            self._call('MakeDirectory', parents=parents or None)
        except FileError as error:
            if not (exist_ok and error.kind == 'exists' and
                    self.is_dir()):
                raise

    def unlink(self, missing_ok: bool = False) -> None:
        """Removes a file or an empty directory."""
        try:
            self._call('RemoveFile')
        except FileError as error:
            if not (missing_ok and error.kind == 'notFound'):
                raise

    rmdir = unlink

    def rmtree(self) -> None:
        """Removes a directory with all that is in it; '' itself stays."""
        self._call('RemoveFile', recursive=True)

    def rename(self, to: str | BoardPath) -> BoardPath:
        target = BoardPath(self.board, str(to))
        check_new(target.path)
        self._call('RenameFile', to=target.path)
        return target
