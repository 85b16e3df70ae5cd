"""Writes a sheet line by line, in constant memory: XLSX or CSV, in which nothing anybody typed becomes a formula."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

import xlsxwriter

_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""With these a spreadsheet begins a formula, also where they stand after spaces."""

_MOST_CHARACTERS = 32_767
_MOST_OF_A_FOOTER = 120
_WIDTH = 18


class Form(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


class Writer(Protocol):
    def write(self, cells: Sequence[str]) -> None: ...


@contextmanager
def written(
    form: Form, target: BinaryIO, header: Sequence[str], mark: str = "", workshop: Path | None = None
) -> Iterator[Writer]:
    """The file is complete when the context ends. `mark` says whose it is and what for, on each page that is printed
    and in its properties. `workshop`: a folder of ours alone for what an XLSX is made of, which is plain meanwhile."""
    made = _csv(target, mark) if form is Form.CSV else _xlsx(target, mark, len(header), workshop)
    with made as writer:
        writer.write(header)
        yield writer


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might take it for one."""
    return text.lstrip(" \u00a0\u3000")[:1] in _STARTS if text else False


def neutral(text: str) -> str:
    """For CSV, which has no types: an apostrophe says that it is text."""
    return f"'{text}" if is_formula(text) else text


class _Csv:
    def __init__(self, target: io.TextIOWrapper) -> None:
        self._writer = csv.writer(target)

    def write(self, cells: Sequence[str]) -> None:
        self._writer.writerow([neutral(cell) for cell in cells])


@contextmanager
def _csv(target: BinaryIO, mark: str) -> Iterator[Writer]:
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
    writer = _Csv(text)
    try:
        if mark:
            writer.write([f"# {_one_line(mark)}"])
        yield writer
        text.flush()
    finally:
        text.detach()  # the file is the caller's, also when something went wrong


class _Xlsx:
    """`quoted` keeps a cell text also when somebody edits it."""

    def __init__(self, sheet: "xlsxwriter.worksheet.Worksheet", bold: object, quoted: object) -> None:
        self._sheet, self._quoted, self._row = sheet, quoted, 0
        self._plain: object = bold  # the first line is the header

    def write(self, cells: Sequence[str]) -> None:
        put, row = self._sheet.write_string, self._row
        for column, cell in enumerate(cells):
            put(row, column, cell[:_MOST_CHARACTERS], self._quoted if is_formula(cell) else self._plain)
        self._row, self._plain = row + 1, None


@contextmanager
def _xlsx(target: BinaryIO, mark: str, columns: int, workshop: Path | None) -> Iterator[Writer]:
    with xlsxwriter.Workbook(target, {"constant_memory": True, "tmpdir": workshop and str(workshop)}) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.set_column(0, max(columns - 1, 0), _WIDTH)
        sheet.freeze_panes(1, 0)
        if mark:
            footer = _one_line(mark)[:_MOST_OF_A_FOOTER].replace("&", "&&")
            sheet.set_header(f"&L{footer}")
            sheet.set_footer(f"&L{footer}&R&P/&N")
            book.set_properties({"title": "导出", "comments": _one_line(mark)})
        yield _Xlsx(sheet, book.add_format({"bold": True}), book.add_format({"quote_prefix": True}))


def _one_line(text: str) -> str:
    return " ".join(text.split())
