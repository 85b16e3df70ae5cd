"""A package that would swell, point elsewhere or end the process is refused before its reader sees it."""

import io
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.errors import InvalidInput
from backend.sheets import packages, reading
from backend.sheets.limits import MAX_INFLATED, MAX_ROWS, MEGABYTE
from tests.backend.sheets.made import COLUMNS, HEADER, book, in_sheet, repacked, with_entry

GOOD = book(HEADER, (13800138000, "990101"))


def _refused(data: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        list(reading.rows(data, COLUMNS, "sheet.xlsx"))
    return refused.value


def test_one_cell_in_the_last_corner_does_not_make_the_reader_fill_the_rectangle() -> None:
    """It would ask for 512 GB, and end the process."""
    far = in_sheet(GOOD, b'r="B2"', b'r="XFD1048576"')
    assert len(far) < 10_000
    assert _refused(far).code == "too_many_rows"


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (b"A100002", "too_many_rows"),
        (b"BM2", "too_many_columns"),
        (b"AZ90000", "too_many_cells"),
        (b"a2", "sheet_damaged"),
        (b"B0", "sheet_damaged"),
        (b"2B", "sheet_damaged"),
        (b"", "sheet_damaged"),
        (b"AAAAAAAAA1", "sheet_damaged"),
        (b"A99999999999", "sheet_damaged"),
        (b"$B$2", "sheet_damaged"),
    ],
)
def test_a_cell_that_lies_elsewhere_is_refused(place: bytes, code: str) -> None:
    assert _refused(in_sheet(GOOD, b'r="B2"', b'r="' + place + b'"')).code == code


def test_rows_without_cells_count_too() -> None:
    assert _refused(in_sheet(GOOD, b'<row r="2"', b'<row r="%d"' % (MAX_ROWS + 2))).code == "too_many_rows"
    assert _refused(in_sheet(GOOD, b'<row r="2"', b'<row r="-2"')).code == "sheet_damaged"


def test_cells_that_do_not_say_where_they_are_are_counted() -> None:
    many = b"<c><v>1</v></c>" * 70
    assert _refused(in_sheet(GOOD, b'<row r="2">', b"<row>" + many + b'</row><row r="3">')).code == "too_many_columns"


def test_a_bomb_is_refused_by_what_it_says_of_itself() -> None:
    assert _refused(with_entry(GOOD, "xl/media/zeros.xml", bytes(30 * MEGABYTE))).code == "sheet_too_large"


def test_a_bomb_that_lies_about_its_size_is_not_inflated() -> None:
    package = with_entry(GOOD, "xl/zeros.xml", bytes(150 * MEGABYTE))
    told = struct.pack("<L", 150 * MEGABYTE)
    assert package.count(told) >= 1
    assert _refused(package.replace(told, struct.pack("<L", 1000))).code == "sheet_damaged"


def test_entries_that_share_their_bytes_are_refused() -> None:
    """As the flat bombs do: one kernel, and many entries over it."""
    package = with_entry(GOOD, "xl/one.xml", b"<a/>")
    at = package.index(b"PK\x01\x02", package.rindex(b"PK\x05\x06") - 200)
    entry = package[at : package.rindex(b"PK\x05\x06")].replace(b"xl/one.xml", b"xl/two.xml")
    end = bytearray(package[package.rindex(b"PK\x05\x06") :])
    for offset in (8, 10):
        struct.pack_into("<H", end, offset, struct.unpack_from("<H", end, offset)[0] + 1)
    struct.pack_into("<L", end, 12, struct.unpack_from("<L", end, 12)[0] + len(entry))
    forged = package[: package.rindex(b"PK\x05\x06")] + entry + bytes(end)
    with zipfile.ZipFile(io.BytesIO(forged)) as opened:
        assert "xl/two.xml" in opened.namelist()
    assert _refused(forged).code == "sheet_too_large"


def test_very_many_entries_are_refused() -> None:
    written = io.BytesIO(GOOD)
    with zipfile.ZipFile(written, "a") as package:
        for number in range(300):
            package.writestr(f"xl/media/{number}.png", b"")
    assert _refused(written.getvalue()).code == "sheet_too_large"


def test_one_name_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = with_entry(GOOD, "xl/workbook.xml", b"<workbook/>")
    assert _refused(twice).code == "sheet_too_large"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xl/vbaProject.bin", "sheet_macros"),
        ("xl/embeddings/Microsoft_Excel_Sheet.xlsx", "sheet_nested"),
        ("other.zip", "sheet_nested"),
        ("xl/embeddings/oleObject1.bin", "sheet_nested"),
    ],
)
def test_what_else_is_in_it_is_refused(name: str, code: str) -> None:
    assert _refused(with_entry(GOOD, name, b"PK")).code == code


def test_definitions_that_multiply_are_refused() -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert _refused(with_entry(GOOD, "xl/more.xml", laughs)).code == "sheet_damaged"


def test_a_package_of_something_else_is_no_sheet() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("word/document.xml", "<document/>")
    assert _refused(written.getvalue()).code == "sheet_unknown"


def test_a_file_that_broke_off_is_refused() -> None:
    assert _refused(GOOD[: len(GOOD) // 2]).code == "sheet_damaged"
    assert _refused(b"PK\x03\x04").code == "sheet_damaged"


def test_the_reader_gets_the_bytes_that_were_looked_at_and_no_others() -> None:
    with zipfile.ZipFile(packages.surveyed(with_entry(GOOD, "xl/media/photo.png", b"\x89PNG"))) as copy:
        names = copy.namelist()
        assert "xl/media/photo.png" not in names
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in copy.infolist())
    with zipfile.ZipFile(io.BytesIO(GOOD)) as original:
        assert sorted(names) == sorted(original.namelist())
        assert copy_of(GOOD) == {name: original.read(name) for name in original.namelist()}


def copy_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(packages.surveyed(data)) as copy:
        return {name: copy.read(name) for name in copy.namelist()}


def test_an_entry_of_just_the_size_that_is_allowed_is_no_bomb() -> None:
    assert MAX_INFLATED == 100 * MEGABYTE
    padded = repacked(GOOD, lambda name, content: content + b" " * MEGABYTE if name.endswith("sheet1.xml") else content)
    assert len(list(reading.rows(with_entry(padded, "x.png", _noise(MEGABYTE)), COLUMNS))) == 1


def _noise(size: int) -> bytes:
    return b"".join(struct.pack("<Q", number * 0x9E3779B97F4A7C15 % 2**64) for number in range(size // 8))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_package_with_a_part_bent_is_read_or_refused_and_never_more(data: st.DataObject) -> None:
    part = data.draw(
        st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
    )
    at, size = data.draw(st.integers(0, 1500)), data.draw(st.integers(0, 40))
    put = data.draw(st.sampled_from([b"", b"<", b">", b'"', b"\x00", b"9" * 12, b'r="A1"', b"<c/>", b"&amp;", b"\xff"]))

    def bend(name: str, content: bytes) -> bytes:
        return content[:at] + put + content[at + size :] if name == part else content

    with suppress(InvalidInput):
        list(reading.rows(repacked(GOOD, bend), COLUMNS, "sheet.xlsx"))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_file_with_bytes_bent_is_read_or_refused_and_never_more(data: st.DataObject) -> None:
    bent = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        bent[data.draw(st.integers(0, len(bent) - 1))] = data.draw(st.integers(0, 255))
    with suppress(InvalidInput):
        list(reading.rows(bytes(bent), COLUMNS, "sheet.xlsx"))
