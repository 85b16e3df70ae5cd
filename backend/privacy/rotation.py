"""Encrypts with the first key what another one still holds: beside the running service, slice by slice.

It may be broken off anywhere and begun anew, also by several at once: what is done is not found again.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from peewee import SQL, Field, Function, fn

from backend.errors import Misconfigured
from backend.privacy.cipher import FieldCipher
from backend.privacy.columns import Sealed, Tables, sealed
from backend.storage.database import in_transaction
from backend.storage.dialects import place_of
from models.registry import TABLES

SLICE = 200
"""Rows that are locked together, for some tens of milliseconds: workers write to the same ones."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Step:
    """A slice of one column that is done. What was seen and not changed was changed by others, or does not open."""

    column: str
    seen: int
    changed: int


@dataclass(frozen=True)
class Needs:
    """How many stored values need which key: the first, the others that are configured, and those that are not. What
    is no ciphertext needs the key ""."""

    current: int
    old: dict[str, int]
    missing: dict[str, int]

    @property
    def free(self) -> list[str]:
        """The keys nothing needs any more."""
        return [name for name, count in self.old.items() if not count]


def rotate(cipher: FieldCipher, limit: int = SLICE, tables: Tables = TABLES) -> Iterator[Step]:
    """A slice at each step; nothing at all while there is one key."""
    old = cipher.names[1:]
    if old:
        for column in sealed(tables):
            yield from _rotate(cipher, column, old, limit)


def needs(cipher: FieldCipher, tables: Tables = TABLES) -> Needs:
    """Counts by the id before each ciphertext; nothing is opened."""
    counts = sum((_count(column) for column in sealed(tables)), Counter[str]())
    old = {name: counts[name] for name in cipher.names[1:]}
    missing = {name: count for name, count in sorted(counts.items()) if name not in cipher.names}
    return Needs(counts[cipher.current], old, missing)


def _rotate(cipher: FieldCipher, column: Sealed, old: tuple[str, ...], limit: int) -> Iterator[Step]:
    last = 0
    while rows := _held_by(column, old, last, limit):
        renewed = [(row_id, before, _renewed(cipher, column, row_id, before)) for row_id, before in rows]
        yield Step(column.name, len(rows), in_transaction(partial(_put, column, renewed)))
        last = rows[-1][0]


def _held_by(column: Sealed, names: tuple[str, ...], last: int, limit: int) -> list[tuple[int, str]]:
    table, field = column.table, column.field
    here = (table.id > last) & _key_of(field).in_([f"{name}:" for name in names])
    rows: Any = table.select(table.id, field).where(here).order_by(table.id).limit(limit).tuples()
    return list(rows)


def _renewed(cipher: FieldCipher, column: Sealed, row_id: int, before: str) -> str | None:
    """None where it does not open: it stays as it is, and goes on needing its key."""
    try:
        return cipher.encrypt(cipher.decrypt(before, column.purpose), column.purpose)
    except Misconfigured:
        log.error("keys.not_opened", column=column.name, row=row_id)
        return None


def _put(column: Sealed, renewed: list[tuple[int, str, str | None]]) -> int:
    table, field = column.table, column.field
    # Whoever wrote another value meanwhile wins.
    return sum(
        int(table.update({field: after}).where(table.id == row_id, field == before).execute())
        for row_id, before, after in renewed
        if after is not None
    )


def _count(column: Sealed) -> Counter[str]:
    field = column.field
    counted = column.table.select(_key_of(field).alias("held_by"), fn.COUNT(SQL("*"))).where(field != "")
    rows: Any = counted.group_by(SQL("held_by")).tuples()
    return Counter({key.removesuffix(":"): number for key, number in rows})


def _key_of(field: Field) -> Function:
    """The id of the key with its colon; nothing where there is none."""
    return fn.SUBSTR(field, 1, place_of(field, ":"))
