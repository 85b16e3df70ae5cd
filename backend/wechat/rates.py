"""How many calls a second go to one interface, counted by all processes together."""

import math
from collections.abc import Callable

from backend import clock
from backend.storage.kv import KV

SLICES = 20
"""A second's worth is taken in twenty parts: few round trips, and no process takes all."""


class Rate:
    """`per_second` 0: no limit. One process's view: it draws permits ahead, and keeps none beyond the second."""

    def __init__(
        self, app_id: str, path: str, per_second: int, kv: KV, now: Callable[[], float] = clock.timestamp
    ) -> None:
        self._key, self._limit, self._kv, self._now = f"rate:{app_id}:{path}", per_second, kv, now
        self._second, self._stock, self._used_up = 0, 0, False

    def take(self) -> bool:
        """One permit, if this second has one left."""
        if not self._limit:
            return True
        second = int(self._now())
        if second != self._second:
            self._second, self._stock, self._used_up = second, 0, False
        if not self._stock and not self._used_up:
            self._stock = self._draw(second)
        if not self._stock:
            return False
        self._stock -= 1
        return True

    def give_back(self) -> None:
        """A permit that was not used after all."""
        if self._limit and int(self._now()) == self._second:
            self._stock += 1

    def seconds_to_next(self) -> float:
        now = self._now()
        return math.floor(now) + 1 - now

    def _draw(self, second: int) -> int:
        wish = max(1, self._limit // SLICES)
        drawn = self._kv.count_up(f"{self._key}:{second}", 5.0, wish)
        granted = max(0, min(wish, self._limit - (drawn - wish)))
        self._used_up = granted < wish
        return granted
