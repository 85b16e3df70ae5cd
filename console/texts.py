"""The texts people agree to: what stands today, every version there was, and a new one."""

from flask import Response, request

from backend.consents import actions, queries
from backend.errors import InvalidInput
from backend.permissions import EVERYWHERE, Action
from console import desk, forms
from console.desk import Desk
from models.consents import Purpose

LIST = "/console/texts"


def listed(here: Desk) -> Response:
    here.actor.require(Action.EDIT_TEXTS, EVERYWHERE)
    return here.page("texts/list.html", title="同意书", texts=queries.texts(), agreeing=queries.counted())


def one(here: Desk, purpose: str) -> Response:
    chosen = _purpose(purpose)
    here.actor.require(Action.EDIT_TEXTS, EVERYWHERE)
    return here.page(
        "texts/one.html",
        title=queries.newest(chosen).title,
        purpose=chosen,
        versions=queries.versions(chosen),
        agreeing=queries.counted().get(chosen, 0),
    )


def new(here: Desk, purpose: str) -> Response:
    chosen = _purpose(purpose)
    here.actor.require(Action.EDIT_TEXTS, EVERYWHERE)
    if request.method == "GET":
        return _ask(here, chosen)
    try:
        title, body = forms.text("title", 64), forms.text("body", 2000)
        version = actions.publish_as(here.runtime.audit, here.actor, chosen, title, body, forms.ticked("asks_again"))
    except InvalidInput as error:
        return _ask(here, chosen, error.sentence)
    here.say(f"第 {version} 版已经发布，从现在起生效。")
    return desk.go(f"{LIST}/{chosen.value}")


def _ask(here: Desk, purpose: Purpose, error: str = "") -> Response:
    newest = queries.newest(purpose)
    given = request.form if error else {"title": newest.title, "body": newest.body, "asks_again": "yes"}
    status = 422 if error else 200
    told = {"newest": newest, "given": given, "error": error, "agreeing": queries.counted().get(purpose, 0)}
    return here.page("texts/new.html", status, title=f"新的一版：{newest.title}", purpose=purpose, **told)


def _purpose(given: str) -> Purpose:
    if given not in {each.value for each in Purpose}:
        raise InvalidInput("purpose_unknown", "没有这一项同意书。")
    return Purpose(given)
