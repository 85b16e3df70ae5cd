"""What is written opens in a spreadsheet, names whose it is, and nothing in it is a formula."""

import csv
import io
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
import pyzipper

from backend.sheets import reading, sealing
from backend.sheets.lines import LineFault
from backend.sheets.writing import Form, written
from tests.backend.sheets.made import COLUMNS

HEADER = ["手机", "编码", "说明"]
FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1+1",
    "　＝1+1",
    "＠x",
    "-",
    "=",
]


def _written(form: Form, *rows: list[str], mark: str = "") -> bytes:
    target = io.BytesIO()
    with written(form, target, HEADER, mark) as writer:
        for row in rows:
            writer.write(row)
    return target.getvalue()


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_text_in_xlsx_also_when_it_is_edited(text: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(_written(Form.XLSX, ["1", "2", text]))).active
    assert sheet is not None
    cell = sheet["C2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert str(cell.value).replace("_x000D_", "").strip() == text.strip()


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_text_in_csv(text: str) -> None:
    [_, row] = csv.reader(io.StringIO(_written(Form.CSV, ["1", "2", text]).decode("utf-8-sig"), newline=""))
    assert row[2] == f"'{text}"


def test_what_looks_like_nothing_stays_as_it_is() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(_written(Form.XLSX, ["138******00", "990101", "a=b"]))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == ["138******00", "990101", "a=b"]
    assert not sheet["C2"].quotePrefix
    assert "'" not in _written(Form.CSV, ["138******00", "990101", "a=b"]).decode("utf-8-sig")


@pytest.mark.parametrize("form", Form)
def test_what_was_written_is_read_back_as_it_was(form: Form) -> None:
    rows = [["13800138000", "990101", text.strip()] for text in FORMULAS]
    found = [row for _, row in reading.rows(_written(form, *rows), COLUMNS)]
    told = [["" if isinstance(row, LineFault) else row[name] for name in ("phone", "code", "note")] for row in found]
    assert told == rows


def test_csv_is_utf8_as_spreadsheets_know_it_and_begins_with_whose_it_is() -> None:
    data = _written(Form.CSV, ["1", "2", "第一行\n第二行"], mark="导出第 12 号\n张敏")
    assert data.startswith(b"\xef\xbb\xbf# ")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["# 导出第 12 号 张敏"], HEADER, ["1", "2", "第一行\n第二行"]]


def test_xlsx_says_whose_it_is_on_each_page_and_in_its_properties() -> None:
    data = _written(Form.XLSX, ["1", "2", "3"], mark="导出第 12 号 张敏&李明")
    assert openpyxl.load_workbook(io.BytesIO(data)).properties.description == "导出第 12 号 张敏&李明"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        page = package.read("xl/worksheets/sheet1.xml").decode()
    assert page.count("导出第 12 号 张敏&amp;&amp;李明") == 2


def test_a_very_long_mark_and_a_very_long_cell_are_cut_and_break_nothing() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(_written(Form.XLSX, ["1", "2", "长" * 40_000], mark="用途" * 500))).active
    assert sheet is not None
    assert len(str(sheet["C2"].value)) == 32_767


@pytest.mark.parametrize("form", Form)
def test_many_lines_take_no_more_memory_than_few(form: Form, tmp_path: Path) -> None:
    def peak(lines: int) -> int:
        with (tmp_path / "sheet").open("wb") as target:
            tracemalloc.start()
            with written(form, target, HEADER, workshop=tmp_path) as writer:
                for number in range(lines):
                    writer.write([str(number), "990101", "春晓社区"])
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return found

    peak(10)
    assert peak(20_000) < peak(1_000) + 1_000_000


def test_the_workshop_is_empty_afterwards(tmp_path: Path) -> None:
    with written(Form.XLSX, io.BytesIO(), HEADER, workshop=tmp_path) as writer:
        writer.write(["1", "2", "3"])
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_a_sealed_file_opens_with_its_password_and_no_other() -> None:
    target, password = io.BytesIO(), sealing.new_password()
    sealing.seal(io.BytesIO(b"138" * 100_000), "导出.csv", target, password)
    assert b"138138" not in target.getvalue()
    with pyzipper.AESZipFile(io.BytesIO(target.getvalue())) as archive:
        [info] = archive.infolist()
        assert (info.filename, info.wz_aes_strength) == ("导出.csv", 3)
        archive.setpassword(password.encode())
        assert archive.read(info) == b"138" * 100_000
        archive.setpassword(b"another")
        with pytest.raises(RuntimeError):
            archive.read(info)


def test_passwords_are_never_the_same_and_can_be_read_out() -> None:
    passwords = {sealing.new_password() for _ in range(100)}
    assert len(passwords) == 100
    assert all(len(each) == 19 and not set(each) & set("0o1il") for each in passwords)
