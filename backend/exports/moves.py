"""How an export goes from one state to the next: only as the table says, and only if nobody was faster."""

from typing import Any

from backend.audit.actions import Audit, Subject
from backend.errors import Conflict, NotFound
from backend.exports import rules
from backend.permissions import Action, Actor
from backend.storage.statements import lock
from models.audit import Outcome
from models.exports import ExportState, SheetExport

UNUSUAL = "export_unusual"
"""By this name the audit knows what leaders should look at."""


def move(row: SheetExport, state: ExportState, **told: Any) -> bool:
    """False when it is in no state any more from which that can be. Inside the caller's transaction."""
    if not rules.may_move(row.state, state):
        return False
    here = (SheetExport.id == row.id) & (SheetExport.state == row.state)
    return bool(SheetExport.update({**told, "state": state}).where(here).execute())


def require(row: SheetExport, state: ExportState, **told: Any) -> None:
    """As `move`. Raises Conflict."""
    if not move(row, state, **told):
        raise Conflict("export_moved_on", f"这次导出现在是「{rules.STATES[row.state]}」，请刷新页面看看。")


def held(export_id: int) -> SheetExport:
    """With its row's lock. Raises NotFound."""
    if not is_number(export_id):
        raise not_there()
    lock("SELECT id FROM sheet_export WHERE id = ?", export_id).fetchone()
    row: SheetExport | None = SheetExport.get_or_none(SheetExport.id == export_id)
    if row is None:
        raise not_there()
    return row


def is_number(export_id: int) -> bool:
    """Whether there can be such a one: a path may hold any number."""
    return 0 < export_id < 2**31


def mine(actor: Actor, export_id: int) -> SheetExport:
    """As `held`, for whoever asked for it. Raises NotFound for another's."""
    row = held(export_id)
    if row.staff_id != actor.staff_id:
        raise not_there()
    return row


def not_there() -> NotFound:
    return NotFound("no_export", "没有这次导出。")


def record(audit: Audit, actor: Actor | None, row: SheetExport, what: str, **facts: Any) -> None:
    """Inside the caller's transaction."""
    action = Action.APPROVE_EXPORTS if what in ("approved", "declined") else Action.EXPORT
    outcome = Outcome.FAILED if what == "failed" else Outcome.DONE
    audit.record(actor, action, about(row), outcome, what=what, kind=row.kind.value, **facts)


def about(row: SheetExport) -> Subject:
    return Subject("export", str(row.id), row.place)
