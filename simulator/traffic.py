"""The journal: every attempt of a push and every call of an interface, readable, the last 2,000 of them."""

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from simulator.clock import iso
from simulator.disguise import disguise
from simulator.shapes import JsonObject

ENTRIES_KEPT = 2_000
BYTES_SHOWN = 32_768
_RID = re.compile(rb" rid: ([0-9a-f-]{26})")


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
    path: str = ""
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
    faults: list[str] = field(default_factory=list)

    @property
    def rid(self) -> str:
        """Under which the platform can be asked about this call; only errors have one."""
        if self.outcome is not Outcome.ERROR:
            return ""
        found = _RID.search(self.response_plain)
        return found[1].decode() if found else ""

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
            "path": self.path,
            "attempt": self.attempt,
            "status": self.status,
            "ms": round(self.ms, 1),
            "outcome": self.outcome,
            "request": request | {"raw": _text(self.request_raw), "plain": _text(self.request_plain)},
            "response": {"raw": _text(self.response_raw), "plain": _text(self.response_plain)},
            "note": self.note,
            "rid": self.rid,
            "faults": self.faults,
        }


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted; what is empty does not matter."""

    kind: str = ""
    path: str = ""
    outcome: str = ""

    def lets_through(self, entry: Entry) -> bool:
        wanted = ((self.kind, entry.kind), (self.path, entry.path), (self.outcome, entry.outcome))
        return all(wish in {"", value} for wish, value in wanted)


ALL = Filter()


class Journal:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=ENTRIES_KEPT)
        self._last_id = 0
        self._counts: Counter[tuple[str, Outcome]] = Counter()

    def add(self, entry: Entry) -> None:
        self._counts[entry.path, entry.outcome] += 1
        self._last_id += 1
        entry.id = self._last_id
        entry.trim()
        self._entries.append(entry)

    def after(self, entry_id: int, limit: int, wanted: Filter = ALL) -> list[Entry]:
        """The oldest `limit` entries younger than that one."""
        younger = (entry for entry in self._entries if entry.id > entry_id and wanted.lets_through(entry))
        return list(islice(younger, limit))

    def latest(self, limit: int, wanted: Filter = ALL) -> list[Entry]:
        newest_first = (entry for entry in reversed(self._entries) if wanted.lets_through(entry))
        return list(islice(newest_first, limit))[::-1]

    def counts(self) -> dict[str, dict[str, int]]:
        """All there were since the last clearing, also those that are no longer kept."""
        counts: dict[str, dict[str, int]] = {}
        for (path, outcome), number in sorted(self._counts.items()):
            counts.setdefault(path, {})[outcome] = number
        return counts

    def clear(self) -> None:
        self._entries.clear()
        self._counts.clear()


def _text(raw: bytes) -> str:
    if b"\0" in raw[:1024]:
        return "（二进制内容）"
    return disguise(raw.decode("utf-8", errors="replace"))
