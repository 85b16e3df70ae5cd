"""Writes followers: coming, going, the community they name, and when they were last heard of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend import clock
from backend.members import queries, rules
from backend.members.queries import Follower
from backend.storage.database import in_transaction
from models.base import database
from models.members import FollowEvent, FollowState, Interaction, WechatIdentity

HEARD_JOURNAL = "heard"
"""Journal of the key-value store in which `Heard` waits to be written."""

_FORGOTTEN = {"unionid": None, "place": None, "last_interaction_at": None, "last_interaction": None}
"""What the platform obliges us to delete when somebody unfollows. The rest of the row goes a day later."""


def meet(account_id: int, openid: str) -> Follower:
    """The follower of this openid, made known when she is new. Harmless when two do it at once."""
    known = queries.find(account_id, openid)
    return known or in_transaction(lambda: _meet(account_id, openid))


def _meet(account_id: int, openid: str) -> Follower:
    row = {"account": account_id, "openid": openid, "created_at": clock.now()}
    WechatIdentity.insert(row).on_conflict_ignore().execute()
    follower = queries.find(account_id, openid)
    assert follower is not None, "the row was written, by us or by another"
    return follower


def follow(account_id: int, openid: str, at: datetime, scene: str = "", place_id: int | None = None) -> bool:
    """She follows since `at`. `place_id` is the community of the code she scanned. False when nothing changed."""
    extra = {"place": place_id} if place_id is not None else {}
    return _move(account_id, openid, FollowState.FOLLOWING, at, scene, extra)


def leave(account_id: int, openid: str, at: datetime) -> bool:
    """She unfollows: what we knew of her is deleted at once. False when nothing changed."""
    return _move(account_id, openid, FollowState.LEFT, at, "", _FORGOTTEN)


def _move(
    account_id: int, openid: str, state: FollowState, at: datetime, scene: str, extra: Mapping[str, object]
) -> bool:
    def work() -> bool:
        follower = meet(account_id, openid)
        _hold(follower.id)
        moved = _advance(follower.id, rules.MOVES[state], state, at, extra)
        if moved:
            FollowEvent.create(account=account_id, state=state, scene=scene, happened_at=at)
        else:
            # The same again, only later: an event between the two that arrives last must not win.
            _advance(follower.id, (state,), state, at, {})
        return moved

    return in_transaction(work)


def _hold(follower_id: int) -> None:
    """Take the row's lock: between the two tries of `_move` no other event may change it."""
    row = WechatIdentity  # an empty change, because SQLite has no FOR UPDATE
    row.update(follow_state=row.follow_state).where(row.id == follower_id).execute()


def _advance(
    follower_id: int,
    allowed: tuple[FollowState, ...],
    state: FollowState,
    at: datetime,
    extra: Mapping[str, object],
) -> bool:
    row = WechatIdentity
    in_order = row.follow_changed_at.is_null() | (row.follow_changed_at <= at)
    change = {"follow_state": state, "follow_changed_at": at, **extra}
    return bool(row.update(change).where(row.id == follower_id, row.follow_state.in_(allowed), in_order).execute())


def remember_place(follower_id: int, place_id: int) -> None:
    """The community she named herself, by scanning its sign or choosing it."""
    _set_place(follower_id, place_id)


def forget_place(follower_id: int) -> None:
    _set_place(follower_id, None)


def _set_place(follower_id: int, place_id: int | None) -> None:
    def work() -> None:
        # Somebody who left meanwhile stays forgotten.
        here = (WechatIdentity.id == follower_id) & (WechatIdentity.follow_state != FollowState.LEFT)
        WechatIdentity.update(place=place_id).where(here).execute()

    in_transaction(work)


def forget_unionid(account_id: int, openid: str) -> None:
    """She withdrew an authorisation or closed her WeChat account: unlink her from the other accounts."""

    def work() -> None:
        mine = (WechatIdentity.account == account_id) & (WechatIdentity.openid == openid)
        WechatIdentity.update(unionid=None).where(mine).execute()

    in_transaction(work)


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody was heard of: written behind, many at once."""

    account_id: int
    openid: str
    at: float  # seconds since 1970
    kind: Interaction

    def pack(self) -> bytes:
        return f"{self.account_id}\t{self.at:.0f}\t{self.kind}\t{self.openid}".encode()

    @staticmethod
    def unpack(raw: bytes) -> "Heard":
        account_id, at, kind, openid = raw.decode().split("\t", 3)
        return Heard(int(account_id), openid, float(at), Interaction(kind))


_HEARD = (
    "UPDATE wechat_identity SET last_interaction_at = {p}, last_interaction = {p} "
    "WHERE account_id = {p} AND openid = {p} AND follow_state <> {p} "
    "AND (last_interaction_at IS NULL OR last_interaction_at < {p})"
)


def record_heard(all_heard: Iterable[Heard]) -> int:
    """Write the latest interaction of each; answers how many people. Doing it twice changes nothing."""
    latest: dict[tuple[int, str], Heard] = {}
    for heard in all_heard:
        key = heard.account_id, heard.openid
        if key not in latest or latest[key].at <= heard.at:
            latest[key] = heard
    # In one order for all writers: two that lock the same rows crosswise would end in a deadlock.
    rows = [_heard_row(latest[key]) for key in sorted(latest)]
    if rows:
        in_transaction(lambda: _write_heard(rows))
    return len(rows)


def _heard_row(heard: Heard) -> tuple[object, ...]:
    moment = WechatIdentity.last_interaction_at.db_value(clock.from_timestamp(heard.at))
    return moment, str(heard.kind), heard.account_id, heard.openid, str(FollowState.LEFT), moment


def _write_heard(rows: list[tuple[object, ...]]) -> None:
    cursor = database.connection().cursor()
    cursor.executemany(_HEARD.format(p=database.param), rows)


def bury(limit: int = 1000) -> int:
    """Delete the tombstones of those who left a day ago, in a slice; answers how many went."""
    before = clock.now() - timedelta(hours=rules.TOMBSTONE_HOURS)
    left = (WechatIdentity.follow_state == FollowState.LEFT) & (WechatIdentity.follow_changed_at < before)

    def work() -> int:
        ids = [row.id for row in WechatIdentity.select(WechatIdentity.id).where(left).limit(limit)]
        return int(WechatIdentity.delete().where(WechatIdentity.id.in_(ids)).execute()) if ids else 0

    return in_transaction(work)
