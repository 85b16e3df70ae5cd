"""Writes followers: coming, going, the community they name, whether they want to be left alone, and when they were
last heard of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import Expression

from backend import clock
from backend.followers import queries, rules
from backend.followers.queries import Follower
from backend.outbox import actions as outbox
from backend.storage.database import in_transaction
from backend.subscriptions import actions as subscriptions
from models.base import database
from models.followers import FollowEvent, FollowState, Interaction, WechatIdentity

HEARD_JOURNAL = "heard"
"""Journal of the key-value store in which `Heard` waits to be written."""

_FORGOTTEN = dict.fromkeys(
    (
        "unionid",
        "place",
        "last_interaction_at",
        "last_interaction",
        "last_message_at",
        "muted_until",  # a wish of hers is something we know of her; whoever left is sent nothing anyway
        "refused_at",
        "refused",
    )
)
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
    """She unfollows: what we knew of her, and what she allowed, is deleted at once. False when nothing changed."""
    return _move(account_id, openid, FollowState.LEFT, at, "", _FORGOTTEN)


def _move(
    account_id: int, openid: str, state: FollowState, at: datetime, scene: str, extra: Mapping[str, object]
) -> bool:
    def work() -> bool:
        follower = meet(account_id, openid)
        _hold(follower.id)
        moved = _advance(follower.id, rules.MOVES[state], state, at, extra)
        if moved:
            if state is FollowState.LEFT:
                subscriptions.forget(follower.id)
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


def mute(follower_id: int, days: int) -> datetime:
    """She wants to be left alone, at whichever account she is known; answers until when."""
    until = rules.end_of_mute(clock.now(), days)
    _set_mute(follower_id, until)
    return until


def unmute(follower_id: int) -> None:
    _set_mute(follower_id, None)


def _set_mute(follower_id: int, until: datetime | None) -> None:
    def work() -> None:
        here = _same_person(follower_id) & (WechatIdentity.follow_state != FollowState.LEFT)
        WechatIdentity.update(muted_until=until).where(here).execute()

    in_transaction(work)


def _same_person(follower_id: int) -> Expression:
    """All her identities: one wish, said once. Somebody who is no member has only the one."""
    row = WechatIdentity
    known = row.get_or_none(row.id == follower_id, row.member.is_null(False))
    # Asked before, because MariaDB does not let an UPDATE read its own table.
    return row.id == follower_id if known is None else row.member == known.__data__["member"]


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


# One statement for both moments: two would lock the rows in two orders. Since MariaDB lets an assignment see those
# before it, the moment by which the others decide comes last.
_NEWER = "(last_interaction_at IS NULL OR last_interaction_at < {at})"
_SPOKE = "({spoke} = 1 AND (last_message_at IS NULL OR last_message_at < {spoke_at}))"
_HEARD = (
    "UPDATE wechat_identity SET "  # noqa: S608 - no word of anybody's
    f"last_message_at = CASE WHEN {_SPOKE} THEN {{spoke_at}} ELSE last_message_at END, "
    f"last_interaction = CASE WHEN {_NEWER} THEN {{kind}} ELSE last_interaction END, "
    # She is back: whatever the platform said against writing to her is worth asking again.
    f"refused_at = CASE WHEN {_NEWER} THEN NULL ELSE refused_at END, "
    f"refused = CASE WHEN {_NEWER} THEN NULL ELSE refused END, "
    f"last_interaction_at = CASE WHEN {_NEWER} THEN {{at}} ELSE last_interaction_at END "
    f"WHERE account_id = {{account}} AND openid = {{openid}} AND follow_state <> {{left}} AND ({_NEWER} OR {_SPOKE})"
)


def record_heard(all_heard: Iterable[Heard]) -> int:
    """Write the latest interaction of each, and the latest message, which opens the long window even when a tap came
    after it; answers how many people. Doing it twice changes nothing."""
    latest: dict[tuple[int, str], Heard] = {}
    spoken: dict[tuple[int, str], Heard] = {}
    for heard in all_heard:
        _keep_later(latest, heard)
        if heard.kind is Interaction.MESSAGE:
            _keep_later(spoken, heard)
    # In one order for all writers: two that lock the same rows crosswise would end in a deadlock.
    rows = [_heard_row(latest[key], spoken.get(key)) for key in sorted(latest)]
    if rows:
        in_transaction(lambda: _write_heard(rows))
    return len(rows)


def _keep_later(kept: dict[tuple[int, str], Heard], heard: Heard) -> None:
    key = heard.account_id, heard.openid
    if key not in kept or kept[key].at <= heard.at:
        kept[key] = heard


def _heard_row(heard: Heard, spoken: Heard | None) -> dict[str, object]:
    return {
        "account": heard.account_id,
        "openid": heard.openid,
        "kind": str(heard.kind),
        "at": _moment(heard),
        "spoke": int(spoken is not None),
        "spoke_at": _moment(spoken or heard),
        "left": str(FollowState.LEFT),
    }


def _moment(heard: Heard) -> datetime | None:
    return WechatIdentity.last_interaction_at.db_value(clock.from_timestamp(heard.at))


def _write_heard(rows: list[dict[str, object]]) -> None:
    mark = ":{}" if database.param == "?" else "%({})s"
    marks = {name: mark.format(name) for name in rows[0]}
    database.connection().cursor().executemany(_HEARD.format(**marks), rows)


def bury(limit: int = 1000) -> int:
    """Delete the tombstones of those who left a day ago, in a slice; answers how many went."""
    before = clock.now() - timedelta(hours=rules.TOMBSTONE_HOURS)
    left = (WechatIdentity.follow_state == FollowState.LEFT) & (WechatIdentity.follow_changed_at < before)

    def work() -> int:
        ids = [row.id for row in WechatIdentity.select(WechatIdentity.id).where(left).limit(limit)]
        if not ids:
            return 0
        outbox.give_up(ids)
        return int(WechatIdentity.delete().where(WechatIdentity.id.in_(ids)).execute())

    return in_transaction(work)
