"""Accounts of the console: who they are, what they may do where, and where they are signed in."""

from enum import StrEnum
from typing import TYPE_CHECKING

from peewee import BigIntegerField, CharField, ForeignKeyField, IntegerField, TextField
from playhouse.fields import EnumField

from models.base import KeyField, Table, UtcField
from models.followers import WechatIdentity
from models.marks import kept, personal, sealed
from models.places import Place

_IN_OFFICE = kept(3 * 365, "left_at", "离岗三年后删除")
_GRANTED = kept(3 * 365, "until", "到期三年后删除")
_SIGNED_IN = kept(1, "ends_at", "退出登录时删除，最长一天")
_CODE = kept(1, "used_at", "用过一天后删除")
_LINK = kept(1, "ends_at", "用过就删除，最长两天")


class StaffState(StrEnum):
    INVITED = "invited"  # has a link, and no password yet
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class Role(StrEnum):
    """What a role may do stands in backend/permissions.py."""

    ADMINISTRATOR = "administrator"
    LEADER = "leader"
    CLERK = "clerk"
    HANDLER = "handler"
    LIAISON = "liaison"
    EDITOR = "editor"
    AUDITOR = "auditor"


class Staff(Table):
    """One account of one person. `totp_step` is the step of the last code that was used: none is good twice.
    `failures` since the last success decide `locked_until`. `identity` is the WeChat she signs in with."""

    login = personal(KeyField(max_length=32, unique=True), _IN_OFFICE)
    name = personal(CharField(max_length=32), _IN_OFFICE)
    unit = personal(CharField(max_length=64), _IN_OFFICE)
    state = personal(EnumField(StaffState, max_length=16, default=StaffState.INVITED), _IN_OFFICE)
    password = personal(KeyField(max_length=160, default=""), _IN_OFFICE)
    totp = sealed(personal(TextField(null=True), _IN_OFFICE), "staff.totp")
    totp_step = personal(BigIntegerField(default=0), _IN_OFFICE)
    identity = personal(ForeignKeyField(WechatIdentity, null=True, unique=True, on_delete="SET NULL"), _IN_OFFICE)
    failures = personal(IntegerField(default=0), _IN_OFFICE)
    locked_until = personal(UtcField(null=True), _IN_OFFICE)
    created_at = personal(UtcField(), _IN_OFFICE)
    changed_at = personal(UtcField(), _IN_OFFICE)
    left_at = personal(UtcField(null=True, index=True), _IN_OFFICE)

    if TYPE_CHECKING:
        identity_id: int | None


class StaffGrant(Table):
    """A role at a place and all places below it; without a place, everywhere. It ends, and is never deleted by hand."""

    staff = personal(ForeignKeyField(Staff, on_delete="CASCADE"), _GRANTED)
    role = personal(EnumField(Role, max_length=16), _GRANTED)
    place = personal(ForeignKeyField(Place, null=True, on_delete="RESTRICT"), _GRANTED)
    since = personal(UtcField(), _GRANTED)
    until = personal(UtcField(null=True, index=True), _GRANTED)
    given_by = personal(KeyField(max_length=32, default=""), _GRANTED)  # the login

    if TYPE_CHECKING:
        staff_id: int
        place_id: int | None

    class Meta:
        table_name = "staff_grant"


class StaffSession(Table):
    """Where somebody is signed in. The digest of the cookie, not the cookie."""

    staff = personal(ForeignKeyField(Staff, on_delete="CASCADE"), _SIGNED_IN)
    digest = personal(KeyField(max_length=64, unique=True), _SIGNED_IN)
    device = personal(CharField(max_length=64), _SIGNED_IN)
    address = personal(KeyField(max_length=64), _SIGNED_IN)
    created_at = personal(UtcField(), _SIGNED_IN)
    seen_at = personal(UtcField(), _SIGNED_IN)
    ends_at = personal(UtcField(index=True), _SIGNED_IN)

    if TYPE_CHECKING:
        staff_id: int

    class Meta:
        table_name = "staff_session"


class StaffLink(Table):
    """A link with which somebody sets up her account, once."""

    staff = personal(ForeignKeyField(Staff, on_delete="CASCADE"), _LINK)
    digest = personal(KeyField(max_length=64, unique=True), _LINK)
    ends_at = personal(UtcField(index=True), _LINK)

    if TYPE_CHECKING:
        staff_id: int

    class Meta:
        table_name = "staff_link"


class RecoveryCode(Table):
    """Signs in once in place of the phone."""

    staff = personal(ForeignKeyField(Staff, on_delete="CASCADE"), _CODE)
    digest = personal(KeyField(max_length=64, unique=True), _CODE)
    used_at = personal(UtcField(null=True, index=True), _CODE)

    if TYPE_CHECKING:
        staff_id: int

    class Meta:
        table_name = "recovery_code"
