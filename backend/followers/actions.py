"""Writes followers: coming, going, the community they name, whether they want to be left alone, and whose they are."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from peewee import Expression

from backend import clock
from backend.followers import queries, rules
from backend.followers.queries import Follower
from backend.outbox import leaving
from backend.storage.database import in_transaction
from backend.storage.dialects import run
from backend.storage.statements import insert_unless_there, lock
from backend.subscriptions import actions as subscriptions
from models.followers import FollowEvent, FollowState, WechatIdentity

_FORGOTTEN = dict.fromkeys(
    (
        "member",
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


def meet(account_id: int, openid: str, unionid: str | None = None) -> Follower:
    """The follower of this openid, made known when she is new. Harmless when two do it at once. `unionid`, as the
    platform told it just now, is written for somebody new only (`know_unionid` does for the others)."""
    known = queries.find(account_id, openid)
    return known or in_transaction(lambda: _meet(account_id, openid, unionid))


def _meet(account_id: int, openid: str, unionid: str | None) -> Follower:
    row = {"account": account_id, "openid": openid, "unionid": unionid, "created_at": clock.now()}
    number = insert_unless_there(WechatIdentity, row)
    if number is not None:
        return Follower(number, FollowState.STRANGER, None, unionid=unionid or "")
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
        hold(follower.id)
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


def link(follower_id: int, member_id: int) -> None:
    """From now on she is this new member, unless she has just become another. Inside the caller's transaction."""
    run(
        "UPDATE wechat_identity SET member_id = ?, place_id = NULL WHERE id = ? AND member_id IS NULL",
        member_id,
        follower_id,
    )


def join(follower_id: int, member_id: int) -> None:
    """As `link`, for a member who may have been put for messages under another name."""
    link(follower_id, member_id)
    leaving.tell_once(member_id)


def unlink(follower_id: int) -> None:
    """She is a member no more. One who only visits the mini-program leaves with it; who follows an account goes on to
    follow it. Inside the caller's transaction."""
    row = WechatIdentity
    follows = row.follow_state == FollowState.FOLLOWING
    row.update(member=None, place=None, unionid=None).where(row.id == follower_id, follows).execute()
    gone = {**_FORGOTTEN, "follow_state": FollowState.LEFT, "follow_changed_at": clock.now()}
    row.update(gone).where(row.id == follower_id, ~follows).execute()


def know_unionid(follower_id: int, unionid: str) -> None:
    """As the platform told it; "" when it told none, so that it is not asked again. Inside the caller's transaction."""
    row = WechatIdentity
    here = (row.id == follower_id) & (row.follow_state != FollowState.LEFT)
    news = row.unionid.is_null() | (row.unionid != unionid)
    row.update(unionid=unionid).where(here, news).execute()


def revive(follower_id: int) -> None:
    """Who left signs in again. Inside the caller's transaction."""
    gone = (WechatIdentity.id == follower_id) & (WechatIdentity.follow_state == FollowState.LEFT)
    WechatIdentity.update(follow_state=FollowState.STRANGER, follow_changed_at=clock.now()).where(gone).execute()


def hold(follower_id: int) -> Follower | None:
    """As she is under her row's lock: no other event and no other call changes it until the transaction ends."""
    return queries.known(lock(f"{queries.KNOWN}id = ?", follower_id).fetchone())


def forget_unionid(account_id: int, openid: str) -> None:
    """She withdrew an authorisation: it is not known any more, and not asked for again, which of our other accounts'
    visitors she is."""

    def work() -> None:
        mine = (WechatIdentity.account == account_id) & (WechatIdentity.openid == openid)
        WechatIdentity.update(unionid="").where(mine).execute()

    in_transaction(work)


def mute(follower_id: int, days: int) -> datetime:
    """She wants to be left alone, at whichever account she is known; answers until when."""
    until = rules.end_of_mute(clock.now(), days)
    _set_mute(follower_id, until)
    return until


def silence(follower_id: int) -> None:
    """She wants no notices until she says otherwise."""
    _set_mute(follower_id, rules.NEVER)


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


def forget_strangers(limit: int = 1000) -> int:
    """Who neither follows nor is a member, and was not seen for half a year, has left; in a slice, answers how many."""
    row, before = WechatIdentity, clock.ago(days=rules.STRANGER_DAYS)
    silent = row.last_interaction_at.is_null() | (row.last_interaction_at < before)
    strange = (row.follow_state == FollowState.STRANGER) & row.member.is_null() & (row.created_at < before) & silent

    def work() -> int:
        ids = [each.id for each in row.select(row.id).where(strange).order_by(row.id).limit(limit)]
        gone = {**_FORGOTTEN, "follow_state": FollowState.LEFT, "follow_changed_at": clock.now()}
        return int(row.update(gone).where(row.id.in_(ids)).execute()) if ids else 0

    return in_transaction(work)


def bury(limit: int = 1000) -> int:
    """Delete the tombstones of those who left a day ago, in a slice; answers how many went."""
    before = clock.now() - timedelta(hours=rules.TOMBSTONE_HOURS)
    left = (WechatIdentity.follow_state == FollowState.LEFT) & (WechatIdentity.follow_changed_at < before)

    def work() -> int:
        ids = [row.id for row in WechatIdentity.select(WechatIdentity.id).where(left).limit(limit)]
        if not ids:
            return 0
        leaving.give_up(ids)
        return int(WechatIdentity.delete().where(WechatIdentity.id.in_(ids)).execute())

    return in_transaction(work)
