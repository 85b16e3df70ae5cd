"""Two people turn out to be one: what was put for the one goes to the other. Inside the caller's transaction."""

from collections import Counter

from peewee import Expression

from backend import clock
from backend.outbox import audiences, lanes, leaving
from backend.outbox.rules import WAITING
from models.deliveries import Delivery, DeliverySource, DeliveryState, Priority


def hand_over(gone: int, keep: int) -> None:
    """What both were put for is sent to `keep` alone, and not at all when `gone` has been sent it. What a worker has in
    hand ends under the old name."""
    # Read first, because MariaDB does not let an UPDATE read its own table.
    hers, known = Delivery.member == gone, _sources(Delivery.member == keep)
    told = _sources(hers & Delivery.state.in_(leaving.TOLD))
    leaving.spare(keep, told)
    Delivery.update(member=keep).where(hers, Delivery.source.not_in(known), Delivery.state.not_in(WAITING)).execute()
    waiting = hers & Delivery.source.not_in(known) & (Delivery.state == DeliveryState.PENDING)
    moved = Counter(row.source_id for row in list(Delivery.select().where(waiting)) if put_anew(row, keep))
    for source_id, number in sorted(moved.items()):
        wake(source_id, lanes.of_member(keep), number)
    leaving.give_up_member(gone)


def put_anew(row: Delivery, keep: int) -> bool:
    """As hers. False when it does not wait any more. It is another row now: a worker that has read the old one may not
    send it from a lane its person has left."""
    here = (Delivery.id == row.id) & (Delivery.state == DeliveryState.PENDING)
    if not Delivery.update(state=Delivery.state).where(here).execute():
        return False
    same = {name: getattr(row, name) for name in ("data", "attempts", "refused", "due_at", "reason")}
    Delivery.insert({"source": row.source_id, "member": keep, **same}).execute()
    Delivery.delete().where(Delivery.id == row.id).execute()  # at last: SQLite gives a number that is free again
    return True


def _sources(whose: Expression) -> list[int]:
    return [row.source_id for row in Delivery.select(Delivery.source).where(whose)]


def wake(source_id: int, lane: int, number: int = 1) -> None:
    """So many more of the source stand in this lane now."""
    priority = Priority(DeliverySource.get_by_id(source_id).priority)
    audiences.open_blocks(source_id, priority, clock.now(), Counter({lane: number}))
