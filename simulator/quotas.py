"""Daily and minute counters of the interfaces (protocol §3.2, §3.5)."""

from simulator.clock import beijing_day, minute
from simulator.errors import PlatformError
from simulator.world import Count, Desk

DAILY = {
    "/cgi-bin/token": 2_000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1_000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/get": 500,
    "/cgi-bin/user/info": 5_000_000,
}
STABLE_A_MINUTE = 10_000
FORCES_A_DAY = 20


def spend_daily(desk: Desk, name: str, limit: int, now: float) -> None:
    """Raises 45009 when the day's uses are gone."""
    if not _spend(desk, name, limit, beijing_day(now)):
        raise PlatformError(45009)


def spend_minute(desk: Desk, name: str, limit: int, now: float) -> None:
    """Raises 45011 when the minute's uses are gone."""
    if not _spend(desk, f"{name} a minute", limit, minute(now)):
        raise PlatformError(45011)


def _spend(desk: Desk, name: str, limit: int, period: int) -> bool:
    count = desk.counts.get(name)
    if count is None:
        count = desk.counts[name] = Count()
    if count.period != period:
        count.period, count.used = period, 0
    if count.used >= limit:
        return False
    count.used += 1
    return True
