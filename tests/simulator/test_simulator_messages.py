"""Customer-service messages: windows and counts of §4.5, contents and their error codes, the typing sign."""

from typing import Any

import pytest

from tests.simulator.driver import JPG, MINIPROGRAM, OFFICIAL, PNG, Driver

SEND = "/cgi-bin/message/custom/send"
TWO_DAYS = 48 * 3600


def codes(simulator: Driver, times: int, app_id: str = OFFICIAL) -> list[int]:
    openid = simulator.openid(app_id=app_id)
    return [simulator.send_text(openid, app_id=app_id).errcode for _ in range(times)]


def sent(simulator: Driver, msgtype: str, content: object, app_id: str = OFFICIAL) -> int:
    """The errcode for a person who just wrote."""
    simulator.follow() if app_id == OFFICIAL and not simulator.chat()["following"] else None
    simulator.act("text", {"content": "在吗"}, app_id=app_id)
    body = {"touser": simulator.openid(app_id=app_id), "msgtype": msgtype, msgtype: content}
    return int(simulator.call(SEND, body, app_id).errcode)


def last(simulator: Driver, app_id: str = OFFICIAL) -> dict[str, Any]:
    return [one for one in simulator.messages(app_id=app_id) if one["by"] == "account"][-1]


def uploaded(simulator: Driver, media_type: str, content: bytes, app_id: str = OFFICIAL) -> str:
    path = f"/cgi-bin/media/upload?access_token={simulator.token(app_id)}&type={media_type}"
    return str(simulator.upload(path, "media", content).data["media_id"])


def with_menu(simulator: Driver) -> None:
    buttons = [
        {"type": "click", "name": "帮助", "key": "HELP"},
        {"type": "view", "name": "主页", "url": "http://127.0.0.1/"},
    ]
    assert simulator.call("/cgi-bin/menu/create", {"button": buttons}).errcode == 0


def test_a_message_allows_five_for_two_days(simulator: Driver) -> None:
    simulator.follow()
    simulator.act("text", {"content": "在吗"})
    simulator.advance(TWO_DAYS - 10)
    assert codes(simulator, 6) == [0, 0, 0, 0, 0, 45047]
    simulator.advance(11)
    assert codes(simulator, 1) == [45015]


def test_a_follow_allows_three_for_a_minute(simulator: Driver) -> None:
    simulator.follow()
    assert codes(simulator, 4) == [0, 0, 0, 45047]
    simulator.advance(60)
    assert codes(simulator, 1) == [45015]


def test_a_click_allows_three_for_a_minute_and_a_view_nothing(simulator: Driver) -> None:
    with_menu(simulator)
    simulator.follow()
    simulator.advance(61)
    simulator.act("menu", {"path": [1]})
    assert codes(simulator, 1) == [45015]
    simulator.act("menu", {"path": [0]})
    assert codes(simulator, 4) == [0, 0, 0, 45047]


def test_a_scan_allows_three_for_a_minute(simulator: Driver) -> None:
    simulator.follow()
    simulator.advance(61)
    simulator.act("follow", {"scene": "7"})
    assert codes(simulator, 4) == [0, 0, 0, 45047]


def test_allowances_do_not_add_up(simulator: Driver) -> None:
    with_menu(simulator)
    simulator.follow()
    simulator.act("text", {"content": "在吗"})
    simulator.act("menu", {"path": [0]})
    assert codes(simulator, 6) == [0, 0, 0, 0, 0, 45047]


def test_a_click_gives_three_more_when_the_five_are_used_up(simulator: Driver) -> None:
    with_menu(simulator)
    simulator.follow()
    simulator.act("text", {"content": "在吗"})
    assert codes(simulator, 6)[-1] == 45047
    simulator.act("menu", {"path": [0]})
    assert codes(simulator, 4) == [0, 0, 0, 45047]
    simulator.advance(61)
    assert codes(simulator, 1) == [45047]


def test_a_new_message_starts_the_five_anew(simulator: Driver) -> None:
    simulator.follow()
    simulator.act("text", {"content": "一"})
    codes(simulator, 4)
    simulator.act("text", {"content": "二"})
    assert codes(simulator, 6) == [0, 0, 0, 0, 0, 45047]


def test_the_choice_in_a_msgmenu_counts_as_a_click(simulator: Driver) -> None:
    simulator.follow()
    simulator.advance(61)
    simulator.act("msgmenu", {"id": "1", "content": "满意"})
    assert codes(simulator, 4) == [0, 0, 0, 45047]
    simulator.advance(61)
    assert codes(simulator, 1) == [45015]


def test_who_left_cannot_be_reached(simulator: Driver) -> None:
    simulator.follow()
    simulator.act("text", {"content": "在吗"})
    simulator.act("unfollow")
    assert codes(simulator, 1) == [45015]


def test_a_mini_program_has_five_after_a_message_and_two_after_entering(simulator: Driver) -> None:
    simulator.act("enter", {"session_from": "home"}, app_id=MINIPROGRAM)
    assert codes(simulator, 3, MINIPROGRAM) == [0, 0, 45047]
    simulator.advance(61)
    assert codes(simulator, 1, MINIPROGRAM) == [45015]
    simulator.act("text", {"content": "在吗"}, app_id=MINIPROGRAM)
    assert codes(simulator, 6, MINIPROGRAM) == [0, 0, 0, 0, 0, 45047]


@pytest.mark.parametrize("touser", ["", "oNobodyKnowsThisOpenid000000", 5, None, ["o"], {"a": 1}])
def test_an_unknown_recipient_is_refused(simulator: Driver, touser: object) -> None:
    body = {"touser": touser, "msgtype": "text", "text": {"content": "好"}}
    assert simulator.call(SEND, body).errcode == 40003


def test_an_openid_of_another_account_is_refused(simulator: Driver) -> None:
    assert simulator.send_text(simulator.openid(app_id=MINIPROGRAM)).errcode == 40003


@pytest.mark.parametrize("body", [b"", b"not json", b"[1]", b"\xff", b'"x"', b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(simulator: Driver, body: bytes) -> None:
    assert simulator.call(SEND, body).errcode == 47001


def test_half_a_character_is_refused(simulator: Driver) -> None:
    body = b'{"touser":"o","msgtype":"text","text":{"content":"\\ud800"}}'
    assert simulator.call(SEND, body).errcode == 47001


def test_a_text_may_have_2048_bytes(simulator: Driver) -> None:
    assert sent(simulator, "text", {"content": "三" * 682 + "ab"}) == 0
    assert sent(simulator, "text", {"content": "三" * 683}) == 45002


def test_a_refused_message_does_not_use_up_the_count(simulator: Driver) -> None:
    for _ in range(6):
        assert sent(simulator, "text", {"content": "x" * 2049}) == 45002
    assert codes(simulator, 5) == [0] * 5


@pytest.mark.parametrize(
    ("msgtype", "content", "errcode"),
    [
        ("text", {"content": ""}, 44004),
        ("text", "no object", 44004),
        ("shout", {"content": "x"}, 40008),
        ("link", {"title": "t", "url": "http://127.0.0.1/"}, 40008),
        ("image", {"media_id": "none"}, 40007),
        ("voice", {"media_id": "none"}, 40007),
        ("video", {}, 40007),
        ("news", {"articles": []}, 44003),
        ("news", {"articles": [{"title": "一"}, {"title": "二"}]}, 45008),
        ("mpnewsarticle", {}, 53600),
        ("msgmenu", {"head_content": "满意吗", "list": []}, 44004),
        ("msgmenu", {"list": [{"id": "1"}]}, 44004),
        ("miniprogrampage", {"appid": "wxnone"}, 40013),
        ("miniprogrampage", {"appid": MINIPROGRAM, "thumb_media_id": "none"}, 40007),
    ],
)
def test_a_content_that_does_not_fit_has_a_code_of_its_own(
    simulator: Driver, msgtype: str, content: object, errcode: int
) -> None:
    assert sent(simulator, msgtype, content) == errcode


def test_a_news_card_is_shown(simulator: Driver) -> None:
    article = {"title": "停水通知", "description": "明早", "url": "http://127.0.0.1/n/1", "picurl": ""}
    assert sent(simulator, "news", {"articles": [article]}) == 0
    assert last(simulator)["articles"] == [article]


def test_a_msgmenu_is_shown(simulator: Driver) -> None:
    items = [{"id": "1", "content": "满意"}, {"id": "2", "content": "不满意"}]
    menu = {"head_content": "满意吗？", "list": items, "tail_content": "谢谢"}
    assert sent(simulator, "msgmenu", menu) == 0
    shown = last(simulator)
    assert (shown["head"], shown["items"], shown["tail"]) == ("满意吗？", items, "谢谢")


def test_a_mini_program_card_is_shown(simulator: Driver) -> None:
    page = {"title": "报名", "appid": MINIPROGRAM, "pagepath": "pages/a?id=1"}
    thumb = uploaded(simulator, "thumb", JPG)
    assert sent(simulator, "miniprogrampage", page | {"thumb_media_id": thumb}) == 0
    shown = last(simulator)
    assert (shown["kind"], shown["title"], shown["appid"]) == ("miniprogrampage", "报名", MINIPROGRAM)


def test_an_image_is_shown_but_not_in_the_place_of_a_voice(simulator: Driver) -> None:
    media_id = uploaded(simulator, "image", PNG)
    assert sent(simulator, "image", {"media_id": media_id}) == 0
    assert simulator.get(last(simulator)["url"]).raw == PNG
    assert sent(simulator, "voice", {"media_id": media_id}) == 40007


def test_an_image_of_another_account_is_refused(simulator: Driver) -> None:
    media_id = uploaded(simulator, "image", PNG, MINIPROGRAM)
    assert sent(simulator, "image", {"media_id": media_id}) == 40007


def test_an_image_expires_after_three_days(simulator: Driver) -> None:
    media_id = uploaded(simulator, "image", PNG)
    simulator.advance(3 * 86_400)
    assert sent(simulator, "image", {"media_id": media_id}) == 40007


@pytest.mark.parametrize("msgtype", ["voice", "video", "news", "msgmenu", "mpnewsarticle"])
def test_a_mini_program_may_send_only_its_four_types(simulator: Driver, msgtype: str) -> None:
    assert sent(simulator, msgtype, {}, MINIPROGRAM) == 40008


def test_a_mini_program_may_send_a_link(simulator: Driver) -> None:
    link = {"title": "看看", "description": "d", "url": "http://127.0.0.1/", "thumb_url": ""}
    assert sent(simulator, "link", link, MINIPROGRAM) == 0
    assert last(simulator, MINIPROGRAM)["kind"] == "link"


def test_a_sent_message_is_unread_until_read(simulator: Driver) -> None:
    simulator.follow()
    codes(simulator, 2)
    assert simulator.chat()["unread"] == 2
    assert simulator.act("read").status == 202
    assert simulator.chat()["unread"] == 0


def typing(simulator: Driver, command: object, app_id: str = OFFICIAL, path: str = "custom/typing") -> int:
    body = {"touser": simulator.openid(app_id=app_id), "command": command}
    return int(simulator.call(f"/cgi-bin/message/{path}", body, app_id).errcode)


def test_typing_shows_until_it_is_cancelled_or_goes_out(simulator: Driver) -> None:
    simulator.follow()
    assert typing(simulator, "Typing") == 0
    assert simulator.chat()["typing"] is True
    assert typing(simulator, "Typing") == 45081
    assert typing(simulator, "CancelTyping") == 0
    assert simulator.chat()["typing"] is False
    assert typing(simulator, "Typing") == 0
    simulator.advance(15)
    assert simulator.chat()["typing"] is False


def test_a_message_ends_the_typing(simulator: Driver) -> None:
    simulator.follow()
    typing(simulator, "Typing")
    codes(simulator, 1)
    assert simulator.chat()["typing"] is False


@pytest.mark.parametrize("command", ["typing", "", 1, None])
def test_an_unknown_typing_command_is_refused(simulator: Driver, command: object) -> None:
    simulator.follow()
    assert typing(simulator, command) == 45072


def test_typing_needs_an_open_window(simulator: Driver) -> None:
    assert typing(simulator, "Typing") == 45080


def test_each_kind_of_account_has_its_own_typing_interface(simulator: Driver) -> None:
    simulator.act("text", {"content": "在吗"}, app_id=MINIPROGRAM)
    assert typing(simulator, "Typing", MINIPROGRAM, "custom/business/typing") == 0
    assert typing(simulator, "Typing", MINIPROGRAM) == 48001
    assert typing(simulator, "Typing", OFFICIAL, "custom/business/typing") == 48001
