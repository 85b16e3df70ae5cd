"""What is to be told to whom, and what became of it: the outbox."""

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from peewee import BigAutoField, CharField, ForeignKeyField, IntegerField, SmallIntegerField, TextField
from playhouse.fields import EnumField

from models.accounts import WechatAccount
from models.base import KeyField, Table, UtcField
from models.followers import WechatIdentity
from models.marks import AS_TOLD, personal, sealed
from models.members import Member


class Channel(StrEnum):
    """A way to reach somebody (protocol sheet §4.0)."""

    SUBSCRIBE = "subscribe"  # the mini-program's subscribe message: one consent, one message
    NOTICE = "notice"  # the service account's subscription notice: likewise
    TEMPLATE = "template"  # template message: service notices to followers
    CUSTOM = "custom"  # customer-service message: for a while after the person was heard of
    MASS = "mass"  # mass send: four a month to each follower
    INBOX = "inbox"  # nothing is sent: she finds it when she looks


class DeliveryState(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"  # a worker has it once more, nothing has left
    SENDING = "sending"  # the intent is committed: it may have left
    ACCEPTED = "accepted"  # by the platform, which is not delivered
    DELIVERED = "delivered"
    FAILED = "failed"
    UNREACHABLE = "unreachable"  # no channel of the ladder reaches her
    UNCERTAIN = "uncertain"  # it may have been accepted: nobody knows
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """Lower goes first."""

    PERSONAL = 0
    EMERGENCY = 1
    BROADCAST = 2


class SourceState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class DeliverySource(Table):
    """One decision of the house that people are to be told of. `audience` counts all its deliveries, also those that
    have had their time and were deleted."""

    type = KeyField(max_length=32)
    ref = KeyField(max_length=64)  # the id of what it is about
    step = KeyField(max_length=32)
    kind = KeyField(max_length=32)  # chooses the templates
    message = personal(sealed(TextField(), "delivery.message"), AS_TOLD)
    ladder = CharField(max_length=64)  # channels in the order of trying, joined with commas
    manners = CharField(max_length=64)  # what it keeps to, joined with commas
    priority = SmallIntegerField()  # Priority
    expires_at = UtcField()
    state = EnumField(SourceState, max_length=16, default=SourceState.RUNNING)
    why = KeyField(max_length=64, default="")  # it is paused
    audience = IntegerField(default=0)
    created_at = UtcField(index=True)

    class Meta:
        indexes = ((("type", "ref", "step"), True),)


class Delivery(Table):
    """One message to one person: a member, or a follower who is none. Neither remains when she is gone.

    While a worker has it (claimed, sending) only that worker writes it. `intended_at` is the moment of the first intent
    on the channel: from it the platform's de-duplication runs.
    """

    id = BigAutoField()
    source = personal(ForeignKeyField(DeliverySource, backref="deliveries", on_delete="RESTRICT", index=False), AS_TOLD)
    member = personal(ForeignKeyField(Member, null=True, on_delete="SET NULL"), AS_TOLD)
    follower = personal(ForeignKeyField(WechatIdentity, null=True, on_delete="SET NULL"), AS_TOLD)
    state = personal(EnumField(DeliveryState, max_length=16, default=DeliveryState.PENDING), AS_TOLD)
    channel = personal(EnumField(Channel, max_length=16, null=True), AS_TOLD)
    attempts = personal(SmallIntegerField(default=0), AS_TOLD)
    refused = personal(SmallIntegerField(default=0), AS_TOLD)  # the channels that said no, a bit for each
    due_at = personal(UtcField(null=True), AS_TOLD)  # not before
    intended_at = personal(UtcField(null=True), AS_TOLD)
    settled_at = personal(UtcField(null=True), AS_TOLD)
    platform_id = personal(KeyField(max_length=64, default=""), AS_TOLD)
    reason = personal(KeyField(max_length=32, default=""), AS_TOLD)
    # What differs from the source's message.
    data = personal(sealed(TextField(null=True), "delivery.message"), AS_TOLD)

    if TYPE_CHECKING:
        source_id: int
        member_id: int | None
        follower_id: int | None

    class Meta:
        indexes = ((("source", "member"), True), (("source", "follower"), True))


class MassJob(Table):
    """Deliveries of a source that went together by one mass send. They have its `key` as their platform id; the
    platform knows it by that key for a day, and tells only how many of them it reached."""

    source = ForeignKeyField(DeliverySource, on_delete="CASCADE")
    account = ForeignKeyField(WechatAccount, on_delete="CASCADE", index=False)
    key = KeyField(max_length=32, unique=True)
    msg_id = KeyField(max_length=64, default="")
    people = IntegerField()
    called_at = UtcField()
    finished_at = UtcField(null=True)
    status = KeyField(max_length=64, default="")
    sent = IntegerField(default=0)
    filtered = IntegerField(default=0)
    failed = IntegerField(default=0)

    if TYPE_CHECKING:
        source_id: int
        account_id: int

    class Meta:
        indexes = ((("account", "msg_id"), False),)


class DeliveryTally(Table):
    """How many of a source ended how. It changes in the transaction of the rows it counts; what has not ended is the
    rest of the audience."""

    source = ForeignKeyField(DeliverySource, on_delete="CASCADE", index=False)
    state = EnumField(DeliveryState, max_length=16)
    channel = KeyField(max_length=16)
    reason = KeyField(max_length=32)
    count = IntegerField()

    if TYPE_CHECKING:
        source_id: int

    class Meta:
        indexes = ((("source", "state", "channel", "reason"), True),)
