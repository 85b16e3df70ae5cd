"""Reads of lane heads. A neighbour is shown only those who agreed to be called."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.consents import queries as consents
from backend.members import queries as members
from backend.permissions import Scope
from backend.places import queries as places
from backend.places.queries import PlaceView
from backend.places.scopes import within
from backend.privacy.cipher import FieldCipher
from models.consents import Purpose
from models.heads import LaneHead
from models.members import Member, MemberState
from models.places import Place, PlaceLevel

LEVELS = frozenset({PlaceLevel.LANE, PlaceLevel.GRID})
"""What somebody can be the head of."""


@dataclass(frozen=True, slots=True)
class HeadView:
    place_code: str
    place_name: str
    name: str = field(repr=False)
    phone: str = field(repr=False)  # E.164


@dataclass(frozen=True, slots=True)
class Term:
    place_code: str
    place_name: str
    since: datetime
    until: datetime | None


def to_call(cipher: FieldCipher, community_code: str) -> list[HeadView]:
    """The heads of all places of a community who agree today that neighbours call them, by place."""
    row = LaneHead
    agreeing = Member.id.in_(consents.agreeing(Purpose.HEAD_CALLS)) & (Member.state == MemberState.ACTIVE)
    here = row.until.is_null() & within(Scope(frozenset({community_code}))) & Member.phone.is_null(False)
    found = row.select(row, Place, Member).join(Place).switch(row).join(Member).where(here, agreeing)
    return [_view(cipher, each, each.member) for each in found.order_by(Place.code, row.id)]


def community_of(member_id: int) -> str | None:
    """The code of the community a member lives in; None when she does not say."""
    place_id = members.place_of(member_id)
    place = None if place_id is None else places.by_id(place_id)
    if place is None:
        return None
    return next((each.code for each in places.chain(place.code) if each.level is PlaceLevel.COMMUNITY), None)


def offices(code: str) -> list[PlaceView]:
    """What has heads below a place, by code."""
    here = within(Scope(frozenset({code}))) & Place.level.in_(LEVELS)
    return [places.view(place) for place in Place.select(*places.SHOWN).where(here).order_by(Place.code)]


def terms(member_id: int) -> list[Term]:
    """Of one member, the newest first."""
    rows = LaneHead.select(LaneHead, Place).join(Place).where(LaneHead.member == member_id)
    return [Term(row.place.code, row.place.name, row.since, row.until) for row in rows.order_by(LaneHead.id.desc())]


def _view(cipher: FieldCipher, row: LaneHead, head: Any) -> HeadView:
    """Of a row that was read with its place and its member."""
    name, phone = cipher.decrypt(head.name, members.NAME), cipher.decrypt(head.phone, members.PHONE)
    return HeadView(row.place.code, row.place.name, name, phone)
