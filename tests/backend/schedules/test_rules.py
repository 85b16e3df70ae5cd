"""Days are Beijing's, a time of day is read as meant or refused, and trouble with a job has one name."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.schedules import rules
from backend.schedules.rules import Expected, JobDay, Trouble

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
INSTALLED = NOW - timedelta(days=30)
DAILY = Expected("sweep", "清扫", rules.DAILY_PATIENCE, daily=True)
OFTEN = Expected("count", "数数", timedelta(minutes=15), daily=False)


def _last(hours_ago: float, error: str = "", ended: bool = True) -> JobDay:
    at = NOW - timedelta(hours=hours_ago)
    return JobDay(rules.day_of(at), 1, 0, int(bool(error)), at, at if ended else None, error)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 31, 15, 59, tzinfo=UTC), "2026-01-31"),
        (datetime(2026, 1, 31, 16, 0, tzinfo=UTC), "2026-02-01"),
        (datetime(2026, 7, 31, 15, 59, tzinfo=UTC), "2026-07-31"),
        (datetime(2026, 7, 31, 16, 0, tzinfo=UTC), "2026-08-01"),
    ],
)
def test_the_day_changes_at_midnight_in_beijing_in_winter_and_in_summer(moment: datetime, day: str) -> None:
    assert rules.day_of(moment) == day


@pytest.mark.parametrize("at", ["3:40", "24:00", "03:40:00", "0340", "03", "", "03:40+00:00", "noon"])
def test_a_time_that_is_not_hours_and_minutes_is_refused(at: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        rules.time_of_day(at)


def test_a_time_of_day_has_come_when_beijing_says_so() -> None:
    assert [rules.has_come(at, NOW) for at in ("00:00", "09:59", "10:00", "10:01", "23:59")] == [True] * 3 + [False] * 2


def test_a_run_counts_as_failed_until_it_has_ended_well() -> None:
    begun = rules.begun(NOW)
    assert (begun.runs, begun.failures, begun.ended_at) == (1, 1, None)
    for error, failures in (("", 0), ("OSError", 1)):
        whole = rules.together(begun, rules.ended(NOW, NOW, 0.5, 3, error, counted=True))
        alone = rules.ended(NOW, NOW, 0.5, 3, error, counted=False)
        assert whole == alone
        assert (whole.runs, whole.failures, whole.done, whole.error) == (1, failures, 3, error)


def test_of_two_entries_the_later_says_how_it_ended_whatever_their_order() -> None:
    earlier = rules.ended(NOW, NOW, 1.0, 2, "OSError", counted=False)
    later = rules.ended(NOW + timedelta(seconds=1), NOW + timedelta(seconds=2), 0.5, 0, "", counted=False)
    assert rules.together(earlier, later) == rules.together(later, earlier)
    both = rules.together(earlier, later)
    assert (both.runs, both.failures, both.done, both.seconds) == (2, 1, 2, 1.5)
    assert (both.started_at, both.ended_at, both.error) == (later.started_at, later.ended_at, "")


@pytest.mark.parametrize(
    ("job", "last", "succeeded", "installed_ago", "expected"),
    [
        (DAILY, None, None, 24.9, None),
        (DAILY, None, None, 25.1, Trouble.LATE),
        (DAILY, _last(24.9), 24.9, 720, None),
        (DAILY, _last(25.1), 25.1, 720, Trouble.LATE),
        (DAILY, _last(25.1), 25.1, 1, Trouble.LATE),
        (DAILY, _last(1, "OSError"), 25, 720, Trouble.FAILED),
        (DAILY, _last(1, "OSError"), None, 720, Trouble.FAILED),
        (DAILY, _last(30, "OSError"), None, 720, Trouble.LATE),
        (DAILY, _last(0.5, ended=False), 24, 720, None),
        (DAILY, _last(2, ended=False), 24, 720, Trouble.UNFINISHED),
        (DAILY, _last(2, ended=False), 26, 720, Trouble.LATE),
        (OFTEN, None, None, 720, None),
        (OFTEN, _last(0.2), None, 720, None),
        (OFTEN, _last(0.3), 0.3, 720, Trouble.LATE),
        (OFTEN, _last(0.2, "OSError"), None, 720, Trouble.FAILED),
        (OFTEN, _last(0.3, "OSError"), None, 720, Trouble.LATE),
    ],
)
def test_what_is_wrong_with_a_job(
    job: Expected, last: JobDay | None, succeeded: float | None, installed_ago: float, expected: Trouble | None
) -> None:
    succeeded_at = None if succeeded is None else NOW - timedelta(hours=succeeded)
    assert rules.trouble(job, last, succeeded_at, NOW - timedelta(hours=installed_ago), NOW) is expected
