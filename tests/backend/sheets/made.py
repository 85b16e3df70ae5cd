"""Sheets for tests: packages as spreadsheets write them, and as nobody should."""

import io
import zipfile
from collections.abc import Callable, Sequence

import openpyxl

from backend.sheets.columns import Column, Columns, Holds

COLUMNS = Columns(
    (
        Column("phone", "手机", ("手机号", "联系电话"), Holds.DIGITS),
        Column("name", "姓名", needed=False, kept=False),
        Column("code", "编码", ("区划编码",), Holds.DIGITS),
        Column("note", "说明", needed=False),
        Column("at", "时间", holds=Holds.MOMENT, needed=False),
        Column("lat", "纬度", holds=Holds.DECIMAL, needed=False),
    )
)
HEADER = ("手机", "编码")


def book(*rows: Sequence[object], **more: Sequence[Sequence[object]]) -> bytes:
    """An XLSX of these rows; `more` are further sheets."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for name, others in more.items():
        other = made.create_sheet(name)
        for row in others:
            other.append(list(row))
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def repacked(package: bytes, change: Callable[[str, bytes], bytes] = lambda _name, content: content) -> bytes:
    """The package again, its parts changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
    return written.getvalue()


def with_entry(package: bytes, name: str, content: bytes) -> bytes:
    written = io.BytesIO(package)
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as new:
        new.writestr(name, content)
    return written.getvalue()


def in_sheet(package: bytes, old: bytes, new: bytes) -> bytes:
    """Something of the first sheet replaced, which must be there."""

    def change(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return content
        assert old in content, content
        return content.replace(old, new)

    return repacked(package, change)
