"""How an import goes from one state to the next: only as the table says, and only if nobody was faster."""

from typing import Any

from backend import clock
from backend.audit.actions import Audit, Subject
from backend.errors import Conflict, NotFound
from backend.files.actions import Files
from backend.imports import rules
from backend.permissions import Action, Actor
from backend.storage.statements import lock
from models.audit import Outcome
from models.imports import ImportState, SheetImport

LARGEST = 2**31 - 1
"""Of a number that a path may hold."""

FILES = ("sheet", "report", "result", "changes")


def move(row: SheetImport, state: ImportState, **told: Any) -> bool:
    """False when it is in no state any more from which that can be. Inside the caller's transaction."""
    if not rules.may_move(row.state, state):
        return False
    here = (SheetImport.id == row.id) & (SheetImport.state == row.state)
    return bool(SheetImport.update({**told, "state": state}).where(here).execute())


def require(row: SheetImport, state: ImportState, **told: Any) -> None:
    """As `move`. Raises Conflict."""
    if not move(row, state, **told):
        raise Conflict("import_moved_on", f"这次导入现在是「{rules.STATES[row.state]}」，请刷新页面看看。")


def end(files: Files, row: SheetImport, state: ImportState, **told: Any) -> None:
    """As `require`; its files go a day later."""
    now = clock.now()
    require(row, state, ended_at=now, **told)
    files.ends([*files_of(row), *(told[name] for name in FILES if name in told)], now + rules.KEPT)


def is_still(row: SheetImport) -> bool:
    """Under its lock: two workers may have been given the same task."""
    found = lock("SELECT state FROM sheet_import WHERE id = ?", row.id).fetchone()
    return found is not None and found[0] == row.state


def mine(actor: Actor, import_id: int) -> SheetImport:
    """With its row's lock. An import is whose who uploaded it: raises NotFound for another's."""
    if 0 < import_id <= LARGEST:
        lock("SELECT id FROM sheet_import WHERE id = ?", import_id).fetchone()
    return seen(actor, import_id)


def seen(actor: Actor, import_id: int) -> SheetImport:
    """As `mine`, to be read only."""
    row = SheetImport.get_or_none(SheetImport.id == import_id) if 0 < import_id <= LARGEST else None
    if row is None or row.staff_id != actor.staff_id:
        raise NotFound("no_import", "没有这次导入。")
    found: SheetImport = row
    return found


def files_of(row: SheetImport) -> list[int | None]:
    return [row.sheet_id, row.report_id, row.result_id, row.changes_id]


def record(audit: Audit, actor: Actor | None, row: SheetImport, what: str, **facts: int) -> None:
    """Inside the caller's transaction."""
    outcome = Outcome.REFUSED if what == "refused" else Outcome.DONE
    about = Subject("import", str(row.id))
    audit.record(actor, Action.IMPORT, about, outcome, what=what, kind=row.kind.value, **facts)
