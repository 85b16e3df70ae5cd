"""Tags, remarks and the blacklist of an official account (§5)."""

from pathlib import Path
from typing import Any

import pytest

from simulator.state.tags import TOO_MANY_TO_DELETE
from simulator.storage import Storage
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver, Receiver, account
from tests.simulator.results import restarted

CREATE = "/cgi-bin/tags/create"
PUT_ON = "/cgi-bin/tags/members/batchtagging"
TAKE_OFF = "/cgi-bin/tags/members/batchuntagging"
BLOCK = "/cgi-bin/tags/members/batchblacklist"
STRANGER = "o" + "x" * 27


def tag(simulator: Driver, name: str = "志愿者") -> int:
    return int(simulator.call(CREATE, {"tag": {"name": name}}).data["tag"]["id"])


def put_on(simulator: Driver, tag_id: object, *openids: object) -> Any:
    return simulator.call(PUT_ON, {"openid_list": list(openids), "tagid": tag_id}).errcode


def counts(simulator: Driver) -> dict[str, int]:
    return {one["name"]: one["count"] for one in simulator.ask("/cgi-bin/tags/get").data["tags"]}


def followers(simulator: Driver, count: int) -> list[str]:
    return list(simulator.post("/simulator/crowd", {"app_id": OFFICIAL, "count": count}).data["openids"])


def test_a_tag_is_made_listed_and_renamed(simulator: Driver) -> None:
    made = simulator.call(CREATE, {"tag": {"name": "志愿者"}}).data
    assert made == {"tag": {"id": 100, "name": "志愿者"}}
    assert counts(simulator) == {"星标组": 0, "志愿者": 0}
    assert simulator.call("/cgi-bin/tags/update", {"tag": {"id": 100, "name": "楼栋长"}}).errcode == 0
    assert "楼栋长" in counts(simulator)


@pytest.mark.parametrize(
    ("name", "errcode"),
    [
        ("字" * 31, 45158),
        ("", 45157),
        ("  ", 45157),
        ("志愿者", 45157),
        ("星标组", 45157),
        ("黑名单", 45157),
        (5, 45157),
    ],
)
def test_a_name_that_does_not_do_is_refused(simulator: Driver, name: object, errcode: int) -> None:
    tag(simulator)
    assert simulator.call(CREATE, {"tag": {"name": name}}).errcode == errcode


def test_a_name_has_thirty_characters_at_most(simulator: Driver) -> None:
    assert tag(simulator, "字" * 30) == 100


def test_a_hundred_tags_are_enough(simulator: Driver) -> None:
    for number in range(100):
        tag(simulator, f"标签{number}")
    assert simulator.call(CREATE, {"tag": {"name": "再一个"}}).errcode == 45056


@pytest.mark.parametrize("tag_id", [0, 1, 2])
def test_the_systems_own_tags_stay_as_they_are(simulator: Driver, tag_id: int) -> None:
    assert simulator.call("/cgi-bin/tags/delete", {"tag": {"id": tag_id}}).errcode == 45058
    assert simulator.call("/cgi-bin/tags/update", {"tag": {"id": tag_id, "name": "新"}}).errcode == 45058


@pytest.mark.parametrize("tag_id", [999, None, "100", -1])
def test_an_unknown_tag_is_refused(simulator: Driver, tag_id: object) -> None:
    simulator.follow()
    assert simulator.call("/cgi-bin/tags/delete", {"tag": {"id": tag_id}}).errcode == 45159
    assert simulator.call("/cgi-bin/user/tag/get", {"tagid": tag_id}).errcode == 45159
    assert put_on(simulator, tag_id, simulator.openid()) == 45159


def test_a_tagged_follower_shows_it_everywhere(simulator: Driver) -> None:
    simulator.follow()
    openid, volunteers = simulator.openid(), tag(simulator)
    assert put_on(simulator, volunteers, openid) == 0
    assert put_on(simulator, 2, openid) == 0
    assert simulator.call("/cgi-bin/tags/getidlist", {"openid": openid}).data == {"tagid_list": [volunteers, 2]}
    info = simulator.ask("/cgi-bin/user/info", openid=openid).data
    assert (info["tagid_list"], info["groupid"]) == ([volunteers, 2], volunteers)
    asked = {"user_list": [{"openid": openid}]}
    assert simulator.call("/cgi-bin/user/info/batchget", asked).data["user_info_list"] == [info]
    listed = simulator.call("/cgi-bin/user/tag/get", {"tagid": volunteers}).data
    assert listed == {"count": 1, "data": {"openid": [openid]}, "next_openid": ""}
    assert counts(simulator) == {"星标组": 1, "志愿者": 1}


def test_an_untagged_follower_shows_it_no_more(simulator: Driver) -> None:
    simulator.follow()
    openid, volunteers = simulator.openid(), tag(simulator)
    put_on(simulator, volunteers, openid)
    assert simulator.call(TAKE_OFF, {"openid_list": [openid], "tagid": volunteers}).errcode == 0
    assert simulator.call("/cgi-bin/tags/getidlist", {"openid": openid}).data == {"tagid_list": []}
    assert simulator.call("/cgi-bin/user/tag/get", {"tagid": volunteers}).data == {"count": 0, "next_openid": ""}


def test_a_deleted_tag_is_taken_off_people(simulator: Driver) -> None:
    simulator.follow()
    volunteers = tag(simulator)
    put_on(simulator, volunteers, simulator.openid())
    assert simulator.call("/cgi-bin/tags/delete", {"tag": {"id": volunteers}}).errcode == 0
    assert simulator.ask("/cgi-bin/user/info", openid=simulator.openid()).data["tagid_list"] == []
    assert tag(simulator, "后来的") == volunteers + 1


def test_a_tag_of_very_many_cannot_be_deleted(simulator: Driver) -> None:
    volunteers = tag(simulator)
    openids = followers(simulator, TOO_MANY_TO_DELETE + 1)
    chats = simulator.platform.world.desks[OFFICIAL].chats
    for openid in openids:
        chats[openid].tags.append(volunteers)
    assert simulator.call("/cgi-bin/tags/delete", {"tag": {"id": volunteers}}).errcode == 45057
    chats[openids[0]].tags.clear()
    assert simulator.call("/cgi-bin/tags/delete", {"tag": {"id": volunteers}}).errcode == 0


def test_up_to_fifty_are_tagged_at_once(simulator: Driver) -> None:
    volunteers, openids = tag(simulator), followers(simulator, 51)
    assert put_on(simulator, volunteers, *openids[:50]) == 0
    assert put_on(simulator, volunteers, *openids) == 40032
    assert put_on(simulator, volunteers) == 40032
    assert counts(simulator)["志愿者"] == 50


def test_nobody_carries_more_than_twenty_tags(simulator: Driver) -> None:
    one, other = followers(simulator, 2)
    ids = [tag(simulator, f"标签{number}") for number in range(21)]
    assert [put_on(simulator, tag_id, one) for tag_id in ids] == [0] * 20 + [45059]
    assert put_on(simulator, ids[0], one) == 0  # she has it already
    assert put_on(simulator, ids[20], other, one) == 45059
    assert simulator.call("/cgi-bin/tags/getidlist", {"openid": other}).data == {"tagid_list": []}


def test_an_openid_of_somebody_elses_account_is_told_from_no_openid(simulator: Driver) -> None:
    volunteers = tag(simulator)
    assert put_on(simulator, volunteers, STRANGER) == 49003
    assert put_on(simulator, volunteers, simulator.openid(app_id=MINIPROGRAM)) == 49003
    assert put_on(simulator, volunteers, "short") == 40003
    assert put_on(simulator, volunteers, 5) == 40003


def test_who_does_not_follow_is_left_out_and_named(simulator: Driver) -> None:
    simulator.follow("p2")
    volunteers, asked = tag(simulator), [simulator.openid("p1"), simulator.openid("p2")]
    answer = simulator.call(PUT_ON, {"openid_list": asked, "tagid": volunteers}).data
    assert (answer["errcode"], answer["fail_openid_list"]) == (45171, asked[:1])
    assert counts(simulator)["志愿者"] == 1


def test_changes_at_the_same_time_can_be_played(simulator: Driver) -> None:
    simulator.follow()
    volunteers = tag(simulator)
    simulator.settings(tags_busy=True)
    assert put_on(simulator, volunteers, simulator.openid()) == 45169
    simulator.settings(tags_busy=False)
    assert put_on(simulator, volunteers, simulator.openid()) == 0


def test_a_remark_is_told_with_the_follower(simulator: Driver) -> None:
    simulator.follow()
    body = {"openid": simulator.openid(), "remark": "长" * 29}
    assert simulator.call("/cgi-bin/user/info/updateremark", body).errcode == 0
    assert simulator.ask("/cgi-bin/user/info", openid=simulator.openid()).data["remark"] == "长" * 29


@pytest.mark.parametrize(
    ("change", "errcode"),
    [({"remark": "长" * 30}, 40092), ({"remark": 5}, 40092), ({"remark": None}, 40092), ({"openid": "nobody"}, 40003)],
)
def test_a_remark_that_does_not_do_is_refused(simulator: Driver, change: dict[str, object], errcode: int) -> None:
    simulator.follow()
    body = {"openid": simulator.openid(), "remark": "三单元"} | change
    assert simulator.call("/cgi-bin/user/info/updateremark", body).errcode == errcode


def test_only_followers_get_a_remark(simulator: Driver) -> None:
    body = {"openid": simulator.openid(), "remark": "三单元"}
    assert simulator.call("/cgi-bin/user/info/updateremark", body).errcode == 43004


def test_the_blacklist_is_filled_listed_and_emptied(simulator: Driver) -> None:
    empty = {"total": 0, "count": 0, "next_openid": ""}
    path = "/cgi-bin/tags/members/getblacklist"
    assert simulator.call(path, {"begin_openid": ""}).data == empty
    openids = followers(simulator, 20)
    assert simulator.call(BLOCK, {"openid_list": openids}).errcode == 0
    listed = simulator.call(path, {"begin_openid": ""}).data
    assert (listed["total"], listed["count"], listed["data"]["openid"]) == (20, 20, openids)
    assert simulator.call(path, {"begin_openid": openids[17]}).data["data"]["openid"] == openids[18:]
    unblock = "/cgi-bin/tags/members/batchunblacklist"
    assert simulator.call(unblock, {"openid_list": openids}).errcode == 0
    assert simulator.call(path, {}).data == empty


def test_a_page_of_the_blacklist_has_a_thousand(simulator: Driver) -> None:
    openids = followers(simulator, 1_001)
    simulator.platform.world.desks[OFFICIAL].blacklist.update(dict.fromkeys(openids, True))
    first = simulator.call("/cgi-bin/tags/members/getblacklist", {"begin_openid": ""}).data
    assert (first["total"], first["count"], first["next_openid"]) == (1_001, 1_000, openids[999])
    second = simulator.call("/cgi-bin/tags/members/getblacklist", {"begin_openid": first["next_openid"]}).data
    assert (second["count"], second["next_openid"]) == (1, "")


def test_the_blacklist_takes_twenty_known_people_at_once(simulator: Driver) -> None:
    openids = followers(simulator, 21)
    assert simulator.call(BLOCK, {"openid_list": openids}).errcode == 40032
    assert simulator.call(BLOCK, {"openid_list": []}).errcode == 40032
    assert simulator.call(BLOCK, {"openid_list": [STRANGER]}).errcode == 49003
    assert simulator.call(BLOCK, {"openid_list": [{}]}).errcode == 40003


def test_the_walk_through_the_followers_survives_the_departure_of_the_last_one_seen(simulator: Driver) -> None:
    openids = followers(simulator, 10_002)
    first = simulator.ask("/cgi-bin/user/get").data
    simulator.platform.world.desks[OFFICIAL].chats[first["next_openid"]].following = False
    rest = simulator.ask("/cgi-bin/user/get", next_openid=first["next_openid"]).data
    assert (rest["total"], rest["data"]["openid"]) == (10_001, openids[10_000:])


def test_a_mini_program_has_no_tags(simulator: Driver) -> None:
    assert simulator.call(CREATE, {"tag": {"name": "志愿者"}}, MINIPROGRAM).errcode == 48001


def test_a_new_start_keeps_the_tags_and_forgets_who_had_them(simulator: Driver) -> None:
    simulator.follow()
    volunteers = tag(simulator)
    put_on(simulator, volunteers, simulator.openid())
    simulator.call(BLOCK, {"openid_list": [simulator.openid()]})
    simulator.post("/simulator/reset")
    assert counts(simulator) == {"星标组": 0, "志愿者": 0}
    assert simulator.call("/cgi-bin/tags/members/getblacklist", {}).data["total"] == 0


def test_tags_remarks_and_blacklist_survive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    accounts, storage = [account("official", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as first:
        first.follow()
        openid, volunteers = first.openid(), tag(first)
        put_on(first, volunteers, openid)
        first.call("/cgi-bin/user/info/updateremark", {"openid": openid, "remark": "三单元"})
        first.call(BLOCK, {"openid_list": [openid, *followers(first, 2)]})
    with restarted(accounts, storage) as second:
        info = second.ask("/cgi-bin/user/info", openid=openid).data
        assert (info["tagid_list"], info["remark"]) == ([volunteers], "三单元")
        assert second.call("/cgi-bin/tags/members/getblacklist", {}).data["data"]["openid"] == [openid]
        assert tag(second, "后来的") == volunteers + 1
