"""What the outbox needs from time to time: overdue reports, credits to give back, old rows.

In slices, source by source: the tallies say which sources have anything to do.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from backend import clock
from backend.outbox import actions, rules, tallies
from backend.outbox.tallies import End
from backend.storage.database import in_transaction
from backend.storage.dialects import marks, naive, run
from backend.subscriptions import actions as subscriptions
from models.deliveries import Channel, Delivery, DeliverySource, DeliveryState, DeliveryTally, SourceState

KEEP = timedelta(days=180)
"""How long it is held what somebody was told. The counts stay."""

FUTURE = timedelta(seconds=60)
"""By how much the clocks of two machines may differ."""

SLICE = 2000
UNREPORTED = "unreported"
S = DeliveryState


def give_up_reports(limit: int = SLICE) -> int:
    """Accepted messages nobody reported on in time are of unknown outcome; answers how many, in a slice."""
    before = clock.now() - rules.REPORT_WITHIN
    for end in _ends(S.ACCEPTED, "", before):
        if moved := in_transaction(partial(_rename, end, rules.UNKNOWN, before, limit)):
            return moved
    return 0


def repair_credits(limit: int = SLICE) -> int:
    """An uncertain message may have used up a consent, or not. When no report came in time the consent is given back:
    if it was used after all, the platform says so at the next message (43101), and nobody is written to in vain."""
    before = clock.now() - rules.REPORT_WITHIN
    for reason in (rules.NO_ANSWER, rules.INTERRUPTED):
        for end in _ends(S.UNCERTAIN, reason, before):
            consented = end.channel in (Channel.SUBSCRIBE, Channel.NOTICE)
            if consented and (moved := in_transaction(partial(_give_back, end, before, limit))):
                return moved
    return 0


def distrust_the_future() -> int:
    """Intents of a worker whose clock was ahead. By their moment they would seem young when the platform's memory of
    them is long over: they stay uncertain, and are not repeated. Answers how many."""
    row = DeliveryTally
    mine = (row.state == S.UNCERTAIN) & (row.channel == Channel.TEMPLATE.value) & (row.count > 0)
    lately = DeliverySource.select(DeliverySource.id).where(DeliverySource.created_at > clock.ago(days=7))
    sources = {each.source_id for each in row.select(row.source).where(mine, row.source.in_(lately))}
    return sum(in_transaction(partial(_distrust, source_id)) for source_id in sorted(sources))


def _distrust(source_id: int) -> int:
    return int(
        run(
            "UPDATE delivery SET intended_at = NULL, due_at = NULL "
            "WHERE source_id = ? AND state = 'uncertain' AND channel = 'template' AND intended_at > ?",
            source_id, naive(clock.now() + FUTURE),
        ).rowcount
    )  # fmt: skip


def forget_old(limit: int = SLICE) -> int:
    """Delete what people were told half a year ago, in a slice; answers how many rows went. The counts stay."""
    before = clock.now() - KEEP
    old = (DeliverySource.created_at < before) & (DeliverySource.message != "")
    source = DeliverySource.select(DeliverySource.id).where(old).order_by(DeliverySource.id).first()
    return 0 if source is None else in_transaction(partial(_forget, source.id, limit))


def cancel_expired() -> int:
    """Sources that are paused and have expired; answers how many messages will not be sent."""
    mine = (DeliverySource.state == SourceState.PAUSED) & (DeliverySource.expires_at < clock.now())
    return sum(actions.cancel(source.id) for source in DeliverySource.select(DeliverySource.id).where(mine))


def _ends(state: DeliveryState, reason: str, before: datetime) -> Iterator[End]:
    """Of sources that are old enough for it."""
    row = DeliveryTally
    mine = (row.state == state) & (row.reason == reason) & (row.count > 0)
    old = DeliverySource.select(DeliverySource.id).where(DeliverySource.created_at < before)
    for each in row.select().where(mine, row.source.in_(old)):
        yield End(each.source_id, state, Channel(each.channel), reason)


def _rename(end: End, reason: str, before: datetime, limit: int) -> int:
    ids = [row[0] for row in _overdue(end, before, limit)]
    return _move(end, reason, ids)


def _overdue(end: End, before: datetime, limit: int) -> list[tuple[int, int | None, int | None]]:
    rows = run(
        "SELECT id, follower_id, member_id FROM delivery WHERE source_id = ? AND state = ? AND channel = ? "
        "AND reason = ? AND settled_at < ? LIMIT ?",
        end.source_id, str(end.state), str(end.channel), end.reason, naive(before), limit,
    )  # fmt: skip
    return list(rows.fetchall())


def _move(end: End, reason: str, ids: list[int]) -> int:
    if not ids:
        return 0
    moved = run(
        f"UPDATE delivery SET reason = ? WHERE id IN {marks(ids)} AND state = ? AND reason = ?",
        reason, *ids, str(end.state), end.reason,
    ).rowcount  # fmt: skip
    tallies.count(Counter({end: -moved, end._replace(reason=reason): moved}))
    return int(moved)


def _give_back(end: End, before: datetime, limit: int) -> int:
    rows = _overdue(end, before, limit)
    kind = DeliverySource.get_by_id(end.source_id).kind
    credits_ = [
        credit_id
        for column, place in (("f.id", 1), ("f.member_id", 2))
        if (people := [row[place] for row in rows if row[place] is not None])
        for (credit_id,) in _credits(column, people, kind, str(end.channel))
    ]
    subscriptions.give_back(credits_)
    return _move(end, UNREPORTED, [row[0] for row in rows])


def _credits(column: str, people: list[int | None], kind: str, channel: str) -> list[tuple[int]]:
    rows = run(
        "SELECT c.id FROM subscription_credit c JOIN wechat_identity f ON f.id = c.follower_id "
        "JOIN message_template t ON t.account_id = f.account_id AND t.template_id = c.template_id "
        f"WHERE {column} IN {marks(people)} AND t.kind = ? AND t.channel = ?",
        *people, kind, channel,
    )  # fmt: skip
    return list(rows.fetchall())


def _forget(source_id: int, limit: int) -> int:
    ids = [row.id for row in Delivery.select(Delivery.id).where(Delivery.source == source_id).limit(limit)]
    if ids:
        return int(Delivery.delete().where(Delivery.id.in_(ids)).execute())
    run("DELETE FROM delivery_block WHERE source_id = ?", source_id)
    DeliverySource.update(message="", state=SourceState.CANCELLED).where(DeliverySource.id == source_id).execute()
    return 1
