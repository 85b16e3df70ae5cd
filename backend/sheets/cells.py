"""What is in a cell, as people meant it: spreadsheets make numbers of telephone numbers, and dates of house numbers.

Pure. Where something has been lost, `Spoilt` says which column to mend.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from backend.sheets.columns import Column, Holds

Value = str | int | float | bool | date | time | timedelta
_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; the others become zeros."""

_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")
_WHOLE = re.compile(r"(-?\d+)\.0+")
_QUOTED = re.compile(r'="([^"]*)"')
_MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]*(\d{1,2})[:：](\d{2})(?:[:：]\d{2}(?:\.0+)?)?")
_IDENTITY = re.compile(r"(?<![\d.])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Spoilt(Exception):
    """`sentence` says to whoever made the sheet what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def text_of(value: Value, column: Column) -> str:
    """Raises Spoilt."""
    text = _written(value, column).strip()
    if len(text) > column.longest:
        raise Spoilt(f"「{column.title}」太长了，最多 {column.longest} 个字。")
    if column.holds is not Holds.LONG and _IDENTITY.search(text):
        raise Spoilt(f"「{column.title}」里像是身份证号：本系统不收集，这一行没有留下。")
    return text


def _written(value: Value, column: Column) -> str:
    if isinstance(value, str):
        return _typed(value, column)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value, column)
    return _time(value, column)


def _typed(text: str, column: Column) -> str:
    quoted = _QUOTED.fullmatch(text.strip())
    plain = unmarked(quoted[1] if quoted else text)
    if column.holds is Holds.DIGITS:
        return _digits(unicodedata.normalize("NFKC", plain).strip(), column)
    return moment(plain) if column.holds is Holds.MOMENT else plain


def unmarked(text: str) -> str:
    """Without the apostrophe by which a spreadsheet, and we, say that something is text."""
    return text[1:] if len(text) > 1 and text[0] == "'" and not text[1].isalpha() else text


def _digits(text: str, column: Column) -> str:
    whole = _WHOLE.fullmatch(text)
    if whole:
        return whole[1]
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific is None:
        return text
    if len(scientific[2] or "") < int(scientific[3]):
        raise _lost(column, f"「{text}」，后几位已经丢了")
    return str(int(Decimal(text)))


def moment(text: str) -> str:
    """As `2026-12-01 14:30`; what is written in no way we know stays as it is."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return text
    year, month, day, hour, minute = (int(part) for part in found.groups())
    return f"{year:04d}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}"


def _number(value: float, column: Column) -> str:
    if column.holds is Holds.MOMENT:
        raise _lost(column, "数字")
    if isinstance(value, float) and not value.is_integer():
        if column.holds is Holds.DIGITS:
            raise _lost(column, "小数")
        return f"{value:.15g}"
    if abs(value) >= _EXACT:
        raise _lost(column, "一个太长的数，后几位已经丢了")
    return str(int(value))


def _time(value: date | time | timedelta, column: Column) -> str:
    """A date is one only where a moment is asked for: elsewhere it was 3-1, a building and its door."""
    if column.holds is Holds.MOMENT and isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if column.holds is Holds.MOMENT and isinstance(value, date):
        return f"{value:%Y-%m-%d} 00:00"
    raise _lost(column, "日期或时间")


def _lost(column: Column, what: str) -> Spoilt:
    return Spoilt(f"「{column.title}」被表格软件改成了{what}：请把这一列的格式设成「文本」，再填一次。")
