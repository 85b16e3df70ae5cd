"""The only reader of the clock. Inside, moments are aware UTC; Beijing time appears only towards people."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> datetime:
    return datetime.now(UTC)


def timestamp() -> float:
    """Seconds since 1970, as the platform counts them."""
    return time.time()


def monotonic() -> float:
    """Seconds that never jump, for deadlines inside one process."""
    return time.monotonic()


def boot() -> float:
    """As `monotonic`, and counting also while the machine is suspended: for what others rely on to have ended."""
    return time.clock_gettime(_BOOT)


def from_timestamp(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def beijing(moment: datetime) -> datetime:
    return moment.astimezone(BEIJING)


def ago(**span: float) -> datetime:
    return now() - timedelta(**span)
