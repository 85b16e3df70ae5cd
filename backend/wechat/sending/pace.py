"""How many may be in flight: half of them at first and soon all, half at once when the platform struggles, then slowly
more, as TCP does it. The first connections are at work while the others are still being set up.
"""

from backend import clock

SETTLING = 1.0
"""Seconds in which several bad answers count as one: they were all under way together."""


class Pace:
    def __init__(self, most: int) -> None:
        self._most, self._limit = float(most), max(1.0, most / 2)
        self._starting = True
        self._slowed_at = -SETTLING
        self._probing = False

    @property
    def limit(self) -> int:
        return 1 if self._probing else int(self._limit)

    def went_well(self) -> None:
        self._probing = False
        if self._limit < self._most:
            self._limit = min(self._most, self._limit + (1 if self._starting else 1 / self._limit))

    def went_badly(self) -> None:
        self._starting = False
        now = clock.monotonic()
        if now - self._slowed_at >= SETTLING:
            self._limit, self._slowed_at = max(1.0, self._limit / 2), now

    def probe(self) -> None:
        """One at a time, until one goes well."""
        self._probing = True
