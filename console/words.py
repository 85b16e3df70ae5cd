"""How the console says moments, sizes and numbers, in Chinese. Pure but for the clock."""

from datetime import date, datetime, timedelta

from backend import clock

FEW = 10
"""Counts of people below this are not said (guard rail: nobody is to be guessed from a small number)."""


def beijing(moment: datetime) -> str:
    """11 月 30 日 14:05; with the year when it is another one."""
    there = clock.beijing(moment)
    return f"{day(there.date())} {there:%H:%M}"


def day(when: date) -> str:
    """Of a moment: the day it is in Beijing."""
    there = clock.beijing(when).date() if isinstance(when, datetime) else when
    year = "" if there.year == clock.beijing(clock.now()).year else f"{there.year} 年 "
    return f"{year}{there.month} 月 {there.day} 日"


def ago(moment: datetime) -> str:
    """刚刚, 5 分钟前, 3 小时前, 2 天前; the day itself after a month. What is to come: 3 小时后."""
    span = clock.now() - moment
    side = "前" if span >= timedelta(0) else "后"
    seconds = abs(span).total_seconds()
    if seconds < 60:
        return "刚刚" if side == "前" else "马上"
    for limit, unit, name in ((3600, 60, "分钟"), (86400, 3600, "小时"), (30 * 86400, 86400, "天")):
        if seconds < limit:
            return f"{int(seconds // unit)} {name}{side}"
    return day(moment)


def iso(moment: datetime) -> str:
    """For programs that read the page."""
    return clock.beijing(moment).isoformat(timespec="seconds")


def few(number: int) -> str:
    return f"<{FEW}" if number < FEW else amount(number)


def amount(number: int) -> str:
    return f"{number:,}"


def size(octets: int) -> str:
    amount = float(octets)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"
