"""What people are asked to agree to, what they agreed to, and the receipts of it."""

from enum import StrEnum
from typing import TYPE_CHECKING

from peewee import BooleanField, CharField, ForeignKeyField, IntegerField, TextField
from playhouse.fields import EnumField

from models.base import KeyField, Table, UtcField
from models.marks import WITH_MEMBERSHIP, kept, personal
from models.members import Member

_THREE_YEARS = kept(3 * 365, "happened_at", "三年，注销后不再和您有关联")


class Purpose(StrEnum):
    """What something of hers is used for. Each is agreed to, and taken back, by itself."""

    MEMBERSHIP = "membership"
    NOTICES = "notices"
    INTERESTS = "interests"
    SKILLS = "skills"
    UNIT = "unit"
    CONTACT = "contact"
    WARDS = "wards"
    HEAD_CALLS = "head_calls"


class Through(StrEnum):
    """Where she said so."""

    MINIPROGRAM = "miniprogram"
    CHAT = "chat"


class ConsentText(Table):
    """What she reads before she agrees. `asks_again`: whoever agreed to an earlier version has not agreed to this."""

    purpose = EnumField(Purpose, max_length=16)
    version = IntegerField()
    title = CharField(max_length=64)
    body = TextField()
    asks_again = BooleanField(default=True)
    published_at = UtcField()

    class Meta:
        table_name = "consent_text"
        indexes = ((("purpose", "version"), True),)


class Consent(Table):
    """What she agrees to now."""

    member = personal(ForeignKeyField(Member, on_delete="CASCADE", index=False), WITH_MEMBERSHIP)
    purpose = personal(EnumField(Purpose, max_length=16), WITH_MEMBERSHIP)
    version = personal(IntegerField(), WITH_MEMBERSHIP)
    given_at = personal(UtcField(), WITH_MEMBERSHIP)

    class Meta:
        indexes = ((("member", "purpose"), True), (("purpose", "version", "member"), False))


class ConsentReceipt(Table):
    """Each time somebody agreed or took it back: append-only. Names nobody any more once she is gone."""

    number = personal(KeyField(max_length=24, unique=True), _THREE_YEARS)
    member = personal(ForeignKeyField(Member, null=True, on_delete="SET NULL"), _THREE_YEARS)
    purpose = personal(EnumField(Purpose, max_length=16), _THREE_YEARS)
    version = personal(IntegerField(), _THREE_YEARS)
    given = personal(BooleanField(), _THREE_YEARS)
    through = personal(EnumField(Through, max_length=16), _THREE_YEARS)
    happened_at = personal(UtcField(index=True), _THREE_YEARS)

    if TYPE_CHECKING:
        member_id: int | None

    class Meta:
        table_name = "consent_receipt"
