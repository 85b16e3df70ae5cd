"""Every run is recorded, on each engine: when it goes well, fails or is killed, by the clock or by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import structlog

from backend import clock
from backend.runtime import Runtime
from backend.schedules import actions, queries, rules
from backend.schedules.rules import JobDay
from jobs import runs, timetable
from jobs.runs import Book
from jobs.timetable import Daily, Every
from models.base import database
from models.jobs import JobRun
from tests.processes import next_line, running
from tests.served import environment
from tests.threads import at_once


def _nothing(_runtime: Runtime) -> int:
    return 0


def _some(_runtime: Runtime) -> int:
    return 3


def _fail(_runtime: Runtime) -> int:
    raise RuntimeError("the words of a person")


class Killed(BaseException):
    """What no handler catches."""


def _die(_runtime: Runtime) -> int:
    raise Killed


def _day(name: str) -> JobDay:
    day = queries.last_day(name)
    assert day is not None
    return day


def _rows() -> int:
    return int(JobRun.select().count())


def _away(monkeypatch: pytest.MonkeyPatch) -> None:
    def record(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(actions, "record", record)


SWEEP = Daily("sweep", "03:40", _some, "清扫")
OFTEN = Every("often", 0.5, _nothing, "常做")


def test_a_run_that_goes_well_is_recorded_with_what_it_did(runtime: Runtime) -> None:
    before = clock.now()
    assert Book().run(SWEEP, runtime) == 3
    day = _day("sweep")
    assert (day.runs, day.done, day.failures, day.error) == (1, 3, 0, "")
    assert day.ended_at is not None
    assert before - timedelta(milliseconds=1) <= day.started_at <= day.ended_at <= clock.now()


def test_twice_is_harmless_and_counted_twice(runtime: Runtime) -> None:
    book = Book()
    assert [book.run(SWEEP, runtime) for _ in range(2)] == [3, 3]
    assert (_rows(), _day("sweep").runs, _day("sweep").done) == (1, 2, 6)


@pytest.mark.parametrize("job", [SWEEP, OFTEN], ids=["daily", "often"])
def test_a_run_that_fails_is_recorded_by_the_kind_of_its_error_and_fails_on(
    runtime: Runtime, job: timetable.Job
) -> None:
    with pytest.raises(RuntimeError):
        Book().run(replace(job, run=_fail), runtime)
    day = _day(job.name)
    assert (day.runs, day.failures, day.error) == (1, 1, "RuntimeError")
    assert day.ended_at is not None


def test_while_it_runs_it_has_no_end(runtime: Runtime) -> None:
    seen: list[JobDay] = []

    def look(_runtime: Runtime) -> int:
        seen.append(_day("sweep"))
        return 1

    Book().run(replace(SWEEP, run=look), runtime)
    assert (seen[0].runs, seen[0].ended_at) == (1, None)
    assert _day("sweep").ended_at is not None


def test_a_run_that_was_killed_is_seen_and_is_no_success(runtime: Runtime) -> None:
    with pytest.raises(Killed):
        Book().run(replace(SWEEP, run=_die), runtime)
    day = _day("sweep")
    assert (day.runs, day.failures, day.ended_at) == (1, 1, None)
    assert queries.succeeded_on(day.day) == set()
    Book().run(SWEEP, runtime)
    assert (_day("sweep").runs, _day("sweep").failures) == (2, 1), "the killed one stays counted"


LONG_JOB = """
import os, time
from backend import runtime as runtimes, settings
from jobs.runs import by_hand
from jobs.timetable import Daily

def long(runtime):
    print("runs")
    time.sleep(60)

by_hand(Daily("long", "03:40", long), runtimes.start(settings.load(os.environ)))
"""


def test_what_a_killed_process_ran_is_seen(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(runtime.settings).items():
        monkeypatch.setenv(name, value)
    with running(LONG_JOB) as process:
        assert next_line(process) == "runs"
        process.kill()
    assert (_day("long").runs, _day("long").ended_at) == (1, None)


def test_empty_runs_of_a_job_that_runs_very_often_are_written_together(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.monotonic()
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    book = Book()
    for _ in range(100):
        book.run(OFTEN, runtime)
    assert _rows() == 0
    now += runs.FOLD_SECONDS
    book.run(OFTEN, runtime)
    assert (_day("often").runs, _day("often").failures) == (101, 0)
    book.run(OFTEN, runtime)
    assert _day("often").runs == 101, "the next minute has begun"
    book.write()
    assert _day("often").runs == 102


def test_a_run_that_did_something_is_written_at_once_with_the_empty_ones_before_it(runtime: Runtime) -> None:
    book = Book()
    for job in (OFTEN, OFTEN, replace(OFTEN, run=_some)):
        book.run(job, runtime)
    assert (_day("often").runs, _day("often").done) == (3, 3)


def test_empty_runs_around_midnight_in_beijing_go_to_their_own_days(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Book()
    for minute in (59, 60, 61):
        moment = datetime(2026, 11, 20, 15, tzinfo=UTC) + timedelta(minutes=minute)
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda moment=moment: moment)
            book.run(OFTEN, runtime)
    book.write()
    assert {row.day: row.runs for row in JobRun.select()} == {"2026-11-20": 1, "2026-11-21": 2}


def test_a_record_that_cannot_be_written_stops_no_job_and_is_written_later(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Book()
    with monkeypatch.context() as patch, structlog.testing.capture_logs() as lines:
        _away(patch)
        assert book.run(SWEEP, runtime) == 3
        with pytest.raises(RuntimeError):
            book.run(replace(SWEEP, run=_fail), runtime)
    assert {line["event"] for line in lines} == {"job.not_recorded"}
    assert _rows() == 0
    book.write()
    assert (_day("sweep").runs, _day("sweep").failures, _day("sweep").error) == (2, 1, "RuntimeError")


def test_an_end_that_cannot_be_written_makes_its_run_good_later(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Book()
    with monkeypatch.context() as patch:

        def lose_the_database(_runtime: Runtime) -> int:
            _away(patch)
            return 4

        book.run(replace(SWEEP, run=lose_the_database), runtime)
    assert (_day("sweep").failures, _day("sweep").ended_at) == (1, None)
    book.write()
    assert (_day("sweep").runs, _day("sweep").failures, _day("sweep").done) == (1, 0, 4)


def test_while_nothing_can_be_written_it_is_not_tried_at_every_run(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, busy = Book(), replace(OFTEN, run=_some)
    with monkeypatch.context() as patch, structlog.testing.capture_logs() as lines:
        _away(patch)
        for _ in range(20):
            book.run(busy, runtime)
    assert len(lines) == 1
    book.write()
    assert (_day("often").runs, _day("often").done) == (20, 60)


def test_a_connection_that_a_job_leaves_broken_does_not_spoil_its_record(runtime: Runtime) -> None:
    def break_it(_runtime: Runtime) -> int:
        database.connection().close()
        database.execute_sql("SELECT 1")
        return 1

    with pytest.raises(Exception, match=r".+"):
        Book().run(replace(SWEEP, run=break_it), runtime)
    assert (_day("sweep").failures, _day("sweep").error != "") == (1, True)


def test_several_jobs_at_once_are_all_recorded(runtime: Runtime) -> None:
    book = Book()
    jobs = [replace(OFTEN, name=f"job{number}", run=_some) for number in range(4)]
    for _ in range(5):
        at_once(*[partial(book.run, job, runtime) for job in jobs])
    assert {row.name: row.runs for row in JobRun.select()} == {job.name: 5 for job in jobs}


@pytest.mark.parametrize("job", [SWEEP, OFTEN], ids=["daily", "often"])
def test_by_hand_every_run_is_recorded_even_an_empty_one(runtime: Runtime, job: timetable.Job) -> None:
    assert runs.by_hand(replace(job, run=_nothing), runtime) == 0
    assert (_day(job.name).runs, _day(job.name).failures) == (1, 0)
    with pytest.raises(RuntimeError):
        runs.by_hand(replace(job, run=_fail), runtime)
    assert (_day(job.name).runs, _day(job.name).failures) == (2, 1)


@pytest.mark.parametrize(
    ("at", "hour", "is_missed"), [("03:40", 3, False), ("03:40", 4, True), ("00:00", 0, True), ("23:59", 23, False)]
)
def test_a_daily_job_is_missed_when_its_time_in_beijing_has_passed(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, at: str, hour: int, is_missed: bool
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 7, 1, hour, 30, tzinfo=clock.BEIJING).astimezone(UTC))
    job = replace(SWEEP, at=at)
    assert runs.missed((OFTEN, job)) == ([job] if is_missed else [])


def test_only_a_success_of_today_is_no_miss(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    job, yesterday = replace(SWEEP, at="00:00"), clock.ago(days=1)
    actions.record(job.name, rules.ended(yesterday, yesterday, 1.0, 0, "", counted=False))
    with pytest.raises(RuntimeError):
        Book().run(replace(job, run=_fail), runtime)
    assert runs.missed([job]) == [job]
    Book().run(job, runtime)
    assert runs.missed([job]) == []
