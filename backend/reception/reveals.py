"""Shows staff the name and number of one member: once, for a reason, and she reads who it was."""

from dataclasses import dataclass, field

from backend.audit.actions import Audit, Subject
from backend.consents import queries as consents
from backend.errors import Conflict, Forbidden
from backend.members import phones
from backend.members.queries import Person
from backend.members.search import Search
from backend.permissions import ROLES, TABLE, Action, Actor, Scope
from backend.privacy.cipher import FieldCipher
from backend.reception import rules, visible
from backend.rights import looks
from backend.rights.looks import Viewer
from backend.storage.database import in_transaction
from models.consents import Purpose

FIELDS = ("name", "phone")
_NOT_AGREED = "她没有同意「可以打电话给我」，不能看她的联系方式。请在公众号或小程序里给她发消息，由她来联系您。"
_NO_NUMBER = "她现在没有登记手机号，没有可以看的联系方式。请在公众号或小程序里给她发消息。"


@dataclass(frozen=True, slots=True)
class Contact:
    """In clear, for one answer."""

    name: str = field(repr=False)
    phone: str = field(repr=False)  # E.164

    @property
    def number(self) -> str:
        """As people here write it."""
        return phones.shown(self.phone)


class Reveals:
    def __init__(self, cipher: FieldCipher, search: Search, audit: Audit) -> None:
        self._cipher, self._search, self._audit = cipher, search, audit

    def reveal(self, actor: Actor, member_id: int, reason: str) -> Contact:
        """It is written down first: what cannot be written down is not shown.

        Raises InvalidInput for a reason that is none, NotFound, Forbidden where the actor may not see contacts or the
        member does not agree to be called today, Conflict when there is no number.
        """
        grounds = rules.reason_of(reason)
        return in_transaction(lambda: self._reveal(actor, member_id, grounds))

    def _reveal(self, actor: Actor, member_id: int, reason: str) -> Contact:
        person = visible.held(self._search, actor, member_id, Action.SEE_CONTACTS)
        if not consents.stands(member_id, Purpose.CONTACT):
            raise Forbidden("contact_not_agreed", _NOT_AGREED)
        if not person.phone:
            raise Conflict("no_number", _NO_NUMBER)
        looks.record(self._cipher, member_id, _viewer(actor, person), FIELDS, reason)
        subject = Subject("member", str(member_id), person.place_code)
        self._audit.record(actor, Action.SEE_CONTACTS, subject, fields=",".join(FIELDS))
        return Contact(person.name, person.phone)


def _viewer(actor: Actor, person: Person) -> Viewer:
    """In the role that lets her look there."""
    roles = [
        grant.role
        for grant in actor.grants
        if grant.role in TABLE[Action.SEE_CONTACTS] and person.place_code in Scope(frozenset({grant.place}))
    ]
    return Viewer(ROLES[roles[0]], actor.unit, actor.login)
