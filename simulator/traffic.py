"""The journal: every attempt of a push and every call of an interface, readable, the last 2,000 of them."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from simulator.clock import iso
from simulator.disguise import disguise
from simulator.shapes import JsonObject

ENTRIES_KEPT = 2_000
BYTES_SHOWN = 32_768


class Outcome(StrEnum):
    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(slots=True)
class Entry:
    kind: str
    account: str
    app_id: str
    title: str
    method: str
    url: str
    at: float
    id: int = 0
    attempt: int = 1
    status: int | None = None
    ms: float = 0.0
    outcome: Outcome = Outcome.OK
    headers: dict[str, str] = field(default_factory=dict)
    request_raw: bytes = b""
    request_plain: bytes = b""
    response_raw: bytes = b""
    response_plain: bytes = b""
    note: str = ""

    def trim(self) -> None:
        """Uploads are large: keep what is shown, not the picture."""
        for name in ("request_raw", "request_plain", "response_raw", "response_plain"):
            value: bytes = getattr(self, name)
            if len(value) > BYTES_SHOWN:
                setattr(self, name, value[:BYTES_SHOWN])

    def shown(self) -> JsonObject:
        request = {"method": self.method, "url": disguise(self.url), "headers": self.headers}
        return {
            "id": self.id,
            "at": iso(self.at),
            "kind": self.kind,
            "account": self.account,
            "app_id": self.app_id,
            "title": self.title,
            "attempt": self.attempt,
            "status": self.status,
            "ms": round(self.ms, 1),
            "outcome": self.outcome,
            "request": request | {"raw": _text(self.request_raw), "plain": _text(self.request_plain)},
            "response": {"raw": _text(self.response_raw), "plain": _text(self.response_plain)},
            "note": self.note,
        }


class Journal:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=ENTRIES_KEPT)
        self._last_id = 0

    def add(self, entry: Entry) -> None:
        self._last_id += 1
        entry.id = self._last_id
        entry.trim()
        self._entries.append(entry)

    def after(self, entry_id: int, limit: int) -> list[Entry]:
        """The oldest `limit` entries younger than that one."""
        return list(islice((entry for entry in self._entries if entry.id > entry_id), limit))

    def latest(self, limit: int) -> list[Entry]:
        return list(self._newest_first(limit))[::-1]

    def clear(self) -> None:
        self._entries.clear()

    def _newest_first(self, limit: int) -> Iterator[Entry]:
        return islice(reversed(self._entries), limit)


def _text(raw: bytes) -> str:
    if b"\0" in raw[:1024]:
        return "（二进制内容）"
    return disguise(raw.decode("utf-8", errors="replace"))
