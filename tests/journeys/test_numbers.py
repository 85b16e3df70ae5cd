"""Whose a number is: proved by WeChat or at the counter, given up and recycled, hers with a second WeChat."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backend import clock
from backend.members import phrases
from backend.settings import Settings
from handlers import phrases as said_by
from jobs import interactions
from jobs import members as jobs
from models.consents import Purpose
from models.followers import WechatIdentity
from models.members import Member, PhoneProof
from tests import people
from tests.processes import ROOT
from tests.served import MINIPROGRAM, House, environment
from tests.simulated import Phone, Platform, words
from tests.visitors import Visitor

NUMBER = "199******01"
ASK_NUMBER = "/wxa/business/getuserphonenumber"
WRONG = (422, "confirmation_wrong")
pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def former(visitor: Visitor, phone: Phone, house: House) -> Visitor:
    """Somebody who follows, wrote lately, and registered long ago with a number of which she told much."""
    phone.follow()
    visitor.sign_in()
    visitor.register("陈秀兰", unit="3 栋 2 单元 501", topics=["health"])
    visitor.ask("POST", "/me/wards", {"name": "陈小雨", "birth_year": 2018, "birth_month": 6}, status=201)
    jobs.learn_unionids(house.runtime)
    phone.text("帮助")
    interactions.write_behind(house.runtime)
    Member.update(phone_proved_at=clock.ago(days=400)).execute()
    return visitor


@pytest.fixture
def other(visitor: Visitor, platform: Platform) -> Visitor:
    """Another WeChat with the same number."""
    platform.ask("POST", "people/p2", {"phone": platform.person("p1")["phone"]})
    made = replace(visitor, pid="p2")
    made.sign_in()
    return made


def _lately() -> None:
    Member.update(phone_proved_at=clock.now() - timedelta(days=89)).execute()


def _told(house: House, phone: Phone, sentence: str) -> bool:
    house.work()
    return sum(sentence == message.get("content") for message in phone.messages()) == 1


def test_a_recycled_number_does_not_bring_the_former_ones_history_along(
    former: Visitor, other: Visitor, phone: Phone, house: House
) -> None:
    form = other.form("王建国")
    refused = other.call("POST", "/me", form)
    assert (refused.status, refused.json["code"], refused.sentence) == (409, "phone_taken", phrases.TAKEN)
    assert Member.select().count() == 1
    form["phone"]["number_is_new"] = True
    told = other.ask("POST", "/me", form, status=201)
    assert (told["joined"], told["name"], told["phone"], told["unit"], told["topics"]) == (
        False,
        "王建国",
        NUMBER,
        "",
        [],
    )

    held = other.ask("GET", "/me/data")["data"]
    assert (held["wards"], held["topics"], held["messages"], held["looks"]) == ([], [], [], [])
    assert "陈" not in str({name: rows for name, rows in held.items() if name not in ("receipts", "lifetimes")})
    assert {row["account"] for row in held["identities"]} == {MINIPROGRAM.name}
    assert len(held["receipts"]) == len(Purpose)

    assert _told(house, phone, phrases.NUMBER_GONE)
    assert former.ask("GET", "/me")["phone"] is None
    assert (former.ask("GET", "/me")["unit"], len(former.ask("GET", "/me/wards")["items"])) == ("3 栋 2 单元 501", 1)
    assert said_by.HELD_NO_PHONE.format(name="陈**") in words(phone.text("我的资料"))
    assert former.ask("GET", "/me/data")["data"]["profile"][0]["phone"] == ""


def test_a_namesake_with_a_recycled_number_is_not_taken_for_the_former(former: Visitor, other: Visitor) -> None:
    assert other.refused("POST", "/me", other.form("陈秀兰")) == (409, "phone_taken")
    Member.update(phone_proved_at=clock.now() - timedelta(days=91)).execute()
    assert other.refused("POST", "/me", other.form("陈秀兰")) == (409, "phone_taken")


def test_the_same_person_with_a_second_wechat_is_one_member_and_the_first_is_told(
    former: Visitor, other: Visitor, phone: Phone, house: House
) -> None:
    _lately()
    told = other.register("陳秀蘭")  # as she writes herself there
    assert (told["joined"], told["name"], told["unit"]) == (True, "陈秀兰", "3 栋 2 单元 501")
    assert Member.select().count() == 1
    assert _told(house, phone, phrases.JOINED)
    assert len(other.ask("GET", "/me/data")["data"]["identities"]) == 3
    assert former.ask("GET", "/me")["phone"] == NUMBER
    assert len(former.ask("GET", "/sessions")["items"]) == 2, "the first sees the second, and can end it"


def test_another_name_with_the_same_number_lately_is_another_person(former: Visitor, other: Visitor) -> None:
    _lately()
    assert other.refused("POST", "/me", other.form("陈秀芬")) == (409, "phone_taken")


def test_two_memberships_of_one_person_become_one_when_she_proves_the_number(
    former: Visitor, other: Visitor, house: House, phone: Phone, platform: Platform
) -> None:
    platform.ask("POST", "people/p2", {"phone": "19900000099"})
    other.register("陈秀兰", topics=["jobs"])
    platform.ask("POST", "people/p2", {"phone": platform.person("p1")["phone"]})
    assert other.refused("PUT", "/me/phone", {"code": other.phone_code()}) == (409, "phone_taken")
    _lately()
    other.ask("PUT", "/me/phone", {"code": other.phone_code()})
    assert other.ask("GET", "/me")["topics"] == ["health", "jobs"]
    assert former.ask("GET", "/me") == other.ask("GET", "/me")
    assert _told(house, phone, phrases.MERGED)


def test_a_phone_code_of_another_person_is_refused(visitor: Visitor, platform: Platform) -> None:
    visitor.sign_in()
    stolen = replace(visitor, pid="p2").phone_code()
    status, code = visitor.refused("POST", "/me", visitor.form(phone={"code": stolen}))
    assert (status, code) == (422, "code_spent")
    assert Member.select().count() == 0


def test_a_phone_code_sent_again_is_asked_of_the_platform_once(visitor: Visitor, platform: Platform) -> None:
    visitor.sign_in()
    form = visitor.form("陈3")
    assert visitor.refused("POST", "/me", form) == (422, "name_invalid")
    form = {**form, "name": "陈秀兰", "topics": ["nothing"]}
    assert visitor.refused("POST", "/me", form) == (422, "invalid_input")
    visitor.ask("POST", "/me", {**form, "topics": []}, status=201)
    assert len(platform.calls(ASK_NUMBER)) == 1


def _confirmed(settings: Settings, number: str, *more: str) -> str:
    """The code that staff read off their screen."""
    command = [sys.executable, "manage.py", "member", "confirm", number, "--by", "张老师（春晓社区）", *more]
    done = subprocess.run(command, cwd=ROOT, env=environment(settings), capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    found = re.search(r"确认码：(\d{8})（", done.stdout.decode())
    assert found is not None
    return found[1]


def _at_the_counter(visitor: Visitor, confirmation: str, number: str = "139 0000 0001", **more: Any) -> dict[str, Any]:
    return visitor.form(phone={"number": number, "confirmation": confirmation, **more})


def test_who_is_confirmed_face_to_face_registers_with_the_code_once(visitor: Visitor, house_at: Settings) -> None:
    visitor.sign_in()
    code = _confirmed(house_at, "13900000001")
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    assert visitor.refused("POST", "/me", _at_the_counter(visitor, wrong)) == WRONG
    assert visitor.refused("POST", "/me", _at_the_counter(visitor, code, "13900000002")) == WRONG
    assert visitor.ask("POST", "/me", _at_the_counter(visitor, code), status=201)["phone"] == "139******01"
    assert Member.get().phone_proof is PhoneProof.FACE_TO_FACE
    other = replace(visitor, pid="p2")
    other.sign_in()
    assert other.refused("POST", "/me", _at_the_counter(other, code)) == WRONG


def test_a_code_of_the_counter_is_not_lost_by_a_form_that_is_wrong(visitor: Visitor, house_at: Settings) -> None:
    visitor.sign_in()
    form = _at_the_counter(visitor, _confirmed(house_at, "13900000001"))
    assert visitor.refused("POST", "/me", {**form, "consents": []}) == (422, "invalid_input")
    assert visitor.refused("POST", "/me", {**form, "topics": ["nothing"]}) == (422, "invalid_input")
    visitor.ask("POST", "/me", form, status=201)


def test_staff_vouch_that_she_is_who_registered_long_ago(former: Visitor, other: Visitor, house_at: Settings) -> None:
    code = _confirmed(house_at, "19900000001", "--same-person")
    form = _at_the_counter(other, code, "19900000001")
    assert other.ask("POST", "/me", form, status=201)["joined"]
    assert former.ask("GET", "/me")["unit"] == "3 栋 2 单元 501"


def test_nobody_guesses_a_code_of_the_counter(visitor: Visitor, house_at: Settings) -> None:
    code = _confirmed(house_at, "13900000001")
    visitor.sign_in()
    for guess in range(5):
        assert visitor.refused("POST", "/me", _at_the_counter(visitor, f"{guess:08d}")) == WRONG
    said = visitor.call("POST", "/me", _at_the_counter(visitor, code))
    assert (said.status, said.json["code"]) == (429, "too_many_requests")
    assert 1 <= int(said.headers["Retry-After"]) <= 600
    visitor.sign_in()
    again = visitor.call("POST", "/me", _at_the_counter(visitor, code))
    assert again.status == 429, "another session is the same person"


@pytest.mark.parametrize("number", ["12345", "0799-5550101", "abc", ""])
def test_what_is_no_mobile_number_is_not_confirmed(house_at: Settings, number: str) -> None:
    command = [sys.executable, "manage.py", "member", "confirm", number, "--by", "张老师"]
    done = subprocess.run(command, cwd=ROOT, env=environment(house_at), capture_output=True, timeout=30, check=False)
    assert done.returncode != 0
    assert "这不是手机号，请检查后再填。" in done.stderr.decode() + done.stdout.decode()


def test_registered_at_both_accounts_before_the_platform_told_who_is_who(
    visitor: Visitor, phone: Phone, house: House
) -> None:
    """Both identities are hers, each registered with a number of its own."""
    phone.follow()
    visitor.sign_in()
    visitor.register("陈秀兰", topics=["jobs"])
    hers = WechatIdentity.get(WechatIdentity.openid == phone.openid)
    page = replace(visitor, token=people.signed_in(int(hers.id)))
    code = house.runtime.confirmations.make("13900000001", "张老师")
    page.ask("POST", "/me", _at_the_counter(page, code), status=201)
    WechatIdentity.update(unionid="").where(WechatIdentity.id != hers.id).execute()
    WechatIdentity.update(unionid=None).where(WechatIdentity.id == hers.id).execute()
    assert Member.select().count() == 2
    phone.text("帮助")
    interactions.write_behind(house.runtime)
    jobs.learn_unionids(house.runtime)
    visitor.sign_in()
    assert _told(house, phone, phrases.MERGED)
    assert visitor.ask("GET", "/me") == page.ask("GET", "/me")
    assert visitor.ask("GET", "/me")["phone"] == "139******01", "the number that was proved last"
    assert len({row.member_id for row in WechatIdentity.select()}) == 1
