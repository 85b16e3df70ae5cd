"""The platform's clock: real time plus an offset that a test or a trainer moves; the only reader."""

import time
from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
DAY = 86_400


class Clock:
    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset

    def now(self) -> float:
        """Seconds since 1970 in the pretended world: expiry, windows, counters, CreateTime."""
        return time.time() + self.offset

    def wall(self) -> float:
        """Seconds since 1970 outside: only for the signature's timestamp, because the receiving server, whose
        clock nobody moved, refuses a stale one."""
        return time.time()

    def advance(self, seconds: float) -> None:
        self.offset += seconds

    def reset(self) -> None:
        self.offset = 0.0


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, BEIJING).isoformat(timespec="milliseconds")


def beijing_day(at: float) -> int:
    """The number of the day; daily counters start anew at Beijing midnight."""
    return int((at + 8 * 3600) // DAY)


def beijing_month(at: float) -> int:
    """The number of the calendar month."""
    moment = datetime.fromtimestamp(at, BEIJING)
    return moment.year * 12 + moment.month


def minute(at: float) -> int:
    return int(at // 60)
