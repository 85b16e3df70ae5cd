"""The only reader of the clock. Inside, moments are aware UTC; Beijing time appears only towards people."""

import time
from datetime import UTC, date, datetime, timedelta
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


def start_of_day(moment: datetime) -> datetime:
    """Of the Beijing day it is in."""
    return beijing(moment).replace(hour=0, minute=0, second=0, microsecond=0)


def beginning_of_day(day: date) -> datetime:
    """The moment at which the Beijing day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def end_of_day(day: date) -> datetime:
    """The moment at which the Beijing day is over."""
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(days=1)


def day_of(end: datetime) -> date:
    """The Beijing day that ends at this moment, or in which it lies."""
    return beijing(end - timedelta(microseconds=1)).date()
