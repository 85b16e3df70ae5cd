"""What somebody allows is counted yes by yes, and ends with her last word."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import permutations

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.followers import actions as followers
from backend.receipts import actions as receipts
from backend.runtime import Runtime
from backend.subscriptions import actions, queries
from models.accounts import AccountKind, WechatAccount
from models.followers import WechatIdentity
from models.subscriptions import SubscriptionCredit, TemplateTerm
from tests.backend.subscriptions.choices import (
    LASTING,
    NO,
    NOON,
    ONCE,
    OPENID,
    UNBOUND,
    YES,
    answer,
    at,
    bind,
    credit,
    switch,
)
from tests.threads import at_once


@pytest.mark.parametrize("template_id", [ONCE, UNBOUND])
def test_each_yes_to_a_one_off_question_allows_one_message_more(person: int, template_id: str) -> None:
    for second in range(3):
        answer(person, YES, template_id, second)
    assert credit(person, template_id) == (3, 0)


def test_a_yes_to_a_lasting_kind_allows_any_number(person: int) -> None:
    answer(person, YES, LASTING)
    answer(person, YES, LASTING, 2)
    assert credit(person, LASTING) == (0, 1)


def test_a_no_in_a_pop_up_takes_nothing_of_the_one_off_kind(person: int) -> None:
    answer(person, YES)
    answer(person, NO, ONCE, 2)
    assert credit(person) == (1, 0)


def test_a_no_in_a_pop_up_takes_a_lasting_consent_back(person: int) -> None:
    answer(person, YES, LASTING)
    answer(person, NO, LASTING, 2)
    assert credit(person, LASTING) == (0, 0)


@pytest.mark.parametrize("template_id", [ONCE, LASTING, UNBOUND])
def test_switched_off_is_nothing_left_of_either_kind_and_a_later_yes_begins_anew(person: int, template_id: str) -> None:
    answer(person, YES, template_id)
    answer(person, YES, template_id, 2)
    switch(person, NO, template_id, 3)
    assert credit(person, template_id) == (0, 0)
    answer(person, YES, template_id, 4)
    assert credit(person, template_id) == ((0, 1) if template_id == LASTING else (1, 0))


def test_switched_on_allows_a_lasting_kind_and_nothing_of_the_other(person: int) -> None:
    for template_id in (ONCE, LASTING):
        switch(person, YES, template_id)
    assert (credit(person), credit(person, LASTING)) == ((0, 0), (0, 1))


@pytest.mark.parametrize("choice", ["ban", "filter", "", "ACCEPT"])
def test_what_is_neither_yes_nor_no_changes_nothing(person: int, choice: str) -> None:
    answer(person, YES, LASTING)
    for template_id in (ONCE, LASTING):
        answer(person, choice, template_id, 2)
        switch(person, choice, template_id, 2)
    assert (credit(person), credit(person, LASTING)) == ((0, 0), (0, 1))


@pytest.mark.parametrize("strange", ["", "x" * 65, "模板", "a b", "a\x00b"])
def test_what_is_no_template_is_not_written_down_and_hides_no_other(person: int, strange: str) -> None:
    actions.answer_popup(person, [(strange, YES), (ONCE, YES)], at(1))
    assert credit(person) == (1, 0)
    assert SubscriptionCredit.select().count() == 1


def test_templates_that_differ_in_case_are_two(person: int) -> None:
    for template_id in ("tplCase", "TPLcASE"):
        answer(person, YES, template_id)
    assert (credit(person, "tplCase"), credit(person, "TPLcASE")) == ((1, 0), (1, 0))


def test_the_kind_of_a_template_is_that_of_her_account(person: int, account: Account, runtime: Runtime) -> None:
    """The same id at another account says nothing here."""
    WechatIdentity.update(account=_other_account()).where(WechatIdentity.id == person).execute()
    answer(person, YES, LASTING)
    assert credit(person, LASTING) == (1, 0)


def _other_account() -> int:
    secrets = dict.fromkeys(("app_secret", "token", "aes_key"), "x")
    made = WechatAccount.create(
        app_id="wxother", kind=AccountKind.MINIPROGRAM, name="另一个", changed_at=NOON, **secrets
    )
    return int(made.id)


def test_who_allowed_before_the_binding_said_that_it_lasts_allows_it_for_good(person: int, account: Account) -> None:
    other = followers.meet(account.id, "oOther").id
    answer(person, YES, UNBOUND)
    answer(other, YES, UNBOUND)
    switch(other, NO, UNBOUND, 2)
    bind(account, UNBOUND, TemplateTerm.LONG)
    assert (credit(person, UNBOUND), credit(other, UNBOUND)) == ((0, 1), (0, 0))


def test_a_yes_that_the_mini_program_tells_itself_counts_from_now(person: int) -> None:
    actions.allow(person, ONCE)
    actions.allow(person, ONCE)
    actions.allow(person, LASTING)
    assert (credit(person), credit(person, LASTING)) == ((2, 0), (0, 1))
    assert clock.now() - SubscriptionCredit.get(SubscriptionCredit.left == 2).changed_at < timedelta(seconds=30)


STEPS: dict[int, Callable[[int], None]] = {
    1: partial(answer, choice=YES, second=1),
    2: partial(switch, choice=NO, second=2),
    3: partial(answer, choice=YES, second=3),
}


@pytest.mark.parametrize("order", [*permutations((1, 2)), (2, 3), (1, 2, 3), (2, 1, 3)])
def test_a_yes_that_arrives_after_a_later_no_does_not_undo_it(person: int, order: tuple[int, ...]) -> None:
    for step in order:
        STEPS[step](person)
    assert credit(person) == ((1, 0) if 3 in order else (0, 0))


def test_a_no_that_arrives_after_a_later_yes_does_not_undo_it(person: int) -> None:
    answer(person, YES, LASTING, 3)
    switch(person, NO, LASTING, 2)
    assert credit(person, LASTING) == (0, 1)


@pytest.mark.parametrize("order", [*permutations((1, 2, 3))])
def test_yeses_count_in_whatever_order_they_arrive(person: int, order: tuple[int, ...]) -> None:
    for second in order:
        answer(person, YES, ONCE, second)
    assert credit(person) == (3, 0)
    assert SubscriptionCredit.get().changed_at == at(3)


def test_whoever_left_or_was_never_there_is_not_written_about(person: int, account: Account) -> None:
    followers.leave(account.id, OPENID, at(5))
    answer(person, YES, ONCE, 4)
    answer(person + 1000, YES, ONCE, 4)
    assert SubscriptionCredit.select().count() == 0


def test_what_she_allowed_is_forgotten_when_she_leaves_and_only_hers(person: int, account: Account) -> None:
    other = followers.meet(account.id, "oOther").id
    for one in (person, other):
        answer(one, YES)
        answer(one, YES, LASTING)
    assert followers.leave(account.id, OPENID, at(5))
    assert (queries.held(person), queries.held(other)) == (0, 2)
    assert SubscriptionCredit.select().count() == 2


def test_a_yes_and_leaving_at_once_leave_nothing(account: Account) -> None:
    for number in range(8):
        openid = f"{OPENID}{number}"
        one = followers.meet(account.id, openid).id
        at_once(
            partial(answer, one, YES), partial(followers.leave, account.id, openid, at(2)), partial(answer, one, YES)
        )
        assert queries.held(one) == 0


def test_what_is_held_counts_templates_and_not_messages(person: int) -> None:
    assert queries.held(person) == 0
    for second in (1, 2):
        answer(person, YES, ONCE, second)
    answer(person, YES, LASTING)
    answer(person, YES, UNBOUND)
    actions.used_up([SubscriptionCredit.get(SubscriptionCredit.template_id == UNBOUND).id])
    assert queries.held(person) == 2


def test_twenty_yeses_at_once_are_twenty(person: int) -> None:
    at_once(*[partial(answer, person, YES)] * 20)
    assert credit(person) == (20, 0)


def test_twenty_events_at_once_with_their_receipts_are_twenty(person: int, runtime: Runtime) -> None:
    def hear(number: int) -> None:
        def work() -> bytes:
            answer(person, YES)
            return b""

        receipts.once(f"wx:e:{number % 20}", runtime.cipher, runtime.lookups, work)

    at_once(*(partial(hear, number) for number in range(20)))
    assert credit(person) == (20, 0)
    for number in range(20):
        hear(number)
    assert credit(person) == (20, 0), "a repetition counts nothing"
