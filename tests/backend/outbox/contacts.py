"""Somebody as the accounts know her, and a source that asks how she is reached."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from backend import clock
from backend.outbox.channels import (
    Choice,
    Contact,
    Credit,
    Manner,
    Plan,
    Reach,
    choose,
)
from backend.subscriptions.queries import Binding
from models.accounts import AccountKind
from models.deliveries import Channel, Priority
from models.followers import FollowState, Interaction
from models.subscriptions import TemplateTerm

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=clock.BEIJING).astimezone(UTC)
TOMORROW = NOON + timedelta(days=1)
SERVICE, MINI = 1, 2  # the two accounts
NOTHING = frozenset[Manner]()
LEAST = timedelta(microseconds=1)
KINDS = {SERVICE: AccountKind.OFFICIAL, MINI: AccountKind.MINIPROGRAM}


def _bound(account_id: int, channel: Channel) -> Binding:
    return Binding(account_id, channel, "notice", f"{channel}-{account_id}", TemplateTerm.ONE_OFF, {"thing1": "title"})


BINDINGS = {
    (binding.account_id, binding.channel): binding
    for binding in (_bound(SERVICE, Channel.TEMPLATE), _bound(SERVICE, Channel.NOTICE), _bound(MINI, Channel.SUBSCRIBE))
}


def plan(*ladder: Channel, **more: object) -> Plan:
    told = {
        "manners": NOTHING,
        "priority": Priority.PERSONAL,
        "expires_at": TOMORROW,
        "bindings": BINDINGS,
        **more,
    }
    return Plan(ladder, **told)  # type: ignore[arg-type]


def follower(**more: object) -> Contact:
    """Of the service account. She follows it, and said nothing."""
    return Contact(11, SERVICE, AccountKind.OFFICIAL, "o-follower", **more)  # type: ignore[arg-type]


def visitor(**more: object) -> Contact:
    """Of the mini-program."""
    told = {"follow_state": FollowState.STRANGER, **more}
    return Contact(22, MINI, AccountKind.MINIPROGRAM, "o-visitor", **told)  # type: ignore[arg-type]


def allowing(contact: Contact, channel: Channel, left: int = 1, lasting: bool = False) -> Reach:
    key = contact.follower_id, f"{channel}-{contact.account_id}"
    return Reach([contact], {key: Credit(7, left, lasting)})


def ask(channel: Channel, *contacts: Contact, now: datetime = NOON, **more: object) -> bool:
    """Whether the channel alone reaches her."""
    return isinstance(choose(plan(channel, **more), Reach(list(contacts)), 0, now), Choice)


def heard(contact: Contact, what: Interaction, ago: timedelta, sent: int = 0) -> Contact:
    """As the house notes an interaction."""
    at = NOON - ago
    if what is Interaction.MESSAGE:
        return replace(
            contact, last_message_at=at, last_interaction_at=at, last_interaction=what, sent_in_long=sent,
            sent_in_short=sent,
        )  # fmt: skip
    return replace(contact, last_interaction_at=at, last_interaction=what, sent_in_short=sent)
