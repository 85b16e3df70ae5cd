"""The first page: what waits for this person today, each with the click that deals with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import Response

from backend import clock
from backend.errors import NotFound
from backend.exports import rules as exports
from backend.exports.queries import ExportView
from backend.imports import rules as imports
from backend.permissions import Action
from backend.quality import weeks
from backend.staff import credentials, queries
from console.desk import Desk

SOON = timedelta(days=14)
_FEW_CODES = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the list. `urgent` ones stand first."""

    words: str
    path: str
    does: str
    urgent: bool = False


def show(here: Desk) -> Response:
    found = [each for look in SOURCES for each in look(here)]
    found.sort(key=lambda each: not each.urgent)
    return here.page("home/show.html", title="今天等我的", waiting=found)


def nowhere(_here: Desk, **_path: str) -> Response:
    raise NotFound("no_page", "没有这个页面，请从左边的菜单里找。")


def _own_account(here: Desk) -> Iterator[Waiting]:
    left = credentials.codes_left(here.actor.staff_id)
    if left < _FEW_CODES:
        yield Waiting(f"您的恢复码只剩 {left} 个", "/console/account", "换一批新的", urgent=not left)
    if not queries.is_bound(here.actor.staff_id):
        yield Waiting("您还没有绑定微信，绑定后扫一扫就能登录", "/console/account", "去绑定")


def _grants_that_end(here: Desk) -> Iterator[Waiting]:
    if here.actor.may(Action.MANAGE_STAFF):
        for each in queries.ending(here.actor, clock.now() + SOON):
            day = f"{clock.day_of(each.until):%m 月 %d 日}" if each.until else ""
            yield Waiting(f"{each.name} 的权限 {day}到期", f"/console/staff/{each.staff_id}", "看一看")


def _pairs_to_look_at(here: Desk) -> Iterator[Waiting]:
    if here.actor.may(Action.MEND_DATA):
        pairs = sum(each.now["doubles"] for each in weeks.standing(here.actor))
        if pairs:
            yield Waiting(f"有 {pairs} 对可能重复的登记", "/console/quality/pairs", "看一看")


def _imports(here: Desk) -> Iterator[Waiting]:
    if here.actor.may(Action.IMPORT):
        for each in here.runtime.imports.queries.waiting(here.actor):
            yield Waiting(
                f"导入的「{imports.KINDS[each.kind]}」检查好了，等您确认", f"/console/imports/{each.id}", "看结果"
            )


def _exports(here: Desk) -> Iterator[Waiting]:
    queries = here.runtime.exports.queries
    if here.actor.may(Action.APPROVE_EXPORTS):
        for each in queries.alerts(here.actor):
            yield Waiting(f"{_of(each)}，时间或次数不寻常", f"/console/exports/{each.id}", "看一看", urgent=True)
        for each in queries.waiting(here.actor):
            yield Waiting(f"{_of(each)}，等您复核", f"/console/exports/{each.id}", "复核")
    if here.actor.may(Action.EXPORT):
        for each in queries.ready(here.actor):
            yield Waiting(f"导出第 {each.id} 号可以下载了，只留一天", f"/console/exports/{each.id}", "下载")


def _of(export: ExportView) -> str:
    return f"{export.asker}申请导出「{exports.SHAPES[export.kind].title}」（{export.place_name or export.place_code}）"


SOURCES: tuple[Callable[[Desk], Iterator[Waiting]], ...] = (
    _own_account,
    _grants_that_end,
    _imports,
    _exports,
    _pairs_to_look_at,
)
