"""Reads of members. What is told of one is decrypted here; staff get it masked, she herself gets it whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import ModelSelect

from backend.consents import queries as consents
from backend.privacy.cipher import FieldCipher
from models.consents import Purpose
from models.followers import WechatIdentity
from models.marks import purpose_of
from models.members import Member, MemberInterest, MemberSkill, MemberState, PhoneProof, Ward
from models.places import Place

NAME, PHONE, UNIT, WARD = (purpose_of(field) for field in (Member.name, Member.phone, Member.unit, Ward.name))
"""What the cipher binds each of them to."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member as she is known, for herself."""

    id: int
    state: MemberState
    name: str
    phone: str  # E.164, or "" while none is proved
    phone_proof: PhoneProof | None
    place_code: str
    place_name: str
    unit: str
    joined_at: datetime
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SkillView:
    skill: str
    until: datetime


@dataclass(frozen=True, slots=True)
class WardView:
    id: int
    name: str
    fourteen_at: datetime
    created_at: datetime


def place_of(member_id: int) -> int | None:
    found = Member.select(Member.place).where(Member.id == member_id).scalar()
    return None if found is None else int(found)


def person(cipher: FieldCipher, member_id: int) -> Person | None:
    """None when she is no member any more."""
    row = Member.select(Member, Place).left_outer_join(Place).where(Member.id == member_id).first()
    return None if row is None else _person(cipher, row)


def _person(cipher: FieldCipher, row: Member) -> Person:
    place = row.place
    return Person(
        id=row.id,
        state=row.state,
        name=cipher.decrypt(row.name, NAME) if row.name else "",
        phone=cipher.decrypt(row.phone, PHONE) if row.phone else "",
        phone_proof=row.phone_proof,
        place_code=place.code if place else "",
        place_name=place.name if place else "",
        unit=cipher.decrypt(row.unit, UNIT) if row.unit else "",
        joined_at=row.joined_at,
        changed_at=row.changed_at,
    )


def skills(member_id: int) -> list[SkillView]:
    row = MemberSkill
    found = row.select().where(row.member == member_id).order_by(row.skill)
    return [SkillView(each.skill, each.until) for each in found]


def topics(member_id: int) -> list[str]:
    row = MemberInterest
    return [each.topic for each in row.select().where(row.member == member_id).order_by(row.topic)]


def wards(cipher: FieldCipher, member_id: int) -> list[WardView]:
    rows = Ward.select().where(Ward.guardian == member_id).order_by(Ward.id)
    return [WardView(row.id, cipher.decrypt(row.name, WARD), row.fourteen_at, row.created_at) for row in rows]


def identities(member_id: int) -> list[WechatIdentity]:
    return list(WechatIdentity.select().where(WechatIdentity.member == member_id).order_by(WechatIdentity.id))


def to_be_told(purpose: Purpose = Purpose.NOTICES) -> "ModelSelect[Any]":
    """The ids of the members who agree to it today and did not restrict us: what an audience starts from."""
    return Member.select(Member.id).where(Member.state == MemberState.ACTIVE, Member.id.in_(consents.agreeing(purpose)))


def people(cipher: FieldCipher, rows: Iterable[Member]) -> list[Person]:
    """Of rows that were read with their places."""
    return [_person(cipher, row) for row in rows]
