"""Template messages: who gets them, what may stand in them, repetitions, and the result that comes later."""

from pathlib import Path
from typing import Any

import pytest

from simulator.state.library import ONCE_TEMPLATE
from simulator.state.templates import template_id
from simulator.storage import Storage
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver, Receiver, Result, account, wait_until
from tests.simulator.results import event, events, restarted

SEND = "/cgi-bin/message/template/send"
ACTIVITY = template_id("tm-activity-result")
DATA = {
    "thing1": {"value": "包粽子迎端午"},
    "phrase2": {"value": "报名成功"},
    "time3": {"value": "2026年6月18日 14:30"},
    "thing4": {"value": "和平社区活动室"},
}
FINISHED = "TEMPLATESENDJOBFINISH"


@pytest.fixture
def followed(simulator: Driver) -> Driver:
    simulator.follow()
    simulator.settings(result_seconds=0)
    return simulator


def send(simulator: Driver, **changes: Any) -> Result:
    message = {"touser": simulator.openid(), "template_id": ACTIVITY, "data": DATA}
    return simulator.call(SEND, message | changes)


def cards(simulator: Driver) -> list[dict[str, Any]]:
    return [one for one in simulator.messages() if one["kind"] == "template"]


def test_a_follower_sees_the_rows_of_the_template(followed: Driver) -> None:
    answer = send(followed, url="https://example.com/a").data
    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
    assert answer["msgid"] > 2**53
    card = cards(followed)[-1]
    assert card["title"] == "活动报名结果通知"
    assert card["rows"][0] == {"label": "活动名称", "value": "包粽子迎端午"}
    assert (card["url"], card["miniprogram"], card["template_id"]) == ("https://example.com/a", None, ACTIVITY)
    assert card["by"] == "account"


def test_the_result_comes_later_with_the_msgid_of_the_answer(followed: Driver, receiver: Receiver) -> None:
    msgid = send(followed).data["msgid"]
    result = event(followed, receiver, FINISHED)
    assert (result["MsgID"], result["Status"]) == (str(msgid), "success")
    assert result["FromUserName"] == followed.openid()


def test_no_result_comes_when_the_setting_says_never(followed: Driver, receiver: Receiver) -> None:
    followed.settings(result_seconds=None)
    assert send(followed).errcode == 0
    followed.settings(result_seconds=0)
    msgid = send(followed).data["msgid"]
    assert event(followed, receiver, FINISHED)["MsgID"] == str(msgid)


def test_a_linked_miniprogram_is_opened_by_the_card(followed: Driver) -> None:
    send(followed, miniprogram={"appid": MINIPROGRAM, "pagepath": "pages/a?id=1"})
    expected = {"appid": MINIPROGRAM, "pagepath": "pages/a?id=1", "name": "春风邻里"}
    assert cards(followed)[-1]["miniprogram"] == expected


@pytest.mark.parametrize("program", [{"appid": "wx9999"}, {"appid": OFFICIAL}, {"pagepath": "pages/a"}, "wx1", [1]])
def test_a_miniprogram_that_is_not_linked_is_refused(followed: Driver, program: Any) -> None:
    assert send(followed, miniprogram=program).errcode == 40013


def test_an_unknown_openid_is_refused(followed: Driver) -> None:
    assert send(followed, touser="o" * 28).errcode == 40003
    assert send(followed, touser=5).errcode == 40003


@pytest.mark.parametrize("identity", ["", "no-such-template", ONCE_TEMPLATE, 7, None])
def test_an_unknown_template_is_refused(followed: Driver, identity: Any) -> None:
    assert send(followed, template_id=identity).errcode == 40037


def test_templates_of_subscription_messages_are_no_templates_here(followed: Driver) -> None:
    assert send(followed, template_id=template_id("so-activity-result")).errcode == 40037


def test_who_does_not_follow_cannot_be_reached(simulator: Driver) -> None:
    assert send(simulator).errcode == 43004


def test_who_is_on_the_blacklist_cannot_be_reached(followed: Driver) -> None:
    answer = followed.call("/cgi-bin/tags/members/batchblacklist", {"openid_list": [followed.openid()]})
    assert answer.errcode == 0
    assert send(followed).errcode == 43019


@pytest.mark.parametrize("address", ["ftp://example.com", "example.com", "javascript:alert(1)"])
def test_an_address_must_be_of_the_web(followed: Driver, address: str) -> None:
    assert send(followed, url=address).errcode == 40039


@pytest.mark.parametrize("field", ["url", "client_msg_id"])
def test_a_text_of_another_type_is_a_format_error(followed: Driver, field: str) -> None:
    assert send(followed, **{field: 5}).errcode == 47001


@pytest.mark.parametrize(
    ("key", "value"),
    [("phrase2", "处理中了哦哦"), ("phrase2", ""), ("thing1", "长" * 21), ("time3", "明天"), ("thing4", "两\n行")],
)
def test_a_value_against_its_rule_is_named_in_the_error(followed: Driver, key: str, value: str) -> None:
    answer = send(followed, data=DATA | {key: {"value": value}}).data
    assert answer["errcode"] == 47003
    assert answer["errmsg"].startswith(f"argument invalid! data.{key}.value invalid rid: ")


@pytest.mark.parametrize("data", [{}, None, "text", [], DATA | {"thing4": "text"}, DATA | {"thing4": {"value": 5}}])
def test_missing_and_misshapen_values_are_invalid(followed: Driver, data: Any) -> None:
    assert send(followed, data=data).errcode == 47003


def test_first_remark_and_other_keys_are_dropped_silently(followed: Driver) -> None:
    more = {"first": {"value": "您好"}, "remark": {"value": "谢谢", "color": "#ff0000"}, "thing9": {"value": ""}}
    assert send(followed, data=DATA | more).errcode == 0
    assert [row["label"] for row in cards(followed)[-1]["rows"]] == ["活动名称", "报名结果", "活动时间", "活动地点"]


def test_exactly_twenty_characters_fit(followed: Driver) -> None:
    assert send(followed, data=DATA | {"thing1": {"value": "😀" * 20}}).errcode == 0
    assert send(followed, data=DATA | {"thing1": {"value": "😀" * 21}}).errcode == 47003


def test_advertising_is_refused(followed: Driver) -> None:
    assert send(followed, data=DATA | {"thing1": {"value": "限时抢购"}}).errcode == 40249


def test_a_repeated_client_msg_id_is_delivered_once(followed: Driver, receiver: Receiver) -> None:
    first, again = (send(followed, client_msg_id="a-1").data for _ in range(2))
    assert again == first
    assert len(cards(followed)) == 1
    send(followed, client_msg_id="a-2")
    event(followed, receiver, FINISHED, nth=2)
    assert len(events(followed, receiver, FINISHED)) == 2


def test_a_client_msg_id_is_remembered_per_person(followed: Driver) -> None:
    followed.follow("p2")
    send(followed, client_msg_id="a-1")
    send(followed, client_msg_id="a-1", touser=followed.openid("p2"))
    assert [one["kind"] for one in followed.messages("p2")].count("template") == 1


def test_a_client_msg_id_is_forgotten_after_ten_minutes(followed: Driver) -> None:
    first = send(followed, client_msg_id="a-1").data["msgid"]
    followed.advance(598)
    assert send(followed, client_msg_id="a-1").data["msgid"] == first
    followed.advance(3)
    assert send(followed, client_msg_id="a-1").data["msgid"] != first
    assert len(cards(followed)) == 2


def test_a_repetition_can_answer_another_msgid_and_still_delivers_nothing(followed: Driver) -> None:
    followed.settings(template_repeat="new")
    first, again = (send(followed, client_msg_id="a-1").data for _ in range(2))
    assert first["errcode"] == again["errcode"] == 0
    assert first["msgid"] != again["msgid"]
    assert len(cards(followed)) == 1


def test_a_refused_message_uses_up_no_client_msg_id(followed: Driver) -> None:
    assert send(followed, client_msg_id="a-1", data={}).errcode == 47003
    assert send(followed, client_msg_id="a-1").errcode == 0
    assert len(cards(followed)) == 1


def test_who_switched_messages_off_gets_none_and_the_result_says_so(followed: Driver, receiver: Receiver) -> None:
    assert followed.act("block", {"on": True}).status == 202
    assert followed.chat()["blocked"] is True
    assert send(followed).errcode == 0
    assert event(followed, receiver, FINISHED)["Status"] == "failed:user block"
    assert cards(followed) == []
    followed.act("block", {"on": False})
    send(followed)
    assert len(cards(followed)) == 1


def test_the_system_can_fail(followed: Driver, receiver: Receiver) -> None:
    followed.settings(template_failures=1)
    send(followed)
    assert event(followed, receiver, FINISHED)["Status"] == "failed: system failed"
    assert cards(followed) == []


def test_an_intercepted_message_is_listed(followed: Driver, receiver: Receiver) -> None:
    msgid = send(followed, data=DATA | {"thing1": {"value": "拦截词"}}).data["msgid"]
    assert event(followed, receiver, FINISHED)["Status"] == "failed: system failed"
    query = {"tmpl_msg_id": str(msgid), "largest_id": 0, "limit": 100}
    (found,) = followed.call("/wxa/sec/queryblocktmplmsg", query).data["msginfo"]
    assert (found["tmpl_msg_id"], found["openid"], found["title"]) == (
        str(msgid),
        followed.openid(),
        "活动报名结果通知",
    )
    assert "活动名称：拦截词" in found["content"]
    assert followed.call("/wxa/sec/queryblocktmplmsg", query | {"largest_id": found["id"]}).data["msginfo"] == []
    assert followed.call("/wxa/sec/queryblocktmplmsg", query | {"tmpl_msg_id": "1"}).data["msginfo"] == []


@pytest.mark.parametrize("limit", [0, 101, "5", None])
def test_a_page_of_intercepted_messages_has_its_limit(followed: Driver, limit: Any) -> None:
    query = {"tmpl_msg_id": "1", "largest_id": 0, "limit": limit}
    assert followed.call("/wxa/sec/queryblocktmplmsg", query).errcode == 40097


def test_a_day_has_a_hundred_thousand(followed: Driver) -> None:
    followed.platform.world.desks[OFFICIAL].limits[SEND] = 2
    assert [send(followed).errcode for _ in range(3)] == [0, 0, 45009]
    followed.advance(86_400)
    assert send(followed).errcode == 0


def test_a_miniprogram_has_no_template_messages(simulator: Driver) -> None:
    assert simulator.call(SEND, {}, MINIPROGRAM).errcode == 48001


def test_a_restart_forgets_no_client_msg_id_and_no_result(receiver: Receiver, tmp_path: Path) -> None:
    accounts, storage = [account("official", receiver.url)], Storage(tmp_path)
    with Driver(accounts, storage) as simulator:
        simulator.follow()
        simulator.settings(result_seconds=60)
        first = send(simulator, client_msg_id="a-1").data["msgid"]
    with restarted(accounts, storage) as simulator:
        assert send(simulator, client_msg_id="a-1").data["msgid"] == first
        assert len(cards(simulator)) == 1
        simulator.advance(61)
        assert event(simulator, receiver, FINISHED)["MsgID"] == str(first)


# --- the legacy one-time subscription ---


def once(simulator: Driver, **changes: Any) -> Result:
    message = {
        "touser": simulator.openid(),
        "template_id": ONCE_TEMPLATE,
        "scene": "1000",
        "title": "报名结果",
        "url": "https://example.com/a",
        "data": {"content": {"value": "您已报名成功", "color": "#ff0000"}},
    }
    return simulator.call("/cgi-bin/message/template/subscribe", message | changes)


def test_a_one_time_subscription_allows_one_message_even_without_following(simulator: Driver) -> None:
    assert once(simulator).errcode == 43101
    body = {"template_ids": [ONCE_TEMPLATE], "answers": {ONCE_TEMPLATE: "accept"}}
    assert simulator.act("subscribe", body).status == 202
    assert once(simulator).errcode == 0
    (card,) = cards(simulator)
    assert (card["title"], card["rows"][0]["value"], card["service_notice"]) == ("报名结果", "您已报名成功", True)
    assert once(simulator).errcode == 43101


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"touser": "nobody"}, 40003),
        ({"template_id": ACTIVITY}, 40037),
        ({"data": {}}, 47003),
        ({"title": ""}, 47003),
        ({"title": "十六个字十六个字十六个字十六个字"}, 45002),
        ({"data": {"content": {"value": "长" * 201}}}, 45002),
        ({"url": "x"}, 40039),
        ({"miniprogram": {"appid": "x"}}, 40013),
        ({"title": 5}, 47001),
    ],
)
def test_a_one_time_message_is_checked(simulator: Driver, changes: dict[str, Any], errcode: int) -> None:
    simulator.act("subscribe", {"template_ids": [ONCE_TEMPLATE], "answers": {ONCE_TEMPLATE: "accept"}})
    assert once(simulator, **changes).errcode == errcode
    wait_until(lambda: once(simulator, title="十五个字十五个字十五个字十五个").errcode == 0)


# --- nothing that arrives breaks it ---

ODD: list[Any] = [None, True, 0, -1, 1.5, "", "x", [], [None], {}, {"value": []}, {"": {}}, 10**30]


@pytest.mark.parametrize("path", [SEND, "/cgi-bin/message/template/subscribe", "/wxa/sec/queryblocktmplmsg"])
def test_odd_input_is_answered_with_an_errcode(followed: Driver, path: str) -> None:
    fields = ["touser", "template_id", "url", "miniprogram", "data", "client_msg_id", "scene", "title", "limit"]
    good = {"touser": followed.openid(), "template_id": ACTIVITY, "data": DATA, "title": "标题", "limit": 5}
    for field in fields:
        for odd in ODD:
            answer = followed.call(path, good | {field: odd})
            assert answer.status == 200
            assert isinstance(answer.errcode, int)
