"""What is recorded of a job's day, on each engine: entries add up, whoever writes them, and old days go."""

from datetime import UTC, timedelta
from functools import partial

from backend import clock
from backend.runtime import Runtime
from backend.schedules import actions, queries, rules
from models.jobs import JobRun
from tests.threads import at_once

NOON = clock.beijing(clock.now()).replace(hour=12, microsecond=123456).astimezone(UTC)
SOON = NOON + timedelta(seconds=2)
DAY = rules.day_of(NOON)


def _record(name: str, done: int = 0, error: str = "", days_ago: int = 0) -> None:
    ago = timedelta(days=days_ago)
    actions.record(name, rules.ended(NOON - ago, SOON - ago, 2.0, done, error, counted=False))


def test_a_run_that_began_is_seen_before_it_ends(runtime: Runtime) -> None:
    actions.record("sweep", rules.begun(NOON))
    last = queries.last_day("sweep")
    assert last is not None
    assert (last.runs, last.started_at, last.ended_at, last.last_sign) == (1, NOON, None, NOON)
    assert (queries.succeeded_on(DAY), queries.succeeded_at("sweep")) == (set(), None)


def test_runs_of_a_day_add_up_and_the_last_one_says_how_it_ended(runtime: Runtime) -> None:
    actions.record("sweep", rules.begun(NOON))
    actions.record("sweep", rules.ended(NOON, SOON, 2.0, 5, "", counted=True))
    _record("sweep", error="OSError")
    last = queries.last_day("sweep")
    assert last is not None
    assert (last.day, last.runs, last.done, last.failures, last.ended_at, last.error) == (
        *(DAY, 2, 5, 1),
        *(SOON, "OSError"),
    )
    assert JobRun.get().seconds == 4.0
    assert (queries.succeeded_on(DAY), queries.succeeded_at("sweep")) == ({"sweep"}, SOON)


def test_a_killed_run_stays_a_failure_when_the_next_one_goes_well(runtime: Runtime) -> None:
    actions.record("sweep", rules.begun(NOON))
    _record("sweep")
    last = queries.last_day("sweep")
    assert last is not None
    assert (last.runs, last.failures, last.ended_at) == (2, 1, SOON)


def test_each_job_and_each_day_has_a_record_of_its_own(runtime: Runtime) -> None:
    for name, days_ago in (("sweep", 0), ("sweep", 1), ("count", 1)):
        _record(name, days_ago=days_ago)
    assert JobRun.select().count() == 3
    assert queries.succeeded_on(DAY) == {"sweep"}
    count = queries.last_day("count")
    assert count is not None
    assert count.day == rules.day_of(NOON - timedelta(days=1))
    assert (queries.last_day("unheard-of"), queries.succeeded_at("unheard-of")) == (None, None)


def test_a_success_of_yesterday_is_remembered_through_todays_failure(runtime: Runtime) -> None:
    _record("sweep", days_ago=1)
    _record("sweep", error="OSError")
    assert queries.succeeded_at("sweep") == SOON - timedelta(days=1)


def test_two_processes_that_record_at_once_lose_nothing(runtime: Runtime) -> None:
    def work() -> None:
        for _ in range(5):
            _record("sweep", done=1)

    at_once(*[work] * 4)
    row = JobRun.get()
    assert (JobRun.select().count(), row.runs, row.done) == (1, 20, 20)


def test_a_very_long_kind_of_error_does_not_keep_a_run_from_being_recorded(runtime: Runtime) -> None:
    _record("sweep", error="E" * 500)
    assert JobRun.get().error == "E" * 128


def test_days_of_more_than_a_year_ago_go_in_slices_and_twice_is_harmless(runtime: Runtime) -> None:
    for days_ago in (0, rules.KEEP_DAYS - 1, rules.KEEP_DAYS + 2, rules.KEEP_DAYS + 3):
        _record("sweep", days_ago=days_ago)
    assert [actions.forget_old(limit=1) for _ in range(3)] == [1, 1, 0]
    kept = [rules.day_of(NOON - timedelta(days=days)) for days in (rules.KEEP_DAYS - 1, 0)]
    assert [row.day for row in JobRun.select().order_by(JobRun.day)] == kept


def test_two_sweeps_at_once_are_harmless(runtime: Runtime) -> None:
    for days_ago in range(rules.KEEP_DAYS + 2, rules.KEEP_DAYS + 22):
        _record("sweep", days_ago=days_ago)
    assert sum(at_once(*[partial(actions.forget_old)] * 2)) == 20
