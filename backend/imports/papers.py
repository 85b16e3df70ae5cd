"""The files of an import: the lines as they were read, what becomes of each, the result, and what undoes it.

A report lies in pages, ordered as it is shown, so that one page is read without the others and a kind of outcome is a
stretch of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import orjson

from backend.files.actions import Files
from backend.imports.rules import OUTCOMES, ordered
from backend.sheets.columns import Columns
from backend.sheets.lines import LineFault, Lines, Outcome, Row, Verdict, fault
from backend.sheets.writing import Form, written
from backend.storage.files import pieces

PAGE = 100
_SLICE = 500
_ENDING = {Form.XLSX: ".xlsx", Form.CSV: ".csv"}
Item = TypeVar("Item")


class Papers:
    def __init__(self, files: Files) -> None:
        self._files = files

    def keep_rows(self, rows: Lines[Row | LineFault], title: str, ends_at: datetime) -> int:
        """The id of the file. A line that is not in order leaves a sentence and no cell."""
        plain = ([number, row.message if isinstance(row, LineFault) else row] for number, row in rows)
        return self._files.keep(_frames(plain, _SLICE), title, ends_at)

    def rows(self, file_id: int | None) -> Iterator[tuple[int, Row | LineFault]]:
        for frame in self._files.read(file_id):
            for number, row in orjson.loads(frame):
                yield number, fault(number, row) if isinstance(row, str) else row

    def keep_report(self, verdicts: Iterable[Verdict], ends_at: datetime) -> int:
        plain = ([each.number, each.outcome, each.about, each.sentence] for each in ordered(verdicts))
        return self._files.keep(_frames(plain, PAGE), "report", ends_at)

    def report(self, file_id: int | None, start: int, limit: int) -> list[Verdict]:
        """So many lines of it from the one at `start`, counted from 0. The caller knows that they are there."""
        if limit <= 0:
            return []
        first, last = start // PAGE, (start + limit - 1) // PAGE
        found = [each for page in range(first, last + 1) for each in orjson.loads(self._files.frame(file_id, page))]
        shown = found[start - first * PAGE :][:limit]
        return [Verdict(number, Outcome(outcome), about, sentence) for number, outcome, about, sentence in shown]

    def keep_result(
        self, columns: Columns, rows: Lines[Row | LineFault], verdicts: Sequence[Verdict], title: str, ends_at: datetime
    ) -> int:
        """The sheet again, in its order, with what became of each line; at its end what it removed."""
        header = ["行号", *(column.title for column in columns.kept), "结果", "说明"]
        said = {each.number: each for each in verdicts if each.number}
        form = Form.CSV if title.lower().endswith(".csv") else Form.XLSX
        with self._files.workshop() as workshop:
            path = workshop / "result"
            with path.open("wb") as target, written(form, target, header, workshop=workshop) as writer:
                for number, row in rows:
                    writer.write(_line(columns, number, row, said[number]))
                for each in verdicts:
                    if not each.number:
                        writer.write(["", *[""] * len(columns.kept), OUTCOMES[each.outcome], _removed(each)])
            with path.open("rb") as file:
                return self._files.keep(pieces(file), f"导入结果{_ENDING[form]}", ends_at)

    def keep_changes(self, changes: Iterable[Mapping[str, Any]], ends_at: datetime) -> int:
        return self._files.keep(_frames(changes, _SLICE), "changes", ends_at)

    def changes(self, file_id: int | None) -> list[dict[str, Any]]:
        return [change for frame in self._files.read(file_id) for change in orjson.loads(frame)]


def _frames(items: Iterable[Any], size: int) -> Iterator[bytes]:
    waiting = iter(items)
    while some := list(islice(waiting, size)):
        yield orjson.dumps(some)


def _line(columns: Columns, number: int, row: Row | LineFault, verdict: Verdict) -> list[str]:
    cells = {} if isinstance(row, LineFault) else row
    told = [cells.get(column.name, "") for column in columns.kept]
    return [str(number), *told, OUTCOMES[verdict.outcome], verdict.sentence]


def _removed(verdict: Verdict) -> str:
    return f"{verdict.about}：{verdict.sentence}"
