"""People of the simulator with rows of their own in the house, and things to tell them."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import count

from peewee import chunked

from backend import clock
from backend.outbox import rules
from backend.outbox.actions import Recipient
from backend.outbox.channels import Manner
from backend.outbox.messages import Message, Source
from backend.runtime import Runtime
from backend.storage.dialects import run
from backend.subscriptions import queries as subscriptions
from backend.subscriptions.actions import bind
from backend.wechat.gateway import Gateway
from backend.wechat.keywords import keys_of
from models.base import database
from models.deliveries import Channel, Delivery, DeliveryState, Priority
from models.followers import FollowState, WechatIdentity
from models.subscriptions import SubscriptionCredit
from models.workers import DeliveryBlock
from tests.simulated import Platform

NOBODY_SLEEPS = frozenset[Manner]()
_numbers = count(1)
FIELDS = {
    "thing": "停水通知",
    "time": "2026年6月1日 09:00",
    "date": "2026年6月1日",
    "name": "王小明",
    "phrase": "已受理",
    "number": "3",
    "amount": "12.50元",
    "letter": "A",
    "character_string": "A-12",
    "phone_number": "0871-12345",
    "car_number": "云A12345",
    "symbol": "!",
    "const": "提醒",
}
"""A value for each type of keyword, under its name."""


def crowd(
    platform: Platform, runtime: Runtime, app_id: str, number: int, credits: int = 0, template: str = ""
) -> list[int]:
    """So many who follow the account and just wrote to it; answers the ids of their identities."""
    body = {"app_id": app_id, "count": number}
    if template:
        body |= {"template_ids": [template], "credits": credits}
    openids: list[str] = platform.ask("POST", "crowd", body)["openids"]
    account_id, now = runtime.account(app_id).id, clock.now()
    rows = [
        {"account": account_id, "openid": openid, "follow_state": FollowState.FOLLOWING, "created_at": now}
        for openid in openids
    ]
    with database.atomic():
        for some in chunked(rows, 150):
            WechatIdentity.insert_many(some).execute()
    mine = WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.openid.in_(openids[:1] + openids[-1:]))
    first = min(row.id for row in mine)
    ids = [row.id for row in WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.id >= first)]
    if template:
        allow(ids, template, credits)
    return ids


def allow(ids: Sequence[int], template: str, credits: int) -> None:
    """At the house. The simulator need not agree."""
    now = clock.now()
    rows = [{"follower": each, "template_id": template, "left": credits, "changed_at": now} for each in ids]
    with database.atomic():
        for some in chunked(rows, 150):
            SubscriptionCredit.insert_many(some).execute()


def heard_now(ids: Sequence[int]) -> None:
    """Their customer-service windows are open, as the simulator opened them."""
    for some in chunked(ids, 150):
        WechatIdentity.update(last_message_at=clock.now()).where(WechatIdentity.id.in_(list(some))).execute()


def bind_template(runtime: Runtime, app_id: str, kind: str, gateway: Gateway, channel: Channel) -> str:
    """The first template the account has for this channel, every keyword filled; answers its id."""
    account = runtime.account(app_id)
    offer = next(each for each in subscriptions.offers(gateway, account.kind) if each.channel is channel)
    bind(account.id, kind, offer, {key: key.rstrip("0123456789") for key in keys_of(offer.content)})
    return offer.id


def source(*ladder: Channel, priority: Priority = Priority.BROADCAST, **more: object) -> Source:
    """Something new to tell, day and night."""
    told = {
        "kind": "notice",
        "message": Message("明天上午停水，请提前储水。", FIELDS),
        "manners": NOBODY_SLEEPS,
        "expires_at": clock.now() + timedelta(days=1),
        **more,
    }
    return Source("test", str(next(_numbers)), "told", ladder=ladder, priority=priority, **told)  # type: ignore[arg-type]


def followers(ids: Sequence[int]) -> list[Recipient]:
    return [Recipient(follower_id=each) for each in ids]


def states(source_id: int) -> dict[str, int]:
    """How many rows of a source are in which state."""
    rows = run("SELECT state, COUNT(*) FROM delivery WHERE source_id = ? GROUP BY state", source_id)
    return dict(rows.fetchall())


def check_truth(source_id: int) -> None:
    """The tallies say what the rows say, and with those that wait they make the audience, to the unit.

    Asked in one statement, so that it can be asked while workers write.
    """
    sides: dict[str, dict[tuple[str, ...], int]] = {"row": {}, "tally": {}, "audience": {}}
    for side, state, channel, reason, number in run(_TRUTH, source_id, source_id, source_id).fetchall():
        sides[side][state, channel, reason] = number
    counted, tallied, [audience] = sides["row"], sides["tally"], sides["audience"].values()
    waiting = sum(counted.pop(key) for key in list(counted) if key[0] in rules.WAITING)
    assert tallied == counted
    assert sum(tallied.values()) + waiting == audience


_TRUTH = (
    "SELECT 'row', state, COALESCE(channel, ''), reason, COUNT(*) FROM delivery WHERE source_id = ? "
    "GROUP BY state, channel, reason "
    "UNION ALL SELECT 'tally', state, channel, reason, count FROM delivery_tally WHERE source_id = ? AND count <> 0 "
    "UNION ALL SELECT 'audience', '', '', '', audience FROM delivery_source WHERE id = ?"
)


def endings(source_id: int) -> dict[tuple[str, str], int]:
    """(state, reason) → how many rows of a source."""
    rows = run("SELECT state, reason, COUNT(*) FROM delivery WHERE source_id = ? GROUP BY state, reason", source_id)
    return {(state, reason): number for state, reason, number in rows.fetchall()}


def put_to_all(runtime: Runtime, told: Source, ids: Sequence[int]) -> int:
    """As `put`, for thousands whose ids follow each other."""
    people = WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.id.between(min(ids), max(ids)))
    return runtime.outbox.put_all(told, followers=people)


def hurry(source_id: int) -> None:
    """Whatever waits for a later moment is due now."""
    DeliveryBlock.update(due_at=clock.ago(seconds=1)).where(DeliveryBlock.source == source_id).execute()
    waits = Delivery.state.in_((DeliveryState.PENDING, DeliveryState.UNCERTAIN))
    Delivery.update(due_at=None).where(Delivery.source == source_id, waits).execute()


def channels(source_id: int) -> dict[str, int]:
    """By which channel how many of a source were reached."""
    rows = Delivery.select(Delivery.channel).where(Delivery.source == source_id)
    return dict(Counter(str(row.channel) for row in rows))
