"""Real mistakes against the simulated platform: each is refused with its own number and reaches us as its class."""

import pytest

from backend.wechat.failures import Refused
from tests.contracts.gateway import (
    mistakes_in_accounts,
    mistakes_in_articles,
    mistakes_in_mass,
    mistakes_in_members,
    mistakes_in_sending,
    mistakes_in_subscriptions,
    mistakes_in_templates,
    mistakes_in_visits,
)
from tests.contracts.gateway.given import Given
from tests.contracts.gateway.mistakes import Mistake

MISTAKES: dict[str, Mistake] = {
    **mistakes_in_sending.MISTAKES,
    **mistakes_in_templates.MISTAKES,
    **mistakes_in_subscriptions.MISTAKES,
    **mistakes_in_mass.MISTAKES,
    **mistakes_in_members.MISTAKES,
    **mistakes_in_articles.MISTAKES,
    **mistakes_in_visits.MISTAKES,
    **mistakes_in_accounts.MISTAKES,
}


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_is_refused_with_its_own_number(given: Given, name: str) -> None:
    mistake = MISTAKES[name]
    prepared = mistake.prepare(given)
    with pytest.raises(Refused) as raised:
        mistake.act(given, prepared)
    error = raised.value
    assert (error.errcode, type(error), error.sent) == (mistake.errcode, mistake.error, False)
    assert "rid: " in error.errmsg
    assert mistake.says in error.errmsg
