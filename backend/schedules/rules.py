"""The record of a job's day, what is added to it, and when a job is late. Knows no table and no timetable."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from backend import clock

KEEP_DAYS = 366
DAILY_PATIENCE = timedelta(hours=25)
UNFINISHED_AFTER = timedelta(hours=1)
"""A run that goes on for longer is worth a look: it may have been killed."""


@dataclass(frozen=True)
class Expected:
    """What the timetable promises of one job. A daily one promises a success, the others only that they are run."""

    name: str
    title: str
    patience: timedelta
    daily: bool


@dataclass(frozen=True)
class Entry:
    """What a run adds to the record of its day. The moments and the error replace those that stand there."""

    started_at: datetime
    ended_at: datetime | None
    runs: int
    failures: int
    done: int = 0
    seconds: float = 0.0
    error: str = ""

    @property
    def day(self) -> str:
        return day_of(self.started_at)


@dataclass(frozen=True)
class JobDay:
    """The record of one job's day. `ended_at` and `error` are those of the last run."""

    day: str
    runs: int
    done: int
    failures: int
    started_at: datetime
    ended_at: datetime | None
    error: str

    @property
    def last_sign(self) -> datetime:
        return self.ended_at or self.started_at


class Trouble(StrEnum):
    LATE = "late"
    FAILED = "failed"
    UNFINISHED = "unfinished"


def day_of(moment: datetime) -> str:
    """Beijing's, as in 2026-11-21."""
    return f"{clock.beijing(moment):%Y-%m-%d}"


def time_of_day(at: str) -> time:
    """From HH:MM. Raises ValueError for anything else: a time that nobody reads as meant would never come."""
    found = time.fromisoformat(at)
    if f"{found:%H:%M}" != at:
        raise ValueError(f"not a time of day as HH:MM: {at}")
    return found


def has_come(at: str, now: datetime) -> bool:
    """Whether this time of day has passed today in Beijing."""
    return clock.beijing(now).time() >= time_of_day(at)


def begun(started_at: datetime) -> Entry:
    """A run counts as failed until it has ended well: one that is killed stays so, and runs - failures = successes."""
    return Entry(started_at, None, runs=1, failures=1)


def ended(started_at: datetime, ended_at: datetime, seconds: float, done: int, error: str, counted: bool) -> Entry:
    """`counted`: its beginning stands in the record already. `error` is "" when it ended well."""
    failed = int(bool(error))
    runs, failures = (0, failed - 1) if counted else (1, failed)
    return Entry(started_at, ended_at, runs, failures, done, seconds, error)


def together(one: Entry, other: Entry) -> Entry:
    """One entry for two of the same job and day, whichever was first."""
    return replace(
        sorted((one, other), key=lambda entry: entry.started_at)[-1],
        runs=one.runs + other.runs,
        failures=one.failures + other.failures,
        done=one.done + other.done,
        seconds=one.seconds + other.seconds,
    )


def trouble(
    job: Expected, last: JobDay | None, succeeded_at: datetime | None, installed_at: datetime, now: datetime
) -> Trouble | None:
    """What is wrong with a job: of two things the one that says more.

    Before a first day has passed a daily job may not have had its turn, and another one that was never run may be
    newer than the scheduler's last start: neither is trouble.
    """
    if last is not None and last.error and now - last.last_sign <= job.patience:
        return Trouble.FAILED
    never = installed_at if job.daily else now
    sign = succeeded_at if job.daily else last and last.last_sign
    if now - (sign or never) > job.patience:
        return Trouble.LATE
    if last is not None and last.ended_at is None and now - last.started_at > UNFINISHED_AFTER:
        return Trouble.UNFINISHED
    return None
