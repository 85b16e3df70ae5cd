"""Sheets that staff bring: uploaded, looked through line by line, confirmed, and taken home with what became of it."""

import io
import json
from http import HTTPStatus
from typing import Any

from flask import Response, request

from backend.errors import HouseError, InvalidInput, NotFound
from backend.imports import rules
from backend.imports.kinds import Kind
from backend.imports.queries import ImportView
from backend.permissions import Action, Actor
from backend.sheets.columns import Column
from backend.sheets.limits import MAX_BYTES, MEGABYTE
from backend.sheets.lines import Outcome
from backend.sheets.reading import size_allowed
from backend.sheets.writing import Form, written
from backend.web import problems
from console import desk, downloads, events, forms
from console.desk import Desk
from models.imports import ImportKind, ImportState

LIST = "/console/imports"
LARGEST = MAX_BYTES + MEGABYTE
"""Of a body: a file that is a little too large is told so in a sentence of its own."""

_LIMIT = 50
_LOOKS = {
    Outcome.REFUSED: "bad",
    Outcome.REMOVED: "warn",
    Outcome.CHANGED: "info",
    Outcome.ADDED: "good",
    Outcome.SAME: "quiet",
}
_STATES = {
    ImportState.UPLOADED: "info",
    ImportState.CHECKED: "warn",
    ImportState.CONFIRMED: "info",
    ImportState.DONE: "good",
    ImportState.REFUSED: "bad",
    ImportState.FAILED: "bad",
}
_WORDS: dict[str, Any] = {
    "kinds": rules.KINDS,
    "states": rules.STATES,
    "outcomes": rules.OUTCOMES,
    "looks": _LOOKS,
    "colours": _STATES,
}


def listed(here: Desk) -> Response:
    found = here.runtime.imports.queries.listed(here.actor, forms.cursor(), _LIMIT + 1)
    cursor = str(found[_LIMIT - 1].id) if len(found) > _LIMIT else ""
    return here.page("imports/list.html", title="导入", found=found[:_LIMIT], cursor=cursor, **_WORDS)


def new(here: Desk) -> Response:
    if request.method == "GET":
        return _ask(here)
    try:
        kind = ImportKind(forms.choice("kind", {kind.value: kind for kind in ImportKind}, "请选要导入什么。"))
        name, data = _uploaded()
        number = here.runtime.imports.actions.upload(here.actor, kind, name, data)
    except HouseError as error:
        return _ask(here, error)
    return desk.go(f"{LIST}/{number}")


def template(here: Desk, kind: str) -> Response:
    """An empty sheet with the right header."""
    chosen = {each.value: here.runtime.imports.kinds[each] for each in _allowed(here)}.get(kind)
    if chosen is None:
        raise NotFound("no_template", "没有这种表。")
    target = io.BytesIO()
    with written(Form.XLSX, target, [column.title for column in chosen.columns.all]):
        pass  # the header is all there is
    return downloads.send(f"{rules.KINDS[ImportKind(kind)]}模板.xlsx", [target.getvalue()])


def one(here: Desk, number: int) -> Response:
    queries = here.runtime.imports.queries
    view = queries.one(here.actor, number)
    kind = here.runtime.imports.kinds[view.kind]
    outcome = _outcome()
    page = queries.lines(here.actor, number, outcome, forms.cursor()) if view.has_report else None
    return here.page(
        "imports/one.html",
        title=rules.KINDS[view.kind],
        view=view,
        page=page,
        outcome=outcome,
        tabs=_tabs(view),
        cursor=forms.cursor() or "",
        reached=queries.progress(number),
        words=_reached(here, view),
        waiting=view.state in rules.WAITING,
        whole=kind.whole,
        left_out=[column.title for column in kind.columns.all if not column.kept],
        **_WORDS,
    )


def state(here: Desk, number: int) -> Response:
    """How far it is, for a page that waits."""
    queries = here.runtime.imports.queries
    queries.one(here.actor, number)

    def look() -> str:
        view = queries.one(here.actor, number)
        reached = queries.progress(number)
        finished = view.state not in rules.WAITING
        told = {"done": reached.done, "total": reached.total, "words": _reached(here, view), "finished": finished}
        return json.dumps(told, ensure_ascii=False)

    return events.stream(here.runtime, look, events.Finished())


def confirm(here: Desk, number: int) -> Response:
    here.runtime.imports.actions.confirm(here.actor, number, forms.text("fingerprint", 64))
    return desk.go(f"{LIST}/{number}")


def withdraw(here: Desk, number: int) -> Response:
    here.runtime.imports.actions.withdraw(here.actor, number)
    here.say("已经撤回，上传的表也删掉了。")
    return desk.go(LIST)


def undo(here: Desk, number: int) -> Response:
    here.runtime.imports.actions.undo(here.actor, number)
    here.say("已经撤销，和没有导入过一样。")
    return desk.go(f"{LIST}/{number}")


def result(here: Desk, number: int) -> Response:
    return downloads.send(*here.runtime.imports.queries.result(here.actor, number))


def _uploaded() -> tuple[str, bytes]:
    """Raises InvalidInput."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput("file_missing", "请选一个文件。")
    file.stream.seek(0, io.SEEK_END)
    size_allowed(file.stream.tell())
    file.stream.seek(0)
    return file.filename, file.stream.read()


def _ask(here: Desk, error: HouseError | None = None) -> Response:
    status = problems.status_of(error) if error else HTTPStatus.OK
    known = {kind: _columns(here.runtime.imports.kinds[kind]) for kind in _allowed(here)}
    chosen = request.form.get("kind", "")
    return here.page("imports/new.html", status, title="导入一张表", known=known, chosen=chosen, error=error, **_WORDS)


def _allowed(here: Desk) -> list[ImportKind]:
    kinds = here.runtime.imports.kinds
    return [kind for kind in ImportKind if _may(here.actor, kinds[kind].asks)]


def _may(actor: Actor, asks: tuple[Action, ...]) -> bool:
    return all(actor.may(action) for action in (Action.IMPORT, *asks))


def _columns(kind: Kind[Any]) -> list[tuple[str, str, str]]:
    """Title of each column, its other names, and a remark."""
    return [(column.title, "、".join((*column.aliases, column.name)), _remark(column)) for column in kind.columns.all]


def _remark(column: Column) -> str:
    if not column.kept:
        return "可以有，不保存"
    return "要有" if column.needed else "可以没有"


def _outcome() -> Outcome | None:
    given = forms.asked("outcome", 16)
    if given in {each.value for each in Outcome}:
        return Outcome(given)
    return None


def _tabs(view: ImportView) -> list[tuple[str, str, int]]:
    path = f"{LIST}/{view.id}"
    every = [(path, "全部", sum(view.counts.values()))]
    return every + [(f"{path}?outcome={each}", rules.OUTCOMES[each], n) for each, n in view.counts.items() if n]


def _reached(here: Desk, view: ImportView) -> str:
    reached = here.runtime.imports.queries.progress(view.id)
    what = "检查" if view.state is ImportState.UPLOADED else "写入"
    if view.state not in rules.WAITING:
        return "做完了。"
    return f"正在{what}，已到第 {reached.done} 行，共 {reached.total} 行。" if reached.total else f"排队等着{what}。"
