"""What leaves for the platform: each channel's body is what the platform's page asks for (protocol sheet §4)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from backend import clock
from backend.outbox.channels import Choice, Contact, Plan, Reach
from backend.outbox.engine.parcels import Assignment, Block, Parcel
from backend.outbox.engine.sends import Outgoing, outgoing
from backend.outbox.engine.speaking import Letter
from backend.outbox.messages import Message
from backend.subscriptions.queries import Binding
from models.accounts import AccountKind
from models.deliveries import Channel, DeliveryState, Priority
from models.subscriptions import TemplateTerm

OPENID, TEMPLATE_ID, MINI_APP = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "tpl-4711", "wx4d5c2a6f0e1b3789"
FIELDS = {"thing1": "title", "time2": "when"}
SAID = Message("明天停水", {"title": "停水通知", "when": "2026年6月1日 09:00"})
DATA = {"thing1": {"value": "停水通知"}, "time2": {"value": "2026年6月1日 09:00"}}
PAGE, URL = "pages/notice?id=1", "https://example.cn/n/1"
LONGEST_ID = 2**63 - 1


def _contact(kind: AccountKind = AccountKind.OFFICIAL) -> Contact:
    return Contact(11, 1, kind, OPENID)


def _binding(channel: Channel, fields: Mapping[str, str], template_id: str = TEMPLATE_ID) -> Binding:
    return Binding(1, channel, "notice", template_id, TemplateTerm.NONE, fields)


def _assignment(message: Message = SAID) -> Assignment:
    now = clock.now()
    plan = Plan((), frozenset(), Priority.BROADCAST, now + timedelta(days=1), {})
    return Assignment(5, "notice", message, plan)


def _parcel(assignment: Assignment, id_: int = 42, **more: Any) -> Parcel:
    block = Block(1, assignment, 0, Priority.BROADCAST, 1)
    return Parcel(id_, 7, block, Reach([]), more.pop("data", None), DeliveryState.CLAIMED, **more)


def leaving(
    channel: Channel, message: Message = SAID, fields: Mapping[str, str] = FIELDS, mini: str = MINI_APP, id_: int = 42
) -> Outgoing:
    """One message to one person, by this channel."""
    choice = Choice(channel, _contact(), _binding(channel, fields))
    return outgoing(_parcel(_assignment(message), id_), choice, message, mini)


def body(channel: Channel, message: Message = SAID, **more: Any) -> dict[str, Any]:
    """As it stands in the request."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(leaving(channel, message, **more).body()))
    return found


PATHS = {
    Channel.SUBSCRIBE: "/cgi-bin/message/subscribe/send",
    Channel.NOTICE: "/cgi-bin/message/subscribe/bizsend",
    Channel.TEMPLATE: "/cgi-bin/message/template/send",
    Channel.CUSTOM: "/cgi-bin/message/custom/send",
}


@pytest.mark.parametrize(("channel", "path"), PATHS.items())
def test_each_channel_has_its_interface_and_her_openid(channel: Channel, path: str) -> None:
    sent = leaving(channel)
    assert (sent.path, sent.openid, sent.body()["touser"]) == (path, OPENID, OPENID)


def test_a_template_message() -> None:
    """§4.1"""
    full = Message("", SAID.fields, PAGE, URL)
    assert body(Channel.TEMPLATE, full) == {
        "touser": OPENID,
        "template_id": TEMPLATE_ID,
        "url": URL,
        "miniprogram": {"appid": MINI_APP, "pagepath": PAGE},
        "data": DATA,
        "client_msg_id": "d42",
    }
    assert body(Channel.TEMPLATE).keys() == {"touser", "template_id", "data", "client_msg_id"}


def test_a_subscription_notice_of_the_service_account() -> None:
    """§4.2"""
    full = Message("", SAID.fields, PAGE, URL)
    assert body(Channel.NOTICE, full) == {
        "touser": OPENID,
        "template_id": TEMPLATE_ID,
        "page": URL,
        "miniprogram": {"appid": MINI_APP, "pagepath": PAGE},
        "data": DATA,
    }
    assert body(Channel.NOTICE).keys() == {"touser", "template_id", "data"}


def test_a_subscribe_message_of_the_mini_program() -> None:
    """§4.3: its own page, and no web page."""
    full = Message("", SAID.fields, PAGE, URL)
    assert body(Channel.SUBSCRIBE, full) == {
        "touser": OPENID,
        "template_id": TEMPLATE_ID,
        "page": PAGE,
        "data": DATA,
        "miniprogram_state": "formal",
        "lang": "zh_CN",
    }
    assert "page" not in body(Channel.SUBSCRIBE)


def test_a_customer_service_message_says_the_words() -> None:
    """§4.5"""
    assert body(Channel.CUSTOM) == {"touser": OPENID, "msgtype": "text", "text": {"content": "明天停水"}}


def test_an_image_takes_the_place_of_the_words() -> None:
    told = body(Channel.CUSTOM, Message("明天停水", image="media-1"))
    assert told == {"touser": OPENID, "msgtype": "image", "image": {"media_id": "media-1"}}


def test_long_words_are_cut_at_a_character_to_what_the_platform_delivers() -> None:
    content = body(Channel.CUSTOM, Message("水" * 1000))["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content == "水" * 681 + "…"


@pytest.mark.parametrize("channel", [Channel.TEMPLATE, Channel.NOTICE])
def test_without_a_mini_program_no_page_is_named(channel: Channel) -> None:
    told = body(channel, Message("", SAID.fields, PAGE, URL), mini="")
    assert "miniprogram" not in told
    assert URL in told.values()


@pytest.mark.parametrize("channel", [Channel.TEMPLATE, Channel.NOTICE])
def test_without_a_page_no_mini_program_is_named(channel: Channel) -> None:
    assert "miniprogram" not in body(channel)


# Values


@pytest.mark.parametrize("channel", [Channel.TEMPLATE, Channel.NOTICE, Channel.SUBSCRIBE])
def test_values_are_cut_to_what_their_keyword_takes(channel: Channel) -> None:
    said = Message("", {"title": "水" * 21, "when": "2026年6月1日\n09:00"})
    values = {key: value["value"] for key, value in body(channel, said)["data"].items()}
    assert values == {"thing1": "水" * 19 + "…", "time2": "2026年6月1日 09:00"}


def test_every_keyword_of_the_template_is_filled_and_no_other_field_is_told() -> None:
    said = Message("", {"title": "停水通知", "secret": "不说"})
    assert body(Channel.TEMPLATE, said)["data"] == {"thing1": {"value": "停水通知"}, "time2": {"value": "—"}}


@pytest.mark.parametrize("nothing", ["", None])
def test_a_dash_stands_for_what_a_message_does_not_have(nothing: str | None) -> None:
    fields = {} if nothing is None else {"title": nothing, "when": nothing}
    values = {value["value"] for value in body(Channel.NOTICE, Message("", fields))["data"].values()}
    assert values == {"—"}


def test_all_are_told_the_same_and_who_has_words_of_her_own_is_told_those() -> None:
    assignment = _assignment()
    choice = Choice(Channel.TEMPLATE, _contact(), _binding(Channel.TEMPLATE, FIELDS))

    def title(message: Message, data: str | None) -> str:
        sent = outgoing(_parcel(assignment, data=data), choice, message, "")
        return str(sent.body()["data"]["thing1"]["value"])

    hers = SAID.with_data({"fields": {"title": "您家停水"}})
    assert [title(SAID, None), title(hers, "sealed"), title(SAID, None)] == ["停水通知", "您家停水", "停水通知"]


def test_two_templates_of_one_source_are_filled_each_in_its_way() -> None:
    assignment, told = _assignment(), []
    for template_id, fields in (("one", {"thing1": "title"}), ("two", {"thing9": "title"})):
        choice = Choice(Channel.NOTICE, _contact(), _binding(Channel.NOTICE, fields, template_id))
        told.append(outgoing(_parcel(assignment), choice, SAID, "").body()["data"])
    assert told == [{"thing1": {"value": "停水通知"}}, {"thing9": {"value": "停水通知"}}]


# De-duplication


def test_the_key_of_a_template_message_is_the_same_at_every_try_and_of_no_other() -> None:
    keys = [body(Channel.TEMPLATE, id_=id_)["client_msg_id"] for id_ in (42, 42, 43)]
    assert keys[0] == keys[1] != keys[2]


def test_the_key_is_never_longer_than_the_shortest_the_platform_names_anywhere() -> None:
    """§4.4 says 32 bytes for mass sends; for template messages no page names a length."""
    key = body(Channel.TEMPLATE, id_=LONGEST_ID)["client_msg_id"]
    assert key.isascii()
    assert len(key) <= 32


def test_only_template_messages_are_told_twice_without_arriving_twice() -> None:
    now, long_ago = clock.now(), clock.ago(minutes=10)

    def repeats(channel: Channel, intended_at: datetime | None) -> bool:
        return Letter(1, 1, "o1", PATHS[channel], b"{}", False, channel, intended_at).deduplicated

    assert {channel for channel in PATHS if repeats(channel, now)} == {Channel.TEMPLATE}
    assert not repeats(Channel.TEMPLATE, long_ago)
    assert not repeats(Channel.TEMPLATE, None)
