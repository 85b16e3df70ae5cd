"""`send_many` against the simulated platform: every item has one outcome, and nobody gets anything twice."""

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from backend.storage.kv import MemoryKV
from backend.wechat.calls.custom import CustomSend, CustomText
from backend.wechat.calls.templates import TemplateSend
from backend.wechat.circuits import FAILURES
from backend.wechat.failures import (
    BadRequest,
    Closed,
    CredentialRefused,
    Fatal,
    Interrupted,
    NoAnswer,
    QuotaExhausted,
    RecipientUnreachable,
)
from backend.wechat.gateway import Gateway
from backend.wechat.sending.sends import Limits, Outcome
from tests.conftest import OFFICIAL
from tests.contracts.canned import refusing
from tests.gateways import gateway_to
from tests.simulated import Phone, Platform

CUSTOM, TEMPLATE, TOKEN = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send", "/cgi-bin/stable_token"
FREELY = Limits(in_flight=32, per_second=0)


@pytest.fixture
def gateway(platform: Platform) -> Iterator[Gateway]:
    gateway = gateway_to(platform.url)
    yield gateway
    gateway.sender.close()


@pytest.fixture
def crowd(platform: Platform) -> list[str]:
    """People who all just wrote."""
    answer = platform.ask("POST", "crowd", {"app_id": OFFICIAL.app_id, "count": 300})
    openids: list[str] = answer["openids"]
    return openids


def _texts(openids: list[str], words: str = "您好") -> list[CustomSend]:
    return [CustomSend(openid, CustomText(words)) for openid in openids]


def _all(gateway: Gateway, items: list[CustomSend], limits: Limits = FREELY) -> list[Outcome[CustomSend]]:
    with gateway.sender.send_many(items, limits) as batch:
        return list(batch)


def _said(phone: Phone) -> list[str]:
    return [message["content"] for message in phone.messages() if message["by"] == "account"]


def test_every_message_is_accepted_once(gateway: Gateway, platform: Platform, crowd: list[str]) -> None:
    outcomes = _all(gateway, _texts(crowd))
    assert [outcome.error for outcome in outcomes] == [None] * 300
    assert Counter(outcome.item.openid for outcome in outcomes) == Counter(crowd)
    assert len(platform.calls(CUSTOM)) == 300
    assert len(platform.calls(TOKEN)) == 1


def test_one_persons_messages_arrive_in_their_order(gateway: Gateway, phone: Phone) -> None:
    words = [f"第 {number} 条" for number in range(5)]
    outcomes = _all(gateway, [CustomSend(phone.openid, CustomText(each)) for each in words])
    assert [outcome.error for outcome in outcomes] == [None] * 5
    assert _said(phone) == words


def test_one_person_never_has_two_in_flight_and_others_do_not_wait_for_her(
    gateway: Gateway, platform: Platform, phone: Phone, crowd: list[str]
) -> None:
    gateway.ping()
    platform.fault(CUSTOM, "slow", seconds=0.3, openid=phone.openid)
    began, ended = time.monotonic(), dict[str, float]()
    with gateway.sender.send_many(_texts([phone.openid] * 4 + crowd[:40]), FREELY) as batch:
        for outcome in batch:
            ended[outcome.item.openid] = time.monotonic() - began
    assert ended.pop(phone.openid) >= 4 * 0.3, "one after the other"
    assert len(ended) == 40
    assert max(ended.values()) < 2 * 0.3


def test_a_person_who_cannot_be_reached_does_not_hold_up_the_others(gateway: Gateway, crowd: list[str]) -> None:
    outcomes = _all(gateway, _texts(["oNobodyNobodyNobodyNobodyNob", *crowd[:20]]))
    failed = [outcome for outcome in outcomes if outcome.error]
    assert [type(outcome.error) for outcome in failed] == [RecipientUnreachable]
    assert len(outcomes) == 21


def test_a_lost_answer_is_not_repeated_where_the_platform_would_deliver_twice(
    gateway: Gateway, platform: Platform, phone: Phone
) -> None:
    _all(gateway, _texts([phone.openid], "先"))  # the connection is a kept one by now, which libcurl likes to repeat on
    platform.fault(CUSTOM, "answer_lost", times=1)
    [outcome] = _all(gateway, _texts([phone.openid], "只此一条"))
    assert isinstance(outcome.error, NoAnswer)
    assert outcome.error.sent
    assert _said(phone).count("只此一条") == 1
    assert len(platform.calls(CUSTOM)) == 2


def test_a_broken_connection_that_sent_nothing_is_said_to_have_sent_nothing() -> None:
    with refusing() as url:
        gateway = gateway_to(url)
        outcomes = _all(gateway, _texts(["o1", "o2"]))
        gateway.sender.close()
    assert {type(outcome.error) for outcome in outcomes} <= {Interrupted}
    assert not any(outcome.error and outcome.error.sent for outcome in outcomes)


def test_a_token_that_stopped_working_costs_one_refresh_for_all(
    gateway: Gateway, platform: Platform, crowd: list[str]
) -> None:
    gateway.ping()
    platform.invalidate_tokens(OFFICIAL.app_id)
    platform.forget_traffic()
    outcomes = _all(gateway, _texts(crowd))
    assert [outcome.error for outcome in outcomes] == [None] * 300
    assert len(platform.calls(TOKEN)) == 1
    assert len(platform.calls(CUSTOM)) <= 300 + FREELY.in_flight


def test_a_token_refused_for_ever_costs_one_refresh_and_one_repetition(
    gateway: Gateway, platform: Platform, crowd: list[str]
) -> None:
    gateway.ping()
    platform.fault(CUSTOM, "errcode", errcode=40001)
    platform.forget_traffic()
    with gateway.sender.send_many(_texts(crowd), FREELY) as batch:
        outcomes = list(batch)
    assert isinstance(batch.halted, CredentialRefused)
    assert len(platform.calls(TOKEN)) == 1
    assert len(platform.calls(CUSTOM)) <= FREELY.in_flight + 1
    assert all(outcome.error is not None and not outcome.error.sent for outcome in outcomes)


@pytest.mark.parametrize(("errcode", "kind"), [(45009, QuotaExhausted), (48001, Fatal), (40164, Fatal)])
def test_what_holds_for_all_ends_the_batch(
    gateway: Gateway, platform: Platform, crowd: list[str], errcode: int, kind: type[Exception]
) -> None:
    platform.fault(CUSTOM, "errcode", errcode=errcode)
    items = iter(_texts(crowd))
    with gateway.sender.send_many(items, FREELY) as batch:
        outcomes = list(batch)
    assert isinstance(batch.halted, kind)
    assert len(outcomes) + len(list(items)) == 300, "each has an outcome, or was not taken"
    assert len(platform.calls(CUSTOM)) <= 2 * FREELY.in_flight


def test_a_closed_interface_is_not_asked_again(gateway: Gateway, platform: Platform, crowd: list[str]) -> None:
    platform.fault(CUSTOM, "errcode", errcode=45009, times=1)
    _all(gateway, _texts(crowd[:1]))
    platform.forget_traffic()
    items = iter(_texts(crowd))
    with gateway.sender.send_many(items, FREELY) as batch:
        outcomes = list(batch)
    assert isinstance(batch.halted, Closed)
    assert [type(outcome.error) for outcome in outcomes] == [Interrupted]
    assert platform.calls(CUSTOM) == []


def test_a_field_that_does_not_do_fails_its_own_message_only(gateway: Gateway, crowd: list[str]) -> None:
    outcomes = _all(gateway, [*_texts(crowd[:5]), CustomSend(crowd[5], CustomText("长" * 5000))])
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [BadRequest]


def test_a_batch_that_is_stopped_finishes_what_is_in_flight(
    gateway: Gateway, platform: Platform, crowd: list[str]
) -> None:
    items = iter(_texts(crowd))
    with gateway.sender.send_many(items, Limits(in_flight=8, per_second=0)) as batch:
        outcomes = []
        for outcome in batch:
            outcomes.append(outcome)
            if len(outcomes) == 50:
                batch.stop()
    assert 50 <= len(outcomes) < 70
    assert [outcome.error for outcome in outcomes if outcome.error and not isinstance(outcome.error, Interrupted)] == []
    assert len(platform.calls(CUSTOM)) == sum(outcome.error is None for outcome in outcomes)
    assert len(outcomes) + len(list(items)) == 300


def test_a_batch_that_waits_for_a_closed_interface_is_stopped_at_once(
    gateway: Gateway, platform: Platform, crowd: list[str]
) -> None:
    for _ in range(FAILURES):
        gateway.circuits.note_failure(CUSTOM, NoAnswer(CUSTOM, True, "time-out"))
    began = time.monotonic()
    with gateway.sender.send_many(_texts(crowd), Limits(in_flight=1, per_second=0)) as batch:
        threading.Timer(0.5, batch.stop).start()
        outcomes = list(batch)
    assert 0.5 <= time.monotonic() - began < 2
    assert batch.halted is None
    assert [type(outcome.error) for outcome in outcomes] == [Interrupted]
    assert platform.calls(CUSTOM) == []


def test_two_batches_at_once_keep_out_of_each_others_way(
    gateway: Gateway, platform: Platform, crowd: list[str]
) -> None:
    done: list[Outcome[CustomSend]] = []
    threads = [
        threading.Thread(target=lambda part=part: done.extend(_all(gateway, _texts(part))))
        for part in (crowd[:150], crowd[150:])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(outcome.item.openid for outcome in done) == Counter(crowd)
    assert [outcome.error for outcome in done] == [None] * 300


def test_the_rate_holds_for_all_batches_together(platform: Platform, crowd: list[str]) -> None:
    kv = MemoryKV()
    gateways = [gateway_to(platform.url, kv=kv) for _ in range(2)]
    limits = Limits(in_flight=32, per_second=100)
    threads = [threading.Thread(target=_all, args=(each, _texts(crowd), limits)) for each in gateways]
    platform.forget_traffic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in gateways:
        each.sender.close()
    seconds = Counter(call["at"][:19] for call in platform.calls(CUSTOM))
    assert sum(seconds.values()) == 600
    assert max(seconds.values()) <= 140, "a hundred in each second, give or take the edges"


def test_template_messages_with_a_key_are_repeated_and_delivered_once(
    gateway: Gateway, platform: Platform, phone: Phone
) -> None:
    template = gateway.templates.all()[0]
    data = {key: _sample(key) for key in _keys(template.content)}
    platform.fault(TEMPLATE, "answer_lost", times=1)
    with gateway.sender.send_many([TemplateSend(phone.openid, template.id, data, key="k1")], FREELY) as batch:
        [outcome] = list(batch)
    assert (outcome.error, outcome.tries) == (None, 2)
    assert outcome.msgid
    cards = [message for message in phone.messages() if message["kind"] == "template"]
    assert len(cards) == 1


def _keys(content: str) -> list[str]:
    return [part.partition(".DATA}}")[0] for part in content.split("{{")[1:]]


_SAMPLES = {"thing": "包粽子", "time": "2026-06-01 09:00", "date": "2026年6月1日", "phrase": "已受理", "name": "陈秀兰"}


def _sample(key: str) -> str:
    return _SAMPLES.get(key.rstrip("0123456789"), "1")
