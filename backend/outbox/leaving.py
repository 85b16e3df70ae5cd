"""What becomes of messages when their person goes, or wants no more of them. Inside the caller's transaction.

What a worker has in hand it ends itself.
"""

from collections import Counter
from collections.abc import Sequence

from peewee import Expression

from backend import clock
from backend.outbox import tallies
from backend.outbox.channels import LEFT
from backend.outbox.rules import WAITING
from backend.outbox.tallies import End
from models.deliveries import Delivery, DeliverySource, DeliveryState, Priority
from models.followers import WechatIdentity

WITHDRAWN = "withdrawn"
"""Why a broadcast does not reach somebody who took her consent back."""

TWICE = "twice"
"""Why something is not sent: she was put for it under another name as well."""

TOLD = (DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNCERTAIN)
"""It has left, or may have."""


def give_up(follower_ids: Sequence[int]) -> int:
    """Their rows are about to be deleted: what still waits for them has nobody to go to. Answers how many."""
    return _end(Delivery.follower.in_(list(follower_ids)), LEFT)


def give_up_member(member_id: int) -> int:
    """As `give_up`."""
    return _end(Delivery.member == member_id, LEFT)


def withhold(member_id: int) -> int:
    """She wants no broadcasts any more, those that wait already included; answers how many."""
    broadcasts = DeliverySource.select(DeliverySource.id).where(DeliverySource.priority == Priority.BROADCAST)
    return _end(hers(member_id) & Delivery.source.in_(broadcasts), WITHDRAWN)


def spare(member_id: int, source_ids: Sequence[int]) -> int:
    """She has been told of these, or will be, under another name; answers how many."""
    return _end((Delivery.member == member_id) & Delivery.source.in_(list(source_ids)), TWICE)


def tell_once(member_id: int) -> int:
    """An identity became hers: what was put for it as a follower is not told her as a member as well."""
    hers = WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.member == member_id)
    rows = Delivery.select(Delivery.source).where(
        Delivery.follower.in_(hers), Delivery.state.in_((*TOLD, DeliveryState.PENDING, DeliveryState.CLAIMED))
    )
    return spare(member_id, [row.source_id for row in rows])


def forget(member_id: int) -> None:
    """She is gone: nothing more is sent, and what she alone was told is held no longer. The counts stay."""
    of_her = hers(member_id)
    _end(of_her, LEFT)
    settled = of_her & Delivery.state.not_in(WAITING)
    sources = [row.source_id for row in Delivery.select(Delivery.source).where(settled)]
    alone = (DeliverySource.id.in_(sources)) & (DeliverySource.audience == 1)
    DeliverySource.update(message="").where(alone).execute()
    Delivery.update(data=None, member=None, follower=None).where(settled).execute()


def under_way(member_id: int) -> bool:
    """Whether a worker still needs to know whom it writes to."""
    return bool(Delivery.select().where(Delivery.member == member_id, Delivery.state.in_(WAITING)).exists())


def hers(member_id: int) -> Expression:
    """Of all deliveries. Also what was put for her as a follower, before she was a member."""
    # Read first, because MariaDB would look through all deliveries.
    rows = WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.member == member_id)
    found: Expression = (Delivery.member == member_id) | Delivery.follower.in_([row.id for row in rows])
    return found


def _end(whose: Expression, reason: str) -> int:
    row = Delivery
    waiting = whose & (row.state == DeliveryState.PENDING)
    change = {"state": DeliveryState.UNREACHABLE, "channel": None, "reason": reason, "settled_at": clock.now()}
    changes = Counter[End]()
    for source_id in sorted({each.source_id for each in row.select(row.source).where(waiting)}):
        gone = row.update(change).where(waiting, row.source == source_id).execute()
        changes[End(source_id, DeliveryState.UNREACHABLE, "", reason)] += int(gone)
    tallies.count(changes)
    return changes.total()
