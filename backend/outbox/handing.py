"""Two people turn out to be one: what was put for the one goes to the other. Inside the caller's transaction."""

from collections import Counter
from itertools import groupby

from backend import clock
from backend.outbox import audiences, lanes, leaving
from backend.outbox.rules import WAITING
from models.deliveries import Delivery, DeliverySource, DeliveryState, Priority


def hand_over(gone: int, keep: int) -> None:
    """What both were put for is sent to `keep` alone. What a worker has in hand ends under the old name."""
    # Read first, because MariaDB does not let an UPDATE read its own table.
    hers, known = Delivery.member == gone, Delivery.source.in_(_sources(keep) or [0])
    Delivery.update(member=keep).where(hers, ~known, Delivery.state.not_in(WAITING)).execute()
    waiting = hers & ~known & (Delivery.state == DeliveryState.PENDING)
    moved = [row.source_id for row in Delivery.select(Delivery.source).where(waiting).order_by(Delivery.source)]
    Delivery.update(member=keep).where(waiting).execute()
    for source_id, rows in groupby(moved):
        _wake(source_id, keep, len(list(rows)))
    leaving.give_up_member(gone)


def _sources(member_id: int) -> list[int]:
    return [row.source_id for row in Delivery.select(Delivery.source).where(Delivery.member == member_id)]


def _wake(source_id: int, member_id: int, number: int) -> None:
    """They stand in another lane now."""
    priority = Priority(DeliverySource.get_by_id(source_id).priority)
    audiences.open_blocks(source_id, priority, clock.now(), Counter({lanes.of_member(member_id): number}))
