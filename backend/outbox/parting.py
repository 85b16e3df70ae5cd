"""Two who were taken for one are two again: each gets back what was put for her. Inside the caller's transaction."""

from collections import Counter
from dataclasses import dataclass, field

from backend.outbox import handing, lanes, leaving, tallies
from backend.outbox.rules import WAITING
from backend.outbox.tallies import End
from models.deliveries import Delivery, DeliveryState


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that nobody had begun to send. `channel` and `reason`: of an earlier try."""

    id: int
    source: int
    channel: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What was put for somebody, before she and another are made one. `ended`: which of those that waited were ended by
    it, as they were found right afterwards."""

    others: list[int] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)


def note(member_id: int) -> Noted:
    row = Delivery
    others = row.select(row.id).where(row.member == member_id, row.state.not_in(WAITING))
    waiting = row.select().where(leaving.hers(member_id), row.state == DeliveryState.PENDING)
    return Noted(
        [each.id for each in others],
        [Waiting(each.id, each.source_id, each.channel, each.reason) for each in waiting.order_by(row.id)],
    )


def note_ends(noted: Noted) -> None:
    ids = [each.id for each in noted.waiting]
    gone = Delivery.select(Delivery.id).where(Delivery.id.in_(ids), Delivery.state == DeliveryState.UNREACHABLE)
    noted.ended.extend(row.id for row in gone)


def give_back(keep: int, gone: int, noted: Noted) -> None:
    """To the one who had gone. What was sent meanwhile stays with the one who was told."""
    Delivery.update(member=gone).where(Delivery.id.in_(noted.others), Delivery.member == keep).execute()
    for each in noted.waiting:
        mine = (Delivery.source == each.source) & (Delivery.member == keep)
        moved = not Delivery.select().where(Delivery.id == each.id).exists()
        row = Delivery.get_or_none(mine, Delivery.state == DeliveryState.PENDING) if moved else None
        if row is not None and handing.put_anew(row, gone):
            handing.wake(each.source, lanes.of_member(gone))
    put_again(noted)


def put_again(noted: Noted) -> None:
    """Those that were ended because the two were one. They are other rows now: what has ended does not wait again."""
    known = {each.id: each for each in noted.waiting}
    rows = Delivery.select().where(Delivery.id.in_(noted.ended), Delivery.state == DeliveryState.UNREACHABLE)
    ended = Counter(_put_again(row, known[row.id]) for row in sorted(rows, key=lambda row: row.source_id))
    tallies.count(Counter({end: -number for end, number in ended.items()}))


def _put_again(row: Delivery, before: Waiting) -> End:
    """Answers how it had ended."""
    same = {name: getattr(row, name) for name in ("data", "attempts", "refused", "due_at")}
    whose = {"source": row.source_id, "member": row.member_id, "follower": row.follower_id}
    Delivery.delete().where(Delivery.id == row.id).execute()
    Delivery.insert({**whose, **same, "channel": before.channel, "reason": before.reason}).execute()
    handing.wake(row.source_id, _lane(row))
    return End(row.source_id, DeliveryState.UNREACHABLE, "", row.reason)


def _lane(row: Delivery) -> int:
    return lanes.of_follower(row.follower_id or 0) if row.member_id is None else lanes.of_member(row.member_id)
