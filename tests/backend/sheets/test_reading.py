"""Limits are asked before what they bound is loaded, and a file is what is in it, whatever it is called."""

from pathlib import Path

import pytest

from backend.errors import InvalidInput
from backend.sheets import reading
from backend.sheets.limits import MAX_BYTES, MAX_COLUMNS, MAX_ROWS
from tests.backend.sheets.made import COLUMNS, HEADER, book

LINE = "13800138000,990101\n"


def _refused(source: reading.Source, name: str = "") -> str:
    with pytest.raises(InvalidInput) as refused:
        list(reading.rows(source, COLUMNS, name))
    return refused.value.sentence


def test_as_many_lines_as_are_allowed_are_read_and_one_more_is_refused() -> None:
    text = "手机,编码\n" + LINE * MAX_ROWS
    assert sum(1 for _ in reading.rows(text, COLUMNS)) == MAX_ROWS
    assert "100000 行" in _refused(text + LINE)


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert "20 MB" in _refused(large)
    assert "20 MB" in _refused(b"," * (MAX_BYTES + 1))


def test_a_sheet_with_too_many_columns_is_refused() -> None:
    assert "64 列" in _refused(",".join(f"c{number}" for number in range(MAX_COLUMNS + 1)))


@pytest.mark.parametrize(
    ("data", "name", "word"),
    [
        (b"code,name\n", "sheet.xlsx", "结尾"),
        (book(HEADER), "sheet.csv", "结尾"),
        (book(HEADER), "sheet.xls", "不收"),
        (book(HEADER), "sheet.ods", "不收"),
        (b"code,name\n", "sheet.pdf", "不收"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "sheet.xls", "旧版"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "sheet.xlsx", "密码"),
    ],
    ids=["text as book", "book as text", "book as xls", "ods", "pdf", "old", "locked"],
)
def test_a_file_that_is_not_what_it_is_called_gets_a_sentence(data: bytes, name: str, word: str) -> None:
    assert word in _refused(data, name)


@pytest.mark.parametrize("name", ["sheet.csv", "SHEET.CSV", "sheet.txt", "sheet.tsv", "sheet", ""])
def test_a_text_may_be_called_so(name: str) -> None:
    assert len(list(reading.rows(f"手机,编码\n{LINE}".encode(), COLUMNS, name))) == 1


def test_a_file_is_read_from_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "sheet.xlsx"
    file.write_bytes(book(HEADER, (13800138000, "990101")))
    assert list(reading.rows(file, COLUMNS)) == [(2, {"phone": "13800138000", "code": "990101"})]
