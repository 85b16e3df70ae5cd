"""Pushes as they reach the account's server: three modes, two formats, time-outs, the same message again."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from simulator.crypto import sign
from tests.simulator.backend import answering, opened, parsed
from tests.simulator.driver import OFFICIAL, Driver, Push, Receiver, Reply, account, wait_until

MODES = ["plain", "compatible", "safe"]
FORMATS = ["xml", "json"]
SORRY = "该公众号暂时无法提供服务，请稍后再试"


@pytest.fixture(params=[(mode, form) for mode in MODES for form in FORMATS], ids="-".join)
def talk(request: pytest.FixtureRequest, receiver: Receiver) -> Iterator[Driver]:
    mode, push_format = request.param
    with Driver([account("official", receiver.url, mode, push_format)]) as running:
        running.settings(push_timeout=0.3)
        yield running


def test_a_text_is_delivered_and_its_answer_shown_in_every_mode_and_format(talk: Driver, receiver: Receiver) -> None:
    ours = talk.platform.accounts[OFFICIAL]
    receiver.answer = answering(ours, MsgType="text", Content="收到：帮助 ]] & <>")
    talk.follow()
    talk.act("text", {"content": "帮助 ]]> & <b>"})
    message, answer = talk.settled()[-2:]
    assert (message["content"], message["state"]) == ("帮助 ]]> & <b>", "answered")
    assert (answer["by"], answer["content"]) == ("account", "收到：帮助 ]] & <>")
    fields = opened(ours, receiver.pushes[-1])
    assert fields["Content"] == "帮助 ]]> & <b>"
    assert fields["FromUserName"] == talk.openid()
    assert fields["ToUserName"] == ours.original_id


def test_a_push_carries_the_query_of_its_mode(talk: Driver, receiver: Receiver) -> None:
    ours = talk.platform.accounts[OFFICIAL]
    talk.follow()
    query = receiver.pushes[0].query
    assert query["signature"] == sign(ours.token, query["timestamp"], query["nonce"])
    assert query["openid"] == talk.openid()
    assert abs(int(query["timestamp"]) - time.time()) < 5
    if ours.mode == "plain":
        assert "msg_signature" not in query
        return
    encrypted = parsed(ours, receiver.pushes[0].body)["Encrypt"]
    assert query["encrypt_type"] == "aes"
    assert query["msg_signature"] == sign(ours.token, query["timestamp"], query["nonce"], encrypted)


def test_a_push_shows_only_what_its_mode_shows(talk: Driver, receiver: Receiver) -> None:
    ours = talk.platform.accounts[OFFICIAL]
    talk.follow()
    outer = set(parsed(ours, receiver.pushes[0].body))
    plain = {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey"}
    expected = {
        "plain": plain,
        "compatible": plain | {"Encrypt"},
        "safe": {"ToUserName", "Encrypt"},
    }
    assert outer == expected[ours.mode]


def test_numbers_are_numbers_in_json(receiver: Receiver) -> None:
    ours = account("official", receiver.url, "plain", "json")
    with Driver([ours]) as simulator:
        simulator.follow()
        simulator.act("location", {"latitude": 43.8, "longitude": 87.6, "label": "和平社区"})
        simulator.settled()
    fields = opened(ours, receiver.pushes[-1])
    assert isinstance(fields["CreateTime"], int)
    assert isinstance(fields["MsgId"], int)
    assert isinstance(fields["Location_X"], float)


def test_a_message_has_a_msgid_and_an_event_has_none(simulator: Driver, receiver: Receiver) -> None:
    ours = simulator.platform.accounts[OFFICIAL]
    simulator.follow()
    simulator.act("text", {"content": "一"})
    simulator.act("text", {"content": "二"})
    simulator.settled()
    event, *texts = [opened(ours, push) for push in receiver.pushes]
    assert "MsgId" not in event
    assert len({text["MsgId"] for text in texts}) == 2


@pytest.mark.parametrize("retries", [2, 3])
def test_a_server_that_is_too_slow_gets_the_same_message_again(
    simulator: Driver, receiver: Receiver, retries: int
) -> None:
    ours = simulator.platform.accounts[OFFICIAL]
    simulator.follow()
    simulator.settings(push_timeout=0.1, retries=retries)
    receiver.pushes.clear()
    receiver.answer = lambda _: Reply(delay=0.2)
    simulator.act("text", {"content": "有人吗"})
    message, notice = simulator.settled()[-2:]
    assert len(receiver.pushes) == retries + 1
    contents = [opened(ours, push) for push in receiver.pushes]
    assert len({(one["MsgId"], one["CreateTime"]) for one in contents}) == 1
    assert len({push.query["nonce"] for push in receiver.pushes}) == retries + 1
    assert len({push.body for push in receiver.pushes}) == retries + 1
    assert (notice["by"], notice["text"]) == ("platform", SORRY)
    assert message["state"] == "failed"


@pytest.mark.parametrize("status", [500, 403, 302, 204])
def test_any_status_but_200_is_no_answer(simulator: Driver, receiver: Receiver, status: int) -> None:
    simulator.follow()
    simulator.settings(push_timeout=2)  # none is waited for, and a busy machine is no answer either
    receiver.pushes.clear()
    receiver.answer = lambda _: Reply(b"", status)
    simulator.act("text", {"content": "有人吗"})
    assert simulator.settled()[-1]["text"] == SORRY
    assert len(receiver.pushes) == 3


def test_a_server_that_comes_back_in_time_answers_the_repetition(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    answers = iter([Reply(b"", 502), Reply(b"success")])
    receiver.answer = lambda _: next(answers)
    simulator.act("text", {"content": "有人吗"})
    messages = simulator.settled()
    assert messages[-1]["state"] == "answered"
    assert all(one["by"] == "person" for one in messages)


def test_a_server_that_is_away_fails_the_message(receiver: Receiver) -> None:
    gone = account("official", "http://127.0.0.1:1/wechat")
    with Driver([gone]) as simulator:
        simulator.settings(push_timeout=0.05)
        simulator.follow()
        assert simulator.messages()[-1]["text"] == SORRY


def test_repetitions_start_one_time_out_apart(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    moments: list[float] = []

    def refuse(_: Push) -> Reply:
        moments.append(time.monotonic())
        return Reply(b"", 500)

    receiver.answer = refuse
    simulator.act("text", {"content": "有人吗"})
    simulator.settled()
    assert all(0.25 < later - earlier < 2 for earlier, later in pairwise(moments))


def test_events_nobody_waits_for_show_no_failure(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    simulator.settings(push_timeout=0.05)
    receiver.answer = lambda _: Reply(b"", 500)
    simulator.act("unfollow")
    messages = simulator.settled()
    assert messages[-1]["state"] == "failed"
    assert all(one["kind"] == "event" for one in messages)


def test_copies_arrive_at_the_same_moment_with_the_same_msgid(simulator: Driver, receiver: Receiver) -> None:
    ours = simulator.platform.accounts[OFFICIAL]
    simulator.settings(push_timeout=5)
    all_there = threading.Barrier(8, timeout=4)

    def answer_when_all_are_there(_: Push) -> Reply:
        all_there.wait()
        return Reply()

    receiver.answer = answer_when_all_are_there
    attempts = simulator.push(pid="p1", fields={"MsgType": "text", "Content": "同一条"}, copies=8)
    assert [one["status"] for one in attempts] == [200] * 8
    assert len({opened(ours, push)["MsgId"] for push in receiver.pushes}) == 1


def test_copies_show_their_answer_once(simulator: Driver, receiver: Receiver) -> None:
    receiver.answer = answering(simulator.platform.accounts[OFFICIAL], MsgType="text", Content="好")
    simulator.push(pid="p1", fields={"MsgType": "text", "Content": "同一条"}, copies=4)
    assert [one["content"] for one in simulator.messages()] == ["好"]


def test_the_test_push_returns_each_attempt_opened(simulator: Driver, receiver: Receiver) -> None:
    simulator.settings(push_timeout=2)  # none is waited for, and a busy machine is no answer either
    ours = simulator.platform.accounts[OFFICIAL]
    good = answering(ours, MsgType="text", Content="好的")
    replies = Counter[str]()

    def answer(push: Push) -> Reply:
        replies["n"] += 1
        return Reply(b"", 500) if replies["n"] == 1 else good(push)

    receiver.answer = answer
    first, second = simulator.push(pid="p1", fields={"MsgType": "text", "Content": "问"})
    assert (first["status"], second["status"]) == (500, 200)
    assert "Encrypt" in second["raw"]
    assert "好的" in second["plain"]


def test_a_wrong_signature_can_be_sent(simulator: Driver, receiver: Receiver) -> None:
    ours = simulator.platform.accounts[OFFICIAL]
    simulator.push(pid="p1", fields={"MsgType": "text", "Content": "假"}, tamper="signature")
    query = receiver.pushes[-1].query
    encrypted = parsed(ours, receiver.pushes[-1].body)["Encrypt"]
    assert query["signature"] != sign(ours.token, query["timestamp"], query["nonce"])
    assert query["msg_signature"] != sign(ours.token, query["timestamp"], query["nonce"], encrypted)


def test_a_push_for_another_app_id_can_be_sent(simulator: Driver, receiver: Receiver) -> None:
    from wechatpy.exceptions import InvalidAppIdException

    simulator.push(pid="p1", fields={"MsgType": "text", "Content": "假"}, tamper="appid")
    with pytest.raises(InvalidAppIdException):
        opened(simulator.platform.accounts[OFFICIAL], receiver.pushes[-1])


def test_a_stale_push_is_rightly_signed_but_an_hour_old(simulator: Driver, receiver: Receiver) -> None:
    simulator.push(pid="p1", fields={"MsgType": "text", "Content": "旧"}, tamper="stale")
    push = receiver.pushes[-1]
    assert time.time() - int(push.query["timestamp"]) == pytest.approx(3600, abs=5)
    assert opened(simulator.platform.accounts[OFFICIAL], push)["Content"] == "旧"


def test_a_forgery_is_sent_once_and_changes_nothing(simulator: Driver, receiver: Receiver) -> None:
    receiver.answer = lambda _: Reply(b"", 403)
    simulator.push(pid="p1", fields={"MsgType": "text", "Content": "假"}, tamper="signature")
    assert len(receiver.pushes) == 1
    assert simulator.messages() == []
    assert simulator.send_text(simulator.openid()).errcode == 45015


@pytest.mark.parametrize(
    "order",
    [
        {"fields": {}},
        {"fields": {"MsgType": "text", "no name": 1}},
        {"fields": {"MsgType": "text", "Deep": {"<x>": 1}}},
        {"fields": {"MsgType": "text"}, "copies": 9},
        {"fields": {"MsgType": "text"}, "copies": 0},
        {"fields": {"MsgType": "text"}, "tamper": "other"},
        {"fields": {"MsgType": "text"}, "tamper": ["stale"]},
        {"fields": {"MsgType": "text"}, "pid": "nobody"},
        {"fields": {"MsgType": "text"}, "pid": ["p1"]},
        {"fields": {"MsgType": "text"}, "app_id": "wxnone"},
    ],
)
def test_a_push_that_cannot_be_is_refused_with_a_sentence(
    simulator: Driver, receiver: Receiver, order: dict[str, object]
) -> None:
    result = simulator.post("/simulator/push", {"app_id": OFFICIAL} | order)
    assert result.status in {400, 404}
    assert result.data["detail"].endswith("。")
    assert receiver.pushes == []


@pytest.mark.parametrize(
    ("entries", "in_json"),
    [
        ([{"TemplateId": "a"}], {"TemplateId": "a"}),
        ([{"TemplateId": "a"}, {"TemplateId": "b"}], [{"TemplateId": "a"}, {"TemplateId": "b"}]),
    ],
)
def test_subscribe_events_carry_their_list_at_the_top_in_json(
    receiver: Receiver, entries: list[dict[str, str]], in_json: object
) -> None:
    fields = {
        "MsgType": "event",
        "Event": "subscribe_msg_popup_event",
        "SubscribeMsgPopupEvent": {"List": entries},
    }
    ours = account("official", receiver.url, "plain", "json")
    with Driver([ours]) as simulator:
        simulator.push(pid="p1", fields=fields)
    pushed = opened(ours, receiver.pushes[-1])
    assert pushed["List"] == in_json
    assert "SubscribeMsgPopupEvent" not in pushed


def test_subscribe_events_repeat_their_list_in_xml(simulator: Driver, receiver: Receiver) -> None:
    entries = [{"TemplateId": "a"}, {"TemplateId": "b"}]
    fields = {
        "MsgType": "event",
        "Event": "subscribe_msg_sent_event",
        "SubscribeMsgSentEvent": {"List": entries},
    }
    simulator.push(pid="p1", fields=fields)
    pushed = opened(simulator.platform.accounts[OFFICIAL], receiver.pushes[-1])
    assert pushed["SubscribeMsgSentEvent"]["List"] == entries


def test_an_event_of_the_platform_itself_comes_from_no_person(simulator: Driver, receiver: Receiver) -> None:
    openid = simulator.openid()
    fields = {"MsgType": "event", "Event": "user_authorization_revoke", "OpenID": openid, "RevokeInfo": "8"}
    simulator.push(pid=None, fields=fields)
    pushed = opened(simulator.platform.accounts[OFFICIAL], receiver.pushes[-1])
    assert pushed["OpenID"] == openid
    assert pushed["FromUserName"] != openid


def test_the_url_verification_accepts_only_the_echo_itself(simulator: Driver, receiver: Receiver) -> None:
    path = f"/simulator/accounts/{OFFICIAL}/verify"
    receiver.answer = lambda push: Reply(push.query["echostr"].encode())
    assert simulator.post(path).data["ok"] is True
    query = receiver.pushes[-1].query
    assert query["signature"] == sign("tokenOfOurs", query["timestamp"], query["nonce"])
    receiver.answer = lambda push: Reply(push.query["echostr"].encode() + b"\n")
    assert simulator.post(path).data["ok"] is False
    receiver.answer = lambda push: Reply(push.query["echostr"].encode(), 403)
    assert simulator.post(path).data == {"ok": False, "status": 403, "body": receiver.pushes[-1].query["echostr"]}


def test_a_moved_clock_moves_createtime_but_not_the_signature(simulator: Driver, receiver: Receiver) -> None:
    simulator.advance(86_400)
    simulator.follow()
    pushed = opened(simulator.platform.accounts[OFFICIAL], receiver.pushes[-1])
    assert int(pushed["CreateTime"]) - time.time() == pytest.approx(86_400, abs=5)
    assert int(receiver.pushes[-1].query["timestamp"]) == pytest.approx(time.time(), abs=5)


def test_characters_that_xml_cannot_hold_are_left_out(simulator: Driver, receiver: Receiver) -> None:
    simulator.follow()
    simulator.act("text", {"content": "a\x00b\x0bc"})
    wait_until(lambda: len(receiver.pushes) == 2)
    simulator.settled()
    assert opened(simulator.platform.accounts[OFFICIAL], receiver.pushes[-1])["Content"] == "abc"
