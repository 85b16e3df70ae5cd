"""Writes what people allow, and with which templates an account tells what it tells.

A credit's `changed_at` is the platform's moment of her last word on it: it orders words that arrive out of order. What
the engine spends is no word of hers and leaves it alone.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from peewee import Case, Expression, chunked

from backend import clock
from backend.errors import NotFound
from backend.storage.database import in_transaction
from backend.subscriptions import queries, rules
from backend.subscriptions.rules import Asked, Effect, Offer
from models.accounts import WechatAccount
from models.deliveries import Channel
from models.followers import FollowState, WechatIdentity
from models.subscriptions import MessageTemplate, SubscriptionCredit, TemplateTerm

Choices = Iterable[tuple[str, str]]
"""(template id, "accept" or "reject"), as the platform tells them."""

_AT_ONCE = 1000
_ACCEPT = "accept"


def answer_popup(follower_id: int, choices: Choices, at: datetime) -> None:
    """What she chose when a page asked her. The caller sees to it that one event is not counted twice."""
    _record(follower_id, choices, rules.IN_POPUP, at)


def change_settings(follower_id: int, choices: Choices, at: datetime) -> None:
    """What she switched off, or on, on the platform's settings page."""
    _record(follower_id, choices, rules.IN_SETTINGS, at)


def allow(follower_id: int, template_id: str, at: datetime | None = None) -> None:
    """She said yes to one template, now unless said otherwise, and no event of the platform tells it."""
    _record(follower_id, [(template_id, _ACCEPT)], rules.IN_POPUP, at or clock.now())


def _record(follower_id: int, choices: Choices, asked: Asked, at: datetime) -> None:
    chosen = [(template_id, choice) for template_id, choice in choices if rules.is_template_id(template_id)]

    def work() -> None:
        account_id = _hold(follower_id)
        if account_id is None:
            return
        terms = queries.terms(account_id, {template_id for template_id, _ in chosen})
        for template_id, choice in chosen:
            # Not bound, so of unknown kind: counted as one message, which `bind` widens should it be more.
            effect = asked.get((choice, terms.get(template_id, TemplateTerm.ONE_OFF)))
            if effect is not None:
                _write(follower_id, template_id, effect, at)

    if chosen:
        in_transaction(work)


def _hold(follower_id: int) -> int | None:
    """Her account. One word of hers at a time, and none after she left: who left stays forgotten."""
    row = WechatIdentity  # an empty change, because SQLite has no FOR UPDATE
    row.update(follow_state=row.follow_state).where(row.id == follower_id).execute()
    here = row.get_or_none(row.id == follower_id, row.follow_state != FollowState.LEFT)
    return None if here is None else int(here.__data__["account"])  # without fetching the account


def _write(follower_id: int, template_id: str, effect: Effect, at: datetime) -> None:
    row = SubscriptionCredit
    first = {"follower": follower_id, "template_id": template_id, "changed_at": at}
    row.insert(first).on_conflict_ignore().execute()
    mine = (row.follower == follower_id) & (row.template_id == template_id)
    change = {**_CHANGES[effect], "changed_at": _later(at)}
    row.update(change).where(mine, _in_order(effect, at)).execute()


_CHANGES: Mapping[Effect, Mapping[str, object]] = {
    # Counted by the database: the engine may be spending from the same row.
    Effect.MORE: {"left": SubscriptionCredit.left + 1},
    Effect.ALWAYS: {"left": 0, "lasting": 1},
    Effect.ENDED: {"left": 0, "lasting": 0},
}


def _in_order(effect: Effect, at: datetime) -> Expression:
    """A word that arrives late does not undo a later one. Of several yeses the order does not matter."""
    row = SubscriptionCredit
    in_order = row.changed_at <= at
    return in_order if effect is Effect.ENDED else in_order | (row.left > 0) | (row.lasting > 0)


def _later(at: datetime) -> Case:
    row = SubscriptionCredit
    return Case(None, [(row.changed_at < at, row.changed_at.db_value(at))], row.changed_at)


def spend(ids: Sequence[int]) -> None:
    """One message of each is about to leave. Inside the caller's transaction; an id given twice is spent twice."""
    row = SubscriptionCredit
    for some in _rounds(ids):
        row.update(left=row.left - 1).where(row.id.in_(some), row.left > 0, row.lasting == 0).execute()


def give_back(ids: Sequence[int]) -> None:
    """Spent, and surely not sent. Inside the caller's transaction."""
    row = SubscriptionCredit
    for some in _rounds(ids):
        row.update(left=row.left + 1).where(row.id.in_(some), row.lasting == 0).execute()


def used_up(ids: Sequence[int]) -> None:
    """The platform says (43101) that nothing is left, or that she refuses: it knows better than our count. Inside the
    caller's transaction."""
    row = SubscriptionCredit
    for some in _rounds(ids):
        row.update(left=0, lasting=0).where(row.id.in_(some)).execute()


def _rounds(ids: Sequence[int]) -> Iterator[list[int]]:
    """Slices of different ids, as many rounds as the most frequent one needs."""
    counts = Counter(ids)
    while counts:
        yield from chunked(sorted(counts), _AT_ONCE)
        counts -= Counter(counts.keys())


def forget(follower_id: int) -> None:
    """She left: nothing of what she allowed is kept. Inside the caller's transaction."""
    SubscriptionCredit.delete().where(SubscriptionCredit.follower == follower_id).execute()


def bind(account_id: int, kind: str, offer: Offer, fields: Mapping[str, str]) -> None:
    """From now on the account tells this kind of message through the offer's channel with this template.

    Replaces what was bound there before. Raises InvalidInput naming each fault, NotFound for an unknown account.
    """
    account = WechatAccount.get_or_none(WechatAccount.id == account_id)
    if account is None:
        raise NotFound("account_unknown", "没有这个账号。")
    rules.check_binding(account.kind, kind, offer, fields)
    in_transaction(lambda: _bind(account_id, kind, offer, fields))


def _bind(account_id: int, kind: str, offer: Offer, fields: Mapping[str, str]) -> None:
    here = WechatAccount.id == account_id
    WechatAccount.update(kind=WechatAccount.kind).where(here).execute()  # one operator at a time
    place = {"account": account_id, "channel": offer.channel, "kind": kind}
    row = MessageTemplate.get_or_none(**place) or MessageTemplate(**place)
    row.template_id, row.term, row.changed_at = offer.id, offer.term, clock.now()
    row.fields = json.dumps(dict(fields), ensure_ascii=False)
    row.save()
    if offer.term is TemplateTerm.LONG:
        _widen(account_id, offer.id)


def _widen(account_id: int, template_id: str) -> None:
    """Who said yes before we knew that this yes is a lasting one."""
    row = SubscriptionCredit
    here = row.follower.in_(WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.account == account_id))
    row.update(left=0, lasting=1).where(row.template_id == template_id, row.left > 0, here).execute()


def unbind(account_id: int, channel: Channel, kind: str) -> None:
    """What people allowed stays: it was said to the platform, about its template. Raises NotFound."""
    row = MessageTemplate
    bound = (row.account == account_id) & (row.channel == channel) & (row.kind == kind)
    if not in_transaction(lambda: row.delete().where(bound).execute()):
        raise NotFound("binding_unknown", f"「{kind}」没有绑定「{channel}」的模板。")
