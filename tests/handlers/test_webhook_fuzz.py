"""Whatever arrives at the webhook, in an envelope or not: an answer or a refusal, never a crash."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from structlog.testing import LogCapture

from backend import runtime as runtimes
from backend.accounts import actions as accounts
from backend.storage import migrations
from backend.wechat.pushes import documents, envelope, reading
from backend.wechat.pushes.envelope import Keys
from backend.wechat.pushes.replies import RECEIVED
from handlers import help
from tests.conftest import OFFICIAL, make_settings
from wsgi import create_app

KEYS = Keys(OFFICIAL.app_id, OFFICIAL.token, OFFICIAL.aes_key)
URL = f"/wechat/{OFFICIAL.app_id}"
REFUSED = {400, 403, 404, 405, 413}
KINDS = [*reading._MESSAGES, "event", "EVENT", "nothing"]
EVENTS = [*reading._EVENTS, "", "NEW_EVENT"]
NAMES = [
    "Content", "MsgId", "MediaId", "PicUrl", "Location_X", "Location_Y", "Scale", "Label", "Title", "Url", "EventKey",
    "Ticket", "Latitude", "Longitude", "MenuId", "ScanCodeInfo", "SendPicsInfo", "SendLocationInfo", "MsgID", "Status",
    "TotalCount", "PublishEventInfo", "SubscribeMsgPopupEvent", "SubscribeMsgSentEvent", "List", "OpenID", "UnionID",
    "RevokeInfo", "event_type", "result", "errcode", "KfAccount", "SessionFrom", "bizmsgmenuid", "Encrypt",
]  # fmt: skip

calm = hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
words = st.text(max_size=60) | st.sampled_from(
    ["]]>", "<![CDATA[", "&amp;", "nan", "1e999", "-1", "9" * 30, "😀", "帮助", "place.99"]
)
values = st.recursive(
    words | st.integers() | st.floats() | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["List", "item", "TemplateId"]), inner, max_size=3)
    ),
    max_leaves=6,
)
messages = st.fixed_dictionaries(
    {
        "ToUserName": words | st.just("gh_1"),
        "FromUserName": words | st.just("oPerson"),
        "CreateTime": st.integers(-5, 2**70) | st.just(1_700_000_000) | words,
        "MsgType": st.sampled_from(KINDS) | words,
        "Event": st.sampled_from(EVENTS) | words,
    }
)
more = st.dictionaries(st.sampled_from(NAMES), values, max_size=6)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = make_settings(Path(tmp_path_factory.mktemp("fuzz")))
    runtime = runtimes.start(settings)
    migrations.apply(runtime.database)
    accounts.seed(settings, runtime.cipher)
    runtime.close()
    made = create_app(settings)
    yield made
    made.extensions["tongxin"].close()


def post_sealed(app: Flask, message: bytes) -> tuple[int, bytes]:
    """As the platform would seal it; the answer opened again."""
    sealed = envelope.seal(message, KEYS, int(time.time()), "nonce")
    query = f"?timestamp={sealed.timestamp}&nonce=nonce&encrypt_type=aes&msg_signature={sealed.signature}"
    body = f"<xml><Encrypt><![CDATA[{sealed.encrypt}]]></Encrypt></xml>"
    answer = app.test_client().post(URL + query, data=body)
    return answer.status_code, answer.data


def check(status: int, data: bytes) -> None:
    assert status == 200 or (status in REFUSED and data == b"")
    if status == 200 and data != RECEIVED:
        assert documents.read(data)[0]


def as_xml(fields: object) -> str:
    if isinstance(fields, dict):
        return "".join(f"<{name}>{as_xml(value)}</{name}>" for name, value in fields.items())
    if isinstance(fields, list):
        return "".join(f"<item>{as_xml(value)}</item>" for value in fields)
    return f"<![CDATA[{str(fields).replace(']]>', ']]]]><![CDATA[>')}]]>"


@calm
@given(
    body=st.binary(max_size=400) | words.map(str.encode),
    query=st.dictionaries(
        st.sampled_from(["signature", "timestamp", "nonce", "msg_signature", "encrypt_type", "echostr"]),
        words,
        max_size=6,
    ),
)
def test_who_is_not_the_platform_is_refused(app: Flask, body: bytes, query: dict[str, str]) -> None:
    for method in ("GET", "POST"):
        answer = app.test_client().open(URL, method=method, data=body, query_string=query)
        assert answer.status_code in REFUSED
        assert answer.data == b""


@calm
@given(message=st.binary(max_size=600))
def test_random_bytes_in_a_true_envelope_are_refused_or_answered(app: Flask, message: bytes) -> None:
    check(*post_sealed(app, message))


@calm
@given(common=messages, extra=more)
def test_strange_messages_in_json_never_crash(app: Flask, common: dict[str, object], extra: dict[str, object]) -> None:
    check(*post_sealed(app, json.dumps({**extra, **common}).encode()))


@calm
@given(common=messages, extra=more)
def test_strange_messages_in_xml_never_crash(app: Flask, common: dict[str, object], extra: dict[str, object]) -> None:
    check(*post_sealed(app, f"<xml>{as_xml({**extra, **common})}</xml>".encode("utf-8", "surrogatepass")))


@calm
@given(where=st.integers(0, 220), what=st.binary(min_size=1, max_size=4))
def test_a_damaged_message_never_crashes(app: Flask, where: int, what: bytes) -> None:
    whole = (
        b"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oA]]></FromUserName>"
        b"<CreateTime>1700000000</CreateTime><MsgType><![CDATA[location]]></MsgType><Location_X>30.1</Location_X>"
        b"<Location_Y>112.8</Location_Y><MsgId>1</MsgId></xml>"
    )
    check(*post_sealed(app, whole[:where] + what + whole[where + len(what) :]))


def test_an_unknown_event_is_logged_and_answered_success(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    told = LogCapture()
    monkeypatch.setattr(help, "log", structlog.wrap_logger(None, processors=[told]))
    fields = {"ToUserName": "gh_1", "FromUserName": "oSecretPerson", "CreateTime": 1, "MsgType": "event"}
    assert post_sealed(app, json.dumps({**fields, "Event": "brand_new"}).encode()) == (200, RECEIVED)
    assert [(entry["event"], entry["kind"]) for entry in told.entries] == [("message.unknown", "brand_new")]
    assert "oSecretPerson" not in str(told.entries)


def test_a_body_that_is_too_large_is_refused(app: Flask) -> None:
    assert app.test_client().post(URL, data=b"x" * (documents.MAX_BYTES + 1)).status_code == 413


def test_nothing_is_stored_of_what_is_refused(app: Flask) -> None:
    from models.followers import WechatIdentity
    from models.receipts import Receipt

    before = WechatIdentity.select().count(), Receipt.select().count()
    for body in (b"", b"{", b"<xml/>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><xml>&a;</xml>"):
        status, _ = post_sealed(app, body)
        assert status == 400
    assert (WechatIdentity.select().count(), Receipt.select().count()) == before
