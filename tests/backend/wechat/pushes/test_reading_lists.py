"""Subscription events read the same whether their list is an object, an array, nested or not; so do authorisations."""

import json
from typing import Any

import pytest

from backend.wechat.pushes import documents, reading
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.documents import DocumentError

ONE = {"TemplateId": "T1", "SubscribeStatusString": "accept", "PopupScene": "2"}
TWO = {"TemplateId": "T2", "SubscribeStatusString": "reject", "PopupScene": "2"}
CHOICES = (m.Choice("T1", "accept", "2"), m.Choice("T2", "reject", "2"))


def _xml(event: str, inner: str) -> m.Inbound:
    head = "<ToUserName>gh</ToUserName><FromUserName>oA</FromUserName><CreateTime>1714112445</CreateTime>"
    body = f"<xml>{head}<MsgType>event</MsgType><Event>{event}</Event>{inner}</xml>"
    return reading.read(documents.read(body.encode())[0])


def _json(event: str, **fields: Any) -> m.Inbound:
    head = {"ToUserName": "gh", "FromUserName": "oA", "CreateTime": "1714112445", "MsgType": "event", "Event": event}
    return reading.read(documents.read(json.dumps({**head, **fields}).encode())[0])


def _list(*items: dict[str, str]) -> str:
    return "".join("<List>" + "".join(f"<{k}>{v}</{k}>" for k, v in item.items()) + "</List>" for item in items)


@pytest.mark.parametrize("items", [(ONE,), (ONE, TWO)])
def test_choices_in_xml_repeat_their_list_below_the_event(items: tuple[dict[str, str], ...]) -> None:
    read = _xml("subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{_list(*items)}</SubscribeMsgPopupEvent>")
    assert isinstance(read, m.SubscribePopup)
    assert read.choices == CHOICES[: len(items)]


@pytest.mark.parametrize(
    ("given", "count"), [(ONE, 1), ([ONE], 1), ([ONE, TWO], 2), ([], 0), ("", 0), (None, 0), ([ONE, "x", None, TWO], 2)]
)
def test_choices_in_json_are_an_object_an_array_or_nothing(given: object, count: int) -> None:
    for fields in ({"List": given}, {"SubscribeMsgPopupEvent": {"List": given}}):
        read = _json("subscribe_msg_popup_event", **fields)
        assert isinstance(read, m.SubscribePopup)
        assert read.choices == CHOICES[:count]


def test_no_list_is_no_choice() -> None:
    read = _json("subscribe_msg_popup_event")
    assert isinstance(read, m.SubscribePopup)
    assert read.choices == ()


def test_a_scene_may_be_a_number() -> None:
    read = _json("subscribe_msg_popup_event", List={**ONE, "PopupScene": 2})
    assert isinstance(read, m.SubscribePopup)
    assert read.choices == CHOICES[:1]


def test_a_choice_changed_in_the_settings_has_no_scene() -> None:
    change = {"TemplateId": "T2", "SubscribeStatusString": "reject"}
    wrapped = f"<SubscribeMsgChangeEvent>{_list(change)}</SubscribeMsgChangeEvent>"
    in_xml = _xml("subscribe_msg_change_event", wrapped)
    for read in (in_xml, _json("subscribe_msg_change_event", List=change)):
        assert isinstance(read, m.SubscribeChange)
        assert read.choices == (m.Choice("T2", "reject"),)


def test_results_of_sending_carry_their_message_and_error() -> None:
    sent = {"TemplateId": "T1", "MsgID": "1864323726461255680", "ErrorCode": "0", "ErrorStatus": "success"}
    in_xml = _xml("subscribe_msg_sent_event", f"<SubscribeMsgSentEvent>{_list(sent)}</SubscribeMsgSentEvent>")
    in_json = _json("subscribe_msg_sent_event", List=[{**sent, "MsgID": 1864323726461255680, "ErrorCode": 0}])
    for read in (in_xml, in_json):
        assert isinstance(read, m.SubscribeSent)
        assert read.results == (m.SentResult("T1", "1864323726461255680", 0, "success"),)


AUTHORIZATIONS = {
    "user_info_modified": "modified",
    "user_authorization_revoke": "revoked",
    "user_authorization_cancellation": "cancelled",
}


@pytest.mark.parametrize(("event", "change"), AUTHORIZATIONS.items())
def test_an_authorisation_is_about_its_openid_and_not_about_the_sender(event: str, change: str) -> None:
    fields = {"OpenID": "oPerson", "UnionID": "uPerson", "AppID": "wx1", "RevokeInfo": "8", "PluginID": ""}
    in_xml = _xml(event.upper(), "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()))
    for read in (in_xml, _json(event, **fields)):
        assert isinstance(read, m.AuthorizationChange)
        assert (read.openid, read.unionid, read.change, read.revoked) == ("oPerson", "uPerson", change, (8,))


@pytest.mark.parametrize(
    ("info", "codes"), [("8", (8,)), (8, (8,)), ("6,8", (6, 8)), ("6 8", (6, 8)), ("", ()), ("²", ())]
)
def test_what_was_revoked_is_a_list_of_numbers(info: object, codes: tuple[int, ...]) -> None:
    read = _json("user_authorization_revoke", OpenID="oPerson", RevokeInfo=info)
    assert isinstance(read, m.AuthorizationChange)
    assert read.revoked == codes


@pytest.mark.parametrize("event", AUTHORIZATIONS)
def test_an_authorisation_that_names_nobody_is_refused(event: str) -> None:
    """Else the platform itself, or a person with an empty openid, would be written down as having left."""
    with pytest.raises(DocumentError):
        _json(event, RevokeInfo="8")
