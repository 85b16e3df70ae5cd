"""Whom the neighbourhood hopes to see register, before she has."""

from enum import StrEnum
from typing import TYPE_CHECKING

from peewee import ForeignKeyField
from playhouse.fields import EnumField

from models.base import KeyField, Table, UtcField
from models.imports import SheetImport
from models.marks import kept, personal
from models.places import Place

DAYS = 90
_INVITED = kept(DAYS, "invited_at", "登记时删除；九十天以后都会删除")


class InvitationKind(StrEnum):
    NEIGHBOUR = "neighbour"
    HEAD = "head"  # of this place, from the moment she registers


class Invitation(Table):
    """Of a telephone number of which only a digest is kept, as it is of a member's, and what staff know it by:
    138******00. No name, and no word of whose number it is. `invited_by` is the login."""

    phone_digest = personal(KeyField(max_length=64), _INVITED)
    masked = personal(KeyField(max_length=20), _INVITED)
    kind = personal(EnumField(InvitationKind, max_length=16), _INVITED)
    place = personal(ForeignKeyField(Place, on_delete="CASCADE"), _INVITED)
    origin = personal(ForeignKeyField(SheetImport, null=True, on_delete="SET NULL"), _INVITED)
    invited_by = personal(KeyField(max_length=32), _INVITED)
    invited_at = personal(UtcField(index=True), _INVITED)

    if TYPE_CHECKING:
        place_id: int
        origin_id: int | None

    class Meta:
        indexes = ((("phone_digest", "kind", "place"), True),)
