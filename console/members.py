"""Members as staff see and serve them: found, looked at, called, confirmed face to face, made head of a lane."""

from typing import Any

from flask import Response, make_response, request

from backend.errors import HouseError
from backend.heads import queries as heads
from backend.permissions import Action
from backend.places import queries as places
from backend.places.queries import PlaceView
from backend.reception import counts, rules
from backend.reception.lists import Page
from backend.reception.reveals import Contact
from backend.reception.rules import Kind
from backend.web import limits, problems
from console import desk, forms, rendering
from console.desk import Desk
from models.places import PlaceLevel

LIST = "/console/members"
REASONS = (
    "办理您的服务申请，需要电话核对",
    "上门服务前先联系",
    "回复您反映的问题",
    "通知您来领取材料",
    "确认您的活动报名",
)
"""To choose from, or to begin with."""


def listed(here: Desk) -> Response:
    typed, place = forms.asked("q", 64), forms.asked("place", 32)
    page = found(here, typed, place, forms.cursor() or None)
    return here.page(
        "members/list.html",
        title="成员",
        found=page.items,
        given={"q": typed, "place": place, "cursor": forms.asked("cursor", 20)},
        next=str(page.older or ""),
        places=_choices(here, place),
    )


def found(here: Desk, typed: str, place: str = "", before: int | None = None) -> Page:
    """As `Lists.find`. Raises TooMany for whoever goes through a list of telephone numbers."""
    if rules.wanted(typed).kind is Kind.PHONE:
        limits.spend("number_search", f"staff {here.actor.staff_id}")
    return here.runtime.reception.lists.find(here.actor, typed, place, before)


def _choices(here: Desk, chosen: str) -> list[tuple[str, str]]:
    """The communities inside the scope, and the place that was chosen elsewhere."""
    found = [(each.code, each.name) for each in counts.areas_of(here.actor.scope(Action.SEE_MEMBERS))]
    other = places.by_code(chosen) if chosen and chosen not in dict(found) else None
    return found if other is None else [(other.code, other.name), *found]


def counted(here: Desk) -> Response:
    return here.page(
        "members/counts.html", title="各社区人数", found=here.runtime.reception.counts.by_place(here.actor)
    )


def one(here: Desk, number: int) -> Response:
    return here.page("members/one.html", **_shown(here, number))


def _shown(here: Desk, number: int, **more: Any) -> dict[str, Any]:
    detail = here.runtime.reception.details.of(here.actor, number)
    return {
        "title": f"成员 {number}",
        "detail": detail,
        "undoable": here.runtime.reception.merges.undoable(here.actor, number),
        "lanes": _lanes(detail.member.place_code) if Action.APPOINT_HEADS in detail.can else [],
        "reasons": REASONS,
        "contact": None,
        **more,
    }


def _lanes(code: str) -> list[PlaceView]:
    """What she may answer for: the grids and lanes of her community."""
    chain = {each.level: each.code for each in places.chain(code)} if code else {}
    return heads.offices(chain[PlaceLevel.COMMUNITY]) if PlaceLevel.COMMUNITY in chain else []


def contact(here: Desk, number: int) -> Response:
    """In this answer and in no other: neither in an address nor in a store."""
    limits.spend("reveal", f"staff {here.actor.staff_id}")
    found = here.runtime.reception.reveals.reveal(here.actor, number, forms.text("reason"))
    if request.headers.get("HX-Request"):
        return _fragment(found)
    return here.page("members/one.html", **_shown(here, number, contact=found))


def _fragment(found: Contact) -> Response:
    return make_response(rendering.render("members/contact.html", contact=found))


def code(here: Desk) -> Response:
    if request.method == "GET":
        return _ask_code(here)
    limits.spend("confirm", f"staff {here.actor.staff_id}")
    try:
        made = here.runtime.reception.codes.make(
            here.actor, forms.text("number", 32), forms.ticked("seen"), forms.ticked("same")
        )
    except HouseError as error:
        return _ask_code(here, error)
    return here.page("members/code_shown.html", title="确认码", code=f"{made[:4]} {made[4:]}", minutes=10)


def _ask_code(here: Desk, error: HouseError | None = None) -> Response:
    status = problems.status_of(error) if error else 200
    return here.page("members/code.html", status, title="当面确认手机号", error=error, given=request.form)


def appoint(here: Desk, number: int, code: str = "") -> Response:
    place = code or forms.text("place", 32)
    here.runtime.reception.heads.appoint(here.actor, number, place)
    here.say("已经任命，本人同意以后邻居才看得到电话。", undo=f"{LIST}/{number}/heads/{place}/end")
    return desk.go(f"{LIST}/{number}")


def dismiss(here: Desk, number: int, code: str) -> Response:
    here.runtime.reception.heads.dismiss(here.actor, number, code)
    here.say("已经卸任。", undo=f"{LIST}/{number}/heads/{code}")
    return desk.go(f"{LIST}/{number}")
