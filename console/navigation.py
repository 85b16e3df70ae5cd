"""The menu at the side: what this person can do anything with, in groups."""

from dataclasses import dataclass, replace

from backend.permissions import EVERYWHERE, Action, Actor


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    path: str
    icon: str
    key: str
    asks: Action | None = None
    where: str | None = None  # it is about this place, or with None about any
    here: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    entries: tuple[Entry, ...]


MENU: tuple[Group, ...] = (
    Group("", (Entry("今天等我的", "/console/", "home", "h"),)),
    Group(
        "居民",
        (
            Entry("成员", "/console/members", "users", "m", Action.SEE_MEMBERS),
            Entry("区划", "/console/places", "map", "p", Action.SEE_PLACES),
            Entry("数据质量", "/console/quality", "stethoscope", "q", Action.MEND_DATA),
        ),
    ),
    Group(
        "表格",
        (
            Entry("导入", "/console/imports", "file-import", "i", Action.IMPORT),
            Entry("导出", "/console/exports", "file-export", "e", Action.EXPORT),
        ),
    ),
    Group(
        "公众号",
        (
            Entry("自动回复", "/console/replies", "message", "r", Action.EDIT_REPLIES),
            Entry("菜单", "/console/menus", "list", "n", Action.EDIT_REPLIES),
            Entry("同意书", "/console/texts", "file-text", "t", Action.EDIT_TEXTS, EVERYWHERE),
        ),
    ),
    Group(
        "管理",
        (
            Entry("工作人员", "/console/staff", "id-badge", "s", Action.MANAGE_STAFF),
            Entry("审计", "/console/audit", "shield-check", "a", Action.READ_AUDIT),
            Entry("系统状况", "/console/system", "activity", "y", Action.SEE_HEALTH, EVERYWHERE),
        ),
    ),
)
"""`key`: g and then this letter goes there."""


def groups(actor: Actor, path: str) -> list[Group]:
    shown = (Group(group.title, tuple(_entries(group, actor, path))) for group in MENU)
    return [group for group in shown if group.entries]


def _entries(group: Group, actor: Actor, path: str) -> list[Entry]:
    allowed = (entry for entry in group.entries if entry.asks is None or actor.may(entry.asks, entry.where))
    return [_at(entry, path) for entry in allowed]


def _at(entry: Entry, path: str) -> Entry:
    here = path == entry.path or (entry.path != "/console/" and path.startswith(f"{entry.path}/"))
    return replace(entry, here=here)
