"""What becomes of an import, which lines are somebody's to bring, and when a report is another. Pure."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from backend.permissions import Action, Actor, Scope, refused
from backend.sheets.lines import Lines, Outcome, Placed, Verdict
from models.imports import ImportKind, ImportState

_S = ImportState

MOVES: dict[ImportState, frozenset[ImportState]] = {
    _S.UPLOADED: frozenset({_S.CHECKED, _S.REFUSED, _S.FAILED, _S.WITHDRAWN}),
    _S.CHECKED: frozenset({_S.CONFIRMED, _S.WITHDRAWN}),
    _S.CONFIRMED: frozenset({_S.DONE, _S.CHECKED, _S.REFUSED, _S.FAILED}),  # checked again: others have changed things
    _S.DONE: frozenset({_S.UNDONE}),
    _S.UNDONE: frozenset(),
    _S.REFUSED: frozenset(),
    _S.FAILED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}

WAITING = frozenset({_S.UPLOADED, _S.CONFIRMED})
"""For a worker."""

OPEN = WAITING | {_S.CHECKED}

PATIENCE = timedelta(days=1)
"""An import that nobody confirms for so long is withdrawn."""

UNDO = timedelta(days=1)
"""For so long what was done can be undone."""

KEPT = timedelta(days=1)
"""The files stay for so long once it has ended."""

AGAIN = timedelta(minutes=5)
"""A task that was lost with its worker is put anew after so long."""

KINDS = {
    ImportKind.INVITATIONS: "邀请居民",
    ImportKind.HEADS: "楼栋长、巷长",
    ImportKind.PLACES: "区划",
    ImportKind.CONTACTS: "公示的联系人",
    ImportKind.ACTIVITIES: "活动",
}
STATES = {
    _S.UPLOADED: "正在检查",
    _S.CHECKED: "等您确认",
    _S.CONFIRMED: "正在写入",
    _S.DONE: "已完成",
    _S.UNDONE: "已撤销",
    _S.REFUSED: "不能导入",
    _S.FAILED: "没有做成",
    _S.WITHDRAWN: "已撤回",
}
OUTCOMES = {
    Outcome.REFUSED: "不导入",
    Outcome.REMOVED: "删除",
    Outcome.CHANGED: "修改",
    Outcome.ADDED: "新增",
    Outcome.SAME: "不变",
}
"""As staff read them."""

RANK = {outcome: number for number, outcome in enumerate(Outcome)}
"""What is of interest first comes first."""


def may_move(old: ImportState, new: ImportState) -> bool:
    return new in MOVES[old]


def before(new: ImportState) -> list[ImportState]:
    """The states from which it can come to this one."""
    return [old for old, reached in MOVES.items() if new in reached]


def reach(actor: Actor, asks: Iterable[Action]) -> list[Scope]:
    """All of these scopes must hold a place for her to bring something of it. Raises Forbidden when one is nowhere."""
    return [actor.scope(action) for action in (Action.IMPORT, *asks)]


def require_places(actor: Actor, asks: Iterable[Action], codes: Iterable[str]) -> None:
    """Raises Forbidden unless each of these places is hers to bring something of."""
    touched = Scope(frozenset(codes))
    for action in (Action.IMPORT, *asks):
        if not touched.within(actor.scope(action)):
            raise refused(action)


def outside(code: str) -> str:
    """The same for what is elsewhere and for what is nowhere."""
    return f"「{code}」不在您的范围里，或者没有这个地方。"


def split(scopes: Sequence[Scope], lines: Lines[Placed]) -> tuple[Lines[Placed], list[Verdict]]:
    """The lines inside all of the scopes, and a refusal for each other."""
    beyond = [(number, line) for number, line in lines if not all(line.code in scope for scope in scopes)]
    verdicts = [Verdict(number, Outcome.REFUSED, line.code, outside(line.code)) for number, line in beyond]
    numbers = {number for number, _ in beyond}
    return [(number, line) for number, line in lines if number not in numbers], verdicts


def ordered(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return sorted(verdicts, key=lambda each: (RANK[each.outcome], each.number))


def tallied(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """By the names of the columns."""
    counts = Counter(each.outcome for each in verdicts)
    return {outcome.value: counts[outcome] for outcome in Outcome}


def fingerprint(verdicts: Iterable[Verdict]) -> str:
    """Two reports that say the same have the same: what was confirmed is what was seen."""
    digest = hashlib.sha256()
    for each in verdicts:
        digest.update(json.dumps([each.number, each.outcome, each.about, each.sentence]).encode() + b"\n")
    return digest.hexdigest()


def refusal(verdicts: Sequence[Verdict], whole: bool) -> str:
    """Why nothing of it is taken; "" when something is."""
    refused = sum(each.outcome is Outcome.REFUSED for each in verdicts)
    if refused == len(verdicts):
        return "没有一行可以导入，请按每一行的说明改好再上传。"
    return f"有 {refused} 行要改。这种表要整张都对才能导入，请改好再上传。" if whole and refused else ""


def can_undo(state: ImportState, undoable: bool, ended_at: datetime | None, now: datetime) -> bool:
    return undoable and state is _S.DONE and ended_at is not None and now < ended_at + UNDO
