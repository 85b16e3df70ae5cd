"""What the platform tells about subscriptions reaches the credits: as XML and JSON, once, and all of it at once."""

import json
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from flask import Flask

from backend import clock
from backend.runtime import Runtime
from backend.settings import Settings
from backend.wechat.pushes import documents, envelope, reading
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.envelope import Keys
from backend.wechat.pushes.replies import RECEIVED
from handlers import subscriptions, table
from handlers.table import Care
from handlers.talk import Talk
from models.followers import WechatIdentity
from models.subscriptions import SubscriptionCredit
from tests.conftest import OFFICIAL
from tests.simulated import wait_for
from tests.threads import at_once
from wsgi import create_app

KEYS = Keys(OFFICIAL.app_id, OFFICIAL.token, OFFICIAL.aes_key)
Written = Callable[[str, dict[str, str], int], bytes]
POPUP, CHANGE = "subscribe_msg_popup_event", "subscribe_msg_change_event"
OPENID, NOW = "o9AgO5Kd5ggOC", int(time.time())


@pytest.fixture
def app(runtime: Runtime, settings: Settings) -> Iterator[Flask]:
    """The served house, on each engine."""
    made = create_app(settings)
    yield made
    made.extensions["tongxin"].close()


def _xml(event: str, choices: dict[str, str], at: int) -> bytes:
    wrapper = {POPUP: "SubscribeMsgPopupEvent", CHANGE: "SubscribeMsgChangeEvent"}[event]
    items = "".join(
        f"<List><TemplateId>{one}</TemplateId><SubscribeStatusString>{choice}</SubscribeStatusString></List>"
        for one, choice in choices.items()
    )
    head = f"<ToUserName>gh_1</ToUserName><FromUserName>{OPENID}</FromUserName><CreateTime>{at}</CreateTime>"
    kind = f"<MsgType>event</MsgType><Event>{event}</Event>"
    return f"<xml>{head}{kind}<{wrapper}>{items}</{wrapper}></xml>".encode()


def _json(event: str, choices: dict[str, str], at: int) -> bytes:
    """One choice is an object, several are a list (protocol sheet §2.2)."""
    items = [{"TemplateId": one, "SubscribeStatusString": choice} for one, choice in choices.items()]
    head = {"ToUserName": "gh_1", "FromUserName": OPENID, "CreateTime": str(at), "MsgType": "event", "Event": event}
    return json.dumps({**head, "List": items[0] if len(items) == 1 else items}).encode()


def _push(app: Flask, message: bytes) -> bytes:
    sealed = envelope.seal(message, KEYS, int(time.time()), "nonce")
    query = f"?timestamp={sealed.timestamp}&nonce=nonce&encrypt_type=aes&msg_signature={sealed.signature}"
    body = f"<xml><Encrypt><![CDATA[{sealed.encrypt}]]></Encrypt></xml>"
    answer = app.test_client().post(f"/wechat/{OFFICIAL.app_id}{query}", data=body)
    assert answer.status_code == 200
    return bytes(answer.data)


def _left() -> dict[str, int]:
    return {row.template_id: row.left for row in SubscriptionCredit.select()}


@pytest.mark.parametrize("written", [_xml, _json])
def test_every_choice_of_an_event_counts_and_nothing_is_said(app: Flask, written: Written) -> None:
    assert _push(app, written(POPUP, {"tplA": "accept", "tplB": "reject", "tplC": "accept"}, NOW)) == RECEIVED
    assert _left() == {"tplA": 1, "tplC": 1}
    assert _push(app, written(POPUP, {"tplA": "accept"}, NOW + 1)) == RECEIVED
    assert _push(app, written(CHANGE, {"tplC": "reject"}, NOW + 2)) == RECEIVED
    assert _left() == {"tplA": 2, "tplC": 0}


def test_twenty_events_of_one_person_at_once_are_twenty_and_repeated_still_twenty(app: Flask) -> None:
    events = [_xml(POPUP, {"tplA": "accept"}, NOW + second) for second in range(20)]
    assert set(at_once(*(partial(_push, app, event) for event in events))) == {RECEIVED}
    wait_for(lambda: _left() == {"tplA": 20})
    at_once(*(partial(_push, app, event) for event in events))
    assert _left() == {"tplA": 20}
    for event in events:  # without the claim it is the receipt that knows it
        key = reading.read(documents.read(event)[0]).key
        app.extensions["tongxin"].kv.drop(f"claim:{OFFICIAL.app_id}:{key}")
    at_once(*(partial(_push, app, event) for event in events))
    assert _left() == {"tplA": 20}


def test_an_event_of_who_could_not_be_looked_up_counts_as_soon_as_the_database_is_back(runtime: Runtime) -> None:
    account = runtime.account(OFFICIAL.app_id)
    head = (OPENID, "gh_1", clock.now(), "e:1")
    message = m.SubscribePopup(*head, (m.Choice("tplA", "accept"),))
    subscriptions.answered(Talk(runtime, account, message, None))
    assert (_left(), WechatIdentity.select().count()) == ({"tplA": 1}, 1)


@pytest.mark.parametrize("kind", [m.SubscribePopup, m.SubscribeChange])
def test_an_event_is_worked_on_once_and_fails_without_a_word(kind: type[m.SubscribePopup]) -> None:
    route = table.route_of(kind(OPENID, "gh_1", clock.now(), "e:1", ()))
    assert (route.care, route.silent) == (Care.WRITE, True)
