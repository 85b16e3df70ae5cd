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


def note_ends(noted: Noted, keep: int) -> None:
    for each in noted.waiting:
        row = _as_it_is(each, keep)
        if row is not None and row.state is DeliveryState.UNREACHABLE:
            noted.ended.append(each.id)


def give_back(member_id: int, keep: int, noted: Noted) -> None:
    """To one of the two. What was sent meanwhile stays with the one who was told."""
    Delivery.update(member=member_id).where(Delivery.id.in_(noted.others), Delivery.member == keep).execute()
    ends = Counter[End]()
    for each in sorted(noted.waiting, key=lambda each: each.source):
        row = _as_it_is(each, keep)
        if row is None:
            continue
        if row.state is DeliveryState.PENDING and row.id != each.id and handing.put_anew(row, member_id):
            handing.wake(each.source, lanes.of_member(member_id))
        elif row.state is DeliveryState.UNREACHABLE and each.id in noted.ended:
            ends[_put_again(row, member_id, each)] -= 1
    tallies.count(ends)


def _as_it_is(waiting: Waiting, keep: int) -> Delivery | None:
    """It is another row when it was put anew for the one who stayed."""
    found: Delivery | None = Delivery.get_or_none(Delivery.id == waiting.id)
    mine = (Delivery.source == waiting.source) & (Delivery.member == keep)
    return found or Delivery.get_or_none(mine)


def _put_again(row: Delivery, member_id: int, before: Waiting) -> End:
    """It was ended because two were one, and is another row now: what has ended does not wait again. Answers how it
    had ended."""
    same = {name: getattr(row, name) for name in ("data", "attempts", "refused", "due_at")}
    hers = None if row.member_id is None else member_id
    whose = {"source": row.source_id, "member": hers, "follower": row.follower_id}
    Delivery.delete().where(Delivery.id == row.id).execute()
    Delivery.insert({**whose, **same, "channel": before.channel, "reason": before.reason}).execute()
    lane = lanes.of_follower(row.follower_id or 0) if hers is None else lanes.of_member(hers)
    handing.wake(row.source_id, lane)
    return End(row.source_id, DeliveryState.UNREACHABLE, "", row.reason)
