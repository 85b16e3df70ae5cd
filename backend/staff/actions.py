"""Writes staff accounts: who is added, shut out for a while, let in again, and who has left.

Only who manages the staff writes another's account, and only inside her own scope; each act is one transaction and an
entry of the audit. `actor` is missing at the command line, where nobody is signed in.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from backend import clock
from backend.audit.actions import Audit, Subject
from backend.errors import Conflict
from backend.permissions import EVERYWHERE, Actor
from backend.staff import grants, rows, rules, sessions
from backend.storage.database import in_transaction
from backend.storage.statements import insert_unless_there
from models.staff import RecoveryCode, Role, Staff, StaffLink, StaffState


@dataclass(frozen=True, slots=True)
class NewStaff:
    """What is told of somebody who gets an account. `place` is a code, or everywhere."""

    login: str
    name: str
    unit: str
    role: Role
    place: str = EVERYWHERE
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """`token` is shown once, in the address that sets the account up."""

    staff_id: int
    token: str = field(repr=False)


def add(audit: Audit, actor: Actor | None, told: NewStaff) -> Link:
    """Raises InvalidInput, Forbidden outside the actor's scope, Conflict when the login is taken."""
    login = rules.login_of(told.login)
    name, unit = rules.words_of(told.name, "姓名", 32), rules.words_of(told.unit, "单位", 64)

    def work() -> Link:
        now = clock.now()
        row = {"login": login, "name": name, "unit": unit, "created_at": now, "changed_at": now}
        staff_id = insert_unless_there(Staff, row)
        if staff_id is None:
            raise Conflict("login_taken", f"登录名「{login}」已经有人用了，请换一个。")
        grants.give(actor, staff_id, told.role, told.place, told.until)
        audit.record(actor, "staff_added", Subject("staff", str(staff_id), told.place), role=told.role.value)
        return Link(staff_id, _new_link(staff_id))

    return in_transaction(work)


def new_link(audit: Audit, actor: Actor | None, staff_id: int) -> Link:
    """She sets up password and second factor anew; until then nobody signs in. Raises NotFound, Conflict."""

    def work() -> Link:
        row = rows.held(actor, staff_id)
        rows.refuse_oneself(actor, staff_id, "自己的账号不用设置链接，请在「我的账号」里改；或者请另一位管理员来做。")
        if row.state is StaffState.LEFT:
            raise Conflict("staff_left", "已经离岗的账号不能再用，请新建一个。")
        _take_away(staff_id)
        rows.write(staff_id, state=StaffState.INVITED, failures=0, locked_until=None)
        audit.record(actor, "staff_link_made", Subject("staff", str(staff_id)))
        return Link(staff_id, _new_link(staff_id))

    return in_transaction(work)


def suspend(audit: Audit, actor: Actor | None, staff_id: int) -> None:
    """Out of the house at once, and back by `resume`; a link that was not used is void.

    Raises NotFound, Conflict, Forbidden for oneself."""
    _turn(audit, actor, staff_id, StaffState.SUSPENDED)


def resume(audit: Audit, actor: Actor | None, staff_id: int) -> None:
    _turn(audit, actor, staff_id, StaffState.ACTIVE)


def leave(audit: Audit, actor: Actor | None, staff_id: int) -> None:
    """She works here no more: her grants end, and with them every sign-in."""
    _turn(audit, actor, staff_id, StaffState.LEFT)


def _turn(audit: Audit, actor: Actor | None, staff_id: int, new: StaffState) -> None:
    def work() -> None:
        row = rows.held(actor, staff_id)
        rows.refuse_oneself(actor, staff_id, "不能停用自己的账号，请让另一位管理员来做。")
        if new not in rules.MOVES[row.state]:
            raise Conflict("staff_state", "这个账号现在不能这样改，请刷新后再看。")
        _enter(staff_id, new if new is not StaffState.ACTIVE or row.password else StaffState.INVITED)
        rows.keep_an_administrator(staff_id)
        audit.record(actor, f"staff_{new.value}", Subject("staff", str(staff_id)))

    in_transaction(work)


def _enter(staff_id: int, state: StaffState) -> None:
    rows.write(staff_id, state=state)
    if state is not StaffState.ACTIVE:
        sessions.end_all(staff_id)
    if state is StaffState.SUSPENDED:
        StaffLink.delete().where(StaffLink.staff == staff_id).execute()
    if state is StaffState.LEFT:
        _take_away(staff_id)
        rows.write(staff_id, left_at=clock.now())
        grants.end_all(staff_id)


def _take_away(staff_id: int) -> None:
    """All with which somebody could sign in."""
    rows.write(staff_id, password="", totp=None, identity=None)
    RecoveryCode.delete().where(RecoveryCode.staff == staff_id).execute()
    StaffLink.delete().where(StaffLink.staff == staff_id).execute()
    sessions.end_all(staff_id)


def _new_link(staff_id: int) -> str:
    token = secrets.token_urlsafe(32)
    StaffLink.delete().where(StaffLink.staff == staff_id).execute()
    ends_at = clock.now() + rules.LINK_LIFE
    StaffLink.insert(staff=staff_id, digest=sessions.digest(token), ends_at=ends_at).execute()
    return token
