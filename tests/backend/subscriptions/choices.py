"""A person with a template of each term bound at her account, and what she says about them."""

from datetime import UTC, datetime, timedelta

from backend.accounts.queries import Account
from backend.subscriptions import actions
from backend.subscriptions.rules import Offer
from models.deliveries import Channel
from models.subscriptions import SubscriptionCredit, TemplateTerm

OPENID = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
ONCE, LASTING, UNBOUND = "tplOnce", "tplLasting", "tplUnbound"
YES, NO = "accept", "reject"


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def kind_of(template_id: str) -> str:
    return f"kind_{template_id.lower()}"


def bind(account: Account, template_id: str, term: TemplateTerm) -> None:
    offer = Offer(Channel.NOTICE, template_id, "停水通知", "地点:{{thing1.DATA}}", term)
    actions.bind(account.id, kind_of(template_id), offer, {"thing1": "place"})


def answer(person: int, choice: str, template_id: str = ONCE, second: float = 1) -> None:
    """In a pop-up."""
    actions.answer_popup(person, [(template_id, choice)], at(second))


def switch(person: int, choice: str, template_id: str = ONCE, second: float = 1) -> None:
    """On the settings page."""
    actions.change_settings(person, [(template_id, choice)], at(second))


def credit(person: int, template_id: str = ONCE) -> tuple[int, int]:
    """(how many are left, whether it lasts)"""
    row = SubscriptionCredit
    found = row.get_or_none(row.follower == person, row.template_id == template_id)
    return (0, 0) if found is None else (found.left, found.lasting)
