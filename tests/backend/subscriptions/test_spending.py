"""What somebody allows is spent message by message, given back when nothing was sent, and ended by the platform."""

from functools import partial

import pytest

from backend.accounts.queries import Account
from backend.followers import actions as followers
from backend.subscriptions import actions
from models.deliveries import Channel
from models.subscriptions import SubscriptionCredit
from tests.backend.subscriptions.choices import LASTING, ONCE, YES, answer, credit, kind_of
from tests.threads import at_once


def _ids(*people: int) -> list[int]:
    row = SubscriptionCredit
    return [row.get(row.follower == person).id for person in people]


def test_spending_takes_one_of_each_and_never_more_than_there_is(person: int, account: Account) -> None:
    other = followers.meet(account.id, "oOther").id
    for second in range(2):
        answer(person, YES, ONCE, second)
    answer(other, YES)
    ids = _ids(person, other)
    actions.spend(ids)
    assert (credit(person), credit(other)) == ((1, 0), (0, 0))
    actions.spend(ids)
    actions.spend(ids)
    assert (credit(person), credit(other)) == ((0, 0), (0, 0))


def test_a_lasting_consent_is_neither_spent_nor_given_back(person: int, account: Account) -> None:
    answer(person, YES, LASTING)
    actions.give_back(_ids(person))
    assert credit(person, LASTING) == (0, 1)
    actions.unbind(account.id, Channel.NOTICE, kind_of(LASTING))
    answer(person, YES, LASTING, 2)
    actions.spend(_ids(person))
    assert credit(person, LASTING) == (1, 1), "it lasts although nobody knows any more that such a yes does"


def test_what_was_not_sent_is_given_back(person: int) -> None:
    answer(person, YES)
    actions.spend(_ids(person))
    actions.give_back(_ids(person))
    assert credit(person) == (1, 0)


def test_two_messages_of_one_batch_to_the_same_person_are_two(person: int) -> None:
    for second in range(3):
        answer(person, YES, ONCE, second)
    [one] = _ids(person)
    actions.spend([one, one])
    assert credit(person) == (1, 0)
    actions.give_back([one, one])
    assert credit(person) == (3, 0)


@pytest.mark.parametrize("template_id", [ONCE, LASTING])
def test_when_the_platform_knows_of_no_consent_nothing_is_left_until_she_says_yes_again(
    person: int, template_id: str
) -> None:
    for second in range(2):
        answer(person, YES, template_id, second)
    actions.used_up(_ids(person))
    assert credit(person, template_id) == (0, 0)
    answer(person, YES, template_id, 5)
    assert credit(person, template_id) == ((0, 1) if template_id == LASTING else (1, 0))


def test_nobody_is_nothing_to_spend(person: int) -> None:
    answer(person, YES)
    for verb in (actions.spend, actions.give_back, actions.used_up):
        verb([])
    assert credit(person) == (1, 0)


def test_more_people_than_a_statement_takes_are_spent_in_slices(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_AT_ONCE", 3)
    people = [followers.meet(account.id, f"o{number}").id for number in range(8)]
    for one in people:
        answer(one, YES)
    actions.spend(_ids(*people))
    assert {credit(one) for one in people} == {(0, 0)}


def test_spending_and_a_new_yes_at_once_lose_neither(person: int) -> None:
    for second in range(10):
        answer(person, YES, ONCE, second)
    ids = _ids(person)
    at_once(*[partial(actions.spend, ids), partial(answer, person, YES, ONCE, 20)] * 5)
    assert credit(person) == (10, 0)
