"""What may be taken away, by whom, how much of it, and when that is unusual. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from backend import clock
from backend.errors import InvalidInput
from backend.permissions import ROLES, TABLE, Action, Actor, Scope
from models.exports import ExportKind, ExportState

_S = ExportState

MOVES: dict[ExportState, frozenset[ExportState]] = {
    _S.ASKED: frozenset({_S.APPROVED, _S.DECLINED, _S.WITHDRAWN}),
    _S.APPROVED: frozenset({_S.WRITING, _S.FAILED}),
    _S.WRITING: frozenset({_S.READY, _S.FAILED, _S.APPROVED}),  # again, where its worker was lost
    _S.READY: frozenset({_S.ENDED}),
    _S.DECLINED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.FAILED: frozenset(),
    _S.ENDED: frozenset(),
}


@dataclass(frozen=True)
class Shape:
    """`asks` is what somebody must be allowed beside exporting, `most` how many lines a file may have."""

    title: str
    hint: str
    asks: tuple[Action, ...]
    most: int


SHAPES = {
    ExportKind.MEMBERS: Shape("成员", "姓名和手机号打码，另有区划和登记的月份", (Action.SEE_MEMBERS,), 300_000),
    ExportKind.CONTACTS: Shape(
        "成员和联系方式",
        "只有今天仍同意「可以打电话给我」的成员；每位成员都会看到这次导出和用途",
        (Action.SEE_MEMBERS, Action.SEE_CONTACTS),
        2_000,
    ),
    ExportKind.HEADS: Shape("楼栋长、巷长", "姓名和手机号打码，另有区划和任职的日子", (Action.SEE_MEMBERS,), 300_000),
    ExportKind.PLACES: Shape("区划", "编码、名称、级别、上级、坐标", (Action.SEE_PLACES,), 300_000),
}
STATES = {
    _S.ASKED: "等人复核",
    _S.DECLINED: "没有同意",
    _S.WITHDRAWN: "已撤回",
    _S.APPROVED: "排队写文件",
    _S.WRITING: "正在写文件",
    _S.READY: "可以下载",
    _S.FAILED: "没有做成",
    _S.ENDED: "已到期删除",
}
"""As staff read them."""

LIFE = timedelta(hours=24)
DOWNLOADS = 3
SHORTEST, LONGEST = 6, 100
"""Characters of a purpose."""

PATIENCE = timedelta(days=3)
"""What nobody decides for so long is withdrawn."""

AGAIN = timedelta(minutes=5)
LOST = timedelta(minutes=30)
"""Whoever writes for so long has died over it."""

MANY = 5
"""Of one person on one day; the next is unusual."""

EVENING, MORNING = time(22), time(6)
ALERT = timedelta(days=3)
"""For so long the leaders are shown what was unusual."""

NIGHT, OFTEN = "night", "often"


def purpose_of(text: str) -> str:
    """Raises InvalidInput."""
    purpose = " ".join(text.split())
    if len(purpose) < SHORTEST or not purpose.isprintable():
        raise InvalidInput("purpose_missing", f"请写明用途，至少 {SHORTEST} 个字，例如「寒潮前上门走访独居老人」。")
    if len(purpose) > LONGEST:
        raise InvalidInput("purpose_too_long", f"用途最多 {LONGEST} 个字。")
    return purpose


def answer_of(text: str) -> str:
    """Why it is not let go. Raises InvalidInput."""
    answer = " ".join(text.split())
    if not 2 <= len(answer) <= LONGEST or not answer.isprintable():
        raise InvalidInput("answer_missing", "请写明为什么不同意，申请的人会看到。")
    return answer


def require(actor: Actor, kind: ExportKind, place: str) -> None:
    """Raises Forbidden."""
    for action in (Action.EXPORT, *SHAPES[kind].asks):
        actor.require(action, place)


def may_decide(actor: Actor, asker: int | None, place: str) -> bool:
    """Never who asked, whatever else she may do."""
    return actor.may(Action.APPROVE_EXPORTS, place) and actor.staff_id != asker


def may_move(old: ExportState, new: ExportState) -> bool:
    return new in MOVES[old]


def unusual(now: datetime, today: int) -> list[str]:
    """What is unusual about somebody who asks or downloads now, for the `today`th time of this day."""
    there = clock.beijing(now).time()
    night = there >= EVENING or there < MORNING
    return [name for name, is_so in ((NIGHT, night), (OFTEN, today > MANY)) if is_so]


def role_of(actor: Actor, place: str) -> str:
    """In which role she sees contacts there: as it is told to whoever is seen."""
    roles = [
        grant.role
        for grant in actor.grants
        if grant.role in TABLE[Action.SEE_CONTACTS] and place in Scope(frozenset({grant.place}))
    ]
    return ROLES[roles[0]]


def mark(number: int, actor: Actor, now: datetime, purpose: str) -> str:
    """On every page of the file: whose it is, and what for."""
    return f"导出第 {number} 号　{actor.name}（{actor.unit}）　{clock.beijing(now):%Y-%m-%d %H:%M}　用途：{purpose}"
