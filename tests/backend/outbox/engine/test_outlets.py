"""From the outlet to the speaker and back: whatever is handed over comes back, sent or unsent."""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import Pipe
from queue import Empty, SimpleQueue

import pytest

from backend import clock
from backend.outbox.channels import Plan, Reach
from backend.outbox.engine import workers
from backend.outbox.engine.outlets import Outlet
from backend.outbox.engine.parcels import Assignment, Block, Parcel
from backend.outbox.engine.posts import Post
from backend.outbox.engine.sends import Outgoing
from backend.outbox.engine.speaking import Beat
from backend.outbox.engine.voices import beside
from backend.outbox.engine.workers import HOLD, Life
from backend.outbox.messages import Message
from backend.wechat.calls import custom
from backend.wechat.calls.custom import CustomSend, CustomText
from backend.wechat.failures import Interrupted
from backend.wechat.gateway import Gateway
from backend.wechat.sending.sends import Limits, Outcome
from backend.wechat.tokens import Credential
from models.accounts import AccountKind
from models.deliveries import DeliveryState, Priority
from tests.conftest import OFFICIAL
from tests.crews import wait_until
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
def _outlet(gateway: Gateway, in_flight: int, life: Life | None = None) -> Iterator[tuple[Outlet, Heard]]:
    heard = Heard()
    post = Post(1, AccountKind.OFFICIAL, gateway, Credential(OFFICIAL.app_id, OFFICIAL.app_secret))
    outlet = Outlet(beside(post, Limits(in_flight, 0)), life or Life(1), heard.put)
    try:
        yield outlet, heard
    finally:
        outlet.end()


def _outgoing(number: int, openid: str, source_id: int = 1, urgent: bool = False) -> Outgoing:
    plan = Plan((), frozenset(), Priority.BROADCAST, clock.now() + timedelta(days=1), {})
    block = Block(1, Assignment(source_id, "notice", Message("停水"), plan), 0, Priority.BROADCAST, 1)
    parcel = Parcel(number, number, block, Reach([]), None, DeliveryState.SENDING)
    return Outgoing(parcel, CustomSend(openid, CustomText(openid)), openid, custom.SEND, urgent)


def _to(openids: list[str]) -> list[Outgoing]:
    return [_outgoing(number, openid) for number, openid in enumerate(openids)]


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
def test_no_more_are_in_flight_than_may_be(
    gateway: Gateway, platform: Platform, openids: list[str], in_flight: int
) -> None:
    gateway.ping()
    platform.fault(custom.SEND, "slow", seconds=SECONDS)
    some = openids[: in_flight * 6]
    began = time.monotonic()
    with _outlet(gateway, in_flight) as (outlet, heard):
        outlet.hand_over(_to(some))
        outcomes = _outcomes(heard, len(some))
    assert time.monotonic() - began >= 6 * SECONDS, "more at once would have been quicker"
    assert [outcome.error for outcome in outcomes] == [None] * len(some)
    assert {outcome.item.openid for outcome in outcomes} == set(some)


def test_what_is_recalled_comes_back_unsent_and_the_rest_is_sent(
    gateway: Gateway, platform: Platform, openids: list[str]
) -> None:
    platform.fault(custom.SEND, "slow", seconds=SECONDS)
    with _outlet(gateway, 2) as (outlet, heard):
        outlet.hand_over(_outgoing(number, openid, source_id=number % 2) for number, openid in enumerate(openids))
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
        outlet.hand_over(_to(openids))
        outcomes = _outcomes(heard, 5)
    outcomes += _rest(heard)
    assert {outcome.item.openid for outcome in outcomes} == set(openids)
    assert len(outcomes) == CROWD
    sent = {outcome.item.openid for outcome in outcomes if outcome.error is None}
    assert sent == set(_said(platform))
    assert 5 <= len(sent) < CROWD


def test_who_may_not_send_gives_all_back(gateway: Gateway, platform: Platform, openids: list[str]) -> None:
    with _outlet(gateway, 4, Life(1, clock.boot() - HOLD)) as (outlet, heard):
        outlet.hand_over(_to(openids))
        outcomes = _outcomes(heard, CROWD)
    assert {type(outcome.error) for outcome in outcomes} == {Interrupted}
    assert _said(platform) == []


def test_what_is_urgent_goes_before_what_waits(gateway: Gateway, platform: Platform, openids: list[str]) -> None:
    gateway.ping()
    platform.fault(custom.SEND, "slow", seconds=SECONDS)
    with _outlet(gateway, 1) as (outlet, heard):
        outlet.hand_over(_to(openids[1:11]))
        outlet.hand_over([_outgoing(11, openids[0], urgent=True)])
        _outcomes(heard, 11)
    assert openids[0] in _said(platform)[:3]


def test_it_sends_as_long_as_the_worker_lives_and_no_longer(
    gateway: Gateway, platform: Platform, openids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine stands still: what is at the far end already must not leave when somebody else may have taken over."""
    monkeypatch.setattr(workers, "HOLD", 1.0)
    gateway.ping()
    platform.fault(custom.SEND, "slow", seconds=SECONDS)
    life = Life(1)
    with _outlet(gateway, 1, life) as (outlet, heard):
        outlet.hand_over(_to(openids))
        outcomes = _outcomes(heard, CROWD)
        sent = [outcome for outcome in outcomes if outcome.error is None]
        assert 0 < len(sent) < CROWD / 2
        assert len(_said(platform)) == len(sent)
        life.began = clock.boot()
        outlet.beat()
        outlet.hand_over(_to(openids[:3]))
        assert [outcome.error for outcome in _outcomes(heard, 3)] == [None] * 3


def test_a_beat_goes_over_the_pipe_at_most_once_a_second() -> None:
    near, far = Pipe()
    life = Life(1, 100.0)
    outlet = Outlet(near, life, lambda _: None)
    for began in (100.0, 100.5, 101.0, 101.2, 102.5):
        life.began = began
        outlet.beat()
    assert [far.recv() for _ in range(3)] == [(100.0, Beat()), (101.0, Beat()), (102.5, Beat())]
    assert not far.poll()
    far.close()
    outlet.end()


def test_when_the_speaker_is_no_more_nobody_can_say_what_became_of_its_letters(openids: list[str]) -> None:
    near, far = Pipe()
    heard = Heard()
    outlet = Outlet(near, Life(1), heard.put)
    outlet.hand_over(_to(openids[:2]))
    far.recv()
    far.send([(0, None, "7")])
    assert heard.get(timeout=20).msgid == "7"
    far.close()
    lost = heard.get(timeout=20)
    assert (lost.item.openid, type(lost.error)) == (openids[1], Interrupted)
    assert lost.error is not None
    assert lost.error.sent
    outlet.end()
    assert outlet.broken
    outlet.hand_over(_to(openids[2:4]))
    assert [(type(each.error), each.error and each.error.sent) for each in _rest(heard)] == [(Interrupted, False)] * 2


def test_when_the_engine_is_no_more_nothing_is_sent(gateway: Gateway, platform: Platform, openids: list[str]) -> None:
    gateway.ping()
    platform.fault(custom.SEND, "slow", seconds=SECONDS)
    post = Post(1, AccountKind.OFFICIAL, gateway, Credential(OFFICIAL.app_id, OFFICIAL.app_secret))
    near = beside(post, Limits(1, 0))
    outlet = Outlet(near, Life(1), lambda _: None)
    outlet.hand_over(_to(openids))
    wait_until(lambda: len(_said(platform)) > 2, 20)
    with socket.socket(fileno=os.dup(near.fileno())) as pipe:
        pipe.shutdown(socket.SHUT_RDWR)  # as when its process is killed
    said = len(_said(platform))
    time.sleep(10 * SECONDS)
    assert len(_said(platform)) <= said + 2 < CROWD, "what was under way may arrive yet"
    outlet.end()
