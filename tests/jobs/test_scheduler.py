"""However many schedulers run, one leads; it stops when it has lost the lease, and another takes over."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest

from backend import clock
from backend.runtime import Runtime
from backend.schedules import actions, queries, rules
from backend.storage.kv import KV
from jobs import scheduler
from jobs.scheduler import Leader
from jobs.timetable import Daily, Every
from models.base import database
from tests.simulated import wait_for
from tests.threads import at_once

LEASE = 0.3


class Ran:
    """A job that counts."""

    def __init__(self) -> None:
        self.by: list[Runtime] = []

    def __call__(self, runtime: Runtime) -> int:
        self.by.append(runtime)
        return 1


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The lease lives in the key-value store: one engine says it all."""
    return f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.db'}"


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    job = Ran()
    monkeypatch.setattr(scheduler, "TIMETABLE", (Every("count", 0.05, job),))
    monkeypatch.setattr(scheduler, "LEASE_SECONDS", LEASE)
    return job


@pytest.fixture
def leaders(runtime: Runtime, kv: KV, ran: Ran) -> Iterator[list[Leader]]:
    """Two schedulers that share one store, as two processes do."""
    made = [Leader(replace(runtime, kv=kv)) for _ in range(2)]
    yield made
    for leader in made:
        leader.end()


def _beat(leaders: list[Leader]) -> list[bool]:
    for leader in leaders:
        leader.beat()
    return [leader.leads.is_set() for leader in leaders]


def test_one_of_two_leads_and_keeps_leading(leaders: list[Leader], ran: Ran) -> None:
    assert [_beat(leaders) for _ in range(3)] == [[True, False]] * 3
    wait_for(lambda: len(ran.by) >= 2)


def test_of_two_that_start_at_once_one_leads(leaders: list[Leader]) -> None:
    at_once(*[leader.beat for leader in leaders])
    assert sorted(leader.leads.is_set() for leader in leaders) == [False, True]


def test_when_the_leader_ends_the_other_leads_at_once(leaders: list[Leader], ran: Ran) -> None:
    _beat(leaders)
    leaders[0].end()
    ran.by.clear()
    leaders[1].beat()
    assert [leader.leads.is_set() for leader in leaders] == [False, True]
    wait_for(lambda: ran.by)


def test_when_the_leader_is_silent_the_other_leads_after_the_lease(leaders: list[Leader], ran: Ran) -> None:
    _beat(leaders)

    def other_leads() -> bool:
        leaders[1].beat()
        return leaders[1].leads.is_set()

    wait_for(other_leads, 5 * LEASE)
    leaders[0].beat()
    assert [leader.leads.is_set() for leader in leaders] == [False, True], "the first has noticed"


def test_who_has_lost_the_lease_runs_no_job(leaders: list[Leader], ran: Ran, kv: KV) -> None:
    _beat(leaders)
    wait_for(lambda: ran.by)
    kv.drop("lock:scheduler")
    leaders[1].beat()
    leaders[0].beat()
    assert [leader.leads.is_set() for leader in leaders] == [False, True]
    before = len(ran.by)
    leaders[0].run(Every("count", 1, ran))
    assert not [one for one in ran.by[before:] if one is leaders[0]._runtime]


def test_without_the_store_nobody_leads(leaders: list[Leader], monkeypatch: pytest.MonkeyPatch, kv: KV) -> None:
    _beat(leaders)

    def away(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(type(kv), "replace", away)
    monkeypatch.setattr(type(kv), "put_if_absent", away)
    assert _beat(leaders) == [False, False]
    monkeypatch.undo()


def test_a_job_that_fails_does_not_end_the_others(runtime: Runtime, kv: KV, monkeypatch: pytest.MonkeyPatch) -> None:
    good = Ran()

    def bad(_runtime: Runtime) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(scheduler, "TIMETABLE", (Every("bad", 0.05, bad), Every("good", 0.05, good)))
    leader = Leader(replace(runtime, kv=kv))
    leader.beat()
    wait_for(partial(lambda ran: len(ran.by) >= 3, good))
    leader.end()


@pytest.fixture
def made_up(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """A daily job whose time has passed, at whatever hour the test runs."""
    monkeypatch.setattr(scheduler, "TIMETABLE", (Daily("sweep", "00:00", ran),))
    return ran


def _wait_until_it_knows(leader: Leader) -> None:
    wait_for(lambda: leader._missed_known)


def _succeeded() -> bool:
    try:
        return "sweep" in queries.succeeded_on(rules.day_of(clock.now()))
    finally:
        database.close()


def test_a_missed_daily_job_is_made_up_by_the_next_leader_and_not_by_the_one_after(
    leaders: list[Leader], made_up: Ran
) -> None:
    _beat(leaders)
    wait_for(_succeeded)
    leaders[0].end()
    assert _beat(leaders[1:]) == [True]
    _wait_until_it_knows(leaders[1])
    leaders[1].end()
    assert len(made_up.by) == 1


def test_a_daily_job_that_failed_today_is_made_up_by_each_new_leader_until_it_goes_well(
    leaders: list[Leader], made_up: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(runtime: Runtime) -> int:
        made_up(runtime)
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(scheduler, "TIMETABLE", (Daily("sweep", "00:00", fail),))
        _beat(leaders)
        wait_for(lambda: made_up.by)
        leaders[0].end()
    _beat(leaders[1:])
    wait_for(_succeeded)
    assert len(made_up.by) == 2


def test_a_daily_job_whose_time_is_still_to_come_is_not_made_up(
    leaders: list[Leader], ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon, to_come = datetime(2026, 1, 15, 12, tzinfo=clock.BEIJING).astimezone(UTC), Ran()
    monkeypatch.setattr(clock, "now", lambda: noon)
    monkeypatch.setattr(scheduler, "TIMETABLE", (Daily("later", "12:01", to_come), Daily("sweep", "12:00", ran)))
    _beat(leaders)
    wait_for(_succeeded)
    leaders[0].end()
    assert (len(ran.by), to_come.by) == (1, [])


def test_a_leader_that_ends_waits_for_what_it_makes_up(
    leaders: list[Leader], ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(runtime: Runtime) -> int:
        ran(runtime)
        time.sleep(0.3)
        return 1

    monkeypatch.setattr(scheduler, "TIMETABLE", (Daily("sweep", "00:00", slowly), Every("count", 0.05, Ran())))
    _beat(leaders)
    wait_for(lambda: ran.by)
    leaders[0].end()
    assert _succeeded()


def test_while_the_record_cannot_be_read_what_was_missed_is_asked_again(
    leaders: list[Leader], made_up: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def away(day: str) -> set[str]:
        asked.append(day)
        raise ConnectionError

    monkeypatch.setattr(scheduler, "ASK_SECONDS", 0.05)
    with monkeypatch.context() as patch:
        patch.setattr(queries, "succeeded_on", away)
        _beat(leaders)
        wait_for(lambda: len(asked) >= 2)
        assert made_up.by == []
    wait_for(_succeeded)
    assert len(made_up.by) == 1


def test_what_was_only_counted_is_written_when_the_scheduler_ends(
    leaders: list[Leader], ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(runtime: Runtime) -> int:
        ran(runtime)
        return 0

    monkeypatch.setattr(scheduler, "TIMETABLE", (Every("idle", 0.05, nothing),))
    _beat(leaders)
    wait_for(lambda: len(ran.by) >= 3)
    assert queries.last_day("idle") is None
    leaders[0].end()
    day = queries.last_day("idle")
    assert day is not None
    assert (day.runs, day.failures) == (len(ran.by), 0)


def test_what_another_process_recorded_today_is_not_made_up(leaders: list[Leader], made_up: Ran) -> None:
    now = clock.now()
    actions.record("sweep", rules.ended(now, now, 0.1, 0, "", counted=False))
    _beat(leaders)
    _wait_until_it_knows(leaders[0])
    leaders[0].end()
    assert made_up.by == []


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Europe/Berlin"])
@pytest.mark.parametrize("month", [1, 3, 7, 10, 11])
def test_a_daily_job_comes_at_the_same_hour_in_beijing_all_year_and_everywhere(
    monkeypatch: pytest.MonkeyPatch, zone: str, month: int
) -> None:
    monkeypatch.setenv("TZ", zone)
    at = scheduler.trigger(Daily("sweep", "03:40", Ran()))
    now = datetime(2026, month, 1, tzinfo=UTC)
    times = []
    for _ in range(31):
        now = at.get_next_fire_time(now, now)
        times.append(now.astimezone(UTC))
    assert {(moment.hour, moment.minute) for moment in times} == {(19, 40)}
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(days=1)}
