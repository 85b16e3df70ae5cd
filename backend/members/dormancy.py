"""Memberships nobody uses end after three years; a month before, their people are told."""

from datetime import timedelta
from typing import Any

from peewee import ModelSelect, fn

from backend import clock
from backend.members import phrases, words
from backend.outbox.actions import Outbox
from backend.storage.database import in_transaction
from models.followers import WechatIdentity
from models.members import Member, MemberState

YEARS = timedelta(days=3 * 365)
NOTICE = timedelta(days=30)


def tell(outbox: Outbox, limit: int = 200) -> int:
    """Those whose time is over in a month, in a slice; answers how many."""

    def work() -> int:
        now = clock.now()
        found = [row.id for row in _unused(now - YEARS + NOTICE).where(Member.told_at.is_null()).limit(limit)]
        for member_id in found:
            words.tell(outbox, member_id, "dormant", f"{member_id}.{now:%Y%m%d}", phrases.DORMANT)
            Member.update(told_at=now).where(Member.id == member_id).execute()
        return len(found)

    return in_transaction(work)


def ended(limit: int = 200) -> list[int]:
    """The ids of those who were told a month ago and did not come."""
    now = clock.now()
    told = Member.told_at < now - NOTICE
    return [row.id for row in _unused(now - YEARS).where(told).limit(limit)]


def _unused(before: Any) -> "ModelSelect[Any]":
    """Neither at the mini-program nor in a conversation. `told_at` is taken back when she comes (`actions.see`)."""
    row = WechatIdentity
    spoke = row.select(row.id).where(row.member == Member.id, row.last_interaction_at >= before)
    silent = (Member.seen_at < before) & ~fn.EXISTS(spoke)
    return Member.select(Member.id).where(Member.state != MemberState.ERASED, silent).order_by(Member.seen_at)
