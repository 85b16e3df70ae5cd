"""Reads of the ledger: what somebody asked, for herself."""

from dataclasses import dataclass
from datetime import datetime

from models.rights import RightKind, RightsRequest, Why


@dataclass(frozen=True, slots=True)
class RequestView:
    id: int
    number: str
    kind: RightKind
    why: Why
    detail: str
    made_at: datetime


def of(member_id: int, before: int | None = None, limit: int = 50) -> list[RequestView]:
    """The newest first, those before the one with this id."""
    row = RightsRequest
    mine = row.member == member_id if before is None else (row.member == member_id) & (row.id < before)
    found = row.select().where(mine).order_by(row.id.desc()).limit(limit)
    return [RequestView(each.id, each.number, each.kind, each.why, each.detail, each.made_at) for each in found]
