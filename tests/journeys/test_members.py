"""Somebody registers herself on her phone and stays in charge: from the sign at her door to the farewell."""

import io
import time
from dataclasses import replace
from typing import Any

import pytest
import pyzipper
from openpyxl import load_workbook

from backend.permissions import ALL
from backend.sessions.actions import ENDED
from backend.wechat.gateway import Gateway
from handlers import members, phrases
from jobs import members as jobs
from models.consents import Consent, ConsentReceipt
from models.followers import FollowState, WechatIdentity
from models.members import Member, MemberInterest, MemberSkill, NameToken, Ward
from models.rights import RightsRequest
from models.sessions import Session
from tests import people
from tests.conftest import OFFICIAL
from tests.served import MINIPROGRAM, House
from tests.simulated import Phone, Platform, words
from tests.threads import at_once
from tests.visitors import Visitor

PLACE, CODE = "春晓社区", "990101"
PASSWORD = "chunxiao-2026"
NAMES = [
    "陳大文",
    "王芳",
    "丁",
    "欧阳" * 15,
    "阿依古丽·买买提",
    "Mary-Jane O'Neil",
]
pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def gateway(house: House) -> Gateway:
    return house.runtime.gateway(OFFICIAL.app_id)


def _link(said: str) -> str:
    return next(line for line in said.splitlines() if line.startswith("http"))


def _scanned(phone: Phone, gateway: Gateway) -> str:
    """She scans the sign of her community; what the account says."""
    sign = gateway.qrcodes.create(f"place.{CODE}", 600)
    assert sign.url
    return words(phone.scan(sign.url))


def _sheets(packed: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each sheet of the copy, opened as she opens it."""
    with pyzipper.AESZipFile(io.BytesIO(packed)) as archive:
        [name] = archive.namelist()
        archive.setpassword(PASSWORD.encode())
        book = load_workbook(io.BytesIO(archive.read(name)))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_from_the_sign_at_her_door_to_the_farewell(
    phone: Phone, visitor: Visitor, house: House, platform: Platform, gateway: Gateway
) -> None:
    # She follows by the sign, and the link of 「注册」 opens the mini-program with its place.
    assert _scanned(phone, gateway) == phrases.WELCOME_PLACE.format(account=OFFICIAL.name, place=PLACE)
    said = words(phone.text("注册"))
    assert said == phrases.REGISTER_PLACE.format(place=PLACE, link=_link(said))
    opened = visitor.open_link(_link(said))
    assert (opened["app_id"], opened["page"], opened["query"]) == (
        MINIPROGRAM.app_id,
        members.PAGE,
        f"scene=place.{CODE}",
    )

    # She registers. The account does not know her yet; the job asks the platform who she is.
    assert visitor.sign_in().status == 200
    scene = opened["query"].removeprefix("scene=")
    told = visitor.register(place={"scene": scene}, unit="3 栋 2 单元 501", topics=["jobs"])
    assert (told["joined"], told["place"], told["phone"]) == (False, {"code": CODE, "name": PLACE}, "199******01")
    assert words(phone.text("我的资料")).startswith(phrases.PRIVACY.partition("\n")[0])
    assert jobs.learn_unionids(house.runtime) == 1
    shown = words(phone.text("我的资料"))
    assert phrases.HELD_MEMBER.format(name="陈**", phone="199******01") in shown
    assert phrases.HELD_UNIT in shown
    assert "陈秀兰" not in shown
    assert words(phone.text("注册")) == phrases.REGISTERED_ALREADY

    # She changes her mind about something, and takes a consent back.
    visitor.ask("PUT", "/me", {"name": "陈秀英", "place": {"code": "990102"}})
    assert (visitor.ask("GET", "/me")["name"], visitor.ask("GET", "/me")["place"]["code"]) == ("陈秀英", "990102")
    visitor.ask("DELETE", "/me/consents/unit")
    assert visitor.ask("GET", "/me")["unit"] == ""
    assert phrases.HELD_UNIT not in words(phone.text("我的资料"))

    _takes_a_copy_home(visitor)

    # She leaves, and nothing is held.
    assert words(phone.text("注销")) == phrases.LEAVE_ASK
    left = words(phone.text("确认注销"))
    number = RightsRequest.select().order_by(RightsRequest.id.desc()).first().number
    assert left == phrases.LEFT.format(receipt=number)
    refused = visitor.call("GET", "/me")
    assert (refused.status, refused.sentence) == (401, ENDED)
    _holds_nothing(phone)
    assert words(phone.text("我的资料")).startswith(phrases.PRIVACY.partition("\n")[0])


def _takes_a_copy_home(visitor: Visitor) -> None:
    """In both forms."""
    copy = visitor.ask("GET", "/me/data")
    assert (copy["data"]["profile"][0]["name"], copy["data"]["profile"][0]["phone"]) == ("陈秀英", "+8619900000001")
    assert {row["account"] for row in copy["data"]["identities"]} == {OFFICIAL.name, MINIPROGRAM.name}
    file = visitor.call("POST", "/me/data/file", {"password": PASSWORD})
    assert (file.status, file.headers["Content-Type"]) == (200, "application/zip")
    sheets = _sheets(file.body)
    assert sheets["我的资料"][1][:2] == ("陈秀英", "+8619900000001")
    assert {row[0] for row in sheets["我的微信"][1:]} == {OFFICIAL.name, MINIPROGRAM.name}
    assert [row[0] for row in sheets["我的孩子"][1:]] == ["没有"]


def _holds_nothing(phone: Phone) -> None:
    for table in (Session, Consent, MemberSkill, MemberInterest, Ward, NameToken):
        assert table.select().count() == 0, table
    row = Member.get().__data__
    kept = {name: value for name, value in row.items() if value not in (None, "")}
    assert kept.keys() == {"id", "state", "joined_at"}
    assert ConsentReceipt.select().where(ConsentReceipt.member.is_null(False)).count() == 0
    assert RightsRequest.select().where(RightsRequest.member.is_null(False)).count() == 0
    rows = {each.openid: each for each in WechatIdentity.select()}
    account = rows.pop(phone.openid)
    assert (account.follow_state, account.member_id, account.unionid, account.place) == (
        FollowState.FOLLOWING,
        None,
        None,
        None,
    )
    [mini] = rows.values()
    assert (mini.follow_state, mini.member_id, mini.unionid) == (FollowState.LEFT, None, None)


def test_leaving_is_asked_twice_and_a_word_alone_does_nothing(phone: Phone, visitor: Visitor, house: House) -> None:
    phone.follow()
    visitor.sign_in()
    visitor.register()
    jobs.learn_unionids(house.runtime)
    assert words(phone.text("确认注销")) == phrases.LEAVE_ASK, "she had not been asked"
    visitor.ask("GET", "/me")
    assert words(phone.text("确认注销")).startswith(phrases.LEFT.partition("，")[0])
    assert visitor.call("GET", "/me").status == 401


def test_who_left_registers_anew_with_the_same_wechat_and_nothing_comes_back(visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.register(unit="3 栋 2 单元 501")
    visitor.ask("DELETE", "/me")
    visitor.sign_in()
    assert visitor.refused("GET", "/me") == (404, "no_member")
    again = visitor.register("陈晓")
    assert (again["joined"], again["name"], again["unit"]) == (False, "陈晓", "")
    assert visitor.ask("GET", "/me/receipts")["items"][-1]["given"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_stored_shown_and_found_as_it_is_written(visitor: Visitor, house: House, name: str) -> None:
    visitor.sign_in()
    typed = name.replace("·", "・")
    assert visitor.register(typed)["name"] == name
    assert visitor.ask("GET", "/me")["name"] == name
    for asked in (name, typed, name if name.isascii() else name[:2]):
        assert [each.name for each in house.runtime.search.by_name(asked, ALL)] == [name], asked
    assert house.runtime.search.by_name("无此人", ALL) == []


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("陳大文", "陈大文"),
        ("陳大文", "chendawen"),
        ("阿依古丽·买买提", "买买提"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("丁", "ding"),
    ],
)
def test_a_name_is_found_however_staff_type_it(visitor: Visitor, house: House, name: str, asked: str) -> None:
    visitor.sign_in()
    visitor.register(name)
    assert [each.name for each in house.runtime.search.by_name(asked, ALL)] == [name]


@pytest.mark.parametrize("name", ["", "   ", "陈3", "陈秀兰！", "<b>陈</b>", "·", "欧阳" * 15 + "一"])
def test_what_is_no_name_is_refused_with_a_sentence(visitor: Visitor, name: str) -> None:
    visitor.sign_in()
    status, code = visitor.refused("POST", "/me", visitor.form(name))
    assert (status, code.startswith("name_")) == (422, True)
    assert Member.select().count() == 0


def test_a_child_is_registered_by_its_guardian_until_she_takes_it_back(visitor: Visitor) -> None:
    visitor.sign_in()
    form = visitor.form()
    form["consents"] = [each for each in form["consents"] if each["purpose"] != "wards"]
    visitor.ask("POST", "/me", form, status=201)
    child = {"name": "陈小雨", "birth_year": 2018, "birth_month": 6}
    said = visitor.call("POST", "/me/wards", child)
    assert (said.status, said.sentence) == (422, "要为孩子登记，请先同意「为孩子登记」。")
    visitor.ask("PUT", "/me/consents/wards", {"version": 1})
    visitor.ask("POST", "/me/wards", child, status=201)
    [ward] = visitor.ask("GET", "/me/wards")["items"]
    assert (ward["name"], ward["until"]) == ("陈小雨", "2032-06-30")
    for year, code in ((2012, "ward_too_old"), (1990, "ward_too_old"), (2100, "birth_invalid")):
        assert visitor.refused("POST", "/me/wards", {**child, "birth_year": year}) == (422, code)
    visitor.ask("DELETE", "/me/consents/wards")
    assert visitor.ask("GET", "/me/wards")["items"] == []
    assert Ward.select().count() == 0


def test_who_is_under_fourteen_is_sent_to_her_parents_and_nothing_is_kept(visitor: Visitor, platform: Platform) -> None:
    visitor.sign_in()
    said = visitor.call("POST", "/me", visitor.form(fourteen=False))
    assert (said.status, said.json["code"]) == (422, "under_fourteen")
    assert said.sentence == "不满十四岁，请由爸爸妈妈登记后为您添加。"
    assert Member.select().count() == 0
    assert platform.calls("/wxa/business/getuserphonenumber") == [], "her number was not even asked for"


def _other(visitor: Visitor, house: House, number: int) -> Visitor:
    """Somebody who is signed in at another address: the limits are not what is looked for."""
    account = house.runtime.account(MINIPROGRAM.app_id)
    token = people.signed_in(people.identity(account, f"oOther{number}"))
    return replace(visitor, token=token, address=f"203.0.113.{number}")


def test_a_hundred_who_register_one_number_at_once_are_one_member(visitor: Visitor, house: House) -> None:
    visitor.sign_in()
    visitors = [_other(visitor, house, number) for number in range(100)]
    codes = [house.runtime.confirmations.make("19900000001", "张老师", True) for _ in visitors]
    forms = [
        visitor.form(phone={"number": "19900000001", "confirmation": code, "number_is_new": False}) for code in codes
    ]

    def register(place: int) -> tuple[int, bool]:
        while (said := visitors[place].call("POST", "/me", forms[place])).status == 503:
            time.sleep(0.1)  # as she is told: the others were too many at once
        return said.status, bool(said.json.get("joined"))

    answers = at_once(*[lambda place=place: register(place) for place in range(100)])
    assert sorted(answers) == [(201, False)] + [(201, True)] * 99
    assert Member.select().count() == 1
    assert WechatIdentity.select().where(WechatIdentity.member.is_null(False)).count() == 100
