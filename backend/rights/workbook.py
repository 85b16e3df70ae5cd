"""The copy as a file: a sheet for each section, inside a zip that only her password opens (AES-256, WinZip's form)."""

import io
from datetime import datetime
from enum import StrEnum
from typing import Any

import pyzipper
import xlsxwriter

from backend import clock
from backend.errors import InvalidInput
from backend.rights import words
from backend.rights.sections import Section

SHORTEST, LONGEST = 8, 64
_WIDTH = 24


def check_password(password: str) -> None:
    """Raises InvalidInput."""
    if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < 4 or not password.isprintable():
        raise InvalidInput("password_weak", f"密码要 {SHORTEST} 到 {LONGEST} 位，不能只用同一两个字符。")


def sealed(sections: list[Section], password: str) -> bytes:
    """Raises InvalidInput when the password is too weak to carry her data around."""
    check_password(password)
    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        archive.writestr("我的资料.xlsx", workbook(sections))
    return packed.getvalue()


def workbook(sections: list[Section]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        title = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for section in sections:
            sheet = book.add_worksheet(section.title)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(section.columns) - 1, _WIDTH, wrapped)
            sheet.write_row(0, 0, list(section.columns.values()), title)
            for number, row in enumerate(section.rows or [{}], 1):
                for place, key in enumerate(section.columns):
                    sheet.write_string(number, place, _text(row.get(key)) if row else "没有" * (place == 0))
    return written.getvalue()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, StrEnum):
        return words.of(value)
    return f"{clock.beijing(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
