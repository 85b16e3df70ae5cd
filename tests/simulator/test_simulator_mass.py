"""Mass messages: whom they reach, what is filtered, repetitions and quotas."""

import time
from typing import Any

import pytest

from simulator.errors import ERRORS
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver, Receiver
from tests.simulator.masses import DAY, FINISHED, MASS, TO_ALL, articles, seen, send, send_all, words
from tests.simulator.results import event

# --- whom it reaches ---


def test_a_list_of_followers_sees_the_message(followed: Driver, receiver: Receiver) -> None:
    answer = send(followed).data
    assert answer["errcode"] == 0
    assert "msg_data_id" not in answer
    result = event(followed, receiver, FINISHED)
    assert (result["MsgID"], result["Status"]) == (str(answer["msg_id"]), "send success")
    counts = [result[name] for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount")]
    assert counts == ["2", "2", "2", "0"]
    assert [(one["kind"], one["content"], one["by"]) for one in seen(followed)] == [("text", "周末停水", "account")]
    assert len(seen(followed, "p2")) == 1


def test_all_followers_see_it_and_nobody_else(followed: Driver, receiver: Receiver) -> None:
    assert send_all(followed).errcode == 0
    result = event(followed, receiver, FINISHED)
    assert (result["TotalCount"], result["FilterCount"]) == ("2", "2")
    assert [len(seen(followed, pid)) for pid in ("p1", "p2", "p3")] == [1, 1, 0]


def test_a_tag_reaches_those_who_bear_it(followed: Driver, receiver: Receiver) -> None:
    tag = followed.call("/cgi-bin/tags/create", {"tag": {"name": "和平社区"}}).data["tag"]["id"]
    body = {"openid_list": [followed.openid("p2")], "tagid": tag}
    assert followed.call("/cgi-bin/tags/members/batchtagging", body).errcode == 0
    assert send_all(followed, filter={"is_to_all": False, "tag_id": tag}).errcode == 0
    assert event(followed, receiver, FINISHED)["TotalCount"] == "1"
    assert [len(seen(followed, pid)) for pid in ("p1", "p2")] == [0, 1]
    again = send_all(followed, filter={"is_to_all": False, "tag_id": str(tag)}, **words(2))
    assert again.errcode == 0


@pytest.mark.parametrize("wished", [{}, None, {"tag_id": 999}, {"tag_id": "x"}, {"is_to_all": "true"}, {"tag_id": []}])
def test_an_unknown_tag_is_refused(followed: Driver, wished: Any) -> None:
    assert send_all(followed, filter=wished).errcode == 40152


def test_those_who_cannot_get_it_are_filtered(followed: Driver, receiver: Receiver) -> None:
    followed.act("block", {"on": True}, "p2")
    followed.follow("p3")
    followed.call("/cgi-bin/tags/members/batchblacklist", {"openid_list": [followed.openid("p3")]})
    openids = [followed.openid(pid) for pid in ("p1", "p2", "p3", "p4")]
    assert send(followed, touser=[*openids, "o" * 28, openids[0]]).errcode == 0
    result = event(followed, receiver, FINISHED)
    assert (result["TotalCount"], result["FilterCount"], result["SentCount"]) == ("6", "1", "1")
    assert [len(seen(followed, pid)) for pid in ("p1", "p2", "p3", "p4")] == [1, 0, 0, 0]


def test_nobody_gets_more_than_four_in_a_month(followed: Driver, receiver: Receiver) -> None:
    for number in range(1, 6):
        assert send(followed, **words(number)).errcode == 0
        result = event(followed, receiver, FINISHED, nth=number)
    assert (result["TotalCount"], result["FilterCount"], result["SentCount"]) == ("2", "0", "0")
    assert len(seen(followed)) == 4
    followed.advance(31 * DAY)
    assert send(followed, **words(6)).errcode == 0
    event(followed, receiver, FINISHED, nth=6)
    assert len(seen(followed)) == 5


@pytest.mark.parametrize(
    ("openids", "errcode"),
    [
        ([], 40130),
        (["one"], 40130),
        (["nobody", "neither"], 40031),
        (["", "x"], 40031),
        ([1, 2], 40031),
        (None, 40031),
        ("openid", 40031),
        (["x"] * 10_001, 40032),
    ],
)
def test_a_list_must_be_a_list_of_openids(followed: Driver, openids: Any, errcode: int) -> None:
    assert send(followed, touser=openids).errcode == errcode


def test_ten_thousand_are_the_most(followed: Driver) -> None:
    openids = [followed.openid(), *(f"x{number}" for number in range(9_999))]
    assert send(followed, touser=openids).errcode == 0


def test_a_miniprogram_sends_no_mass_messages(simulator: Driver) -> None:
    assert simulator.call(MASS + "sendall", TO_ALL, MINIPROGRAM).errcode == 48001


# --- repetitions ---


def test_the_same_clientmsgid_answers_with_the_earlier_message(followed: Driver, receiver: Receiver) -> None:
    first = send(followed, clientmsgid="a" * 32, **articles(followed, "一")).data
    again = send(followed, clientmsgid="a" * 32).data
    assert again["errcode"] == 45065
    assert again["errmsg"].startswith("clientmsgid exist rid: ")
    assert (again["msg_id"], again["msg_data_id"]) == (first["msg_id"], first["msg_data_id"])
    event(followed, receiver, FINISHED)
    assert len(seen(followed)) == 1


def test_a_clientmsgid_is_remembered_for_a_day(followed: Driver) -> None:
    assert send(followed, clientmsgid="a").errcode == 0
    followed.advance(DAY - 5)
    assert send(followed, clientmsgid="a").errcode == 45065
    followed.advance(10)
    assert send(followed, clientmsgid="a").errcode == 0


def test_without_a_clientmsgid_the_same_content_to_the_same_people_is_a_repetition(followed: Driver) -> None:
    assert send(followed).errcode == 0
    assert send(followed).errcode == 45065
    assert send(followed, **words(2)).errcode == 0
    assert send(followed, clientmsgid="b").errcode == 0


def test_a_quick_repetition_can_be_refused_as_such(followed: Driver) -> None:
    followed.settings(mass_repeat_seconds=60)
    assert [send(followed, clientmsgid="a").errcode for _ in range(2)] == [0, 45066]
    followed.advance(61)
    assert send(followed, clientmsgid="a").errcode == 45065


def test_a_clientmsgid_has_at_most_32_bytes(followed: Driver) -> None:
    assert send(followed, clientmsgid="字" * 11).errcode == 45067
    assert send(followed, clientmsgid="a" * 33).errcode == 45067
    assert send(followed, clientmsgid=5).errcode == 47001


# --- quotas ---


def test_to_all_once_a_day_and_four_times_a_month(followed: Driver) -> None:
    noon_of_the_second = 36 * 3600
    now = time.time()
    first = time.localtime(now)
    followed.advance((32 - first.tm_mday) * DAY + noon_of_the_second)  # early in the next month or the one after
    for number in range(4):
        assert send_all(followed, **words(number)).errcode == 0
        assert send_all(followed, **words(number + 10)).errcode == 45028
        followed.advance(DAY)
    assert send_all(followed, **words(5)).errcode == 45028
    assert send(followed).errcode == 0


def test_a_day_has_a_hundred_calls_of_both_together(followed: Driver) -> None:
    followed.to_midnight()
    for number in range(50):
        assert send(followed, **words(number)).errcode == 0
    followed.advance(60)
    for number in range(50):
        assert send_all(followed, filter={"tag_id": 2}, **words(number)).errcode == 0
    followed.advance(60)
    assert [ask(followed, **words(99)).errcode for ask in (send, send_all)] == [45028, 45028]
    followed.advance(DAY)
    assert send(followed, **words(99)).errcode == 0


def test_a_minute_has_sixty_calls(followed: Driver) -> None:
    followed.advance(60 - followed.platform.now() % 60)
    answers = [send(followed, **words(number)) for number in range(61)]
    assert [answer.errcode for answer in answers] == [0] * 60 + [42010]
    assert answers[-1].data["errmsg"].startswith("masssend fast, retry again rid: ")
    followed.advance(60)
    assert send(followed, **words(100)).errcode == 0


@pytest.mark.parametrize("errcode", [45062, 45113, 45162, 48021, 48022, 89504, 89505])
def test_what_only_the_console_can_cause_is_a_fault(followed: Driver, errcode: int) -> None:
    fault = {"path": MASS + "sendall", "fault": "errcode", "errcode": errcode, "times": 1}
    assert followed.post("/simulator/faults", fault).status == 200
    refused = send_all(followed).data
    assert (refused["errcode"], refused["errmsg"].partition(" rid: ")[0]) == (errcode, ERRORS[errcode])
    assert send_all(followed).errcode == 0


# --- odd input ---


ODD: list[Any] = [None, True, 0, -1, 1.5, "", "x", [], [None], {}, 10**30]


@pytest.mark.parametrize("path", ["send", "sendall", "preview", "get", "delete", "speed/set", "speed/get"])
def test_odd_input_is_answered_with_an_errcode(followed: Driver, path: str) -> None:
    followed.platform.world.desks[OFFICIAL].limits |= {MASS + path: 10_000}
    good = {"touser": [followed.openid(), followed.openid("p2")], **TO_ALL}
    for field in ("touser", "filter", "msgtype", "text", "clientmsgid", "towxname", "msg_id", "url", "speed"):
        for odd in ODD:
            answer = followed.call(MASS + path, good | {field: odd})
            assert answer.status == 200
            assert path == "speed/get" or isinstance(answer.errcode, int)
