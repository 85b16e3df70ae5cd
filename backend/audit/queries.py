"""Reads of the audit, for whoever may: inside her scope, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from peewee import SQL, Expression

from backend.permissions import BEYOND, Action, Actor, Scope
from models.audit import AuditEntry, Outcome

_SLICE = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for; what is empty narrows nothing."""

    action: str = ""
    login: str = ""
    subject_kind: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    number: int
    happened_at: datetime
    login: str
    role: str
    address: str
    action: str
    subject_kind: str
    subject: str
    place: str
    outcome: Outcome
    facts: str


def listed(actor: Actor, asked: Asked, before: int = 0, limit: int = 50) -> list[EntryView]:
    """Those before the entry with this number; 0 begins with the newest. Raises Forbidden."""
    rows = _narrowed(actor.scope(Action.READ_AUDIT), asked)
    if before:
        rows = rows.where(AuditEntry.number < before)
    return [_view(row) for row in rows.order_by(AuditEntry.number.desc()).limit(limit)]


def every(actor: Actor, asked: Asked) -> Iterator[EntryView]:
    """All of them, the oldest first, in slices: for a file. Raises Forbidden at once."""
    return _sliced(_narrowed(actor.scope(Action.READ_AUDIT), asked))


def _sliced(rows: Any) -> Iterator[EntryView]:
    last = 0
    while found := list(rows.where(AuditEntry.number > last).order_by(AuditEntry.number).limit(_SLICE)):
        yield from map(_view, found)
        last = found[-1].number


def _narrowed(scope: Scope, asked: Asked) -> Any:
    rows = AuditEntry.select().where(_within(scope))
    for field in ("action", "login", "subject_kind", "subject"):
        if wanted := getattr(asked, field):
            rows = rows.where(getattr(AuditEntry, field) == wanted)
    if asked.since is not None:
        rows = rows.where(AuditEntry.happened_at >= asked.since)
    return rows if asked.until is None else rows.where(AuditEntry.happened_at < asked.until)


def _within(scope: Scope) -> Expression:
    """What belongs to no place is for who sees everything."""
    if scope.everywhere:
        return Expression(SQL("1"), "=", SQL("1"))
    below = [AuditEntry.place.between(code, code + BEYOND) for code in sorted(scope.codes)]
    return reduce(or_, below)


def _view(row: AuditEntry) -> EntryView:
    return EntryView(**{name: getattr(row, name) for name in EntryView.__slots__})
