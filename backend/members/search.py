"""Finds members by a piece of their name or by their number, without either standing in the database in plain text."""

from typing import Any

from peewee import Expression, ModelSelect

from backend import spelling
from backend.errors import InvalidInput
from backend.members import names, phones, queries
from backend.members.queries import Person
from backend.permissions import Scope
from backend.places.scopes import ids_within
from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from models.members import Member, MemberState, NameToken
from models.places import Place

MOST_PIECES = 6
"""How many of what was typed are looked up; the rest is held against the names that were found."""


def token(lookups: Lookups, piece: str) -> int:
    """60 bits of the digest: two pieces that share them are told apart when the name is read."""
    return int(lookups.digest("name", piece)[:15], 16)


def phone_digest(lookups: Lookups, number: str) -> str:
    return lookups.digest("phone", number)


class Search:
    """Everywhere within a scope, and of no one else: who has no place is inside only where the scope is everywhere."""

    def __init__(self, cipher: FieldCipher, lookups: Lookups) -> None:
        self._cipher, self._lookups = cipher, lookups

    def by_name(self, query: str, scope: Scope, before: int | None = None, limit: int = 20) -> list[Person]:
        """The newest first, those before the one with this id. Fewer than `limit` is the end."""
        wanted = names.asked(query)
        if not wanted:
            return []
        found: list[Person] = []
        while len(found) < limit:
            rows = list(_page(self._having(wanted, scope), before, limit))
            found += [each for each in queries.people(self._cipher, rows) if _is_meant(query, wanted, each.name)]
            if len(rows) < limit:
                break
            before = rows[-1].id
        return found[:limit]

    def by_phone(self, number: str, scope: Scope) -> Person | None:
        """By the whole number; None for what is none."""
        try:
            digest = phone_digest(self._lookups, phones.normal(number))
        except InvalidInput:
            return None
        return self._one(scope, Member.phone_digest == digest)

    def by_id(self, member_id: int, scope: Scope) -> Person | None:
        return self._one(scope, Member.id == member_id)

    def all(self, scope: Scope, before: int | None = None, limit: int = 20) -> list[Person]:
        """As `by_name`."""
        return queries.people(self._cipher, _page(_within(scope), before, limit))

    def whose(self, number: str) -> int | None:
        """The id of whoever has the number, also of one who restricted us: for what must be done all the same, and
        shows nobody anything of her."""
        found = Member.get_or_none(Member.phone_digest == phone_digest(self._lookups, phones.normal(number)))
        return None if found is None else int(found.id)

    def _one(self, scope: Scope, condition: Expression) -> Person | None:
        found = queries.people(self._cipher, _in_reach().where(condition))
        return found[0] if found and found[0].place_code in scope else None

    def _having(self, wanted: list[str], scope: Scope) -> "ModelSelect[Any]":
        rows = _within(scope)
        for piece in wanted[:MOST_PIECES]:
            alias = NameToken.alias()
            rows = rows.join_from(
                Member, alias, on=(alias.member == Member.id) & (alias.token == token(self._lookups, piece))
            )
        return rows


def _in_reach() -> "ModelSelect[Any]":
    """Whoever restricted us is not found: what is held of her is used for nothing."""
    return Member.select(Member, Place).left_outer_join(Place).where(Member.state == MemberState.ACTIVE)


def _within(scope: Scope) -> "ModelSelect[Any]":
    rows = _in_reach()
    return rows if scope.everywhere else rows.where(Member.place.in_(ids_within(scope)))


def _page(rows: "ModelSelect[Any]", before: int | None, limit: int) -> "ModelSelect[Any]":
    earlier = rows if before is None else rows.where(Member.id < before)
    return earlier.order_by(Member.id.desc()).limit(limit)


def _is_meant(query: str, wanted: list[str], name: str) -> bool:
    """Pairs of neighbours may stand apart, and in another order, than they were typed."""
    if len(wanted) == 1:
        return wanted[0] in names.pieces(name)
    return spelling.fold(query).replace("·", "") in spelling.fold(name).replace("·", "")
