"""The templates for subscription messages: categories, the public library, the account's own list."""

from typing import Any
from urllib.parse import quote

import pytest

from simulator.state.library import ONCE_TEMPLATE
from simulator.state.templates import template_id
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver, Result

ROOT = "/wxaapi/newtmpl/"
QUEUE = {"tid": "30109", "kidList": [3, 1], "sceneDesc": "叫号"}


def listed(simulator: Driver, app_id: str = MINIPROGRAM) -> list[dict[str, Any]]:
    answer = simulator.ask(ROOT + "gettemplate", app_id).data
    assert answer["errcode"] == 0
    return list(answer["data"])


def add(simulator: Driver, app_id: str = MINIPROGRAM, **changes: Any) -> Result:
    return simulator.call(ROOT + "addtemplate", QUEUE | changes, app_id)


@pytest.mark.parametrize("app_id", [OFFICIAL, MINIPROGRAM])
def test_both_kinds_of_account_have_templates_from_the_start(simulator: Driver, app_id: str) -> None:
    templates = listed(simulator, app_id)
    assert sorted(one["type"] for one in templates) == [2, 2, 2, 2, 3]
    assert all(len(one["priTmplId"]) == 43 for one in templates)
    assert ONCE_TEMPLATE not in {one["priTmplId"] for one in templates}


def test_the_two_accounts_share_no_template(simulator: Driver) -> None:
    both = [{one["priTmplId"] for one in listed(simulator, app_id)} for app_id in (OFFICIAL, MINIPROGRAM)]
    assert not both[0] & both[1]


def test_an_enum_tells_its_values(simulator: Driver) -> None:
    outage = next(one for one in listed(simulator) if one["priTmplId"] == template_id("mp-outage-notice"))
    assert outage["keywordEnumValueList"][0]["keywordCode"] == "enum1.DATA"
    assert "停水" in outage["keywordEnumValueList"][0]["enumValueList"]


def test_the_library_is_found_by_category(simulator: Driver) -> None:
    categories = simulator.ask(ROOT + "getcategory", MINIPROGRAM).data["data"]
    ids = ",".join(str(one["id"]) for one in categories)
    found = simulator.ask(ROOT + "getpubtemplatetitles", MINIPROGRAM, ids=ids, start="0", limit="30").data
    assert found["count"] == len(found["data"]) == 9
    assert found["data"][0] == {"tid": 30101, "title": "活动报名结果通知", "type": 2, "categoryId": "1402"}
    rest = simulator.ask(ROOT + "getpubtemplatetitles", MINIPROGRAM, ids=ids, start="8", limit="30").data
    assert (rest["count"], len(rest["data"])) == (9, 1)


@pytest.mark.parametrize(
    ("query", "errcode"),
    [
        ({"start": "0", "limit": "30"}, 200018),
        ({"ids": "1,x", "start": "0", "limit": "30"}, 200019),
        ({"ids": "1", "start": "0", "limit": "30"}, 200019),
        ({"ids": "1401", "limit": "30"}, 200016),
        ({"ids": "1401", "start": "-1", "limit": "30"}, 200016),
        ({"ids": "1401", "start": "0"}, 200017),
        ({"ids": "1401", "start": "0", "limit": "0"}, 200017),
        ({"ids": "1401", "start": "0", "limit": "31"}, 200017),
        ({"ids": "1401", "start": "0", "limit": "9" * 5000}, 200017),
    ],
)
def test_a_page_of_the_library_is_asked_for_properly(simulator: Driver, query: dict[str, str], errcode: int) -> None:
    assert simulator.ask(ROOT + "getpubtemplatetitles", MINIPROGRAM, **query).errcode == errcode


def test_keywords_of_a_title_are_numbered(simulator: Driver) -> None:
    found = simulator.ask(ROOT + "getpubtemplatekeywords", MINIPROGRAM, tid="30109").data
    assert found["count"] == 5
    assert found["data"][0] == {"kid": 1, "name": "排队号码", "example": "A023", "rule": "character_string"}
    assert simulator.ask(ROOT + "getpubtemplatekeywords", MINIPROGRAM, tid="1").errcode == 200014
    assert simulator.ask(ROOT + "getpubtemplatekeywords", MINIPROGRAM).errcode == 200014


@pytest.mark.parametrize("app_id", [OFFICIAL, MINIPROGRAM])
def test_an_added_template_is_listed_and_can_be_deleted(simulator: Driver, app_id: str) -> None:
    identity = add(simulator, app_id).data["priTmplId"]
    added = listed(simulator, app_id)[-1]
    assert added["priTmplId"] == identity
    assert added["content"] == "办理窗口:{{letter3.DATA}}\n排队号码:{{character_string1.DATA}}\n"
    assert simulator.call(ROOT + "deltemplate", {"priTmplId": identity}, app_id).errcode == 0
    assert identity not in {one["priTmplId"] for one in listed(simulator, app_id)}
    assert simulator.call(ROOT + "deltemplate", {"priTmplId": identity}, app_id).errcode == 40037


def test_a_form_is_taken_as_well(simulator: Driver) -> None:
    body = f"tid=30109&kidList[0]=1&kidList[1]=2&sceneDesc={quote('叫号')}".encode()
    answer = simulator.post(f"{ROOT}addtemplate?access_token={simulator.token(MINIPROGRAM)}", body)
    assert answer.errcode == 0
    assert listed(simulator)[-1]["content"].startswith("排队号码:")


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"tid": "1"}, 200014),
        ({"tid": ""}, 200014),
        ({"tid": None}, 200014),
        ({"tid": []}, 200014),
        ({"kidList": [1]}, 200020),
        ({"kidList": [1, 1]}, 200020),
        ({"kidList": [1, 6]}, 200020),
        ({"kidList": [0, 1]}, 200020),
        ({"kidList": ["1", "2"]}, 200020),
        ({"kidList": [1, 2, 3, 4, 5, 5]}, 200020),
        ({"kidList": "1,2"}, 200020),
        ({"kidList": None}, 200020),
        ({"sceneDesc": "十六个字十六个字十六个字十六个字"}, 200021),
        ({"sceneDesc": 5}, 200021),
    ],
)
def test_an_addition_is_checked(simulator: Driver, changes: dict[str, Any], errcode: int) -> None:
    assert add(simulator, **changes).errcode == errcode


def test_the_scene_may_have_fifteen_characters(simulator: Driver) -> None:
    assert add(simulator, tid=30109, sceneDesc="十五个字十五个字十五个字十五个").errcode == 0


def test_the_same_title_with_the_same_keywords_exists_only_once(simulator: Driver) -> None:
    assert add(simulator).errcode == 0
    assert add(simulator, kidList=[1, 3]).errcode == 200022
    assert add(simulator, kidList=[1, 2]).errcode == 0


def test_there_is_room_for_fifty(simulator: Driver) -> None:
    pairs = [
        (tid, [one, two])
        for tid, kids in (("30109", 5), ("30106", 4), ("30107", 4), ("30101", 6), ("30102", 5))
        for one in range(1, kids + 1)
        for two in range(one + 1, kids + 1)
    ]
    answers = [add(simulator, tid=tid, kidList=kids).errcode for tid, kids in pairs[:46]]
    assert answers == [0] * 45 + [200012]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b"", b"{}"])
def test_a_broken_body_is_refused(simulator: Driver, body: bytes) -> None:
    token = simulator.token(MINIPROGRAM)
    assert simulator.post(f"{ROOT}addtemplate?access_token={token}", body).errcode in {47001, 200014}
    assert simulator.post(f"{ROOT}deltemplate?access_token={token}", body).errcode in {47001, 40037}
