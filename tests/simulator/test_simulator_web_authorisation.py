"""Web authorisation (§8): the page that asks, codes, tokens and their renewal; and the tickets of the JS-SDK."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from simulator.storage import Storage
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, SECRET, Driver, Receiver, Result, account
from tests.simulator.results import restarted

BACK = "http://127.0.0.1:8000/h5/back?from=card"
ASKED = {
    "appid": OFFICIAL,
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "snsapi_userinfo",
    "state": "abc123",
}
DAY = 86_400


def page(simulator: Driver, **changes: str) -> Result:
    query = {name: value for name, value in (ASKED | changes).items() if value}
    return simulator.request("GET", f"/connect/oauth2/authorize?{urlencode(query)}", redirect=False)


def way_back(simulator: Driver, **changes: str) -> dict[str, list[str]]:
    answer = page(simulator, **({"person": "p1"} | changes))
    assert answer.status == 302, answer.raw
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def exchange(simulator: Driver, code: str, /, **changes: str) -> Result:
    query = {"appid": OFFICIAL, "secret": SECRET, "code": code, "grant_type": "authorization_code"} | changes
    return simulator.get(f"/sns/oauth2/access_token?{urlencode(query)}")


def granted(simulator: Driver, **changes: str) -> dict[str, Any]:
    data = exchange(simulator, way_back(simulator, **changes)["code"][0]).data
    assert "errcode" not in data, data
    return dict(data)


def refresh(simulator: Driver, refresh_token: str, /, **changes: str) -> Result:
    query = {"appid": OFFICIAL, "grant_type": "refresh_token", "refresh_token": refresh_token} | changes
    return simulator.get(f"/sns/oauth2/refresh_token?{urlencode(query)}")


def of_user(simulator: Driver, interface: str, token: str, openid: str) -> Result:
    return simulator.get(f"/sns/{interface}?access_token={token}&openid={openid}&lang=zh_CN")


def test_the_page_lets_one_choose_who_opens_it(simulator: Driver) -> None:
    shown = page(simulator)
    text = shown.raw.decode()
    assert shown.status == 200
    assert all(name in text for name in ("以谁的身份打开", "陈秀兰", "王建国", "快照页用户"))
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    link = text.partition('<a href="')[2].partition('"')[0].replace("&amp;", "&")
    assert simulator.request("GET", link, redirect=False).status == 302


def test_the_way_back_carries_code_and_state_behind_the_pages_own_query(simulator: Driver) -> None:
    query = way_back(simulator)
    assert (query["from"], query["state"], len(query["code"][0])) == (["card"], ["abc123"], 32)


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"appid": ""}, "10012"),
        ({"appid": "wx0"}, "10012"),
        ({"appid": MINIPROGRAM}, "10012"),
        ({"redirect_uri": ""}, "10011"),
        ({"redirect_uri": "ftp://127.0.0.1/"}, "10003"),
        ({"redirect_uri": "/relative"}, "10003"),
        ({"redirect_uri": "http://[bad/"}, "10003"),
        ({"redirect_uri": "http://127.0.0.1/\r\nX: y"}, "10003"),
        ({"scope": ""}, "10010"),
        ({"scope": "snsapi_all"}, "10005"),
        ({"response_type": "token"}, "10012"),
        ({"state": "x" * 129}, "10013"),
        ({"state": "<b>"}, "10013"),
        ({"person": "p99"}, "10006"),
    ],
)
def test_a_page_that_is_asked_for_wrongly_says_so(simulator: Driver, changes: dict[str, str], number: str) -> None:
    shown = page(simulator, **changes)
    assert (shown.status, number in shown.raw.decode()) == (400, True)


def test_a_state_has_128_characters_at_most(simulator: Driver) -> None:
    assert way_back(simulator, state="x" * 128)["state"] == ["x" * 128]


@pytest.fixture
def bound(receiver: Receiver) -> Iterator[Driver]:
    with Driver([replace(account("official", receiver.url), oauth_domain="h5.example")]) as running:
        yield running


@pytest.mark.parametrize(
    ("redirect_uri", "status"),
    [
        ("https://h5.example/back", 302),
        ("http://h5.example:8443/back", 302),
        ("https://www.h5.example/back", 400),
        ("https://example/back", 400),
        ("https://h5.example@elsewhere.example/", 400),
    ],
)
def test_the_way_back_leads_to_the_configured_domain_only(bound: Driver, redirect_uri: str, status: int) -> None:
    assert page(bound, redirect_uri=redirect_uri, person="p1").status == status


def test_a_code_becomes_a_token_that_tells_who_she_is(simulator: Driver) -> None:
    told = granted(simulator)
    person = simulator.get("/simulator/state").data["people"][0]
    assert (told["openid"], told["unionid"]) == (simulator.openid(), person["unionid"])
    assert (told["expires_in"], told["scope"]) == (7_200, "snsapi_userinfo")
    info = of_user(simulator, "userinfo", told["access_token"], told["openid"]).data
    assert (info["nickname"], info["unionid"], info["privilege"]) == ("陈秀兰", person["unionid"], [])
    assert (info["sex"], info["city"], info["country"]) == (0, "", "")
    assert simulator.get(info["headimgurl"].removeprefix(simulator.base)).raw.startswith(b"\x89PNG")
    assert of_user(simulator, "auth", told["access_token"], told["openid"]).errcode == 0


def test_the_silent_scope_tells_the_openid_and_nothing_else(simulator: Driver) -> None:
    told = granted(simulator, scope="snsapi_base")
    assert "unionid" not in told
    assert of_user(simulator, "userinfo", told["access_token"], told["openid"]).errcode == 48001


def test_a_visitor_of_a_snapshot_page_is_nobody(simulator: Driver) -> None:
    told = granted(simulator, person="", snapshot="1")
    known = {simulator.openid(pid) for pid in ("p1", "p2", "p3", "p4")}
    assert (told["is_snapshotuser"], len(told["openid"])) == (1, 28)
    assert told["openid"] not in known
    assert "unionid" not in told
    assert of_user(simulator, "userinfo", told["access_token"], told["openid"]).data["nickname"] == "微信用户"


def test_a_code_works_once_and_for_five_minutes(simulator: Driver) -> None:
    code = way_back(simulator)["code"][0]
    simulator.advance(298)
    assert "openid" in exchange(simulator, code).data
    assert exchange(simulator, code).errcode == 40163
    simulator.settings(used_code_errcode=40029)
    assert exchange(simulator, code).errcode == 40029
    late = way_back(simulator)["code"][0]
    simulator.advance(300)
    assert exchange(simulator, late).errcode == 40029


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"grant_type": "x"}, 40002),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"appid": "wx0"}, 40013),
        ({"appid": MINIPROGRAM}, 40013),
        ({"secret": "f" * 32}, 40125),
        ({"code": ""}, 41008),
        ({"code": "unknown"}, 40029),
    ],
)
def test_an_exchange_that_does_not_fit_is_refused(simulator: Driver, changes: dict[str, str], errcode: int) -> None:
    assert exchange(simulator, way_back(simulator)["code"][0], **changes).errcode == errcode


def test_a_login_code_is_none_of_a_web_page(simulator: Driver) -> None:
    code = simulator.act("login", app_id=MINIPROGRAM).data["code"]
    assert exchange(simulator, code).errcode == 40029


def test_a_token_is_renewed(simulator: Driver) -> None:
    told = granted(simulator)
    again = refresh(simulator, told["refresh_token"]).data
    assert (again["access_token"], again["expires_in"]) == (told["access_token"], 7_200)
    simulator.advance(7_200)
    assert of_user(simulator, "auth", told["access_token"], told["openid"]).errcode == 42001
    fresh = refresh(simulator, told["refresh_token"]).data
    assert fresh["access_token"] != told["access_token"]
    assert of_user(simulator, "auth", fresh["access_token"], told["openid"]).errcode == 0
    assert of_user(simulator, "auth", told["access_token"], told["openid"]).errcode == 40001


def test_a_renewal_has_thirty_days(simulator: Driver) -> None:
    told = granted(simulator)
    simulator.advance(30 * DAY - 2)
    assert "openid" in refresh(simulator, told["refresh_token"]).data
    simulator.advance(2)
    assert refresh(simulator, told["refresh_token"]).errcode == 42002


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"grant_type": "x"}, 40002),
        ({"appid": ""}, 41002),
        ({"appid": "wx0"}, 40013),
        ({"refresh_token": ""}, 41003),
        ({"refresh_token": "unknown"}, 40030),
    ],
)
def test_a_renewal_that_does_not_fit_is_refused(simulator: Driver, changes: dict[str, str], errcode: int) -> None:
    assert refresh(simulator, granted(simulator)["refresh_token"], **changes).errcode == errcode


def test_a_users_token_is_tried_with_her_openid(simulator: Driver) -> None:
    told = granted(simulator)
    for interface in ("auth", "userinfo"):
        assert of_user(simulator, interface, told["access_token"], simulator.openid("p2")).errcode == 40003
        assert of_user(simulator, interface, "", told["openid"]).errcode == 41001
        assert of_user(simulator, interface, simulator.token(), told["openid"]).errcode == 40001


def test_a_users_token_is_no_token_of_the_account(simulator: Driver) -> None:
    token = granted(simulator)["access_token"]
    assert simulator.get(f"/cgi-bin/user/get?access_token={token}").errcode == 40001


def test_an_account_without_certificate_may_not_ask(receiver: Receiver) -> None:
    with Driver([replace(account("official", receiver.url), certified=False)]) as simulator:
        assert page(simulator, person="p1").status == 400
        assert exchange(simulator, "any").errcode == 48001


def test_secrets_of_the_exchange_are_shortened_in_the_journal(simulator: Driver) -> None:
    told = granted(simulator)
    shown = simulator.get("/simulator/traffic?limit=5").raw.decode()
    assert told["access_token"] not in shown
    assert told["refresh_token"] not in shown


def test_grants_survive_a_restart_and_end_with_a_new_start(tmp_path: Path, receiver: Receiver) -> None:
    accounts, storage = [account("official", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as first:
        told = granted(first)
        ticket = first.ask("/cgi-bin/ticket/getticket", type="jsapi").data["ticket"]
    with restarted(accounts, storage) as second:
        assert of_user(second, "auth", told["access_token"], told["openid"]).errcode == 0
        assert second.ask("/cgi-bin/ticket/getticket", type="jsapi").data["ticket"] == ticket
        second.post("/simulator/reset")
        assert of_user(second, "auth", told["access_token"], told["openid"]).errcode == 40001


def test_a_ticket_is_the_same_until_it_expires(simulator: Driver) -> None:
    first = simulator.ask("/cgi-bin/ticket/getticket", type="jsapi").data
    assert (first["errcode"], first["errmsg"], first["expires_in"]) == (0, "ok", 7_200)
    simulator.advance(7_190)
    later = simulator.ask("/cgi-bin/ticket/getticket", type="jsapi").data
    assert later["ticket"] == first["ticket"]
    assert later["expires_in"] <= 10
    simulator.advance(10)
    assert simulator.ask("/cgi-bin/ticket/getticket", type="jsapi").data["ticket"] != first["ticket"]


def test_tickets_of_two_kinds_differ_and_others_do_not_exist(simulator: Driver) -> None:
    kinds = [simulator.ask("/cgi-bin/ticket/getticket", type=kind).data["ticket"] for kind in ("jsapi", "wx_card")]
    assert len(set(kinds)) == 2
    assert simulator.ask("/cgi-bin/ticket/getticket", type="other").errcode == 40097
    assert simulator.ask("/cgi-bin/ticket/getticket", MINIPROGRAM, type="jsapi").errcode == 48001
