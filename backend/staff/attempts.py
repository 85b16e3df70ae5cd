"""Wrong passwords and codes of an account, counted at one place whatever door they were tried at. Inside the caller's
transaction, which holds the row and commits also when it refuses: a failure that is undone would not count."""

import math
from datetime import datetime

from backend import clock
from backend.errors import TooMany
from backend.staff import rows, rules
from models.staff import Staff


def fail(row: Staff) -> None:
    """One more in a row; the account is shut for longer and longer."""
    failures = row.failures + 1
    pause = rules.pause_after(failures)
    rows.write(row.id, failures=failures, locked_until=clock.now() + pause if pause else None)


def shut(row: Staff, now: datetime) -> TooMany | None:
    """What whoever tries is told while the account is shut."""
    if row.locked_until is None or row.locked_until <= now:
        return None
    seconds = math.ceil((row.locked_until - now).total_seconds())
    span = f"{seconds} 秒" if seconds <= 120 else f"{math.ceil(seconds / 60)} 分钟"
    return TooMany("account_shut", f"连续输错太多次，账号暂时不能登录，请 {span}后再试。", retry_after=seconds)
