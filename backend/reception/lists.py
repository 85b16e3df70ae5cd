"""Finds members for staff: by name, sound or number, and by place within the actor's scope. By nothing that describes a
person: a list of people by topic, skill or age is not made here or anywhere (DESIGN §6)."""

from dataclasses import dataclass

from backend.audit.actions import Audit
from backend.members.queries import Person
from backend.members.search import Search
from backend.permissions import Action, Actor, Scope, refused
from backend.reception import rules
from backend.reception.masked import MaskedMember, masked
from backend.reception.rules import Kind

LIMIT = 50
NUMBER_SEARCHED = "number_searched"
"""The act in the audit."""


@dataclass(frozen=True, slots=True)
class Page:
    """`older`: the cursor of the page after this one; None at the end."""

    items: list[MaskedMember]
    older: int | None


class Lists:
    def __init__(self, search: Search, audit: Audit) -> None:
        self._search, self._audit = search, audit

    def find(self, actor: Actor, typed: str = "", place: str = "", before: int | None = None) -> Page:
        """Those that are meant by what was typed, everybody for nothing; the newest first, those before the one with
        this id. Raises Forbidden for a place outside the actor's scope."""
        scope = _narrowed(actor.scope(Action.SEE_MEMBERS), place)
        wanted = rules.wanted(typed)
        found = self._found(wanted, scope, before)
        if wanted.kind is Kind.PHONE:
            # The answer says whether the number is a member's: whoever tries many is seen. The number stays out of it.
            self._audit.record(actor, NUMBER_SEARCHED, found=len(found))
        older = found[LIMIT - 1].id if len(found) > LIMIT else None
        return Page([masked(person) for person in found[:LIMIT]], older)

    def _found(self, wanted: rules.Wanted, scope: Scope, before: int | None) -> list[Person]:
        match wanted.kind:
            case Kind.ALL:
                return self._search.all(scope, before, LIMIT + 1)
            case Kind.NAME:
                return self._search.by_name(wanted.text, scope, before, LIMIT + 1)
            case Kind.NUMBER:
                return _either(self._search.by_id(wanted.number, scope))
            case Kind.PHONE:
                return _either(self._search.by_phone(wanted.text, scope))


def _narrowed(scope: Scope, place: str) -> Scope:
    if not place:
        return scope
    if place not in scope:
        raise refused(Action.SEE_MEMBERS)
    return Scope(frozenset({place}))


def _either(person: Person | None) -> list[Person]:
    return [] if person is None else [person]
