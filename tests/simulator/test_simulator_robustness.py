"""Whatever comes in, no interface and no control falls over: odd values get an errcode or a sentence, never a 500."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from simulator.api.calls import Body, Interface
from simulator.api.table import INTERFACES
from simulator.app import ACTS
from tests.simulator.driver import MINIPROGRAM, OFFICIAL, PNG, Driver

ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    "x",
    "一" * 40,
    "\x00\x7f",
    [],
    [None],
    [[]],
    {},
    {"": None},
)
FIELDS = (
    "openid", "openid_list", "tagid", "tag", "remark", "begin_openid", "next_openid", "user_list", "button",
    "matchrule", "menuid", "user_id", "media_id", "type", "offset", "count", "articles", "index", "publish_id",
    "article_id", "appid", "appsecret", "cgi_path", "rid", "scene", "page", "width", "line_color", "path",
    "query", "env_version", "expire_type", "expire_interval", "expire_time", "is_expire", "jump_wxa", "content",
    "version", "media_url", "media_type", "code", "encrypted_msg_hash", "client_ip", "touser", "template_id",
    "data", "filter", "msgtype", "text", "msg_id", "tid",
)  # fmt: skip
NESTED = ("tag", "matchrule", "jump_wxa", "line_color", "filter", "text", "data")

each_json_interface = pytest.mark.parametrize(
    "interface", [one for one in INTERFACES if one.body is Body.JSON], ids=lambda one: one.path
)
each_other_interface = pytest.mark.parametrize(
    "interface", [one for one in INTERFACES if one.body is not Body.JSON], ids=lambda one: one.path
)


def bodies() -> Iterator[dict[str, Any]]:
    for value in ODD:
        yield dict.fromkeys(FIELDS, value)
        yield {name: dict.fromkeys(FIELDS, value) if name in NESTED else value for name in FIELDS}
        yield {name: [dict.fromkeys(FIELDS, value)] for name in FIELDS}


def of(interface: Interface) -> list[str]:
    return [app_id for app_id in (OFFICIAL, MINIPROGRAM) if _may(interface, app_id)]


def _may(interface: Interface, app_id: str) -> bool:
    kind = "official" if app_id == OFFICIAL else "miniprogram"
    return not interface.kinds or kind in interface.kinds


@each_json_interface
def test_odd_bodies_get_an_errcode(simulator: Driver, interface: Interface) -> None:
    simulator.follow()
    simulator.act("visit", app_id=MINIPROGRAM)
    for app_id in of(interface):
        token = simulator.token(app_id)
        known = simulator.openid(app_id=app_id)
        for number, body in enumerate(bodies()):
            extra = {"openid": known, "touser": known} if number % 2 else {}
            answer = simulator.post(f"{interface.path}?access_token={token}", body | extra)
            assert answer.status == 200, (body, answer.raw)


@each_json_interface
def test_what_is_no_json_object_is_a_format_error(simulator: Driver, interface: Interface) -> None:
    if not interface.kinds:
        return  # the credential is in the body
    app_id = of(interface)[0]
    for raw in (b"", b"[]", b'"x"', b"{", b"\xff\xfe", b'{"a": "\\ud800"}', b"[" * 100_000):
        address = f"{interface.path}?access_token={simulator.token(app_id)}"
        answer = simulator.request(interface.method, address, body=raw)
        assert (answer.status, answer.errcode) == (200, 47001), raw[:20]


@each_other_interface
def test_odd_queries_get_an_errcode(simulator: Driver, interface: Interface) -> None:
    names = ("type", "media_id", "openid", "next_openid", "signature", "sig_method", "code", "state", "appid", "secret",
             "grant_type", "refresh_token", "js_code", "ticket", "lang", "appsecret")  # fmt: skip
    for app_id in of(interface):
        token = simulator.token(app_id)
        for value in (
            "",
            "x",
            "一",
            "%00",
            "%ff",
            "jsapi",
            app_id,
            "authorization_code",
            quote("\ud800", errors="replace"),
        ):
            query = "".join(f"&{name}={quote(value, safe='%')}" for name in names)
            answer = simulator.request(interface.method, f"{interface.path}?access_token={token}{query}")
            assert answer.status in {200, 404}, answer.raw


@pytest.mark.parametrize("description", ["", "{", "[]", '{"title": 5}', "\x00", json.dumps({"title": "一" * 9_999})])
def test_odd_uploads_get_an_errcode(simulator: Driver, description: str) -> None:
    path = f"/cgi-bin/material/add_material?access_token={simulator.token()}"
    for kind in ("image", "video", "thumb", "x", ""):
        for name in ("media", "other"):
            assert simulator.upload(f"{path}&type={kind}", name, PNG, description=description).status == 200


@pytest.mark.parametrize("verb", [verb for verb, _ in ACTS])
def test_odd_acts_get_a_sentence(simulator: Driver, verb: str) -> None:
    for app_id in (OFFICIAL, MINIPROGRAM):
        for body in bodies():
            answer = simulator.act(verb.strip("/"), body, app_id=app_id)
            assert answer.status < 500, (body, answer.raw)


@pytest.mark.parametrize(
    "path", ["/simulator/people", "/simulator/people/p1", f"/simulator/accounts/{OFFICIAL}/limits",
             f"/simulator/accounts/{OFFICIAL}/addresses", "/simulator/settings"],
)  # fmt: skip
def test_odd_controls_get_a_sentence(simulator: Driver, path: str) -> None:
    names = ("nickname", "high_risk", "client", "risk_rank", "path", "daily", "allowed", "retries", "publish_seconds",
             "publish_status", "media_verdict", "media_verdict_seconds", "publish_refusal", "tags_busy")  # fmt: skip
    for value in ODD:
        for body in (dict.fromkeys(names, value), *({name: value} for name in names)):
            assert simulator.post(path, body).status < 500, body
