"""Writes single places: a name, a point on the map, a new one below another, and one that is taken away again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError

from backend import clock
from backend.audit.actions import Audit, Subject
from backend.errors import Conflict, FieldError, InvalidInput, NotFound
from backend.permissions import EVERYWHERE, Action, Actor
from backend.places import names, queries, rules
from backend.places.queries import PlaceView
from backend.storage.database import attempt, in_transaction
from models.members import Member
from models.places import Place, PlaceLevel

_GONE = "没有这个地方，或者不在您的范围里。"


@dataclass(frozen=True, slots=True)
class Told:
    """As it was typed; a point is two numbers in WGS84 degrees, or two empty texts."""

    name: str
    latitude: str = ""
    longitude: str = ""


def change(audit: Audit, actor: Actor, code: str, told: Told) -> Told:
    """Answers what it was before, for whoever takes it back. Raises NotFound, InvalidInput."""
    return in_transaction(lambda: _change(audit, actor, _held(actor, code), told, "changed"))


def take_back(audit: Audit, actor: Actor, code: str, told: Told, before: Told) -> None:
    """It is as before somebody `told` this. Raises NotFound, Conflict when it has been changed again since."""

    def work() -> None:
        standing = _held(actor, code)
        line = _line(code, standing.level, _parent_of(standing), told)
        if (line.name, line.latitude, line.longitude) != (standing.name, standing.latitude, standing.longitude):
            raise Conflict("place_changed", "这个地方后来又改过，不能撤销，请直接改。")
        _change(audit, actor, standing, before, "taken_back")

    in_transaction(work)


def _change(audit: Audit, actor: Actor, standing: PlaceView, told: Told, did: str) -> Told:
    code = standing.code
    line = _line(code, standing.level, _parent_of(standing), told)
    Place.update(_row(line)).where(Place.id == standing.id).execute()
    audit.record(actor, Action.EDIT_PLACES, Subject("place", code, code), did=did)
    return Told(standing.name, _text(standing.latitude), _text(standing.longitude))


def add(audit: Audit, actor: Actor, parent: str, code: str, level: PlaceLevel, told: Told) -> None:
    """Below `parent`, or at the top for "". Raises Forbidden outside the actor's scope, InvalidInput, Conflict."""
    actor.require(Action.EDIT_PLACES, parent or EVERYWHERE)

    def work() -> None:
        line = _line(code, level, parent, told)
        levels = {each.code: each.level for each in Place.select(Place.code, Place.level)}
        parents = _parents()
        if code in levels:
            raise Conflict("code_taken", f"编码「{code}」已经有了。")
        _refuse(rules.tree_faults([(1, line)], levels, parents))
        above = queries.by_code(parent) if parent else None
        Place.insert({**_row(line), "code": code, "level": level, "parent": above.id if above else None}).execute()
        audit.record(actor, Action.EDIT_PLACES, Subject("place", code, code), did="added")

    in_transaction(work)


def remove(audit: Audit, actor: Actor, code: str) -> None:
    """Where nobody lives and nothing lies below. Raises NotFound, Conflict."""

    def work() -> None:
        standing = _held(actor, code)
        if Place.select().where(Place.parent == standing.id).exists():
            raise Conflict("place_has_children", "这里下面还有地方，要先删掉它们。")
        if Member.select().where(Member.place == standing.id).exists():
            raise Conflict("place_has_members", "有人登记住在这里，不能删。可以先改名，或者请他们改住址。")
        _delete(standing.id)
        audit.record(actor, Action.EDIT_PLACES, Subject("place", code, code), did="removed")

    in_transaction(work)


def _delete(place_id: int) -> None:
    try:
        attempt(lambda: Place.delete().where(Place.id == place_id).execute())
    except IntegrityError as error:
        raise Conflict("place_in_use", "这里有楼栋长、工作人员的权限或者别的记录，不能删。") from error


def _held(actor: Actor, code: str) -> PlaceView:
    found = queries.by_code(code) if code in actor.scope(Action.EDIT_PLACES) else None
    if found is None:
        raise NotFound("no_place", _GONE)
    return found


def _line(code: str, level: PlaceLevel, parent: str, told: Told) -> rules.PlaceLine:
    row = {"code": code, "name": told.name, "level": level.value, "parent": parent}
    found = rules.read_line(1, {**row, "lat": told.latitude, "lng": told.longitude})
    if isinstance(found, FieldError):
        raise InvalidInput("place_invalid", found.message)
    return found


def _row(line: rules.PlaceLine) -> dict[str, Any]:
    """What can be changed of it, with its name as it is searched for."""
    spelled = names.spelled(line.name)
    return {
        "name": line.name,
        "latitude": line.latitude,
        "longitude": line.longitude,
        "folded": spelled.folded,
        "sounds": spelled.sounds,
        "initials": spelled.initials,
        "changed_at": clock.now(),
    }


def _refuse(faults: Sequence[FieldError]) -> None:
    if faults:
        raise InvalidInput("place_invalid", faults[0].message)


def _parent_of(place: PlaceView) -> str:
    chain = queries.chain(place.code)
    return chain[1].code if len(chain) > 1 else ""


def _parents() -> dict[str, str]:
    above = Place.alias()
    rows: Any = Place.select(Place.code, above.code).join(above, on=Place.parent == above.id).tuples()
    return dict(rows)


def _text(degrees: float | None) -> str:
    return "" if degrees is None else f"{degrees:.6f}"
