"""What several workers promise each other, on each engine: real processes over one database, one simulator."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.outbox import actions
from backend.outbox.engine.shifts import WINDOW
from backend.outbox.engine.workers import AWAY
from backend.runtime import Runtime
from backend.settings import Settings
from backend.storage.database import in_transaction
from backend.wechat.calls import custom, subscriptions, templates
from models.deliveries import Channel, Delivery, Priority
from models.workers import DeliveryWorker
from tests.conftest import OFFICIAL
from tests.crews import Crew, Hand, crew_of, crew_settings, house_of, nothing_is_held, received, told, wait_until
from tests.outboxes import (
    bind_template,
    check_truth,
    crowd,
    endings,
    followers,
    heard_now,
    put_to_all,
    source,
    states,
)
from tests.served import platform_of_both
from tests.simulated import Platform

APP = OFFICIAL.app_id
LATENCY = 0.05

HOUR = 3600


@dataclass(frozen=True)
class Town:
    platform: Platform
    house: Runtime
    crew: Crew
    settings: Settings

    @property
    def window(self) -> int:
        return WINDOW * self.settings.wechat_in_flight

    def bind(self, channel: Channel) -> str:
        return bind_template(self.house, APP, "notice", self.house.gateway(APP), channel)

    def people(self, number: int, credits: int = 0, template: str = "") -> list[int]:
        return crowd(self.platform, self.house, APP, number, credits, template)

    def tell(self, ids: list[int], *ladder: Channel) -> int:
        return put_to_all(self.house, source(*ladder), ids)

    def slow_down(self, path: str, seconds: float = LATENCY) -> None:
        self.platform.fault(path, "slow", seconds=seconds)


@pytest.fixture(scope="module")
def running_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform_of_both(tmp_path_factory.mktemp("simulator")) as platform:
        yield platform


@pytest.fixture
def platform(running_platform: Platform) -> Platform:
    running_platform.start_again()
    running_platform.settings(result_seconds=None, concurrent_sends_refused=0)
    return running_platform


@pytest.fixture
def town(platform: Platform, tmp_path: Path, database_url: str) -> Iterator[Town]:
    settings = crew_settings(tmp_path, platform, database_url)
    with house_of(settings) as house, crew_of(settings) as crew:
        yield Town(platform, house, crew, settings)


def test_two_workers_share_the_work_and_never_send_to_one_person_at_once(town: Town) -> None:
    notice = town.bind(Channel.NOTICE)
    ids = town.people(1500, 9, notice)
    town.slow_down(subscriptions.BIZSEND)
    town.platform.settings(concurrent_sends_refused=LATENCY * 0.8)
    sources = [town.tell(ids, Channel.NOTICE) for _ in range(3)]
    workers = [town.crew.start(), town.crew.start()]
    busy = set[int]()

    def all_done() -> bool:
        busy.update(row.id for row in DeliveryWorker.select().where(DeliveryWorker.accepted > 0))
        return nothing_is_held()

    wait_until(all_done, 60)
    for worker in workers:
        worker.stop()
    assert [endings(each) for each in sources] == [{("accepted", ""): 1500}] * 3
    assert Delivery.select().where(Delivery.attempts != 1).count() == 0
    assert "error" not in town.platform.ask("GET", "counts")["items"][subscriptions.BIZSEND], "43108: two at once"
    assert set(received(town.platform, APP)["subscribe"].values()) == {3}
    assert len(busy) >= 2
    for each in sources:
        check_truth(each)


def test_who_slept_longer_than_the_lease_sends_nothing_more_of_what_it_had(town: Town) -> None:
    notice = town.bind(Channel.NOTICE)
    source_id = town.tell(town.people(1000, 1, notice), Channel.NOTICE)
    town.slow_down(subscriptions.BIZSEND, 0.2)
    impatient = "--hold=1", "--lease=2.5"
    sleeper, other = town.crew.start(*impatient), town.crew.start(*impatient)
    wait_until(lambda: told(town.platform, subscriptions.BIZSEND) > 200, 30)
    wait_until(lambda: _falls_asleep(sleeper), 30)
    wait_until(lambda: bool(other.events("outbox.worker_died")), 30)
    wait_until(nothing_is_held, 60)
    told_by_others = told(town.platform, subscriptions.BIZSEND)
    sleeper.signal(signal.SIGCONT)
    wait_until(lambda: bool(sleeper.events("outbox.fenced")), 10)
    time.sleep(0.5)
    on_the_wire = told(town.platform, subscriptions.BIZSEND) - told_by_others
    assert on_the_wire < town.settings.wechat_in_flight, "none of the places that were free again was taken"
    for worker in (sleeper, other):
        worker.stop()
    ended = endings(source_id)
    assert ended.keys() == {("accepted", ""), ("uncertain", "interrupted")}
    assert ended["uncertain", "interrupted"] <= town.window
    assert set(received(town.platform, APP)["subscribe"].values()) == {1}
    check_truth(source_id)


def _falls_asleep(worker: Hand) -> bool:
    """Between two transactions: in one it would hold a lock, on SQLite that of everybody, until its server gives it
    up."""
    worker.signal(signal.SIGSTOP)
    try:
        in_transaction(lambda: DeliveryWorker.update(seen_at=DeliveryWorker.seen_at).execute())
    except AWAY:
        worker.signal(signal.SIGCONT)
        return False
    return True


def test_what_is_personal_overtakes_a_broadcast_and_what_is_cancelled_ends(town: Town) -> None:
    town.bind(Channel.TEMPLATE)
    ids = town.people(10_000)
    chosen = town.people(5)
    heard_now(chosen)
    town.slow_down(templates.SEND)
    broadcast = town.tell(ids, Channel.TEMPLATE)
    worker = town.crew.start()
    wait_until(lambda: told(town.platform, templates.SEND) > 300, 30)
    for number, person in enumerate(chosen, start=1):
        town.house.outbox.put(source(Channel.CUSTOM, priority=Priority.PERSONAL), *followers([person]))
        wait_until(lambda number=number: told(town.platform, custom.SEND) == number, 2, 0.01)  # type: ignore[misc]
    assert told(town.platform, templates.SEND) < 9_000, "the broadcast still went on"
    actions.cancel(broadcast)
    check_truth(broadcast)
    wait_until(nothing_is_held, 20)
    worker.stop()
    check_truth(broadcast)
    ended = states(broadcast)
    assert ended.keys() == {"accepted", "cancelled"}
    assert ended["accepted"] == len(received(town.platform, APP)["template"])


def test_a_pause_stops_a_broadcast_within_a_second_and_resuming_finishes_it(town: Town) -> None:
    town.bind(Channel.TEMPLATE)
    source_id = town.tell(town.people(3_000), Channel.TEMPLATE)
    town.slow_down(templates.SEND, 0.2)  # what is in hand would take three seconds
    worker = town.crew.start()
    wait_until(lambda: told(town.platform, templates.SEND) > 100, 30)
    assert actions.pause(source_id, "a test")
    time.sleep(1)
    stopped_at = told(town.platform, templates.SEND)
    time.sleep(1)
    assert told(town.platform, templates.SEND) == stopped_at < 3_000
    check_truth(source_id)
    assert actions.resume(source_id)
    town.platform.mend()
    wait_until(nothing_is_held, 30)
    worker.stop()
    assert endings(source_id) == {("accepted", ""): 3_000}
    assert set(received(town.platform, APP)["template"].values()) == {1}
    check_truth(source_id)


def test_a_put_wakes_an_idle_worker(platform: Platform, tmp_path: Path) -> None:
    settings = crew_settings(tmp_path, platform)
    with house_of(settings) as house, crew_of(settings) as crew:
        people = crowd(platform, house, APP, 4)
        heard_now(people)
        worker = crew.start_real()
        for number, (person, patience) in enumerate(zip(people, (20, 1, 1, 1), strict=True), start=1):
            house.outbox.put(source(Channel.CUSTOM, priority=Priority.PERSONAL), *followers([person]))
            wait_until(lambda number=number: told(platform, custom.SEND) == number, patience, 0.01)  # type: ignore[misc]
            wait_until(nothing_is_held, 10)
            time.sleep(0.3)  # it looks by itself every two seconds: that would be too late
        worker.stop()


def test_when_what_speaks_for_it_is_killed_the_worker_goes_on(town: Town) -> None:
    town.bind(Channel.TEMPLATE)
    source_id = town.tell(town.people(2_000), Channel.TEMPLATE)
    town.slow_down(templates.SEND)
    worker = town.crew.start()
    wait_until(lambda: told(town.platform, templates.SEND) > 300, 30)
    os.kill(_speaker_of(worker), signal.SIGKILL)
    wait_until(lambda: bool(worker.events("outbox.speaks_beside")), 30)
    wait_until(nothing_is_held, 60)
    worker.stop()
    assert len(worker.events("outbox.speaker_died")) == 1
    ended = states(source_id)
    assert ended["accepted"] + ended.get("uncertain", 0) == 2_000
    assert ended.get("uncertain", 0) <= town.window
    assert set(received(town.platform, APP)["template"].values()) == {1}
    check_truth(source_id)


def test_what_speaks_for_a_worker_ends_with_it_however_that_ends(town: Town) -> None:
    town.bind(Channel.TEMPLATE)
    town.tell(town.people(2_000), Channel.TEMPLATE)
    town.slow_down(templates.SEND)
    killed = town.crew.start()
    orphan = _speaker_of(killed)
    wait_until(lambda: told(town.platform, templates.SEND) > 100, 30)
    killed.kill()
    wait_until(lambda: not _lives(orphan), 2)
    before = told(town.platform, templates.SEND)
    time.sleep(1)
    on_the_wire = told(town.platform, templates.SEND) - before
    assert on_the_wire <= town.settings.wechat_in_flight
    stopped = town.crew.start()
    speaker = _speaker_of(stopped)
    os.kill(speaker, signal.SIGTERM)  # as when the terminal or systemd ends them all: the worker ends it in order
    time.sleep(0.2)
    assert _lives(speaker)
    stopped.stop()
    assert not _lives(speaker)


def _speaker_of(worker: Hand) -> int:
    pid = worker.process.pid
    [child] = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_an_intent_of_a_clock_that_was_ahead_is_not_repeated_when_that_hour_comes(town: Town) -> None:
    town.bind(Channel.TEMPLATE)
    source_id = town.tell(town.people(1), Channel.TEMPLATE)
    town.platform.fault(templates.SEND, "answer_lost", times=4)  # as often as one call is tried
    ahead = town.crew.start(f"--clock={HOUR}")
    wait_until(lambda: states(source_id) == {"uncertain": 1}, 30)
    ahead.kill()
    right = town.crew.start()  # the clock has been set right
    time.sleep(1)
    right.stop()
    town.platform.advance(HOUR)
    an_hour_later = town.crew.start(f"--clock={HOUR + 30}")
    wait_until(nothing_is_held, 30)
    an_hour_later.stop()
    assert set(received(town.platform, APP)["template"].values()) == {1}
    assert states(source_id) == {"uncertain": 1}
    check_truth(source_id)
