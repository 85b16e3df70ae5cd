"""Writes sessions: signing in with a code of the platform, refreshing, signing out."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import orjson

from backend import clock
from backend.accounts.queries import Account
from backend.errors import SignInNeeded
from backend.followers import actions as followers
from backend.members.actions import Members
from backend.receipts.redemptions import Redemptions
from backend.sessions import queries, rules
from backend.sessions.arrivals import arrival
from backend.storage.database import in_transaction
from backend.storage.dialects import run
from backend.storage.statements import insert
from backend.wechat.gateway import Gateway
from models.followers import FollowState
from models.sessions import Session

ENDED = "登录已经失效，请重新进入小程序。"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the phone keeps. Until `expires_at` the token is good, until `ends_at` the refresh token."""

    token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    ends_at: datetime

    def pack(self) -> str:
        return orjson.dumps(self).decode()

    @staticmethod
    def unpack(text: str) -> "Tokens":
        told: dict[str, Any] = orjson.loads(text)
        return Tokens(**told | {name: datetime.fromisoformat(told[name]) for name in ("expires_at", "ends_at")})


class Sessions:
    def __init__(self, redemptions: Redemptions, members: Members) -> None:
        self._redemptions, self._members = redemptions, members

    def sign_in(self, gateway: Gateway, account: Account, code: str, device: str) -> Tokens:
        """`code` of wx.login, or of the account's web authorisation. The same code within two minutes: the same tokens.

        Raises InvalidInput, Forbidden or Unavailable with what the platform says against it.
        """
        work = partial(self._sign_in, gateway, account, code, device)
        return Tokens.unpack(self._redemptions.redeem(f"session:{account.app_id}", code, work))

    def _sign_in(self, gateway: Gateway, account: Account, code: str, device: str) -> str:
        who = arrival(gateway, account.kind, code)

        def work() -> Tokens:
            known = followers.meet(account.id, who.openid, who.unionid or None)
            if known.state is FollowState.LEFT:
                followers.revive(known.id)
            if who.unionid:
                self._members.recognise(known.id, who.unionid)
            return begin(known.id, device)

        return in_transaction(work).pack()

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for old ones; the same for a repetition within two minutes. Raises SignInNeeded."""
        if not rules.is_token(refresh_token):
            raise SignInNeeded("session_ended", ENDED)
        return Tokens.unpack(self._redemptions.redeem("refresh", refresh_token, lambda: _refresh(refresh_token).pack()))


def begin(identity_id: int, device: str) -> Tokens:
    """Somebody whose identity is certain is signed in. Inside the caller's transaction, or in one of its own."""
    tokens, now = _new_tokens(), clock.now()
    told = {"identity": identity_id, "device": device, "created_at": now, "seen_at": now}
    insert(Session, {**told, **_columns(tokens)})
    hers = run("SELECT id FROM session WHERE identity_id = ? ORDER BY seen_at DESC, id DESC", identity_id)
    surplus = [row[0] for row in hers.fetchall()][rules.MOST_SESSIONS :]
    if surplus:
        Session.delete().where(Session.id.in_(surplus)).execute()
    return tokens


def _refresh(refresh_token: str) -> Tokens:
    old, tokens = queries.digest(refresh_token), _new_tokens()
    mine = (Session.refresh_digest == old) & (Session.ends_at > clock.now())
    change = {**_columns(tokens), "former_digest": old, "seen_at": clock.now()}
    if in_transaction(lambda: Session.update(change).where(mine).execute()):
        return tokens
    # Exchanged before, and not a moment ago: one of the two who have it is not she.
    in_transaction(lambda: Session.delete().where(Session.former_digest == old).execute())
    raise SignInNeeded("session_ended", ENDED)


def _new_tokens() -> Tokens:
    now = clock.now()
    first, second = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    return Tokens(first, second, now + rules.TOKEN_LIFE, now + rules.SESSION_LIFE)


def _columns(tokens: Tokens) -> dict[str, object]:
    return {
        "token_digest": queries.digest(tokens.token),
        "refresh_digest": queries.digest(tokens.refresh_token),
        "expires_at": tokens.expires_at,
        "ends_at": tokens.ends_at,
    }


def touch(session_id: int) -> None:
    """It is used: written only when it is long enough since the last time."""
    now = clock.now()
    due = (Session.id == session_id) & (Session.seen_at < now - rules.SEEN_EVERY)
    in_transaction(lambda: Session.update(seen_at=now).where(due).execute())


def end(identity_id: int, session_id: int) -> bool:
    """One of the person's, on whichever device. False when she has no such session."""
    hers = (Session.id == session_id) & Session.identity.in_(queries.identities(identity_id))
    return bool(in_transaction(lambda: Session.delete().where(hers).execute()))


def end_others(identity_id: int, session_id: int) -> int:
    """All of the person's but this one; answers how many."""
    hers = (Session.id != session_id) & Session.identity.in_(queries.identities(identity_id))
    return int(in_transaction(lambda: Session.delete().where(hers).execute()))


def end_all(identity_ids: list[int]) -> int:
    """Inside the caller's transaction."""
    return int(Session.delete().where(Session.identity.in_(identity_ids)).execute()) if identity_ids else 0
