"""Daily, monthly and minute counters of the interfaces (protocol §3.2, §3.4, §3.5).

A daily counter bears the path of its interface, the others a name that is no path: `<path> a minute`.
"""

from simulator.clock import beijing_day, beijing_month, minute
from simulator.errors import PlatformError
from simulator.state.records import Count
from simulator.state.world import Desk

DAILY = {
    "/cgi-bin/token": 2_000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1_000,
    "/cgi-bin/menu/addconditional": 2_000,
    "/cgi-bin/menu/delconditional": 2_000,
    "/cgi-bin/menu/trymatch": 20_000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/message/subscribe/send": 10_000_000,
    "/cgi-bin/message/subscribe/bizsend": 10_000_000,
    "/cgi-bin/message/mass/send": 100,
    "/cgi-bin/message/mass/sendall": 100,
    "/cgi-bin/message/mass/preview": 100,
    "/cgi-bin/message/mass/delete": 10,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/get": 500,
    "/cgi-bin/user/info": 5_000_000,
    "/cgi-bin/user/info/updateremark": 10_000,
    "/cgi-bin/draft/add": 1_000,
    "/cgi-bin/draft/get": 500,
    "/cgi-bin/draft/delete": 1_000,
    "/cgi-bin/draft/update": 1_000,
    "/cgi-bin/draft/count": 1_000,
    "/cgi-bin/draft/batchget": 1_000,
    "/cgi-bin/freepublish/submit": 100,
    "/cgi-bin/freepublish/get": 100,
    "/cgi-bin/freepublish/getarticle": 100,
    "/cgi-bin/freepublish/batchget": 100,
    "/cgi-bin/freepublish/delete": 10,
    "/wxa/generate_urllink": 500_000,
    "/wxa/generatescheme": 500_000,
    "/wxa/msg_sec_check": 2_000_000,
    "/wxa/media_check_async": 200_000,
}
# What the gate answers when the day is used up, where it is not 45009.
EXHAUSTED = {
    "/cgi-bin/message/mass/send": 45028,
    "/cgi-bin/message/mass/sendall": 45028,
    "/wxa/generate_urllink": 44993,
    "/wxa/generatescheme": 44993,
}
UNSTATED = 5_000_000  # the documentation gives no figure: as much as the most generous of those it gives
STABLE_A_MINUTE = 10_000
FORCES_A_DAY = 20
# Path: calls, and in how many seconds.
RATES = {
    "/cgi-bin/stable_token": (STABLE_A_MINUTE, 60),
    "/cgi-bin/message/mass/send": (60, 60),
    "/cgi-bin/message/mass/sendall": (60, 60),
    "/wxa/getwxacodeunlimit": (5_000, 60),
    "/wxa/msg_sec_check": (4_000, 60),
    "/wxa/media_check_async": (2_000, 60),
    "/wxa/resetusersessionkey": (60_000, 60),
    "/wxa/generate_urllink": (100, 1),
    "/wxa/generatescheme": (100, 1),
}


def limit_of(desk: Desk, path: str) -> int:
    """The day's uses of an interface: the standard, unless a test asked for another."""
    return desk.limits.get(path) or DAILY.get(path, UNSTATED)


def used_today(desk: Desk, path: str, now: float) -> int:
    count = desk.counts.get(path)
    return count.used if count and count.period == beijing_day(now) else 0


def clear_daily(desk: Desk) -> None:
    desk.counts = {name: count for name, count in desk.counts.items() if not name.startswith("/") or " " in name}


def spend_call(desk: Desk, path: str, now: float) -> None:
    """One call of the interface; the gate does it for every one that needs a credential."""
    if not _spend(desk, path, limit_of(desk, path), beijing_day(now)):
        raise PlatformError(EXHAUSTED.get(path, 45009))


def spend_daily(desk: Desk, name: str, limit: int, now: float, errcode: int = 45009) -> None:
    """Raises 45009, or the given code, when the day's uses are gone."""
    if not _spend(desk, name, limit, beijing_day(now)):
        raise PlatformError(errcode)


def spend_monthly(desk: Desk, name: str, limit: int, now: float) -> None:
    """Raises 48006 when the month's uses are gone."""
    if not _spend(desk, f"{name} a month", limit, beijing_month(now)):
        raise PlatformError(48006)


def spend_minute(desk: Desk, name: str, limit: int, now: float, errcode: int = 45011) -> None:
    """Raises 45011, or the given code, when the minute's uses are gone."""
    if not _spend(desk, f"{name} a minute", limit, minute(now)):
        raise PlatformError(errcode)


def spend_rate(desk: Desk, path: str, now: float, errcode: int) -> None:
    """Raises the code when the interface is called faster than RATES allows."""
    limit, seconds = RATES[path]
    if not _spend(desk, f"{path} a while", limit, int(now // seconds)):
        raise PlatformError(errcode)


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
