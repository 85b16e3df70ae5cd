"""A member's row when she has gone: empty at once, and deleted when nothing under way needs its number."""

from datetime import timedelta

from backend import clock
from backend.outbox import leaving
from backend.storage.database import in_transaction
from models.members import Member, MemberInterest, MemberSkill, MemberState, NameToken, Ward
from models.merges import Double, MemberMerge

_BLANK: dict[str, object] = {
    **dict.fromkeys(("phone", "phone_digest", "phone_proof", "phone_proved_at", "place", "unit")),
    **dict.fromkeys(("changed_at", "seen_at", "told_at")),
    "name": "",
    "state": MemberState.ERASED,
}


def erase(member_id: int) -> None:
    """Nothing in it says who she was. Inside the caller's transaction."""
    NameToken.delete().where(NameToken.member == member_id).execute()
    MemberSkill.delete().where(MemberSkill.member == member_id).execute()
    MemberInterest.delete().where(MemberInterest.member == member_id).execute()
    Ward.delete().where(Ward.guardian == member_id).execute()
    Double.delete().where((Double.one == member_id) | (Double.other == member_id)).execute()
    MemberMerge.delete().where((MemberMerge.kept == member_id) | (MemberMerge.gone == member_id)).execute()
    # It may not be empty: from now on it says when she went.
    Member.update({**_BLANK, "joined_at": clock.now()}).where(Member.id == member_id).execute()


REST = timedelta(minutes=5)
"""Whoever found her a moment before she went may still be putting a message for her, in a unit much shorter."""


def sweep(limit: int = 500) -> int:
    """Delete the rows that have been empty for a while, in a slice; answers how many went. One that a worker needs
    stays for the next time."""

    def work() -> int:
        needed = Member.id.in_(MemberMerge.select(MemberMerge.gone))  # to be somebody again, should it be undone
        gone = (Member.state == MemberState.ERASED) & (Member.joined_at < clock.now() - REST) & ~needed
        rows = Member.select(Member.id).where(gone).order_by(Member.id).limit(limit)
        ids = [row.id for row in rows if not leaving.under_way(row.id)]
        for member_id in ids:
            leaving.forget(member_id)  # what a worker still had in hand when she went
        return int(Member.delete().where(Member.id.in_(ids)).execute()) if ids else 0

    return in_transaction(work)
