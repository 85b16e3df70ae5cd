"""Somebody who follows, and may allow messages."""

import pytest

from backend.accounts.queries import Account
from backend.followers import actions as followers
from models.subscriptions import TemplateTerm
from tests.backend.subscriptions.choices import LASTING, ONCE, OPENID, bind


@pytest.fixture
def person(account: Account) -> int:
    """With a template of each term bound at her account."""
    bind(account, ONCE, TemplateTerm.ONE_OFF)
    bind(account, LASTING, TemplateTerm.LONG)
    return followers.meet(account.id, OPENID).id
