"""Writes what somebody may do, where and until when. A grant ends; that there was one stays."""

from datetime import datetime

from backend import clock
from backend.audit.actions import Audit, Subject
from backend.errors import Conflict, InvalidInput, NotFound
from backend.permissions import EVERYWHERE, Action, Actor
from backend.staff import rows
from backend.storage.database import in_transaction
from models.places import Place
from models.staff import Role, StaffGrant

AT_THE_COMMAND_LINE = "命令行"


def grant(
    audit: Audit, actor: Actor, staff_id: int, role: Role, place: str = EVERYWHERE, until: datetime | None = None
) -> int:
    """Answers the id. Raises Forbidden outside the actor's scope, Conflict when she has it already."""

    def work() -> int:
        rows.held(actor, staff_id)
        rows.refuse_oneself(actor, staff_id, "不能给自己授权，请让另一位管理员来做。")
        grant_id = give(actor, staff_id, role, place, until)
        audit.record(actor, "grant_given", Subject("staff", str(staff_id), place), role=role.value)
        return grant_id

    return in_transaction(work)


def give(actor: Actor | None, staff_id: int, role: Role, place: str, until: datetime | None) -> int:
    """Inside the caller's transaction, which has made the account or holds it. Raises as `grant` does."""
    if actor is not None:
        actor.require(Action.MANAGE_STAFF, place)
    now = clock.now()
    if until is not None and until <= now:
        raise InvalidInput("until_invalid", "到期的日子要在今天以后。")
    place_id = None if place == EVERYWHERE else _place(place)
    mine = (StaffGrant.staff == staff_id) & (StaffGrant.role == role)
    here = StaffGrant.place.is_null() if place_id is None else (StaffGrant.place == place_id)
    if StaffGrant.select().where(mine, here, rows.in_force()).exists():
        raise Conflict("grant_there", "这位工作人员在这里已经有这个角色了。")
    row = {"staff": staff_id, "role": role, "place": place_id, "since": now, "until": until}
    given_by = actor.login if actor else AT_THE_COMMAND_LINE
    grant_id: int = StaffGrant.insert({**row, "given_by": given_by}).execute()
    return grant_id


def end(audit: Audit, actor: Actor, grant_id: int) -> int:
    """Answers whose it was. Raises NotFound when there is none that could end, or not in the actor's scope."""

    def work() -> int:
        row = StaffGrant.get_or_none(StaffGrant.id == grant_id)
        if row is None:
            raise _none()
        rows.held(actor, row.staff_id)
        mine = (StaffGrant.id == grant_id) & rows.in_force()
        if not StaffGrant.update(until=clock.now()).where(mine).execute():
            raise _none()
        rows.keep_an_administrator(row.staff_id)
        place = EVERYWHERE if row.place_id is None else str(Place.get_by_id(row.place_id).code)
        audit.record(actor, "grant_ended", Subject("staff", str(row.staff_id), place), role=row.role.value)
        return int(row.staff_id)

    return in_transaction(work)


def end_all(staff_id: int) -> None:
    """She works here no more. Inside the caller's transaction."""
    StaffGrant.update(until=clock.now()).where(StaffGrant.staff == staff_id, rows.in_force()).execute()


def _none() -> NotFound:
    return NotFound("no_grant", "没有这项权限，或者已经到期了。")


def _place(code: str) -> int:
    found = Place.get_or_none(Place.code == code)
    if found is None:
        raise InvalidInput("place_unknown", f"没有编码是「{code}」的地方。")
    return int(found.id)
