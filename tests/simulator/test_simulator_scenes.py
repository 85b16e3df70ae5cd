"""Scenes: quiet, busy day, platform trouble; none of them outlives a new start."""

import time

import pytest

from tests.simulator.backend import opened
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver, Receiver, account, wait_until


def scene(simulator: Driver, name: str, **more: object) -> None:
    result = simulator.post("/simulator/scene", {"name": name, **more})
    assert result.status == 200, result.data
    assert result.data["playing"] == name


def test_the_scenes_are_listed_with_what_they_do(simulator: Driver) -> None:
    told = simulator.get("/simulator/scenes").data
    assert [one["name"] for one in told["items"]] == ["quiet", "busy day", "platform trouble"]
    assert all(one["title"] and one["about"].endswith("。") for one in told["items"])
    assert (told["playing"], told["speed"]) == ("", 5)


def test_quiet_is_a_clean_world_with_the_real_time_and_no_faults(simulator: Driver) -> None:
    simulator.follow()
    simulator.advance(3600)
    simulator.post("/simulator/faults", {"path": "*", "fault": "slow"})
    scene(simulator, "quiet")
    assert simulator.messages() == []
    assert simulator.get("/simulator/clock").data["offset"] == 0
    assert simulator.get("/simulator/faults").data["items"] == []
    assert simulator.get("/simulator/counts").data["items"] == {}


def test_on_a_busy_day_everybody_follows_and_a_crowd_acts(simulator: Driver, receiver: Receiver) -> None:
    scene(simulator, "busy day", speed=50)
    assert all(simulator.chat(pid)["following"] for pid in ("p1", "p2", "p3", "p4"))
    assert simulator.ask("/cgi-bin/user/get").data["total"] >= 250
    people = {simulator.openid(pid) for pid in ("p1", "p2", "p3", "p4")}
    pushed = simulator.platform.accounts[OFFICIAL]
    wait_until(lambda: len(receiver.pushes) >= 60)
    fields = [opened(pushed, push) for push in list(receiver.pushes)]
    strangers = [one for one in fields if one["FromUserName"] not in people]
    assert len({one["FromUserName"] for one in strangers}) > 5
    assert {str(one.get("Event", one["MsgType"])) for one in strangers} >= {"text", "SCAN"}


def test_a_busy_day_taps_the_menu_that_is_there(simulator: Driver, receiver: Receiver) -> None:
    help_button = {"type": "click", "name": "帮助", "key": "HELP"}
    view = {"type": "view", "name": "网页", "url": "https://example.com/a"}
    simulator.call("/cgi-bin/menu/create", {"button": [{"name": "更多", "sub_button": [help_button, view]}]})
    scene(simulator, "busy day", speed=50)
    pushed = simulator.platform.accounts[OFFICIAL]

    def seen() -> set[str]:
        return {str(opened(pushed, push).get("EventKey")) for push in list(receiver.pushes)}

    wait_until(lambda: seen() >= {"HELP", "https://example.com/a"})


def test_loading_it_twice_gathers_no_second_crowd(simulator: Driver) -> None:
    scene(simulator, "busy day", speed=0.1)
    scene(simulator, "busy day", speed=0.1)
    assert simulator.get("/simulator/scenes").data["speed"] == 0.1
    assert simulator.ask("/cgi-bin/user/get").data["total"] == 304


@pytest.mark.parametrize("end", ["scene", "reset"])
def test_a_busy_day_ends(simulator: Driver, receiver: Receiver, end: str) -> None:
    scene(simulator, "busy day", speed=50)
    wait_until(lambda: len(receiver.pushes) > 10)
    if end == "scene":
        scene(simulator, "quiet")
    else:
        simulator.post("/simulator/reset")
        assert simulator.get("/simulator/scenes").data["playing"] == ""
    time.sleep(0.1)
    before = len(receiver.pushes)
    time.sleep(0.3)
    assert len(receiver.pushes) == before


def test_a_busy_day_without_an_official_account_is_quiet(receiver: Receiver) -> None:
    with Driver([account("miniprogram", receiver.url)]) as simulator:
        scene(simulator, "busy day", speed=50)
        time.sleep(0.1)
        assert receiver.pushes == []


def test_platform_trouble_sets_faults_and_lets_a_token_expire(simulator: Driver) -> None:
    token = simulator.token()
    scene(simulator, "platform trouble")
    faults = simulator.get("/simulator/faults").data["items"]
    assert {one["fault"] for one in faults if one["path"] == "*"} == {"errcode", "answer_lost", "slow", "http502"}
    assert {one["fault"] for one in faults if one["path"] == "push"} == {"duplicate", "delay"}
    assert {one["errcode"] for one in faults if one["fault"] == "errcode"} == {-1, 45011}
    assert all(0 < one["rate"] < 0.5 for one in faults)
    simulator.delete("/simulator/faults")
    assert simulator.get(f"/cgi-bin/getcallbackip?access_token={token}").errcode == 42001
    assert simulator.token() != token
    assert simulator.stable_token(MINIPROGRAM).status == 200


def test_another_scene_takes_the_trouble_away(simulator: Driver) -> None:
    scene(simulator, "platform trouble")
    scene(simulator, "busy day", speed=0.1)
    assert simulator.get("/simulator/faults").data["items"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 404),
        ({"name": "flood"}, 404),
        ({"name": ["quiet"]}, 404),
        ({"name": "busy day", "speed": 0}, 400),
        ({"name": "busy day", "speed": 51}, 400),
        ({"name": "busy day", "speed": "fast"}, 400),
        (b'{"name": "busy day", "speed": NaN}', 400),
    ],
)
def test_a_scene_that_cannot_be_is_refused_with_a_sentence(simulator: Driver, body: object, status: int) -> None:
    result = simulator.post("/simulator/scene", body)
    assert (result.status, result.data["detail"][-1]) == (status, "。")
    assert simulator.get("/simulator/scenes").data["playing"] == ""
