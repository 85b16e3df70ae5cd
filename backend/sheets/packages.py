"""What is inside an XLSX, looked at before its reader may: that reader trusts sizes and positions it is told.

It keeps a place for each cell of the rectangle, so that five kilobytes with one cell in the last corner would end the
process. Here the entries are counted, inflated within a limit and parsed once, and what the reader gets is a package of
exactly those bytes.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePosixPath
from typing import NoReturn
from xml.parsers import expat

from backend.errors import InvalidInput
from backend.sheets.limits import (
    MAX_AREA,
    MAX_COLUMNS,
    MAX_ENTRIES,
    MAX_INFLATED,
    MAX_RATIO,
    MAX_ROWS,
    MEGABYTE,
)

_STEP = 1 << 16
_WORKBOOK = "xl/workbook.xml"
_MACROS = "vbaproject.bin"
_OTHERS = frozenset({".zip", ".7z", ".rar", ".gz", ".xlsx", ".xlsm", ".xlsb", ".xls", ".docx", ".doc", ".pptx", ".ppt"})
_CELL = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_HEADER = 30
"""Bytes before the name of an entry."""


def surveyed(data: bytes) -> io.BytesIO:
    """A package of the XML of this one, nothing else. Raises InvalidInput."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_directory(package)
            return _copied(package)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise damaged() from error


def damaged() -> InvalidInput:
    return InvalidInput("sheet_damaged", "这个文件打不开，可能没有传完整。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。")


def _check_directory(package: zipfile.ZipFile) -> None:
    """As far as the package says it of itself."""
    entries = package.infolist()
    names = [entry.filename.lower() for entry in entries]
    if len(entries) > MAX_ENTRIES or len(set(names)) < len(names) or _overlap(entries):
        raise _bomb()
    if any(entry.flag_bits & 1 for entry in entries):
        raise InvalidInput("sheet_locked", "这个文件有密码，请去掉密码再传。")
    if _WORKBOOK not in names:
        raise InvalidInput("sheet_unknown", "这不是表格文件，请用 Excel 或 WPS 另存为 .xlsx 或 CSV 再传。")
    if any(name.endswith(_MACROS) for name in names):
        raise InvalidInput("sheet_macros", "这个文件里有宏，请另存为不带宏的 .xlsx 再传。")
    if any(PurePosixPath(name).suffix in _OTHERS or "/embeddings/" in name for name in names):
        raise InvalidInput("sheet_nested", "这个文件里夹着别的文件，请只留表格再传。")
    _check_sizes(sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries))


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether two entries share bytes: a bomb says the same ones over and over."""
    spans = sorted((each.header_offset, each.header_offset + _HEADER + each.compress_size) for each in entries)
    return any(end > start for (_, end), (start, _) in pairwise(spans))


def _check_sizes(inflated: int, compressed: int) -> None:
    if inflated > MAX_INFLATED or (inflated > MEGABYTE and inflated > MAX_RATIO * max(compressed, 1)):
        raise _bomb()


def _bomb() -> InvalidInput:
    return InvalidInput("sheet_too_large", "这个文件解压以后太大，请把表分成几张，或另存为 CSV 再传。")


def _copied(package: zipfile.ZipFile) -> io.BytesIO:
    copy, inflated = io.BytesIO(), 0
    with zipfile.ZipFile(copy, "w") as target:
        for entry in package.infolist():
            if not entry.filename.lower().endswith((".xml", ".rels")):
                continue
            survey, content = _Survey(), bytearray()
            for piece in _inflated(package, entry):
                inflated += len(piece)
                if inflated > MAX_INFLATED:
                    raise _bomb()
                survey.feed(piece)
                content += piece
            survey.end()
            target.writestr(entry.filename, bytes(content))
    copy.seek(0)
    return copy


def _inflated(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with package.open(entry) as source:
        while piece := source.read(_STEP):
            yield piece


class _Survey:
    """Of one part: that it is XML without definitions, and that no cell lies outside of what is taken."""

    def __init__(self) -> None:
        self._rows = self._columns = self._row = self._column = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def feed(self, piece: bytes) -> None:
        self._parse(piece, last=False)

    def end(self) -> None:
        self._parse(b"", last=True)

    def _parse(self, piece: bytes, last: bool) -> None:
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError as error:
            raise damaged() from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            place = attributes.get("r")
            self._row, self._column = _position(place) if place is not None else (self._row, self._column + 1)
            if self._row > self._rows or self._column > self._columns:
                self._grow()
        elif name == "row":
            given = attributes.get("r", "")
            if given and not (given.isascii() and given.isdigit()):
                raise damaged()
            self._row, self._column = int(given) if given else self._row + 1, 0
            if self._row > self._rows:
                self._grow()

    def _grow(self) -> None:
        self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
        if self._rows > MAX_ROWS + 1:
            raise too_many_rows()
        if self._columns > MAX_COLUMNS:
            raise too_many_columns()
        if self._rows * self._columns > MAX_AREA:
            raise InvalidInput("too_many_cells", "这张表行多列也多，请删掉用不着的列（空白的也删掉），或分成几张。")


def too_many_rows() -> InvalidInput:
    return InvalidInput("too_many_rows", f"一次最多导入 {MAX_ROWS} 行，请分成几张表；下面空白的行也请删掉。")


def too_many_columns() -> InvalidInput:
    return InvalidInput("too_many_columns", f"一张表最多 {MAX_COLUMNS} 列，请删掉用不着的列，右边空白的也删掉。")


def _position(place: str) -> tuple[int, int]:
    """Row and column, each from 1."""
    found = _CELL.fullmatch(place)
    if found is None:
        raise damaged()
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _refuse_doctype(*_told: object) -> NoReturn:
    raise damaged()
