"""What the platform refuses, and as which error each refusal reaches us: the class decides what is done next."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from backend.settings import AccountSettings
from backend.wechat.calls.custom import CustomImage, CustomText
from backend.wechat.calls.menus import Button
from backend.wechat.failures import (
    BadRequest,
    Busy,
    Fatal,
    NoAnswer,
    QuotaExhausted,
    RecipientUnreachable,
    Refused,
)
from backend.wechat.gateway import Gateway
from tests.conftest import OFFICIAL
from tests.gateways import gateway_to
from tests.served import MINIPROGRAM
from tests.simulated import Phone, Platform

JPG = b"\xff\xd8\xff\xe0" + bytes(64)
SEND = "/cgi-bin/message/custom/send"
HOURS_48 = 48 * 3600


def _gateway(platform: Platform, account: AccountSettings = OFFICIAL) -> Gateway:
    return gateway_to(platform.url, account)


@pytest.fixture
def gateway(platform: Platform) -> Gateway:
    return _gateway(platform)


def _refused(call: Callable[[], object], kind: type[Refused], errcode: int, sent: bool = False) -> Refused:
    with pytest.raises(Refused) as raised:
        call()
    assert (type(raised.value), raised.value.errcode, raised.value.sent) == (kind, errcode, sent)
    assert "rid: " in raised.value.errmsg
    return raised.value


def test_nobody_can_be_written_to_after_her_window_has_closed(
    gateway: Gateway, platform: Platform, phone: Phone
) -> None:
    platform.advance(HOURS_48 + 1)
    _refused(lambda: gateway.custom.send(phone.openid, CustomText("您好")), RecipientUnreachable, 45015)


def test_nobody_can_be_written_to_who_does_not_follow(gateway: Gateway, phone: Phone) -> None:
    phone.unfollow()
    _refused(lambda: gateway.custom.send(phone.openid, CustomText("您好")), RecipientUnreachable, 45015)


def test_the_sixth_message_after_hers_is_refused(gateway: Gateway, phone: Phone) -> None:
    for number in range(5):
        gateway.custom.send(phone.openid, CustomText(f"第 {number} 条"))
    _refused(lambda: gateway.custom.send(phone.openid, CustomText("第六条")), RecipientUnreachable, 45047)
    phone.text("我在")
    gateway.custom.send(phone.openid, CustomText("又可以了"))


def test_an_openid_of_nobody_is_refused(gateway: Gateway) -> None:
    _refused(
        lambda: gateway.custom.send("oNobodyNobodyNobodyNobodyNob", CustomText("您好")), RecipientUnreachable, 40003
    )
    _refused(lambda: gateway.users.info("oNobodyNobodyNobodyNobodyNob"), RecipientUnreachable, 40003)


def test_a_text_one_byte_too_long_is_refused_and_the_longest_is_not(gateway: Gateway, phone: Phone) -> None:
    gateway.custom.send(phone.openid, CustomText("a" * 2048))
    _refused(lambda: gateway.custom.send(phone.openid, CustomText("a" * 2049)), BadRequest, 45002)


def test_media_that_are_unknown_or_too_old_are_refused(gateway: Gateway, platform: Platform, phone: Phone) -> None:
    _refused(lambda: gateway.custom.send(phone.openid, CustomImage("unknown")), BadRequest, 40007)
    _refused(lambda: gateway.media.download("unknown"), BadRequest, 40007)
    media_id = gateway.media.upload("image", "a.jpg", JPG)
    platform.advance(3 * 86400 + 1)
    _refused(lambda: gateway.media.download(media_id), BadRequest, 40007)


@pytest.mark.parametrize(
    ("kind", "content", "errcode"),
    [
        ("image", b"no picture", 40005),
        ("image", JPG + bytes(10 * 1024 * 1024), 40009),
        ("thumb", JPG + bytes(64 * 1024), 40012),
        ("image", b"", 41005),
    ],
)
def test_a_file_of_the_wrong_kind_or_size_is_refused(gateway: Gateway, kind: str, content: bytes, errcode: int) -> None:
    _refused(lambda: gateway.media.upload(kind, "a.jpg", content), BadRequest, errcode)


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ((), 40016),
        (tuple(Button(str(n), "click", "k") for n in range(4)), 40016),
        ((Button("名" * 6, "click", "k"),), 40018),
        ((Button("键", "click", "k" * 129),), 40019),
        ((Button("组", buttons=tuple(Button(str(n), "click", "k") for n in range(6))),), 40023),
    ],
)
def test_a_menu_the_platform_does_not_like_is_refused(
    gateway: Gateway, buttons: tuple[Button, ...], errcode: int
) -> None:
    _refused(lambda: gateway.menus.push(buttons), BadRequest, errcode)


def test_an_account_without_a_menu_has_an_empty_one(gateway: Gateway) -> None:
    gateway.menus.remove()
    assert gateway.menus.current() == ()


def test_a_refused_menu_is_no_empty_one(gateway: Gateway, platform: Platform) -> None:
    platform.fault("/cgi-bin/menu/get", "errcode", errcode=48001)
    _refused(gateway.menus.current, Fatal, 48001)


@pytest.mark.parametrize(("scene", "seconds"), [("", 600), ("x" * 65, 600), ("x", 30 * 86400 + 1), ("x", 0)])
def test_a_code_with_an_impossible_scene_or_life_is_refused(gateway: Gateway, scene: str, seconds: int) -> None:
    _refused(lambda: gateway.qrcodes.create(scene, seconds), BadRequest, 40053)


def test_the_picture_of_an_unknown_ticket_is_not_there(gateway: Gateway) -> None:
    with pytest.raises(NoAnswer, match="HTTP 404"):
        gateway.qrcodes.picture("unknown")


def test_a_mini_program_has_no_menu(platform: Platform) -> None:
    gateway = _gateway(platform, MINIPROGRAM)
    _refused(gateway.menus.current, Fatal, 48001)


@pytest.mark.parametrize(
    ("app_id", "secret", "errcode"),
    [("wx0000000000000000", "s" * 32, 40013), (OFFICIAL.app_id, "x" * 32, 40125)],
)
def test_wrong_credentials_are_for_an_operator(platform: Platform, app_id: str, secret: str, errcode: int) -> None:
    refused = _refused(_gateway(platform, replace(OFFICIAL, app_id=app_id, app_secret=secret)).ping, Fatal, errcode)
    assert secret not in str(refused) + repr(refused)


def test_an_address_that_is_not_on_the_whitelist_is_told_with_the_address(gateway: Gateway, platform: Platform) -> None:
    platform.fault("/cgi-bin/stable_token", "errcode", errcode=40164)
    assert "127.0.0.1" in _refused(gateway.ping, Fatal, 40164).errmsg


@pytest.mark.parametrize(
    ("errcode", "kind", "sent"),
    [
        (-1, Busy, True),
        (45011, Busy, False),
        (45009, QuotaExhausted, False),
        (48001, Fatal, False),
        (50002, Fatal, False),
        (43004, RecipientUnreachable, False),
        (47001, BadRequest, False),
        (99999, BadRequest, False),
    ],
)
def test_each_kind_of_refusal_is_an_error_of_its_own(
    gateway: Gateway, platform: Platform, phone: Phone, errcode: int, kind: type[Refused], sent: bool
) -> None:
    platform.fault(SEND, "errcode", errcode=errcode, times=1)
    _refused(lambda: gateway.custom.send(phone.openid, CustomText("您好")), kind, errcode, sent)
    assert len(platform.calls(SEND)) == 1, "nothing but a refused token is repeated here"


def test_an_error_number_written_as_text_is_understood(gateway: Gateway, platform: Platform, phone: Phone) -> None:
    platform.fault(SEND, "string_errcode")
    gateway.custom.send(phone.openid, CustomText("您好"))
    platform.fault(SEND, "errcode", errcode=45047)
    _refused(lambda: gateway.custom.send(phone.openid, CustomText("您好")), RecipientUnreachable, 45047)


def test_an_answer_without_a_number_is_a_good_one(gateway: Gateway, platform: Platform, phone: Phone) -> None:
    platform.fault("*", "no_errcode")
    gateway.custom.send(phone.openid, CustomText("您好"))
    gateway.menus.push((Button("帮助", "click", "help"),))
    assert gateway.menus.current() == (Button("帮助", "click", "help"),)
