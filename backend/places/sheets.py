"""Reads a sheet: CSV text with a header, all of it or nothing. Knows no table. Pure."""

import csv
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from backend.errors import FieldError, InvalidInput

MAX_ROWS = 100_000
MAX_SHOWN = 50
UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

# What is not stored cannot be misused (DESIGN §6): a sheet that brings such a column is refused whole.
_FORBIDDEN = (
    "民族",
    "宗教",
    "政治面貌",
    "身份证",
    "证件号",
    "重点人员",
    "ethnic",
    "religion",
    "political",
    "id_card",
    "idcard",
)


class _OfPlace(Protocol):
    """A line that says something of the place with this code."""

    @property
    def code(self) -> str: ...


Line = TypeVar("Line")
OfPlace = TypeVar("OfPlace", bound=_OfPlace)
Row = Mapping[str, str]
Lines = list[tuple[int, Line]]
"""Each with its number as the editor shows it."""


@dataclass(frozen=True)
class Columns:
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()


def read(text: str, columns: Columns, read_line: Callable[[int, Row], Line | FieldError]) -> Lines[Line]:
    """Raises InvalidInput with a sentence for each bad line."""
    reader = csv.DictReader(text.removeprefix("\ufeff").splitlines())
    try:
        return _read(reader, columns, read_line)
    except csv.Error as error:
        where = f"第 {reader.line_num} 行"
        mend = "请检查引号；一格最多十三万个字符。"
        sentence = f"{where}不是正确的 CSV，没有导入任何一行。"
        raise InvalidInput("not_csv", sentence, [FieldError(where, mend)]) from error


def header_faults(header: Iterable[str], columns: Columns) -> list[FieldError]:
    names = [name.strip().lower() for name in header]
    forbidden = [name for name in names if any(word in name for word in _FORBIDDEN)]
    if forbidden:
        return [
            FieldError("header", f"表头里有「{name}」：本系统不收集这类信息，整张表没有导入。") for name in forbidden
        ]
    missing = [name for name in columns.needed if name not in names]
    strange = [name for name in names if name not in columns.needed + columns.optional]
    faults = [FieldError("header", f"缺少列「{name}」。") for name in missing]
    return faults + [FieldError("header", f"不认识列「{name}」，请删掉。") for name in strange]


def refuse(faults: list[FieldError]) -> None:
    """Raises InvalidInput if there are any."""
    if faults:
        shown = faults[:MAX_SHOWN]
        more = f"（另有 {len(faults) - len(shown)} 处）" if len(faults) > len(shown) else ""
        raise InvalidInput("sheet_invalid", f"表里有 {len(faults)} 处要改，没有导入任何一行。{more}", shown)


def faults_between(
    lines: Lines[OfPlace], known: Collection[str], which: Callable[[OfPlace], Hashable]
) -> list[FieldError]:
    """Lines of places that are not `known`, and those that say twice of the same (`which`) what it is."""
    faults: list[FieldError] = []
    first: dict[Hashable, int] = {}
    for number, line in lines:
        if line.code not in known:
            faults.append(FieldError(f"第 {number} 行", f"没有编码是「{line.code}」的地方。"))
        elif which(line) in first:
            faults.append(FieldError(f"第 {number} 行", f"和第 {first[which(line)]} 行重复。"))
        first.setdefault(which(line), number)
    return faults


def _read(
    reader: "csv.DictReader[str]", columns: Columns, read_line: Callable[[int, Row], Line | FieldError]
) -> Lines[Line]:
    refuse(header_faults(reader.fieldnames or [], columns))
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or []]
    lines: Lines[Line] = []
    faults: list[FieldError] = []
    for row in reader:
        number = reader.line_num  # as the editor shows it: empty lines count too
        if number > MAX_ROWS:
            raise InvalidInput("too_many_rows", f"一次最多导入 {MAX_ROWS} 行，请分成几张表。")
        line = read_line(number, row)
        faults.append(line) if isinstance(line, FieldError) else lines.append((number, line))
    refuse(faults)
    return lines
