"""Codes for numbers that staff saw to be somebody's, face to face."""

from backend.audit.actions import Audit, Subject
from backend.errors import FieldError, Forbidden, InvalidInput
from backend.members import phones
from backend.members.confirmations import LONGEST_BY, Confirmations
from backend.members.search import Search
from backend.permissions import Action, Actor
from backend.privacy.lookups import Lookups
from backend.storage.database import in_transaction

_DIGEST = 12
"""Characters that the audit keeps of a digest made for it alone: enough to answer whether a code was made for a number
that somebody names, and of no use to find a member by."""

_NOT_SEEN = "请先当面看到本人用这个号码，再勾选。"
_NOT_HERS = (
    "您的范围里没有用这个号码登记过的人，不能确认「就是同一个人」。请去掉这一项，或者请她到登记时所在的社区办理。"
)


class Codes:
    def __init__(self, confirmations: Confirmations, search: Search, lookups: Lookups, audit: Audit) -> None:
        self._confirmations, self._search = confirmations, search
        self._lookups, self._audit = lookups, audit

    def make(self, actor: Actor, number: str, seen: bool, same_person: bool = False) -> str:
        """The code to show her, good once and for ten minutes. `seen`: the actor saw her use the number.

        `same_person` opens the registration that has the number: only to whoever may see that one. Raises InvalidInput,
        Forbidden.
        """
        scope = actor.scope(Action.CONFIRM_NUMBERS)
        if not seen:
            raise InvalidInput("not_seen", _NOT_SEEN, [FieldError("seen", _NOT_SEEN)])
        phone = phones.normal(number)
        if same_person and self._search.by_phone(phone, scope) is None:
            raise Forbidden("not_in_scope", _NOT_HERS)

        def work() -> str:
            code = self._confirmations.make(phone, _by(actor), same_person)
            subject = Subject("phone", self._lookups.digest("audit.phone", phone)[:_DIGEST])
            self._audit.record(actor, Action.CONFIRM_NUMBERS, subject, same_person=int(same_person))
            return code

        return in_transaction(work)


def _by(actor: Actor) -> str:
    return f"{actor.name}（{actor.unit}）"[:LONGEST_BY]
