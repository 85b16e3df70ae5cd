"""The data and its faults: where each community stands, and the click that mends what is missing."""

from typing import Any

from flask import Response

from backend.errors import NotFound
from backend.permissions import Action
from backend.quality import doubles, findings, mending, weeks
from backend.quality.findings import Missing
from console import desk, forms, sparks
from console.desk import Desk

LIST = "/console/quality"
TITLES = {Missing.PLACE: "没有说住在哪里", Missing.NUMBER: "没有手机号"}


def show(here: Desk) -> Response:
    standing = weeks.standing(here.actor)
    return here.page(
        "quality/show.html",
        title="数据质量",
        standing=standing,
        total={measure: sum(each.now[measure] for each in standing) for measure in weeks.MEASURES},
        placeless=weeks.without_place(here.actor),
        points=sparks.points,
    )


def pairs(here: Desk) -> Response:
    page = doubles.listed(here.actor, here.runtime.cipher, forms.cursor() or None)
    can_merge = here.actor.may(Action.MERGE_MEMBERS)
    return here.page(
        "quality/pairs.html", title="可能重复登记", found=page.items, can_merge=can_merge, **_next(page.older)
    )


def clear(here: Desk, number: int, other: int) -> Response:
    doubles.clear(here.actor, here.runtime.audit, number, other)
    here.say("记下了：是两个人，以后不再提示。", undo=f"{LIST}/pairs/{number}/{other}/back")
    return desk.go(f"{LIST}/pairs")


def put_back(here: Desk, number: int, other: int) -> Response:
    doubles.put_back(here.actor, here.runtime.audit, number, other)
    here.say("又放回来了。")
    return desk.go(f"{LIST}/pairs")


def without(here: Desk, missing: str) -> Response:
    what = _missing(missing)
    page = findings.without(here.actor, here.runtime.cipher, what, forms.cursor() or None)
    return here.page(
        "quality/without.html", title=TITLES[what], found=page.items, missing=what.value, **_next(page.older)
    )


def ask(here: Desk, missing: str) -> Response:
    asked = mending.ask(here.actor, here.runtime.outbox, here.runtime.audit, _missing(missing))
    here.say(_said(asked))
    return desk.go(LIST)


def _said(asked: int) -> str:
    if not asked:
        return "这个月已经请过了，或者没有愿意收通知的人要请。"
    return f"已经请了 {asked if asked >= sparks.FEW else f'不到 {sparks.FEW}'} 位，消息会在白天发出。"


def wechats(here: Desk) -> Response:
    page = findings.unreachable(here.actor, here.runtime.cipher, forms.cursor() or None)
    return here.page("quality/wechats.html", title="收不到消息的微信", found=page.items, **_next(page.older))


def let_go(here: Desk, number: int) -> Response:
    mending.let_go(here.actor, here.runtime.audit, number)
    here.say("已经去掉这个微信。本人用它再来，可以重新关联。")
    return desk.go(f"{LIST}/wechats")


def lanes(here: Desk) -> Response:
    place = forms.asked("place", 32)
    page = findings.headless(here.actor, place, forms.asked("cursor", 32))
    given = {"place": place, "cursor": forms.asked("cursor", 32)}
    return here.page(
        "quality/lanes.html", title="没有楼栋长、巷长的地方", found=page.items, next=page.after, given=given
    )


def _missing(text: str) -> Missing:
    if text not in list(Missing):
        raise NotFound("no_page", "没有这个页面，请从左边的菜单里找。")
    return Missing(text)


def _next(older: int | None) -> dict[str, Any]:
    return {"next": str(older or ""), "given": {"cursor": forms.asked("cursor", 20)}}
