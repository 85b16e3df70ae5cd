"""The rows of an XLSX: of its one sheet with anything in it."""

import io
from collections.abc import Iterator, Sequence

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from backend.errors import InvalidInput
from backend.sheets import packages
from backend.sheets.cells import Value

_PANIC = "PanicException"


def rows(data: bytes) -> Iterator[tuple[int, Sequence[Value]]]:
    """With their numbers as the editor shows them. Raises InvalidInput."""
    sheet = _only(packages.surveyed(data))
    if sheet is None or sheet.start is None:
        return
    # The reader gives the empty rows above what is there, and cuts off the empty columns to its left.
    yield from enumerate(sheet.iter_rows(), 1)


def _only(package: io.BytesIO) -> CalamineSheet | None:
    """The sheet that is not empty. What stands on a second one would be passed over without a word."""
    try:
        with CalamineWorkbook.from_filelike(package) as book:
            sheets = [book.get_sheet_by_index(number) for number in range(len(book.sheet_names))]
    except CalamineError as error:
        raise packages.damaged() from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:  # of its Rust: no Exception, so that none passes for it
            raise
        raise packages.damaged() from error
    filled = [sheet for sheet in sheets if sheet.start is not None]
    if len(filled) > 1:
        names = "、".join(sheet.name for sheet in filled[:5])
        raise InvalidInput("several_sheets", f"这个文件里有几张工作表（{names}），一次只导入一张，请删掉别的。")
    return filled[0] if filled else None
