"""Lane heads: residents who answer for a building or a lane."""

from typing import TYPE_CHECKING

from peewee import ForeignKeyField

from models.base import Table, UtcField
from models.marks import WITH_MEMBERSHIP, personal
from models.members import Member
from models.places import Place


class LaneHead(Table):
    """A member's term of office for one place; it goes on while `until` is missing. That there was a head stays when
    she has gone."""

    member = personal(ForeignKeyField(Member, null=True, on_delete="SET NULL"), WITH_MEMBERSHIP)
    place = ForeignKeyField(Place, on_delete="RESTRICT")
    since = UtcField()
    until = UtcField(null=True)

    if TYPE_CHECKING:
        member_id: int | None

    class Meta:
        table_name = "lane_head"
