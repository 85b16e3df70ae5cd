"""Every call of the gateway against the simulated platform: what goes there arrives, what is asked for comes back."""

import json
from typing import Any

import pytest

from backend.wechat.calls.custom import CustomImage, CustomMenu, CustomNews, CustomText, CustomVoice, short_text
from backend.wechat.calls.menus import Button
from backend.wechat.calls.users import UserInfo
from backend.wechat.gateway import Gateway
from handlers import menu as menus
from tests.conftest import OFFICIAL
from tests.gateways import gateway_to
from tests.simulated import Phone, Platform, wait_for

JPG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4
AMR = b"#!AMR\n" + bytes(64)


@pytest.fixture
def gateway(platform: Platform) -> Gateway:
    return gateway_to(platform.url)


def _last(phone: Phone) -> dict[str, Any]:
    message: dict[str, Any] = phone.messages()[-1]
    assert message["by"] == "account"
    return message


def test_a_text_arrives_as_it_was_written(gateway: Gateway, phone: Phone) -> None:
    text = '社区「春晓」\n<a href="https://example.org">看这里</a> & \\u4e00 😀'
    gateway.custom.send(phone.openid, CustomText(text))
    assert (_last(phone)["kind"], _last(phone)["content"]) == ("text", text)


def test_a_text_that_was_shortened_to_the_limit_is_accepted(gateway: Gateway, phone: Phone) -> None:
    gateway.custom.send(phone.openid, short_text("长" * 5000))
    assert _last(phone)["content"].endswith("长…")


def test_a_picture_that_was_uploaded_arrives(gateway: Gateway, phone: Phone) -> None:
    gateway.custom.send(phone.openid, CustomImage(gateway.media.upload("image", "路灯.jpg", JPG)))
    assert _last(phone)["kind"] == "image"


def test_a_voice_that_was_uploaded_arrives(gateway: Gateway, phone: Phone) -> None:
    gateway.custom.send(phone.openid, CustomVoice(gateway.media.upload("voice", "话.amr", AMR)))
    assert _last(phone)["kind"] == "voice"


def test_an_article_arrives_with_all_its_parts(gateway: Gateway, phone: Phone) -> None:
    gateway.custom.send(
        phone.openid, CustomNews("停水通知", "明天九点到十一点", "https://example.org/n", "https://example.org/p")
    )
    [article] = _last(phone)["articles"]
    assert article == {
        "title": "停水通知",
        "description": "明天九点到十一点",
        "url": "https://example.org/n",
        "picurl": "https://example.org/p",
    }


def test_a_list_of_choices_arrives_in_its_order(gateway: Gateway, phone: Phone) -> None:
    gateway.custom.send(phone.openid, CustomMenu("满意吗？", (("good", "满意"), ("bad", "不满意")), "谢谢"))
    message = _last(phone)
    assert (message["kind"], message["head"], message["tail"]) == ("msgmenu", "满意吗？", "谢谢")
    assert message["items"] == [{"id": "good", "content": "满意"}, {"id": "bad", "content": "不满意"}]


def test_the_menu_comes_back_as_it_was_pushed(gateway: Gateway) -> None:
    gateway.menus.push(menus.MENU)
    assert gateway.menus.current() == menus.MENU


def test_the_chinese_of_a_menu_is_not_escaped_on_the_wire(gateway: Gateway, platform: Platform) -> None:
    gateway.menus.push((Button("帮助", "click", "help"), Button("网站", "view", url="https://example.org/首页")))
    [call] = platform.calls("/cgi-bin/menu/create")
    assert "帮助" in call["request"]["raw"]
    assert "\\u" not in call["request"]["raw"]


def test_a_menu_that_was_removed_is_empty(gateway: Gateway) -> None:
    gateway.menus.push(menus.MENU)
    gateway.menus.remove()
    assert gateway.menus.current() == ()


@pytest.mark.parametrize(("seconds", "kind"), [(600, "QR_STR_SCENE"), (None, "QR_LIMIT_STR_SCENE")])
def test_a_code_says_its_scene_for_as_long_as_was_asked(
    gateway: Gateway, platform: Platform, seconds: int | None, kind: str
) -> None:
    qr = gateway.qrcodes.create("place.990101", seconds)
    code = platform.ask("GET", "state")["codes"][-1]
    assert (code["ticket"], code["url"], code["scene"], code["kind"]) == (qr.ticket, qr.url, "place.990101", kind)
    assert (code["until"] is None) == (seconds is None)
    assert qr.seconds == seconds


def test_the_picture_of_a_code_is_a_picture(gateway: Gateway) -> None:
    picture = gateway.qrcodes.picture(gateway.qrcodes.create("place.990101", 600).ticket)
    assert picture.content[:3] == b"\xff\xd8\xff"
    assert picture.content_type.startswith("image/jp")


def test_who_scans_the_code_brings_its_scene(gateway: Gateway, platform: Platform) -> None:
    qr = gateway.qrcodes.create("place.990101", None)
    platform.phone(OFFICIAL.app_id, "p3").scan(qr.url)
    wait_for(lambda: [push for push in platform.pushes() if "qrscene_place.990101" in push["title"]])


def test_a_follower_is_described_and_a_stranger_only_named(gateway: Gateway, platform: Platform, phone: Phone) -> None:
    known = gateway.users.info(phone.openid)
    stranger = platform.phone(OFFICIAL.app_id, "p2").openid
    assert (known.openid, known.subscribed, known.scene) == (phone.openid, True, "ADD_SCENE_SEARCH")
    assert known.unionid
    assert known.subscribed_at is not None
    assert gateway.users.info(stranger) == UserInfo(stranger, subscribed=False)


def test_users_are_described_in_the_order_they_were_asked_for(
    gateway: Gateway, platform: Platform, phone: Phone
) -> None:
    stranger = platform.phone(OFFICIAL.app_id, "p2").openid
    many = [phone.openid, stranger] * 75
    platform.forget_traffic()
    assert [(user.openid, user.subscribed) for user in gateway.users.infos(many)] == [
        (phone.openid, True),
        (stranger, False),
    ] * 75
    assert len(platform.calls("/cgi-bin/user/info/batchget")) == 2, "a hundred in each"


def test_asking_for_nobody_calls_nobody(gateway: Gateway, platform: Platform) -> None:
    assert gateway.users.infos([]) == []
    assert platform.ask("GET", "traffic")["items"] == []


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("image", "灯.jpg", JPG),
        ("thumb", "灯.jpg", JPG),
        ("voice", "话.amr", AMR),
        ("image", 'a".png', b"\x89PNG\r\n\x1a\n" + JPG),
    ],
)
def test_what_was_uploaded_is_downloaded_byte_for_byte(gateway: Gateway, kind: str, name: str, content: bytes) -> None:
    media = gateway.media.download(gateway.media.upload(kind, name, content))
    assert media.content == content
    assert media.content_type.partition("/")[0] in ("image", "audio")


def test_what_a_person_sent_can_be_downloaded(gateway: Gateway, platform: Platform, phone: Phone) -> None:
    phone.image(JPG)
    push = next(push for push in reversed(platform.pushes()) if push["title"].startswith("image"))
    media_id = push["request"]["plain"].partition("<MediaId><![CDATA[")[2].partition("]]>")[0]
    assert gateway.media.download(media_id).content == JPG


def test_a_ping_proves_the_credentials(gateway: Gateway, platform: Platform) -> None:
    gateway.ping()
    [call] = platform.calls("/cgi-bin/stable_token")
    body = json.loads(call["request"]["raw"])
    assert (body["grant_type"], body["appid"]) == ("client_credential", OFFICIAL.app_id)
    assert "force_refresh" not in body
