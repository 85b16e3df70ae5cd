"""Writes the audit. Whoever writes holds the tail's lock until her transaction ends, so that the chain has one end."""

from dataclasses import dataclass

from backend import clock
from backend.audit import rules
from backend.audit.rules import Entry, Fact
from backend.permissions import Action, Actor
from backend.privacy.lookups import Lookups
from backend.storage.database import in_transaction
from backend.storage.statements import insert_unless_there, lock
from models.audit import AuditEntry, AuditTail, Outcome

PURPOSE = "audit"
"""Of the digests: keyed, so that whoever can write the table cannot make a chain that fits."""

_TAIL = 1


@dataclass(frozen=True, slots=True)
class Subject:
    """What an act was about: a kind of thing and its id, and the code of the place it belongs to."""

    kind: str = ""
    id: str = ""
    place: str = ""


NOTHING = Subject()


class Audit:
    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups

    def record(
        self,
        who: Actor | None,
        action: Action | str,
        subject: Subject = NOTHING,
        outcome: Outcome = Outcome.DONE,
        **facts: Fact,
    ) -> None:
        """Inside the caller's transaction: an act that is undone was not one. `who` is missing while nobody is known,
        `action` is a text for what is no permission, such as a sign-in."""
        in_transaction(lambda: self._record(who, action, subject, outcome, facts))

    def _record(
        self, who: Actor | None, action: Action | str, subject: Subject, outcome: Outcome, facts: dict[str, Fact]
    ) -> None:
        number, previous = _tail()
        entry = Entry(
            number=number + 1,
            happened_at=clock.now(),
            staff_number=who.staff_id if who else None,
            login=who.login if who else "",
            role=",".join(who.roles_for(action)) if who and isinstance(action, Action) else "",
            address=who.address if who else str(facts.pop("address", "")),
            action=str(action),
            subject_kind=subject.kind,
            subject=subject.id,
            place=subject.place,
            outcome=outcome,
            facts=rules.written(facts),
            previous=previous or rules.START,
        )
        digest = self._lookups.digest(PURPOSE, rules.sealed_text(entry))
        fields = {name: getattr(entry, name) for name in Entry.__slots__}
        AuditEntry.insert({**fields, "digest": digest}).execute()
        AuditTail.update(number=entry.number, digest=digest).where(AuditTail.id == _TAIL).execute()


def _tail() -> tuple[int, str]:
    """Number and digest of the last entry, under the tail's lock. The first of all makes the row."""
    found = lock("SELECT number, digest FROM audit_tail WHERE id = ?", _TAIL).fetchone()
    if found is None:
        insert_unless_there(AuditTail, {"id": _TAIL})
        found = lock("SELECT number, digest FROM audit_tail WHERE id = ?", _TAIL).fetchone()
    return int(found[0]), str(found[1])
