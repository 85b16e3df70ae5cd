"""Who of the staff may do what, and where: role × action on one page, and a grant for each place. Pure.

Every query and every action asks here, with the place it is about. What a door hides is only politeness.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.errors import Forbidden
from models.staff import Role

EVERYWHERE = ""
"""The place of a grant for the whole deployment, and of what belongs to no place: texts, accounts, staff."""

BEYOND = "~"
"""Codes are ASCII letters and digits: byte by byte, what starts with a code lies between it and it with this behind."""


class Action(StrEnum):
    """What can be done in the console. Each is asked for by itself."""

    SEE_MEMBERS = "see_members"
    SEE_CONTACTS = "see_contacts"
    CONFIRM_NUMBERS = "confirm_numbers"
    MERGE_MEMBERS = "merge_members"
    APPOINT_HEADS = "appoint_heads"
    SEE_PLACES = "see_places"
    EDIT_PLACES = "edit_places"
    IMPORT = "import"
    EXPORT = "export"
    APPROVE_EXPORTS = "approve_exports"
    SEND = "send"
    APPROVE_SENDING = "approve_sending"
    CLOSE_OVERDUE = "close_overdue"
    MANAGE_RULES = "manage_rules"
    EDIT_TEXTS = "edit_texts"
    EDIT_REPLIES = "edit_replies"
    PUBLISH_REPLIES = "publish_replies"
    MEND_DATA = "mend_data"
    SEE_HEALTH = "see_health"
    MANAGE_STAFF = "manage_staff"
    READ_AUDIT = "read_audit"


ADMINISTRATOR, LEADER, CLERK, HANDLER, LIAISON, EDITOR, AUDITOR = Role
_A = Action

TABLE: dict[Action, frozenset[Role]] = {
    # people
    _A.SEE_MEMBERS: frozenset({LEADER, CLERK, HANDLER, LIAISON}),
    _A.SEE_CONTACTS: frozenset({CLERK, HANDLER, LIAISON}),
    _A.CONFIRM_NUMBERS: frozenset({CLERK, LIAISON}),
    _A.MERGE_MEMBERS: frozenset({CLERK}),
    _A.APPOINT_HEADS: frozenset({LEADER, CLERK}),
    # places
    _A.SEE_PLACES: frozenset({ADMINISTRATOR, LEADER, CLERK, HANDLER, LIAISON, EDITOR}),
    _A.EDIT_PLACES: frozenset({ADMINISTRATOR, CLERK}),
    # many at once
    _A.IMPORT: frozenset({ADMINISTRATOR, CLERK}),
    _A.EXPORT: frozenset({LEADER, CLERK}),
    _A.APPROVE_EXPORTS: frozenset({LEADER}),
    _A.MEND_DATA: frozenset({LEADER, CLERK}),
    # what residents hear
    _A.SEND: frozenset({CLERK, EDITOR}),
    _A.APPROVE_SENDING: frozenset({LEADER}),
    _A.EDIT_REPLIES: frozenset({ADMINISTRATOR, EDITOR}),
    _A.PUBLISH_REPLIES: frozenset({ADMINISTRATOR, LEADER}),
    _A.EDIT_TEXTS: frozenset({ADMINISTRATOR}),
    # supervision
    _A.CLOSE_OVERDUE: frozenset({LEADER}),
    _A.MANAGE_RULES: frozenset({ADMINISTRATOR, LEADER}),
    # the house itself
    _A.SEE_HEALTH: frozenset({ADMINISTRATOR}),
    _A.MANAGE_STAFF: frozenset({ADMINISTRATOR}),
    _A.READ_AUDIT: frozenset({AUDITOR}),
}
"""Who manages the staff sees no contacts, and who sees contacts reads no audit: nobody covers her own tracks."""


ROLES = {
    ADMINISTRATOR: "管理员",
    LEADER: "领导",
    CLERK: "经办",
    HANDLER: "办理员",
    LIAISON: "联络员",
    EDITOR: "编辑",
    AUDITOR: "审计",
}

ACTIONS = {
    _A.SEE_MEMBERS: "查成员",
    _A.SEE_CONTACTS: "看联系方式",
    _A.CONFIRM_NUMBERS: "当面确认手机号",
    _A.MERGE_MEMBERS: "合并重复登记",
    _A.APPOINT_HEADS: "任免楼栋长、巷长",
    _A.SEE_PLACES: "看区划",
    _A.EDIT_PLACES: "改区划",
    _A.IMPORT: "导入",
    _A.EXPORT: "导出",
    _A.APPROVE_EXPORTS: "复核导出",
    _A.SEND: "发通知",
    _A.APPROVE_SENDING: "审批通知",
    _A.CLOSE_OVERDUE: "了结超期问题",
    _A.MANAGE_RULES: "管理规则",
    _A.EDIT_TEXTS: "发布同意书",
    _A.EDIT_REPLIES: "编辑自动回复和菜单",
    _A.PUBLISH_REPLIES: "发布自动回复和菜单",
    _A.MEND_DATA: "修数据",
    _A.SEE_HEALTH: "看系统状况",
    _A.MANAGE_STAFF: "管理工作人员",
    _A.READ_AUDIT: "查审计",
}
"""As staff read it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at a place and all places below it; `place` is a code, or EVERYWHERE."""

    role: Role
    place: str
    since: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Scope:
    """The places below any of these codes. A code starts with the codes of all places above it, and with no other
    place's. What has no place is inside only where the scope is everywhere."""

    codes: frozenset[str]

    def __contains__(self, code: str) -> bool:
        return any(code.startswith(each) for each in self.codes)

    @property
    def everywhere(self) -> bool:
        return EVERYWHERE in self.codes

    def within(self, other: "Scope") -> bool:
        """Whether all of this lies inside the other."""
        return all(code in other for code in self.codes)


NOWHERE = Scope(frozenset())
ALL = Scope(frozenset({EVERYWHERE}))


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of the staff at work. `grants` are those in force now; `address` is where the request came from."""

    staff_id: int
    login: str
    name: str
    unit: str
    grants: tuple[Grant, ...]
    address: str = ""

    def roles_for(self, action: Action) -> list[Role]:
        return sorted({grant.role for grant in self.grants if grant.role in TABLE[action]}, key=list(Role).index)

    def reach(self, action: Action) -> Scope:
        """Where she may do it; nowhere is an answer too."""
        return _smallest(grant.place for grant in self.grants if grant.role in TABLE[action])

    def scope(self, action: Action) -> Scope:
        """Where she may do it. Raises Forbidden when that is nowhere."""
        found = self.reach(action)
        if not found.codes:
            raise refused(action)
        return found

    def may(self, action: Action, place: str | None = None) -> bool:
        """At this place; without one: anywhere at all."""
        found = self.reach(action)
        return bool(found.codes) if place is None else place in found

    def require(self, action: Action, place: str) -> None:
        """Raises Forbidden."""
        if place not in self.scope(action):
            raise refused(action)


def refused(action: Action) -> Forbidden:
    return Forbidden("not_permitted", f"您没有「{ACTIONS[action]}」的权限，需要的话请找管理员。")


def _smallest(codes: Iterable[str]) -> Scope:
    """Without codes that lie below another of them."""
    given = sorted(set(codes), key=len)
    kept: list[str] = []
    for code in given:
        if not any(code.startswith(each) for each in kept):
            kept.append(code)
    return Scope(frozenset(kept))
