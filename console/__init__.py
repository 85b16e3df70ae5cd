"""The door of the staff: every page with its path and the permission it asks for, in one table."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.exceptions import HTTPException

from backend.errors import HouseError, SignInNeeded
from backend.permissions import Action
from backend.runtime import Runtime
from backend.web import limits, problems
from console import access, audit, desk, errors, health, home, manners, sign_in, staff
from console import account as own


class Permission(StrEnum):
    """Who may see a page that is not for those with a certain permission."""

    ANYONE = "anyone"  # says nothing about people or the inside
    OPERATOR = "operator"  # this machine, or whoever holds TONGXIN_METRICS_TOKEN
    VISITOR = "visitor"  # on the way to sign in: its forms come from our own pages
    STAFF = "staff"  # whoever is signed in; what she is shown is hers, or in her scope


@dataclass(frozen=True)
class Page:
    """`show` takes the runtime; for staff the desk, and what the path holds."""

    path: str
    name: str
    show: Callable[..., ResponseReturnValue]
    asks: Permission | Action
    methods: tuple[str, ...] = ("GET",)


GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")

PAGES: tuple[Page, ...] = (
    # for machines
    Page("/healthz", "alive", health.alive, Permission.ANYONE),
    Page("/readyz", "ready", health.ready, Permission.ANYONE),
    Page("/metrics", "metrics", health.metrics, Permission.OPERATOR),
    # signing in
    Page("/console/sign-in", "sign_in", sign_in.password, Permission.VISITOR, BOTH),
    Page("/console/sign-in/code", "sign_in_code", sign_in.code, Permission.VISITOR, BOTH),
    Page("/console/sign-in/scan", "sign_in_scan", sign_in.scan, Permission.VISITOR, BOTH),
    Page("/console/sign-in/scan/state", "sign_in_state", sign_in.state, Permission.VISITOR),
    Page("/console/setup/<token>", "setup", sign_in.setup, Permission.VISITOR, BOTH),
    # everybody's own
    Page("/console/", "home", home.show, Permission.STAFF),
    Page("/console/sign-out", "sign_out", own.sign_out, Permission.STAFF, POST),
    Page("/console/account", "account", own.show, Permission.STAFF),
    Page("/console/account/password", "account_password", own.password, Permission.STAFF, BOTH),
    Page("/console/account/codes", "account_codes", own.codes, Permission.STAFF, POST),
    Page("/console/account/devices/<int:number>/end", "device_end", own.end_device, Permission.STAFF, POST),
    Page("/console/account/devices/end", "devices_end", own.end_devices, Permission.STAFF, POST),
    Page("/console/account/wechat", "account_wechat", own.wechat, Permission.STAFF),
    Page("/console/account/wechat/state", "wechat_state", own.state, Permission.STAFF),
    Page("/console/account/wechat/end", "wechat_end", own.unbind, Permission.STAFF, POST),
    # the staff
    Page("/console/staff", "staff", staff.listed, Action.MANAGE_STAFF),
    Page("/console/staff/new", "staff_new", staff.new, Action.MANAGE_STAFF, BOTH),
    Page("/console/staff/<int:number>", "staff_one", staff.one, Action.MANAGE_STAFF),
    Page("/console/staff/<int:number>/link", "staff_link", staff.link, Action.MANAGE_STAFF, POST),
    Page("/console/staff/<int:number>/suspend", "staff_suspend", staff.suspend, Action.MANAGE_STAFF, POST),
    Page("/console/staff/<int:number>/resume", "staff_resume", staff.resume, Action.MANAGE_STAFF, POST),
    Page("/console/staff/<int:number>/leave", "staff_leave", staff.leave, Action.MANAGE_STAFF, POST),
    Page("/console/staff/<int:number>/grants", "staff_grant", staff.grant, Action.MANAGE_STAFF, POST),
    Page("/console/staff/grants/<int:number>/end", "staff_grant_end", staff.end_grant, Action.MANAGE_STAFF, POST),
    Page("/console/staff/roles", "staff_roles", staff.roles, Permission.STAFF),
    # what the staff did
    Page("/console/audit", "audit", audit.listed, Action.READ_AUDIT),
    Page("/console/audit/verify", "audit_verify", audit.verify, Action.READ_AUDIT, POST),
    # whatever else somebody types
    Page("/console/<path:rest>", "nowhere", home.nowhere, Permission.STAFF),
)


def blueprint(runtime: Runtime) -> Blueprint:
    door = Blueprint("console", __name__, static_folder="static", static_url_path="/console/static")
    for page in PAGES:
        door.add_url_rule(page.path, page.name, _guarded(page, runtime), methods=list(page.methods))
    door.after_request(manners.finish)
    door.register_error_handler(HouseError, _for_people(errors.answer, problems.house_error))
    door.register_error_handler(HTTPException, _for_people(errors.http, problems.http_error))
    for lost in (OperationalError, InterfaceError, MaxConnectionsExceeded):
        door.register_error_handler(lost, _for_people(lambda _: errors.lost(503), problems.database_lost))
    door.register_error_handler(Exception, _for_people(lambda _: errors.lost(500), problems.unexpected))
    return door


def _guarded(page: Page, runtime: Runtime) -> Callable[..., ResponseReturnValue]:
    """The one place where a page is opened."""

    def view(**path: Any) -> ResponseReturnValue:
        if page.asks is Permission.ANYONE:
            return page.show(runtime)
        if page.asks is Permission.OPERATOR:
            access.require_operator(runtime.settings)
            return page.show(runtime)
        if page.asks is Permission.VISITOR:
            limits.spend("console_visit")
            _require_own_form(desk.csrf_of_browser())
            return page.show(runtime, **path)
        here = _desk(runtime)
        if isinstance(page.asks, Action):
            here.actor.scope(page.asks)
        return page.show(here, **path)

    return view


def _desk(runtime: Runtime) -> desk.Desk:
    found = desk.find(runtime)
    if found is None:
        raise SignInNeeded("sign_in_needed", "请先登录。")
    limits.spend("console", f"staff {found.actor.staff_id}")
    _require_own_form(found.csrf)
    return found


def _require_own_form(expected: str) -> None:
    if request.method != "GET":
        desk.require_own_form(expected)


def _for_people(page: Callable[[Any], Response], problem: Callable[[Any], Response]) -> Callable[[Any], Response]:
    """A page under /console, problem+json for machines. What is logged is logged either way."""

    def handle(error: Any) -> Response:
        told = problem(error)
        return page(error) if request.path.startswith("/console") else told

    return handle
