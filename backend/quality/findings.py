"""What is missing, member by member and lane by lane, inside the scope of whoever mends it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from peewee import Expression, fn

from backend.errors import NotFound
from backend.members import queries as members
from backend.permissions import Action, Actor, Scope, refused
from backend.places import queries as places
from backend.places.queries import PlaceView
from backend.places.scopes import ids_within, within
from backend.privacy.cipher import FieldCipher
from backend.quality import weeks
from backend.reception.masked import MaskedMember, masked
from models.accounts import WechatAccount
from models.followers import WechatIdentity
from models.members import Member, MemberState
from models.places import Place, PlaceLevel

LIMIT = 50
_MEND = Action.MEND_DATA


class Missing(StrEnum):
    """What a member has not told, and can tell."""

    PLACE = "place"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Members:
    items: list[MaskedMember]
    older: int | None


@dataclass(frozen=True, slots=True)
class Identity:
    """A WeChat of a member that the platform does not write to. `only`: she has no other."""

    id: int
    member: MaskedMember
    account: str
    since: datetime | None
    only: bool


@dataclass(frozen=True, slots=True)
class Identities:
    items: list[Identity]
    older: int | None


@dataclass(frozen=True, slots=True)
class Lanes:
    items: list[PlaceView]
    after: str


def lacking(missing: Missing) -> Expression:
    """Over `Member`."""
    what: Expression = Member.place.is_null() if missing is Missing.PLACE else Member.phone_digest.is_null()
    here: Expression = what & (Member.state == MemberState.ACTIVE)
    return here


def without(actor: Actor, cipher: FieldCipher, missing: Missing, before: int | None = None) -> Members:
    """The newest first. Of those without a place only who sees everywhere is told."""
    scope = actor.scope(_MEND)
    if missing is Missing.PLACE and not scope.everywhere:
        return Members([], None)
    rows = Member.select(Member, Place).left_outer_join(Place).where(lacking(missing))
    rows = rows if scope.everywhere else rows.where(Member.place.in_(ids_within(scope)))
    rows = rows if before is None else rows.where(Member.id < before)
    found = [masked(each) for each in members.people(cipher, rows.order_by(Member.id.desc()).limit(LIMIT + 1))]
    return Members(found[:LIMIT], found[LIMIT - 1].id if len(found) > LIMIT else None)


def unreachable(actor: Actor, cipher: FieldCipher, before: int | None = None) -> Identities:
    """The newest first."""
    rows = _refused(actor.scope(_MEND))
    rows = rows if before is None else rows.where(WechatIdentity.id < before)
    found = list(rows.order_by(WechatIdentity.id.desc()).limit(LIMIT + 1))
    people = members.people(cipher, (row.member for row in found))
    only = _with_one_identity([person.id for person in people])
    items = [
        Identity(row.id, masked(person), row.account.name, row.refused_at, person.id in only)
        for row, person in zip(found[:LIMIT], people, strict=False)
    ]
    return Identities(items, found[LIMIT - 1].id if len(found) > LIMIT else None)


def one_unreachable(actor: Actor, identity_id: int) -> tuple[int, str]:
    """Whose it is, and where she lives. Raises NotFound."""
    row = _refused(actor.scope(_MEND)).where(WechatIdentity.id == identity_id).first()
    if row is None:
        raise NotFound("no_identity", "没有这个微信，或者它已经又能收到消息了。")
    return row.member.id, row.member.place.code if row.member.place else ""


def _refused(scope: Scope) -> Any:
    hers = WechatIdentity.refused.is_null(False) & (Member.state == MemberState.ACTIVE)
    rows = WechatIdentity.select(WechatIdentity, Member, Place, WechatAccount).join(Member)
    rows = rows.left_outer_join(Place, on=Member.place == Place.id).switch(WechatIdentity).join(WechatAccount)
    return rows.where(hers) if scope.everywhere else rows.where(hers, Member.place.in_(ids_within(scope)))


def _with_one_identity(member_ids: list[int]) -> set[int]:
    row = WechatIdentity
    rows = row.select(row.member).where(row.member.in_(member_ids)).group_by(row.member)
    return {each.member_id for each in rows.having(fn.COUNT(row.id) == 1) if each.member_id is not None}


def headless(actor: Actor, place: str = "", after: str = "") -> Lanes:
    """Lanes without a head, by code, those after this one. Raises Forbidden for a place outside the scope."""
    scope = actor.scope(_MEND)
    if place and place not in scope:
        raise refused(_MEND)
    here = within(Scope(frozenset({place})) if place else scope) & (Place.level == PlaceLevel.LANE)
    rows = Place.select(*places.SHOWN).where(here, Place.id.not_in(weeks.led()), Place.code > after)
    found = [places.view(row) for row in rows.order_by(Place.code).limit(LIMIT + 1)]
    return Lanes(found[:LIMIT], found[LIMIT - 1].code if len(found) > LIMIT else "")
