"""The rows of a CSV, in the encodings and with the delimiters that spreadsheets write it."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence

from backend.errors import FieldError, InvalidInput
from backend.sheets.lines import at

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DELIMITERS = ",;\t"
_OTHER = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""What no text has."""

_ZERO = re.compile("\x00")


def decoded(data: bytes) -> str:
    """Raises InvalidInput for what is no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], encoding)
    try:
        text, never = data.decode("utf-8"), _ZERO
    except UnicodeDecodeError:
        text, never = _decode(data, "gb18030"), _OTHER  # nearly anything decodes as that
    if never.search(text):
        raise unreadable()
    return text


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise unreadable() from error


def unreadable() -> InvalidInput:
    return InvalidInput("sheet_unknown", "这不是表格文件，请用 Excel 或 WPS 另存为 .xlsx 或「CSV UTF-8」再传。")


def rows(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """With the number of the line on which each begins. Raises InvalidInput."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text))
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise _not_csv(number) from error
        if row is None:
            return
        yield number, row


def _delimiter(text: str) -> str:
    """The one the first line with anything in it has most of, outside of quotes; a comma if none."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub('"[^"]*"', "", first)
    return max(_DELIMITERS, key=bare.count)


def _not_csv(number: int) -> InvalidInput:
    fault = FieldError(at(number), "请检查引号；一格最多十三万个字符。")
    return InvalidInput("not_csv", f"{at(number)}不是正确的 CSV，没有导入任何一行。", [fault])
