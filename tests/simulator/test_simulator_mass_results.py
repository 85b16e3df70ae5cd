"""What becomes of a mass message: its result, its deletion, the speed, and what a restart remembers."""

import time
from pathlib import Path
from typing import Any

import pytest

from simulator.storage import Storage
from tests.simulator.driver import OFFICIAL, Driver, Receiver, account, wait_until
from tests.simulator.masses import DAY, FINISHED, MASS, articles, seen, send, send_all, status
from tests.simulator.results import event, events, restarted


def test_it_is_being_sent_until_its_result_comes(followed: Driver, receiver: Receiver) -> None:
    followed.settings(result_seconds=60)
    msg_id = send(followed).data["msg_id"]
    assert status(followed, msg_id) == "SENDING"
    followed.advance(61)
    wait_until(lambda: status(followed, msg_id) == "SEND_SUCCESS")
    assert event(followed, receiver, FINISHED)["MsgID"] == str(msg_id)


def test_without_a_result_it_is_being_sent_for_ever(followed: Driver, receiver: Receiver) -> None:
    followed.settings(result_seconds=None)
    msg_id = send(followed).data["msg_id"]
    followed.advance(DAY)
    assert status(followed, msg_id) == "SENDING"
    assert events(followed, receiver, FINISHED) == []


@pytest.mark.parametrize("wished", ["send fail", "err(20001)"])
def test_it_can_fail(followed: Driver, receiver: Receiver, wished: str) -> None:
    followed.settings(mass_status=wished)
    content = articles(followed, "一")
    msg_id = send(followed, **content).data["msg_id"]
    result = event(followed, receiver, FINISHED)
    assert (result["Status"], result["FilterCount"], result["SentCount"], result["ErrorCount"]) == (
        wished,
        "2",
        "0",
        "2",
    )
    assert result["ArticleUrlResult"]["Count"] == "0"
    assert status(followed, msg_id) == "SEND_FAIL"
    assert seen(followed) == []
    assert followed.call("/cgi-bin/draft/get", content["mpnews"]).errcode is None


def test_the_administrator_can_refuse(followed: Driver, receiver: Receiver) -> None:
    followed.settings(mass_confirmation="refused")
    send(followed)
    assert event(followed, receiver, FINISHED)["Status"] == "err(40001)"
    assert seen(followed) == []


def test_the_administrator_can_overlook_it_for_half_an_hour(followed: Driver, receiver: Receiver) -> None:
    followed.settings(mass_confirmation="ignored")
    msg_id = send(followed).data["msg_id"]
    followed.advance(1_790)
    assert status(followed, msg_id) == "SENDING"
    followed.advance(11)
    assert event(followed, receiver, FINISHED)["Status"] == "err(40002)"


def test_the_administrator_can_confirm(followed: Driver, receiver: Receiver) -> None:
    followed.settings(mass_confirmation="confirmed")
    send(followed)
    assert event(followed, receiver, FINISHED)["Status"] == "send success"


@pytest.mark.parametrize("wished", ["x", "err(1)", "err(20001", "", 5])
def test_a_status_must_be_one_of_the_platform(simulator: Driver, wished: Any) -> None:
    assert simulator.post("/simulator/settings", {"mass_status": wished}).status == 400


@pytest.mark.parametrize("path", ["get", "delete"])
@pytest.mark.parametrize("msg_id", [1, "x", None, [], {}, True, 1.5])
def test_an_unknown_message_is_refused(followed: Driver, path: str, msg_id: Any) -> None:
    assert followed.call(MASS + path, {"msg_id": msg_id}).errcode == 40059


def test_articles_can_be_deleted_one_by_one(followed: Driver, receiver: Receiver) -> None:
    msg_id = send(followed, **articles(followed, "一", "二")).data["msg_id"]
    items = event(followed, receiver, FINISHED)["ArticleUrlResult"]["ResultList"]["item"]
    pages = [one["ArticleUrl"].removeprefix(followed.base) for one in items]
    assert followed.call(MASS + "delete", {"msg_id": msg_id, "article_idx": 3}).errcode == 40008
    assert followed.call(MASS + "delete", {"msg_id": msg_id, "article_idx": 1}).errcode == 0
    assert [followed.get(page).status for page in pages] == [404, 200]
    assert status(followed, msg_id) == "SEND_SUCCESS"
    assert followed.call(MASS + "delete", {"url": items[1]["ArticleUrl"]}).errcode == 0
    assert status(followed, msg_id) == "DELETE"
    assert len(seen(followed)) == 1


def test_all_of_it_can_be_deleted(followed: Driver, receiver: Receiver) -> None:
    msg_id = send(followed, **articles(followed, "一", "二")).data["msg_id"]
    event(followed, receiver, FINISHED)
    assert followed.call(MASS + "delete", {"msg_id": str(msg_id), "article_idx": 0}).errcode == 0
    assert status(followed, msg_id) == "DELETE"


def test_only_articles_and_videos_can_be_deleted(followed: Driver) -> None:
    msg_id = send(followed).data["msg_id"]
    assert followed.call(MASS + "delete", {"msg_id": msg_id}).errcode == 40008


def test_ten_deletions_a_day(followed: Driver) -> None:
    codes = [followed.call(MASS + "delete", {"msg_id": 1}).errcode for _ in range(11)]
    assert codes == [40059] * 10 + [45009]


def test_the_speed_is_kept(simulator: Driver) -> None:
    assert simulator.call(MASS + "speed/get").data == {"speed": 0, "realspeed": 80}
    assert simulator.call(MASS + "speed/set", {"speed": 4}).errcode == 0
    assert simulator.call(MASS + "speed/get").data == {"speed": 4, "realspeed": 10}
    simulator.post("/simulator/reset")
    assert simulator.call(MASS + "speed/get").data["speed"] == 4


@pytest.mark.parametrize(("body", "errcode"), [({}, 45084), ({"speed": 5}, 45083), ({"speed": -1}, 45083)])
def test_the_speed_has_five_steps(simulator: Driver, body: dict[str, int], errcode: int) -> None:
    assert simulator.call(MASS + "speed/set", body).errcode == errcode
    assert simulator.call(MASS + "speed/set", {"speed": "1"}).errcode == 45083


def test_a_crowd_is_counted_and_halts_nothing(followed: Driver, receiver: Receiver) -> None:
    followed.post("/simulator/crowd", {"app_id": OFFICIAL, "count": 100_000})
    assert send_all(followed).errcode == 0
    longest, end = 0.0, time.monotonic() + 1.5
    while time.monotonic() < end and not events(followed, receiver, FINISHED):
        started = time.monotonic()
        assert followed.get("/simulator/clock").status == 200
        longest = max(longest, time.monotonic() - started)
    assert longest < 0.5
    result = event(followed, receiver, FINISHED)
    assert (result["TotalCount"], result["SentCount"]) == ("100002", "100002")


def test_a_restart_remembers_clientmsgids_months_and_results(receiver: Receiver, tmp_path: Path) -> None:
    accounts, storage = [account("official", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as simulator:
        simulator.follow()
        simulator.follow("p2")
        simulator.settings(result_seconds=60)
        msg_id = send(simulator, clientmsgid="a").data["msg_id"]
        wait_until(lambda: len(seen(simulator)) == 1)
        wait_until(lambda: len(simulator.platform.world.agenda.waiting) == 1)
    with restarted(accounts, storage) as simulator:
        assert send(simulator, clientmsgid="a").data["msg_id"] == msg_id
        simulator.advance(61)
        assert event(simulator, receiver, FINISHED)["MsgID"] == str(msg_id)
        assert status(simulator, msg_id) == "SEND_SUCCESS"
        assert simulator.platform.world.desks[OFFICIAL].chats[simulator.openid()].mass_received == 1
