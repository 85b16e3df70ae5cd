"""Putting messages into the outbox, in the transaction of the decision they tell of; and holding a source back.

Nothing is sent here. The workers look for what is due; a put wakes one of them after the commit.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from peewee import ModelSelect

from backend import clock
from backend.outbox import audiences, lanes, tallies
from backend.outbox.channels import ALL_MANNERS
from backend.outbox.messages import Source, seal, seal_data
from backend.outbox.tallies import End
from backend.privacy.cipher import FieldCipher
from backend.storage.database import after_commit, in_transaction
from models.deliveries import Delivery, DeliverySource, DeliveryState, SourceState
from models.followers import WechatIdentity
from models.workers import DeliveryBlock

BY_HAND = "by_hand"
"""Why a source is paused that somebody paused."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A member, or a follower who is none. `data` is what her message says differently."""

    member_id: int | None = None
    follower_id: int | None = None
    data: Mapping[str, Any] | None = None

    @property
    def lane(self) -> int:
        return (
            lanes.of_member(self.member_id) if self.member_id is not None else lanes.of_follower(self.follower_id or 0)
        )


class Outbox:
    """`wake` calls a worker; it may fail, for the workers look by themselves from time to time."""

    def __init__(self, cipher: FieldCipher, wake: Callable[[], object]) -> None:
        self._cipher, self._wake = cipher, wake

    def put(self, source: Source, *recipients: Recipient) -> int:
        """Tell these people; answers the id of the source. Who was put for this source before is not told twice."""
        return in_transaction(lambda: self._put(source, recipients))

    def put_all(
        self, source: Source, members: "ModelSelect[Any] | None" = None, followers: "ModelSelect[Any] | None" = None
    ) -> int:
        """Tell all whose ids these queries select, as they are at this moment; answers the id of the source.

        Followers who are members are left out: ask for them as members. An audience is frozen once: for a source that
        is known already nothing changes.
        """
        return in_transaction(lambda: self._put_all(source, members, followers))

    def resume(self, source_id: int) -> bool:
        """A paused source goes on, at once; False when it was not paused."""
        resumed = resume(source_id)
        if resumed:
            self._call()
        return resumed

    def _put(self, source: Source, recipients: Iterable[Recipient]) -> int:
        source_id, _ = self._enter(source)
        added = Counter(recipient.lane for recipient in map(_as_member, recipients) if self._add(source_id, recipient))
        if added:
            DeliverySource.update(audience=DeliverySource.audience + added.total()).where(
                DeliverySource.id == source_id
            ).execute()
            audiences.open_blocks(source_id, source.priority, _due(source), added)
            after_commit(self._call)
        return source_id

    def _put_all(self, source: Source, members: "ModelSelect[Any] | None", followers: "ModelSelect[Any] | None") -> int:
        source_id, new = self._enter(source)
        if new:
            audience = audiences.freeze(source_id, members, followers)
            DeliverySource.update(audience=audience).where(DeliverySource.id == source_id).execute()
            audiences.block_all(source_id, source.priority, _due(source))
            after_commit(self._call)
        return source_id

    def _enter(self, source: Source) -> tuple[int, bool]:
        """The id of its row, and whether it is new."""
        named = {"type": source.type, "ref": source.ref, "step": source.step}
        row = {
            **named,
            "kind": source.kind,
            "message": seal(self._cipher, source.message),
            "ladder": ",".join(source.ladder),
            "manners": ",".join(sorted(source.manners)),
            "priority": source.priority,
            "expires_at": source.expires_at,
            "created_at": clock.now(),
        }
        new = bool(DeliverySource.insert(row).on_conflict_ignore().as_rowcount().execute())
        found = DeliverySource.select(DeliverySource.id).where(
            *(getattr(DeliverySource, n) == v for n, v in named.items())
        )
        source_id: int = found.scalar()
        if new and source.manners != ALL_MANNERS:
            without = sorted(ALL_MANNERS - source.manners)
            log.info("outbox.exempt", source=source_id, type=source.type, kind=source.kind, without=without)
        return source_id, new

    def _add(self, source_id: int, recipient: Recipient) -> bool:
        if recipient.member_id is not None and _told_as_follower(source_id, recipient.member_id):
            return False
        row = {
            "source": source_id,
            "member": recipient.member_id,
            "follower": None if recipient.member_id is not None else recipient.follower_id,
            "data": None if recipient.data is None else seal_data(self._cipher, recipient.data),
        }
        return bool(Delivery.insert(row).on_conflict_ignore().as_rowcount().execute())

    def _call(self) -> None:
        try:
            self._wake()
        except Exception as error:  # noqa: BLE001 - what is put is safe: a worker finds it a moment later
            log.warning("outbox.wake_failed", error=type(error).__name__)


def _as_member(recipient: Recipient) -> Recipient:
    """A follower who is a member is told as one, so that no other source has her under another name."""
    if recipient.member_id is not None:
        return recipient
    here = WechatIdentity.id == recipient.follower_id
    member_id = WechatIdentity.select(WechatIdentity.member).where(here).scalar()
    return recipient if member_id is None else Recipient(member_id, recipient.follower_id, recipient.data)


def _told_as_follower(source_id: int, member_id: int) -> bool:
    """She became a member after she was put for this source."""
    hers = WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.member == member_id)
    return bool(Delivery.select().where(Delivery.source == source_id, Delivery.follower.in_(hers)).exists())


def _due(source: Source) -> datetime:
    return source.not_before or clock.now()


def pause(source_id: int, why: str) -> bool:
    """Workers stop between two batches. False when it did not run."""
    return _turn(source_id, SourceState.RUNNING, SourceState.PAUSED, why)


def resume(source_id: int) -> bool:
    """False when it was not paused. Workers find it when they look next."""
    return _turn(source_id, SourceState.PAUSED, SourceState.RUNNING, "")


def _turn(source_id: int, old: SourceState, new: SourceState, why: str) -> bool:
    def work() -> bool:
        change = DeliverySource.update(state=new, why=why)
        return bool(change.where(DeliverySource.id == source_id, DeliverySource.state == old).execute())

    return in_transaction(work)


def cancel(source_id: int) -> int:
    """Whoever has not been sent to will not be; answers how many. What a worker has at this moment it cancels itself.

    In slices, so that no lock is held for long; `finish_cancelled` goes on where this was broken off.
    """
    mine = DeliverySource.id == source_id
    in_transaction(lambda: DeliverySource.update(state=SourceState.CANCELLED, why="").where(mine).execute())
    return _cancel_waiting(source_id)


def finish_cancelled() -> int:
    """Whoever still waits for a source that was cancelled; answers how many there were."""
    cancelled = DeliverySource.select(DeliverySource.id).where(DeliverySource.state == SourceState.CANCELLED)
    left = DeliveryBlock.select(DeliveryBlock.source).where(DeliveryBlock.source.in_(cancelled)).distinct()
    return sum(_cancel_waiting(block.source_id) for block in list(left))


def _cancel_waiting(source_id: int) -> int:
    blocks = DeliveryBlock.select(DeliveryBlock.lane).where(DeliveryBlock.source == source_id)
    return sum(in_transaction(partial(_cancel_lane, source_id, block.lane)) for block in list(blocks))


def _cancel_lane(source_id: int, lane: int) -> int:
    # Held first: who is put at this moment is either seen here, or opens the block anew.
    block = (DeliveryBlock.source == source_id) & (DeliveryBlock.lane == lane)
    DeliveryBlock.update(waiting=DeliveryBlock.waiting).where(block).execute()
    here = audiences.in_lane(source_id, lane)
    pending = here & (Delivery.state == DeliveryState.PENDING)
    # Whoever was tried before has a channel and a reason: they would be counted under another name than here.
    change = {"state": DeliveryState.CANCELLED, "channel": None, "reason": "", "settled_at": clock.now()}
    gone = int(Delivery.update(change).where(pending).execute())
    if not Delivery.select().where(here, Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING))).exists():
        DeliveryBlock.delete().where(block).execute()
    tallies.count(Counter({End(source_id, DeliveryState.CANCELLED, "", ""): gone}))
    return gone
