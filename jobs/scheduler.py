"""Runs the timetable on APScheduler. However many schedulers are started, one leads at a time, by a lease."""

import signal
import threading

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from backend import clock
from backend.runtime import Runtime
from backend.schedules import rules
from backend.storage.kv import Lease
from jobs import runs
from jobs.timetable import TIMETABLE, Daily, Job

LEASE_SECONDS = 10.0
ASK_SECONDS = 60.0
"""How soon a database that did not say what was missed is asked again."""

log = structlog.get_logger()


def trigger(job: Job) -> BaseTrigger:
    """A time of day is Beijing's, which knows no summer time, wherever the machine stands."""
    if isinstance(job, Daily):
        at = rules.time_of_day(job.at)
        return CronTrigger(hour=at.hour, minute=at.minute, timezone=clock.BEIJING)
    return IntervalTrigger(seconds=job.seconds)


class Leader:
    """Holds or seeks the lease. Jobs run only while it is held; losing it stops them within a third of its length."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lease = Lease(runtime.kv, "scheduler", LEASE_SECONDS)
        self._clock: BackgroundScheduler | None = None
        self._book = runs.Book()
        self._missed_known = False
        self.leads = threading.Event()

    def beat(self) -> None:
        """Renew or take the lease, and start or stop the clock accordingly."""
        held = self._hold()
        if held and self._clock is None:
            self._start()
        elif not held and self._clock is not None:
            self.stop()

    def _hold(self) -> bool:
        try:
            return self._lease.renew() if self.leads.is_set() else self._lease.take()
        except Exception:
            # Without the store nobody can know who leads: then nobody does.
            log.exception("scheduler.store_failed")
            return False

    def _start(self) -> None:
        log.info("scheduler.leads")
        self.leads.set()
        self._clock = BackgroundScheduler(
            timezone="UTC",
            # A run that comes late, because the machine slept or was busy, is wanted all the same, and once.
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        for job in TIMETABLE:
            self._clock.add_job(self.run, trigger(job), [job], id=job.name)
        # At its interval until it knows. A job must not add another one: it would wait for the lock of a clock that,
        # being stopped, waits for the job.
        self._missed_known = False
        again = IntervalTrigger(seconds=ASK_SECONDS)
        self._clock.add_job(self._make_up, again, id="making up", next_run_time=clock.now())
        self._clock.start()

    def _make_up(self) -> None:
        """What was due today while nobody led is done now, once: the record says what another leader did."""
        if self._missed_known:
            return
        try:
            missed = runs.missed(TIMETABLE)
        except Exception as error:  # noqa: BLE001 - whatever a driver raises, it is asked again
            log.warning("job.missed_unknown", error=type(error).__name__)
            return
        self._missed_known = True
        for job in missed:
            log.info("job.made_up", job=job.name)
            self.run(job)

    def run(self, job: Job) -> None:
        if not self.leads.is_set():
            return
        try:
            done = self._book.run(job, self._runtime)
            log.debug("job.done", job=job.name, done=done)
        except Exception:
            log.exception("job.failed", job=job.name)

    def stop(self) -> None:
        log.info("scheduler.rests")
        self.leads.clear()
        if self._clock is not None:
            self._clock.shutdown(wait=True)
            self._clock = None
        self._book.write()

    def end(self) -> None:
        if self.leads.is_set():
            self.stop()
            self._lease.release()


def serve(runtime: Runtime) -> None:
    """Until SIGINT or SIGTERM; then the lease is given up at once, so that another may lead."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    leader = Leader(runtime)
    while not ended.is_set():
        leader.beat()
        ended.wait(LEASE_SECONDS / 3)
    leader.end()
