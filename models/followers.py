"""People as the platform shows them to us: one identity for each account they meet us through."""

from enum import StrEnum
from typing import TYPE_CHECKING

from peewee import CharField, ForeignKeyField, IntegerField
from playhouse.fields import EnumField

from models.accounts import WechatAccount
from models.base import KeyField, Table, UtcField
from models.marks import WITH_FOLLOW, personal
from models.members import Member
from models.places import Place


class FollowState(StrEnum):
    STRANGER = "stranger"  # spoke to us, but no follow was ever seen (a mini-program user, or older than this system)
    FOLLOWING = "following"
    LEFT = "left"  # unfollowed: only the tombstone is kept, for a day


class Interaction(StrEnum):
    """What opens the customer-service window, for how long and how often is the platform's table (sheet §4.5)."""

    MESSAGE = "message"
    MENU = "menu"
    FOLLOW = "follow"
    SCAN = "scan"
    ENTER = "enter"


class WechatIdentity(Table):
    """(app_id, openid, unionid?) of a member or a follower. `follow_changed_at` is the platform's CreateTime: it orders
    events. `refused` is the error number with which the platform last said that the account cannot write to her."""

    account = personal(
        ForeignKeyField(WechatAccount, backref="identities", on_delete="RESTRICT", index=False), WITH_FOLLOW
    )
    openid = personal(KeyField(max_length=64), WITH_FOLLOW)
    unionid = personal(KeyField(max_length=64, null=True, index=True), WITH_FOLLOW)
    member = personal(ForeignKeyField(Member, null=True, backref="identities", on_delete="SET NULL"), WITH_FOLLOW)
    follow_state = personal(EnumField(FollowState, max_length=16, default=FollowState.STRANGER), WITH_FOLLOW)
    follow_changed_at = personal(UtcField(null=True, index=True), WITH_FOLLOW)
    place = personal(ForeignKeyField(Place, null=True, on_delete="SET NULL"), WITH_FOLLOW)
    last_interaction_at = personal(UtcField(null=True), WITH_FOLLOW)
    last_interaction = personal(EnumField(Interaction, max_length=16, null=True), WITH_FOLLOW)
    last_message_at = personal(UtcField(null=True), WITH_FOLLOW)  # the interaction that opens the long window
    muted_until = personal(UtcField(null=True), WITH_FOLLOW)
    refused_at = personal(UtcField(null=True), WITH_FOLLOW)
    refused = personal(IntegerField(null=True), WITH_FOLLOW)
    created_at = personal(UtcField(), WITH_FOLLOW)

    if TYPE_CHECKING:
        member_id: int | None
        account_id: int
        place_id: int | None

    class Meta:
        table_name = "wechat_identity"
        indexes = ((("account", "openid"), True),)


class FollowEvent(Table):
    """Append-only count of comings and goings. Names nobody: it must survive the deletion of who left."""

    account = ForeignKeyField(WechatAccount, on_delete="RESTRICT")
    state = EnumField(FollowState, max_length=16)
    scene = CharField(max_length=64, default="")
    happened_at = UtcField(index=True)

    class Meta:
        table_name = "follow_event"
