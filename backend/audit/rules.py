"""How an entry of the audit is written down for its digest, and what a chain must look like. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from models.audit import Outcome

Fact = str | int
START = "0" * 64
"""What the first entry of all holds on to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `facts` hold ids, counts and codes, and nothing else of a resident."""

    number: int
    happened_at: datetime
    staff_number: int | None
    login: str
    role: str
    address: str
    action: str
    subject_kind: str
    subject: str
    place: str
    outcome: Outcome
    facts: str
    previous: str


def written(facts: Mapping[str, Fact]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sealed_text(entry: Entry) -> str:
    """What the digest is of: every word of the entry, in one order, with nothing that could run into the next."""
    told = [entry.number, f"{entry.happened_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}", entry.staff_number]
    told += [entry.login, entry.role, entry.address, entry.action, entry.subject_kind, entry.subject, entry.place]
    return json.dumps([*told, entry.outcome.value, entry.facts, entry.previous], ensure_ascii=False)
