"""What is used up and cleared (§3.4), failed calls looked up by their rid (§0), and who may call at all (§3.3)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from simulator import rids
from simulator.accounts import AccountsError, load_accounts
from simulator.clock import beijing_month
from simulator.storage import Storage
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, SECRET, Driver, Receiver, Result, account
from tests.simulator.results import restarted
from tests.simulator.test_simulator_storage import ACCOUNT, written

USERS = "/cgi-bin/user/get"
CLEAR = "/cgi-bin/clear_quota"
DAY = 86_400


def limit(simulator: Driver, path: str, daily: object, app_id: str = OFFICIAL) -> Result:
    return simulator.post(f"/simulator/accounts/{app_id}/limits", {"path": path, "daily": daily})


def quota(simulator: Driver, path: object, app_id: str = OFFICIAL) -> Any:
    return simulator.call("/cgi-bin/openapi/quota/get", {"cgi_path": path}, app_id).data


def left(simulator: Driver, path: str = USERS) -> int:
    return int(quota(simulator, path)["quota"]["remain"])


def clear(simulator: Driver) -> Any:
    return simulator.call(CLEAR, {"appid": OFFICIAL}).errcode


def rid_of(answer: Result) -> str:
    return str(answer.data["errmsg"]).rpartition("rid: ")[2]


def looked_up(simulator: Driver, rid: object, app_id: str = OFFICIAL) -> Any:
    return simulator.call("/cgi-bin/openapi/rid/get", {"rid": rid}, app_id).data


def test_what_was_used_is_what_is_told(simulator: Driver) -> None:
    simulator.ask(USERS)
    simulator.ask(USERS)
    told = quota(simulator, USERS)
    assert (told["errcode"], told["quota"]) == (0, {"daily_limit": 500, "used": 2, "remain": 498})
    simulator.advance(DAY)
    assert left(simulator) == 500


def test_the_rate_is_told_where_there_is_one(simulator: Driver) -> None:
    assert quota(simulator, "/cgi-bin/stable_token")["rate_limit"] == {"call_count": 10_000, "refresh_second": 60}
    assert quota(simulator, USERS)["rate_limit"] == {"call_count": 0, "refresh_second": 0}


@pytest.mark.parametrize(
    ("path", "errcode"),
    [
        ("/cgi-bin/no/such", 76021),
        ("/", 76021),
        ("cgi-bin/user/get", 76022),
        ("/cgi-bin/user/get?x=1", 76022),
        ("/sns/jscode2session", 76022),
        ("", 76022),
        (None, 76022),
        (5, 76022),
    ],
)
def test_a_path_that_is_none_is_refused(simulator: Driver, path: object, errcode: int) -> None:
    assert quota(simulator, path)["errcode"] == errcode
    assert simulator.call("/cgi-bin/openapi/quota/clear", {"cgi_path": path}).errcode == errcode


def test_a_test_may_ask_for_a_tight_limit(simulator: Driver) -> None:
    assert limit(simulator, USERS, 2).data == {"path": USERS, "daily": 2}
    assert [simulator.ask(USERS).data.get("errcode") for _ in range(3)] == [None, None, 45009]
    assert limit(simulator, USERS, None).data == {"path": USERS, "daily": 500}
    assert "errcode" not in simulator.ask(USERS).data


def test_the_limit_of_a_token_can_be_tight_as_well(simulator: Driver) -> None:
    limit(simulator, "/cgi-bin/token", 1)
    path = f"/cgi-bin/token?grant_type=client_credential&appid={OFFICIAL}&secret={SECRET}"
    assert [simulator.get(path).data.get("errcode") for _ in range(2)] == [None, 45009]


@pytest.mark.parametrize("body", [{}, {"path": "/no"}, {"path": USERS, "daily": 0}, {"path": USERS, "daily": "5"}])
def test_a_limit_that_makes_no_sense_is_refused(simulator: Driver, body: dict[str, object]) -> None:
    result = simulator.post(f"/simulator/accounts/{OFFICIAL}/limits", body)
    assert (result.status, result.data["detail"][-1]) == (400, "。")
    assert simulator.post("/simulator/accounts/wx0/limits", {"path": USERS, "daily": 5}).status == 404


def test_everything_used_is_cleared_ten_times_a_month(simulator: Driver) -> None:
    limit(simulator, USERS, 1)
    for _ in range(10):
        simulator.ask(USERS)
        assert simulator.ask(USERS).errcode == 45009
        assert clear(simulator) == 0
    assert clear(simulator) == 48006
    by_secret = f"{CLEAR}/v2?appid={OFFICIAL}&appsecret={SECRET}"
    assert simulator.request("POST", by_secret).errcode == 48006
    simulator.advance(31 * DAY)
    assert clear(simulator) == 0


def test_the_counters_can_be_cleared_with_the_secret_in_body_or_query(simulator: Driver) -> None:
    simulator.ask(USERS)
    assert simulator.request("POST", f"{CLEAR}/v2?appid={OFFICIAL}&appsecret={SECRET}").errcode == 0
    assert left(simulator) == 500
    simulator.ask(USERS)
    assert simulator.post(f"{CLEAR}/v2", {"appid": OFFICIAL, "appsecret": SECRET}).errcode == 0
    assert left(simulator) == 500


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({}, 41002),
        ({"appid": OFFICIAL}, 41004),
        ({"appid": "wx0", "appsecret": SECRET}, 40013),
        ({"appid": OFFICIAL, "appsecret": "f" * 32}, 40125),
    ],
)
def test_clearing_with_a_wrong_secret_is_refused(simulator: Driver, body: dict[str, object], errcode: int) -> None:
    assert simulator.post(f"{CLEAR}/v2", body or b"{}").errcode == errcode


def test_one_does_not_clear_for_another(simulator: Driver) -> None:
    assert simulator.call(CLEAR, {"appid": MINIPROGRAM}).errcode == 40013
    assert simulator.call(CLEAR, {}).errcode == 40013
    assert simulator.call(CLEAR, {"appid": MINIPROGRAM}, MINIPROGRAM).errcode == 0


def test_one_interface_is_cleared_fifty_times_a_month(simulator: Driver) -> None:
    simulator.ask(USERS)
    simulator.ask("/cgi-bin/menu/get")
    body = {"cgi_path": USERS}
    answers = [simulator.call("/cgi-bin/openapi/quota/clear", body).errcode for _ in range(51)]
    assert answers == [0] * 50 + [48006]
    assert (left(simulator), left(simulator, "/cgi-bin/menu/get")) == (500, 9_999)


def test_clearing_gives_no_clearings_back(simulator: Driver) -> None:
    for _ in range(10):
        clear(simulator)
    simulator.post(f"{CLEAR}/v2", {"appid": OFFICIAL, "appsecret": SECRET})
    assert clear(simulator) == 48006


def test_months_change_at_midnight_in_beijing() -> None:
    before = datetime.fromisoformat("2026-11-30T23:59:59+08:00").timestamp()
    assert beijing_month(before) != beijing_month(before + 1)
    assert beijing_month(before) == beijing_month(before - 29 * DAY)


def test_a_failed_call_is_looked_up_by_its_rid(simulator: Driver) -> None:
    failed = simulator.send_text("nobody")
    told = looked_up(simulator, rid_of(failed))
    assert told["errcode"] == 0
    request = told["request"]
    assert "nobody" in request["request_body"]
    assert "40003" in request["response_body"]
    assert "/cgi-bin/message/custom/send" in request["request_url"]
    assert simulator.token() not in request["request_url"]
    assert (request["client_ip"], request["cost_in_ms"] >= 0) == ("127.0.0.1", True)


def test_a_rid_that_is_none_is_refused(simulator: Driver) -> None:
    assert looked_up(simulator, "0" * 8 + "-00000000-00000000")["errcode"] == 76001
    for rid in ("", "abc", None, 5, "G" * 26):
        assert looked_up(simulator, rid)["errcode"] == 76002


def test_a_rid_belongs_to_one_account(simulator: Driver) -> None:
    rid = rid_of(simulator.send_text("nobody"))
    assert looked_up(simulator, rid, MINIPROGRAM)["errcode"] == 76003


def test_a_rid_is_kept_for_seven_days(simulator: Driver) -> None:
    rid = rid_of(simulator.send_text("nobody"))
    simulator.advance(7 * DAY - 5)
    assert looked_up(simulator, rid)["errcode"] == 0
    simulator.advance(5)
    assert looked_up(simulator, rid)["errcode"] == 76004


def test_rids_of_web_logins_are_not_told(simulator: Driver) -> None:
    query = f"appid={MINIPROGRAM}&secret={SECRET}&js_code=none&grant_type=authorization_code"
    rid = rid_of(simulator.get(f"/sns/jscode2session?{query}"))
    assert looked_up(simulator, rid, MINIPROGRAM)["errcode"] == 76022


def test_errors_before_the_credential_is_known_belong_to_whom_they_name(simulator: Driver) -> None:
    token = simulator.token()
    simulator.post("/simulator/tokens/invalidate", {"app_id": OFFICIAL})
    dead = rid_of(simulator.get(f"{USERS}?access_token={token}"))
    wrong = rid_of(simulator.post("/cgi-bin/stable_token", {"appid": OFFICIAL, "grant_type": "x"}))
    nobodys = rid_of(simulator.get(USERS))
    assert [looked_up(simulator, rid)["errcode"] for rid in (dead, wrong, nobodys)] == [0, 0, 76003]


def test_only_the_last_rids_are_remembered(simulator: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rids, "REMEMBERED", 2)
    first, *_, last = [rid_of(simulator.send_text("nobody")) for _ in range(3)]
    assert looked_up(simulator, first)["errcode"] == 76001
    assert looked_up(simulator, last)["errcode"] == 0


def allow(simulator: Driver, allowed: object, app_id: str = OFFICIAL) -> Result:
    return simulator.post(f"/simulator/accounts/{app_id}/addresses", {"allowed": allowed})


def test_an_official_account_is_called_from_allowed_addresses_only(simulator: Driver) -> None:
    token = simulator.token()
    assert allow(simulator, ["10.0.0.0/8"]).data == {"allowed": ["10.0.0.0/8"]}
    refused = simulator.get(f"{USERS}?access_token={token}")
    assert refused.errcode == 40164
    assert "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist" in refused.data["errmsg"]
    assert simulator.stable_token().errcode == 40164
    plain = f"/cgi-bin/token?grant_type=client_credential&appid={OFFICIAL}&secret={SECRET}"
    assert simulator.get(plain).errcode == 40164
    assert simulator.post(f"{CLEAR}/v2", {"appid": OFFICIAL, "appsecret": SECRET}).errcode == 40164
    for entries in (["10.0.0.1", "127.0.0.1"], ["127.0.0.0/24"], [], None):
        allow(simulator, entries)
        assert "errcode" not in simulator.ask(USERS).data


def test_a_mini_program_is_held_to_it_where_its_secret_is_used(simulator: Driver) -> None:
    token = simulator.token(MINIPROGRAM)
    allow(simulator, ["10.0.0.1"], MINIPROGRAM)
    assert simulator.stable_token(MINIPROGRAM).errcode == 40164
    assert "ip_list" in simulator.get(f"/cgi-bin/getcallbackip?access_token={token}").data
    query = f"appid={MINIPROGRAM}&secret={SECRET}&js_code=none&grant_type=authorization_code"
    assert simulator.get(f"/sns/jscode2session?{query}").errcode == 40029


@pytest.mark.parametrize("allowed", ["127.0.0.1", ["everybody"], [5], ["127.0.0.1/99"]])
def test_addresses_that_are_none_are_refused(simulator: Driver, allowed: object) -> None:
    result = allow(simulator, allowed)
    assert (result.status, result.data["detail"][-1]) == (400, "。")


def test_a_mini_program_has_ten_addresses_at_most(simulator: Driver) -> None:
    ten = [f"10.0.0.{number}" for number in range(10)]
    assert allow(simulator, ten, MINIPROGRAM).status == 200
    assert allow(simulator, [*ten, "10.0.1.1"], MINIPROGRAM).status == 400
    assert allow(simulator, [*ten, "10.0.1.1"]).status == 200


@pytest.fixture
def uncertified(receiver: Receiver) -> Iterator[Driver]:
    kinds = ("official", "miniprogram")
    with Driver([replace(account(kind, receiver.url), certified=False) for kind in kinds]) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "app_id"),
    [
        ("/cgi-bin/message/template/send", OFFICIAL),
        ("/cgi-bin/message/mass/send", OFFICIAL),
        ("/cgi-bin/qrcode/create", OFFICIAL),
        ("/cgi-bin/freepublish/submit", OFFICIAL),
        ("/wxa/business/getuserphonenumber", MINIPROGRAM),
    ],
)
def test_without_a_certificate_some_interfaces_are_shut(uncertified: Driver, path: str, app_id: str) -> None:
    assert uncertified.call(path, {}, app_id).errcode == 48001


def test_without_a_certificate_the_others_are_open(uncertified: Driver) -> None:
    assert "errcode" not in uncertified.ask(USERS).data


def test_the_accounts_file_may_say_more_about_an_account(tmp_path: Path) -> None:
    more = {"certified": False, "allowed_addresses": ["10.0.0.1"], "oauth_domain": "h5.example", "pages": ["pages/a"]}
    (told,) = load_accounts(written(tmp_path, ACCOUNT | more))  # type: ignore[arg-type]
    assert (told.certified, told.allowed_addresses) == (False, ("10.0.0.1",))
    assert (told.oauth_domain, told.pages) == ("h5.example", ("pages/a",))


@pytest.mark.parametrize("more", [{"allowed_addresses": ["x"]}, {"oauth_domain": "http://h5.example"}])
def test_an_accounts_file_that_makes_no_sense_is_refused(tmp_path: Path, more: dict[str, Any]) -> None:
    with pytest.raises(AccountsError):
        load_accounts(written(tmp_path, ACCOUNT | more))


def test_the_file_decides_unless_a_test_says_otherwise(receiver: Receiver) -> None:
    strict = replace(account("official", receiver.url), allowed_addresses=("10.0.0.1",))
    with Driver([strict]) as simulator:
        assert simulator.stable_token().errcode == 40164
        allow(simulator, [])
        assert "access_token" in simulator.stable_token().data
        allow(simulator, None)
        assert simulator.stable_token().errcode == 40164


def test_the_check_of_the_callback_names_what_is_wrong(simulator: Driver) -> None:
    path = "/cgi-bin/callback/check"
    right = {"action": "all", "check_operator": "DEFAULT"}
    assert set(simulator.call(path, right).data) == {"dns", "ping"}
    assert simulator.call(path, right | {"action": "shout"}).errcode == 40202
    assert simulator.call(path, right | {"check_operator": "NOBODY"}).errcode == 40203
    simulator.platform.accounts[OFFICIAL] = replace(simulator.platform.accounts[OFFICIAL], push_url="http:///x")
    assert simulator.call(path, right).errcode == 40201


def test_limits_counters_and_addresses_survive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    accounts, storage = [account("official", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as first:
        limit(first, USERS, 2)
        first.ask(USERS)
        allow(first, ["127.0.0.1"])
    with restarted(accounts, storage) as second:
        assert quota(second, USERS)["quota"] == {"daily_limit": 2, "used": 1, "remain": 1}
        assert second.platform.world.desks[OFFICIAL].addresses == ["127.0.0.1"]
