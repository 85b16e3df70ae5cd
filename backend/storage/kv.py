"""The port to the key-value store: short-lived facts shared by processes, and a journal that outlives a kill.

Everything here may be lost by emptying the store; whoever uses it must then be slower, never wrong.
"""

import contextlib
import functools
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class StoreAway(Exception):
    """The store does not answer, or cannot. Whether the last write was done is not known."""


def away_on(*errors: type[Exception]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Says a driver's own errors in the words of the port."""

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(method)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return method(*args, **kwargs)
            except errors as error:
                raise StoreAway(f"{type(error).__name__}: {error}") from error

        return asked

    return decorate


class Note(NamedTuple):
    """Something to write behind: `value` is appended to the journal `journal` in the same round trip."""

    journal: str
    value: bytes


class KV(Protocol):
    """Keys are text, values bytes, times seconds. No ttl means for ever. Every verb may raise StoreAway."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, value: bytes, ttl: float | None = None) -> None: ...

    def put_if_absent(self, key: str, value: bytes, ttl: float | None = None, note: Note | None = None) -> bytes | None:
        """None when the value is now ours, else what already stood there. The note is kept either way."""
        ...

    def replace(self, key: str, old: bytes, new: bytes | None, ttl: float | None = None) -> bool:
        """Write `new` (None drops the key) only where `old` still stands."""
        ...

    def count_up(self, key: str, ttl: float | None = None, by: int = 1) -> int:
        """The new count. The ttl runs from the first count, so a window does not slide."""
        ...

    def drop(self, key: str) -> None: ...

    def journal(self, name: str, limit: int) -> list[tuple[str, bytes]]:
        """The oldest notes, each with its id; they stay until `forget`."""
        ...

    def forget(self, name: str, ids: list[str]) -> None: ...

    def ping(self) -> None: ...

    def close(self) -> None: ...


class Lease:
    """A lock that ends by itself. Whoever holds it renews it in time, or finds that it has lost it."""

    def __init__(self, kv: KV, name: str, seconds: float) -> None:
        self._kv, self._key, self._seconds = kv, f"lock:{name}", seconds
        self._mark = secrets.token_bytes(16)

    def take(self, wait: float = 0.0) -> bool:
        """Try until `wait` seconds have passed."""
        deadline = time.monotonic() + wait
        while self._kv.put_if_absent(self._key, self._mark, self._seconds) is not None:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        return True

    def renew(self) -> bool:
        return self._kv.replace(self._key, self._mark, self._mark, self._seconds)

    def release(self) -> None:
        """Harmless when the lease has already passed to somebody else."""
        self._kv.replace(self._key, self._mark, None)


@contextlib.contextmanager
def lock(kv: KV, name: str, lease: float, wait: float = 0.0) -> Iterator[bool]:
    """`with lock(...) as mine:` — mine says whether the lock was had."""
    held = Lease(kv, name, lease)
    mine = held.take(wait)
    try:
        yield mine
    finally:
        if mine:
            held.release()


class MemoryKV:
    """One process, nothing kept: for tests, and the plainest statement of what the port promises."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now, self._guard = now, threading.RLock()
        self._values: dict[str, tuple[bytes, float | None]] = {}
        self._journals: dict[str, dict[str, bytes]] = {}
        self._last_note = 0

    def get(self, key: str) -> bytes | None:
        with self._guard:
            value, end = self._values.get(key, (None, None))
            if end is not None and end <= self._now():
                del self._values[key]
                return None
            return value

    def put(self, key: str, value: bytes, ttl: float | None = None) -> None:
        with self._guard:
            self._values[key] = (value, None if ttl is None else self._now() + ttl)

    def put_if_absent(self, key: str, value: bytes, ttl: float | None = None, note: Note | None = None) -> bytes | None:
        with self._guard:
            if note is not None:
                self._last_note += 1
                self._journals.setdefault(note.journal, {})[str(self._last_note)] = note.value
            standing = self.get(key)
            if standing is None:
                self.put(key, value, ttl)
            return standing

    def replace(self, key: str, old: bytes, new: bytes | None, ttl: float | None = None) -> bool:
        with self._guard:
            if self.get(key) != old:
                return False
            self.drop(key) if new is None else self.put(key, new, ttl)
            return True

    def count_up(self, key: str, ttl: float | None = None, by: int = 1) -> int:
        with self._guard:
            count = int(self.get(key) or 0) + by
            _, end = self._values.get(key, (b"", None if ttl is None else self._now() + ttl))
            self._values[key] = (str(count).encode(), end)
            return count

    def drop(self, key: str) -> None:
        with self._guard:
            self._values.pop(key, None)

    def journal(self, name: str, limit: int) -> list[tuple[str, bytes]]:
        with self._guard:
            return list(self._journals.get(name, {}).items())[:limit]

    def forget(self, name: str, ids: list[str]) -> None:
        with self._guard:
            for note_id in ids:
                self._journals.get(name, {}).pop(note_id, None)

    def ping(self) -> None:
        """Memory is always there."""

    def close(self) -> None:
        """Nothing to close."""
