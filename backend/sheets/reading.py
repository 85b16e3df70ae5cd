"""Reads a sheet: XLSX or CSV, from a file or from bytes, with every limit asked before what it bounds is loaded.

Whatever a file is called, what it is is seen from what is in it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path, PurePath

from backend.errors import FieldError, InvalidInput
from backend.sheets import books, columns, packages, texts
from backend.sheets.cells import Spoilt, Value, text_of
from backend.sheets.columns import Column, Columns
from backend.sheets.limits import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, MEGABYTE
from backend.sheets.lines import Line, LineFault, Lines, Row, fault, refuse

Source = str | bytes | Path
"""The text of a CSV, what is in a file, or where the file is."""

_ZIP = b"PK"
_OLD = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_BOOKS, _TEXTS = frozenset({".xlsx"}), frozenset({".csv", ".txt", ".tsv"})


def read(source: Source, wanted: Columns, read_line: Callable[[int, Row], Line | LineFault]) -> Lines[Line]:
    """All lines, or InvalidInput with a sentence for each bad one."""
    lines: Lines[Line] = []
    faults: list[LineFault] = []
    for number, row in rows(source, wanted):
        line = row if isinstance(row, LineFault) else read_line(number, row)
        faults.append(line) if isinstance(line, LineFault) else lines.append((number, line))
    refuse(faults)
    return lines


def rows(source: Source, wanted: Columns, name: str = "") -> Iterator[tuple[int, Row | LineFault]]:
    """Each row that is not empty with its number: the cells of the columns that are kept, or what is wrong with them.

    `name` as whoever sent it calls the file. Raises InvalidInput for what is no sheet, or one we do not take.
    """
    found = _cells(source, name or (source.name if isinstance(source, Path) else ""))
    filled = ((number, cells) for number, cells in found if not all(_is_blank(cell) for cell in cells))
    header = [str(cell).strip() for cell in next(filled, (0, ()))[1]]
    if not any(header):
        raise InvalidInput("sheet_empty", "这张表是空的。", [FieldError("header", "第一行要写列的名称。")])
    if len(header) > MAX_COLUMNS:
        raise packages.too_many_columns()
    refuse(columns.faults(header, wanted))
    meant = wanted.meant(header)
    for number, cells in filled:
        if number > MAX_ROWS + 1:
            raise packages.too_many_rows()
        yield number, _row(number, cells, meant)


def _is_blank(cell: Value | None) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def size_allowed(size: int) -> None:
    """Raises InvalidInput."""
    if size > MAX_BYTES:
        raise InvalidInput("sheet_too_large", f"文件太大，最多 {MAX_BYTES // MEGABYTE} MB，请把表分成几张。")


def _row(number: int, cells: Sequence[Value], meant: Sequence[Column | None]) -> Row | LineFault:
    """Without what is not kept. A line that is not in order keeps nothing."""
    row: dict[str, str] = {}
    for cell, column in zip_longest(cells, meant, fillvalue=None):
        if column is None:
            if not _is_blank(cell):
                return fault(number, "有一格在没有名称的列里，请检查是不是多了分隔符。")
        elif column.kept:
            try:
                row[column.name] = "" if cell is None else text_of(cell, column)
            except Spoilt as spoilt:
                return fault(number, spoilt.sentence)
    return row


def _cells(source: Source, name: str) -> Iterator[tuple[int, Sequence[Value]]]:
    if isinstance(source, str):
        return texts.rows(source)
    data = _loaded(source)
    if data.startswith(_OLD):
        raise _old(data)
    is_book = data.startswith(_ZIP)
    _check_ending(PurePath(name).suffix.lower(), is_book)
    return books.rows(data) if is_book else texts.rows(_text(data))


def _loaded(source: bytes | Path) -> bytes:
    size_allowed(len(source) if isinstance(source, bytes) else source.stat().st_size)
    return source if isinstance(source, bytes) else source.read_bytes()


def _text(data: bytes) -> str:
    text = texts.decoded(data)
    if text.lstrip("\ufeff \t\r\n")[:1] == "<":  # a web page that calls itself a table, as some systems write it
        raise texts.unreadable()
    return text


def _check_ending(ending: str, is_book: bool) -> None:
    if not ending or ending in (_BOOKS if is_book else _TEXTS):
        return
    if ending in _BOOKS | _TEXTS:
        sentence = f"文件名以「{ending}」结尾，里面却是别的东西。请用 Excel 或 WPS 打开，另存为 .xlsx 或 CSV 再传。"
        raise InvalidInput("sheet_type_wrong", sentence)
    raise InvalidInput("sheet_unknown", f"不收「{ending}」文件，请用 Excel 或 WPS 另存为 .xlsx 或 CSV 再传。")


def _old(data: bytes) -> InvalidInput:
    if _LOCKED in data:
        return InvalidInput("sheet_locked", "这个文件有密码，请去掉密码再传。")
    return InvalidInput("sheet_old", "这是旧版的 .xls 文件，请另存为 .xlsx 再传。")
