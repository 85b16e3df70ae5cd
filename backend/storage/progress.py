"""How far long work has come, told to whoever watches: in the key-value store, for it may be forgotten."""

from contextlib import suppress
from dataclasses import dataclass

from backend import clock
from backend.storage.kv import KV, StoreAway

_KEPT_SECONDS = 3600.0
_EVERY = 0.5
"""Seconds between two reports: nobody reads faster."""


@dataclass(frozen=True, slots=True)
class Reached:
    """`total` is 0 while nobody knows how much there is."""

    done: int
    total: int


class Progress:
    def __init__(self, kv: KV) -> None:
        self._kv = kv

    def of(self, work: str) -> Reached:
        with suppress(StoreAway):
            found = self._kv.get(_key(work))
            if found is not None:
                done, _, total = found.decode().partition("/")
                return Reached(int(done), int(total))
        return Reached(0, 0)

    def track(self, work: str, total: int) -> "Track":
        return Track(self._kv, work, total)


class Track:
    """One piece of work that goes on. A store that is away keeps nobody from working."""

    def __init__(self, kv: KV, work: str, total: int) -> None:
        self._kv, self._key, self._total, self._next = kv, _key(work), total, 0.0

    def at(self, done: int) -> None:
        now = clock.monotonic()
        if now >= self._next or done >= self._total:
            self._next = now + _EVERY
            with suppress(StoreAway):
                self._kv.put(self._key, f"{done}/{self._total}".encode(), _KEPT_SECONDS)


def _key(work: str) -> str:
    return f"progress:{work}"
