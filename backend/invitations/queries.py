"""Reads of invitations, each within the scope of whoever asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from backend import clock
from backend.permissions import Action, Actor
from backend.places.scopes import within
from backend.storage.dialects import marks, naive, run
from models.invitations import DAYS, Invitation, InvitationKind
from models.members import Member, MemberState
from models.places import Place

SLICE = 500
"""Digests in one statement."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class InvitationView:
    id: int
    masked: str
    kind: InvitationKind
    place_code: str
    place_name: str
    invited_by: str
    invited_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A member who has a number, and the code of the place she lives in."""

    id: int
    state: MemberState
    place_code: str


def listed(actor: Actor, after: int = 0, limit: int = 50) -> list[InvitationView]:
    """Those that are open, in the order of their ids. Raises Forbidden."""
    scope = actor.scope(Action.IMPORT)
    rows = Invitation.select(Invitation, Place).join(Place).where(is_open(), Invitation.id > after)
    found = (rows if scope.everywhere else rows.where(within(scope))).order_by(Invitation.id).limit(limit)
    return [_view(row) for row in found]


def of_member(member_id: int) -> list[InvitationView]:
    """For herself: of the number she has. Who brings a sheet is not told whether it is a member's."""
    hers = Member.select(Member.phone_digest).where(Member.id == member_id)
    rows = Invitation.select(Invitation, Place).join(Place).where(Invitation.phone_digest.in_(hers))
    return [_view(row) for row in rows.order_by(Invitation.id)]


def standing(kind: InvitationKind, digests: Sequence[str]) -> set[tuple[str, int]]:
    """Of these numbers: which are invited so already, and by which places."""
    select = "SELECT phone_digest, place_id FROM invitation WHERE kind = ? AND invited_at > ? AND phone_digest IN "
    found: set[tuple[str, int]] = set()
    for some in slices(digests):
        found |= {(row[0], row[1]) for row in run(select + marks(some), kind.value, naive(oldest()), *some).fetchall()}
    return found


def places_of(origin: int) -> set[str]:
    """The codes of the places for which one import invited somebody who has not registered yet."""
    rows: Any = Invitation.select(Place.code).join(Place).where(Invitation.origin == origin).distinct().tuples()
    return {code for (code,) in rows}


def members_with(digests: Sequence[str]) -> dict[str, Known]:
    """Who of the members has one of these numbers. What may be told of it is the caller's to decide."""
    select = "SELECT m.phone_digest, m.id, m.state, p.code FROM member m LEFT JOIN place p ON p.id = m.place_id "
    found: dict[str, Known] = {}
    for some in slices(digests):
        rows = run(f"{select} WHERE m.phone_digest IN {marks(some)}", *some).fetchall()
        found |= {digest: Known(number, MemberState(state), code or "") for digest, number, state, code in rows}
    return found


def digest_of(member_id: int) -> str | None:
    """Of the number she has now."""
    found: str | None = Member.select(Member.phone_digest).where(Member.id == member_id).scalar()
    return found


def is_open() -> Any:
    return Invitation.invited_at > oldest()


def oldest() -> datetime:
    """What was put before this moment is over."""
    return clock.ago(days=DAYS)


def slices(many: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """As many as one statement takes, each time."""
    return (many[start : start + SLICE] for start in range(0, len(many), SLICE))


def _view(row: Invitation) -> InvitationView:
    place = row.place
    return InvitationView(row.id, row.masked, row.kind, place.code, place.name, row.invited_by, row.invited_at)
