"""Whether the doctor notices jobs that are late, that failed, or that never ended."""

from datetime import timedelta

from backend import clock
from backend.doctor.examination import examine
from backend.doctor.findings import Finding, Verdict
from backend.runtime import Runtime
from backend.schedules import actions as schedules
from backend.schedules import rules
from backend.schedules.rules import Expected

DAILY = Expected("sweep", "清扫", rules.DAILY_PATIENCE, daily=True)
OFTEN = Expected("count", "数数", timedelta(minutes=15), daily=False)


def _about_jobs(runtime: Runtime, jobs: tuple[Expected, ...] = (DAILY, OFTEN)) -> list[Finding]:
    return [finding for finding in examine(runtime, jobs) if "定时任务" in finding.what]


def _ran(job: Expected, hours_ago: float, error: str = "") -> None:
    at = clock.ago(hours=hours_ago)
    schedules.record(job.name, rules.ended(at, at, 0.5, 1, error, counted=False))


def _installed(runtime: Runtime, hours_ago: float) -> None:
    """As the history of the schema has it: in the machine's own time."""
    at = clock.ago(hours=hours_ago).astimezone().replace(tzinfo=None)
    mark = runtime.database.param
    history = f"UPDATE schema_migration SET applied = {mark}"
    runtime.database.execute_sql(history, (str(at),))  # type: ignore[no-untyped-call]


def test_of_the_jobs_of_a_fresh_installation_nothing_is_said(runtime: Runtime) -> None:
    assert _about_jobs(runtime) == []
    _installed(runtime, 24.9)
    assert _about_jobs(runtime) == []


def test_jobs_that_run_in_time_are_called_so(runtime: Runtime) -> None:
    _ran(OFTEN, 0.1)
    assert [(finding.verdict, finding.what) for finding in _about_jobs(runtime)] == [
        (Verdict.GOOD, "定时任务都按时做了")
    ]


def test_a_daily_job_that_was_never_done_is_told_when_the_first_day_has_passed(runtime: Runtime) -> None:
    _installed(runtime, 25.1)
    [finding] = _about_jobs(runtime)
    assert (finding.verdict, finding.what) == (Verdict.BAD, "定时任务没有按时做成：sweep（清扫）")
    assert "python manage.py scheduler" in finding.remedy


def test_when_no_scheduler_runs_all_that_is_late_is_told_at_once(runtime: Runtime) -> None:
    _ran(DAILY, 25.1)
    _ran(OFTEN, 0.3)
    assert [finding.what for finding in _about_jobs(runtime)] == ["定时任务没有按时做成：sweep（清扫）、count（数数）"]


def test_a_job_whose_last_run_failed_is_told_by_the_kind_of_error_and_how_to_run_it_again(runtime: Runtime) -> None:
    _ran(DAILY, 1, "OSError")
    _ran(OFTEN, 0.1)
    [finding] = _about_jobs(runtime)
    assert (finding.verdict, "sweep" in finding.what, "OSError" in finding.what) == (Verdict.BAD, True, True)
    assert "python manage.py job sweep" in finding.remedy
    _ran(DAILY, 0.9)
    assert [finding.verdict for finding in _about_jobs(runtime)] == [Verdict.GOOD]


def test_a_run_that_has_not_ended_for_long_is_told_as_one_that_may_have_been_killed(runtime: Runtime) -> None:
    schedules.record(DAILY.name, rules.begun(clock.ago(hours=1.1)))
    [finding] = _about_jobs(runtime, (DAILY,))
    assert (finding.verdict, "没有做完" in finding.what) == (Verdict.ADVICE, True)
    schedules.record(DAILY.name, rules.begun(clock.ago(hours=0.9)))
    assert [finding.verdict for finding in _about_jobs(runtime, (DAILY,))] == [Verdict.GOOD]
