"""How many members each community has, and what of them can be told: counts, and nobody's name."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
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
    codes = codes_of(scope)
    areas = {place.code: place.name for place in areas_of(scope)}
    rows = [(place_id, int(members), int(notices)) for place_id, members, notices in _members(codes).tuples()]
    members = rolled_up(areas, codes, ((row[0], row[1]) for row in rows))
    notices = rolled_up(areas, codes, ((row[0], row[2]) for row in rows))
    heads = rolled_up(areas, codes, _heads(codes).tuples())
    return [Tally(code, name, members[code], notices[code], heads[code]) for code, name in areas.items()]


def codes_of(scope: Scope) -> dict[int, str]:
    """Of the places inside."""
    return {place.id: place.code for place in Place.select(Place.id, Place.code).where(within(scope))}


def areas_of(scope: Scope) -> Iterable[Place]:
    """The communities inside, and what the scope names below a community, by code."""
    smaller = Place.level.in_((PlaceLevel.GRID, PlaceLevel.LANE)) & Place.code.in_(sorted(scope.codes))
    here = within(scope) & ((Place.level == PlaceLevel.COMMUNITY) | smaller)
    return Place.select(Place.id, Place.code, Place.name).where(here).order_by(Place.code)


def rolled_up(areas: Collection[str], codes: Mapping[int, str], rows: Iterable[tuple[int, int]]) -> Counter[str]:
    """Counts by place as counts by the area it lies in: of the areas whose code its own starts with there is one."""
    found = Counter[str]()
    for place_id, number in rows:
        code = codes.get(place_id, "")
        area = next((code[:end] for end in range(len(code), 0, -1) if code[:end] in areas), "")
        if area:
            found[area] += int(number)
    return found


def _members(places: Collection[int]) -> "ModelSelect[Any]":
    """Place → how many live there, and how many of them want notices."""
    hers = (Consent.member == Member.id) & consents.agrees(Purpose.NOTICES)
    rows = Member.select(Member.place, fn.COUNT(Member.id), fn.COUNT(Consent.member))
    rows = rows.join(Consent, JOIN.LEFT_OUTER, on=hers).where(Member.state == MemberState.ACTIVE)
    return inside(rows, Member.place, places).group_by(Member.place)


def _heads(places: Collection[int]) -> "ModelSelect[Any]":
    row = LaneHead
    now = row.until.is_null() & row.member.is_null(False)
    people = fn.COUNT(row.member.distinct())
    return inside(row.select(row.place, people).where(now), row.place, places).group_by(row.place)


def inside(rows: "ModelSelect[Any]", place: Any, places: Collection[int]) -> "ModelSelect[Any]":
    """Of a street all are counted, and what lies outside is left aside by `rolled_up`: to look up a thousand places for
    each of 250,000 members takes longer."""
    return rows if len(places) > _MANY else rows.where(place.in_(list(places)))
