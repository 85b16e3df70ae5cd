"""People who registered themselves, what they offer and ask for, and the children they answer for."""

from enum import StrEnum
from typing import TYPE_CHECKING

from peewee import BigIntegerField, ForeignKeyField, TextField
from playhouse.fields import EnumField

from models.base import KeyField, Table, UtcField
from models.marks import WITH_MEMBERSHIP, kept, personal, sealed
from models.places import Place


class MemberState(StrEnum):
    ACTIVE = "active"
    RESTRICTED = "restricted"  # she wants what we hold to be kept and used for nothing
    ERASED = "erased"  # an empty row, until nothing that is under way needs its number


class PhoneProof(StrEnum):
    """How we know that the number is hers."""

    WECHAT = "wechat"  # the platform told it, for a code of her phone
    FACE_TO_FACE = "face_to_face"  # staff saw to it, and she typed the code they showed her


class Member(Table):
    """One person, however many identities she has. What she tells of herself joins her here.

    `phone_digest` finds her by a number she proves; `phone_proved_at` is when she last did. `told_at`: since then she
    knows that a membership nobody uses will end.
    """

    state = personal(EnumField(MemberState, max_length=16, default=MemberState.ACTIVE), WITH_MEMBERSHIP)
    name = sealed(personal(TextField(default=""), WITH_MEMBERSHIP), "member.name")
    phone = sealed(personal(TextField(null=True), WITH_MEMBERSHIP), "member.phone")
    phone_digest = personal(KeyField(max_length=64, null=True, unique=True), WITH_MEMBERSHIP)
    phone_proof = personal(EnumField(PhoneProof, max_length=16, null=True), WITH_MEMBERSHIP)
    phone_proved_at = personal(UtcField(null=True), WITH_MEMBERSHIP)
    place = personal(ForeignKeyField(Place, null=True, on_delete="SET NULL", index=False), WITH_MEMBERSHIP)
    unit = sealed(personal(TextField(null=True), WITH_MEMBERSHIP), "member.unit")
    joined_at = personal(UtcField(), WITH_MEMBERSHIP)
    changed_at = personal(UtcField(null=True), WITH_MEMBERSHIP)
    seen_at = personal(UtcField(null=True, index=True), WITH_MEMBERSHIP)  # to the day
    told_at = personal(UtcField(null=True), WITH_MEMBERSHIP)

    if TYPE_CHECKING:
        place_id: int | None

    class Meta:
        indexes = ((("place", "state", "id"), False),)  # all that counts by place need


class NameToken(Table):
    """A keyed digest of a piece of her name, or of how it sounds: staff find her by it, and nobody reads it."""

    member = personal(ForeignKeyField(Member, on_delete="CASCADE"), WITH_MEMBERSHIP)
    token = personal(BigIntegerField(), WITH_MEMBERSHIP)

    class Meta:
        table_name = "name_token"
        indexes = ((("token", "member"), True),)


class MemberSkill(Table):
    """Something she offers to do for neighbours, until a day she names."""

    member = personal(ForeignKeyField(Member, on_delete="CASCADE", index=False), kept(1, "until", "到您写的那天为止"))
    skill = personal(KeyField(max_length=32), kept(1, "until", "到您写的那天为止"))
    until = personal(UtcField(index=True), kept(1, "until", "到您写的那天为止"))

    class Meta:
        table_name = "member_skill"
        indexes = ((("member", "skill"), True),)


class MemberInterest(Table):
    """A topic of notices she wants to hear of."""

    member = personal(ForeignKeyField(Member, on_delete="CASCADE", index=False), WITH_MEMBERSHIP)
    topic = personal(KeyField(max_length=32), WITH_MEMBERSHIP)

    class Meta:
        table_name = "member_interest"
        indexes = ((("member", "topic"), True), (("topic", "member"), False))


class Ward(Table):
    """A child under fourteen its guardian registered. At fourteen it may register itself, and this goes."""

    guardian = personal(ForeignKeyField(Member, on_delete="CASCADE"), kept(1, "fourteen_at", "满十四岁为止"))
    name = sealed(personal(TextField(), kept(1, "fourteen_at", "满十四岁为止")), "ward.name")
    fourteen_at = personal(UtcField(index=True), kept(1, "fourteen_at", "满十四岁为止"))
    created_at = personal(UtcField(), kept(1, "fourteen_at", "满十四岁为止"))


class PhoneConfirmation(Table):
    """Staff have seen that a number is somebody's: a code they show her, once. The digest is of number and code."""

    digest = personal(KeyField(max_length=64, unique=True), kept(1, "ends_at", "一天"))
    by = KeyField(max_length=64)
    made_at = UtcField()
    ends_at = UtcField(index=True)

    class Meta:
        table_name = "phone_confirmation"
