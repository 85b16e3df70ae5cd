"""Signing in with codes of WeChat: repeated, refused, interrupted; and the sessions of a phone that was lost."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from backend.sessions.actions import ENDED
from backend.wechat.calls.oauth import Scope
from models.followers import WechatIdentity
from models.sessions import Session
from tests.conftest import OFFICIAL
from tests.served import House
from tests.simulated import Platform
from tests.threads import at_once
from tests.visitors import Said, Visitor

EXCHANGE = "/sns/jscode2session"
WEB_EXCHANGE = "/sns/oauth2/access_token"
pytestmark = pytest.mark.usefixtures("house")

WebCode = Callable[..., str]


@pytest.fixture
def on_a_page(visitor: Visitor) -> Visitor:
    """The same person at a page that she opened in the account."""
    return replace(visitor, app_id=OFFICIAL.app_id)


@pytest.fixture
def web_code(house: House, platform: Platform) -> WebCode:
    """The code with which she comes back from the consent page."""

    def made(pid: str = "p1", **more: str) -> str:
        address = house.runtime.gateway(OFFICIAL.app_id).oauth.address("https://example.org/in", "s", Scope.PROFILE)
        return platform.consent(address, pid, **more)

    return made


def _later(house: House, seconds: float) -> None:
    """The house forgets what is not kept for so long."""
    kv: Any = house.runtime.kv
    kv._now = lambda: time.time() + seconds


def _refusal(said: Said) -> tuple[int, str, str]:
    return said.status, str(said.json["code"]), said.sentence


def test_a_code_sent_twice_has_one_answer_and_is_exchanged_once(visitor: Visitor, platform: Platform) -> None:
    code = visitor.login_code()
    first, second = visitor.sign_in(code), visitor.sign_in(code)
    assert (first.status, second.json) == (200, first.json)
    assert len(platform.calls(EXCHANGE)) == 1
    assert Session.select().count() == 1


def test_a_code_sent_many_times_at_once_has_one_answer(visitor: Visitor, platform: Platform) -> None:
    platform.fault(EXCHANGE, "slow", seconds=0.3)
    code = visitor.login_code()
    answers = at_once(*[lambda: replace(visitor).sign_in(code).body] * 8)
    assert len(set(answers)) == 1
    assert len(platform.calls(EXCHANGE)) == 1
    assert Session.select().count() == 1


def test_after_two_minutes_a_code_is_spent_and_she_is_told_what_to_do(visitor: Visitor, house: House) -> None:
    code = visitor.login_code()
    visitor.sign_in(code)
    _later(house, 121)
    assert _refusal(visitor.sign_in(code)) == (422, "code_spent", "登录凭证已经失效，请重新进入小程序。")
    assert visitor.call("GET", "/sessions").status == 200, "whoever is signed in stays so"


def test_under_her_key_also_later_the_first_answer_is_given(visitor: Visitor, house: House) -> None:
    sent = {"app_id": visitor.app_id, "code": visitor.login_code()}
    first = visitor.ask("POST", "/session", sent, key="press-1")
    _later(house, 121)
    assert visitor.ask("POST", "/session", sent, key="press-1") == first


@pytest.mark.parametrize("code", ["", "x", "0" * 300, "\u0000", "' OR 1=1 --"])
def test_what_is_no_code_is_refused(visitor: Visitor, code: str) -> None:
    assert visitor.call("POST", "/session", {"app_id": visitor.app_id, "code": code}).status == 422
    assert WechatIdentity.select().count() == 0


def test_an_account_that_is_none_of_ours_is_not_there(visitor: Visitor) -> None:
    sent = {"app_id": "wxnobody", "code": visitor.login_code()}
    assert visitor.refused("POST", "/session", sent) == (404, "account_unknown")


def test_whom_the_platform_blocks_is_told_where_to_go(visitor: Visitor, platform: Platform) -> None:
    platform.ask("POST", f"people/{visitor.pid}", {"high_risk": True})
    status, code, sentence = _refusal(visitor.sign_in())
    assert (status, code) == (403, "visitor_blocked")
    assert "社区服务站" in sentence
    assert WechatIdentity.select().count() == 0


def test_who_opened_a_page_of_the_account_signs_in_as_the_follower_she_is(
    on_a_page: Visitor, visitor: Visitor, web_code: WebCode
) -> None:
    assert on_a_page.sign_in(web_code()).status == 200
    assert on_a_page.ask("GET", "/sessions")["items"][0]["account"] == OFFICIAL.name
    assert [row.openid for row in WechatIdentity.select()] == [on_a_page.openid()]
    # The page says who she is, and so does the mini-program: one person.
    visitor.sign_in()
    visitor.register()
    assert on_a_page.sign_in(web_code()).status == 200
    assert on_a_page.ask("GET", "/me")["name"] == "陈秀兰"


def test_a_snapshot_of_a_page_is_nobody_and_nobody_is_stored(on_a_page: Visitor, web_code: WebCode) -> None:
    assert _refusal(on_a_page.sign_in(web_code("", snapshot="1"))) == (
        422,
        "snapshot_visitor",
        "您打开的是快照页，请点页面上的「使用完整服务」后再试。",
    )
    assert WechatIdentity.select().count() == 0


def test_a_page_cannot_use_the_phone_button_of_the_mini_program(
    on_a_page: Visitor, visitor: Visitor, web_code: WebCode
) -> None:
    on_a_page.sign_in(web_code())
    form = on_a_page.form(phone={"code": visitor.phone_code()})
    assert on_a_page.refused("POST", "/me", form) == (422, "phone_code_here")


@pytest.mark.parametrize("fault", ["http502", "refused", "html"])
def test_with_the_platform_away_she_is_told_so_and_the_code_still_works(
    visitor: Visitor, platform: Platform, fault: str
) -> None:
    code = visitor.login_code()
    platform.fault(EXCHANGE, fault)
    assert _refusal(visitor.sign_in(code)) == (503, "wechat_unavailable", "微信暂时没有回应，请稍后再试。")
    assert Session.select().count() == 0
    platform.mend()
    began = time.monotonic()
    assert visitor.sign_in(code).status == 200
    assert time.monotonic() - began < 3, "nobody waits for the attempt that failed"


def test_with_the_platform_away_her_number_is_not_known_and_the_same_press_works_afterwards(
    visitor: Visitor, platform: Platform
) -> None:
    visitor.sign_in()
    form = visitor.form()
    platform.fault("/wxa/business/getuserphonenumber", "http502")
    assert visitor.refused("POST", "/me", form) == (503, "wechat_unavailable")
    platform.mend()
    visitor.ask("POST", "/me", form, status=201)


def test_a_token_is_refreshed_and_a_stolen_refresh_token_ends_the_session(visitor: Visitor, house: House) -> None:
    visitor.sign_in()
    old = visitor.refresh_token
    first = visitor.refresh()
    again = visitor.call("POST", "/session/refresh", {"refresh_token": old})
    assert (first.status, again.json) == (200, first.json), "a lost answer is repeated"
    assert visitor.call("GET", "/sessions").status == 200
    _later(house, 121)
    stolen = visitor.call("POST", "/session/refresh", {"refresh_token": old})
    assert _refusal(stolen) == (401, "session_ended", ENDED)
    assert visitor.call("GET", "/sessions").status == 401, "one of the two who had it is not she"


def test_a_refresh_under_a_key_is_answered_alike_later_and_takes_nobody_for_a_thief(
    visitor: Visitor, house: House
) -> None:
    visitor.sign_in()
    sent = {"refresh_token": visitor.refresh_token}
    first = visitor.ask("POST", "/session/refresh", sent, key="press-1")
    _later(house, 121)
    assert visitor.ask("POST", "/session/refresh", sent, key="press-1") == first
    visitor.token = first["token"]
    assert visitor.call("GET", "/sessions").status == 200


def test_a_lost_phone_is_signed_out_from_the_new_one(visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.register()
    new = replace(visitor, device="Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)")
    new.sign_in()
    listed = {each["device"]: each for each in new.ask("GET", "/sessions")["items"]}
    assert {device: each["current"] for device, each in listed.items()} == {"苹果手机": True, "安卓手机": False}
    old = listed["安卓手机"]["id"]
    assert new.ask("DELETE", f"/sessions/{old}")["detail"] == "那台设备已经退出登录。"
    refused = visitor.call("GET", "/me")
    assert (refused.status, refused.sentence) == (401, ENDED)
    assert visitor.refresh().status == 401
    assert new.refused("DELETE", f"/sessions/{old}") == (404, "session_unknown")
    assert new.ask("GET", "/me")["name"] == "陈秀兰"


def test_all_other_phones_are_signed_out_at_once_at_both_accounts(
    visitor: Visitor, on_a_page: Visitor, web_code: WebCode
) -> None:
    visitor.sign_in()
    visitor.register()
    on_a_page.sign_in(web_code())
    phones = [replace(visitor), replace(visitor)]
    for each in phones:
        each.sign_in()
    assert visitor.ask("DELETE", "/sessions")["detail"] == "已退出其他 3 台设备。"
    assert [each.call("GET", "/me").status for each in (*phones, on_a_page, visitor)] == [401, 401, 401, 200]


def test_who_signs_out_is_signed_out(visitor: Visitor) -> None:
    visitor.sign_in()
    assert visitor.ask("DELETE", "/session")["detail"] == "已退出登录。"
    assert visitor.call("GET", "/sessions").status == 401
    assert visitor.refresh().status == 401
