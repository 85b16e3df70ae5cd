"""Who is signed in to the console, and where. Whose a cookie is is asked with every request."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from backend import clock
from backend.permissions import Actor
from backend.staff import queries, rules
from backend.storage.database import in_transaction
from models.staff import Staff, StaffSession, StaffState

MOST = 10
"""Devices of one account: the one that has not been used for longest is signed out."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`mark` is derived from the cookie, so that whatever is bound to it ends with it."""

    actor: Actor
    session_id: int
    mark: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Device:
    id: int
    device: str
    address: str
    created_at: datetime
    seen_at: datetime


def begin(staff_id: int, device: str, address: str) -> str:
    """Answers the cookie. Inside the caller's transaction, or in one of its own."""
    token, now = secrets.token_urlsafe(32), clock.now()
    row = {"staff": staff_id, "digest": digest(token), "device": device, "address": address}
    moments = {"created_at": now, "seen_at": now, "ends_at": now + rules.ABSOLUTE}

    def work() -> str:
        StaffSession.insert({**row, **moments}).execute()
        mine = StaffSession.select(StaffSession.id).where(StaffSession.staff == staff_id)
        surplus = [each.id for each in mine.order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())][MOST:]
        if surplus:
            StaffSession.delete().where(StaffSession.id.in_(surplus)).execute()
        return token

    return in_transaction(work)


def find(token: str, address: str = "") -> SignedIn | None:
    """None for a cookie that is unknown, over, or of somebody who does not work here any more: at once, not later."""
    if not token:
        return None
    row = StaffSession.select(StaffSession, Staff).join(Staff).where(StaffSession.digest == digest(token)).first()
    now = clock.now()
    if row is None or row.staff.state is not StaffState.ACTIVE:
        return None
    if rules.is_over(row.created_at, row.seen_at, now):
        in_transaction(lambda: StaffSession.delete().where(StaffSession.id == row.id).execute())
        return None
    if now - row.seen_at > rules.SEEN_EVERY:
        in_transaction(lambda: StaffSession.update(seen_at=now).where(StaffSession.id == row.id).execute())
    return SignedIn(queries.actor(row.staff, address), row.id, digest(f"mark {token}"))


def devices(staff_id: int) -> list[Device]:
    """Those of one account, the last used first."""
    rows = StaffSession.select().where(StaffSession.staff == staff_id, StaffSession.ends_at > clock.now())
    found = rows.order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
    return [Device(row.id, row.device, row.address, row.created_at, row.seen_at) for row in found]


def end(staff_id: int, session_id: int) -> bool:
    """False when she has no such session."""
    hers = (StaffSession.id == session_id) & (StaffSession.staff == staff_id)
    return bool(in_transaction(lambda: StaffSession.delete().where(hers).execute()))


def end_others(staff_id: int, session_id: int) -> int:
    hers = (StaffSession.id != session_id) & (StaffSession.staff == staff_id)
    return int(in_transaction(lambda: StaffSession.delete().where(hers).execute()))


def end_all(staff_id: int) -> int:
    return int(in_transaction(lambda: StaffSession.delete().where(StaffSession.staff == staff_id).execute()))


def digest(token: str) -> str:
    """A token is as long and as random as a key: no slower digest is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
