"""Unfollowing the last account ends the membership; a withdrawn authorisation takes its data along."""

from functools import partial

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.permissions import ALL
from backend.rights import actions as rights
from backend.rights import requests
from backend.runtime import Runtime
from backend.sessions import queries as sessions
from models.followers import FollowState, WechatIdentity
from models.members import Member, MemberState
from models.rights import RightKind, RightsRequest, Why
from tests import people
from tests.threads import at_once


def _two_accounts(runtime: Runtime, account: Account) -> tuple[int, Account]:
    """A member whom both accounts know."""
    people.follower(account)
    member_id = people.member(runtime, account)
    mini = people.second_account(runtime)
    for known in (account, mini):
        runtime.members.recognise(people.identity(known), "uSame")
    assert len(people.identities_of(member_id)) == 2
    return member_id, mini


def test_leaving_the_last_account_ends_the_membership(runtime: Runtime, account: Account) -> None:
    who = people.follower(account)
    member_id = people.member(runtime, account)
    token = people.signed_in(who)
    assert rights.leave(account.id, "oPerson", clock.now())
    assert Member.get_by_id(member_id).state is MemberState.ERASED
    assert people.follow_state(who) is FollowState.LEFT
    assert sessions.visitor(token) is None
    [entry] = RightsRequest.select()
    assert (entry.kind, entry.why, entry.member_id) == (RightKind.ERASURE, Why.UNFOLLOWED, None)


def test_with_another_account_left_she_stays_a_member(runtime: Runtime, account: Account) -> None:
    member_id, mini = _two_accounts(runtime, account)
    here, there = (people.signed_in(people.identity(known)) for known in (account, mini))
    assert rights.leave(account.id, "oPerson", clock.now())
    assert people.identities_of(member_id) == [people.identity(mini)]
    assert Member.get_by_id(member_id).state is MemberState.ACTIVE
    assert sessions.visitor(here) is None
    visitor = sessions.visitor(there)
    assert visitor is not None
    assert visitor.member_id == member_id
    assert RightsRequest.select().count() == 0
    assert rights.leave(mini.id, "oPerson", clock.now())
    assert Member.get_by_id(member_id).state is MemberState.ERASED


def test_leaving_again_or_by_an_older_event_changes_nothing(runtime: Runtime, account: Account) -> None:
    people.follower(account)
    member_id = people.member(runtime, account)
    assert not rights.leave(account.id, "oPerson", clock.ago(days=1))
    assert Member.get_by_id(member_id).state is MemberState.ACTIVE
    assert rights.leave(account.id, "oPerson", clock.now())
    assert not rights.leave(account.id, "oPerson", clock.now())
    assert RightsRequest.select().count() == 1


def test_who_is_no_member_and_who_was_never_seen_only_leave(runtime: Runtime, account: Account) -> None:
    people.follower(account)
    assert rights.leave(account.id, "oPerson", clock.now())
    assert rights.leave(account.id, "oNever", clock.now())
    assert RightsRequest.select().count() == 0


def test_leaving_both_accounts_at_once_ends_the_membership(runtime: Runtime, account: Account) -> None:
    mini = people.second_account(runtime)
    for each in range(8):
        openid = f"o{each}"
        member_id = people.member(runtime, account, openid, people.number(each))
        for known in (account, mini):
            runtime.members.recognise(people.identity(known, openid), f"u{each}")
        at_once(*[partial(rights.leave, known.id, openid, clock.now()) for known in (account, mini)])
        assert people.identities_of(member_id) == []
        assert Member.get_by_id(member_id).state is MemberState.ERASED


def test_leaving_while_she_registers_leaves_no_member_without_an_account(runtime: Runtime, account: Account) -> None:
    told = people.application()
    for each in range(8):
        openid = f"o{each}"
        people.follower(account, openid)
        register = partial(people.member, runtime, account, openid, people.number(each), told)
        member_id, _ = at_once(register, partial(rights.leave, account.id, openid, clock.now()))
        erased = Member.get_by_id(member_id).state is MemberState.ERASED
        assert erased is (people.identities_of(int(member_id)) == [])


def test_leaving_and_erasing_at_once_both_succeed(runtime: Runtime, account: Account) -> None:
    for each in range(5):
        openid = f"o{each}"
        people.follower(account, openid)
        member_id = people.member(runtime, account, openid, people.number(each))
        at_once(
            partial(rights.leave, account.id, openid, clock.now()),
            partial(people.erased_already, member_id),
        )
        assert Member.get_by_id(member_id).state is MemberState.ERASED
        assert people.follow_state(people.identity(account, openid)) is FollowState.LEFT


@pytest.mark.parametrize(("revoked", "goes"), [((8,), True), ((1, 8), True), ((1, 2), False), ((), False)])
def test_revoking_the_number_drops_it(runtime: Runtime, account: Account, revoked: tuple[int, ...], goes: bool) -> None:
    member_id, mini = _two_accounts(runtime, account)
    rights.revoke(mini.id, "oPerson", revoked)
    row = Member.get_by_id(member_id)
    assert (row.phone is None) is goes
    assert (row.phone_digest is None, row.phone_proof is None, row.phone_proved_at is None) == (goes,) * 3
    assert (runtime.search.by_phone(people.NUMBER, ALL) is None) is goes
    entries = [(each.kind, each.why, each.detail) for each in requests.of(member_id)]
    assert entries == [(RightKind.CORRECTION, Why.REVOKED, "phone")] * goes
    assert WechatIdentity.get_by_id(people.identity(mini)).unionid == ""
    assert people.member_of(people.identity(mini)) == member_id


def test_a_stranger_revokes_without_harm(runtime: Runtime, account: Account) -> None:
    rights.revoke(account.id, "oNever", [8])
    assert RightsRequest.select().count() == 0
    assert WechatIdentity.select().count() == 0


def test_a_cancelled_wechat_account_ends_the_membership(runtime: Runtime, account: Account) -> None:
    people.follower(account)
    member_id = people.member(runtime, account)
    assert rights.leave(account.id, "oPerson", clock.now(), Why.REVOKED)
    assert Member.get_by_id(member_id).state is MemberState.ERASED
    assert RightsRequest.get().why is Why.REVOKED
