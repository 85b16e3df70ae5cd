"""The tree of places: looked through, mended place by place, and printed as signs. Whole sheets are imported."""

from dataclasses import astuple

from flask import Response, request, session

from backend.errors import Conflict, HouseError, Unavailable
from backend.permissions import Action
from backend.places import edits, pages, trees
from backend.places.edits import Told
from backend.signs import actions as signs_of
from backend.web import problems
from backend.wechat.failures import GatewayError
from console import desk, forms
from console.desk import Desk
from models.accounts import AccountKind
from models.places import PlaceLevel

LIST = "/console/places"
LEVELS = {
    PlaceLevel.DISTRICT: "区县",
    PlaceLevel.STREET: "街道",
    PlaceLevel.COMMUNITY: "社区",
    PlaceLevel.GRID: "网格",
    PlaceLevel.LANE: "楼栋、巷",
}
_LIMIT = 100
_LAST = "place_changed"
"""In the browser: what it changed last, and how that was before."""


def roots(here: Desk) -> Response:
    """Where her scope begins."""
    found = trees.roots(here.actor)
    may_add = here.actor.may(Action.EDIT_PLACES)
    return here.page("places/roots.html", title="区划", found=found, levels=LEVELS, may_add=may_add)


def one(here: Desk, code: str) -> Response:
    branch, after = trees.one(here.actor, code), forms.asked("cursor", 32)
    below = trees.children(here.actor, code, after, _LIMIT + 1)
    page = pages.page(code)
    return here.page(
        "places/one.html",
        title=branch.place.name,
        branch=branch,
        below=below[:_LIMIT],
        cursor=below[_LIMIT - 1].code if len(below) > _LIMIT else "",
        contacts=page.contacts if page else (),
        levels=LEVELS,
        may_edit=here.actor.may(Action.EDIT_PLACES, code),
        accounts=list(here.runtime.accounts.all().values()),
        kinds={AccountKind.OFFICIAL: "公众号二维码", AccountKind.MINIPROGRAM: "小程序码"},
    )


def edit(here: Desk, code: str) -> Response:
    branch = trees.one(here.actor, code)
    here.actor.require(Action.EDIT_PLACES, code)
    place = branch.place
    if request.method == "GET":
        point = ["" if each is None else f"{each:.6f}" for each in (place.latitude, place.longitude)]
        return _ask(here, code, place.name, Told(place.name, *point))
    told = _told()
    try:
        before = edits.change(here.runtime.audit, here.actor, code, told)
    except HouseError as error:
        return _ask(here, code, place.name, told, error)
    session[_LAST] = {"code": code, "told": astuple(told), "before": astuple(before)}
    here.say("改好了。", undo=f"{LIST}/{code}/edit/undo")
    return desk.go(f"{LIST}/{code}")


def undo(here: Desk, code: str) -> Response:
    """What this browser changed last."""
    last = session.pop(_LAST, {})
    if last.get("code") != code:
        raise Conflict("nothing_to_undo", "没有可以撤销的改动，请直接改。")
    edits.take_back(here.runtime.audit, here.actor, code, Told(*last["told"]), Told(*last["before"]))
    here.say("已经改回原来的样子。")
    return desk.go(f"{LIST}/{code}")


def _ask(here: Desk, code: str, name: str, told: Told, error: HouseError | None = None) -> Response:
    status = problems.status_of(error) if error else 200
    words = error.sentence if error else ""
    return here.page("places/edit.html", status, title=f"改：{name}", code=code, name=name, told=told, error=words)


def new(here: Desk) -> Response:
    """Below the place that the address names, or the form."""
    parent = forms.asked("parent", 32) if request.method == "GET" else forms.text("parent", 32)
    here.actor.require(Action.EDIT_PLACES, parent)
    if request.method == "GET":
        return _ask_new(here, parent)
    code = forms.text("code", 32)
    try:
        level = PlaceLevel(forms.choice("level", {each.value: each for each in PlaceLevel}, "请选级别。"))
        edits.add(here.runtime.audit, here.actor, parent, code, level, _told())
    except HouseError as error:
        return _ask_new(here, parent, error)
    here.say("加好了。", undo=f"{LIST}/{code}/remove")
    return desk.go(f"{LIST}/{code}")


def _ask_new(here: Desk, parent: str, error: HouseError | None = None) -> Response:
    status = problems.status_of(error) if error else 200
    above = trees.one(here.actor, parent).place if parent else None
    told = {"above": above, "levels": LEVELS, "given": request.form, "error": error.sentence if error else ""}
    return here.page("places/new.html", status, title="新的地方", **told)


def remove(here: Desk, code: str) -> Response:
    parents = trees.one(here.actor, code).parents
    edits.remove(here.runtime.audit, here.actor, code)
    here.say("已经删掉。")
    return desk.go(f"{LIST}/{parents[-1].code}" if parents else LIST)


def signs(here: Desk, code: str) -> Response:
    """A PDF to print: of this place, or of those right below it. The platform is asked for their codes, so a GET, which
    goes out again with every step back, is not enough."""
    account = here.runtime.account(forms.text("account", 64))
    gateway, below = here.runtime.gateway(account.app_id), forms.ticked("below")
    try:
        made = signs_of.printed(here.runtime.audit, here.actor, gateway, account, code, below)
    except GatewayError as error:
        raise Unavailable("signs_away", f"微信没有给出二维码：{error}。请过一会儿再试。") from error
    name = f'attachment; filename="signs-{code}.pdf"'
    return Response(made, content_type="application/pdf", headers={"Content-Disposition": name})


def _told() -> Told:
    return Told(forms.text("name", 64), forms.text("latitude", 20), forms.text("longitude", 20))
