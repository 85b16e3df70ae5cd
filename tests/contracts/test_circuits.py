"""Circuits on every key-value store: what one process finds closed, no other asks for."""

from datetime import datetime

import pytest
from structlog.testing import capture_logs

from backend import clock
from backend.storage.kv import KV
from backend.wechat import circuits
from backend.wechat.circuits import ACCOUNT, FAILURES, FIRST_PAUSE, Circuits, moment_of
from backend.wechat.failures import Closed, NoAnswer, Until, refusal
from tests.threads import at_once

SEND, OTHER, APP = "/cgi-bin/message/custom/send", "/cgi-bin/user/info", "wx0123456789abcdef"
LOST = NoAnswer(SEND, True, "time-out")


class Time:
    def __init__(self) -> None:
        self.now = clock.timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    monkeypatch.setattr(circuits, "FRESH_SECONDS", 0.0)  # as if the other process looked a moment later
    return Time()


def _two(kv: KV, time: Time) -> tuple[Circuits, Circuits]:
    return Circuits(APP, kv, time), Circuits(APP, kv, time)


def _is_closed(circuit: Circuits, path: str) -> bool:
    try:
        circuit.require_open(path)
    except Closed as closed:
        return (closed.path, closed.sent) == (path, False)
    return False


def test_a_used_up_quota_closes_that_interface_for_every_process_until_midnight_in_beijing(kv: KV, time: Time) -> None:
    one, other = _two(kv, time)
    one.note_failure(SEND, refusal(SEND, 45009, "reach max api daily quota limit"))
    assert _is_closed(one, SEND)
    assert _is_closed(other, SEND)
    assert not _is_closed(other, OTHER)
    until = clock.beijing(clock.from_timestamp(other.closures()[SEND].until))
    assert (until.hour, until.minute, until.second) == (0, 0, 0)
    assert 0 < until.timestamp() - time.now <= 86400


def test_a_address_that_is_not_let_in_pauses_the_whole_account(kv: KV, time: Time) -> None:
    one, other = _two(kv, time)
    one.note_failure("/cgi-bin/stable_token", refusal("/cgi-bin/stable_token", 40164, "invalid ip 1.2.3.4"))
    assert _is_closed(other, SEND)
    assert _is_closed(other, OTHER)
    assert not _is_closed(Circuits("wxsomebodyelse", kv, time), SEND)


def test_a_shorter_closure_does_not_shorten_a_longer_one(kv: KV, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = _two(kv, time)
    monkeypatch.setattr(circuits, "FRESH_SECONDS", 60.0)  # nor for a moment in what this process knows itself
    one.note_failure(SEND, refusal(SEND, 45009, "used up"))
    until = one.closures()[SEND].until
    one.note_failure(SEND, refusal(SEND, 45011, "too fast"))
    assert [each.closures()[SEND].until for each in (one, other)] == [until] * 2


def test_several_callers_that_find_the_same_out_raise_one_alert(kv: KV, time: Time) -> None:
    one, other = _two(kv, time)
    with capture_logs() as lines:
        for each in (one, other, one):
            each.note_failure(SEND, refusal(SEND, 40164, "invalid ip 1.2.3.4"))
            time.now += 0.01
    assert [line["event"] for line in lines] == ["wechat.account_paused"]


def test_five_failures_in_a_row_close_an_interface_for_a_while(kv: KV, time: Time) -> None:
    one, other = _two(kv, time)
    for number in range(FAILURES):
        assert not _is_closed(other, SEND), number
        (one, other)[number % 2].note_failure(SEND, LOST)
    assert _is_closed(one, SEND)
    time.now += FIRST_PAUSE + 1
    assert not _is_closed(one, SEND)


def test_a_success_between_them_starts_the_count_again(kv: KV, time: Time) -> None:
    one, _ = _two(kv, time)
    for _number in range(FAILURES * 3):
        one.note_failure(SEND, LOST)
        one.note_success(SEND)
    assert not _is_closed(one, SEND)


def test_after_its_time_one_call_tries_and_the_others_wait_for_how_it_fares(kv: KV, time: Time) -> None:
    one, other = _two(kv, time)
    for _ in range(FAILURES):
        one.note_failure(SEND, LOST)
    time.now += FIRST_PAUSE + 1
    tried = at_once(*[lambda each=each: _is_closed(each, SEND) for each in (one, other) for _ in range(4)])
    assert sorted(tried) == [False] + [True] * 7
    one.note_success(SEND)
    assert not _is_closed(other, SEND)
    assert not _is_closed(other, SEND)


def test_a_second_failure_closes_it_for_twice_as_long(kv: KV, time: Time) -> None:
    one, _ = _two(kv, time)
    for _number in range(FAILURES):
        one.note_failure(SEND, LOST)
    time.now += FIRST_PAUSE + 1
    assert not _is_closed(one, SEND)
    one.note_failure(SEND, LOST)
    time.now += FIRST_PAUSE + 1
    assert _is_closed(one, SEND)
    time.now += FIRST_PAUSE
    assert not _is_closed(one, SEND)


def test_an_answer_that_was_under_way_does_not_open_what_has_just_closed(kv: KV, time: Time) -> None:
    one, _ = _two(kv, time)
    one.note_failure(SEND, refusal(SEND, 45009, ""))
    one.note_success(SEND)
    assert _is_closed(one, SEND)


def test_a_person_who_cannot_be_reached_says_nothing_about_the_interface(kv: KV, time: Time) -> None:
    one, _ = _two(kv, time)
    for _number in range(20):
        one.note_failure(SEND, refusal(SEND, 43101, ""))
    assert not _is_closed(one, SEND)


def test_an_operator_opens_it_again(kv: KV, time: Time) -> None:
    one, other = _two(kv, time)
    one.note_failure(SEND, refusal(SEND, 40164, ""))
    other.reopen(ACCOUNT)
    assert not _is_closed(one, SEND)
    assert one.closures() == {}


def test_closures_made_at_the_same_moment_are_all_kept(kv: KV, time: Time) -> None:
    paths = [f"/cgi-bin/x{number}" for number in range(8)]
    at_once(*[lambda path=path: Circuits(APP, kv, time).note_failure(path, refusal(path, 45009, "")) for path in paths])
    assert set(Circuits(APP, kv, time).closures()) == set(paths)


@pytest.mark.parametrize(
    ("until", "now", "end"),
    [
        (Until.MIDNIGHT, "2026-11-21T15:59:59+00:00", "2026-11-22T00:00:00+08:00"),
        (Until.MIDNIGHT, "2026-11-21T16:00:00+00:00", "2026-11-23T00:00:00+08:00"),
        (Until.NEXT_MONTH, "2026-12-31T16:30:00+00:00", "2027-02-01T00:00:00+08:00"),
        (Until.NEXT_MONTH, "2026-12-31T15:30:00+00:00", "2027-01-01T00:00:00+08:00"),
        (Until.NEXT_MINUTE, "2026-11-21T10:00:30+00:00", "2026-11-21T18:01:00+08:00"),
        (Until.HOUR, "2026-11-21T10:00:30+00:00", "2026-11-21T19:00:30+08:00"),
    ],
)
def test_the_end_of_a_closure_is_reckoned_in_beijing(until: Until, now: str, end: str) -> None:
    moment = moment_of(until, datetime.fromisoformat(now).timestamp())
    assert moment == datetime.fromisoformat(end).timestamp()
