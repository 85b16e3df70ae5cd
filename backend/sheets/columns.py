"""What columns a sheet may have, by which names people call them, and which header names which. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from backend import spelling
from backend.errors import FieldError
from backend.sheets import guard
from backend.sheets.limits import MAX_CELL

_SHORT = 500
_REMARKS = re.compile("必填|选填|可选|可不填")


class Holds(StrEnum):
    """What the cells of a column are, so that what a spreadsheet made of them is read as it was meant."""

    WORDS = "words"
    DIGITS = "digits"  # a telephone number, a code
    MOMENT = "moment"
    DECIMAL = "decimal"
    LONG = "long"  # words of any length: a boundary


@dataclass(frozen=True)
class Column:
    """`name` is what code and our own sheets call it, `title` what staff read. One that is not `kept` may stand in a
    sheet and is left out as the sheet is read."""

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    holds: Holds = Holds.WORDS
    needed: bool = True
    kept: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, self.title, *self.aliases)

    @property
    def longest(self) -> int:
        return MAX_CELL if self.holds is Holds.LONG else _SHORT


@dataclass(frozen=True)
class Columns:
    all: tuple[Column, ...]

    @property
    def kept(self) -> tuple[Column, ...]:
        return tuple(column for column in self.all if column.kept)

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.all if column.needed)

    @property
    def names(self) -> tuple[str, ...]:
        """Each by which a column may be called."""
        return tuple(name for column in self.all for name in column.names)

    def meant(self, header: Sequence[str]) -> list[Column | None]:
        """The column each cell of the header names."""
        known = _by_name(self)
        return [known.get(plain(cell)) for cell in header]


@cache
def _by_name(columns: Columns) -> dict[str, Column]:
    """When the first sheet comes: what names are compared by takes its time to load."""
    return {plain(name): column for column in columns.all for name in column.names}


def plain(header: str) -> str:
    """Width, case, script, spaces and signs do not matter, nor that a form says what must be filled in."""
    return _REMARKS.sub("", "".join(each for each in spelling.fold(header) if each.isalnum()))


def faults(header: Sequence[str], columns: Columns) -> list[FieldError]:
    """What is wrong with a header. What is never collected comes first, and alone."""
    forbidden = [cell for cell in header if guard.is_forbidden(cell)]
    if forbidden:
        return [
            FieldError("header", f"表头里有「{cell}」：本系统不收集这类信息，整张表没有导入。") for cell in forbidden
        ]
    meant = columns.meant(header)
    named = [column.name for column in meant if column is not None]
    lacking = [column for column in columns.all if column.needed and column.name not in named]
    strange = [cell for cell, column in zip(header, meant, strict=True) if column is None and cell.strip()]
    twice = [column for column in columns.all if named.count(column.name) > 1]
    return [
        *(FieldError("header", f"缺少列「{column.name}」（{column.title}）。") for column in lacking),
        *(FieldError("header", f"不认识列「{cell}」，请删掉。") for cell in strange),
        *(
            FieldError("header", f"列「{column.name}」（{column.title}）出现了不止一次，请只留一列。")
            for column in twice
        ),
    ]
