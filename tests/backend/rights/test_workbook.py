"""The copy as a file opens only with her password, and what she wrote is text in it."""

import io
from datetime import UTC, datetime
from enum import StrEnum

import openpyxl
import pytest
import pyzipper

from backend.accounts.queries import Account
from backend.errors import InvalidInput
from backend.rights import words, workbook
from backend.rights.sections import Row, Section, collect
from backend.runtime import Runtime
from tests import people
from tests.marks import MARK, marked

PASSWORD = "长江长江 9901"
COLUMNS = {"name": "姓名", "at": "时间", "kept": "保存"}


def _opened(packed: bytes, password: str = PASSWORD) -> "openpyxl.Workbook":
    with pyzipper.AESZipFile(io.BytesIO(packed)) as archive:
        [name] = archive.namelist()
        archive.setpassword(password.encode())
        assert name == "我的资料.xlsx"
        return openpyxl.load_workbook(io.BytesIO(archive.read(name)))


def _section(*rows: Row) -> Section:
    return Section("profile", "我的资料", COLUMNS, list(rows))


def test_it_opens_with_the_password_and_shows_every_section(runtime: Runtime, account: Account) -> None:
    sections = collect(runtime.cipher, marked(runtime, account))
    book = _opened(workbook.sealed(sections, PASSWORD))
    assert book.sheetnames == [section.title for section in sections]
    for section in sections:
        sheet = book[section.title]
        assert [cell.value for cell in sheet[1]] == list(section.columns.values())
        assert sheet.max_row == 1 + max(1, len(section.rows))
    assert MARK in str(book["我的资料"]["A2"].value)


def test_without_the_password_nothing_of_it_can_be_read(runtime: Runtime, account: Account) -> None:
    packed = workbook.sealed(collect(runtime.cipher, marked(runtime, account)), PASSWORD)
    assert MARK.encode() not in packed
    for password in ("", "another password", PASSWORD.upper() + "x"):
        with pytest.raises(RuntimeError):
            _opened(packed, password)


def test_it_is_sealed_with_aes_256(runtime: Runtime, account: Account) -> None:
    packed = workbook.sealed(collect(runtime.cipher, people.member(runtime, account)), PASSWORD)
    with pyzipper.AESZipFile(io.BytesIO(packed)) as archive:
        [info] = archive.infolist()
    assert info.flag_bits & 1
    assert (info.compress_type, info.wz_aes_strength) == (pyzipper.ZIP_DEFLATED, 3)


@pytest.mark.parametrize("name", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "12345678901234567890"])
def test_what_looks_like_a_formula_is_text(name: str) -> None:
    cell = openpyxl.load_workbook(io.BytesIO(workbook.workbook([_section({"name": name})])))["我的资料"]["A2"]
    assert (cell.value, cell.data_type) == (name, "s")


def test_moments_truths_and_what_is_missing_can_be_read() -> None:
    at = datetime(2026, 6, 1, 16, 30, tzinfo=UTC)
    rows = {"name": None, "at": at, "kept": True}, {"name": "王", "at": None, "kept": False}
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.workbook([_section(*rows)])))["我的资料"]
    told = [tuple(cell.value or "" for cell in row) for row in sheet.iter_rows(min_row=2)]
    assert told == [("", "2026-06-02 00:30", "是"), ("王", "", "否")]


CODES = [code for codes in words.CODES for code in codes]


@pytest.mark.parametrize("code", CODES, ids=lambda code: f"{type(code).__name__}.{code}")
def test_a_code_is_told_in_words(code: StrEnum) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.workbook([_section({"name": code})])))["我的资料"]
    assert sheet["A2"].value == words.of(code) != code.value


def test_whoever_reads_the_file_meets_no_code(runtime: Runtime, account: Account) -> None:
    book = _opened(workbook.sealed(collect(runtime.cipher, marked(runtime, account)), PASSWORD))
    codes = {code.value for code in CODES}
    assert [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value in codes] == []


def test_an_empty_section_says_so() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.workbook([_section()])))["我的资料"]
    assert sheet["A2"].value == "没有"


def test_a_text_longer_than_a_cell_is_cut_and_not_dropped() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.workbook([_section({"name": "长" * 40_000})])))["我的资料"]
    assert str(sheet["A2"].value).startswith("长长长")


@pytest.mark.parametrize("password", ["", "1234567", "11111111", "12121212", "123123123", "x" * 65, "good\x00pass1"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        workbook.sealed([_section()], password)
    assert caught.value.code == "password_weak"
