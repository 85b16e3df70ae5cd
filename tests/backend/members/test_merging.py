"""Two identities are one person: they become one member, and nothing of her is lost or doubled."""

from datetime import timedelta
from functools import partial

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.consents import queries as consented
from backend.followers import actions as followers
from backend.members import numbers, queries
from backend.members.rules import Change
from backend.outbox import inbox
from backend.outbox.actions import Recipient
from backend.outbox.messages import Message
from backend.permissions import ALL
from backend.rights import actions as rights
from backend.rights import looks, requests
from backend.rights.looks import Viewer
from backend.runtime import Runtime
from models.consents import ConsentReceipt, Purpose, Through
from models.deliveries import Channel, DeliverySource
from models.followers import WechatIdentity
from models.members import Member, MemberState, NameToken, Ward
from tests import people
from tests.outboxes import check_truth, endings, source
from tests.threads import at_once

LATER = timedelta(days=30)


def _two(runtime: Runtime, account: Account) -> tuple[int, int]:
    """The older and the younger registration, of one person."""
    first = people.member(runtime, account, "oFirst", people.number(1))
    return first, people.member(runtime, account, "oSecond", people.number(2))


def _meet(runtime: Runtime, account: Account) -> None:
    """The platform tells that both are one."""
    for openid in ("oFirst", "oSecond"):
        runtime.members.recognise(people.identity(account, openid), "uSame")


# Identities


@pytest.mark.parametrize("member_first", [True, False])
def test_an_identity_of_the_same_unionid_is_hers_in_either_order(
    runtime: Runtime, account: Account, member_first: bool
) -> None:
    member_id = people.member(runtime, account)
    hers, other = people.identity(account), people.identity(people.second_account(runtime), "oMini")
    for who in (hers, other) if member_first else (other, hers):
        runtime.members.recognise(who, "uSame")
    assert people.identities_of(member_id) == [hers, other]


def test_without_a_unionid_nobody_is_recognised(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    for who in (people.identity(account), people.identity(account, "oOther")):
        runtime.members.recognise(who, "")
    assert people.identities_of(member_id) == [people.identity(account)]


def test_another_unionid_is_another_person(runtime: Runtime, account: Account) -> None:
    first, second = _two(runtime, account)
    runtime.members.recognise(people.identity(account, "oFirst"), "uOne")
    runtime.members.recognise(people.identity(account, "oSecond"), "uTwo")
    assert [len(people.identities_of(each)) for each in (first, second)] == [1, 1]


def test_an_identity_that_has_just_become_another_member_is_not_taken_from_her(
    runtime: Runtime, account: Account
) -> None:
    first, second = _two(runtime, account)
    followers.link(people.identity(account, "oSecond"), first)
    assert people.member_of(people.identity(account, "oSecond")) == second


def test_nobody_is_recognised_as_somebody_who_is_erased_at_this_moment(runtime: Runtime, account: Account) -> None:
    for each in range(10):
        member_id = people.member(runtime, account, f"oFirst{each}", people.number(each))
        other = people.identity(account, f"oOther{each}")
        runtime.members.recognise(people.identity(account, f"oFirst{each}"), f"u{each}")
        at_once(
            partial(rights.erase, member_id),
            partial(runtime.members.recognise, other, f"u{each}"),
        )
        assert people.identities_of(member_id) == []


# Two members


def test_of_two_members_the_older_stays_with_what_she_told(runtime: Runtime, account: Account) -> None:
    told = people.application("陈秀兰", unit="3-501")
    first = people.member(runtime, account, "oFirst", people.number(1), told)
    second = people.member(runtime, account, "oSecond", people.number(2), people.application("陈兰兰", unit="9-9"))
    _meet(runtime, account)
    person = queries.person(runtime.cipher, first)
    assert person is not None
    assert (person.name, person.unit) == ("陈秀兰", "3-501")
    assert len(people.identities_of(first)) == 2
    row = Member.get_by_id(second)
    assert (row.state, row.name, row.phone, row.phone_digest, row.unit) == (MemberState.ERASED, "", None, None, None)
    assert NameToken.select().where(NameToken.member == second).count() == 0
    assert [found.id for found in runtime.search.by_name("陈", ALL)] == [first]


def test_what_only_the_younger_has_comes_along(runtime: Runtime, account: Account) -> None:
    until = clock.now() + LATER
    bare = people.application(purposes=(Purpose.MEMBERSHIP, Purpose.SKILLS), skills={"haircut": until})
    rich = people.application(skills={"haircut": until + LATER, "legal": until}, topics=frozenset({"jobs"}))
    first = people.member(runtime, account, "oFirst", people.number(1), bare)
    second = people.member(runtime, account, "oSecond", people.number(2), rich)
    runtime.members.add_ward(second, "小明", clock.now().year - 5, 1)
    looks.record(runtime.cipher, second, Viewer("联络员", "社区", "staff"), ["phone"], "上门办事")
    rights.note_copy(second)
    _meet(runtime, account)
    assert {each.skill: each.until for each in queries.skills(first)} == {"haircut": until, "legal": until}
    assert queries.topics(first) == ["jobs"]
    assert [each.name for each in queries.wards(runtime.cipher, first)] == ["小明"]
    assert set(consented.given(first)) == set(Purpose)
    assert ConsentReceipt.select().where(ConsentReceipt.member == first).count() == 2 + len(Purpose)
    assert [each.reason for each in looks.of(runtime.cipher, first)] == ["上门办事"]
    assert len(requests.of(first)) == 1
    assert [queries.skills(second), queries.topics(second), looks.of(runtime.cipher, second)] == [[], [], []]
    assert Ward.select().where(Ward.guardian == second).count() == 0


@pytest.mark.parametrize(("first_ago", "second_ago", "stays"), [(5, 1, 2), (1, 5, 1)])
def test_the_number_that_was_proved_last_stays(
    runtime: Runtime, account: Account, first_ago: int, second_ago: int, stays: int
) -> None:
    first, second = _two(runtime, account)
    people.proved(first, first_ago)
    people.proved(second, second_ago)
    _meet(runtime, account)
    found = runtime.search.by_phone(people.number(stays), ALL)
    assert found is not None
    assert found.id == first
    assert runtime.search.by_phone(people.number(3 - stays), ALL) is None


def test_a_number_comes_to_her_who_has_none(runtime: Runtime, account: Account) -> None:
    first, _ = _two(runtime, account)
    numbers.drop(first)
    _meet(runtime, account)
    assert runtime.search.by_phone(people.number(2), ALL) is not None
    assert runtime.search.by_phone(people.number(1), ALL) is None


@pytest.mark.parametrize("younger", [True, False])
def test_who_restricted_us_once_has_restricted_us_and_is_sent_no_broadcast(
    runtime: Runtime, account: Account, younger: bool
) -> None:
    pair = _two(runtime, account)
    rights.restrict(pair[younger])
    source_id = runtime.outbox.put(source(Channel.TEMPLATE), Recipient(member_id=pair[not younger]))
    _meet(runtime, account)
    assert Member.get_by_id(pair[0]).state is MemberState.RESTRICTED
    assert endings(source_id) == {("unreachable", "withdrawn"): 1}
    check_truth(source_id)


@pytest.mark.parametrize("younger", [True, False])
def test_on_each_purpose_her_last_word_counts(runtime: Runtime, account: Account, younger: bool) -> None:
    pair = _two(runtime, account)
    source_id = runtime.outbox.put(source(Channel.TEMPLATE), *[Recipient(member_id=each) for each in pair])
    runtime.members.change(pair[not younger], Change(topics=frozenset({"jobs"})))
    for purpose in (Purpose.NOTICES, Purpose.INTERESTS):
        runtime.members.withdraw(pair[younger], purpose, Through.CHAT)
    runtime.members.withdraw(pair[not younger], Purpose.CONTACT, Through.CHAT)
    runtime.members.agree(pair[younger], people.agreement(Purpose.CONTACT), Through.CHAT)
    _meet(runtime, account)
    assert set(Purpose) - set(consented.given(pair[0])) == {Purpose.NOTICES, Purpose.INTERESTS}
    assert queries.topics(pair[0]) == []
    assert sum(number for (state, _), number in endings(source_id).items() if state == "unreachable") == 2
    check_truth(source_id)


def test_of_two_versions_the_one_she_agreed_to_last_counts(runtime: Runtime, account: Account) -> None:
    first, second = _two(runtime, account)
    version = people.publish(Purpose.NOTICES)
    runtime.members.agree(second, people.agreement(Purpose.NOTICES), Through.CHAT)
    assert not consented.stands(first, Purpose.NOTICES)
    _meet(runtime, account)
    assert consented.given(first)[Purpose.NOTICES] == version
    assert consented.stands(first, Purpose.NOTICES)


def test_she_is_told_and_three_registrations_become_one(runtime: Runtime, account: Account) -> None:
    ids = [people.member(runtime, account, f"o{each}", people.number(each)) for each in range(3)]
    WechatIdentity.update(unionid="uSame").execute()
    runtime.members.recognise(people.identity(account, "o0"), "uSame")
    assert len(people.identities_of(ids[0])) == 3
    assert sorted(row.step for row in DeliverySource.select()) == ["merged", "merged"]
    letters = [row.ref for row in DeliverySource.select()]
    assert sorted(letters) == sorted(str(each) for each in ids[1:])
    for row in DeliverySource.select():
        check_truth(row.id)


def test_recognised_many_times_at_once_she_is_one(runtime: Runtime, account: Account) -> None:
    for each in range(8):
        people.member(runtime, account, f"o{each}", people.number(each))
    WechatIdentity.update(unionid="uSame").execute()
    at_once(*[partial(runtime.members.recognise, people.identity(account, f"o{each}"), "uSame") for each in range(8)])
    assert Member.select().where(Member.state == MemberState.ACTIVE).count() == 1
    assert len(people.identities_of(Member.select().order_by(Member.id).first().id)) == 8
    for row in DeliverySource.select():
        check_truth(row.id)


def test_what_the_younger_was_told_is_found_by_her(runtime: Runtime, account: Account) -> None:
    first, second = _two(runtime, account)
    source_id = runtime.outbox.put(source(Channel.INBOX, message=Message("办好了")), Recipient(member_id=second))
    people.settle(source_id, second, "delivered")
    _meet(runtime, account)
    held = inbox.all_of(runtime.cipher, first, [])
    assert [each.words for each in held if each.sent_at] == ["办好了"]


def test_who_registers_is_known_where_she_follows_at_once(runtime: Runtime, account: Account) -> None:
    mini = people.second_account(runtime)
    follower, visitor = people.follower(account, "oFollower"), people.identity(mini, "oVisitor")
    for who in (follower, visitor):
        runtime.members.recognise(who, "uSame")
    member_id = people.member(runtime, mini, "oVisitor")
    assert people.member_of(follower) == people.member_of(visitor) == member_id


def test_who_registers_and_was_a_member_at_another_account_stays_the_older_one(
    runtime: Runtime, account: Account
) -> None:
    """Recognised only now: she signed in before she became a member over there."""
    mini = people.second_account(runtime)
    visitor = people.identity(mini, "oVisitor")
    runtime.members.recognise(visitor, "uSame")
    older = people.member(runtime, account, "oFollower")
    WechatIdentity.update(unionid="uSame").where(WechatIdentity.id == people.identity(account, "oFollower")).execute()
    found = runtime.members.register(
        visitor, people.application("王芳"), people.proof(people.number(2)), Through.MINIPROGRAM
    )
    assert found.member_id == older == people.member_of(visitor)
    assert Member.select().where(Member.state == MemberState.ACTIVE).count() == 1
