"""Members of one name at one place: perhaps one person, perhaps two. Found at night, looked at by staff."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Any

from peewee import ModelSelect, fn

from backend import clock, spelling
from backend.audit.actions import Audit, Subject
from backend.errors import NotFound
from backend.members import queries as members
from backend.members.queries import NAME
from backend.permissions import Action, Actor, Scope
from backend.places.scopes import ids_within
from backend.privacy.cipher import FieldCipher
from backend.reception.masked import MaskedMember, masked
from backend.storage.database import in_transaction
from models.members import Member, MemberState
from models.merges import Double
from models.places import Place

MOST = 10
"""Pairs of one name at one place: where ten people are called 王芳 they are not all one."""

LIMIT = 50
_MEND = Action.MEND_DATA
_SLICE = 500
_NOT_THERE = "没有这一对，或者不在您的范围里。"
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    id: int
    one: MaskedMember
    other: MaskedMember


@dataclass(frozen=True, slots=True)
class Page:
    items: list[Found]
    older: int | None


def find(cipher: FieldCipher) -> int:
    """Look through all members; answers how many pairs nobody has looked at. Harmless when it runs twice: what somebody
    cleared stays cleared, what is no pair any more goes."""
    pairs = {pair for place_id in _crowded() for pair in _pairs(cipher, place_id)}
    standing = {(row.one_id, row.other_id): row for row in Double.select()}
    new = sorted(pairs - standing.keys())
    for start in range(0, len(new), _SLICE):
        in_transaction(lambda some=new[start : start + _SLICE]: _add(some))  # type: ignore[misc]
    gone = [row.id for pair, row in standing.items() if pair not in pairs and row.cleared_at is None]
    for start in range(0, len(gone), _SLICE):
        in_transaction(Double.delete().where(Double.id.in_(gone[start : start + _SLICE])).execute)
    return int(Double.select().where(Double.cleared_at.is_null()).count())


def _crowded() -> list[int]:
    here = (Member.state == MemberState.ACTIVE) & Member.place.is_null(False)
    rows = Member.select(Member.place).where(here).group_by(Member.place).having(fn.COUNT(Member.id) > 1)
    return [row.place_id for row in rows if row.place_id is not None]


def _pairs(cipher: FieldCipher, place_id: int) -> Iterator[Pair]:
    """The older first."""
    here = (Member.place == place_id) & (Member.state == MemberState.ACTIVE)
    named: dict[str, list[int]] = defaultdict(list)
    for row in Member.select(Member.id, Member.name).where(here).order_by(Member.id):
        named[spelling.fold(cipher.decrypt(row.name, NAME))].append(row.id)
    for ids in named.values():
        yield from islice(combinations(ids, 2), MOST)


def _add(pairs: list[Pair]) -> None:
    now = clock.now()
    there = _there({each for pair in pairs for each in pair})
    rows = [{"one": one, "other": other, "found_at": now} for one, other in pairs if {one, other} <= there]
    if rows:
        Double.insert_many(rows).on_conflict_ignore().execute()


def _there(ids: set[int]) -> set[int]:
    """Those who have not gone since they were read."""
    rows = Member.select(Member.id).where(Member.id.in_(list(ids)), Member.state == MemberState.ACTIVE)
    return {row.id for row in rows}


def listed(actor: Actor, cipher: FieldCipher, before: int | None = None) -> Page:
    """Pairs both of whom live inside the actor's scope, the newest first."""
    rows = list(islice(_alike(actor.scope(_MEND), before), LIMIT + 1))
    ids = {each for row in rows for each in (row.one_id, row.other_id)}
    read = Member.select(Member, Place).left_outer_join(Place).where(Member.id.in_(list(ids)))
    people = {person.id: masked(person) for person in members.people(cipher, read)}
    items = [Found(row.id, people[row.one_id], people[row.other_id]) for row in rows[:LIMIT]]
    return Page(items, rows[LIMIT - 1].id if len(rows) > LIMIT else None)


def _alike(scope: Scope, before: int | None) -> Iterator[Double]:
    """Some have moved apart since they were found. Those are left out here: asked to do that, a database takes all
    pairs for such, and reads them all before it answers the first."""
    while True:
        rows = list(_open(scope, before).limit(LIMIT + 1).objects())
        yield from (row for row in rows if row.one_place == row.other_place)
        if len(rows) <= LIMIT:
            return
        before = rows[-1].id


def _open(scope: Scope, before: int | None) -> "ModelSelect[Any]":
    one, other = Member.alias(), Member.alias()
    places = (one.place.alias("one_place"), other.place.alias("other_place"))
    rows = Double.select(Double.id, Double.one, Double.other, *places)
    rows = rows.join(one, on=Double.one == one.id).switch(Double).join(other, on=Double.other == other.id)
    both = (one.state == MemberState.ACTIVE) & (other.state == MemberState.ACTIVE) & one.place.is_null(False)
    rows = rows.where(Double.cleared_at.is_null(), both)
    rows = rows if scope.everywhere else rows.where(one.place.in_(ids_within(scope)))
    rows = rows if before is None else rows.where(Double.id < before)
    return rows.order_by(Double.id.desc())


def clear(actor: Actor, audit: Audit, one: int, other: int) -> None:
    """They are two people. Raises NotFound."""
    _turn(actor, audit, one, other, "cleared")


def put_back(actor: Actor, audit: Audit, one: int, other: int) -> None:
    """Perhaps they are one after all. Raises NotFound."""
    _turn(actor, audit, one, other, "put_back")


def _turn(actor: Actor, audit: Audit, one: int, other: int, what: str) -> None:
    scope, cleared = actor.scope(_MEND), what == "cleared"

    def work() -> None:
        code = _code_of_both(one, other)
        change = {"cleared_at": clock.now() if cleared else None}
        row = Double.update(change).where(Double.one == one, Double.other == other)
        if code is None or code not in scope or not row.execute():
            raise NotFound("no_double", _NOT_THERE)
        audit.record(actor, _MEND, Subject("member", str(one), code), what=what, other=other)

    in_transaction(work)


def _code_of_both(one: int, other: int) -> str | None:
    """None unless both live at one place."""
    both = Member.id.in_((one, other)) & (Member.state == MemberState.ACTIVE)
    codes = [row.code for row in Place.select(Place.code).join(Member, on=Member.place == Place.id).where(both)]
    return codes[0] if len(codes) == 2 and codes[0] == codes[1] else None
