"""Reads of sessions. Whose a token is is asked with every call, so it is one statement written by hand."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from backend import clock
from backend.sessions import rules
from backend.storage.dialects import moment, naive, run
from models.accounts import AccountKind, WechatAccount
from models.followers import WechatIdentity
from models.members import MemberState
from models.sessions import Session


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in; `member_id` is missing while she has not registered."""

    session_id: int
    identity_id: int
    account_id: int
    openid: str
    member_id: int | None
    member_state: MemberState | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class SessionView:
    id: int
    device: str
    account: str
    kind: AccountKind
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


_VISITOR = (
    "SELECT s.id, i.id, i.account_id, i.openid, m.id, m.state, s.seen_at FROM session s "
    "JOIN wechat_identity i ON i.id = s.identity_id LEFT JOIN member m ON m.id = i.member_id "
    "WHERE s.token_digest = ? AND s.expires_at > ?"
)


def visitor(token: str) -> Visitor | None:
    """None for a token that is unknown, ended or past its time."""
    if not rules.is_token(token):
        return None
    row = run(_VISITOR, digest(token), naive(clock.now())).fetchone()
    if row is None:
        return None
    seen_at = moment(row[6])
    assert seen_at is not None
    return Visitor(row[0], row[1], row[2], row[3], row[4], row[5] and MemberState(row[5]), seen_at)


def digest(token: str) -> str:
    """A token is as long and as random as a key: no slower digest is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def of_person(identity_id: int) -> list[SessionView]:
    """Hers at all her identities, the last used first."""
    row, identity, account = Session, WechatIdentity, WechatAccount
    joined = row.select(row, identity, account).join(identity).join(account)
    found = joined.where(identity.id.in_(identities(identity_id)), row.ends_at > clock.now())
    return [_view(each) for each in found.order_by(row.seen_at.desc(), row.id.desc())]


def identities(identity_id: int) -> list[int]:
    """All identities of the person that this one is of."""
    row = WechatIdentity
    member_id = row.select(row.member).where(row.id == identity_id).scalar()
    if member_id is None:
        return [identity_id]
    return [each.id for each in row.select(row.id).where(row.member == member_id)]


def _view(row: Session) -> SessionView:
    account = row.identity.account
    return SessionView(row.id, row.device, account.name, account.kind, row.created_at, row.seen_at, row.ends_at)
