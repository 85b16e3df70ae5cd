"""Followers as the interfaces tell them (§5), and who the people are."""

import pytest

from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver


def test_the_world_starts_with_four_people(simulator: Driver) -> None:
    people = simulator.get("/simulator/state").data["people"]
    assert [one["id"] for one in people] == ["p1", "p2", "p3", "p4"]
    assert len({one["unionid"] for one in people}) == 4


def test_openids_have_28_characters_and_differ_between_accounts(simulator: Driver) -> None:
    ours, theirs = simulator.openid(), simulator.openid(app_id=MINIPROGRAM)
    assert len(ours) == len(theirs) == 28
    assert ours != theirs


def test_a_new_person_is_known_to_every_account(simulator: Driver) -> None:
    person = simulator.post("/simulator/people", {"nickname": " 周师傅 "}).data
    assert person["nickname"] == "周师傅"
    assert simulator.openid(person["id"]) != simulator.openid()
    assert simulator.chat(person["id"])["following"] is False


@pytest.mark.parametrize("body", [{}, {"nickname": "  "}, {"nickname": 5}, {"nickname": "长" * 21}])
def test_a_person_needs_a_short_name(simulator: Driver, body: dict[str, object]) -> None:
    result = simulator.post("/simulator/people", body)
    assert result.status == 400
    assert result.data["detail"].endswith("。")


def test_a_follower_is_described_without_name_and_picture(simulator: Driver) -> None:
    simulator.follow()
    info = simulator.ask("/cgi-bin/user/info", openid=simulator.openid()).data
    person = simulator.get("/simulator/state").data["people"][0]
    assert (info["subscribe"], info["unionid"]) == (1, person["unionid"])
    assert info["subscribe_scene"] == "ADD_SCENE_SEARCH"
    assert not {"nickname", "headimgurl", "sex", "city", "errcode"} & set(info)


def test_of_who_does_not_follow_only_that_is_told(simulator: Driver) -> None:
    openid = simulator.openid()
    assert simulator.ask("/cgi-bin/user/info", openid=openid).data == {"subscribe": 0, "openid": openid}


@pytest.mark.parametrize("openid", ["", "oNobody"])
def test_an_unknown_openid_is_refused(simulator: Driver, openid: str) -> None:
    assert simulator.ask("/cgi-bin/user/info", openid=openid).errcode == 40003


def test_up_to_a_hundred_are_described_at_once(simulator: Driver) -> None:
    simulator.follow()
    asked = [{"openid": simulator.openid(pid)} for pid in ("p1", "p2")]
    path = "/cgi-bin/user/info/batchget"
    infos = simulator.call(path, {"user_list": asked}).data["user_info_list"]
    assert [one["subscribe"] for one in infos] == [1, 0]
    assert simulator.call(path, {"user_list": asked * 51}).errcode == 40032
    assert simulator.call(path, {"user_list": []}).errcode == 40032
    assert simulator.call(path, {"user_list": ["x"]}).errcode == 40003


def test_the_list_of_followers_is_short_and_ends(simulator: Driver) -> None:
    assert simulator.ask("/cgi-bin/user/get").data == {"total": 0, "count": 0, "next_openid": ""}
    simulator.follow("p2")
    openid = simulator.openid("p2")
    listed = simulator.ask("/cgi-bin/user/get").data
    assert listed == {"total": 1, "count": 1, "data": {"openid": [openid]}, "next_openid": ""}
    assert "data" not in simulator.ask("/cgi-bin/user/get", next_openid=openid).data
    assert simulator.ask("/cgi-bin/user/get", next_openid="oNobody").errcode == 40003


def test_ten_thousand_followers_fill_a_page_and_the_next_has_no_data(simulator: Driver) -> None:
    crowd = simulator.post("/simulator/crowd", {"app_id": OFFICIAL, "count": 10_000}).data["openids"]
    first = simulator.ask("/cgi-bin/user/get").data
    assert (first["count"], first["next_openid"]) == (10_000, crowd[-1])
    second = simulator.ask("/cgi-bin/user/get", next_openid=crowd[-1]).data
    assert second == {"total": 10_000, "count": 0, "next_openid": ""}


def test_a_crowd_can_be_written_to_and_is_not_shown(simulator: Driver) -> None:
    openids = simulator.post("/simulator/crowd", {"app_id": OFFICIAL, "count": 3}).data["openids"]
    assert [simulator.send_text(openid).errcode for openid in openids] == [0, 0, 0]
    assert len(simulator.get("/simulator/state").data["people"]) == 4


@pytest.mark.parametrize("count", [0, -1, 300_001, "3", None])
def test_a_crowd_has_bounds(simulator: Driver, count: object) -> None:
    assert simulator.post("/simulator/crowd", {"app_id": OFFICIAL, "count": count}).status == 400


def test_a_mini_program_has_no_followers_to_list(simulator: Driver) -> None:
    assert simulator.ask("/cgi-bin/user/get", MINIPROGRAM).errcode == 48001
