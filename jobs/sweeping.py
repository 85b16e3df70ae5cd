"""Deletes what has had its time, in slices, so that no sweep holds a lock for long."""

from collections.abc import Callable

from backend.followers import actions as followers
from backend.privacy import retention
from backend.receipts import actions as receipts
from backend.runtime import Runtime
from backend.schedules import actions as schedules

_SLICES = 500


def bury_those_who_left(_runtime: Runtime) -> int:
    return in_slices(followers.bury)


def forget_old_receipts(_runtime: Runtime) -> int:
    return in_slices(receipts.forget_old)


def forget_old_runs(_runtime: Runtime) -> int:
    return in_slices(schedules.forget_old)


def forget_what_had_its_time(_runtime: Runtime) -> int:
    return in_slices(retention.enforce)


def in_slices(delete: Callable[[], int]) -> int:
    total = 0
    for _ in range(_SLICES):
        gone = delete()
        total += gone
        if not gone:
            break
    return total
