"""Reads of the record of jobs."""

from datetime import datetime

from backend.schedules.rules import JobDay
from models.jobs import JobRun


def last_day(name: str) -> JobDay | None:
    """The newest day on which the job was run; None when it never was."""
    row = JobRun.select().where(JobRun.name == name).order_by(JobRun.day.desc()).first()
    return None if row is None else _view(row)


def succeeded_on(day: str) -> set[str]:
    """The names of the jobs that ended well at least once on this day."""
    return {row.name for row in JobRun.select(JobRun.name).where(JobRun.day == day, JobRun.runs > JobRun.failures)}


def succeeded_at(name: str) -> datetime | None:
    """When the job last ended well. Where a worse run came after it on the same day, the moment is that run's."""
    well = JobRun.runs > JobRun.failures
    row = JobRun.select().where(JobRun.name == name, well).order_by(JobRun.day.desc()).first()
    return None if row is None else _view(row).last_sign


def _view(row: JobRun) -> JobDay:
    return JobDay(row.day, row.runs, row.done, row.failures, row.started_at, row.ended_at, row.error)
