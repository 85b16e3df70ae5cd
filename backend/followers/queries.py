"""Reads of followers. `find` stands in the way of every message, so it is one prepared statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend import clock
from models.base import database
from models.followers import FollowState, WechatIdentity


@dataclass(frozen=True, slots=True)
class Follower:
    """One person as one account knows her."""

    id: int
    state: FollowState
    place_id: int | None
    member_id: int | None = None
    unionid: str = field(default="", repr=False)


KNOWN = "SELECT id, follow_state, place_id, member_id, unionid FROM wechat_identity WHERE "
_FIND = {  # by the engine's mark for a parameter
    "?": KNOWN + "account_id = ? AND openid = ?",
    "%s": KNOWN + "account_id = %s AND openid = %s",
}


def find(account_id: int, openid: str) -> Follower | None:
    # Written by hand: building the query with peewee costs five times what running it does.
    target = database.obj
    return known(target.execute_sql(_FIND[target.param], (account_id, openid)).fetchone())


def known(row: Sequence[Any] | None) -> Follower | None:
    """Of a row as a statement with `KNOWN` brings it."""
    return None if row is None else Follower(row[0], FollowState(row[1]), row[2], row[3], row[4] or "")


def without_unionid(account_id: int, limit: int) -> dict[str, int]:
    """Openid → id of followers of whom the platform was not asked yet."""
    row = WechatIdentity
    mine = (row.account == account_id) & (row.follow_state == FollowState.FOLLOWING) & row.unionid.is_null()
    return {each.openid: each.id for each in row.select(row.openid, row.id).where(mine).order_by(row.id).limit(limit)}


def following(account_id: int) -> int:
    """How many follow this account now."""
    mine = WechatIdentity.account == account_id
    return int(WechatIdentity.select().where(mine, WechatIdentity.follow_state == FollowState.FOLLOWING).count())


def openid_of(follower_id: int) -> str | None:
    """None when she has left meanwhile."""
    row = WechatIdentity.get_or_none(WechatIdentity.id == follower_id, WechatIdentity.follow_state != FollowState.LEFT)
    return None if row is None else str(row.openid)


def muted_until(follower_id: int) -> datetime | None:
    """Until when she wants to be left alone; None when she does not."""
    row = WechatIdentity
    muted = row.select(row.muted_until).where(row.id == follower_id, row.muted_until > clock.now()).first()
    return None if muted is None else muted.muted_until
