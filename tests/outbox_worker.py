"""A worker process for tests: it carries deliveries until SIGTERM, with a clock and a patience of its own.

`python -m tests.outbox_worker [--clock SECONDS] [--jumps SECONDS,…] [--hold SECONDS --lease SECONDS]`: `--clock` sets
its clock off from the true one; each SIGUSR1 sets it off by the next of `--jumps`. Prints `begun` when it is at work.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

import structlog

from backend import clock, runtime
from backend import settings as all_settings
from backend.outbox.engine import workers
from backend.outbox.engine.delivery import Engine
from backend.web import logs
from jobs.worker import speak_apart
from models.base import database

LOOK_SECONDS = 0.2
log = structlog.get_logger()


class OffClock:
    """Stands in backend/clock.py for `time` and for `datetime`: right, but for an offset."""

    def __init__(self, offset: float, jumps: Iterator[float]) -> None:
        self._offset, self._jumps = offset, jumps

    def jump(self, *_: object) -> None:
        self._offset = next(self._jumps, self._offset)

    def time(self) -> float:
        return time.time() + self._offset

    def now(self, zone: tzinfo) -> datetime:
        return datetime.now(zone) + timedelta(seconds=self._offset)

    def __getattr__(self, name: str) -> Any:
        """What tells no time of day."""
        return getattr(datetime if hasattr(datetime, name) else time, name)


def carry(engine: Engine) -> None:
    """Again and again; while the database is away it is asked for a little later."""
    while not engine.stopped:
        try:
            engine.work()
        except workers.AWAY as error:
            log.warning("rig.database_away", error=type(error).__name__)
        if not database.is_closed():
            database.close()
        engine.wait(LOOK_SECONDS)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clock", type=float, default=0.0)
    parser.add_argument("--jumps", default="")
    parser.add_argument("--hold", type=float, default=workers.HOLD)
    parser.add_argument("--lease", type=float, default=workers.LEASE)
    return parser.parse_args()


def main() -> None:
    asked = _arguments()
    off = OffClock(asked.clock, iter([float(jump) for jump in asked.jumps.split(",") if jump]))
    vars(clock).update(time=off, datetime=off)
    workers.HOLD, workers.LEASE = asked.hold, asked.lease
    logs.configure("INFO")
    running = runtime.start(all_settings.load(os.environ))
    speaker = speak_apart(running)
    signal.signal(signal.SIGTERM, lambda *_: running.engine.stop())
    signal.signal(signal.SIGUSR1, off.jump)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    carry(running.engine)
    speaker.close()
    running.close()


if __name__ == "__main__":
    main()
