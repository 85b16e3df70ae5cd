"""Whatever an interface answers, its caller gets a value of the type that was promised, or an error of the house."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from structlog.testing import capture_logs

from backend.errors import HouseError
from backend.wechat.calls.mass import MassJob
from backend.wechat.calls.menus import Button
from backend.wechat.calls.publishing import Publication, PublishState
from backend.wechat.calls.templates import Blocked
from backend.wechat.failures import BadRequest, Closed, GatewayError, NoAnswer
from backend.wechat.gateway import Gateway
from tests.contracts.gateway.everything import CALLS
from tests.contracts.gateway.given import Given, given_on
from tests.contracts.gateway.lines import Line
from tests.contracts.gateway.lines_of_accounts import TOKEN
from tests.contracts.gateway.mangling import Json, Place, Proxy, harmless, mangled, proxy_to, put
from tests.simulated import Platform

LAYERS = (Button("办事", buttons=(Button("帮助", "click", "help"), Button("说明", "click", "more"))),)
MOMENT = datetime(2026, 6, 1, tzinfo=UTC)


def _done(given: Given) -> str:
    given.settings(publish_seconds=0)
    return given.gateway.publishing.submit(given.draft())


def _block(given: Given) -> None:
    given.afterwards.callback(given.gateway.users.unblock, [given.openid])
    given.gateway.users.block([given.openid])


FILES = {
    *("media.download", "media.material", "qrcodes.picture"),
    *("codes.for_scene", "codes.for_path", "codes.square"),
}
LINES = {
    **{name: line for name, line in CALLS.items() if name not in FILES},
    "drafts.page of one": replace(CALLS["drafts.page"], prepare=lambda given: given.draft()),
    "media.materials of one": replace(CALLS["media.materials"], prepare=lambda given: given.thumb()),
    "menus.conditional of one": replace(CALLS["menus.conditional"], prepare=lambda given: given.menu_for_tag()),
    "menus.seen_by in layers": replace(CALLS["menus.seen_by"], prepare=lambda given: given.gateway.menus.push(LAYERS)),
    "publishing.state done": replace(CALLS["publishing.state"], prepare=_done),
    "users.blacklist of one": replace(CALLS["users.blacklist"], prepare=_block),
}
"""Every call, and some once more with something to read in the answer."""

OTHERWISE = {"tags.create": int, "sender.send_many": None}
"""Lines that give something else than the method they are about."""

REMEMBERED = {TOKEN, "/cgi-bin/ticket/getticket"}
"""Here the gateways have to be new, or nothing would be asked a second time."""

NEVER_THE_SAME = {"tickets.sign"}
"""A moment and a word of chance go into it."""

PERSON = "oPersonPersonPersonPersonPer"
EXISTS = {"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": 2**63, "msg_data_id": 7}
BLOCKED = {"id": 1, "tmpl_msg_id": 2, "openid": PERSON, "title": "停水", "content": "明天"}
DOCUMENTED: list[tuple[str, Json, object]] = [
    ("mass.send_to text", EXISTS, MassJob("9223372036854775808", "7", known=True)),
    ("tags.tag", {"errcode": 45171, "errmsg": "part of them", "fail_openid_list": [PERSON]}, BadRequest),
    ("users.followers", {"total": 1, "count": 1, "data": {"openid": [PERSON]}, "next_openid": ""}, [[PERSON]]),
    ("users.followers", {"data": {"openid": [PERSON]}, "next_openid": PERSON}, NoAnswer),  # the same page for ever
    (
        "publishing.state",
        {"publish_status": 2, "fail_idx": [1, "2"]},
        Publication(PublishState.NOT_ORIGINAL, failed=(1, 2)),
    ),
    ("templates.blocked", {"msginfo": [BLOCKED]}, [Blocked("1", PERSON, "停水", "明天")]),
    # what the house does not know is no state
    ("mass.state", {"msg_id": 1, "msg_status": "SEND_PAUSED"}, NoAnswer),
    ("mass.speed", {"speed": 5, "realspeed": 1}, NoAnswer),
    ("publishing.state", {"publish_id": "1", "publish_status": 7}, NoAnswer),
    ("security.check_text", {"result": {"suggest": "perhaps", "label": 100}, "trace_id": "1"}, NoAnswer),
    ("security.risk_rank", {"risk_rank": 5}, NoAnswer),
]
"""Answers that the pretend platform does not give of itself."""


class Stage:
    """One call, prepared and made once; then made again with other answers."""

    def __init__(self, line: Line, given: Given, proxy: Proxy) -> None:
        self._line, self._given, self._proxy = line, given.anew(), proxy
        self._prepared = line.prepare(given)
        proxy.watch(line.path)
        self.value = self._call()
        self.heard = proxy.heard[-1]

    @property
    def path(self) -> str:
        return self._line.path

    def told(self, answer: Any) -> Any:
        self._proxy.instead = json.dumps(answer).encode()
        return self._call()

    def _call(self) -> Any:
        given = self._given.anew() if self._line.path in REMEMBERED else self._given
        return self._line.call(given, self._prepared)


@pytest.fixture(scope="module")
def proxy(running_platform: Platform) -> Iterator[Proxy]:
    with proxy_to(running_platform.url) as proxy:
        yield proxy


@contextmanager
def stage_of(name: str, proxy: Proxy) -> Iterator[Stage]:
    platform = Platform(proxy.url)
    try:
        with given_on(platform) as given:
            try:
                yield Stage(LINES.get(name) or CALLS[name], given, proxy)
            finally:
                proxy.watch("")
    finally:
        platform.close()


@pytest.mark.parametrize("name", LINES)
def test_whatever_is_answered_the_caller_gets_a_value_or_an_error(proxy: Proxy, name: str) -> None:
    with stage_of(name, proxy) as stage:
        answer = json.loads(stage.heard)
        assert fits(stage.value, promised(name))
        _gives_the_same_told_differently(stage, name, answer)
        _gives_what_is_promised_or_an_error(stage, name, answer)


@pytest.mark.parametrize(("name", "answer", "expected"), DOCUMENTED)
def test_what_the_platform_rarely_answers_is_read_as_carefully(
    proxy: Proxy, name: str, answer: Json, expected: object
) -> None:
    with stage_of(name, proxy) as stage:
        if isinstance(expected, type):
            with pytest.raises(expected):
                stage.told(answer)
        else:
            assert stage.told(answer) == expected
        _gives_what_is_promised_or_an_error(stage, name, answer)


STRANGE: list[tuple[str, Place]] = [
    ("subscriptions.all", ("data", 0, "type")),
    ("subscriptions.library", ("data", 0, "type")),
    ("menus.conditional of one", ("conditionalmenu", 0, "matchrule", "client_platform_type")),
]


@pytest.mark.parametrize(("name", "place"), STRANGE)
def test_one_entry_of_a_kind_nobody_knows_hides_none_of_the_others(proxy: Proxy, name: str, place: Place) -> None:
    with stage_of(name, proxy) as stage, capture_logs() as lines:
        answer = json.loads(stage.heard)
        entries = answer[place[0]]
        assert stage.told(put({**answer, place[0]: [entries[0], *entries]}, place, 9)) == stage.value
    assert [line["interface"] for line in lines] == [stage.path]


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_object_in_the_place_of_a_file_is_no_file(proxy: Proxy, name: str) -> None:
    with stage_of(name, proxy) as stage:
        assert fits(stage.value, promised(name))
        assert stage.value.content == stage.heard
        with pytest.raises(NoAnswer):
            stage.told({"url": "x"})


def _gives_the_same_told_differently(stage: Stage, name: str, answer: Json) -> None:
    for way, other in harmless(answer):
        value = stage.told(other)
        assert value == stage.value or name in NEVER_THE_SAME, f"{way}: {other} became {value!r}"


def _gives_what_is_promised_or_an_error(stage: Stage, name: str, answer: Json) -> None:
    for way, other in mangled(answer):
        try:
            value = stage.told(other)
        except Closed:  # then nothing was asked, and nothing tried
            raise
        except (GatewayError, HouseError):
            continue
        except Exception as error:
            error.add_note(f"{way}: {other}")
            raise
        assert fits(value, promised(name)), f"{way}: {other} became {value!r}"


def promised(name: str) -> Any:
    """What the method of the gateway says that it gives."""
    if name in OTHERWISE:
        return OTHERWISE[name]
    group, method = name.partition(" ")[0].split(".")
    owner = Gateway if group == "gateway" else get_type_hints(Gateway)[group]
    return get_type_hints(getattr(owner, method))["return"]


def fits(value: Any, hint: Any) -> bool:
    """Exactly: a flag is no number, a moment has its zone. An iterator was read to its end by the line."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return any(fits(value, each) for each in inner)
    if origin is tuple and inner[-1] is not ...:
        return isinstance(value, tuple) and len(value) == len(inner) and all(map(fits, value, inner))
    if origin is not None:
        return isinstance(value, tuple if origin is tuple else list) and all(fits(each, inner[0]) for each in value)
    if type(value) is not (NoneType if hint is None else hint):
        return False
    if isinstance(value, datetime):
        return value.tzinfo is not None
    hints = get_type_hints(hint) if is_dataclass(hint) else {}
    return all(fits(getattr(value, each.name), hints[each.name]) for each in fields(hint)) if hints else True


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (True, int),
        ("1", int),
        (None, str),
        (MOMENT.replace(tzinfo=None), datetime),
        ([1], list[str]),
        ((1,), tuple[str, ...]),
    ],
)
def test_the_comparison_with_the_promise_knows_a_wrong_value(value: object, hint: object) -> None:
    assert not fits(value, hint)
