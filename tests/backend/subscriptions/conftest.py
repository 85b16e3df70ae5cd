"""Somebody who follows, and may allow messages."""

import pytest

from backend.accounts.queries import Account
from backend.members import actions as members
from models.subscriptions import TemplateTerm
from tests.backend.subscriptions.choices import LASTING, ONCE, OPENID, bind


@pytest.fixture
def person(account: Account) -> int:
    """With a template of each term bound at her account."""
    bind(account, ONCE, TemplateTerm.ONE_OFF)
    bind(account, LASTING, TemplateTerm.LONG)
    return members.meet(account.id, OPENID).id
