"""What is written into a file: rows of texts, slice by slice, each beginning after the one before it. No slice is
larger for there being more of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import Expression

from backend import clock
from backend.consents import queries as consents
from backend.members import names, phones
from backend.members.queries import NAME, PHONE
from backend.permissions import Scope
from backend.places.rules import LEVELS
from backend.places.scopes import ids_within, within
from backend.privacy.cipher import FieldCipher
from backend.storage.database import in_transaction
from backend.storage.dialects import marks
from backend.storage.statements import lock
from models.consents import Purpose
from models.heads import LaneHead
from models.members import Member, MemberState
from models.places import Place

SLICE = 2_000
_CAREFUL = 200
"""Of those who see that they were looked at: their rows are locked meanwhile."""

Cells = list[str]
See = Callable[[Sequence[int]], None]
"""Writes down that these members are shown, in the transaction under way."""


@dataclass(frozen=True)
class Source:
    header: tuple[str, ...]
    count: int
    slices: Iterator[list[Cells]]


@dataclass(frozen=True)
class _Spots:
    """Places by their ids: code and name of each."""

    known: dict[int, tuple[str, str]]

    def of(self, place_id: int | None) -> tuple[str, str]:
        return self.known.get(place_id or 0, ("", ""))


def members(cipher: FieldCipher, scope: Scope) -> Source:
    here = _living(scope)
    return Source(
        ("姓名", "手机", "区划编码", "区划", "登记月份"), Member.select().where(here).count(), _members(cipher, here)
    )


def _members(cipher: FieldCipher, here: Expression) -> Iterator[list[Cells]]:
    spots, last = _spots(), 0
    columns = Member.id, Member.name, Member.phone, Member.place, Member.joined_at
    while True:
        rows: Any = Member.select(*columns).where(here, Member.id > last).order_by(Member.id).limit(SLICE).tuples()
        found = list(rows)
        if not found:
            return
        last = found[-1][0]
        yield [
            [*_masked(cipher, name, phone), *spots.of(place_id), f"{clock.beijing(joined_at):%Y-%m}"]
            for _, name, phone, place_id, joined_at in found
        ]


def contacts(cipher: FieldCipher, scope: Scope, see: See) -> Source:
    """`see` is called for each slice before it is handed on, in the transaction that reads it: who takes her consent
    back at this moment is either not in the file, or knows that she is."""
    here = _living(scope) & Member.phone.is_null(False) & Member.id.in_(consents.agreeing(Purpose.CONTACT))
    header = ("姓名", "手机", "区划编码", "区划")
    return Source(header, Member.select().where(here).count(), _contacts(cipher, here, see))


def _contacts(cipher: FieldCipher, here: Expression, see: See) -> Iterator[list[Cells]]:
    spots, last = _spots(), 0
    while True:
        rows: Any = Member.select(Member.id).where(here, Member.id > last).order_by(Member.id).limit(_CAREFUL).tuples()
        ids = [row[0] for row in rows]
        if not ids:
            return
        last = ids[-1]
        told = in_transaction(lambda ids=ids: _shown(here, ids, see))  # type: ignore[misc]
        yield [
            [cipher.decrypt(name, NAME), phones.shown(cipher.decrypt(phone, PHONE)), *spots.of(place_id)]
            for _, name, phone, place_id in told
        ]


def _shown(here: Expression, ids: Sequence[int], see: See) -> list[tuple[int, str, str, int | None]]:
    lock(f"SELECT id FROM member WHERE id IN {marks(ids)} ORDER BY id", *ids).fetchall()  # noqa: S608 - ? for each
    columns = Member.id, Member.name, Member.phone, Member.place
    rows: Any = Member.select(*columns).where(here, Member.id.in_(ids)).order_by(Member.id).tuples()
    found = list(rows)
    see([row[0] for row in found])
    return found


def heads(cipher: FieldCipher, scope: Scope) -> Source:
    here = LaneHead.until.is_null() & (Member.state == MemberState.ACTIVE) & within(scope)
    joined = LaneHead.select().join(Place).switch(LaneHead).join(Member).where(here)
    return Source(("姓名", "手机", "区划编码", "区划", "任职日期"), joined.count(), _heads(cipher, here))


def _heads(cipher: FieldCipher, here: Expression) -> Iterator[list[Cells]]:
    last = 0
    columns = LaneHead.id, Member.name, Member.phone, Place.code, Place.name, LaneHead.since
    joined = LaneHead.select(*columns).join(Place).switch(LaneHead).join(Member)
    while True:
        rows: Any = joined.where(here, LaneHead.id > last).order_by(LaneHead.id).limit(SLICE).tuples()
        found = list(rows)
        if not found:
            return
        last = found[-1][0]
        yield [
            [*_masked(cipher, name, phone), code, place, f"{clock.beijing(since):%Y-%m-%d}"]
            for _, name, phone, code, place, since in found
        ]


def places(scope: Scope) -> Source:
    """As a sheet of places is brought: what was taken away can be mended and brought back."""
    count = Place.select().where(within(scope)).count()
    return Source(("编码", "名称", "级别", "上级", "纬度", "经度"), count, _places(scope))


def _places(scope: Scope) -> Iterator[list[Cells]]:
    codes, last = {place_id: code for place_id, (code, _) in _spots().known.items()}, ""
    columns = Place.code, Place.name, Place.level, Place.parent, Place.latitude, Place.longitude
    while True:
        rows: Any = (
            Place.select(*columns).where(within(scope), Place.code > last).order_by(Place.code).limit(SLICE).tuples()
        )
        found = list(rows)
        if not found:
            return
        last = found[-1][0]
        yield [
            [code, name, LEVELS[level], codes.get(parent, ""), _degrees(latitude), _degrees(longitude)]
            for code, name, level, parent, latitude, longitude in found
        ]


def _living(scope: Scope) -> Expression:
    """Whoever restricted us is used for nothing. Who says no place is there only for who sees everything."""
    active: Expression = Member.state == MemberState.ACTIVE
    return active if scope.everywhere else active & Member.place.in_(ids_within(scope))


def _spots() -> _Spots:
    rows: Any = Place.select(Place.id, Place.code, Place.name).tuples()
    return _Spots({place_id: (code, name) for place_id, code, name in rows})


def _masked(cipher: FieldCipher, name: str, phone: str | None) -> tuple[str, str]:
    shown = names.masked(cipher.decrypt(name, NAME)) if name else ""
    return shown, phones.masked(cipher.decrypt(phone, PHONE)) if phone else ""


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
