"""The counts of each community, week by week: taken every night, so that the week under way is as of this morning."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from peewee import ModelSelect, fn

from backend import clock
from backend.permissions import ALL, Action, Actor
from backend.reception import counts
from backend.storage.database import in_transaction
from models.followers import WechatIdentity
from models.heads import LaneHead
from models.members import Member, MemberState
from models.merges import Double
from models.places import Place, PlaceLevel
from models.quality import WEEKS, QualityWeek

NO_PLACE = ""
"""The code under which those without a place are counted."""

SHOWN = 26
"""Weeks of a line."""

MEASURES = ("members", "notices", "heads", "lanes", "headless", "doubles", "numberless", "unreachable")
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """One community as of this morning. `line`: its members in the last weeks, the oldest first."""

    code: str
    name: str
    now: dict[str, int]
    line: list[int] = field(default_factory=list)


def standing(actor: Actor) -> list[Standing]:
    """The communities inside the actor's scope that were counted, by code."""
    scope = actor.scope(Action.MEND_DATA)
    names = {place.code: place.name for place in counts.areas_of(scope)}
    lines: dict[str, list[QualityWeek]] = defaultdict(list)
    since = _monday(_today() - timedelta(weeks=SHOWN))
    for row in QualityWeek.select().where(QualityWeek.week > since).order_by(QualityWeek.week):
        if row.code in names:
            lines[row.code].append(row)
    return [_standing(code, names[code], lines[code]) for code in sorted(lines)]


def without_place(actor: Actor) -> int | None:
    """How many said no place, as of this morning; None for whose scope is not everywhere, or while nobody counted."""
    if not actor.scope(Action.MEND_DATA).everywhere:
        return None
    row = QualityWeek.select().where(QualityWeek.code == NO_PLACE).order_by(QualityWeek.week.desc()).first()
    return None if row is None else int(row.members)


def _standing(code: str, name: str, rows: list[QualityWeek]) -> Standing:
    now = {measure: int(getattr(rows[-1], measure)) for measure in MEASURES}
    return Standing(code, name, now, [row.members for row in rows])


def take() -> int:
    """Count this week, anew if it was counted before; answers how many communities. What is older than two years
    goes."""
    found, week = _counted(), _monday(_today())
    rows = [{"code": code, "week": week, **found[code]} for code in sorted(found)]
    without = Member.select().where(_active(), Member.place.is_null()).count()
    rows.append({"code": NO_PLACE, "week": week, **dict.fromkeys(MEASURES, 0), "members": without})

    def work() -> int:
        QualityWeek.delete().where(QualityWeek.week == week).execute()
        for start in range(0, len(rows), _BATCH):
            QualityWeek.insert_many(rows[start : start + _BATCH]).execute()
        QualityWeek.delete().where(QualityWeek.week < _monday(_today() - timedelta(weeks=WEEKS))).execute()
        return len(rows) - 1

    return in_transaction(work)


def _counted() -> dict[str, dict[str, int]]:
    """Community → measure → number."""
    found = {
        each.place_code: {"members": each.members, "notices": each.notices, "heads": each.heads}
        for each in counts.within_scope(ALL)
    }
    codes = counts.codes_of(ALL)
    for measure, rows in _measures():
        numbers = counts.rolled_up(found, codes, rows.tuples())
        for code, told in found.items():
            told[measure] = numbers[code]
    return found


def _measures() -> Iterator[tuple[str, "ModelSelect[Any]"]]:
    """Each with how many of it there are at which place."""
    lanes = Place.select(Place.id, fn.COUNT(Place.id)).where(Place.level == PlaceLevel.LANE).group_by(Place.id)
    yield "lanes", lanes
    yield "headless", lanes.where(Place.id.not_in(led()))
    by_place = Member.select(Member.place, fn.COUNT(Member.id)).where(_active()).group_by(Member.place)
    yield "numberless", by_place.where(Member.phone_digest.is_null())
    yield "doubles", by_place.join(Double, on=Double.one == Member.id).where(Double.cleared_at.is_null())
    refused = WechatIdentity.refused.is_null(False)
    yield "unreachable", by_place.join(WechatIdentity, on=WechatIdentity.member == Member.id).where(refused)


def led() -> "ModelSelect[Any]":
    """The places that have a head now."""
    now = LaneHead.until.is_null() & LaneHead.member.is_null(False)
    return LaneHead.select(LaneHead.place).where(now)


def _active() -> Any:
    return Member.state == MemberState.ACTIVE


def _today() -> date:
    return clock.beijing(clock.now()).date()


def _monday(day: date) -> str:
    return (day - timedelta(days=day.weekday())).isoformat()
