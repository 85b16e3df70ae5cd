"""Sheets of places, as their room judges and writes them, and the undoing of one."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from peewee import ForeignKeyField

from backend import clock
from backend.errors import Conflict
from backend.imports.kinds import Author, Change, Done
from backend.imports.rules import split
from backend.permissions import Action, Actor, Scope
from backend.places import imports as place_imports
from backend.places import rules
from backend.places.imports import Step
from backend.places.rules import PlaceLine
from backend.sheets.limits import MAX_ROWS
from backend.sheets.lines import LineFault, Lines, Outcome, Row, Verdict
from models.places import Place, PlaceLevel
from models.registry import TABLES

_KEPT = (
    "name",
    "level",
    "parent_id",
    "latitude",
    "longitude",
    "boundary",
    "south",
    "west",
    "north",
    "east",
    "folded",
    "sounds",
    "initials",
)


class Places:
    columns = rules.SHEET
    asks: tuple[Action, ...] = (Action.EDIT_PLACES,)
    most = MAX_ROWS
    whole = True
    undoable = True

    def read_line(self, number: int, row: Row) -> PlaceLine | LineFault:
        return rules.read_line(number, row)

    def judged(self, _actor: Actor, scopes: Sequence[Scope], lines: Lines[PlaceLine]) -> list[Verdict]:
        inside, refused = split(scopes, lines)
        return refused + place_imports.judged(inside)

    def write(self, author: Author, scopes: Sequence[Scope], lines: Lines[PlaceLine]) -> Done:
        verdicts, inside = self.judged(author.actor, scopes, lines), split(scopes, lines)[0]
        before = {row["code"]: row for row in _rows(line.code for _, line in inside)}
        steps = [step for step in place_imports.write(inside, {}) if _has_changed(step)]
        after = {row["code"]: row for row in _rows(step.line.code for step in steps)}
        return Done(verdicts, [_change(before.get(step.line.code), after[step.line.code]) for step in steps])

    def touched(self, _author: Author, changes: Sequence[Change]) -> set[str]:
        return {change["code"] for change in changes}

    def undo(self, _author: Author, changes: Sequence[Change]) -> None:
        """The places are as they were. Only where nobody has touched them, and nothing was put into a new one."""
        standing = {row["code"]: row for row in _rows(change["code"] for change in changes)}
        for change in changes:
            if _stamp(standing.get(change["code"])) != change["changed_at"]:
                raise Conflict("place_changed", f"「{change['code']}」后来又改过，不能整批撤销，请单独修改。")
        new = [standing[change["code"]]["id"] for change in changes if change["before"] is None]
        _require_untouched(new)
        for change in changes:
            if change["before"] is not None:
                was = {**change["before"], "level": PlaceLevel(change["before"]["level"]), "changed_at": clock.now()}
                Place.update(was).where(Place.code == change["code"]).execute()
        for code in sorted((change["code"] for change in changes if change["before"] is None), key=len, reverse=True):
            Place.delete().where(Place.code == code).execute()


def _has_changed(step: Step) -> bool:
    return step.outcome is not Outcome.SAME


def _rows(codes: Iterable[str]) -> Iterator[dict[str, Any]]:
    wanted = list(codes)
    for start in range(0, len(wanted), 500):
        found: Any = Place.select().where(Place.code.in_(wanted[start : start + 500])).dicts()
        yield from found


def _change(before: dict[str, Any] | None, after: dict[str, Any]) -> Change:
    held = None if before is None else {name: _plain(before, name) for name in _KEPT}
    return {"code": after["code"], "changed_at": _stamp(after), "before": held}


def _plain(row: dict[str, Any], name: str) -> Any:
    return row["parent"] if name == "parent_id" else row[name]


def _stamp(row: dict[str, Any] | None) -> str:
    return "" if row is None else str(row["changed_at"].isoformat())


def _require_untouched(place_ids: list[int]) -> None:
    """Raises Conflict where a new place holds something by now, whatever it is: another place, a member, a contact."""
    for field in _pointing_here():
        others = ~Place.id.in_(place_ids) if field.model is Place else True
        for start in range(0, len(place_ids), 500):
            here = field.in_(place_ids[start : start + 500])
            if field.model.select().where(here, others).exists():
                raise Conflict("place_in_use", "新增的地方已经有人或有东西在用，不能撤销，请单独修改。")


def _pointing_here() -> Iterator[ForeignKeyField]:
    for table in TABLES:
        for field in table._meta.sorted_fields:
            if isinstance(field, ForeignKeyField) and field.rel_model is Place:
                yield field
