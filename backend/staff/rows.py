"""The row of an account, held and written. Inside the caller's transaction."""

from typing import Any

from backend import clock
from backend.errors import Conflict, Forbidden, NotFound
from backend.permissions import Action, Actor
from backend.staff import queries
from backend.storage.statements import lock
from models.staff import Role, Staff, StaffGrant, StaffState

_GONE = "没有这个账号，或者不在您的范围里。"


def held(actor: Actor | None, staff_id: int) -> Staff:
    """With the row's lock. Outside the actor's scope it is not there; without an actor, at the command line, it is."""
    lock("SELECT id FROM staff WHERE id = ?", staff_id).fetchone()
    row = Staff.get_or_none(Staff.id == staff_id)
    if row is None or (actor is not None and not queries.is_within(staff_id, actor.scope(Action.MANAGE_STAFF))):
        raise NotFound("no_staff", _GONE)
    found: Staff = row
    return found


def refuse_oneself(actor: Actor | None, staff_id: int, words: str) -> None:
    """Raises Forbidden: nobody decides on her own account."""
    if actor is not None and actor.staff_id == staff_id:
        raise Forbidden("not_oneself", words)


def write(staff_id: int, **change: Any) -> None:
    Staff.update(**change, changed_at=clock.now()).where(Staff.id == staff_id).execute()


def in_force() -> Any:
    """Over `StaffGrant`."""
    return StaffGrant.until.is_null() | (StaffGrant.until > clock.now())


def keep_an_administrator(changed: int) -> None:
    """Somebody must be left who can let others in. Raises Conflict, which undoes the change of this account."""
    able = (StaffGrant.role == Role.ADMINISTRATOR) & StaffGrant.place.is_null()
    working = Staff.state.in_((StaffState.ACTIVE, StaffState.INVITED))
    if StaffGrant.select().join(Staff).where(able, in_force(), working).exists():
        return
    if StaffGrant.select().where(able, StaffGrant.staff == changed).exists():
        raise Conflict("last_administrator", "这是最后一位管理员，请先让另一位同事当管理员。")
