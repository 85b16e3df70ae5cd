"""CSV as spreadsheets write it: any of the encodings and delimiters, and lines with the numbers an editor shows."""

import codecs

import pytest

from backend.errors import InvalidInput
from backend.sheets import reading
from backend.sheets.lines import LineFault
from tests.backend.sheets.made import COLUMNS

SHEET = "手机,编码,说明\r\n13800138000,990101,春晓苑\r\n13900139000,990102,云溪里\r\n"
READ = [
    (2, {"phone": "13800138000", "code": "990101", "note": "春晓苑"}),
    (3, {"phone": "13900139000", "code": "990102", "note": "云溪里"}),
]


def _read(data: bytes, name: str = "sheet.csv") -> list[object]:
    return list(reading.rows(data, COLUMNS, name))


@pytest.mark.parametrize(
    "data",
    [
        SHEET.encode(),
        codecs.BOM_UTF8 + SHEET.encode(),
        SHEET.encode("utf-16"),
        codecs.BOM_UTF16_BE + SHEET.encode("utf-16-be"),
        SHEET.encode("gb18030"),
        SHEET.encode("gbk"),
    ],
    ids=["UTF-8", "UTF-8 with mark", "UTF-16 LE", "UTF-16 BE", "GB18030", "GBK"],
)
def test_every_encoding_reads_alike(data: bytes) -> None:
    assert _read(data) == READ


def test_a_name_of_an_old_character_is_read_from_gb18030() -> None:
    [(_, row)] = reading.rows("手机,编码,说明\n1,2,𠮷家巷\n".encode("gb18030"), COLUMNS)
    assert not isinstance(row, LineFault)
    assert row["note"] == "𠮷家巷"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_ending_reads_alike(delimiter: str, ending: str) -> None:
    assert _read(SHEET.replace(",", delimiter).replace("\r\n", ending).encode()) == READ


def test_the_delimiter_is_seen_in_the_header_and_not_within_quotes() -> None:
    [(_, row)] = reading.rows('手机;编码;"说明"\n1;2;"a,b,c,d,e"\n', COLUMNS)
    assert not isinstance(row, LineFault)
    assert row["note"] == "a,b,c,d,e"


def test_a_row_has_the_number_of_the_line_it_begins_on() -> None:
    text = '手机,编码,说明\n\n1,2,"a\nb"\n\n3,4,c\n'
    assert [number for number, _ in reading.rows(text, COLUMNS)] == [3, 6]


def test_empty_rows_are_passed_over_and_cells_may_be_missing_at_the_end() -> None:
    found = list(reading.rows("手机,编码,说明\n,,\n  , ,\n1,2\n", COLUMNS))
    assert found == [(4, {"phone": "1", "code": "2", "note": ""})]


def test_what_is_not_kept_is_left_out_as_it_is_read() -> None:
    assert list(reading.rows("姓名,手机,编码\n陈秀兰,1,2\n", COLUMNS)) == [(2, {"phone": "1", "code": "2"})]


def test_a_cell_beyond_the_header_is_a_fault_of_its_line_and_the_line_keeps_nothing() -> None:
    [(number, fault)] = reading.rows("手机,编码\n1,2,110101199003071234\n", COLUMNS)
    assert isinstance(fault, LineFault)
    assert (number, fault.number, "110101" in fault.message) == (2, 2, False)


def test_a_column_without_a_name_may_be_empty_and_may_not_be_filled() -> None:
    found = [row for _, row in reading.rows("手机,,编码\n1,,2\n3,x,4\n", COLUMNS)]
    assert found[0] == {"phone": "1", "code": "2"}
    assert isinstance(found[1], LineFault)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"%PDF-1.7\n\xff\xff\xff\xff",
        SHEET.encode("utf-16-le"),
        b"<html><table><tr><td>\xe6\x89\x8b</td></tr></table></html>",
        b"<?xml version='1.0'?><Workbook/>",
        b"\x00" * 100,
        bytes(range(256)),
    ],
    ids=["half a character", "picture", "PDF", "UTF-16 without mark", "web page", "XML", "zeros", "every byte"],
)
def test_what_is_no_text_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        _read(data)
    assert "另存为" in refused.value.sentence


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" , ,\n"])
def test_an_empty_sheet_is_said_to_be_empty(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="空的"):
        _read(data)


def test_a_header_alone_is_a_sheet_without_lines() -> None:
    assert _read("手机,编码\n".encode()) == []


def test_a_quote_that_never_closes_is_named_by_its_line() -> None:
    with pytest.raises(InvalidInput, match="第 2 行不是正确的 CSV"):
        list(reading.rows('手机,编码\n1,"' + "x" * 200_000, COLUMNS))
