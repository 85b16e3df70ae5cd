"""Reads bindings, what somebody allows, and what the platform offers to bind."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from backend.errors import NotFound
from backend.subscriptions.rules import CONSENTED, Offer
from backend.wechat.calls.subscriptions import SubscriptionTemplate, Term
from backend.wechat.gateway import Gateway
from models.accounts import AccountKind
from models.deliveries import Channel
from models.subscriptions import MessageTemplate, SubscriptionCredit, TemplateTerm

BindingKey = tuple[int, Channel, str]
"""The account, the channel and the kind of message."""

_TERMS = {Term.ONE_OFF: TemplateTerm.ONE_OFF, Term.LONG: TemplateTerm.LONG}


@dataclass(frozen=True)
class Binding:
    """`fields`: the template's keyword → the name of the message's field."""

    account_id: int
    channel: Channel
    kind: str
    template_id: str
    term: TemplateTerm
    fields: Mapping[str, str]


def bindings() -> dict[BindingKey, Binding]:
    """All of all accounts: they are few."""
    return {(one.account_id, one.channel, one.kind): one for one in map(_binding, MessageTemplate.select())}


def _binding(row: MessageTemplate) -> Binding:
    account_id = row.__data__["account"]  # without fetching the account
    return Binding(account_id, row.channel, row.kind, row.template_id, row.term, json.loads(row.fields))


def terms(account_id: int, template_ids: Iterable[str]) -> dict[str, TemplateTerm]:
    """Of which kind these templates are, as far as they are bound to a channel that needs a consent."""
    row = MessageTemplate
    asked = row.template_id.in_(list(template_ids)) & row.channel.in_(CONSENTED)
    return {one.template_id: one.term for one in row.select().where(row.account == account_id, asked)}


def held(follower_id: int) -> int:
    """For how many templates she allows a message now."""
    row = SubscriptionCredit
    return int(row.select().where(row.follower == follower_id, (row.left > 0) | (row.lasting > 0)).count())


def offers(gateway: Gateway, account: AccountKind) -> list[Offer]:
    """What the platform holds for this account, asked now. May raise GatewayError."""
    return [*_consented(gateway, account), *(_unasked(gateway) if account is AccountKind.OFFICIAL else ())]


def offer(gateway: Gateway, account: AccountKind, template_id: str) -> Offer:
    """Raises NotFound when the platform holds no such template for the account; may raise GatewayError."""
    found = next((one for one in offers(gateway, account) if one.id == template_id), None)
    if found is None:
        raise NotFound("template_unknown", f"微信上这个账号没有模板「{template_id}」，请先用 template list 看看。")
    return found


def _consented(gateway: Gateway, account: AccountKind) -> Iterator[Offer]:
    channel = Channel.NOTICE if account is AccountKind.OFFICIAL else Channel.SUBSCRIBE
    return (_offer(channel, one) for one in gateway.subscriptions.all())


def _offer(channel: Channel, one: SubscriptionTemplate) -> Offer:
    return Offer(channel, one.id, one.title, one.content, _TERMS[one.term])


def _unasked(gateway: Gateway) -> Iterator[Offer]:
    none = TemplateTerm.NONE
    return (Offer(Channel.TEMPLATE, one.id, one.title, one.content, none) for one in gateway.templates.all())
