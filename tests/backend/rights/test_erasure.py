"""Who is erased is gone from every column of every table, at once; what others rely on stays without her."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from backend.accounts.queries import Account
from backend.errors import NotFound
from backend.followers import actions as followers
from backend.members import queries
from backend.members.rules import Change
from backend.outbox.actions import Recipient
from backend.rights import actions as rights
from backend.runtime import Runtime
from backend.sessions import queries as sessions
from backend.storage.database import in_transaction
from models.consents import Consent, ConsentReceipt, Purpose, Through
from models.deliveries import Channel, DeliverySource
from models.followers import FollowState, WechatIdentity
from models.members import Member, MemberState
from models.registry import TABLES
from models.rights import RightKind, RightsRequest, Why
from tests import people
from tests.marks import MARK, marked, traces
from tests.outboxes import check_truth, source, states
from tests.threads import at_once

TOMBSTONE = "wechat_identity.openid"
"""A late repetition of an older event must find who left; the row goes a day later."""


def _check_all_sources() -> None:
    for row in DeliverySource.select():
        check_truth(row.id)


@pytest.mark.parametrize("follows", [True, False])
def test_no_column_holds_anything_of_who_was_erased(runtime: Runtime, account: Account, follows: bool) -> None:
    member_id = marked(runtime, account, follows)
    assert {
        "member.name", "member.phone", "member.phone_digest", "member.unit", "ward.name", "look.grounds",
        "session.device", "delivery.data", "delivery_source.message", "name_token.token", "wechat_identity.unionid",
        "subscription_credit.template_id",
    } <= set(traces(runtime))  # fmt: skip
    rights.erase(member_id)
    assert traces(runtime) == [TOMBSTONE]
    _check_all_sources()
    assert people.swept() == 1
    assert Member.select().where(Member.id == member_id).count() == 0
    assert traces(runtime) == [TOMBSTONE]
    _check_all_sources()


def test_no_row_points_at_who_was_erased(runtime: Runtime, account: Account) -> None:
    member_id = marked(runtime, account)
    rights.erase(member_id)
    pointing = [
        f"{table._meta.table_name}.{field.name}"
        for table in TABLES
        for field in table._meta.sorted_fields
        if getattr(field, "rel_model", None) is Member and table.select().where(field == member_id).exists()
    ]
    assert pointing == []


def test_the_empty_row_says_nothing_of_her(runtime: Runtime, account: Account) -> None:
    member_id = marked(runtime, account)
    joined = Member.get_by_id(member_id).joined_at
    rights.erase(member_id)
    rows: Any = Member.select().where(Member.id == member_id).dicts()
    [row] = rows
    assert row.pop("joined_at") > joined, "the moment she went"
    assert {name: value for name, value in row.items() if value not in (None, "")} == {
        "id": member_id,
        "state": MemberState.ERASED,
    }


def test_who_follows_goes_on_to_follow_and_the_visitor_leaves(runtime: Runtime, account: Account) -> None:
    rights.erase(marked(runtime, account))
    who, mini = (WechatIdentity.get(WechatIdentity.openid == openid) for openid in (f"oPerson{MARK}", f"oMini{MARK}"))
    assert (who.follow_state, mini.follow_state) == (FollowState.FOLLOWING, FollowState.LEFT)
    assert (who.unionid, mini.unionid, who.place, mini.last_interaction_at) == (None, None, None, None)
    WechatIdentity.update(follow_changed_at=who.created_at.replace(year=2020)).execute()
    assert followers.bury() == 1


def test_receipts_and_the_ledger_stay_of_nobody(runtime: Runtime, account: Account) -> None:
    member_id = marked(runtime, account)
    receipts = ConsentReceipt.select().count()
    number = rights.erase(member_id)
    assert ConsentReceipt.select().count() == receipts
    assert Consent.select().where(Consent.member == member_id).count() == 0
    kinds = {row.kind: row.member_id for row in RightsRequest.select()}
    assert kinds == {RightKind.COPY: None, RightKind.ERASURE: None}
    [entry] = RightsRequest.select().where(RightsRequest.kind == RightKind.ERASURE)
    assert (entry.number, entry.why, entry.detail) == (number, Why.ASKED, "")


def test_her_sessions_end_at_once_on_all_phones(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    tokens = [people.signed_in(people.identity(account)) for _ in range(2)]
    assert all(sessions.visitor(token) for token in tokens)
    rights.erase(member_id)
    assert [sessions.visitor(token) for token in tokens] == [None, None]


@pytest.mark.parametrize("ends_as", ["accepted", "failed", "pending"])
def test_a_delivery_in_a_workers_hands_is_no_trouble(runtime: Runtime, account: Account, ends_as: str) -> None:
    member_id = people.member(runtime, account)
    source_id = runtime.outbox.put(source(Channel.TEMPLATE), Recipient(member_id, data={"words": MARK}))
    people.settle(source_id, member_id, "sending")
    rights.erase(member_id)
    check_truth(source_id)
    assert people.swept() == 0, "the worker still has to know to whom it writes"
    people.settle(source_id, member_id, ends_as)
    check_truth(source_id)
    if ends_as == "pending":
        assert people.swept() == 0
        in_transaction(partial(people.end_waiting, member_id))
    assert people.swept() == 1
    assert traces(runtime) == []
    assert DeliverySource.get_by_id(source_id).message == ""
    assert sum(states(source_id).values()) == 1
    check_truth(source_id)


def test_erasing_twice_is_not_found(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    rights.erase(member_id)
    for _ in range(2):
        with pytest.raises(NotFound):
            rights.erase(member_id)
        people.swept()
    assert RightsRequest.select().count() == 1


def test_erased_by_two_phones_at_once_she_is_erased_once(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)

    def erase() -> bool:
        try:
            return bool(rights.erase(member_id))
        except NotFound:
            return False

    assert sorted(at_once(*[erase] * 6)) == [False] * 5 + [True]
    assert RightsRequest.select().count() == 1


def test_who_comes_back_is_new(runtime: Runtime, account: Account) -> None:
    first = marked(runtime, account)
    rights.erase(first)
    told = people.application(purposes=(Purpose.MEMBERSHIP,))
    second = people.member(runtime, account, f"oPerson{MARK}", told=told)
    assert second != first
    person = queries.person(runtime.cipher, second)
    assert person is not None
    assert (person.name, person.unit, queries.topics(second)) == ("陈秀兰", "", [])
    assert len(people.identities_of(second)) == 1
    assert ConsentReceipt.select().where(ConsentReceipt.member == second).count() == 1


@pytest.mark.parametrize(
    "verb",
    [
        lambda runtime, who: runtime.members.change(who, Change(name="王")),
        lambda runtime, who: runtime.members.prove_phone(who, people.proof(people.number(3))),
        lambda runtime, who: runtime.members.agree(who, people.agreement(Purpose.UNIT), Through.CHAT),
        lambda runtime, who: runtime.members.withdraw(who, Purpose.UNIT, Through.CHAT),
        lambda runtime, who: runtime.members.add_ward(who, "小明", 2024, 1),
        lambda runtime, who: rights.correct(runtime.members, who, Change(name="王")),
    ],
)
def test_nothing_can_be_asked_of_who_is_gone(
    runtime: Runtime, account: Account, verb: Callable[[Runtime, int], object]
) -> None:
    member_id = people.member(runtime, account)
    rights.erase(member_id)
    before = people.row_counts()
    with pytest.raises(NotFound):
        verb(runtime, member_id)
    assert people.row_counts() == before
