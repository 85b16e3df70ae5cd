"""Subscription messages: the consent of a person, what it allows, and the events that tell of it."""

from pathlib import Path
from typing import Any

import pytest

from simulator.rules.words import SENSITIVE
from simulator.state.templates import template_id
from simulator.storage import Storage
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, Driver, Receiver, Result, account
from tests.simulator.results import event, events, restarted

SEND = "/cgi-bin/message/subscribe/send"
BIZSEND = "/cgi-bin/message/subscribe/bizsend"
CASE = template_id("mp-case-progress")
ACTIVITY = template_id("mp-activity-result")
OUTAGE = template_id("mp-outage-notice")  # long-term
OFFICIAL_CASE = template_id("so-case-progress")
DATA = {
    "thing1": {"value": "居住证明"},
    "phrase2": {"value": "已受理"},
    "character_string3": {"value": "SQ20260618-0007"},
    "time4": {"value": "2026-06-18 09:30"},
}
OUTAGE_DATA = {
    "enum1": {"value": "停水"},
    "thing2": {"value": "团结小区"},
    "time3": {"value": "08:00~12:00"},
    "thing4": {"value": "管网检修"},
}
SENT, POPUP, CHANGE = "subscribe_msg_sent_event", "subscribe_msg_popup_event", "subscribe_msg_change_event"


def ask(simulator: Driver, answers: dict[str, str] | None = None, app_id: str = MINIPROGRAM, **more: Any) -> Result:
    body: dict[str, Any] = {"template_ids": list(answers or {CASE: ""}), **more}
    return simulator.act("subscribe", body | ({"answers": answers} if answers else {}), app_id=app_id)


def accept(simulator: Driver, *ids: str, app_id: str = MINIPROGRAM, **more: Any) -> None:
    assert ask(simulator, dict.fromkeys(ids, "accept"), app_id, **more).status == 202


def send(simulator: Driver, **changes: Any) -> Result:
    message = {"touser": simulator.openid(app_id=MINIPROGRAM), "template_id": CASE, "data": DATA}
    return simulator.call(SEND, message | changes, MINIPROGRAM)


def bizsend(simulator: Driver, **changes: Any) -> Result:
    message = {"touser": simulator.openid(), "template_id": OFFICIAL_CASE, "data": DATA}
    return simulator.call(BIZSEND, message | changes)


def standing(simulator: Driver, identity: str = CASE, app_id: str = MINIPROGRAM) -> dict[str, Any]:
    items = simulator.get(f"/simulator/people/p1/chats/{app_id}/subscriptions").data["items"]
    return next(dict(item) for item in items if item["template_id"] == identity)


# --- consent and what it allows ---


def test_without_consent_nothing_is_sent(simulator: Driver) -> None:
    assert send(simulator).errcode == 43101


def test_each_consent_allows_one_message(simulator: Driver) -> None:
    accept(simulator, CASE)
    accept(simulator, CASE)
    assert standing(simulator)["credits"] == 2
    assert [send(simulator).errcode for _ in range(3)] == [0, 0, 43101]
    assert standing(simulator)["credits"] == 0


def test_a_consent_holds_for_its_template_only(simulator: Driver) -> None:
    accept(simulator, ACTIVITY)
    assert send(simulator).errcode == 43101


def test_a_long_term_consent_allows_many_messages(simulator: Driver) -> None:
    accept(simulator, OUTAGE)
    answers = [send(simulator, template_id=OUTAGE, data=OUTAGE_DATA).errcode for _ in range(5)]
    assert answers == [0] * 5
    assert standing(simulator, OUTAGE)["credits"] == 1


def test_a_rejection_allows_nothing_and_takes_nothing(simulator: Driver) -> None:
    assert ask(simulator, {CASE: "reject"}).data["results"] == {CASE: "reject"}
    assert send(simulator).errcode == 43101
    accept(simulator, CASE)
    ask(simulator, {CASE: "reject"})
    assert send(simulator).errcode == 0


def test_a_failed_send_costs_no_credit(simulator: Driver) -> None:
    accept(simulator, CASE)
    assert send(simulator, data={}).errcode == 47003
    assert send(simulator, page="http://x").errcode == 41030
    assert send(simulator).errcode == 0


def test_the_message_stands_under_service_notices(simulator: Driver) -> None:
    accept(simulator, CASE)
    assert send(simulator, page="pages/case?id=7").errcode == 0
    message = simulator.messages(app_id=MINIPROGRAM)[-1]
    assert (message["kind"], message["service_notice"], message["page"]) == ("subscribe", True, "pages/case?id=7")
    assert message["rows"][1] == {"label": "办理状态", "value": "已受理"}
    assert message["miniprogram"] == {"appid": MINIPROGRAM, "pagepath": "pages/case?id=7", "name": "春风邻里"}


# --- what is checked ---


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"touser": "o" * 28}, 40003),
        ({"touser": None}, 40003),
        ({"template_id": "x"}, 40037),
        ({"template_id": OFFICIAL_CASE}, 40037),
        ({"page": "http://example.com"}, 41030),
        ({"page": "https://example.com"}, 41030),
        ({"page": "?id=1"}, 41030),
        ({"page": "/"}, 41030),
        ({"page": 5}, 47001),
        ({"miniprogram_state": "release"}, 40097),
        ({"miniprogram_state": []}, 47001),
        ({"lang": "fr_FR"}, 40097),
        ({"data": DATA | {"phrase2": {"value": "处理中了哦哦"}}}, 47003),
        ({"data": DATA | {"thing1": {"value": SENSITIVE[0]}}}, 45168),
    ],
)
def test_a_message_is_checked(simulator: Driver, changes: dict[str, Any], errcode: int) -> None:
    accept(simulator, CASE)
    assert send(simulator, **changes).errcode == errcode


@pytest.mark.parametrize("state", ["developer", "trial", "formal"])
@pytest.mark.parametrize("lang", ["zh_CN", "zh_HK", "zh_TW", "en_US"])
def test_known_states_and_languages_pass(simulator: Driver, state: str, lang: str) -> None:
    accept(simulator, CASE)
    assert send(simulator, miniprogram_state=state, lang=lang).errcode == 0


def test_an_enum_must_be_one_of_its_values(simulator: Driver) -> None:
    accept(simulator, OUTAGE)
    answer = send(simulator, template_id=OUTAGE, data=OUTAGE_DATA | {"enum1": {"value": "停网"}}).data
    assert answer["errmsg"].startswith("argument invalid! data.enum1.value invalid")


def test_the_ability_can_be_banned(simulator: Driver) -> None:
    accept(simulator, CASE)
    simulator.settings(subscribe_banned=True)
    assert send(simulator).errcode == 43107


def test_two_messages_at_once_can_be_refused(simulator: Driver) -> None:
    accept(simulator, CASE)
    accept(simulator, CASE)
    simulator.settings(concurrent_sends_refused=2)
    assert [send(simulator).errcode for _ in range(2)] == [0, 43108]
    simulator.advance(2)
    assert send(simulator).errcode == 0


# --- official accounts ---


def test_a_follower_gets_the_notice_in_the_conversation(simulator: Driver) -> None:
    simulator.follow()
    accept(simulator, OFFICIAL_CASE, app_id=OFFICIAL)
    program = {"appid": MINIPROGRAM, "pagepath": "pages/a"}
    assert bizsend(simulator, page="https://example.com/a", miniprogram=program).errcode == 0
    message = simulator.messages()[-1]
    assert (message["kind"], message["service_notice"]) == ("subscribe", False)
    assert (message["page"], message["miniprogram"]["name"]) == ("https://example.com/a", "春风邻里")


def test_somebody_who_does_not_follow_gets_it_under_service_notices(simulator: Driver) -> None:
    accept(simulator, OFFICIAL_CASE, app_id=OFFICIAL)
    assert bizsend(simulator).errcode == 0
    assert simulator.messages()[-1]["service_notice"] is True
    assert bizsend(simulator).errcode == 43101


def test_a_notice_opens_only_linked_miniprograms(simulator: Driver) -> None:
    assert bizsend(simulator, miniprogram={"appid": "wx0"}).errcode == 40013


def test_each_kind_of_account_has_its_own_interface(simulator: Driver) -> None:
    assert simulator.call(SEND, {}, OFFICIAL).errcode == 48001
    assert simulator.call(BIZSEND, {}, MINIPROGRAM).errcode == 48001


# --- the result ---


def test_the_result_comes_later_in_json_with_the_list_at_the_top(simulator: Driver, receiver: Receiver) -> None:
    simulator.settings(result_seconds=0)
    accept(simulator, CASE)
    msgid = send(simulator).data["msgid"]
    result = event(simulator, receiver, SENT, MINIPROGRAM)
    assert result["FromUserName"] == simulator.openid(app_id=MINIPROGRAM)
    assert result["List"] == {"TemplateId": CASE, "MsgID": str(msgid), "ErrorCode": "0", "ErrorStatus": "success"}


def test_the_result_of_an_official_account_comes_in_xml(simulator: Driver, receiver: Receiver) -> None:
    simulator.settings(result_seconds=0)
    accept(simulator, OFFICIAL_CASE, app_id=OFFICIAL)
    msgid = bizsend(simulator).data["msgid"]
    entry = event(simulator, receiver, SENT)["SubscribeMsgSentEvent"]["List"]
    assert (entry["MsgID"], entry["ErrorStatus"]) == (str(msgid), "success")


def test_the_system_can_fail(simulator: Driver, receiver: Receiver) -> None:
    simulator.settings(result_seconds=0, subscribe_failures=1)
    accept(simulator, CASE)
    assert send(simulator).errcode == 0
    assert event(simulator, receiver, SENT, MINIPROGRAM)["List"]["ErrorStatus"] == "system error"
    assert simulator.messages(app_id=MINIPROGRAM)[-1]["kind"] != "subscribe"


# --- the pop-up ---


def test_a_popup_is_told_to_the_server(simulator: Driver, receiver: Receiver) -> None:
    answer = ask(simulator, {CASE: "accept"}).data
    assert (answer["results"], answer["silent"]) == ({CASE: "accept"}, False)
    told = event(simulator, receiver, POPUP, MINIPROGRAM)
    assert told["List"] == {"TemplateId": CASE, "SubscribeStatusString": "accept", "PopupScene": "0"}


def test_several_answers_are_told_together(simulator: Driver, receiver: Receiver) -> None:
    ask(simulator, {CASE: "accept", ACTIVITY: "reject"}, scene=2)
    told = event(simulator, receiver, POPUP, MINIPROGRAM)["List"]
    assert [(one["TemplateId"], one["SubscribeStatusString"], one["PopupScene"]) for one in told] == [
        (CASE, "accept", "2"),
        (ACTIVITY, "reject", "2"),
    ]


def test_the_list_repeats_in_xml(simulator: Driver, receiver: Receiver) -> None:
    other = template_id("so-issue-result")
    ask(simulator, {OFFICIAL_CASE: "accept", other: "accept"}, OFFICIAL)
    entries = event(simulator, receiver, POPUP)["SubscribeMsgPopupEvent"]["List"]
    assert [one["TemplateId"] for one in entries] == [OFFICIAL_CASE, other]
    assert entries[0]["PopupScene"] == "1"


def test_somebody_who_was_never_asked_must_be_asked(simulator: Driver) -> None:
    answer = simulator.act("subscribe", {"template_ids": [CASE, ACTIVITY]}, app_id=MINIPROGRAM)
    assert (answer.status, answer.data["ask"]) == (409, [CASE, ACTIVITY])
    assert standing(simulator)["credits"] == 0


def test_a_kept_choice_answers_silently_and_counts(simulator: Driver, receiver: Receiver) -> None:
    accept(simulator, CASE, keep=True)
    event(simulator, receiver, POPUP, MINIPROGRAM)
    answer = ask(simulator)
    assert (answer.status, answer.data["results"], answer.data["silent"]) == (202, {CASE: "accept"}, True)
    assert (standing(simulator)["credits"], standing(simulator)["kept"]) == (2, "accept")
    assert len(events(simulator, receiver, POPUP, MINIPROGRAM)) == 1


def test_a_kept_rejection_answers_silently(simulator: Driver) -> None:
    ask(simulator, {CASE: "reject"}, keep=True)
    assert ask(simulator).data["results"] == {CASE: "reject"}
    assert send(simulator).errcode == 43101


def test_a_silent_acceptance_can_count_for_nothing_and_can_be_told(simulator: Driver, receiver: Receiver) -> None:
    simulator.settings(silent_accept_counts=False, silent_accept_pushes=True)
    accept(simulator, CASE, keep=True)
    ask(simulator)
    assert standing(simulator)["credits"] == 1
    event(simulator, receiver, POPUP, MINIPROGRAM, nth=2)


def test_only_those_without_a_kept_choice_are_asked(simulator: Driver) -> None:
    accept(simulator, CASE, keep=True)
    answer = simulator.act("subscribe", {"template_ids": [CASE, ACTIVITY]}, app_id=MINIPROGRAM)
    assert answer.data["ask"] == [ACTIVITY]
    body = {"template_ids": [CASE, ACTIVITY], "answers": {ACTIVITY: "accept"}}
    answer = simulator.act("subscribe", body, app_id=MINIPROGRAM)
    assert (answer.data["results"], answer.data["silent"]) == ({CASE: "accept", ACTIVITY: "accept"}, False)


def test_of_equal_titles_only_the_first_is_asked_for(simulator: Driver) -> None:
    added = simulator.call(
        "/wxaapi/newtmpl/addtemplate", {"tid": "30102", "kidList": [1, 5], "sceneDesc": ""}, MINIPROGRAM
    ).data["priTmplId"]
    assert ask(simulator, {CASE: "accept", added: "accept"}).data["results"] == {CASE: "accept", added: "filter"}
    assert standing(simulator, added)["credits"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"template_ids": []}, 400),
        ({"template_ids": "x"}, 400),
        ({"template_ids": [CASE] * 6}, 400),
        ({"template_ids": ["x"]}, 404),
        ({"template_ids": [None]}, 404),
        ({"template_ids": [OFFICIAL_CASE]}, 404),
        ({"template_ids": [CASE, OUTAGE]}, 400),
        ({"template_ids": [CASE], "answers": {CASE: "yes"}}, 400),
        ({"template_ids": [CASE], "answers": {CASE: []}}, 400),
        ({"template_ids": [CASE], "answers": {CASE: "accept"}, "scene": 3}, 400),
        ({"template_ids": [CASE], "answers": {CASE: "accept"}, "scene": "0"}, 400),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(simulator: Driver, body: dict[str, Any], status: int) -> None:
    answer = simulator.act("subscribe", body, app_id=MINIPROGRAM)
    assert answer.status == status
    assert answer.data["detail"].endswith("。")


# --- the settings page ---


def test_switching_off_takes_everything_back_and_is_told(simulator: Driver, receiver: Receiver) -> None:
    accept(simulator, CASE)
    assert simulator.act("subscriptions", {"template_id": CASE, "on": False}, app_id=MINIPROGRAM).status == 202
    told = event(simulator, receiver, CHANGE, MINIPROGRAM)
    assert told["List"] == {"TemplateId": CASE, "SubscribeStatusString": "reject"}
    state = standing(simulator)
    assert (state["credits"], state["kept"], state["refused"]) == (0, "reject", True)
    assert send(simulator).errcode == 43101
    assert ask(simulator).data["results"] == {CASE: "reject"}


def test_switching_on_is_not_told_and_accepts_from_then_on(simulator: Driver, receiver: Receiver) -> None:
    simulator.act("subscriptions", {"template_id": CASE, "on": False}, app_id=MINIPROGRAM)
    event(simulator, receiver, CHANGE, MINIPROGRAM)
    assert simulator.act("subscriptions", {"template_id": CASE, "on": True}, app_id=MINIPROGRAM).status == 202
    assert standing(simulator)["refused"] is False
    assert ask(simulator).data["silent"] is True
    assert send(simulator).errcode == 0
    assert len(events(simulator, receiver, CHANGE, MINIPROGRAM)) == 1


def test_a_long_term_consent_is_taken_back_too(simulator: Driver) -> None:
    accept(simulator, OUTAGE)
    simulator.act("subscriptions", {"template_id": OUTAGE, "on": False}, app_id=MINIPROGRAM)
    assert send(simulator, template_id=OUTAGE, data=OUTAGE_DATA).errcode == 43101


@pytest.mark.parametrize(("body", "status"), [({}, 404), ({"template_id": CASE}, 400), ({"template_id": 5}, 404)])
def test_the_settings_page_refuses_what_does_not_fit(simulator: Driver, body: dict[str, Any], status: int) -> None:
    assert simulator.act("subscriptions", body, app_id=MINIPROGRAM).status == status


def test_the_list_shows_every_template_with_examples(simulator: Driver) -> None:
    state = standing(simulator, OUTAGE)
    assert (state["title"], state["type"], state["credits"]) == ("停水停电通知", 3, 0)
    assert state["example_rows"][0] == {"label": "停供类型", "value": "停水"}


# --- what stays ---


def test_credits_survive_a_restart_and_end_with_a_new_start(receiver: Receiver, tmp_path: Path) -> None:
    accounts = [account("miniprogram", receiver.url, push_format="json")]
    storage = Storage(tmp_path)
    with Driver(accounts, storage) as simulator:
        accept(simulator, CASE, keep=True)
    with restarted(accounts, storage) as simulator:
        state = standing(simulator)
        assert (state["credits"], state["kept"]) == (1, "accept")
        simulator.post("/simulator/reset")
        state = standing(simulator)
        assert (state["credits"], state["kept"]) == (0, "")


def test_a_crowd_can_have_agreed(simulator: Driver) -> None:
    body = {"app_id": MINIPROGRAM, "count": 2, "template_ids": [CASE], "credits": 2}
    first, second = simulator.post("/simulator/crowd", body).data["openids"]
    assert [send(simulator, touser=first).errcode for _ in range(3)] == [0, 0, 43101]
    assert send(simulator, touser=second).errcode == 0
    assert simulator.post("/simulator/crowd", body | {"template_ids": ["x"]}).status == 404
    assert simulator.post("/simulator/crowd", body | {"credits": 0}).status == 400


ODD: list[Any] = [None, True, 0, -1, 1.5, "", "x", [], [None], {}, {"value": []}, 10**30]


@pytest.mark.parametrize("field", ["touser", "template_id", "page", "data", "miniprogram_state", "lang", "miniprogram"])
def test_odd_input_is_answered_with_an_errcode(simulator: Driver, field: str) -> None:
    for odd in ODD:
        for answer in (send(simulator, **{field: odd}), bizsend(simulator, **{field: odd})):
            assert answer.status == 200
            assert isinstance(answer.errcode, int)
