"""Sheets that staff take away: asked for with a purpose, let go by somebody else, downloaded with a password."""

import json
from http import HTTPStatus
from typing import Any

from flask import Response, request

from backend.errors import HouseError
from backend.exports import rules
from backend.exports.actions import Wish
from backend.exports.queries import ExportView
from backend.permissions import Action
from backend.places import queries as places
from backend.sheets.writing import Form
from backend.web import problems
from console import desk, downloads, events, forms
from console.desk import Desk
from models.exports import ExportKind, ExportState

LIST = "/console/exports"
_LIMIT = 50
_SHOWN = 10
_COLOURS = {
    ExportState.ASKED: "warn",
    ExportState.APPROVED: "info",
    ExportState.WRITING: "info",
    ExportState.READY: "good",
    ExportState.DECLINED: "bad",
    ExportState.FAILED: "bad",
}
_WORKING = frozenset({ExportState.APPROVED, ExportState.WRITING})
_FORMS = {Form.XLSX.value: "Excel（.xlsx）", Form.CSV.value: "CSV（.csv）"}
_WORDS: dict[str, Any] = {"shapes": rules.SHAPES, "states": rules.STATES, "colours": _COLOURS}


def listed(here: Desk) -> Response:
    found = here.runtime.exports.queries.listed(here.actor, forms.cursor(), _LIMIT + 1)
    cursor = str(found[_LIMIT - 1].id) if len(found) > _LIMIT else ""
    return here.page("exports/list.html", title="导出", found=found[:_LIMIT], cursor=cursor, **_WORDS)


def new(here: Desk) -> Response:
    if request.method == "GET":
        return _ask(here)
    try:
        number = here.runtime.exports.actions.ask(here.actor, _wish())
    except HouseError as error:
        return _ask(here, error)
    here.say("已经提交，等另一位有权限的同事复核。")
    return desk.go(f"{LIST}/{number}")


def one(here: Desk, number: int, password: str = "") -> Response:
    queries = here.runtime.exports.queries
    view = queries.one(here.actor, number)
    return here.page(
        "exports/one.html",
        title=f"导出第 {number} 号",
        view=view,
        password=password,
        working=view.state in _WORKING,
        reached=queries.progress(number),
        words=_reached(here, view),
        downloads=rules.DOWNLOADS,
        shape=rules.SHAPES[view.kind],
        form=_FORMS[view.form],
        **_WORDS,
    )


def state(here: Desk, number: int) -> Response:
    """How far it is, for a page that waits."""
    queries = here.runtime.exports.queries
    queries.one(here.actor, number)

    def look() -> str:
        view = queries.one(here.actor, number)
        reached, finished = queries.progress(number), view.state not in _WORKING
        told = {"done": reached.done, "total": reached.total, "words": _reached(here, view), "finished": finished}
        return json.dumps(told, ensure_ascii=False)

    return events.stream(here.runtime, look, events.Finished())


def approve(here: Desk, number: int) -> Response:
    here.runtime.exports.actions.approve(here.actor, number)
    here.say("已经同意，正在写文件。")
    return desk.go(LIST)


def decline(here: Desk, number: int) -> Response:
    here.runtime.exports.actions.decline(here.actor, number, forms.text("answer", rules.LONGEST))
    here.say("没有同意，申请的人会看到原因。")
    return desk.go(LIST)


def withdraw(here: Desk, number: int) -> Response:
    here.runtime.exports.actions.withdraw(here.actor, number)
    here.say("已经撤回。")
    return desk.go(LIST)


def password(here: Desk, number: int) -> Response:
    """In the answer itself: it is shown once."""
    return one(here, number, here.runtime.exports.actions.password(here.actor, number))


def download(here: Desk, number: int) -> Response:
    """A POST: it counts."""
    return downloads.send(*here.runtime.exports.actions.download(here.actor, number))


def _wish() -> Wish:
    """Raises InvalidInput."""
    kind = forms.choice("kind", {kind.value: kind for kind in ExportKind}, "请选要导出什么。")
    form = forms.choice("form", _FORMS, "请选文件的格式。")
    return Wish(ExportKind(kind), Form(form), forms.text("place", 32), forms.text("purpose", rules.LONGEST))


def _ask(here: Desk, error: HouseError | None = None) -> Response:
    actor = here.actor
    place, scope = _scope(here)
    known = [
        (kind.value, shape.title, f"{shape.hint}；最多 {shape.most:,} 行")
        for kind, shape in rules.SHAPES.items()
        if all(actor.may(action) for action in (Action.EXPORT, *shape.asks))
    ]
    return here.page(
        "exports/new.html",
        problems.status_of(error) if error else HTTPStatus.OK,
        title="申请导出",
        known=known,
        place=place,
        scope=scope,
        forms_of=list(_FORMS.items()),
        given=request.form,
        error=error.sentence if error else "",
        shortest=rules.SHORTEST,
        longest=rules.LONGEST,
    )


def _scope(here: Desk) -> tuple[str, str]:
    """What the field says at first, and what may be written there."""
    reach = here.actor.reach(Action.EXPORT)
    if reach.everywhere:
        return "", "空着是全部；只要一个街道、社区或网格，就写它的编码。"
    found = [place for code in sorted(reach.codes) if (place := places.by_code(code)) is not None]
    named = "、".join(f"{place.name}（{place.code}）" for place in found[:_SHOWN])
    return found[0].code if len(found) == 1 else "", f"您的范围：{named}；也可以写下面的一个社区或网格。"


def _reached(here: Desk, view: ExportView) -> str:
    if view.state is ExportState.APPROVED:
        return "排队等着写文件。"
    if view.state is not ExportState.WRITING:
        return "做完了。"
    reached = here.runtime.exports.queries.progress(view.id)
    return f"正在写文件，已到第 {reached.done:,} 行，共 {reached.total:,} 行。" if reached.total else "正在写文件。"
