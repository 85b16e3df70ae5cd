"""Runs the timetable on APScheduler. However many schedulers are started, one leads at a time, by a lease."""

import signal
import threading

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from backend.runtime import Runtime
from backend.storage.kv import Lease
from jobs.timetable import TIMETABLE, Every
from models.base import database

LEASE_SECONDS = 10.0
log = structlog.get_logger()


class Leader:
    """Holds or seeks the lease. Jobs run only while it is held; losing it stops them within a third of its length."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lease = Lease(runtime.kv, "scheduler", LEASE_SECONDS)
        self._clock: BackgroundScheduler | None = None
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
        self._clock = BackgroundScheduler(timezone="UTC")
        for every in TIMETABLE:
            trigger = IntervalTrigger(seconds=every.seconds)
            self._clock.add_job(self.run, trigger, [every], id=every.name, max_instances=1, coalesce=True)
        self._clock.start()

    def run(self, every: Every) -> None:
        if not self.leads.is_set():
            return
        try:
            done = every.run(self._runtime)
            log.debug("job.done", job=every.name, done=done)
        except Exception:
            log.exception("job.failed", job=every.name)
        finally:
            if not database.is_closed():
                database.close()

    def stop(self) -> None:
        log.info("scheduler.rests")
        self.leads.clear()
        if self._clock is not None:
            self._clock.shutdown(wait=True)
            self._clock = None

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
