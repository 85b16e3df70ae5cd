"""Keeps files and lets go of them. Whose a file is, and who may read it, is known to the row that points at it."""

import base64
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path, PurePath

from backend import clock
from backend.errors import NotFound
from backend.privacy.cipher import FieldCipher
from backend.storage.database import after_commit, in_transaction
from backend.storage.files import Disk
from models.files import StoredFile
from models.marks import purpose_of

LONGEST_TITLE = 80
ORPHAN_SECONDS = 3600.0
"""Whoever writes a file names it in the database soon after. One that is older and not named was left by a kill."""

_KEY, _TITLE = purpose_of(StoredFile.key), purpose_of(StoredFile.title)
_STRANGE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff<>:"/\\|?*]')
_SLICE = 500


class Files:
    def __init__(self, disk: Disk, cipher: FieldCipher) -> None:
        self._disk, self._cipher = disk, cipher

    def keep(self, frames: Iterable[bytes], title: str, ends_at: datetime) -> int:
        """Answers the id. Inside the caller's transaction, or in one of its own; should it be undone, the file on disk
        is swept later."""
        written = self._disk.write(frames)
        key = base64.b64encode(written.key).decode()
        row = {
            "name": written.name,
            "key": self._cipher.encrypt(key, _KEY),
            "title": self._cipher.encrypt(clean_title(title), _TITLE),
            "size": written.size,
            "made_at": clock.now(),
            "ends_at": ends_at,
        }
        file_id: int = in_transaction(lambda: StoredFile.insert(row).execute())
        return file_id

    def read(self, file_id: int | None) -> Iterator[bytes]:
        """Raises NotFound when its time is over: before anything is read."""
        row = self._row(file_id)
        return self._disk.read(row.name, self._opened(row))

    def frame(self, file_id: int | None, number: int) -> bytes:
        """Raises NotFound."""
        row = self._row(file_id)
        return self._disk.frame(row.name, self._opened(row), number)

    def title(self, file_id: int | None) -> str:
        """ "" when it is gone."""
        row = StoredFile.get_or_none(StoredFile.id == file_id)
        return "" if row is None else self._cipher.decrypt(row.title, _TITLE)

    def ends(self, file_ids: Iterable[int | None], moment: datetime) -> None:
        """They go at this moment. Inside the caller's transaction."""
        StoredFile.update(ends_at=moment).where(StoredFile.id.in_(_given(file_ids))).execute()

    def drop(self, file_ids: Iterable[int | None]) -> None:
        """They are gone once the transaction under way is committed."""
        wanted = _given(file_ids)
        in_transaction(lambda: self._drop(list(StoredFile.select().where(StoredFile.id.in_(wanted)))))

    def workshop(self) -> AbstractContextManager[Path]:
        """See `Disk.workshop`."""
        return self._disk.workshop()

    def sweep(self, limit: int = _SLICE) -> int:
        """Delete what has had its time, a slice, and what nobody names; answers how many went."""
        over = StoredFile.select().where(StoredFile.ends_at <= clock.now()).order_by(StoredFile.ends_at).limit(limit)

        def work() -> int:
            rows = list(over)
            self._drop(rows)
            return len(rows)

        return in_transaction(work) + self._sweep_orphans()

    def _drop(self, rows: list[StoredFile]) -> None:
        if rows:
            StoredFile.delete().where(StoredFile.id.in_([row.id for row in rows])).execute()
            after_commit(partial(self._delete, [row.name for row in rows]))

    def _delete(self, names: Iterable[str]) -> None:
        for name in names:
            self._disk.delete(name)

    def _sweep_orphans(self) -> int:
        old, gone = self._disk.older_than(ORPHAN_SECONDS), 0
        for start in range(0, len(old), _SLICE):
            names = old[start : start + _SLICE]
            known = {row.name for row in StoredFile.select(StoredFile.name).where(StoredFile.name.in_(names))}
            self._delete(orphans := [name for name in names if name not in known])
            gone += len(orphans)
        return gone

    def _row(self, file_id: int | None) -> StoredFile:
        here = (StoredFile.id == file_id) & (StoredFile.ends_at > clock.now())
        row = StoredFile.get_or_none(here) if file_id is not None else None
        if row is None:
            raise NotFound("file_gone", "这个文件已经到期删除了。")
        return row

    def _opened(self, row: StoredFile) -> bytes:
        return base64.b64decode(self._cipher.decrypt(row.key, _KEY))


def clean_title(text: str) -> str:
    """The name of a file as somebody calls it: no path, no signs that a system or a reader takes for others."""
    name = PurePath(text.replace("\\", "/")).name
    plain = " ".join(_STRANGE.sub("", name).split()).strip(". ")
    ending = PurePath(plain).suffix[:10]
    return plain.removesuffix(ending)[: LONGEST_TITLE - len(ending)] + ending if plain else "表格"


def _given(file_ids: Iterable[int | None]) -> list[int]:
    return [each for each in file_ids if each is not None]
