"""Runs a job and sees to it that the run is recorded. A record that cannot be written waits; it never stops a job."""

import threading
from collections.abc import Iterable

import structlog

from backend import clock
from backend.runtime import Runtime
from backend.schedules import actions, queries, rules
from backend.schedules.rules import Entry
from jobs.timetable import Daily, Job
from models.base import database

FOLD_SECONDS = 60.0
"""How long the empty runs of a job that runs very often are only counted, and what could not be written waits."""

log = structlog.get_logger()


class Book:
    """What this process ran. Entries wait here until they are written, those of one job and day as one."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: dict[tuple[str, str], Entry] = {}
        self._due = clock.monotonic() + FOLD_SECONDS
        self._failing = False

    def run(self, job: Job, runtime: Runtime) -> int:
        """Answers how much it did. Raises what the job raises, when that is recorded. Whatever is no `Exception`
        ends the process: the record then shows a run that began and did not end."""
        started_at, since = clock.now(), clock.monotonic()
        counted = not job.often and self._written(job.name, rules.begun(started_at))

        def note(done: int, error: str) -> None:
            took = clock.monotonic() - since
            self._note(job, rules.ended(started_at, clock.now(), took, done, error, counted))

        try:
            done = _run(job, runtime)
        except Exception as error:
            note(0, type(error).__name__)
            raise
        note(done, "")
        return done

    def _note(self, job: Job, entry: Entry) -> None:
        self._put(job.name, entry)
        tells = not job.often or entry.done or entry.error
        if (tells and not self._failing) or clock.monotonic() >= self._due:
            self.write()

    def _put(self, name: str, entry: Entry) -> None:
        with self._guard:
            earlier = self._waiting.get((name, entry.day))
            self._waiting[name, entry.day] = rules.together(earlier, entry) if earlier else entry

    def write(self) -> None:
        """Write all that waits. What cannot be written waits on, and is not tried again at every run."""
        with self._guard:
            waiting, self._waiting = self._waiting, {}
        failed = [(name, entry) for (name, _), entry in waiting.items() if not self._written(name, entry)]
        for name, entry in failed:
            self._put(name, entry)
        self._failing, self._due = bool(failed), clock.monotonic() + FOLD_SECONDS

    @staticmethod
    def _written(name: str, entry: Entry) -> bool:
        try:
            actions.record(name, entry)
        except Exception as error:  # noqa: BLE001 - whatever a driver raises, the job is more important
            log.warning("job.not_recorded", job=name, error=type(error).__name__)
            return False
        finally:
            _give_back()
        return True


def by_hand(job: Job, runtime: Runtime) -> int:
    """Run the job now, whoever leads, and record it as any other run."""
    book = Book()
    try:
        return book.run(job, runtime)
    finally:
        book.write()


def missed(timetable: Iterable[Job]) -> list[Daily]:
    """The daily jobs whose time has passed today and that have not ended well today."""
    now = clock.now()
    try:
        done = queries.succeeded_on(rules.day_of(now))
    finally:
        _give_back()
    daily = [job for job in timetable if isinstance(job, Daily)]
    return [job for job in daily if rules.has_come(job.at, now) and job.name not in done]


def _run(job: Job, runtime: Runtime) -> int:
    try:
        return job.run(runtime)
    finally:
        # Before anything is recorded: the job may have left a broken connection behind.
        _give_back()


def _give_back() -> None:
    if not database.is_closed():
        database.close()
