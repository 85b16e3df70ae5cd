"""Sessions of the mini-program, the telephone number, and data encrypted for its page (§9.1 to §9.3)."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from wechatpy.crypto import WeChatWxaCrypto

from simulator.storage import Storage
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, SECRET, Driver, Receiver, Result, account
from tests.simulator.results import restarted

NUMBER = "/wxa/business/getuserphonenumber"
GENUINE = "/wxa/business/checkencryptedmsg"


def exchange(simulator: Driver, pid: str = "p1") -> Result:
    code = simulator.act("login", pid=pid, app_id=MINIPROGRAM).data["code"]
    query = f"appid={MINIPROGRAM}&secret={SECRET}&js_code={code}&grant_type=authorization_code"
    return simulator.get(f"/sns/jscode2session?{query}")


def session_key(simulator: Driver, pid: str = "p1") -> str:
    return str(exchange(simulator, pid).data["session_key"])


def signed(key: str) -> str:
    return hmac.new(key.encode(), b"", hashlib.sha256).hexdigest()


def asked(simulator: Driver, path: str, key: str, **changes: str) -> Any:
    openid = simulator.openid(app_id=MINIPROGRAM)
    query = {"openid": openid, "signature": signed(key), "sig_method": "hmac_sha256"} | changes
    return simulator.ask(path, MINIPROGRAM, **query).data


def check(simulator: Driver, key: str, **changes: str) -> Any:
    return asked(simulator, "/wxa/checksession", key, **changes)["errcode"]


def reset(simulator: Driver, key: str, **changes: str) -> Any:
    return asked(simulator, "/wxa/resetusersessionkey", key, **changes)


def test_a_session_is_good_until_the_next_login(simulator: Driver) -> None:
    first = session_key(simulator)
    assert check(simulator, first) == 0
    second = session_key(simulator)
    assert (check(simulator, first), check(simulator, second)) == (87009, 0)


@pytest.mark.parametrize(
    "changes", [{"signature": "0" * 64}, {"signature": ""}, {"sig_method": "md5"}, {"openid": "nobody"}, {"openid": ""}]
)
def test_a_session_is_checked_with_its_own_signature(simulator: Driver, changes: dict[str, str]) -> None:
    assert check(simulator, session_key(simulator), **changes) == 87009


def test_who_never_logged_in_has_no_session(simulator: Driver) -> None:
    assert check(simulator, "any") == 87009


def test_a_session_key_is_replaced_on_demand(simulator: Driver) -> None:
    first = session_key(simulator)
    told = reset(simulator, first)
    assert told["openid"] == simulator.openid(app_id=MINIPROGRAM)
    assert (check(simulator, first), check(simulator, told["session_key"])) == (87009, 0)


def test_a_replacement_that_does_not_fit_is_refused(simulator: Driver) -> None:
    assert reset(simulator, "any")["errcode"] == 87007
    key = session_key(simulator)
    assert reset(simulator, key, sig_method="md5")["errcode"] == 87008
    assert reset(simulator, key, signature="0" * 64)["errcode"] == 87009
    assert reset(simulator, key, signature="")["errcode"] == 40097
    assert reset(simulator, key, openid="nobody")["errcode"] == 87007


def test_an_official_account_has_no_sessions(simulator: Driver) -> None:
    assert simulator.ask("/wxa/checksession", OFFICIAL).errcode == 48001


def test_a_person_at_high_risk_cannot_log_in(simulator: Driver) -> None:
    assert simulator.post("/simulator/people/p1", {"high_risk": True}).data["high_risk"] is True
    assert exchange(simulator).errcode == 40226
    assert "openid" in exchange(simulator, "p2").data
    simulator.post("/simulator/people/p1", {"high_risk": False})
    assert "openid" in exchange(simulator).data


def test_a_person_logs_in_a_hundred_times_a_minute_at_most(simulator: Driver) -> None:
    simulator.advance(60 - simulator.platform.now() % 60)  # the beginning of a minute
    answers = [exchange(simulator).data.get("errcode") for _ in range(101)]
    assert answers == [None] * 100 + [45011]
    assert "openid" in exchange(simulator, "p2").data
    simulator.advance(60)
    assert "openid" in exchange(simulator).data


def phone_code(simulator: Driver, pid: str = "p1") -> str:
    return str(simulator.act("phone-number", pid=pid, app_id=MINIPROGRAM).data["code"])


def number(simulator: Driver, code: object, **more: object) -> Any:
    return simulator.call(NUMBER, {"code": code, **more}, MINIPROGRAM).data


def test_the_phone_code_becomes_the_persons_number(simulator: Driver) -> None:
    person = simulator.get("/simulator/state").data["people"][0]
    told = number(simulator, phone_code(simulator), openid=simulator.openid(app_id=MINIPROGRAM))
    info = told["phone_info"]
    assert (told["errcode"], info["purePhoneNumber"], info["countryCode"]) == (0, person["phone"], "86")
    assert (info["phoneNumber"], info["watermark"]["appid"]) == (person["phone"], MINIPROGRAM)
    assert len({one["phone"] for one in simulator.get("/simulator/state").data["people"]}) == 4


def test_a_recycled_number_is_told_of_whoever_has_it_now(simulator: Driver) -> None:
    former = simulator.get("/simulator/state").data["people"][0]
    assert simulator.post("/simulator/people/p2", {"phone": former["phone"]}).data["phone"] == former["phone"]
    assert number(simulator, phone_code(simulator, "p2"))["phone_info"]["purePhoneNumber"] == former["phone"]


def test_a_phone_code_works_once_and_for_five_minutes(simulator: Driver) -> None:
    code = phone_code(simulator)
    assert number(simulator, code)["errcode"] == 0
    assert number(simulator, code)["errcode"] == 40163
    simulator.settings(used_code_errcode=40029)
    assert number(simulator, code)["errcode"] == 40029
    late = phone_code(simulator)
    simulator.advance(300)
    assert number(simulator, late)["errcode"] == 40029


@pytest.mark.parametrize("code", ["", None, 5, "unknown"])
def test_a_phone_code_that_is_none_is_refused(simulator: Driver, code: object) -> None:
    assert number(simulator, code)["errcode"] == 40029


def test_the_two_kinds_of_code_are_not_exchanged_for_each_other(simulator: Driver) -> None:
    login = simulator.act("login", app_id=MINIPROGRAM).data["code"]
    assert number(simulator, login)["errcode"] == 40029
    query = f"appid={MINIPROGRAM}&secret={SECRET}&js_code={phone_code(simulator)}&grant_type=authorization_code"
    assert simulator.get(f"/sns/jscode2session?{query}").errcode == 40029


def test_a_phone_code_of_somebody_else_is_refused(simulator: Driver) -> None:
    other = simulator.openid("p2", MINIPROGRAM)
    assert number(simulator, phone_code(simulator), openid=other)["errcode"] == 40003


def test_data_for_the_page_can_be_opened_and_recognised(simulator: Driver) -> None:
    key = session_key(simulator)
    data = {"nickName": "陈秀兰", "gender": 0}
    given = simulator.act("encrypted", {"data": data}, app_id=MINIPROGRAM).data
    opened = WeChatWxaCrypto(key, given["iv"], MINIPROGRAM).decrypt_message(given["encryptedData"])
    assert {name: opened[name] for name in data} == data
    assert json.loads(given["rawData"]) == data
    assert given["signature"] == hashlib.sha1((given["rawData"] + key).encode()).hexdigest()
    digest = hashlib.sha256(given["encryptedData"].encode()).hexdigest()
    told = simulator.call(GENUINE, {"encrypted_msg_hash": digest}, MINIPROGRAM).data
    assert (told["errcode"], told["vaild"], told["create_time"] > 0) == (0, True, True)
    simulator.advance(3 * 86_400)
    assert simulator.call(GENUINE, {"encrypted_msg_hash": digest}, MINIPROGRAM).data["vaild"] is False


def test_data_that_the_platform_never_gave_are_not_recognised(simulator: Driver) -> None:
    assert simulator.call(GENUINE, {"encrypted_msg_hash": "0" * 64}, MINIPROGRAM).data["vaild"] is False
    for digest in ("", "xyz", None, 5):
        assert simulator.call(GENUINE, {"encrypted_msg_hash": digest}, MINIPROGRAM).errcode == 40097


def test_without_a_login_there_is_nothing_to_encrypt_with(simulator: Driver) -> None:
    assert simulator.act("encrypted", {"data": {}}, app_id=MINIPROGRAM).status == 409


@pytest.mark.parametrize("verb", ["visit", "login", "phone-number", "encrypted"])
def test_an_official_account_has_none_of_it(simulator: Driver, verb: str) -> None:
    result = simulator.act(verb)
    assert (result.status, result.data["detail"][-1]) == (409, "。")


@pytest.mark.parametrize(
    "body",
    [
        {"high_risk": 1},
        {"minor": 0},
        {"client": 4},
        {"client": "1"},
        {"risk_rank": 5},
        {"risk_rank": None},
        {"phone": "110"},
    ],
)
def test_a_person_is_changed_within_bounds(simulator: Driver, body: dict[str, object]) -> None:
    assert simulator.post("/simulator/people/p1", body).status == 400
    assert simulator.post("/simulator/people/p99", {}).status == 404


def test_sessions_survive_a_restart_and_end_with_a_new_start(tmp_path: Path, receiver: Receiver) -> None:
    accounts, storage = [account("miniprogram", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as first:
        key, code = session_key(first), phone_code(first)
        first.post("/simulator/people/p2", {"high_risk": True})
    with restarted(accounts, storage) as second:
        assert check(second, key) == 0
        assert number(second, code)["errcode"] == 0
        assert exchange(second, "p2").errcode == 40226
        second.post("/simulator/reset")
        assert check(second, key) == 87009
        assert "openid" in exchange(second, "p2").data
