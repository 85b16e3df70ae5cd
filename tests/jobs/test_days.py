"""The page of the day tells an operator when each job was run last, and how it went, on each engine."""

from datetime import timedelta

from backend import clock
from backend.runtime import Runtime
from backend.schedules import actions, rules
from jobs import days
from jobs.timetable import Daily, Every, Job

SWEEP = Daily("sweep", "03:40", lambda _runtime: 0, "清扫")
OFTEN = Every("often", 0.5, lambda _runtime: 0, "常做")


def _page(*jobs: Job) -> list[str]:
    return list(days.page(jobs))


def _record(error: str = "") -> str:
    """A run of a second and a half that did three; answers its beginning as the page says it."""
    at = clock.now()
    actions.record("sweep", rules.ended(at, at + timedelta(seconds=1.5), 1.5, 3, error, counted=False))
    return f"{clock.beijing(at):%m 月 %d 日 %H:%M:%S}"


def test_jobs_that_were_never_run_are_listed_in_the_order_of_the_timetable(runtime: Runtime) -> None:
    never = "    还没有做过"
    assert _page(SWEEP, OFTEN) == ["sweep  每天 03:40  清扫", never, "often  每 0.5 秒  常做", never]


def test_the_last_run_is_told_in_beijing_time_with_how_long_it_took_and_what_was_done(runtime: Runtime) -> None:
    at = _record()
    assert _page(SWEEP)[1:] == [f"    上次 {at}，用了 1.50 秒，做成了", "    今天 1 次，处理了 3 件，没有做成 0 次"]


def test_a_failure_is_told_by_its_kind(runtime: Runtime) -> None:
    _record()
    at = _record("OSError")
    assert _page(SWEEP)[1:] == [
        f"    上次 {at}，用了 1.50 秒，没有做成：OSError",
        "    今天 2 次，处理了 6 件，没有做成 1 次",
    ]


def test_a_run_that_goes_on_is_not_called_failed(runtime: Runtime) -> None:
    actions.record("sweep", rules.begun(clock.now()))
    last, today = _page(SWEEP)[1:]
    assert (last.endswith("，还没有结束"), today) == (True, "    今天 1 次，处理了 0 件，没有做成 0 次")


def test_what_was_done_yesterday_is_not_called_todays(runtime: Runtime) -> None:
    actions.record("often", rules.begun(clock.ago(days=1)))
    assert len(_page(OFTEN)) == 2
