"""How many calls a second go to one interface, counted by all processes together."""

import math
from collections.abc import Callable

from backend import clock
from backend.storage.kv import KV, StoreAway
from backend.wechat.failures import Closed

SLICES = 20
"""A second's worth is taken in twenty parts: few round trips, and no process takes all."""

AWAY_SECONDS = 1.0
_AWAY = "the store of the rates is away"


class Rate:
    """`per_second` 0: no limit. One process's view: it draws permits ahead, and keeps none beyond the second."""

    def __init__(
        self, app_id: str, path: str, per_second: int, kv: KV, now: Callable[[], float] = clock.timestamp
    ) -> None:
        self._key, self._limit, self._kv, self._now = f"rate:{app_id}:{path}", per_second, kv, now
        self._path = path
        self._second, self._stock, self._used_up = 0, 0, False
        self._away_until = 0.0

    def take(self) -> bool:
        """One permit, if this second has one left. Raises Closed while nobody knows what the others send."""
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
        drawn = self._count(f"{self._key}:{second}", wish)
        granted = max(0, min(wish, self._limit - (drawn - wish)))
        self._used_up = granted < wish
        return granted

    def _count(self, key: str, wish: int) -> int:
        """A store that is away is not asked all the time: each question may cost a time-out."""
        if self._now() < self._away_until:
            raise Closed(self._path, False, self._away_until, _AWAY)
        try:
            return self._kv.count_up(key, 5.0, wish)
        except StoreAway as away:
            self._away_until = self._now() + AWAY_SECONDS
            raise Closed(self._path, False, self._away_until, _AWAY) from away
