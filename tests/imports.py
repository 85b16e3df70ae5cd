"""Sheets that staff bring, worked on as a worker would: for tests of what comes of them."""

from backend.permissions import Actor
from backend.runtime import Runtime
from backend.sheets.lines import Outcome
from jobs import worker
from models.imports import ImportKind, ImportState, SheetImport
from models.staff import Role, Staff, StaffState
from tests import staff

TREE = """code,name,level,parent,lat,lng
9901,慢城街道,street,,,
990101,春晓社区,community,9901,,
99010101,第一网格,grid,990101,,
9901010101,一号楼,lane,99010101,,
990102,云溪社区,community,9901,,
99010201,云溪网格,grid,990102,,
"""


def clerk(runtime: Runtime, place: str = "9901", role: Role = Role.CLERK, login: str = "zhang.min") -> Actor:
    """Somebody at work, with a role at a place."""
    actor = staff.actor(runtime, (role, place), login=login)
    Staff.update(state=StaffState.ACTIVE).where(Staff.id == actor.staff_id).execute()
    return actor


def work_off(runtime: Runtime) -> None:
    runtime.queue.work_off(worker.works(runtime))


def brought(runtime: Runtime, actor: Actor, kind: ImportKind, sheet: str | bytes, name: str = "sheet.csv") -> int:
    """Uploaded and checked; the id."""
    data = sheet.encode() if isinstance(sheet, str) else sheet
    number = runtime.imports.actions.upload(actor, kind, name, data)
    work_off(runtime)
    return number


def confirmed(runtime: Runtime, actor: Actor, number: int) -> ImportState:
    """As it was shown, and worked on; its state."""
    runtime.imports.actions.confirm(actor, number, runtime.imports.queries.one(actor, number).fingerprint)
    work_off(runtime)
    return state(number)


def done(runtime: Runtime, actor: Actor, kind: ImportKind, sheet: str | bytes) -> int:
    """From the upload to the end; the id."""
    number = brought(runtime, actor, kind, sheet)
    assert confirmed(runtime, actor, number) is ImportState.DONE
    return number


def state(number: int) -> ImportState:
    found: ImportState = SheetImport.get_by_id(number).state
    return found


def said(runtime: Runtime, actor: Actor, number: int, outcome: Outcome | None = None) -> list[tuple[int, Outcome, str]]:
    """The report: number, outcome and sentence of each line."""
    page = runtime.imports.queries.lines(actor, number, outcome)
    return [(each.number, each.outcome, each.sentence) for each in page.lines]
