"""Reads of imports. One is shown to whoever uploaded it, and to nobody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from backend import clock
from backend.files.actions import Files
from backend.imports import moves, rules
from backend.imports.papers import Papers
from backend.imports.rules import RANK
from backend.imports.table import Kinds
from backend.permissions import Action, Actor
from backend.sheets.lines import Outcome, Verdict
from backend.storage.progress import Progress, Reached
from models.imports import ImportKind, ImportState, SheetImport

LIMIT = 100


@dataclass(frozen=True, slots=True)
class ImportView:
    id: int
    kind: ImportKind
    state: ImportState
    title: str
    """ "" once its file is gone."""
    lines: int
    counts: dict[Outcome, int]
    fingerprint: str
    why: str
    uploaded_at: datetime
    ended_at: datetime | None
    has_report: bool
    has_result: bool
    can_undo: bool


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is the cursor of what follows, 0 at the end."""

    lines: list[Verdict]
    next: int


class ImportQueries:
    def __init__(self, files: Files, kinds: Kinds, progress: Progress) -> None:
        self._files, self._papers, self._kinds, self._progress = files, Papers(files), kinds, progress

    def listed(self, actor: Actor, before: int = 0, limit: int = 50) -> list[ImportView]:
        """Hers, the newest first, those before the one with this id."""
        actor.scope(Action.IMPORT)
        hers = SheetImport.select().where(SheetImport.staff == actor.staff_id)
        rows = hers.where(SheetImport.id < before) if before else hers
        return [self._view(row) for row in rows.order_by(SheetImport.id.desc()).limit(limit)]

    def waiting(self, actor: Actor) -> list[ImportView]:
        """Hers that wait for her to confirm."""
        mine = (SheetImport.staff == actor.staff_id) & (SheetImport.state == ImportState.CHECKED)
        return [self._view(row) for row in SheetImport.select().where(mine).order_by(SheetImport.id)]

    def one(self, actor: Actor, import_id: int) -> ImportView:
        """Raises NotFound for another's."""
        return self._view(self._row(actor, import_id))

    def lines(self, actor: Actor, import_id: int, outcome: Outcome | None, after: int = 0, limit: int = LIMIT) -> Page:
        """Of its report, those that ended so, from the one at `after` on. Raises NotFound."""
        row = self._row(actor, import_id)
        counts = _counts(row)
        first = 0 if outcome is None else sum(count for each, count in counts.items() if RANK[each] < RANK[outcome])
        last = sum(counts.values()) if outcome is None else first + counts[outcome]
        start = first + after
        shown = self._papers.report(row.report_id, start, min(limit, last - start))
        return Page(shown, after + limit if start + limit < last else 0)

    def result(self, actor: Actor, import_id: int) -> tuple[str, Iterator[bytes]]:
        """The name of the file and what is in it. Raises NotFound."""
        row = self._row(actor, import_id)
        frames = self._files.read(row.result_id)
        return self._files.title(row.result_id), frames

    def progress(self, import_id: int) -> Reached:
        return self._progress.of(f"import:{import_id}")

    def _row(self, actor: Actor, import_id: int) -> SheetImport:
        actor.scope(Action.IMPORT)
        return moves.seen(actor, import_id)

    def _view(self, row: SheetImport) -> ImportView:
        undoable = self._kinds[row.kind].undoable
        return ImportView(
            id=row.id,
            kind=row.kind,
            state=row.state,
            title=self._files.title(row.sheet_id),
            lines=row.lines,
            counts=_counts(row),
            fingerprint=row.fingerprint,
            why=row.why,
            uploaded_at=row.uploaded_at,
            ended_at=row.ended_at,
            has_report=row.report_id is not None,
            has_result=row.result_id is not None,
            can_undo=rules.can_undo(row.state, undoable, row.ended_at, clock.now()),
        )


def _counts(row: SheetImport) -> dict[Outcome, int]:
    """In the order of the report."""
    return {outcome: int(getattr(row, outcome.value)) for outcome in Outcome}
