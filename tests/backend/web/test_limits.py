"""Whoever asks too often is told when to come back; everybody else is not held up, and the store learns no names."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from backend import runtime as runtimes
from backend.errors import TooMany
from backend.storage import migrations
from backend.storage.kv import KV
from backend.web import limits
from backend.web.limits import Counter, Limit, Who
from tests.conftest import make_settings
from tests.small_api import PATH, Small, small_app

FEW = (
    Limit("read", Who.PERSON, 3, 3600),
    Limit("write", Who.PERSON, 2, 3600),
    Limit("visit", Who.ADDRESS, 4, 3600),
    Limit("sign_in", Who.ADDRESS, 1, 3600),
)
Get = Callable[..., TestResponse]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with _app(tmp_path) as made:
        yield made


def _app(folder: Path, redis_url: str = "") -> "_Opened":
    return _Opened(folder, redis_url)


class _Opened:
    def __init__(self, folder: Path, redis_url: str) -> None:
        self._settings = replace(make_settings(folder), redis_url=redis_url)

    def __enter__(self) -> Flask:
        self._runtime = runtimes.start(self._settings)
        migrations.apply(self._runtime.database)
        return small_app(self._runtime, Small(), FEW)

    def __exit__(self, *_error: object) -> None:
        self._runtime.close()


def _statuses(app: Flask, count: int, path: str = PATH, address: str = "203.0.113.9", person: str = "") -> list[int]:
    client = app.test_client()
    headers, base = {"X-Person": person}, {"REMOTE_ADDR": address}
    return [client.get(path, headers=headers, environ_base=base).status_code for _ in range(count)]


def test_a_stranger_who_asks_too_often_is_told_when_to_come_back(app: Flask) -> None:
    assert _statuses(app, 5, f"{PATH}/nowhere/at/all") == [404] * 4 + [429]
    answer = app.test_client().get(f"{PATH}/with/fault", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    problem = answer.get_json(force=True)
    seconds = int(answer.headers["Retry-After"])
    assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
    assert 1 <= seconds <= 3600
    assert problem["detail"].startswith("操作太频繁了，请 ")
    assert problem["code"] == "too_many_requests"


@pytest.mark.parametrize(("path", "status"), [(PATH, 405), (f"{PATH}/none/none", 404), (f"{PATH}/with/fault", 500)])
def test_a_request_that_fails_counts_as_well(app: Flask, path: str, status: int) -> None:
    assert _statuses(app, 5, path) == [status] * 4 + [429]


def test_each_address_has_its_own_count_and_a_network_of_ipv6_is_one(app: Flask) -> None:
    assert _statuses(app, 5)[-1] == 429
    assert _statuses(app, 1, address="203.0.113.10") == [405]
    assert _statuses(app, 3, address="2001:db8:0:1::1") + _statuses(app, 2, address="2001:db8:0:1:2:3:4:5") == [
        *[405] * 4,
        429,
    ]
    assert _statuses(app, 1, address="2001:db8:0:2::1") == [405]
    assert _statuses(app, 1, address="::ffff:203.0.113.9") == [429], "an IPv4 address that is written as IPv6"


def test_a_person_has_her_own_counts_for_reading_and_writing_whatever_her_address(app: Flask) -> None:
    _statuses(app, 5)
    assert _statuses(app, 4, person="m:1") == [405, 405, 405, 429]
    writing = [app.test_client().put(PATH, headers={"X-Person": "m:1"}).status_code for _ in range(3)]
    assert writing == [405, 405, 429]
    assert _statuses(app, 1, person="m:2") == [405]


def test_an_endpoint_may_ask_for_less(app: Flask) -> None:
    assert _statuses(app, 2, f"{PATH}/with/limit") == [204, 429]
    assert _statuses(app, 1) == [405], "the general limit is not reached"


def test_what_is_not_the_api_is_not_counted(app: Flask) -> None:
    assert _statuses(app, 6, "/elsewhere") == [404] * 6


def test_the_next_window_begins_anew(kv: KV) -> None:
    counter = Counter(kv, "t" * 40, [Limit("visit", Who.ADDRESS, 1, 1)])
    time.sleep(1.02 - time.time() % 1)
    counter.spend("visit", "203.0.113.9")
    with pytest.raises(TooMany, match="请 1 秒后再试") as refused:
        counter.spend("visit", "203.0.113.9")
    assert refused.value.retry_after == 1
    time.sleep(1.02 - time.time() % 1)
    counter.spend("visit", "203.0.113.9")


def test_a_long_wait_is_told_in_minutes(kv: KV) -> None:
    counter = Counter(kv, "t" * 40, [Limit("export", Who.PERSON, 0, 10_000_000)])
    with pytest.raises(TooMany, match="分钟后再试"):
        counter.spend("export", "m:1")


class _Keys:
    """A store that remembers which keys it was asked for."""

    def __init__(self, kv: KV) -> None:
        self._kv, self.keys = kv, list[str]()

    def count_up(self, key: str, ttl: float | None = None, by: int = 1) -> int:
        self.keys.append(key)
        return self._kv.count_up(key, ttl, by)


def test_the_store_learns_neither_person_nor_address(app: Flask) -> None:
    counter: Counter = app.extensions["tongxin.limits"]
    counter._kv = watched = _Keys(counter._kv)  # type: ignore[assignment]
    _statuses(app, 1)
    _statuses(app, 1, person="m:o9AgO5Kd")
    assert len(watched.keys) == 2, "one count for each request"
    assert [key for key in watched.keys if "203.0.113" in key or "o9AgO5Kd" in key] == []


def test_with_the_store_away_everybody_is_let_in_and_it_is_logged_once(tmp_path: Path, free_port: int) -> None:
    with _app(tmp_path, f"redis://127.0.0.1:{free_port}/0") as app, capture_logs() as logs:
        assert _statuses(app, 20) == [405] * 20
        counter: Counter = app.extensions["tongxin.limits"]
        counter._resting_until = 0.0
        assert _statuses(app, 2) == [405] * 2
    assert [line["event"] for line in logs if line["event"].startswith("limits")] == ["limits.store_away"]


def test_the_table_holds_what_was_promised() -> None:
    promised = {each.name: (each.who, each.times, each.seconds) for each in limits.TABLE}
    assert promised == {
        "read": ("person", 300, 60),
        "write": ("person", 60, 60),
        "visit": ("address", 3000, 60),
        "sign_in": ("address", 300, 60),
        "phone_code": ("person", 5, 600),
        "staff_code": ("person", 5, 600),
        "heads": ("person", 30, 3600),
        "export": ("person", 3, 3600),
        "console": ("person", 600, 60),
        "console_visit": ("address", 600, 60),
        "console_sign_in": ("address", 60, 60),
        "scan_codes": ("person", 20_000, 86_400),
        "reveal": ("person", 30, 3600),
        "number_search": ("person", 60, 3600),
        "confirm": ("person", 60, 3600),
    }
