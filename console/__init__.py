"""The door of the staff: every page with its path and the permission it asks for, in one table."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.exceptions import HTTPException

from backend.errors import HouseError, NotFound, SignInNeeded
from backend.permissions import Action
from backend.runtime import Runtime
from backend.web import limits, problems
from console import (
    access,
    assets,
    audit,
    desk,
    errors,
    exports,
    health,
    home,
    imports,
    invitations,
    manners,
    members,
    menus,
    merges,
    places,
    quality,
    replies,
    search,
    sign_in,
    staff,
    system,
    texts,
)
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
    largest: int = 0
    """Bytes of a body, where it may be larger than elsewhere."""


GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")

PAGES: tuple[Page, ...] = (
    # for machines
    Page("/healthz", "alive", health.alive, Permission.ANYONE),
    Page("/readyz", "ready", health.ready, Permission.ANYONE),
    Page("/metrics", "metrics", health.metrics, Permission.OPERATOR),
    # what every page is drawn with
    Page("/console/static/<path:name>", "static", assets.send, Permission.ANYONE),
    # signing in
    Page("/console/sign-in", "sign_in", sign_in.password, Permission.VISITOR, BOTH),
    Page("/console/sign-in/code", "sign_in_code", sign_in.code, Permission.VISITOR, BOTH),
    Page("/console/sign-in/scan", "sign_in_scan", sign_in.scan, Permission.VISITOR, BOTH),
    Page("/console/sign-in/scan/state", "sign_in_state", sign_in.state, Permission.VISITOR),
    Page("/console/setup/<token>", "setup", sign_in.setup, Permission.VISITOR, BOTH),
    # everybody's own
    Page("/console/", "home", home.show, Permission.STAFF),
    Page("/console/search", "search", search.show, Permission.STAFF),
    Page("/console/sign-out", "sign_out", own.sign_out, Permission.STAFF, POST),
    Page("/console/account", "account", own.show, Permission.STAFF),
    Page("/console/account/password", "account_password", own.password, Permission.STAFF, BOTH),
    Page("/console/account/codes", "account_codes", own.codes, Permission.STAFF, BOTH),
    Page("/console/account/devices/<int:number>/end", "device_end", own.end_device, Permission.STAFF, POST),
    Page("/console/account/devices/end", "devices_end", own.end_devices, Permission.STAFF, POST),
    Page("/console/account/wechat", "account_wechat", own.wechat, Permission.STAFF, BOTH),
    Page("/console/account/wechat/state", "wechat_state", own.state, Permission.STAFF),
    Page("/console/account/wechat/end", "wechat_end", own.unbind, Permission.STAFF, POST),
    # members
    Page("/console/members", "members", members.listed, Action.SEE_MEMBERS),
    Page("/console/members/counts", "member_counts", members.counted, Action.SEE_MEMBERS),
    Page("/console/members/code", "member_code", members.code, Action.CONFIRM_NUMBERS, BOTH),
    Page("/console/members/<int:number>", "member", members.one, Action.SEE_MEMBERS),
    Page("/console/members/<int:number>/contact", "member_contact", members.contact, Action.SEE_CONTACTS, POST),
    Page("/console/members/<int:number>/heads", "head_appoint", members.appoint, Action.APPOINT_HEADS, POST),
    Page("/console/members/<int:number>/heads/<code>", "head_again", members.appoint, Action.APPOINT_HEADS, POST),
    Page("/console/members/<int:number>/heads/<code>/end", "head_end", members.dismiss, Action.APPOINT_HEADS, POST),
    Page("/console/members/<int:number>/merge", "member_merge", merges.show, Action.MERGE_MEMBERS, BOTH),
    Page("/console/members/<int:number>/merge/<int:other>/undo", "merge_undo", merges.undo, Action.MERGE_MEMBERS, POST),
    # the data
    Page("/console/quality", "quality", quality.show, Action.MEND_DATA),
    Page("/console/quality/pairs", "quality_pairs", quality.pairs, Action.MEND_DATA),
    Page("/console/quality/pairs/<int:number>/<int:other>/clear", "pair_clear", quality.clear, Action.MEND_DATA, POST),
    Page("/console/quality/pairs/<int:number>/<int:other>/back", "pair_back", quality.put_back, Action.MEND_DATA, POST),
    Page("/console/quality/members/<missing>", "quality_members", quality.without, Action.MEND_DATA),
    Page("/console/quality/members/<missing>/ask", "quality_ask", quality.ask, Action.MEND_DATA, POST),
    Page("/console/quality/wechats", "quality_wechats", quality.wechats, Action.MEND_DATA),
    Page("/console/quality/wechats/<int:number>/let-go", "wechat_let_go", quality.let_go, Action.MEND_DATA, POST),
    Page("/console/quality/lanes", "quality_lanes", quality.lanes, Action.MEND_DATA),
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
    # places
    Page("/console/places", "places", places.roots, Action.SEE_PLACES),
    Page("/console/places/new", "place_new", places.new, Action.EDIT_PLACES, BOTH),
    Page("/console/places/<code>", "place", places.one, Action.SEE_PLACES),
    Page("/console/places/<code>/edit", "place_edit", places.edit, Action.EDIT_PLACES, BOTH),
    Page("/console/places/<code>/edit/undo", "place_undo", places.undo, Action.EDIT_PLACES, POST),
    Page("/console/places/<code>/remove", "place_remove", places.remove, Action.EDIT_PLACES, POST),
    Page("/console/places/<code>/signs", "place_signs", places.signs, Action.SEE_PLACES, POST),
    # sheets that are brought
    Page("/console/imports", "imports", imports.listed, Action.IMPORT),
    Page("/console/imports/new", "import_new", imports.new, Action.IMPORT, BOTH, imports.LARGEST),
    Page("/console/imports/templates/<kind>", "import_template", imports.template, Action.IMPORT),
    Page("/console/imports/<int:number>", "import", imports.one, Action.IMPORT),
    Page("/console/imports/<int:number>/state", "import_state", imports.state, Action.IMPORT),
    Page("/console/imports/<int:number>/confirm", "import_confirm", imports.confirm, Action.IMPORT, POST),
    Page("/console/imports/<int:number>/withdraw", "import_withdraw", imports.withdraw, Action.IMPORT, POST),
    Page("/console/imports/<int:number>/undo", "import_undo", imports.undo, Action.IMPORT, POST),
    Page("/console/imports/<int:number>/result", "import_result", imports.result, Action.IMPORT),
    Page("/console/invitations", "invitations", invitations.listed, Action.IMPORT),
    Page(
        "/console/invitations/<int:number>/withdraw", "invitation_withdraw", invitations.withdraw, Action.IMPORT, POST
    ),
    # sheets that are taken away
    Page("/console/exports", "exports", exports.listed, Action.EXPORT),
    Page("/console/exports/new", "export_new", exports.new, Action.EXPORT, BOTH),
    Page("/console/exports/<int:number>", "export", exports.one, Action.EXPORT),
    Page("/console/exports/<int:number>/state", "export_state", exports.state, Action.EXPORT),
    Page("/console/exports/<int:number>/approve", "export_approve", exports.approve, Action.APPROVE_EXPORTS, POST),
    Page("/console/exports/<int:number>/decline", "export_decline", exports.decline, Action.APPROVE_EXPORTS, POST),
    Page("/console/exports/<int:number>/withdraw", "export_withdraw", exports.withdraw, Action.EXPORT, POST),
    Page("/console/exports/<int:number>/password", "export_password", exports.password, Action.EXPORT, POST),
    Page("/console/exports/<int:number>/download", "export_download", exports.download, Action.EXPORT, POST),
    # what the accounts say
    Page("/console/replies", "replies", replies.show, Action.EDIT_REPLIES),
    Page("/console/replies/<app_id>/texts/<key>", "reply_text", replies.text, Action.EDIT_REPLIES, BOTH),
    Page("/console/replies/<app_id>/answers/<int:number>", "reply_answer", replies.answer, Action.EDIT_REPLIES, BOTH),
    Page(
        "/console/replies/<app_id>/answers/<int:number>/remove",
        "reply_remove",
        replies.remove,
        Action.EDIT_REPLIES,
        POST,
    ),
    Page("/console/replies/<app_id>/publish", "replies_publish", replies.publish, Action.PUBLISH_REPLIES, POST),
    Page("/console/replies/<app_id>/throw-away", "replies_throw", replies.throw_away, Action.EDIT_REPLIES, POST),
    Page(
        "/console/replies/<app_id>/versions/<int:number>",
        "replies_back",
        replies.bring_back,
        Action.PUBLISH_REPLIES,
        POST,
    ),
    Page("/console/menus", "menus", menus.show, Action.EDIT_REPLIES),
    Page("/console/menus/<app_id>/edit", "menu_edit", menus.edit, Action.EDIT_REPLIES, BOTH),
    Page("/console/menus/<app_id>/publish", "menu_publish", menus.publish, Action.PUBLISH_REPLIES, POST),
    Page("/console/menus/<app_id>/push", "menu_push", menus.push, Action.PUBLISH_REPLIES, POST),
    Page("/console/menus/<app_id>/throw-away", "menu_throw", menus.throw_away, Action.EDIT_REPLIES, POST),
    Page("/console/menus/<app_id>/versions/<int:number>", "menu_back", menus.bring_back, Action.PUBLISH_REPLIES, POST),
    # what people agree to
    Page("/console/texts", "texts", texts.listed, Action.EDIT_TEXTS),
    Page("/console/texts/<purpose>", "text", texts.one, Action.EDIT_TEXTS),
    Page("/console/texts/<purpose>/new", "text_new", texts.new, Action.EDIT_TEXTS, BOTH),
    # the house itself
    Page("/console/system", "system", system.show, Action.SEE_HEALTH),
    Page("/console/system/findings", "system_findings", system.findings, Action.SEE_HEALTH),
    Page("/console/system/quotas/<app_id>", "system_quotas", system.quotas, Action.SEE_HEALTH),
    # what the staff did
    Page("/console/audit", "audit", audit.listed, Action.READ_AUDIT),
    Page("/console/audit/export", "audit_export", audit.export, Action.READ_AUDIT, POST),
    Page("/console/audit/verify", "audit_verify", audit.verify, Action.READ_AUDIT, POST),
    # whatever else somebody types
    Page("/console/<path:rest>", "nowhere", home.nowhere, Permission.STAFF),
)


_LARGEST = 2**31 - 1
"""The number of a row is never larger: a larger one is nobody's, and no database would take it."""


def blueprint(runtime: Runtime) -> Blueprint:
    door = Blueprint("console", __name__)
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
        if any(isinstance(value, int) and value > _LARGEST for value in path.values()):
            raise NotFound("no_page", "没有这个页面，请从左边的菜单里找。")
        if page.asks is Permission.ANYONE:
            return page.show(runtime, **path)
        if page.asks is Permission.OPERATOR:
            access.require_operator(runtime.settings)
            return page.show(runtime)
        if page.asks is Permission.VISITOR:
            limits.spend("console_visit")
            _require_own_form(desk.csrf_of_browser())
            return page.show(runtime, **path)
        if page.largest:
            request.max_content_length = page.largest
        here = _desk(runtime)
        if isinstance(page.asks, Action):
            here.actor.scope(page.asks)
        return page.show(here, **path)

    return view


def _desk(runtime: Runtime) -> desk.Desk:
    found = g.desk = desk.find(runtime)
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
