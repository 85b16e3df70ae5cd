"""Finds members by a piece of their name or by their number, without either standing in the database in plain text."""

from typing import Any

from peewee import ModelSelect

from backend import spelling
from backend.errors import InvalidInput
from backend.members import names, phones, queries
from backend.members.queries import Person
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
    """`scope`: the code of a place; whoever lives below it is found."""

    def __init__(self, cipher: FieldCipher, lookups: Lookups) -> None:
        self._cipher, self._lookups = cipher, lookups

    def by_name(self, query: str, scope: str = "", after: int = 0, limit: int = 20) -> list[Person]:
        """In the order of their ids, those after `after`. Fewer than `limit` is the end."""
        wanted = names.asked(query)
        if not wanted:
            return []
        found: list[Person] = []
        while len(found) < limit:
            rows = list(self._having(wanted, scope).where(Member.id > after).order_by(Member.id).limit(limit))
            found += [each for each in queries.people(self._cipher, rows) if _is_meant(query, wanted, each.name)]
            if len(rows) < limit:
                break
            after = rows[-1].id
        return found[:limit]

    def by_phone(self, number: str, scope: str = "") -> Person | None:
        """By the whole number; None for what is none."""
        try:
            digest = phone_digest(self._lookups, phones.normal(number))
        except InvalidInput:
            return None
        found = queries.people(self._cipher, _within(scope).where(Member.phone_digest == digest))
        return found[0] if found else None

    def whose(self, number: str) -> int | None:
        """The id of whoever has the number, also of one who restricted us: for what must be done all the same, and
        shows nobody anything of her."""
        found = Member.get_or_none(Member.phone_digest == phone_digest(self._lookups, phones.normal(number)))
        return None if found is None else int(found.id)

    def _having(self, wanted: list[str], scope: str) -> "ModelSelect[Any]":
        rows = _within(scope)
        for piece in wanted[:MOST_PIECES]:
            alias = NameToken.alias()
            rows = rows.join_from(
                Member, alias, on=(alias.member == Member.id) & (alias.token == token(self._lookups, piece))
            )
        return rows


def _within(scope: str) -> "ModelSelect[Any]":
    """Whoever restricted us is not found: what is held of her is used for nothing."""
    rows = Member.select(Member, Place).left_outer_join(Place).where(Member.state == MemberState.ACTIVE)
    return rows.where(Place.code.startswith(scope)) if scope else rows


def _is_meant(query: str, wanted: list[str], name: str) -> bool:
    """Pairs of neighbours may stand apart, and in another order, than they were typed."""
    if len(wanted) == 1:
        return wanted[0] in names.pieces(name)
    return spelling.fold(query).replace("·", "") in spelling.fold(name).replace("·", "")
