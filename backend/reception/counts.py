"""How many members each community has, and what of them can be told: counts, and nobody's name."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, ModelSelect, fn

from backend.consents import queries as consents
from backend.permissions import Action, Actor, Scope
from backend.places.scopes import within
from models.consents import Consent, Purpose
from models.heads import LaneHead
from models.members import Member, MemberState
from models.places import Place, PlaceLevel

_MANY = 300


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one community; of the part of it that a scope is. Who shows a number of people below ten shows that it is
    below ten."""

    place_code: str
    place_name: str
    members: int = 0
    notices: int = 0
    heads: int = 0


def by_place(actor: Actor) -> list[Tally]:
    """By code. Members without a place are in none of them."""
    return within_scope(actor.scope(Action.SEE_MEMBERS))


def within_scope(scope: Scope) -> list[Tally]:
    """The caller has asked whether she may see it."""
    codes = {place.id: place.code for place in Place.select(Place.id, Place.code).where(within(scope))}
    areas = {place.code: place.name for place in _areas(scope)}
    found = {code: [0, 0, 0] for code in areas}
    for place_id, *numbers in _members(codes).tuples():
        _add(found, codes.get(place_id, ""), (*numbers, 0))
    for place_id, number in _heads(codes).tuples():
        _add(found, codes.get(place_id, ""), (0, 0, number))
    return [Tally(code, areas[code], *found[code]) for code in sorted(areas)]


def _areas(scope: Scope) -> Iterable[Place]:
    """The communities inside, and what the scope names below a community."""
    smaller = Place.level.in_((PlaceLevel.GRID, PlaceLevel.LANE)) & Place.code.in_(sorted(scope.codes))
    return Place.select().where(within(scope), (Place.level == PlaceLevel.COMMUNITY) | smaller)


def _add(found: dict[str, list[int]], code: str, numbers: tuple[int, ...]) -> None:
    """To the area in which the place lies: of those whose code it starts with there is one."""
    area = next((code[:end] for end in range(len(code), 0, -1) if code[:end] in found), "")
    if area:
        found[area] = [one + int(other) for one, other in zip(found[area], numbers, strict=True)]


def _members(places: Collection[int]) -> "ModelSelect[Any]":
    """Place → how many live there, and how many of them want notices."""
    hers = (Consent.member == Member.id) & consents.agrees(Purpose.NOTICES)
    rows = Member.select(Member.place, fn.COUNT(Member.id), fn.COUNT(Consent.member))
    rows = rows.join(Consent, JOIN.LEFT_OUTER, on=hers).where(Member.state == MemberState.ACTIVE)
    return _inside(rows, Member.place, places).group_by(Member.place)


def _heads(places: Collection[int]) -> "ModelSelect[Any]":
    row = LaneHead
    now = row.until.is_null() & row.member.is_null(False)
    people = fn.COUNT(row.member.distinct())
    return _inside(row.select(row.place, people).where(now), row.place, places).group_by(row.place)


def _inside(rows: "ModelSelect[Any]", place: Any, places: Collection[int]) -> "ModelSelect[Any]":
    """Of a street all are counted, and what lies outside is left aside: to look up a thousand places for each of
    250,000 members takes longer."""
    return rows if len(places) > _MANY else rows.where(place.in_(list(places)))
