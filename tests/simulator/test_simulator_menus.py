"""Menus: the rules of §6 with their error codes, and what each button does when it is pressed."""

import base64
import hashlib
import json
from typing import Any

import pytest

from tests.simulator.backend import Fields, opened
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, PNG, Driver, Receiver

CREATE = "/cgi-bin/menu/create"
CLICK: dict[str, object] = {"type": "click", "name": "帮助", "key": "HELP"}


def made(simulator: Driver, *buttons: object) -> int:
    return int(simulator.call(CREATE, {"button": list(buttons)}).errcode)


def under(*buttons: dict[str, object]) -> dict[str, object]:
    return {"name": "更多", "sub_button": list(buttons)}


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([], 40016),
        ([CLICK] * 4, 40016),
        ("no list", 40016),
        (["no object"], 40018),
        ([CLICK | {"type": "shout"}], 40017),
        ([{"name": "帮助", "key": "HELP"}], 40017),
        ([CLICK | {"name": ""}], 40018),
        ([CLICK | {"name": "六个汉字太长"}], 40018),
        ([CLICK | {"key": ""}], 40019),
        ([CLICK | {"key": "k" * 129}], 40019),
        ([{"type": "view", "name": "主页"}], 40020),
        ([{"type": "view", "name": "主页", "url": "http://a/" + "x" * 1024}], 40020),
        ([{"type": "view", "name": "主页", "url": "ftp://127.0.0.1/"}], 40055),
        ([{"type": "view", "name": "主页", "url": "http://[bad/"}], 40055),
        ([under(*[CLICK] * 6)], 40023),
        ([under(under(CLICK))], 40022),
        ([under(CLICK | {"type": "shout"})], 40024),
        ([under(CLICK | {"name": "字" * 21})], 40025),
        ([under(CLICK | {"key": ""})], 40026),
        ([under({"type": "view", "name": "主页"})], 40027),
        ([under({"type": "view", "name": "主页", "url": "javascript:x"})], 40054),
        ([{"type": "media_id", "name": "图", "media_id": "none"}], 40007),
        ([{"type": "article_id", "name": "文"}], 40007),
        ([{"type": "article_id", "name": "文", "article_id": "unpublished"}], 53600),
        ([{"type": "view_limited", "name": "文"}], 40007),
        ([{"type": "miniprogram", "name": "小", "appid": MINIPROGRAM, "pagepath": "p"}], 40020),
        (
            [{"type": "miniprogram", "name": "小", "appid": MINIPROGRAM, "url": "http://127.0.0.1/"}],
            40165,
        ),
        (
            [{"type": "miniprogram", "name": "小", "appid": "wxx", "url": "http://127.0.0.1/", "pagepath": "p"}],
            45064,
        ),
    ],
)
def test_a_menu_that_breaks_a_rule_is_refused_with_its_code(simulator: Driver, buttons: object, errcode: int) -> None:
    assert simulator.call(CREATE, {"button": buttons}).errcode == errcode


def test_the_longest_names_and_keys_are_accepted(simulator: Driver) -> None:
    bar = CLICK | {"name": "五个汉字好", "key": "k" * 128}
    below = [CLICK | {"name": "字" * 20}] * 5
    assert made(simulator, bar, under(*below), CLICK) == 0


def test_a_menu_with_escaped_characters_is_refused(simulator: Driver) -> None:
    body = json.dumps({"button": [CLICK]}).encode()
    assert b"\\u" in body
    assert simulator.call(CREATE, body).errcode == 40033


def test_a_backslash_before_a_u_is_no_escape(simulator: Driver) -> None:
    body = json.dumps({"button": [CLICK | {"key": "a\\u4e00"}]}, ensure_ascii=False).encode()
    assert simulator.call(CREATE, body).errcode == 0


def test_no_menu_is_an_error_of_its_own(simulator: Driver) -> None:
    assert simulator.ask("/cgi-bin/menu/get").errcode == 46003
    assert simulator.ask("/cgi-bin/get_current_selfmenu_info").data["is_menu_open"] == 0


def test_a_menu_comes_back_as_it_was_made(simulator: Driver) -> None:
    assert made(simulator, CLICK, under(CLICK)) == 0
    answer = simulator.ask("/cgi-bin/menu/get").data
    leaf: dict[str, object] = CLICK | {"sub_button": []}
    assert answer == {"menu": {"button": [leaf, {"name": "更多", "sub_button": [leaf]}]}}
    own = simulator.ask("/cgi-bin/get_current_selfmenu_info").data["selfmenu_info"]["button"]
    assert own == [CLICK, {"name": "更多", "sub_button": {"list": [CLICK]}}]
    assert simulator.get("/simulator/state").data["accounts"][0]["menu"] == answer["menu"]


def test_a_deleted_menu_is_gone(simulator: Driver) -> None:
    made(simulator, CLICK)
    assert simulator.ask("/cgi-bin/menu/delete").errcode == 0
    assert simulator.ask("/cgi-bin/menu/get").errcode == 46003


def test_a_mini_program_has_no_menu(simulator: Driver) -> None:
    assert simulator.call(CREATE, {"button": [CLICK]}, MINIPROGRAM).errcode == 48001


def pressed(
    simulator: Driver, receiver: Receiver, button: dict[str, object], **payload: object
) -> tuple[dict[str, Any], list[Fields]]:
    """The answer to the page, and what reached the account's server."""
    assert made(simulator, under(CLICK, button)) == 0
    simulator.follow()
    receiver.pushes.clear()
    answer = simulator.act("menu", {"path": [0, 1], **payload})
    assert answer.status == 202, answer.data
    simulator.settled()
    ours = simulator.platform.accounts[OFFICIAL]
    return answer.data, sorted((opened(ours, push) for push in receiver.pushes), key=lambda one: "MsgId" in one)


def test_a_click_pushes_its_key(simulator: Driver, receiver: Receiver) -> None:
    answer, (event,) = pressed(simulator, receiver, {"type": "click", "name": "连心卡", "key": "CARD"})
    assert (event["Event"], event["EventKey"]) == ("CLICK", "CARD")
    assert answer["message"]["text"] == "点了菜单「连心卡」"


def test_a_view_pushes_and_opens_its_address(simulator: Driver, receiver: Receiver) -> None:
    button: dict[str, object] = {"type": "view", "name": "主页", "url": "http://127.0.0.1/x"}
    answer, (event,) = pressed(simulator, receiver, button)
    assert answer["open"] == "http://127.0.0.1/x"
    assert (event["Event"], event["EventKey"]) == ("VIEW", "http://127.0.0.1/x")
    assert event["MenuId"].isdecimal()


def test_a_mini_program_button_pushes_its_page(simulator: Driver, receiver: Receiver) -> None:
    button: dict[str, object] = {
        "type": "miniprogram",
        "name": "小程序",
        "appid": MINIPROGRAM,
        "pagepath": "pages/home",
        "url": "http://127.0.0.1/",
    }
    answer, (event,) = pressed(simulator, receiver, button)
    assert answer["miniprogram"] == {"appid": MINIPROGRAM, "pagepath": "pages/home"}
    assert (event["Event"], event["EventKey"]) == ("view_miniprogram", "pages/home")


@pytest.mark.parametrize("kind", ["scancode_push", "scancode_waitmsg"])
def test_a_scan_button_pushes_what_was_scanned(simulator: Driver, receiver: Receiver, kind: str) -> None:
    button: dict[str, object] = {"type": kind, "name": "扫码", "key": "SCAN"}
    answer, (event,) = pressed(simulator, receiver, button, scan={"text": "http://127.0.0.1/c/1"})
    assert event["Event"] == kind
    assert event["ScanCodeInfo"] == {"ScanType": "qrcode", "ScanResult": "http://127.0.0.1/c/1"}
    assert ("open" in answer) == (kind == "scancode_push")


@pytest.mark.parametrize("kind", ["pic_sysphoto", "pic_photo_or_album", "pic_weixin"])
def test_a_picture_button_pushes_the_event_and_the_pictures(simulator: Driver, receiver: Receiver, kind: str) -> None:
    button: dict[str, object] = {"type": kind, "name": "拍照", "key": "PHOTO"}
    picture = "data:image/png;base64," + base64.b64encode(PNG).decode()
    _, (event, image) = pressed(simulator, receiver, button, images=[picture])
    digest = hashlib.md5(PNG, usedforsecurity=False).hexdigest()
    assert event["SendPicsInfo"] == {"Count": "1", "PicList": {"item": {"PicMd5Sum": digest}}}
    assert (event["Event"], image["MsgType"]) == (kind, "image")
    assert simulator.get(image["PicUrl"].removeprefix(simulator.base)).raw == PNG


def test_a_picture_button_takes_a_form_as_well(simulator: Driver, receiver: Receiver) -> None:
    made(simulator, {"type": "pic_sysphoto", "name": "拍照", "key": "PHOTO"})
    simulator.follow()
    receiver.pushes.clear()
    path = f"/simulator/people/p1/chats/{OFFICIAL}/menu"
    assert simulator.upload(path, "file", PNG, path="[0]").status == 202
    assert [one["kind"] for one in simulator.settled()[-2:]] == ["event", "image"]


def test_the_page_may_announce_pictures_that_it_sends_itself(simulator: Driver, receiver: Receiver) -> None:
    button: dict[str, object] = {"type": "pic_weixin", "name": "拍照", "key": "PHOTO"}
    _, (event,) = pressed(simulator, receiver, button, pictures={"count": 2})
    assert event["SendPicsInfo"]["Count"] == "2"
    assert len(event["SendPicsInfo"]["PicList"]["item"]) == 2


def test_a_location_button_pushes_the_event_and_the_message(simulator: Driver, receiver: Receiver) -> None:
    button: dict[str, object] = {"type": "location_select", "name": "位置", "key": "WHERE"}
    place = {"latitude": 43.8256, "longitude": 87.6168, "label": "和平社区"}
    _, (event, message) = pressed(simulator, receiver, button, location=place)
    assert event["SendLocationInfo"]["Label"] == "和平社区"
    assert event["SendLocationInfo"]["Location_X"] == message["Location_X"]
    assert float(message["Location_X"]) != 43.8256


def test_a_media_button_sends_the_file_without_asking_the_server(simulator: Driver, receiver: Receiver) -> None:
    path = f"/cgi-bin/media/upload?access_token={simulator.token()}&type=image"
    media_id = simulator.upload(path, "media", PNG).data["media_id"]
    button: dict[str, object] = {"type": "media_id", "name": "图", "media_id": media_id}
    answer, pushed = pressed(simulator, receiver, button)
    assert pushed == []
    assert (answer["message"]["kind"], answer["message"]["by"]) == ("image", "account")


def test_a_button_for_an_old_article_shows_a_card(simulator: Driver, receiver: Receiver) -> None:
    button: dict[str, object] = {"type": "view_limited", "name": "文章", "media_id": "a1"}
    answer, pushed = pressed(simulator, receiver, button)
    assert pushed == []
    assert answer["message"]["articles"][0]["title"] == "文章"


@pytest.mark.parametrize("path", [[9], [0, 9], [0, 0, 0], [], "0", None, [-1], ["a"], [0.5], [1, 0], [True, False]])
def test_a_place_in_the_menu_that_is_none_is_refused(simulator: Driver, path: object) -> None:
    made(simulator, under(CLICK), CLICK)
    simulator.follow()
    result = simulator.act("menu", {"path": path})
    assert result.status in {400, 404}
    assert result.data["detail"]


def test_a_button_that_opens_a_sub_menu_cannot_be_pressed(simulator: Driver) -> None:
    made(simulator, under(CLICK))
    simulator.follow()
    assert simulator.act("menu", {"path": [0]}).status == 409


@pytest.mark.parametrize("kind", ["scancode_push", "pic_weixin", "location_select"])
def test_a_button_without_its_payload_is_refused(simulator: Driver, kind: str) -> None:
    made(simulator, {"type": kind, "name": "按钮", "key": "K"})
    simulator.follow()
    assert simulator.act("menu", {"path": [0]}).status == 400


def test_only_a_follower_presses_buttons(simulator: Driver) -> None:
    made(simulator, CLICK)
    assert simulator.act("menu", {"path": [0]}).status == 409
