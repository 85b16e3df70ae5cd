"""While the key-value store is away the platform is still reached: slower, never wrong, and no batch goes on blind."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from backend.storage.kv import KV, StoreAway
from backend.storage.kv_redis import RedisKV
from backend.storage.kv_sqlite import SqliteKV
from backend.wechat.calls.custom import CustomSend, CustomText
from backend.wechat.failures import Closed, Fatal, GatewayError, Interrupted, NoAnswer
from backend.wechat.gateway import Gateway
from backend.wechat.sending.sends import Limits
from tests.conftest import OFFICIAL, REDIS
from tests.gateways import gateway_to
from tests.simulated import Phone, Platform
from tests.threads import at_once
from tests.wires import Wire

FETCH, SEND, USER = "/cgi-bin/stable_token", "/cgi-bin/message/custom/send", "/cgi-bin/user/info"
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def wire() -> Iterator[Wire]:
    server = urlsplit(REDIS)
    with Wire(server.hostname or "127.0.0.1", server.port or 6379) as wire:
        yield wire


@pytest.fixture
def fragile(wire: Wire, tmp_path: Path) -> Iterator[KV]:
    """A Redis whose connection can be cut."""
    url = f"redis://127.0.0.1:{wire.port}{urlsplit(REDIS).path}"
    store = RedisKV(url, prefix=f"test:{os.getpid()}:away:{tmp_path.name}:")
    yield store
    store.close()


@pytest.fixture
def gateway(platform: Platform, fragile: KV) -> Iterator[Gateway]:
    gateway = gateway_to(platform.url, kv=fragile)
    yield gateway
    gateway.sender.close()


def _closed_file(tmp_path: Path) -> KV:
    store = SqliteKV(tmp_path / "kv.db")
    store.close()
    return store


@pytest.mark.parametrize("kind", ["redis", "sqlite"])
def test_every_verb_of_a_store_that_is_away_says_so_in_the_words_of_the_port(kind: str, tmp_path: Path) -> None:
    kv: KV = RedisKV(NOBODY) if kind == "redis" else _closed_file(tmp_path)
    for ask in (
        lambda: kv.get("k"),
        lambda: kv.put("k", b"v"),
        lambda: kv.put_if_absent("k", b"v"),
        lambda: kv.replace("k", b"v", b"w"),
        lambda: kv.count_up("k"),
        lambda: kv.drop("k"),
        lambda: kv.journal("j", 1),
        lambda: kv.forget("j", ["1"]),
        kv.ping,
    ):
        with pytest.raises(StoreAway):
            ask()


def test_a_call_is_made_all_the_same_with_a_token_of_its_own(
    gateway: Gateway, platform: Platform, phone: Phone, wire: Wire
) -> None:
    wire.cut()
    gateway.custom.send(phone.openid, CustomText("您好"))
    gateway.custom.send(phone.openid, CustomText("还在"))
    assert [m["content"] for m in phone.messages() if m["by"] == "account"] == ["您好", "还在"]
    assert len(platform.calls(FETCH)) == 1, "kept in memory"


def test_many_threads_without_a_store_fetch_one_token(
    gateway: Gateway, platform: Platform, phone: Phone, wire: Wire
) -> None:
    wire.cut()
    at_once(*[lambda: gateway.users.info(phone.openid) for _ in range(8)])
    assert len(platform.calls(FETCH)) == 1


def test_a_token_that_is_refused_without_a_store_costs_one_refresh(
    gateway: Gateway, platform: Platform, phone: Phone, wire: Wire
) -> None:
    wire.cut()
    gateway.users.info(phone.openid)
    platform.invalidate_tokens(OFFICIAL.app_id)
    platform.forget_traffic()
    assert gateway.users.info(phone.openid).subscribed
    assert (len(platform.calls(FETCH)), len(platform.calls(USER))) == (1, 2)


def test_what_a_process_found_closed_it_does_not_ask_for(gateway: Gateway, platform: Platform, wire: Wire) -> None:
    wire.cut()
    platform.fault(FETCH, "errcode", errcode=40164)
    with pytest.raises(Fatal):
        gateway.ping()
    platform.forget_traffic()
    with pytest.raises(Closed):
        gateway.users.info("o1")
    assert platform.calls(FETCH) == []


def test_what_fails_five_times_in_a_row_is_left_alone_by_the_process_that_saw_it(
    gateway: Gateway, platform: Platform, phone: Phone, wire: Wire
) -> None:
    wire.cut()
    platform.fault(USER, "http502")
    errors = []
    for _ in range(8):
        with pytest.raises(GatewayError) as raised:
            gateway.users.info(phone.openid)
        errors.append(type(raised.value))
    assert errors == [NoAnswer] * 5 + [Closed] * 3
    assert len(platform.calls(USER)) == 5


def test_a_ticket_for_a_page_is_had_without_a_store(gateway: Gateway, wire: Wire) -> None:
    wire.cut()
    assert gateway.tickets.ticket()


def test_a_batch_that_loses_the_store_finishes_what_is_in_flight_and_ends(
    gateway: Gateway, platform: Platform, wire: Wire
) -> None:
    openids = platform.ask("POST", "crowd", {"app_id": OFFICIAL.app_id, "count": 200})["openids"]
    items = iter([CustomSend(openid, CustomText("您好")) for openid in openids])
    limits = Limits(in_flight=8, per_second=100, waits_for=1.0)
    with gateway.sender.send_many(items, limits) as batch:
        outcomes = []
        for outcome in batch:
            outcomes.append(outcome)
            if len(outcomes) == 20:
                wire.cut()
    left = list(items)
    assert isinstance(batch.halted, Closed)
    assert len(outcomes) + len(left) == 200, "each has an outcome, or was not taken"
    assert len(left) > 100
    assert {type(outcome.error) for outcome in outcomes} <= {type(None), Interrupted}
    assert len(platform.calls(SEND)) == sum(outcome.error is None for outcome in outcomes)


def test_a_batch_goes_on_when_the_store_comes_back_soon(gateway: Gateway, platform: Platform, wire: Wire) -> None:
    openids = platform.ask("POST", "crowd", {"app_id": OFFICIAL.app_id, "count": 200})["openids"]
    limits = Limits(in_flight=8, per_second=400, waits_for=20.0)
    mended = threading.Timer(1.0, wire.mend)
    began, outcomes = time.monotonic(), []
    with gateway.sender.send_many([CustomSend(openid, CustomText("您好")) for openid in openids], limits) as batch:
        for outcome in batch:
            outcomes.append(outcome)
            if len(outcomes) == 20:
                wire.cut()
                mended.start()
    mended.join()
    assert (batch.halted, [outcome.error for outcome in outcomes]) == (None, [None] * 200)
    assert time.monotonic() - began < 10
    assert len(platform.calls(SEND)) == 200
