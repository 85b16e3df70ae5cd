"""Customer-service messages beyond the windows: who refuses them, in whose name they come, what they may carry."""

from dataclasses import replace
from typing import Any

import pytest

from tests.simulator.driver import MINIPROGRAM, OFFICIAL, PNG, Driver, Receiver, Result, account
from tests.simulator.results import event

SEND = "/cgi-bin/message/custom/send"


@pytest.fixture
def talking(simulator: Driver) -> Driver:
    simulator.follow()
    simulator.act("text", {"content": "您好"})
    simulator.settled()
    return simulator


def send(simulator: Driver, app_id: str = OFFICIAL, **changes: Any) -> Result:
    message = {"touser": simulator.openid(app_id=app_id), "msgtype": "text", "text": {"content": "您好"}}
    return simulator.call(SEND, message | changes, app_id)


def test_who_switched_messages_off_refuses_them(talking: Driver) -> None:
    talking.act("block", {"on": True})
    assert send(talking).errcode == 48002
    talking.act("block", {"on": False})
    assert send(talking).errcode == 0


def test_who_is_on_the_blacklist_gets_none(talking: Driver) -> None:
    talking.call("/cgi-bin/tags/members/batchblacklist", {"openid_list": [talking.openid()]})
    assert send(talking).errcode == 43019


def test_a_minor_gets_none_of_a_mini_program(talking: Driver) -> None:
    talking.act("text", {"content": "您好"}, app_id=MINIPROGRAM)
    talking.settled(app_id=MINIPROGRAM)
    assert talking.post("/simulator/people/p1", {"minor": True}).data["minor"] is True
    assert send(talking, MINIPROGRAM).errcode == 70000
    assert send(talking).errcode == 0
    talking.post("/simulator/people/p1", {"minor": False})
    assert send(talking, MINIPROGRAM).errcode == 0


def test_without_a_certificate_a_menu_in_a_message_is_refused(receiver: Receiver) -> None:
    with Driver([replace(account("official", receiver.url), certified=False)]) as simulator:
        simulator.follow()
        menu = {"head_content": "满意吗", "list": [{"id": "1", "content": "满意"}]}
        assert send(simulator, msgtype="msgmenu", msgmenu=menu).errcode == 40200
        assert send(simulator).errcode == 0


def test_a_message_can_come_in_an_agents_name_and_from_a_machine(talking: Driver) -> None:
    answer = send(talking, customservice={"kf_account": "wang@gh_aaaaaaaaaaaa"}, aimsgcontext={"is_ai_msg": 1})
    assert answer.errcode == 0
    message = talking.messages()[-1]
    assert (message["agent"], message["ai"]) == ("wang@gh_aaaaaaaaaaaa", True)


@pytest.mark.parametrize("agent", [{}, None, {"kf_account": "wang"}, {"kf_account": 5}, "wang@x", {"kf_account": "@x"}])
def test_an_agent_has_an_account_of_the_right_form(talking: Driver, agent: Any) -> None:
    assert send(talking, customservice=agent).errcode == 65401


@pytest.mark.parametrize("context", [{}, None, {"is_ai_msg": 2}, {"is_ai_msg": "1"}, {"is_ai_msg": True}, []])
def test_the_mark_of_a_machine_is_a_number(talking: Driver, context: Any) -> None:
    assert send(talking, aimsgcontext=context).errcode == 40097


def test_cards_and_old_articles_are_refused(talking: Driver) -> None:
    assert send(talking, msgtype="wxcard", wxcard={"card_id": "x"}).errcode == 48001
    assert send(talking, msgtype="mpnews", mpnews={"media_id": "x"}).errcode == 40008


def test_a_published_article_can_be_sent(talking: Driver, receiver: Receiver) -> None:
    talking.settings(publish_seconds=0)
    upload = talking.upload(f"/cgi-bin/material/add_material?type=image&access_token={talking.token()}", "media", PNG)
    article = {"title": "端午活动", "content": "<p>正文</p>", "thumb_media_id": upload.data["media_id"]}
    draft = talking.call("/cgi-bin/draft/add", {"articles": [article]}).data["media_id"]
    assert talking.call("/cgi-bin/freepublish/submit", {"media_id": draft}).errcode == 0
    article_id = event(talking, receiver, "PUBLISHJOBFINISH")["PublishEventInfo"]["article_id"]
    assert send(talking, msgtype="mpnewsarticle", mpnewsarticle={"article_id": article_id}).errcode == 0
    shown = talking.messages()[-1]
    assert (shown["kind"], shown["articles"][0]["title"]) == ("news", "端午活动")
    assert talking.get(shown["articles"][0]["url"].removeprefix(talking.base)).status == 200
    assert talking.call("/cgi-bin/freepublish/delete", {"article_id": article_id, "index": 0}).errcode == 0
    assert send(talking, msgtype="mpnewsarticle", mpnewsarticle={"article_id": article_id}).errcode == 53600


@pytest.mark.parametrize("article_id", ["", "none", None, 5])
def test_an_unknown_article_cannot_be_sent(talking: Driver, article_id: Any) -> None:
    answer = send(talking, msgtype="mpnewsarticle", mpnewsarticle={"article_id": article_id})
    assert answer.errcode == 53600


def test_a_refused_message_takes_nothing_of_the_window(talking: Driver) -> None:
    for _ in range(6):
        assert send(talking, msgtype="wxcard").errcode == 48001
    assert [send(talking).errcode for _ in range(6)] == [0] * 5 + [45047]


# --- what a person does with her data ---


@pytest.mark.parametrize(
    ("name", "info"),
    [
        ("user_info_modified", ""),
        ("user_authorization_revoke", "8"),
        ("user_authorization_revoke", "6,20"),
        ("user_authorization_cancellation", ""),
    ],
)
def test_the_platform_tells_what_she_did_with_her_data(
    simulator: Driver, receiver: Receiver, name: str, info: str
) -> None:
    answer = simulator.act("authorization", {"event": name, "revoke_info": info}, app_id=MINIPROGRAM)
    assert answer.status == 202
    told = event(simulator, receiver, name, MINIPROGRAM)
    assert told["OpenID"] == simulator.openid(app_id=MINIPROGRAM)
    assert told["FromUserName"] != told["OpenID"]
    assert (told["AppID"], told["RevokeInfo"]) == (MINIPROGRAM, info)
    assert told["UnionID"] == simulator.platform.world.people["p1"].unionid


def test_an_official_account_has_numbers_of_its_own(simulator: Driver, receiver: Receiver) -> None:
    body = {"event": "user_authorization_revoke", "revoke_info": "206"}
    assert simulator.act("authorization", body).status == 202
    assert event(simulator, receiver, "user_authorization_revoke")["RevokeInfo"] == "206"
    assert simulator.act("authorization", body | {"revoke_info": "8"}).status == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event": "x"},
        {"event": []},
        {"event": "user_authorization_revoke"},
        {"event": "user_authorization_revoke", "revoke_info": "9"},
        {"event": "user_authorization_revoke", "revoke_info": 8},
    ],
)
def test_an_unknown_event_is_refused_in_words(simulator: Driver, body: dict[str, Any]) -> None:
    answer = simulator.act("authorization", body, app_id=MINIPROGRAM)
    assert answer.status == 400
    assert answer.data["detail"].endswith("。")


@pytest.mark.parametrize("body", [{}, {"on": 1}, {"on": "true"}])
def test_a_switch_is_on_or_off(talking: Driver, body: dict[str, Any]) -> None:
    assert talking.act("block", body).status == 400


def test_only_a_follower_of_an_official_account_has_that_switch(simulator: Driver) -> None:
    assert simulator.act("block", {"on": True}).status == 409
    assert simulator.act("block", {"on": True}, app_id=MINIPROGRAM).status == 409
