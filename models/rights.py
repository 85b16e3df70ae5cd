"""What people asked of us about their own data, and who of the staff looked at it."""

from enum import StrEnum
from typing import TYPE_CHECKING

from peewee import CharField, ForeignKeyField, TextField
from playhouse.fields import EnumField

from models.base import KeyField, Table, UtcField
from models.marks import kept, personal, sealed
from models.members import Member

_LEDGER = kept(3 * 365, "made_at", "三年，注销后不再和您有关联")
_LOOKS = kept(3 * 365, "looked_at", "三年，注销时马上删除")


class RightKind(StrEnum):
    COPY = "copy"
    CORRECTION = "correction"
    RESTRICTION = "restriction"
    RELEASE = "release"  # of the restriction
    ERASURE = "erasure"


class Why(StrEnum):
    """What led to it."""

    ASKED = "asked"
    UNFOLLOWED = "unfollowed"  # the last of her accounts
    REVOKED = "revoked"  # she withdrew an authorisation in WeChat
    DORMANT = "dormant"  # nobody used the membership for years


class RightsRequest(Table):
    """The ledger: that it was asked and done, without a word about who, once she is gone."""

    number = personal(KeyField(max_length=24, unique=True), _LEDGER)
    member = personal(ForeignKeyField(Member, null=True, on_delete="SET NULL"), _LEDGER)
    kind = personal(EnumField(RightKind, max_length=16), _LEDGER)
    why = personal(EnumField(Why, max_length=16, default=Why.ASKED), _LEDGER)
    detail = personal(CharField(max_length=128, default=""), _LEDGER)  # names of fields, never their content
    made_at = personal(UtcField(index=True), _LEDGER)

    if TYPE_CHECKING:
        member_id: int | None

    class Meta:
        table_name = "rights_request"


class Look(Table):
    """A member of the staff was shown something of hers. `grounds` are what they wrote, perhaps of her life;
    `fields` are joined with commas."""

    member = personal(ForeignKeyField(Member, on_delete="CASCADE"), _LOOKS)
    role = personal(CharField(max_length=32), _LOOKS)
    unit = personal(CharField(max_length=64), _LOOKS)
    viewer = personal(KeyField(max_length=64), _LOOKS)  # the account of whoever looked: for audits, not shown to her
    fields = personal(CharField(max_length=128), _LOOKS)
    grounds = sealed(personal(TextField(default=""), _LOOKS), "look.grounds")
    looked_at = personal(UtcField(index=True), _LOOKS)
