"""Writes what people ask about their own data, each time with a number in the ledger."""

from collections.abc import Collection
from datetime import datetime

from backend.consents import actions as consents
from backend.followers import actions as followers
from backend.followers import queries as followed
from backend.followers.queries import Follower
from backend.heads import actions as heads
from backend.invitations import actions as invitations
from backend.invitations.queries import digest_of
from backend.members import actions as members
from backend.members import erasing, numbers, queries
from backend.members.actions import Members
from backend.members.rules import Change, Proof
from backend.outbox import leaving
from backend.rights import ledger
from backend.sessions import actions as sessions
from backend.storage.database import in_transaction
from backend.subscriptions import actions as subscriptions
from models.rights import Look, RightKind, RightsRequest, Why

PHONE_NUMBER = 8
"""How the platform numbers that authorisation. Of the others nothing is held."""


def correct(everybody: Members, member_id: int, change: Change) -> str:
    """Answers the number in the ledger."""

    def work() -> str:
        everybody.change(member_id, change)
        return ledger.enter(member_id, RightKind.CORRECTION, detail=",".join(change.fields))

    return in_transaction(work)


def correct_phone(everybody: Members, member_id: int, proof: Proof, new_number: bool) -> str:
    def work() -> str:
        former = digest_of(member_id)
        hers = everybody.prove_phone(member_id, proof, new_number)
        invitations.forget_number(former)
        return ledger.enter(hers, RightKind.CORRECTION, detail="phone")

    return in_transaction(work)


def restrict(member_id: int) -> str | None:
    """None when she had restricted us already."""

    def work() -> str | None:
        return ledger.enter(member_id, RightKind.RESTRICTION) if members.restrict(member_id) else None

    return in_transaction(work)


def release(member_id: int) -> str | None:
    def work() -> str | None:
        return ledger.enter(member_id, RightKind.RELEASE) if members.release(member_id) else None

    return in_transaction(work)


def note_copy(member_id: int) -> str:
    return in_transaction(lambda: ledger.enter(member_id, RightKind.COPY))


def erase(member_id: int, why: Why = Why.ASKED) -> str:
    """She is a member no more, at once: nothing that says who she is remains. What others rely on stays without her.

    Answers the number in the ledger, which names nobody. Raises NotFound when she was erased already.
    """

    def work() -> str:
        members.hold(member_id)
        hers = [row.id for row in queries.identities(member_id)]
        sessions.end_all(hers)
        leaving.forget(member_id)
        consents.forget(member_id)
        for identity_id in hers:
            subscriptions.forget(identity_id)
            followers.unlink(identity_id)
        heads.end_all(member_id)
        invitations.forget(member_id)
        Look.delete().where(Look.member == member_id).execute()
        RightsRequest.update(member=None).where(RightsRequest.member == member_id).execute()
        erasing.erase(member_id)
        return ledger.enter(None, RightKind.ERASURE, why)

    return in_transaction(work)


def leave(account_id: int, openid: str, at: datetime, why: Why = Why.UNFOLLOWED) -> bool:
    """She unfollows, or closes her account. With the last of her accounts her membership ends too. False when nothing
    changed."""

    def work() -> bool:
        known = _held(account_id, openid)
        moved = followers.leave(account_id, openid, at)
        if moved and known is not None:
            sessions.end_all([known.id])
            if known.member_id is not None and not queries.identities(known.member_id):
                erase(known.member_id, why)
        return moved

    return in_transaction(work)


def _held(account_id: int, openid: str) -> Follower | None:
    """Her identity as it is under the locks of her membership and of itself: she may be registering at this moment, or
    leaving another account, and one of the two is the last."""
    known = followed.find(account_id, openid)
    if known is None:
        return None
    if known.member_id is not None:
        members.take(known.member_id)
    return followers.hold(known.id)


def revoke(account_id: int, openid: str, revoked: Collection[int]) -> None:
    """She withdrew authorisations in WeChat: what came through them is deleted (protocol sheet §2.3)."""

    def work() -> None:
        followers.forget_unionid(account_id, openid)
        known = followed.find(account_id, openid)
        if PHONE_NUMBER in revoked and known is not None and known.member_id is not None:
            former = digest_of(known.member_id)
            numbers.drop(known.member_id)
            invitations.forget_number(former)
            ledger.enter(known.member_id, RightKind.CORRECTION, Why.REVOKED, "phone")

    in_transaction(work)
