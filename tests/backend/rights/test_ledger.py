"""What she asked has a number in the ledger, which names fields and never their content."""

import re

import pytest

from backend.accounts.queries import Account
from backend.errors import InvalidInput
from backend.members.rules import Change
from backend.outbox.actions import Recipient
from backend.permissions import ALL
from backend.rights import actions as rights
from backend.rights import requests
from backend.runtime import Runtime
from models.deliveries import Channel
from models.members import Member, MemberState
from models.rights import RightKind, RightsRequest, Why
from tests import people
from tests.outboxes import check_truth, endings, source

K = RightKind


def _entries(member_id: int) -> list[tuple[RightKind, Why, str]]:
    return [(each.kind, each.why, each.detail) for each in requests.of(member_id)]


def test_a_correction_names_its_fields_and_not_what_stands_in_them(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    number = rights.correct(runtime.members, member_id, Change(name="王小明", unit="5-101"))
    assert re.fullmatch(r"Q\d{8}-[0-9A-F]{8}", number)
    assert _entries(member_id) == [(K.CORRECTION, Why.ASKED, "name,unit")]
    assert "王小明" not in repr(list(RightsRequest.select().tuples()))


def test_a_correction_that_is_refused_is_not_in_the_ledger(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    with pytest.raises(InvalidInput):
        rights.correct(runtime.members, member_id, Change(name="王", topics=frozenset({"gossip"})))
    assert _entries(member_id) == []
    assert runtime.search.by_name("陈秀兰", ALL)


def test_a_new_number_is_a_correction(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    rights.correct_phone(runtime.members, member_id, people.proof(people.number(5)), new_number=False)
    assert _entries(member_id) == [(K.CORRECTION, Why.ASKED, "phone")]


def test_a_number_that_makes_one_of_two_is_entered_for_who_stays(runtime: Runtime, account: Account) -> None:
    first = people.member(runtime, account)
    second = people.member(runtime, account, "oOther", people.number(2))
    rights.correct_phone(runtime.members, second, people.proof(), new_number=False)
    assert [len(_entries(each)) for each in (first, second)] == [1, 0]


def test_a_restriction_is_entered_once_and_so_is_its_release(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    waits = runtime.outbox.put(source(Channel.TEMPLATE), Recipient(member_id))
    assert rights.restrict(member_id)
    assert rights.restrict(member_id) is None
    assert Member.get_by_id(member_id).state is MemberState.RESTRICTED
    assert endings(waits) == {("unreachable", "withdrawn"): 1}
    check_truth(waits)
    assert rights.release(member_id)
    assert rights.release(member_id) is None
    assert Member.get_by_id(member_id).state is MemberState.ACTIVE
    assert _entries(member_id) == [(K.RELEASE, Why.ASKED, ""), (K.RESTRICTION, Why.ASKED, "")]


def test_who_is_gone_restricts_nothing(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    rights.erase(member_id)
    assert rights.restrict(member_id) is None
    assert rights.release(member_id) is None
    assert Member.get_by_id(member_id).state is MemberState.ERASED


def test_the_newest_comes_first_and_nobody_elses(runtime: Runtime, account: Account) -> None:
    member_id, other = people.member(runtime, account), people.member(runtime, account, "oOther", people.number(2))
    numbers = [rights.note_copy(member_id) for _ in range(4)]
    rights.note_copy(other)
    first = requests.of(member_id, limit=3)
    rest = requests.of(member_id, before=first[-1].id)
    assert [each.number for each in first + rest] == numbers[::-1]
