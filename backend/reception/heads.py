"""Lane heads, appointed and dismissed by staff."""

from backend.audit.actions import Audit, Subject
from backend.heads import actions as heads
from backend.members.search import Search
from backend.permissions import Action, Actor
from backend.reception import visible
from backend.storage.database import in_transaction


class Heads:
    def __init__(self, search: Search, audit: Audit) -> None:
        self._search, self._audit = search, audit

    def appoint(self, actor: Actor, member_id: int, place_code: str) -> None:
        """Raises NotFound, Forbidden for a place outside the actor's scope, and what `heads.appoint` raises."""
        actor.require(Action.APPOINT_HEADS, place_code)
        visible.find(self._search, actor, member_id)

        def work() -> None:
            heads.appoint(member_id, place_code)
            self._record(actor, member_id, place_code, "appointed")

        in_transaction(work)

    def dismiss(self, actor: Actor, member_id: int, place_code: str) -> None:
        """Also one who restricted us, or lives elsewhere by now: the office is the place's. Raises NotFound,
        Forbidden."""
        actor.require(Action.APPOINT_HEADS, place_code)

        def work() -> None:
            heads.dismiss(member_id, place_code)
            self._record(actor, member_id, place_code, "dismissed")

        in_transaction(work)

    def _record(self, actor: Actor, member_id: int, place_code: str, what: str) -> None:
        subject = Subject("member", str(member_id), place_code)
        self._audit.record(actor, Action.APPOINT_HEADS, subject, what=what)
