"""Accounts of the staff: added, let in, shut out, and what they may do where."""

from flask import Response, request

from backend.errors import HouseError, NotFound
from backend.permissions import ACTIONS, EVERYWHERE, ROLES, TABLE
from backend.staff import actions, grants, queries
from backend.staff.actions import Link, NewStaff
from backend.staff.queries import StaffView
from backend.web import problems
from console import desk, forms
from console.desk import Desk
from models.staff import Role

LIST = "/console/staff"
_LIMIT = 50


def listed(here: Desk) -> Response:
    words, after = forms.asked("q"), forms.asked("cursor", 32)
    found = queries.listed(here.actor, words, after, _LIMIT + 1)
    cursor = found[_LIMIT - 1].login if len(found) > _LIMIT else ""
    return here.page("staff/list.html", title="工作人员", found=found[:_LIMIT], q=words, cursor=cursor)


def new(here: Desk) -> Response:
    if request.method == "GET":
        return _ask(here)
    try:
        made = actions.add(here.runtime.audit, here.actor, _told())
    except HouseError as error:
        return _ask(here, error)
    return _show_link(here, made)


def _told() -> NewStaff:
    role = forms.choice("role", {role.value: role for role in Role}, "请选一个角色。")
    until = forms.end_of(forms.day("until"))
    texts = {name: forms.text(name, 64) for name in ("login", "name", "unit")}
    return NewStaff(**texts, role=Role(role), place=forms.text("place", 32), until=until)


def _ask(here: Desk, error: HouseError | None = None) -> Response:
    status = problems.status_of(error) if error else 200
    words = error.sentence if error else ""
    return here.page("staff/new.html", status, title="新的工作人员", error=words, roles=ROLES, given=request.form)


def one(here: Desk, number: int) -> Response:
    found = _found(here, number)
    return here.page(
        "staff/one.html",
        title=found.name,
        staff=found,
        grants=queries.grant_views(found.id),
        roles=ROLES,
        oneself=found.id == here.actor.staff_id,
    )


def link(here: Desk, number: int) -> Response:
    return _show_link(here, actions.new_link(here.runtime.audit, here.actor, number))


def _show_link(here: Desk, made: Link) -> Response:
    """In the answer itself: the address is shown once."""
    base = here.runtime.settings.base_url or request.url_root.rstrip("/")
    address = f"{base}/console/setup/{made.token}"
    return here.page("staff/link.html", title="设置链接", address=address, staff=_found(here, made.staff_id))


def suspend(here: Desk, number: int) -> Response:
    actions.suspend(here.runtime.audit, here.actor, number)
    here.say("已经停用，马上生效。", undo=f"{LIST}/{number}/resume")
    return desk.go(f"{LIST}/{number}")


def resume(here: Desk, number: int) -> Response:
    actions.resume(here.runtime.audit, here.actor, number)
    here.say("已经恢复。")
    return desk.go(f"{LIST}/{number}")


def leave(here: Desk, number: int) -> Response:
    actions.leave(here.runtime.audit, here.actor, number)
    here.say("已经离岗：权限都到今天为止，不能再登录。")
    return desk.go(LIST)


def grant(here: Desk, number: int) -> Response:
    role = Role(forms.choice("role", {role.value: role for role in Role}, "请选一个角色。"))
    place, until = forms.text("place", 32) or EVERYWHERE, forms.end_of(forms.day("until"))
    given = grants.grant(here.runtime.audit, here.actor, number, role, place, until)
    here.say(f"已经授予「{ROLES[role]}」。", undo=f"{LIST}/grants/{given}/end")
    return desk.go(f"{LIST}/{number}")


def end_grant(here: Desk, number: int) -> Response:
    staff_id = grants.end(here.runtime.audit, here.actor, number)
    here.say("这项权限已经到期。")
    return desk.go(f"{LIST}/{staff_id}")


def roles(here: Desk) -> Response:
    """The table of permissions itself, for whoever wants to know what somebody may do."""
    return here.page("staff/roles.html", title="角色和权限", roles=ROLES, actions=ACTIONS, table=TABLE)


def _found(here: Desk, number: int) -> StaffView:
    found = queries.by_id(here.actor, number)
    if found is None:
        raise NotFound("no_staff", "没有这个账号，或者不在您的范围里。")
    return found
