"""Two members as they are before a merge: all that it changes, so that they can be made two again.

Columns are taken as the tables declare them. What is sealed there stands here in clear, because a snapshot is sealed as
a whole: it is opened with the keys of the day on which it is needed.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import orjson
from peewee import Field, Model
from playhouse.fields import EnumField

from backend.members.merging import HERS, ONCE
from backend.outbox import parting
from backend.outbox.parting import Noted, Waiting
from backend.privacy.cipher import FieldCipher
from models.base import UtcField
from models.marks import is_sealed, purpose_of
from models.members import Member, Ward
from models.merges import MemberMerge

Row = dict[str, Any]
Held = dict[str, list[Any]]
"""Table → what of hers stands in it that she can take back by herself."""

WHOLE: tuple[tuple[type[Model], Field, Field], ...] = (*ONCE, (Ward, Ward.guardian, Ward.id))
"""Rows that a merge may delete: the table, whose the row is, and which of hers it is."""

_SEALED = purpose_of(MemberMerge.snapshot)


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two: her row, the whole rows of the tables of `WHOLE`, and the numbers of all that is only hers."""

    id: int
    row: Row
    rows: dict[str, list[Row]]
    owned: dict[str, list[int]]
    put: Noted


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`after`: what `keep` holds once the two are one."""

    keep: Half
    gone: Half
    after: Held


def take(cipher: FieldCipher, member_id: int) -> Half:
    """Of a member who is there."""
    return Half(
        member_id,
        _told(cipher, Member.get_by_id(member_id)),
        {name_of(model): [_told(cipher, row) for row in _of(model, owner, member_id)] for model, owner, _ in WHOLE},
        {name_of(model): [row.id for row in _of(model, owner, member_id)] for model, owner in HERS},
        parting.note(member_id),
    )


def held(member_id: int) -> Held:
    found = {
        name_of(model): [_plain(getattr(row, which.name)) for row in _of(model, owner, member_id)]
        for model, owner, which in WHOLE
    }
    row = Member.get_by_id(member_id)
    optional = (field.name for field in Member._meta.sorted_fields if field.null)
    return {**found, name_of(Member): [name for name in optional if row.__data__[name] is not None]}


def without(before: Held, now: Held) -> Held:
    """What has been taken back."""
    return {table: [each for each in those if each not in now[table]] for table, those in before.items()}


def values(cipher: FieldCipher, model: type[Model], row: Row) -> Row:
    """As they are written into the table again."""
    return {name: _value(cipher, model._meta.fields[name], told) for name, told in row.items()}


def seal(cipher: FieldCipher, snapshot: Snapshot) -> str:
    return cipher.encrypt(orjson.dumps(asdict(snapshot)).decode(), _SEALED)


def opened(cipher: FieldCipher, stored: str) -> Snapshot:
    told = orjson.loads(cipher.decrypt(stored, _SEALED))
    return Snapshot(_half(told["keep"]), _half(told["gone"]), told["after"])


def name_of(model: type[Model]) -> str:
    return str(model._meta.table_name)


def _of(model: type[Model], owner: Field, member_id: int) -> list[Any]:
    return list(model.select().where(owner == member_id).order_by(model._meta.primary_key))


def _told(cipher: FieldCipher, row: Model) -> Row:
    told = {}
    for field in row._meta.sorted_fields:
        value = row.__data__[field.name]
        told[field.name] = cipher.decrypt(value, purpose_of(field)) if is_sealed(field) and value else _plain(value)
    return told


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _value(cipher: FieldCipher, field: Field, told: Any) -> Any:
    if told is None or told == "":
        return told
    if is_sealed(field):
        return cipher.encrypt(told, purpose_of(field))
    if isinstance(field, UtcField):
        return datetime.fromisoformat(told)
    return field.python_value(told) if isinstance(field, EnumField) else told


def _half(told: Any) -> Half:
    put = told.pop("put")
    return Half(**told, put=Noted(put["others"], [Waiting(**each) for each in put["waiting"]], put["ended"]))
