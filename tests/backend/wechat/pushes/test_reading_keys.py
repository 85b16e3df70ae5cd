"""What every message must carry, and the key by which a repetition is known for one."""

from typing import Any

import pytest

from backend.wechat.pushes import documents, reading
from backend.wechat.pushes.documents import DocumentError, Fields

TEXT: Fields = {
    "ToUserName": "gh_97417a04a28d",
    "FromUserName": "o9AgO5Kd",
    "CreateTime": "1714112445",
    "MsgType": "text",
    "Content": "帮助",
    "MsgId": "24568234589076543",
}
EVENT: Fields = {**{k: v for k, v in TEXT.items() if k not in ("Content", "MsgId")}, "MsgType": "event"}
CLICK: Fields = {**EVENT, "Event": "CLICK", "EventKey": "help"}


def _key(fields: Fields, **changed: Any) -> str:
    return reading.read({**fields, **changed}).key


@pytest.mark.parametrize("name", ["ToUserName", "FromUserName", "CreateTime", "MsgType"])
@pytest.mark.parametrize("fields", [TEXT, CLICK])
def test_a_message_without_a_common_field_is_refused(fields: Fields, name: str) -> None:
    wrong: list[object] = ["", None, [], {"a": "b"}, True]
    for value in wrong:
        with pytest.raises(DocumentError):
            reading.read({**fields, name: value})
    with pytest.raises(DocumentError):
        reading.read({key: value for key, value in fields.items() if key != name})


@pytest.mark.parametrize(
    "seconds",
    [
        "0",
        "-1",
        "4102444800",
        "9" * 19,
        "9" * 25,
        "9" * 4000,
        "abc",
        "1e9",
        "0x10",
        "1714112445.5",
        "2024-04-26",
        "nan",
        "²",
        True,
    ],
)
def test_an_absurd_create_time_is_refused(seconds: object) -> None:
    with pytest.raises(DocumentError):
        reading.read({**TEXT, "CreateTime": seconds})


@pytest.mark.parametrize("seconds", ["1", "1714112445", " 1714112445 ", "4102444799", 1714112445])
def test_a_create_time_may_be_text_or_number(seconds: object) -> None:
    assert reading.read({**TEXT, "CreateTime": seconds}).at.timestamp() == int(str(seconds))


@pytest.mark.parametrize("name", ["ToUserName", "FromUserName"])
def test_an_openid_has_64_characters_at_most(name: str) -> None:
    assert reading.read({**TEXT, name: "o" * 64})
    with pytest.raises(DocumentError, match=name):
        reading.read({**TEXT, name: "o" * 65})


def test_a_text_of_absurd_length_is_refused() -> None:
    assert reading.read({**TEXT, "Content": "云" * 20_000})
    with pytest.raises(DocumentError, match="Content"):
        reading.read({**TEXT, "Content": "云" * 20_001})


def test_a_scene_of_absurd_length_is_no_scene() -> None:
    assert getattr(reading.read({**EVENT, "Event": "SCAN", "EventKey": "p" * 65}), "scene") == ""  # noqa: B009


@pytest.mark.parametrize("fields", [TEXT, CLICK])
def test_a_retry_has_the_same_key(fields: Fields) -> None:
    assert _key(fields) == _key(dict(reversed(fields.items())))


def test_a_message_is_known_by_its_id_whatever_else_changes() -> None:
    assert _key(TEXT) == _key(TEXT, CreateTime="1714112450", Content="别的")
    assert _key(TEXT) != _key(TEXT, MsgId="24568234589076544")


def test_a_message_id_is_the_same_as_text_and_as_number() -> None:
    assert _key(TEXT) == _key(TEXT, MsgId=24568234589076543)


def test_messages_without_an_id_are_told_apart_by_all_they_say() -> None:
    without = {key: value for key, value in TEXT.items() if key != "MsgId"}
    keys = {
        _key(without),
        _key(without, Content="别的"),
        _key(without, CreateTime="1714112446"),
        _key(without, FromUserName="oOther"),
    }
    assert len(keys) == 4
    assert _key(without) == _key(dict(without))


def test_two_events_of_one_second_with_different_keys_are_two() -> None:
    keys = {
        _key(CLICK),
        _key(CLICK, EventKey="human"),
        _key(CLICK, Event="VIEW"),
        _key(CLICK, CreateTime="1714112446"),
        _key(CLICK, FromUserName="oOther"),
    }
    assert len(keys) == 5


def test_two_job_reports_of_one_second_are_two() -> None:
    report = {**EVENT, "Event": "TEMPLATESENDJOBFINISH", "MsgID": "1", "Status": "success"}
    assert _key(report) != _key(report, MsgID="2")


def test_two_subscription_events_of_one_second_are_two() -> None:
    def popup(template: str) -> Fields:
        return {
            **EVENT,
            "Event": "subscribe_msg_popup_event",
            "SubscribeMsgPopupEvent": {"List": {"TemplateId": template}},
        }

    assert _key(popup("T1")) != _key(popup("T2"))


def test_two_people_who_revoke_in_one_second_are_two() -> None:
    revoke = {**EVENT, "Event": "user_authorization_revoke", "OpenID": "oA", "RevokeInfo": "8"}
    assert len({_key(revoke), _key(revoke, OpenID="oB"), _key(revoke, RevokeInfo="13")}) == 3


def test_an_event_and_a_message_never_share_a_key() -> None:
    assert _key(TEXT, MsgId="1")[0] != _key(CLICK)[0]


def test_the_key_does_not_repeat_what_somebody_wrote() -> None:
    without = {key: value for key, value in TEXT.items() if key != "MsgId"}
    assert "帮助" not in _key(without, Content="帮助我")


def test_the_same_event_in_xml_pushed_twice_has_one_key() -> None:
    body = (
        "<xml><ToUserName>gh</ToUserName><FromUserName>oA</FromUserName><CreateTime>1714112445</CreateTime>"
        "<MsgType>event</MsgType><Event>scancode_waitmsg</Event><EventKey>sign</EventKey>"
        "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo></xml>"
    )
    first, again, other = (
        reading.read(documents.read(text.encode())[0]).key for text in (body, body, body.replace(">1<", ">2<"))
    )
    assert first == again != other


@pytest.mark.parametrize("fields", [CLICK, {**TEXT, "MsgId": ""}])
def test_a_key_tells_senders_apart_and_names_none(fields: Fields) -> None:
    assert _key(fields) != _key(fields, FromUserName="o9AgO5Ke")
    assert "o9AgO5Kd" not in _key(fields)
