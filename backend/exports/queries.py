"""Reads of exports: one's own, and those that wait for one's word."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from peewee import Expression

from backend import clock
from backend.exports import moves, rules
from backend.exports.actions import ANSWER, PURPOSE
from backend.permissions import EVERYWHERE, Action, Actor
from backend.places import queries as places
from backend.places.scopes import inside
from backend.privacy.cipher import FieldCipher
from backend.storage.progress import Progress, Reached
from models.exports import ExportKind, ExportState, SheetExport
from models.staff import Staff

_S = ExportState
_FEW = 100
"""As many as a work list shows."""


@dataclass(frozen=True, slots=True)
class ExportView:
    id: int
    kind: ExportKind
    form: str
    state: ExportState
    asker: str
    unit: str
    place_code: str
    place_name: str
    purpose: str = field(repr=False)
    decider: str
    answer: str
    rows: int
    downloads_left: int
    why: str
    asked_at: datetime
    decided_at: datetime | None
    ends_at: datetime | None
    unusual: bool
    has_password: bool
    own: bool
    may_decide: bool


class ExportQueries:
    def __init__(self, cipher: FieldCipher, progress: Progress) -> None:
        self._cipher, self._progress = cipher, progress

    def listed(self, actor: Actor, before: int = 0, limit: int = 50) -> list[ExportView]:
        """Her own and those she may decide on, the newest first, those before the one with this id."""
        rows = SheetExport.select().where(_hers(actor) | _decidable(actor))
        if before:
            rows = rows.where(SheetExport.id < before)
        return self._views(actor, rows.order_by(SheetExport.id.desc()).limit(limit))

    def one(self, actor: Actor, export_id: int) -> ExportView:
        """Raises NotFound for what is neither hers nor hers to decide on."""
        here = (SheetExport.id == export_id) & (_hers(actor) | _decidable(actor))
        found = self._views(actor, SheetExport.select().where(here)) if moves.is_number(export_id) else []
        if not found:
            raise moves.not_there()
        return found[0]

    def waiting(self, actor: Actor) -> list[ExportView]:
        """Those that wait for her word, the oldest first."""
        asked = (SheetExport.state == _S.ASKED) & _of_others(actor)
        return self._views(actor, SheetExport.select().where(asked).order_by(SheetExport.id).limit(_FEW))

    def ready(self, actor: Actor) -> list[ExportView]:
        """Hers that can be downloaded."""
        here = _hers(actor) & (SheetExport.state == _S.READY) & (SheetExport.ends_at > clock.now())
        return self._views(actor, SheetExport.select().where(here).order_by(SheetExport.id).limit(_FEW))

    def alerts(self, actor: Actor) -> list[ExportView]:
        """What was unusual of late, for who decides on exports there; never of herself."""
        lately = (SheetExport.alerted_at > clock.now() - rules.ALERT) & _of_others(actor)
        return self._views(actor, SheetExport.select().where(lately).order_by(SheetExport.id.desc()).limit(_FEW))

    def progress(self, export_id: int) -> Reached:
        return self._progress.of(f"export:{export_id}")

    def _views(self, actor: Actor, found: Iterable[SheetExport]) -> list[ExportView]:
        rows = list(found)
        people = _people({each for row in rows for each in (row.staff_id, row.decider_id) if each is not None})
        named = {EVERYWHERE: "全部", **places.names({row.place for row in rows})}
        return [self._view(actor, row, people, named.get(row.place, "")) for row in rows]

    def _view(
        self, actor: Actor, row: SheetExport, people: Mapping[int | None, tuple[str, str]], place_name: str
    ) -> ExportView:
        asker, unit = people.get(row.staff_id, (row.login, ""))
        return ExportView(
            id=row.id,
            kind=row.kind,
            form=row.form,
            state=row.state,
            asker=asker,
            unit=unit,
            place_code=row.place,
            place_name=place_name,
            purpose=self._cipher.decrypt(row.purpose, PURPOSE),
            decider=people.get(row.decider_id, ("", ""))[0],
            answer=self._cipher.decrypt(row.answer, ANSWER) if row.answer else "",
            rows=row.rows,
            downloads_left=rules.DOWNLOADS - row.downloads,
            why=row.why,
            asked_at=row.asked_at,
            decided_at=row.decided_at,
            ends_at=row.ends_at,
            unusual=row.alerted_at is not None,
            has_password=row.password is not None,
            own=row.staff_id == actor.staff_id,
            may_decide=row.state is _S.ASKED and rules.may_decide(actor, row.staff_id, row.place),
        )


def _people(staff_ids: Collection[int]) -> dict[int | None, tuple[str, str]]:
    """Name and unit of each."""
    rows = Staff.select(Staff.id, Staff.name, Staff.unit).where(Staff.id.in_(list(staff_ids)))
    return {row.id: (row.name, row.unit) for row in rows}


def _hers(actor: Actor) -> Expression:
    hers: Expression = SheetExport.staff == actor.staff_id
    return hers


def _decidable(actor: Actor) -> Expression:
    """The place of an export is a code, and "" for everywhere lies only inside everywhere."""
    return inside(actor.reach(Action.APPROVE_EXPORTS), SheetExport.place)


def _of_others(actor: Actor) -> Expression:
    others: Expression = _decidable(actor) & (SheetExport.staff.is_null() | (SheetExport.staff != actor.staff_id))
    return others
