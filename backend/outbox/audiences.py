"""A frozen audience: its deliveries, and the blocks of work they make, one for each lane.

All of it happens inside the caller's transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from peewee import SQL, Case, Expression, ModelSelect

from backend.outbox import lanes
from backend.storage.dialects import Dialect, dialect_of
from models.base import UtcField, database
from models.deliveries import Delivery, DeliveryState, Priority
from models.followers import WechatIdentity
from models.workers import DeliveryBlock, DeliveryLane


def freeze(source_id: int, members: "ModelSelect[Any] | None", followers: "ModelSelect[Any] | None") -> int:
    """One statement for each kind of people: the database copies, no row passes through here. Answers how many."""
    total = 0
    if members is not None:
        total += _copy(source_id, "member_id", members)
    if followers is not None:
        alone = WechatIdentity.select(WechatIdentity.id).where(
            WechatIdentity.id.in_(followers), WechatIdentity.member.is_null()
        )
        total += _copy(source_id, "follower_id", alone)
    return total


def _copy(source_id: int, column: str, people: "ModelSelect[Any]") -> int:
    sql, parameters = people.order_by(SQL("1")).sql()
    mark = database.param
    statement = (
        f"INSERT INTO delivery (source_id, {column}, state, attempts, refused, platform_id, reason) "
        f"SELECT {mark}, people.*, {mark}, 0, 0, '', '' FROM ({sql}) AS people"
    )
    cursor = database.execute_sql(statement, (source_id, str(DeliveryState.PENDING), *parameters))
    return int(cursor.rowcount)


def open_blocks(
    source_id: int, priority: Priority, due_at: datetime, added: Mapping[int, int], mass: bool = False
) -> None:
    """So many more people of each lane wait."""
    for lane, number in sorted(added.items()):
        DeliveryLane.insert(number=lane).on_conflict_ignore().execute()
        _open({"source": source_id, "lane": lane, "priority": priority, "mass": int(mass)}, due_at, number)


def _open(row: dict[str, int], due_at: datetime, number: int) -> None:
    block = DeliveryBlock
    known = (block.source == row["source"]) & (block.lane == row["lane"]) & (block.mass == row["mass"])
    sooner = Case(None, [(block.due_at > due_at, block.due_at.db_value(due_at))], block.due_at)
    due = due_at if row["mass"] else sooner  # those who gather wait for the last one
    grown = block.update(waiting=block.waiting + number, due_at=due).where(known).execute()
    if not grown:
        DeliveryBlock.insert({**row, "due_at": due_at, "waiting": number}).execute()


def block_all(source_id: int, priority: Priority, due_at: datetime) -> None:
    """The blocks of a source whose audience has just been frozen."""
    mark, lane = database.param, _lane_of_row()
    moment = UtcField().db_value(due_at)
    database.execute_sql(
        "INSERT INTO delivery_block (source_id, lane, priority, due_at, mass, waiting) "
        f"SELECT source_id, {lane} AS lane, {mark}, {mark}, 0, COUNT(*) FROM delivery WHERE source_id = {mark} "
        "GROUP BY source_id, lane ORDER BY lane",
        (int(priority), moment, source_id),
    )
    fresh = (
        DeliveryBlock.select(DeliveryBlock.lane).where(DeliveryBlock.source == source_id).order_by(DeliveryBlock.lane)
    )
    DeliveryLane.insert_from(fresh, [DeliveryLane.number]).on_conflict_ignore().execute()


def _lane_of_row() -> str:
    divide = "DIV" if dialect_of(database) is Dialect.MARIADB else "/"
    member, follower = (f"({column} {divide} {lanes.WIDTH})" for column in ("member_id", "follower_id"))
    return f"CASE WHEN member_id IS NOT NULL THEN {member} ELSE -{follower} - 1 END"


def in_lane(source_id: int, lane: int) -> Expression:
    """The rows of a source whose people stand in the lane."""
    first, last = lanes.ids_of(lane)
    person = Delivery.member if lanes.holds_members(lane) else Delivery.follower
    return (Delivery.source == source_id) & person.between(first, last)
