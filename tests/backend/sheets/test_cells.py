"""What a spreadsheet made of a cell is read as it was meant, or a sentence says which column must be text."""

from datetime import date, datetime, time, timedelta

import pytest

from backend.sheets.cells import Spoilt, Value, text_of
from tests.backend.sheets.made import COLUMNS

PHONE, NAME, CODE, NOTE, AT, LAT = COLUMNS.all
DAY = datetime.fromisoformat("2026-12-01")
"""Without a zone, as a spreadsheet has it."""


@pytest.mark.parametrize(
    "cell",
    [
        13800138000, 13800138000.0, "13800138000", "13800138000.0", " 13800138000 ", "'13800138000", '="13800138000"',
        "１３８００１３８０００", "1.3800138000E+10", "1.3800138000e10",
    ],
)  # fmt: skip
def test_a_telephone_number_is_read_back(cell: Value) -> None:
    assert text_of(cell, PHONE) == "13800138000"


@pytest.mark.parametrize(
    "cell", ["1.38E+10", "1.38001E+10", 138.5, DAY, date(2026, 12, 1), time(9), timedelta(1), 1e16]
)
def test_a_telephone_number_that_lost_something_names_its_column(cell: Value) -> None:
    with pytest.raises(Spoilt) as spoilt:
        text_of(cell, PHONE)
    assert "「手机」" in spoilt.value.sentence
    assert "文本" in spoilt.value.sentence


@pytest.mark.parametrize("cell", [990101, 990101.0, "990101", "990101.0"])
def test_a_code_is_read_back(cell: Value) -> None:
    assert text_of(cell, CODE) == "990101"


def test_a_house_number_that_became_a_date_is_not_guessed() -> None:
    with pytest.raises(Spoilt, match="日期"):
        text_of(DAY, NOTE)
    assert text_of("3-1", NOTE) == "3-1"


@pytest.mark.parametrize(
    "cell",
    [
        DAY.replace(hour=14, minute=30), "2026-12-01 14:30", "2026/12/1 14:30", "2026-12-01 14:30:00",
        "2026年12月1日 14:30", "2026-12-01T14:30", "2026.12.1 14：30",
    ],
)  # fmt: skip
def test_a_moment_is_read_in_the_ways_people_write_it(cell: Value) -> None:
    assert text_of(cell, AT) == "2026-12-01 14:30"


def test_a_date_alone_is_the_beginning_of_the_day() -> None:
    assert text_of(date(2026, 12, 1), AT) == "2026-12-01 00:00"


def test_a_moment_in_words_stays_for_whoever_reads_it() -> None:
    assert text_of("明天", AT) == "明天"


@pytest.mark.parametrize(("cell", "said"), [(30.42, "30.42"), (112, "112"), (112.0, "112"), ("30.42", "30.42")])
def test_a_decimal_is_read_without_noise(cell: Value, said: str) -> None:
    assert text_of(cell, LAT) == said


@pytest.mark.parametrize(
    ("cell", "said"), [(3, "3"), (2.5, "2.5"), (True, "是"), (False, "否"), ("", ""), ("'-1", "-1")]
)
def test_words_are_read_whatever_their_type(cell: Value, said: str) -> None:
    assert text_of(cell, NOTE) == said


@pytest.mark.parametrize("text", ["110101199003071234", "11010119900307123X", "住户 110101199003071234 号"])
def test_an_identity_number_is_turned_away_wherever_it_stands(text: str) -> None:
    for column in (PHONE, CODE, NOTE):
        with pytest.raises(Spoilt, match="身份证"):
            text_of(text, column)


def test_a_cell_that_is_too_long_is_said_and_not_cut() -> None:
    with pytest.raises(Spoilt, match="「说明」太长"):
        text_of("长" * 501, NOTE)
