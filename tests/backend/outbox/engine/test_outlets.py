"""The threads that send: together they keep to the limit, and whatever is handed over comes back, sent or unsent."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from queue import Empty, SimpleQueue

import pytest

from backend import clock
from backend.outbox.channels import Plan, Reach
from backend.outbox.engine.outlets import THREADS, Outlet
from backend.outbox.engine.parcels import Assignment, Block, Parcel
from backend.outbox.engine.sends import Outgoing
from backend.outbox.messages import Message
from backend.wechat.calls import custom
from backend.wechat.calls.custom import CustomSend, CustomText
from backend.wechat.failures import Interrupted
from backend.wechat.gateway import Gateway
from backend.wechat.sending.sends import Limits, Outcome
from models.deliveries import DeliveryState, Priority
from tests.conftest import OFFICIAL
from tests.gateways import gateway_to
from tests.simulated import Platform

Heard = SimpleQueue[Outcome[Outgoing]]
SECONDS = 0.1
CROWD = 40


@pytest.fixture
def gateway(platform: Platform) -> Iterator[Gateway]:
    made = gateway_to(platform.url)
    yield made
    made.sender.close()


@pytest.fixture
def openids(platform: Platform) -> list[str]:
    found: list[str] = platform.ask("POST", "crowd", {"app_id": OFFICIAL.app_id, "count": CROWD})["openids"]
    return found


@contextmanager
def _outlet(
    gateway: Gateway, in_flight: int, may_send: Callable[[], bool] = lambda: True
) -> Iterator[tuple[Outlet, Heard]]:
    heard = Heard()
    outlet = Outlet(gateway, Limits(in_flight, 0), heard.put, may_send)
    try:
        yield outlet, heard
    finally:
        outlet.end()


def _outgoing(openid: str, source_id: int = 1) -> Outgoing:
    plan = Plan((), frozenset(), Priority.BROADCAST, clock.now() + timedelta(days=1), {})
    block = Block(1, Assignment(source_id, "notice", Message("停水"), plan), 0, Priority.BROADCAST, 1)
    parcel = Parcel(1, 1, block, Reach([]), None, DeliveryState.SENDING)
    return Outgoing(parcel, CustomSend(openid, CustomText(openid)), openid, custom.SEND, False)


def _outcomes(heard: Heard, number: int) -> list[Outcome[Outgoing]]:
    return [heard.get(timeout=20) for _ in range(number)]


def _rest(heard: Heard) -> Iterator[Outcome[Outgoing]]:
    while True:
        try:
            yield heard.get_nowait()
        except Empty:
            return


def _said(platform: Platform) -> list[str]:
    """To whom, in the order of arrival."""
    return [json.loads(call["request"]["raw"])["touser"] for call in platform.calls(custom.SEND)]


@pytest.mark.parametrize("in_flight", [1, 2, 5])
def test_all_threads_together_keep_to_what_may_be_in_flight(
    gateway: Gateway, platform: Platform, openids: list[str], in_flight: int
) -> None:
    gateway.ping()
    platform.fault(custom.SEND, "slow", seconds=SECONDS)
    some = openids[: in_flight * 6]
    began = time.monotonic()
    with _outlet(gateway, in_flight) as (outlet, heard):
        for openid in some:
            outlet.hand_over(_outgoing(openid))
        outcomes = _outcomes(heard, len(some))
    assert time.monotonic() - began >= 6 * SECONDS, "more at once would have been quicker"
    assert [outcome.error for outcome in outcomes] == [None] * len(some)
    assert {outcome.item.openid for outcome in outcomes} == set(some)


def test_several_threads_take_from_what_is_handed_over(
    gateway: Gateway, platform: Platform, openids: list[str]
) -> None:
    gateway.ping()
    platform.fault(custom.SEND, "slow", seconds=1.0)
    with _outlet(gateway, THREADS) as (outlet, heard):
        for openid in openids[:THREADS]:
            outlet.hand_over(_outgoing(openid))
        began = time.monotonic()
        _outcomes(heard, THREADS)
        assert time.monotonic() - began < THREADS * 1.0, "each has room for one only"


def test_what_is_recalled_comes_back_unsent_and_the_rest_is_sent(
    gateway: Gateway, platform: Platform, openids: list[str]
) -> None:
    platform.fault(custom.SEND, "slow", seconds=SECONDS)
    with _outlet(gateway, 2) as (outlet, heard):
        for number, openid in enumerate(openids):
            outlet.hand_over(_outgoing(openid, source_id=number % 2))
        outlet.recall({1})
        outcomes = _outcomes(heard, CROWD)
    unsent = [outcome for outcome in outcomes if isinstance(outcome.error, Interrupted)]
    assert {outcome.item.parcel.source_id for outcome in unsent} == {1}
    assert len(unsent) > 10
    assert len(_said(platform)) == CROWD - len(unsent)
    assert not {outcome.item.openid for outcome in unsent} & set(_said(platform))


def test_at_its_end_each_has_an_outcome_and_only_what_was_begun_was_sent(
    gateway: Gateway, platform: Platform, openids: list[str]
) -> None:
    platform.fault(custom.SEND, "slow", seconds=SECONDS)
    with _outlet(gateway, 4) as (outlet, heard):
        for openid in openids:
            outlet.hand_over(_outgoing(openid))
        outcomes = _outcomes(heard, 5)
    outcomes += _rest(heard)
    assert {outcome.item.openid for outcome in outcomes} == set(openids)
    assert len(outcomes) == CROWD
    sent = {outcome.item.openid for outcome in outcomes if outcome.error is None}
    assert sent == set(_said(platform))
    assert 5 <= len(sent) < CROWD


def test_who_may_not_send_gives_all_back(gateway: Gateway, platform: Platform, openids: list[str]) -> None:
    with _outlet(gateway, 4, may_send=lambda: False) as (outlet, heard):
        for openid in openids:
            outlet.hand_over(_outgoing(openid))
        outcomes = _outcomes(heard, CROWD)
    assert {type(outcome.error) for outcome in outcomes} == {Interrupted}
    assert _said(platform) == []


def test_what_is_urgent_goes_before_what_waits(gateway: Gateway, platform: Platform, openids: list[str]) -> None:
    gateway.ping()
    platform.fault(custom.SEND, "slow", seconds=SECONDS)
    with _outlet(gateway, 1) as (outlet, heard):
        for openid in openids[1:11]:
            outlet.hand_over(_outgoing(openid))
        outlet.hand_over(_outgoing(openids[0]), first=True)
        _outcomes(heard, 11)
    assert openids[0] in _said(platform)[:3]
