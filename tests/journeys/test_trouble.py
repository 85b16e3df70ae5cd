"""Something is slow or breaks: the person hears a sentence in time, and what was promised comes later."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.settings import Settings
from backend.wechat.calls.custom import SEND
from backend.wechat.pushes.replies import TextReply
from handlers import phrases, table
from handlers.table import Care, Route
from handlers.talk import Talk
from handlers.when import keyword
from models.deliveries import DeliverySource
from tests.conftest import OFFICIAL
from tests.outboxes import hurry
from tests.served import House, house_settings, prepare
from tests.simulated import Phone, Platform, wait_for, words

ANSWER_SECONDS = 0.4


class Slow:
    """A handler that works until the test lets it end."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.runs = 0

    def __call__(self, _talk: Talk) -> TextReply:
        self.runs += 1
        self.may_end.wait(20)
        return TextReply("办好了")


@pytest.fixture
def house_at(platform: Platform, tmp_path: Path) -> Settings:
    return prepare(replace(house_settings(tmp_path, platform), answer_seconds=ANSWER_SECONDS))


@pytest.fixture(params=[Care.ONCE, Care.WRITE])
def slow(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    handler = Slow()
    route = Route(keyword("慢慢办"), handler, care=request.param)
    monkeypatch.setattr(table, "TABLE", (route, *table.TABLE))
    yield handler
    handler.may_end.set()


def test_a_slow_handler_is_answered_at_once_and_its_words_come_later(house: House, phone: Phone, slow: Slow) -> None:
    phone.follow()
    began = time.monotonic()
    assert words(phone.text("慢慢办")) == phrases.WORKING
    assert ANSWER_SECONDS <= time.monotonic() - began < 2
    assert house.work() == 0, "there is nothing to say yet"
    slow.may_end.set()
    wait_for(house.runtime.queue.waiting)
    assert house.work() == 1
    phone.wait_for("text", "办好了")
    assert slow.runs == 1


@pytest.mark.parametrize("slow", [Care.ONCE], indirect=True)
def test_others_are_answered_while_as_many_as_the_server_has_threads_wait(
    house: House, phone: Phone, platform: Platform, slow: Slow
) -> None:
    stuck = house.runtime.settings.web_threads
    phone.follow()
    people = [str(platform.ask("POST", "people", {"nickname": "路人"})["id"]) for _ in range(stuck)]
    for other in (platform.phone(phone.app_id, pid) for pid in people):
        other.follow()
        assert words(other.text("慢慢办")) == phrases.WORKING
    began = time.monotonic()
    assert words(phone.text("帮助")) == phrases.HELP
    assert words(phone.text("记住990101")) == phrases.PLACE_REMEMBERED.format(place="春晓社区")
    assert time.monotonic() - began < 1
    assert slow.runs == stuck


def test_copies_of_a_slow_message_are_worked_on_once_and_answered_alike(
    house: House, phone: Phone, platform: Platform, slow: Slow
) -> None:
    phone.follow()
    attempts = platform.push(phone.app_id, "p1", {"MsgType": "text", "Content": "慢慢办"}, copies=4)
    assert all(phrases.WORKING in attempt["plain"] for attempt in attempts), attempts
    slow.may_end.set()
    wait_for(house.runtime.queue.waiting)
    assert house.work() == 1
    phone.wait_for("text", "办好了")
    assert slow.runs == 1


def test_a_repetition_after_the_slow_answer_hears_the_same(
    house: House, phone: Phone, platform: Platform, slow: Slow
) -> None:
    phone.follow()
    fields = {"MsgType": "text", "Content": "慢慢办", "MsgId": 6_000_000_000_000_001, "CreateTime": int(time.time())}
    [first] = platform.push(phone.app_id, "p1", fields)
    slow.may_end.set()
    wait_for(house.runtime.queue.waiting)
    [second] = platform.push(phone.app_id, "p1", fields)
    assert phrases.WORKING in first["plain"]
    assert second["plain"] == first["plain"]
    assert slow.runs == 1
    assert house.work() == 1, "her answer is said once"


def _raising(error: Exception) -> Callable[[Talk], TextReply]:
    def handler(_talk: Talk) -> TextReply:
        raise error

    return handler


@pytest.mark.parametrize("care", Care)
def test_a_handler_that_raises_says_sorry_with_a_number(
    house: House, phone: Phone, monkeypatch: pytest.MonkeyPatch, care: Care
) -> None:
    route = Route(keyword("弄坏"), _raising(RuntimeError("broken")), care=care)
    monkeypatch.setattr(table, "TABLE", (route, *table.TABLE))
    phone.follow()
    start, end = phrases.FAILED.split("{number}")
    said = words(phone.text("弄坏"))
    assert said.startswith(start)
    assert said.endswith(end)
    assert len(said) == len(start) + len(end) + 8
    assert words(phone.text("帮助")) == phrases.HELP, "the next message is answered"


def test_words_that_may_have_been_sent_are_not_said_twice(
    house: House, phone: Phone, platform: Platform, slow: Slow
) -> None:
    phone.follow()
    phone.text("慢慢办")
    slow.may_end.set()
    wait_for(house.runtime.queue.waiting)
    platform.fault("/cgi-bin/message/custom/send", "answer_lost", times=1)
    house.work()
    assert house.runtime.queue.waiting() == 0
    said = [message for message in phone.messages() if message.get("content") == "办好了"]
    assert len(said) == 1


def _minute_has_time() -> bool:
    """With the next one the interface opens again."""
    return time.time() % 60 < 55


def test_words_that_were_certainly_not_sent_are_said_when_the_platform_is_less_busy(
    house: House, phone: Phone, platform: Platform, slow: Slow
) -> None:
    phone.follow()
    phone.text("慢慢办")
    slow.may_end.set()
    wait_for(house.runtime.queue.waiting)
    platform.fault("/cgi-bin/message/custom/send", "errcode", errcode=45011, times=1)
    wait_for(_minute_has_time)
    house.work()
    assert not [message for message in phone.messages() if message.get("content") == "办好了"]
    house.runtime.gateway(OFFICIAL.app_id).circuits.reopen(SEND)
    hurry(DeliverySource.select().get().id)
    assert house.work() == 1
    phone.wait_for("text", "办好了")
