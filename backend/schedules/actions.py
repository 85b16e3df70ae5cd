"""Writes the record of jobs. An error is recorded by its kind only: its words may hold a person's data."""

from datetime import timedelta

from backend import clock
from backend.schedules import rules
from backend.schedules.rules import Entry
from backend.storage.database import in_transaction
from models.jobs import JobRun


def record(name: str, entry: Entry) -> None:
    """Add the entry to the job's day. Several processes may do it at once: each adds, none overwrites a count."""

    def work() -> None:
        # The row is there nearly always; trying to insert first would use up a number of the key each time.
        if not _add(name, entry):
            row = {"name": name, "day": entry.day, "started_at": entry.started_at}
            JobRun.insert(row).on_conflict_ignore().execute()
            _add(name, entry)

    in_transaction(work)


def _add(name: str, entry: Entry) -> bool:
    row = JobRun
    change = {
        row.runs: row.runs + entry.runs,
        row.failures: row.failures + entry.failures,
        row.done: row.done + entry.done,
        row.seconds: row.seconds + entry.seconds,
        row.started_at: entry.started_at,
        row.ended_at: entry.ended_at,
        row.error: entry.error[: row.error.max_length],
    }
    return bool(row.update(change).where(row.name == name, row.day == entry.day).execute())


def forget_old(limit: int = 2000) -> int:
    """Delete the records of days more than a year ago, in a slice; answers how many went."""
    before = rules.day_of(clock.now() - timedelta(days=rules.KEEP_DAYS))

    def work() -> int:
        ids = [row.id for row in JobRun.select(JobRun.id).where(JobRun.day < before).limit(limit)]
        return int(JobRun.delete().where(JobRun.id.in_(ids)).execute()) if ids else 0

    return in_transaction(work)
