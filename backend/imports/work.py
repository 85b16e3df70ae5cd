"""What a worker does of an import: holding each line against what stands, and writing it all in one transaction.

What is written is judged once more in the transaction that writes it. When that says something else than what was
confirmed, nothing is written, and she is shown the new report.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from peewee import IntegrityError

from backend import clock
from backend.audit.actions import Audit
from backend.errors import Conflict, Forbidden, InvalidInput, NotFound
from backend.files.actions import Files
from backend.imports import moves, rules
from backend.imports.kinds import Author, Kind
from backend.imports.papers import Papers
from backend.imports.table import Kinds
from backend.permissions import Actor
from backend.sheets.lines import LineFault, Lines, Outcome, Row, Verdict
from backend.staff import queries as staff
from backend.storage.database import in_transaction
from backend.storage.progress import Progress
from models.imports import ImportState, SheetImport

_S = ImportState
_STEP = 500
_CHANGED = "您确认以后，有人改过相关的内容。请再看一遍，确认后才会写入。"


@dataclass(frozen=True)
class _Sheet:
    """`lines` are those that could be read, `faults` says of each other why not."""

    rows: Lines[Row | LineFault]
    lines: Lines[Any]
    faults: list[Verdict]


class _Changed(Exception):
    """Others have changed what it is held against, between the report and the writing."""


class Work:
    def __init__(self, files: Files, audit: Audit, kinds: Kinds, progress: Progress) -> None:
        self._files, self._papers, self._audit = files, Papers(files), audit
        self._kinds, self._progress = kinds, progress

    def check(self, import_id: int) -> None:
        """Harmless when it runs twice, or too late."""
        row = _waiting(import_id, _S.UPLOADED)
        actor = None if row is None else self._actor(row)
        if row is not None and actor is not None:
            self._check(row, actor, "")

    def write(self, import_id: int) -> None:
        """Harmless when it runs twice."""
        row = _waiting(import_id, _S.CONFIRMED)
        actor = None if row is None else self._actor(row)
        if row is None or actor is None:
            return
        try:
            self._write(row, actor)
        except (_Changed, IntegrityError, Conflict, NotFound, InvalidInput):
            self._check(row, actor, _CHANGED)

    def fail(self, import_id: int) -> None:
        """It cannot be done, for a reason that is nobody's who uses this house."""
        row = SheetImport.get_or_none(SheetImport.id == import_id)
        if row is not None and rules.may_move(row.state, _S.FAILED):
            why = "系统出了问题，没有导入任何一行。请重新上传。"
            with suppress(Conflict):  # another worker has done it
                in_transaction(partial(moves.end, self._files, row, _S.FAILED, why=why))

    def _check(self, row: SheetImport, actor: Actor, why: str) -> None:
        kind = self._kinds[row.kind]
        sheet = self._read(kind, row)
        verdicts = sheet.faults + kind.judged(actor, rules.reach(actor, kind.asks), sheet.lines)
        refusal = rules.refusal(verdicts, kind.whole)
        now = clock.now()
        report = self._papers.keep_report(verdicts, now + rules.PATIENCE + rules.KEPT)
        told = {"report": report, "fingerprint": rules.fingerprint(verdicts), "checked_at": now, "why": refusal or why}
        state = _S.REFUSED if refusal else _S.CHECKED
        try:
            in_transaction(partial(self._tell, row, state, **told, **rules.tallied(verdicts)))
        except Conflict:  # another worker was faster, or it was withdrawn
            self._files.drop([report])

    def _tell(self, row: SheetImport, state: ImportState, **told: Any) -> None:
        if state is _S.REFUSED:
            moves.end(self._files, row, state, **told)
        else:
            moves.require(row, state, **told)
        self._files.drop([row.report_id])

    def _write(self, row: SheetImport, actor: Actor) -> None:
        kind = self._kinds[row.kind]
        sheet, scopes = self._read(kind, row), rules.reach(actor, kind.asks)
        verdicts = sheet.faults + kind.judged(actor, scopes, sheet.lines)
        if rules.fingerprint(verdicts) != row.fingerprint:
            raise _Changed
        # Made beforehand: it takes its time, and says what was confirmed or belongs to nothing.
        end = clock.now() + rules.KEPT
        title = self._files.title(row.sheet_id)
        result = self._papers.keep_result(kind.columns, sheet.rows, verdicts, title, end)
        try:
            is_done = in_transaction(lambda: self._put(row, Author(actor, row.id), sheet, result))
        except BaseException:
            self._files.drop([result])
            raise
        if not is_done:
            self._files.drop([result])

    def _put(self, row: SheetImport, author: Author, sheet: _Sheet, result: int) -> bool:
        if not moves.is_still(row):
            return False  # another worker was here first
        kind = self._kinds[row.kind]
        done = kind.write(author, rules.reach(author.actor, kind.asks), sheet.lines)
        if rules.fingerprint([*sheet.faults, *done.verdicts]) != row.fingerprint:
            raise _Changed
        told = {"result": result}
        if done.changes:
            told["changes"] = self._papers.keep_changes(done.changes, clock.now() + rules.KEPT)
        moves.end(self._files, row, _S.DONE, **told)
        counts = rules.tallied([*sheet.faults, *done.verdicts])
        moves.record(self._audit, author.actor, row, "written", **counts)
        return True

    def _read(self, kind: Kind[Any], row: SheetImport) -> _Sheet:
        sheet = _Sheet(list(self._papers.rows(row.sheet_id)), [], [])
        track = self._progress.track(f"import:{row.id}", len(sheet.rows))
        for done, (number, cells) in enumerate(sheet.rows):
            line = cells if isinstance(cells, LineFault) else kind.read_line(number, cells)
            if isinstance(line, LineFault):
                sheet.faults.append(Verdict(number, Outcome.REFUSED, "", line.message))
            else:
                sheet.lines.append((number, line))
            if done % _STEP == 0:
                track.at(done)
        track.at(len(sheet.rows))
        return sheet

    def _actor(self, row: SheetImport) -> Actor | None:
        """With what she may do now. Who may do it no more, or has left, has it refused."""
        try:
            actor = None if row.staff_id is None else staff.at_work(row.staff_id)
            if actor is None:
                raise Forbidden("left", "上传的人已经不在岗了。")
            rules.reach(actor, self._kinds[row.kind].asks)
        except Forbidden as refused:
            in_transaction(partial(self._refuse, row, refused.sentence))
            return None
        return actor

    def _refuse(self, row: SheetImport, why: str) -> None:
        moves.end(self._files, row, _S.REFUSED, why=why)
        moves.record(self._audit, None, row, "refused")


def _waiting(import_id: int, state: ImportState) -> SheetImport | None:
    """None when another worker was faster, or it was withdrawn."""
    found: SheetImport | None = SheetImport.get_or_none((SheetImport.id == import_id) & (SheetImport.state == state))
    return found
