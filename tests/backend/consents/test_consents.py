"""Consents are given and taken back one by one, each time with a receipt, and what relied on one ends with it."""

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.consents import queries as consented
from backend.consents.rules import Agreement
from backend.errors import InvalidInput
from backend.members import queries
from backend.members.rules import Change
from backend.outbox.actions import Recipient
from backend.rights import actions as rights
from backend.runtime import Runtime
from models.consents import Consent, ConsentReceipt, Purpose, Through
from models.deliveries import Channel, Priority
from models.members import Member, Ward
from tests import people
from tests.outboxes import check_truth, endings, source, states
from tests.threads import at_once

OPTIONAL = [purpose for purpose in Purpose if purpose is not Purpose.MEMBERSHIP]


@pytest.fixture
def her(runtime: Runtime, account: Account) -> int:
    """A member who agreed to everything and told everything."""
    soon = clock.now() + timedelta(days=30)
    told = people.application(unit="3-501", skills={"haircut": soon}, topics=frozenset({"jobs"}))
    member_id = people.member(runtime, account, told=told)
    runtime.members.add_ward(member_id, "小明", clock.now().year - 5, 1)
    return member_id


def _held(runtime: Runtime, member_id: int) -> dict[Purpose, bool]:
    """Of what relies on a consent, whether something is held."""
    person = queries.person(runtime.cipher, member_id)
    return {
        Purpose.UNIT: bool(person and person.unit),
        Purpose.SKILLS: bool(queries.skills(member_id)),
        Purpose.INTERESTS: bool(queries.topics(member_id)),
        Purpose.WARDS: bool(queries.wards(runtime.cipher, member_id)),
    }


def _withdraw(runtime: Runtime, member_id: int, purpose: Purpose) -> str | None:
    return runtime.members.withdraw(member_id, purpose, Through.CHAT)


def _agree(runtime: Runtime, member_id: int, purpose: Purpose) -> str:
    return runtime.members.agree(member_id, people.agreement(purpose), Through.MINIPROGRAM)


@pytest.mark.parametrize("purpose", OPTIONAL)
def test_each_word_has_a_receipt_with_the_text_it_was_about(runtime: Runtime, her: int, purpose: Purpose) -> None:
    taken, given = _withdraw(runtime, her, purpose), _agree(runtime, her, purpose)
    last, before = consented.receipts(her, limit=2)
    assert (last.number, last.given, last.through) == (given, True, Through.MINIPROGRAM)
    assert (before.number, before.given, before.through) == (taken, False, Through.CHAT)
    assert {(each.purpose, each.version) for each in (last, before)} == {(purpose, 1)}
    assert last.title
    assert consented.stands(her, purpose)


@pytest.mark.parametrize("purpose", OPTIONAL)
def test_withdrawing_ends_at_once_what_relied_on_it_and_nothing_else(
    runtime: Runtime, her: int, purpose: Purpose
) -> None:
    assert all(_held(runtime, her).values())
    _withdraw(runtime, her, purpose)
    assert _held(runtime, her) == {each: each is not purpose for each in _held(runtime, her)}
    assert set(Purpose) - set(consented.given(her)) == {purpose}
    assert not consented.stands(her, purpose)


def test_withdrawing_again_changes_nothing_and_has_no_receipt(runtime: Runtime, her: int) -> None:
    _withdraw(runtime, her, Purpose.UNIT)
    receipts = ConsentReceipt.select().count()
    assert _withdraw(runtime, her, Purpose.UNIT) is None
    assert ConsentReceipt.select().count() == receipts


@pytest.mark.parametrize(
    ("change", "purpose"),
    [
        (Change(unit="5-101"), Purpose.UNIT),
        (Change(skills={"legal": clock.now() + timedelta(days=9)}), Purpose.SKILLS),
        (Change(topics=frozenset({"school"})), Purpose.INTERESTS),
    ],
)
def test_what_was_taken_back_cannot_be_told_again_without_it(
    runtime: Runtime, her: int, change: Change, purpose: Purpose
) -> None:
    _withdraw(runtime, her, purpose)
    with pytest.raises(InvalidInput) as caught:
        runtime.members.change(her, change)
    assert f"consents.{purpose}" in [error.field for error in caught.value.errors]
    assert not _held(runtime, her)[purpose]
    _agree(runtime, her, purpose)
    runtime.members.change(her, change)
    assert _held(runtime, her)[purpose]


def test_withdrawing_notices_stops_the_broadcasts_that_wait_and_nothing_personal(runtime: Runtime, her: int) -> None:
    broadcast = runtime.outbox.put(source(Channel.TEMPLATE), Recipient(her))
    personal = runtime.outbox.put(source(Channel.TEMPLATE, priority=Priority.PERSONAL), Recipient(her))
    _withdraw(runtime, her, Purpose.NOTICES)
    assert endings(broadcast) == {("unreachable", "withdrawn"): 1}
    assert states(personal) == {"pending": 1}
    assert her not in [row.id for row in queries.to_be_told()]
    for each in (broadcast, personal):
        check_truth(each)


# Versions


def test_a_version_that_asks_again_is_agreed_to_by_nobody_yet(runtime: Runtime, account: Account, her: int) -> None:
    other = people.member(runtime, account, "oOther", people.number(2))
    assert [row.id for row in queries.to_be_told().order_by(Member.id)] == [her, other]
    version = people.publish(Purpose.NOTICES)
    assert not consented.stands(her, Purpose.NOTICES)
    assert list(queries.to_be_told()) == []
    [standing] = [each for each in consented.standing(her) if each.text.purpose is Purpose.NOTICES]
    assert (standing.given, standing.asks_again, standing.version) == (False, True, 1)
    _agree(runtime, her, Purpose.NOTICES)
    assert [row.id for row in queries.to_be_told()] == [her]
    assert consented.given(her)[Purpose.NOTICES] == version


def test_a_version_that_does_not_ask_again_leaves_what_was_given(runtime: Runtime, her: int) -> None:
    people.publish(Purpose.NOTICES, asks_again=False)
    assert consented.stands(her, Purpose.NOTICES)
    assert [row.id for row in queries.to_be_told()] == [her]


@pytest.mark.parametrize("version", [0, 1, 3])
def test_only_the_newest_text_can_be_agreed_to(runtime: Runtime, her: int, version: int) -> None:
    people.publish(Purpose.CONTACT)
    with pytest.raises(InvalidInput) as caught:
        runtime.members.agree(her, Agreement(Purpose.CONTACT, version), Through.MINIPROGRAM)
    assert [error.field for error in caught.value.errors] == ["consents.contact"]


def test_who_restricted_us_is_not_told(runtime: Runtime, her: int) -> None:
    rights.restrict(her)
    assert list(queries.to_be_told()) == []
    rights.release(her)
    assert [row.id for row in queries.to_be_told()] == [her]


# Wards


def test_a_ward_needs_the_consent(runtime: Runtime, her: int) -> None:
    _withdraw(runtime, her, Purpose.WARDS)
    with pytest.raises(InvalidInput) as caught:
        runtime.members.add_ward(her, "小红", clock.now().year - 3, 2)
    assert [error.field for error in caught.value.errors] == ["consents.wards"]
    people.publish(Purpose.WARDS)
    assert Ward.select().count() == 0


def test_a_text_of_wards_that_asks_again_is_asked_before_the_next_child(runtime: Runtime, her: int) -> None:
    people.publish(Purpose.WARDS)
    with pytest.raises(InvalidInput):
        runtime.members.add_ward(her, "小红", clock.now().year - 3, 2)


def test_ten_wards_and_no_more_also_at_once(runtime: Runtime, her: int) -> None:
    year = clock.now().year - 3

    def add(number: int) -> bool:
        try:
            return bool(runtime.members.add_ward(her, "小红", year, number % 12 + 1))
        except InvalidInput as error:
            return error.code != "too_many_wards"

    added = at_once(*[partial(add, number) for number in range(12)])
    assert (sum(added), Ward.select().count()) == (9, 10)


# At once


def test_words_at_once_leave_receipts_and_state_that_agree(runtime: Runtime, her: int) -> None:
    give, take = partial(_agree, runtime, her, Purpose.NOTICES), partial(_withdraw, runtime, her, Purpose.NOTICES)
    words: list[Callable[[], str | None]] = [give] * 8 + [take] * 8
    random.Random(7).shuffle(words)
    numbers = at_once(*words)
    told = list(ConsentReceipt.select().where(ConsentReceipt.purpose == Purpose.NOTICES).order_by(ConsentReceipt.id))
    assert {row.number for row in told[1:]} == {number for number in numbers if number is not None}
    assert told[-1].given is consented.stands(her, Purpose.NOTICES)
    assert Consent.select().where(Consent.purpose == Purpose.NOTICES).count() == int(told[-1].given)
    twice = [row for row, after in pairwise(told) if not row.given and not after.given]
    assert twice == [], "nothing was taken back that did not stand"
