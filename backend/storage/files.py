"""Files on disk, each encrypted with a key of its own. The disk knows neither whose a file is nor what is in it, and
whoever has only the disk reads nothing: the key lies elsewhere, and to forget it is to have deleted the file.

A file is a row of frames, so that one can be read without the others. A frame's number is its nonce (the key is used
for this file alone), and the last one is empty and says so: what was cut off or put in another order does not open.
"""

import os
import re
import secrets
import shutil
import struct
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from itertools import count
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend import clock
from backend.errors import NotFound, Unavailable

PIECE = 1 << 16
"""Bytes of a frame where nobody asks for another size."""

_NAME = re.compile("[0-9a-f]{32}")
_LENGTH = struct.Struct(">I")
_LAST = b"last"
_MAKING = "making-"


@dataclass(frozen=True, slots=True)
class Written:
    name: str
    key: bytes = field(repr=False)
    size: int


class Disk:
    """Names are random and ours: no word of a visitor becomes part of a path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, frames: Iterable[bytes]) -> Written:
        """What is there when this returns stays: the file is synced. Nothing is left of what fails."""
        name, key = secrets.token_hex(16), AESGCM.generate_key(256)
        path = self._path(name)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            try:
                size = _write(file, AESGCM(key), frames)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                path.unlink()
                raise
        return Written(name, key, size)

    def read(self, name: str, key: bytes) -> Iterator[bytes]:
        """All frames. Raises NotFound when it is gone, Unavailable when it does not open with this key."""
        self._opened(name).close()  # now, and not when somebody asks for the first frame
        return self._frames(name, AESGCM(key))

    def _frames(self, name: str, cipher: AESGCM) -> Iterator[bytes]:
        with self._opened(name) as file:
            for number in count():
                sealed = _next(file)
                if not file.peek(1):
                    _open(cipher, number, sealed, _LAST)
                    return
                yield _open(cipher, number, sealed)

    def frame(self, name: str, key: bytes, number: int) -> bytes:
        """One of them, counted from 0. Raises as `read` does, NotFound also when there are not so many."""
        with self._opened(name) as file:
            for _ in range(number):
                file.seek(_length(file), os.SEEK_CUR)
            sealed = _next(file)
            if not file.peek(1):
                raise NotFound("frame_gone", "没有这一页。")
            return _open(AESGCM(key), number, sealed)

    def delete(self, name: str) -> None:
        """Harmless when it is gone already."""
        self._path(name).unlink(missing_ok=True)

    def older_than(self, seconds: float) -> list[str]:
        """The names of files that have lain here for longer, and whatever else was left over is deleted."""
        if not self._folder.is_dir():
            return []
        limit = clock.timestamp() - seconds
        old = [path for path in self._folder.iterdir() if path.lstat().st_mtime < limit]
        for path in old:
            if path.name.startswith(_MAKING):
                shutil.rmtree(path)
        return [path.name for path in old if _NAME.fullmatch(path.name)]

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """A folder of ours alone for what is plain while it is made; empty and gone afterwards."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=_MAKING, dir=self._folder))
        try:
            yield made
        finally:
            shutil.rmtree(made)

    def _opened(self, name: str) -> BufferedReader:
        try:
            return self._path(name).open("rb")
        except FileNotFoundError as error:
            raise NotFound("file_gone", "这个文件已经到期删除了。") from error

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("no name of ours")
        return self._folder / name


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The rest of a plain file, for `write`."""
    while piece := file.read(PIECE):
        yield piece


def _write(file: BinaryIO, cipher: AESGCM, frames: Iterable[bytes]) -> int:
    number = size = 0
    for number, frame in enumerate(frames, 1):
        _put(file, cipher.encrypt(_nonce(number - 1), frame, b""))
        size += len(frame)
    _put(file, cipher.encrypt(_nonce(number), b"", _LAST))
    return size


def _put(file: BinaryIO, sealed: bytes) -> None:
    file.write(_LENGTH.pack(len(sealed)))
    file.write(sealed)


def _next(file: BinaryIO) -> bytes:
    length = _length(file)
    sealed = file.read(length)
    if len(sealed) < length:
        raise _damaged()
    return sealed


def _length(file: BinaryIO) -> int:
    head = file.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise _damaged()
    return int(_LENGTH.unpack(head)[0])


def _open(cipher: AESGCM, number: int, sealed: bytes, mark: bytes = b"") -> bytes:
    try:
        return cipher.decrypt(_nonce(number), sealed, mark)
    except InvalidTag as error:
        raise _damaged() from error


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _damaged() -> Unavailable:
    return Unavailable("file_damaged", "这个文件坏了，打不开。请重新做一次。")
