"""XLSX: the one sheet that is filled, its numbers and moments as they were meant, each row by its number."""

from datetime import date, datetime

import openpyxl
import pytest

from backend.errors import InvalidInput
from backend.sheets import reading
from backend.sheets.lines import LineFault
from tests.backend.sheets.made import COLUMNS, HEADER, book, saved


def _read(data: bytes) -> list[object]:
    return list(reading.rows(data, COLUMNS, "sheet.xlsx"))


def test_numbers_and_moments_are_read_as_they_were_meant() -> None:
    data = book(
        ("手机", "编码", "时间", "纬度"), (13800138000, 990101, datetime.fromisoformat("2026-12-01T14:30"), 30.42)
    )
    assert _read(data) == [
        (2, {"phone": "13800138000", "code": "990101", "at": "2026-12-01 14:30", "lat": "30.42"}),
    ]


def test_a_date_among_telephone_numbers_is_a_fault_of_its_line() -> None:
    first, second = _read(book(HEADER, (13800138000, "990101"), (date(2026, 12, 1), "990101")))
    assert first == (2, {"phone": "13800138000", "code": "990101"})
    assert isinstance(second, tuple)
    assert isinstance(second[1], LineFault)
    assert "「手机」" in second[1].message


def test_rows_are_numbered_as_the_editor_shows_them_wherever_the_table_begins() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row, cells in {3: HEADER, 5: ("1", "2"), 9: ("3", "4")}.items():
        for column, cell in enumerate(cells, 3):
            sheet.cell(row, column).value = cell
    assert [number for number, _ in reading.rows(saved(made), COLUMNS)] == [5, 9]


def test_a_formula_counts_as_what_it_came_to_and_one_that_came_to_nothing_is_empty() -> None:
    [(_, row)] = reading.rows(book(HEADER, ("=1+1", "990101")), COLUMNS)
    assert row == {"phone": "", "code": "990101"}


def test_line_breaks_in_a_cell_stay_for_the_rules_to_judge() -> None:
    [(number, row)] = reading.rows(book((*HEADER, "说明"), (1, 2, "a\nb")), COLUMNS)
    assert not isinstance(row, LineFault)
    assert (number, row["note"]) == (2, "a\nb")


def test_empty_sheets_beside_do_no_harm_and_filled_ones_are_not_passed_over() -> None:
    assert len(_read(book(HEADER, (1, 2), Sheet2=[], Sheet3=[]))) == 1
    with pytest.raises(InvalidInput, match="几张工作表"):
        _read(book(HEADER, (1, 2), 名单=[("民族",), ("汉",)]))


def test_a_hidden_sheet_is_not_passed_over_either() -> None:
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.append(list(HEADER))
    hidden = made.create_sheet("hidden")
    hidden.sheet_state = "hidden"
    hidden.append(["民族"])
    with pytest.raises(InvalidInput, match="几张工作表"):
        _read(saved(made))


def test_an_empty_book_is_said_to_be_empty() -> None:
    with pytest.raises(InvalidInput, match="空的"):
        _read(book())
