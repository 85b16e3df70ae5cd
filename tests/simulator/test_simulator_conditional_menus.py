"""Menus for some people only (§6): who sees which, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from simulator.state.menus import CONDITIONAL_AT_MOST
from simulator.state.records import ConditionalMenu
from simulator.storage import Storage
from tests.simulator.backend import opened
from tests.simulator.driver import OFFICIAL, Driver, Receiver, account
from tests.simulator.results import restarted

ADD = "/cgi-bin/menu/addconditional"
TRY = "/cgi-bin/menu/trymatch"


def click(name: str) -> dict[str, object]:
    return {"type": "click", "name": name, "key": name}


def view(url: str) -> dict[str, object]:
    return {"type": "view", "name": "网页", "url": url}


def made(simulator: Driver, name: str = "默认") -> None:
    assert simulator.call("/cgi-bin/menu/create", {"button": [click(name)]}).errcode == 0


def added(simulator: Driver, name: str, **rule: object) -> str:
    answer = simulator.call(ADD, {"button": [click(name)], "matchrule": rule}).data
    assert "errcode" not in answer, answer
    return str(answer["menuid"])


def seen(simulator: Driver, pid: str = "p1") -> list[str]:
    return [button["name"] for button in simulator.chat(pid)["menu"]]


def tagged(simulator: Driver, pid: str = "p1") -> int:
    tag_id = int(simulator.call("/cgi-bin/tags/create", {"tag": {"name": "楼栋长"}}).data["tag"]["id"])
    body = {"openid_list": [simulator.openid(pid)], "tagid": tag_id}
    assert simulator.call("/cgi-bin/tags/members/batchtagging", body).errcode == 0
    return tag_id


def test_whom_the_rule_fits_sees_the_menu_and_others_the_default(simulator: Driver) -> None:
    made(simulator)
    simulator.follow("p1")
    simulator.follow("p2")
    added(simulator, "楼栋", tag_id=str(tagged(simulator)))
    assert (seen(simulator, "p1"), seen(simulator, "p2")) == (["楼栋"], ["默认"])


def test_the_kind_of_phone_decides_as_well(simulator: Driver) -> None:
    made(simulator)
    added(simulator, "苹果", client_platform_type=1)
    assert seen(simulator) == ["默认"]
    assert simulator.post("/simulator/people/p1", {"client": 1}).status == 200
    assert seen(simulator) == ["苹果"]


def test_both_parts_of_a_rule_must_fit_and_the_last_added_wins(simulator: Driver) -> None:
    made(simulator)
    simulator.follow()
    tag_id = tagged(simulator)
    added(simulator, "早先", tag_id=tag_id)
    added(simulator, "两样", tag_id=tag_id, client_platform_type="1")
    assert seen(simulator) == ["早先"]
    latest = added(simulator, "后来", tag_id=tag_id)
    assert seen(simulator) == ["后来"]
    assert simulator.call("/cgi-bin/menu/delconditional", {"menuid": latest}).errcode == 0
    assert seen(simulator) == ["早先"]


def test_a_button_of_her_own_menu_is_what_she_presses(simulator: Driver, receiver: Receiver) -> None:
    made(simulator)
    simulator.follow()
    menu_id = simulator.call(
        ADD, {"button": [view("http://127.0.0.1/x")], "matchrule": {"tag_id": tagged(simulator)}}
    ).data["menuid"]
    receiver.pushes.clear()
    assert simulator.act("menu", {"path": [0]}).data["open"] == "http://127.0.0.1/x"
    simulator.settled()
    (event,) = (opened(simulator.platform.accounts[OFFICIAL], push) for push in receiver.pushes)
    assert (event["Event"], event["MenuId"]) == ("VIEW", menu_id)


def test_all_menus_are_told_with_their_rules(simulator: Driver) -> None:
    made(simulator)
    menu_id = added(simulator, "苹果", client_platform_type=1)
    answer = simulator.ask("/cgi-bin/menu/get").data
    assert answer["menu"]["button"][0]["name"] == "默认"
    assert isinstance(answer["menu"]["menuid"], int)
    (other,) = answer["conditionalmenu"]
    assert (other["menuid"], other["matchrule"]) == (int(menu_id), {"client_platform_type": "1"})


def test_the_default_menu_takes_the_others_with_it(simulator: Driver) -> None:
    made(simulator)
    menu_id = added(simulator, "苹果", client_platform_type=1)
    assert simulator.ask("/cgi-bin/menu/delete").errcode == 0
    assert simulator.call("/cgi-bin/menu/delconditional", {"menuid": menu_id}).errcode == 65301
    made(simulator)
    assert simulator.ask("/cgi-bin/menu/get").data == {"menu": {"button": [click("默认") | {"sub_button": []}]}}


def test_there_must_be_a_default_menu_first(simulator: Driver) -> None:
    body = {"button": [click("苹果")], "matchrule": {"client_platform_type": 1}}
    assert simulator.call(ADD, body).errcode == 65303


@pytest.mark.parametrize(
    ("rule", "errcode"),
    [
        ({}, 65304),
        (None, 65304),
        ({"tag_id": "", "client_platform_type": ""}, 65304),
        ({"client_platform_type": 4}, 65304),
        ({"client_platform_type": "ios"}, 65304),
        ({"tag_id": []}, 65304),
        ({"tag_id": 999}, 45159),
        ({"tag_id": "x"}, 45159),
        ({"sex": "1"}, 65320),
        ({"tag_id": 2, "city": "广州"}, 65320),
    ],
)
def test_a_rule_that_does_not_do_is_refused(simulator: Driver, rule: Any, errcode: int) -> None:
    made(simulator)
    assert simulator.call(ADD, {"button": [click("苹果")], "matchrule": rule}).errcode == errcode


def test_the_rules_of_menus_hold_here_too(simulator: Driver) -> None:
    made(simulator)
    assert simulator.call(ADD, {"button": [], "matchrule": {"tag_id": 2}}).errcode == 40016
    assert simulator.call(ADD, b'{"button": [{"name": "\\u4e00"}]}').errcode == 40033


def test_three_outside_domains_are_enough(simulator: Driver) -> None:
    made(simulator)
    below = [view(f"http://host{number % 3}.example/{number}") for number in range(5)]
    rule = {"tag_id": 2}
    assert "menuid" in simulator.call(ADD, {"button": [{"name": "更多", "sub_button": below}], "matchrule": rule}).data
    fourth = [{"name": "更多", "sub_button": below}, view("http://host3.example/")]
    assert simulator.call(ADD, {"button": fourth, "matchrule": rule}).errcode == 65316


def test_the_number_of_conditional_menus_is_limited(simulator: Driver) -> None:
    made(simulator)
    desk = simulator.platform.world.desks[OFFICIAL]
    desk.conditional_menus.extend(ConditionalMenu(number, [], {"tag_id": "2"}) for number in range(CONDITIONAL_AT_MOST))
    body = {"button": [click("苹果")], "matchrule": {"tag_id": 2}}
    assert simulator.call(ADD, body).errcode == 65305


def test_the_day_has_its_limits(simulator: Driver) -> None:
    made(simulator)
    path = f"/simulator/accounts/{OFFICIAL}/limits"
    assert simulator.post(path, {"path": ADD, "daily": 1}).data == {"path": ADD, "daily": 1}
    added(simulator, "苹果", client_platform_type=1)
    body = {"button": [click("苹果")], "matchrule": {"tag_id": 2}}
    assert simulator.call(ADD, body).errcode == 45009


def test_a_menu_is_tried_on_somebody(simulator: Driver) -> None:
    simulator.follow()
    assert simulator.call(TRY, {"user_id": simulator.openid()}).errcode == 46003
    made(simulator)
    added(simulator, "楼栋", tag_id=tagged(simulator))
    for name in (simulator.openid(), "wxid_p1"):
        assert simulator.call(TRY, {"user_id": name}).data["button"][0]["name"] == "楼栋"


@pytest.mark.parametrize("user_id", ["nobody", "", 5, "wxid_p2"])
def test_it_is_tried_on_followers_only(simulator: Driver, user_id: object) -> None:
    made(simulator)
    assert simulator.call(TRY, {"user_id": user_id}).errcode == 65302


def test_without_a_menu_the_page_shows_none(simulator: Driver) -> None:
    assert simulator.chat()["menu"] == []


def test_conditional_menus_stay_after_a_new_start(simulator: Driver) -> None:
    made(simulator)
    added(simulator, "苹果", client_platform_type=1)
    simulator.post("/simulator/reset")
    assert len(simulator.ask("/cgi-bin/menu/get").data["conditionalmenu"]) == 1


def test_conditional_menus_survive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    accounts, storage = [account("official", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as first:
        made(first)
        first.post("/simulator/people/p1", {"client": 1})
        added(first, "苹果", client_platform_type=1)
    with restarted(accounts, storage) as second:
        assert (seen(second, "p1"), seen(second, "p2")) == (["苹果"], ["默认"])
