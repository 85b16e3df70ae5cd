"""Reads of staff accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from backend import clock
from backend.permissions import EVERYWHERE, NOWHERE, Action, Actor, Grant, Scope
from models.followers import WechatIdentity
from models.places import Place
from models.staff import Role, Staff, StaffGrant, StaffState


@dataclass(frozen=True, slots=True)
class GrantView:
    id: int
    role: Role
    place_code: str
    place_name: str
    since: datetime
    until: datetime | None
    given_by: str

    @property
    def holds(self) -> bool:
        return self.until is None or clock.now() < self.until


@dataclass(frozen=True, slots=True)
class Ending:
    """A grant that ends soon, and whose it is."""

    staff_id: int
    name: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class StaffView:
    """One account, without anything with which somebody could sign in."""

    id: int
    login: str
    name: str
    unit: str
    state: StaffState
    bound: bool
    locked_until: datetime | None
    created_at: datetime
    left_at: datetime | None


def actor(staff: Staff, address: str = "") -> Actor:
    """With the grants in force now."""
    now = clock.now()
    grants = tuple(grant for grant in grants_of(staff.id) if grant.holds(now))
    return Actor(staff.id, staff.login, staff.name, staff.unit, grants, address)


def at_work(staff_id: int) -> Actor | None:
    """For work that goes on without a request of hers, with what she may do now; None when she may not sign in."""
    row = Staff.get_or_none((Staff.id == staff_id) & (Staff.state == StaffState.ACTIVE))
    return None if row is None else actor(row)


def grants_of(staff_id: int) -> list[Grant]:
    """All of them, also those that are over."""
    columns = StaffGrant.role, StaffGrant.place, Place.code, StaffGrant.since, StaffGrant.until
    rows: Any = StaffGrant.select(*columns).left_outer_join(Place).where(StaffGrant.staff == staff_id).tuples()
    return [Grant(role, _code(place_id, code), since, until) for role, place_id, code, since, until in rows]


def grant_views(staff_id: int) -> list[GrantView]:
    """Of one account, those in force first."""
    joined = StaffGrant.select(StaffGrant, Place).left_outer_join(Place).where(StaffGrant.staff == staff_id)
    rows = list(joined.order_by(StaffGrant.id.desc()))
    return sorted((_view_of_grant(row) for row in rows), key=lambda each: each.until is not None)


def by_id(actor: Actor, staff_id: int) -> StaffView | None:
    """None for what is outside the actor's scope."""
    row = Staff.get_or_none(Staff.id == staff_id)
    if row is None or not is_within(staff_id, actor.scope(Action.MANAGE_STAFF)):
        return None
    return view(row)


def by_login(login: str) -> StaffView | None:
    """For the command line, where nobody is signed in."""
    row = Staff.get_or_none(Staff.login == login.strip().lower())
    return None if row is None else view(row)


def login_of(staff_id: int) -> str:
    return str(Staff.get_by_id(staff_id).login)


def names_of(staff_id: int) -> tuple[str, str]:
    """Her login, and what she is called."""
    row = Staff.get_by_id(staff_id)
    return row.login, row.name


def everybody() -> list[StaffView]:
    """For the command line."""
    return [view(row) for row in Staff.select().order_by(Staff.login)]


def listed(actor: Actor, words: str = "", after: str = "", limit: int = 50) -> list[StaffView]:
    """By login, those after the login `after`; only who works wholly inside the actor's scope."""
    scope = actor.scope(Action.MANAGE_STAFF)
    rows = Staff.select().where(Staff.login > after).order_by(Staff.login)
    if words.strip():
        wanted = words.strip().lower()
        rows = rows.where(_has(Staff.login, wanted) | _has(Staff.name, wanted) | _has(Staff.unit, wanted))
    if scope.everywhere:
        return [view(row) for row in rows.limit(limit)]
    reach = _reaches()
    found = [row for row in rows if reach.get(row.id, NOWHERE).codes and reach[row.id].within(scope)]
    return [view(row) for row in found[:limit]]


def is_bound(staff_id: int) -> bool:
    """Whether she can sign in with her WeChat."""
    return Staff.select().where(Staff.id == staff_id, Staff.identity.is_null(False)).exists()


def member_of(staff_id: int) -> int | None:
    """The registration of her own WeChat; None while she has bound none, or is no member."""
    row = Staff.select(WechatIdentity.member).join(WechatIdentity).where(Staff.id == staff_id)
    found = row.scalar()
    return None if found is None else int(found)


def stands_by(staff_id: int, login: str) -> bool:
    """Whether every grant this person holds today was given by that one: the two are not two pairs of eyes."""
    held = (StaffGrant.staff == staff_id) & (StaffGrant.until.is_null() | (StaffGrant.until > clock.now()))
    given = [row.given_by for row in StaffGrant.select(StaffGrant.given_by).where(held)]
    return bool(given) and set(given) == {login}


def ending(actor: Actor, before: datetime) -> list[Ending]:
    """Grants that are in force and end before this moment, inside the actor's scope, the soonest first."""
    scope, now = actor.scope(Action.MANAGE_STAFF), clock.now()
    joined = StaffGrant.select(StaffGrant, Staff, Place).join(Staff).switch(StaffGrant).left_outer_join(Place)
    soon = (StaffGrant.until > now) & (StaffGrant.until < before) & (Staff.state != StaffState.LEFT)
    rows = joined.where(soon).order_by(StaffGrant.until)
    return [Ending(row.staff_id, row.staff.name, row.until) for row in rows if _code_of(row) in scope]


def is_within(staff_id: int, scope: Scope) -> bool:
    """Whether all that somebody may do lies inside. Whoever has no grant belongs to those who see everything."""
    if scope.everywhere:
        return True
    reach = Scope(frozenset(grant.place for grant in grants_of(staff_id)))
    return bool(reach.codes) and reach.within(scope)


def count() -> int:
    return int(Staff.select().count())


def view(row: Staff) -> StaffView:
    return StaffView(
        row.id,
        row.login,
        row.name,
        row.unit,
        row.state,
        row.identity_id is not None,
        row.locked_until,
        row.created_at,
        row.left_at,
    )


def _has(column: Any, wanted: str) -> Any:
    return fn.LOWER(column).contains(wanted)


def _reaches() -> dict[int, Scope]:
    found: dict[int, set[str]] = {}
    rows: Any = StaffGrant.select(StaffGrant.staff, StaffGrant.place, Place.code).left_outer_join(Place).tuples()
    for staff_id, place_id, code in rows:
        found.setdefault(staff_id, set()).add(_code(place_id, code))
    return {staff_id: Scope(frozenset(codes)) for staff_id, codes in found.items()}


def _code(place_id: int | None, code: str | None) -> str:
    """Where a grant holds. Everywhere only where no place stands, never because one could not be read."""
    if place_id is None:
        return EVERYWHERE
    assert code, "a place that a grant names is there: the database sees to it"
    return code


def _code_of(row: Any) -> str:
    """Of a row that was read with the whole of its place."""
    return EVERYWHERE if row.place is None else _code(row.place.id, row.place.code)


def _view_of_grant(row: Any) -> GrantView:
    name = "全部" if row.place is None else row.place.name
    return GrantView(row.id, row.role, _code_of(row), name, row.since, row.until, row.given_by)
