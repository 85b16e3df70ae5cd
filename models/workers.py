"""Who is sending what at this moment: workers, the lanes of people they hold, and the blocks that wait."""

from typing import TYPE_CHECKING

from peewee import BigIntegerField, CharField, ForeignKeyField, IntegerField, SmallIntegerField

from models.base import KeyField, Table, UtcField
from models.deliveries import DeliverySource


class DeliveryWorker(Table):
    """A process that sends. It lives as long as `beat` goes on; no clock is compared. The counts are for operators."""

    name = CharField(max_length=64)
    beat = BigIntegerField(default=0)
    mark = KeyField(max_length=32)  # of its last transaction
    started_at = UtcField()
    seen_at = UtcField()
    in_flight = IntegerField(default=0)
    accepted = BigIntegerField(default=0)


class DeliveryLane(Table):
    """Some hundred people with neighbouring ids. Whoever holds it is the only one who sends to them."""

    number = IntegerField(unique=True)
    holder = ForeignKeyField(DeliveryWorker, null=True, on_delete="SET NULL")


class DeliveryBlock(Table):
    """The deliveries of one source in one lane that are not finished with. Gone when they are."""

    source = ForeignKeyField(DeliverySource, on_delete="CASCADE", index=False)
    lane = IntegerField(index=True)
    priority = SmallIntegerField()
    due_at = UtcField()
    mass = SmallIntegerField(default=0)  # 1: they wait to go together by mass send
    waiting = IntegerField()

    if TYPE_CHECKING:
        source_id: int

    class Meta:
        indexes = ((("source", "lane", "mass"), True), (("priority", "due_at"), False))
