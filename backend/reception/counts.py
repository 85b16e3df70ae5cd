"""How many members each community has, and what of them can be told: counts, and nobody's name."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, ModelSelect, fn

from backend.consents import queries as consents
from backend.permissions import Action, Actor, Scope
from backend.places.scopes import within
from backend.storage.kv import KV, StoreAway
from models.consents import Consent, Purpose
from models.heads import LaneHead
from models.members import Member, MemberState
from models.places import Place, PlaceLevel

FRESH_SECONDS = 60.0
_MANY = 300
_KEY = "reception.counts"
_Row = tuple[int, int, int]
"""A place, how many live there, and how many of them want notices."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one community; of the part of it that a scope is. Who shows a number of people below ten shows that it is
    below ten."""

    place_code: str
    place_name: str
    members: int = 0
    notices: int = 0
    heads: int = 0


class Counts:
    """For a page. Where many places are counted, what was found within the last minute is told again: of 250,000
    members it keeps the database busy for a seventh of a second."""

    def __init__(self, kv: KV) -> None:
        self._kv = kv

    def by_place(self, actor: Actor) -> list[Tally]:
        """By code. Members without a place are in none of them."""
        return _tallies(actor.scope(Action.SEE_MEMBERS), self._lately)

    def _lately(self, places: Collection[int]) -> list[_Row]:
        if len(places) <= _MANY:
            return _members(places)
        with suppress(StoreAway):
            if (kept := self._kv.get(_KEY)) is not None:
                return [(place, members, notices) for place, members, notices in json.loads(kept)]
        found = _members(places)
        with suppress(StoreAway):
            self._kv.put(_KEY, json.dumps(found).encode(), FRESH_SECONDS)
        return found


def within_scope(scope: Scope) -> list[Tally]:
    """As of now. The caller has asked whether she may see it."""
    return _tallies(scope, _members)


def _tallies(scope: Scope, counted: Callable[[Collection[int]], list[_Row]]) -> list[Tally]:
    codes = codes_of(scope)
    areas = {place.code: place.name for place in areas_of(scope)}
    rows = counted(codes)
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


def _members(places: Collection[int]) -> list[_Row]:
    """Of many places it is all there are, also beyond those."""
    hers = (Consent.member == Member.id) & consents.agrees(Purpose.NOTICES)
    rows = Member.select(Member.place, fn.COUNT(Member.id), fn.COUNT(Consent.member))
    rows = rows.join(Consent, JOIN.LEFT_OUTER, on=hers).where(Member.state == MemberState.ACTIVE)
    housed = inside(rows, Member.place, places).where(Member.place.is_null(False)).group_by(Member.place)
    return [(int(place), int(members), int(notices)) for place, members, notices in housed.tuples()]


def _heads(places: Collection[int]) -> "ModelSelect[Any]":
    row = LaneHead
    now = row.until.is_null() & row.member.is_null(False)
    people = fn.COUNT(row.member.distinct())
    return inside(row.select(row.place, people).where(now), row.place, places).group_by(row.place)


def inside(rows: "ModelSelect[Any]", place: Any, places: Collection[int]) -> "ModelSelect[Any]":
    """Of a street all are counted, and what lies outside is left aside by `rolled_up`: to look up a thousand places for
    each of 250,000 members takes longer."""
    return rows if len(places) > _MANY else rows.where(place.in_(list(places)))
