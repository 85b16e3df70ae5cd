"""What ends with an account: the membership with the last of them, the number with its authorisation."""

from typing import Any

import pytest

from jobs import members as jobs
from models.followers import FollowState, WechatIdentity
from models.members import Member, MemberState
from models.rights import RightKind, RightsRequest, Why
from tests.conftest import OFFICIAL
from tests.served import House
from tests.simulated import Phone, Platform, wait_for, words
from tests.visitors import Visitor

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def member(visitor: Visitor, phone: Phone, house: House) -> Visitor:
    """She follows the account and registered in the mini-program."""
    phone.follow()
    visitor.sign_in()
    visitor.register(unit="3 栋 2 单元 501")
    jobs.learn_unionids(house.runtime)
    return visitor


def _authorize(platform: Platform, app_id: str, event: str, **more: Any) -> None:
    """She does it in WeChat's settings, and the platform tells us."""
    before = len(platform.pushes())
    platform.ask("POST", f"people/p1/chats/{app_id}/authorization", {"event": event, **more})
    wait_for(lambda: [push for push in platform.pushes()[before:] if push["outcome"] == "ok"])


def _ledger() -> list[tuple[RightKind, Why, int | None]]:
    return [(row.kind, row.why, row.member_id) for row in RightsRequest.select().order_by(RightsRequest.id)]


def _mini_program_forgets(visitor: Visitor, platform: Platform) -> None:
    _authorize(platform, visitor.app_id, "user_authorization_cancellation")


def test_who_unfollows_stays_a_member_while_she_has_the_mini_program(member: Visitor, phone: Phone) -> None:
    phone.platform.advance(2)
    phone.unfollow()
    assert member.ask("GET", "/me")["unit"] == "3 栋 2 单元 501"
    [account] = [row for row in WechatIdentity.select() if row.openid == phone.openid]
    assert (account.follow_state, account.member_id, account.unionid) == (FollowState.LEFT, None, None)
    phone.platform.advance(2)
    phone.follow()
    assert "您登记的姓名" not in words(phone.text("我的资料")), "she comes back as whoever follows for the first time"


def test_who_unfollows_with_no_other_account_is_a_member_no_more(
    member: Visitor, phone: Phone, platform: Platform
) -> None:
    _mini_program_forgets(member, platform)
    assert member.call("GET", "/me").status == 401
    assert "您登记的姓名是陈**" in words(phone.text("我的资料")), "she still follows"
    phone.platform.advance(2)
    phone.unfollow()
    assert Member.get().state is MemberState.ERASED
    assert _ledger() == [(RightKind.ERASURE, Why.UNFOLLOWED, None)]


def test_who_closes_the_only_account_she_has_is_a_member_no_more(visitor: Visitor, platform: Platform) -> None:
    visitor.sign_in()
    visitor.register()
    _mini_program_forgets(visitor, platform)
    assert visitor.call("GET", "/me").status == 401
    assert visitor.refresh().status == 401
    assert Member.get().state is MemberState.ERASED
    assert _ledger() == [(RightKind.ERASURE, Why.REVOKED, None)]
    [row] = WechatIdentity.select()
    assert (row.follow_state, row.member_id, row.unionid) == (FollowState.LEFT, None, None)


def test_who_withdraws_her_number_in_wechat_keeps_the_rest(member: Visitor, platform: Platform) -> None:
    _authorize(platform, member.app_id, "user_authorization_revoke", revoke_info="8")
    told = member.ask("GET", "/me")
    assert (told["phone"], told["name"], told["unit"]) == (None, "陈秀兰", "3 栋 2 单元 501")
    [entry] = member.ask("GET", "/me/requests")["items"]
    assert (entry["kind"], entry["why"], entry["detail"]) == ("correction", "revoked", "phone")
    member.ask("PUT", "/me/phone", {"code": member.phone_code()})
    assert member.ask("GET", "/me")["phone"] == "199******01"


@pytest.mark.parametrize("info", ["1", "2,3"])
def test_what_else_she_withdraws_costs_her_neither_number_nor_membership(
    member: Visitor, platform: Platform, info: str
) -> None:
    _authorize(platform, member.app_id, "user_authorization_revoke", revoke_info=info)
    assert member.ask("GET", "/me")["phone"] == "199******01"
    known = {row.openid: bool(row.unionid) for row in WechatIdentity.select()}
    assert (known.pop(member.openid()), list(known.values())) == (False, [True]), (
        "which person she is is forgotten here"
    )


def test_the_account_s_own_authorisation_numbers_mean_other_things(member: Visitor, platform: Platform) -> None:
    _authorize(platform, OFFICIAL.app_id, "user_authorization_revoke", revoke_info="201")
    assert member.ask("GET", "/me")["phone"] == "199******01"


def test_a_number_of_a_member_who_was_never_there_is_withdrawn_in_silence(visitor: Visitor, platform: Platform) -> None:
    _authorize(platform, visitor.app_id, "user_authorization_revoke", revoke_info="8")
    assert RightsRequest.select().count() == 0
