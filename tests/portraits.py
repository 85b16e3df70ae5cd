"""All that is held of a member, opened and comparable: before and after what must leave her as she was."""

from typing import Any

from peewee import Field, ForeignKeyField

from backend.privacy.cipher import FieldCipher
from models.base import Table
from models.deliveries import Delivery
from models.marks import is_sealed, purpose_of
from models.members import Member
from models.merges import Double, MemberMerge
from models.registry import TABLES

_OF_MERGES = (MemberMerge, Double)
Portrait = dict[str, list[dict[str, Any]]]
"""Table → her rows, but for their numbers."""


def portrait(cipher: FieldCipher, member_id: int, last_source: int) -> Portrait:
    """Of deliveries those of the sources up to this one."""
    found: Portrait = {}
    for table in TABLES:
        owner = _owner(table)
        if owner is None or table in _OF_MERGES:
            continue
        rows: Any = table.select().where(owner == member_id)
        rows = rows.where(Delivery.source <= last_source) if table is Delivery else rows
        told = (_opened(cipher, table, row) for row in rows.dicts())
        found[str(table._meta.table_name)] = sorted(told, key=repr)
    return found


def _owner(table: type[Table]) -> Field | None:
    if table is Member:
        key: Field = Member._meta.fields["id"]
        return key
    fields = (field for field in table._meta.sorted_fields if isinstance(field, ForeignKeyField))
    return next((field for field in fields if field.rel_model is Member), None)


def _opened(cipher: FieldCipher, table: type[Table], row: dict[str, Any]) -> dict[str, Any]:
    sealed = {field.name: purpose_of(field) for field in table._meta.sorted_fields if is_sealed(field)}
    return {
        name: cipher.decrypt(value, sealed[name]) if name in sealed and value else value
        for name, value in row.items()
        if name != "id"
    }
