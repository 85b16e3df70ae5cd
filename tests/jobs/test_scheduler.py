"""However many schedulers run, one leads; it stops when it has lost the lease, and another takes over."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from backend.runtime import Runtime
from backend.storage.kv import KV
from jobs import scheduler
from jobs.scheduler import Leader
from jobs.timetable import Every
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
