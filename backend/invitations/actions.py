"""Writes invitations: they are put, taken back, and fulfilled by whoever registers. None makes anybody a member."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend import clock
from backend.audit.actions import Audit, Subject
from backend.errors import Conflict, InvalidInput, NotFound
from backend.heads import actions as heads
from backend.invitations.queries import digest_of, is_open, oldest
from backend.members import phones
from backend.members.search import phone_digest
from backend.permissions import Action, Actor
from backend.privacy.lookups import Lookups
from backend.storage.database import attempt, in_transaction
from backend.storage.statements import insert_all, insert_unless_there
from models.invitations import Invitation, InvitationKind
from models.members import Member
from models.places import Place

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Invited:
    """A number (E.164) and the place that hopes for her."""

    digest: str
    number: str = field(repr=False)
    place_id: int


class Invitations:
    def __init__(self, lookups: Lookups, audit: Audit) -> None:
        self._lookups, self._audit = lookups, audit

    def digests(self, numbers: Iterable[str]) -> list[str]:
        return [phone_digest(self._lookups, number) for number in numbers]

    def fulfil(self, member_id: int, number: str) -> int:
        """She has registered with this number: who was to be a head is one now, and nobody waits for her any more.
        Inside the transaction in which she registers. Answers how many places had invited her."""
        hers = Invitation.phone_digest == phone_digest(self._lookups, number)
        rows = list(Invitation.select(Invitation, Place).join(Place).where(hers))
        open_ones = [row for row in rows if row.invited_at > oldest()]
        for row in open_ones:
            if row.kind is InvitationKind.HEAD:
                self._appoint(member_id, row)
        if rows:
            Invitation.delete().where(hers).execute()
        return len(open_ones)

    def _appoint(self, member_id: int, row: Invitation) -> None:
        """The audit names nobody as its actor: whoever invited her may have left, and stands in the facts."""
        place = row.place.code
        try:
            attempt(lambda: heads.appoint(member_id, place))
        except (Conflict, InvalidInput):
            return  # she is one already, or the place has none any more
        told = {"invitation": row.id, "invited_by": row.invited_by}
        self._audit.record(None, Action.APPOINT_HEADS, Subject("member", str(member_id), place), **told)

    def withdraw(self, actor: Actor, invitation_id: int) -> None:
        """Raises NotFound for what is outside her scope too."""
        scope = actor.scope(Action.IMPORT)

        def work() -> None:
            there = Invitation.select(Invitation, Place).join(Place).where(Invitation.id == invitation_id)
            row = there.first() if 0 < invitation_id < 2**31 else None
            if row is None or row.place.code not in scope:
                raise NotFound("no_invitation", "没有这个邀请，可能本人已经登记了。")
            row.delete_instance()
            about = Subject("invitation", str(invitation_id), row.place.code)
            self._audit.record(actor, Action.IMPORT, about, what="withdrawn")

        in_transaction(work)


def forget(member_id: int) -> None:
    """She leaves: nobody waits for her number any more. Inside the caller's transaction, before her row is emptied."""
    hers = digest_of(member_id)
    if hers is not None:
        Invitation.delete().where(Invitation.phone_digest == hers).execute()


def forget_number(digest: str | None) -> None:
    """Of a number that was a member's: what was brought of it goes, unless it is a member's still. Inside the caller's
    transaction, after the number has changed hands."""
    if digest is not None and not Member.select().where(Member.phone_digest == digest).exists():
        Invitation.delete().where(Invitation.phone_digest == digest).execute()


def put(invited: Sequence[Invited], kind: InvitationKind, by: str, origin: int | None) -> None:
    """Who is not invited so yet; the caller has asked. Inside its transaction."""
    common = {"kind": kind, "invited_by": by, "invited_at": clock.now(), "origin": origin}
    _forget_old(invited, kind)
    for start in range(0, len(invited), _BATCH):
        insert_all(Invitation, [_row(each, common) for each in invited[start : start + _BATCH]])


def take_back(origin: int) -> int:
    """All that came of one import and nobody has fulfilled. Inside the caller's transaction."""
    return int(Invitation.delete().where(Invitation.origin == origin).execute())


def take_back_one(digest: str, kind: InvitationKind, place_id: int) -> dict[str, Any] | None:
    """Inside the caller's transaction. Answers what `put_back` takes, None when there was none."""
    mine = (Invitation.phone_digest == digest) & (Invitation.kind == kind) & (Invitation.place == place_id)
    row = Invitation.get_or_none(mine)
    if row is None:
        return None
    row.delete_instance()
    told = {name: getattr(row, name) for name in ("phone_digest", "masked", "invited_by")}
    return {**told, "kind": kind.value, "place": place_id, "invited_at": row.invited_at.isoformat()}


def put_back(taken: Mapping[str, Any]) -> None:
    """As it was, unless she is invited anew. Inside the caller's transaction."""
    kind, invited_at = InvitationKind(taken["kind"]), datetime.fromisoformat(taken["invited_at"])
    insert_unless_there(Invitation, {**taken, "kind": kind, "invited_at": invited_at, "origin": None})


def _row(each: Invited, common: dict[str, object]) -> dict[str, object]:
    masked = phones.masked(each.number)
    return {**common, "phone_digest": each.digest, "masked": masked, "place": each.place_id}


def _forget_old(invited: Sequence[Invited], kind: InvitationKind) -> None:
    """One that is over may still lie there until retention comes by, and would stand in the way."""
    digests = [each.digest for each in invited]
    for start in range(0, len(digests), _BATCH):
        mine = (Invitation.kind == kind) & Invitation.phone_digest.in_(digests[start : start + _BATCH])
        Invitation.delete().where(mine, ~is_open()).execute()
