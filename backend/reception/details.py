"""One member as staff see her: what they need to serve her, and nothing she did not tell for that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend import clock
from backend.consents import queries as consents
from backend.heads import queries as heads
from backend.heads.queries import Term
from backend.members import queries as members
from backend.members.queries import Person
from backend.members.search import Search
from backend.permissions import Action, Actor
from backend.reception import visible
from backend.reception.masked import MaskedMember, masked
from models.consents import Purpose
from models.members import Member, Ward


@dataclass(frozen=True, slots=True)
class Detail:
    """Her topics and skills are not here. She told them to be sent notices and to be asked by the liaison who has a
    neighbour's request in hand, not to be looked up: whoever handles such a request finds her by it there, and what
    notices are about is seen as counts alone (DESIGN §6.2).

    `children`: how many she registered; None for who may not see contacts. `seen`: the month in which she last came,
    such as 2026-11, and no day, for nobody is to be watched. `callable`: she agrees to be called, and has a number.
    """

    member: MaskedMember
    consents: list[str]
    terms: list[Term]
    children: int | None
    seen: str
    callable: bool
    can: frozenset[Action]


_OF_ONE = (Action.SEE_CONTACTS, Action.CONFIRM_NUMBERS, Action.MERGE_MEMBERS, Action.APPOINT_HEADS)


class Details:
    def __init__(self, search: Search) -> None:
        self._search = search

    def of(self, actor: Actor, member_id: int) -> Detail:
        """Raises NotFound."""
        person = visible.find(self._search, actor, member_id)
        can = frozenset(action for action in _OF_ONE if actor.may(action, person.place_code))
        agreed = [each.text for each in consents.standing(member_id) if each.given]
        return Detail(
            masked(person),
            [text.title for text in agreed],
            heads.terms(member_id),
            _children(member_id) if Action.SEE_CONTACTS in can else None,
            _month(_last_seen(person)),
            bool(person.phone) and Purpose.CONTACT in {text.purpose for text in agreed},
            can,
        )


def _children(member_id: int) -> int:
    return int(Ward.select().where(Ward.guardian == member_id).count())


def _last_seen(person: Person) -> Iterable[datetime | None]:
    yield person.joined_at
    yield Member.select(Member.seen_at).where(Member.id == person.id).scalar()
    yield from (row.last_interaction_at for row in members.identities(person.id))


def _month(moments: Iterable[datetime | None]) -> str:
    latest = max(moment for moment in moments if moment is not None)
    return f"{clock.beijing(latest):%Y-%m}"
