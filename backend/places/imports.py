"""A sheet of places held against those that stand: what each line would do, and doing it. All of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from backend import clock
from backend.places import geometry, names, rules
from backend.places.names import Spelled
from backend.places.rules import PlaceLine
from backend.sheets.lines import LineFault, Lines, Outcome, Verdict, refuse
from models.places import Place, PlaceLevel

_BATCH = 100
"""Rows in one statement: with a boundary each they still fit into what a database takes at once."""

_COMPARED = (
    Place.id,
    Place.code,
    Place.name,
    Place.level,
    Place.parent,
    Place.latitude,
    Place.longitude,
    Place.boundary,
    Place.south,
    Place.west,
    Place.north,
    Place.east,
)


@dataclass(frozen=True, slots=True)
class Step:
    """What a line does to the place that stands; `before` is missing for a new one."""

    number: int
    line: PlaceLine
    outcome: Outcome
    before: Place | None


@dataclass(frozen=True)
class _Standing:
    """All places, by their codes."""

    places: Mapping[str, Place]

    @property
    def levels(self) -> dict[str, PlaceLevel]:
        return {code: place.level for code, place in self.places.items()}

    @property
    def parents(self) -> dict[str, str]:
        codes = {place.id: code for code, place in self.places.items()}
        return {code: codes[place.parent_id] for code, place in self.places.items() if place.parent_id is not None}


def spelled(lines: Lines[PlaceLine]) -> dict[str, Spelled]:
    """How the names sound that the sheet brings, or brings to another place. It takes its time: before the
    transaction."""
    known = {place.code: place.name for place in Place.select(Place.code, Place.name)}
    return {line.name: names.spelled(line.name) for _, line in lines if known.get(line.code) != line.name}


def judged(lines: Lines[PlaceLine]) -> list[Verdict]:
    """What would become of each line. Writes nothing."""
    standing = _standing()
    wrong = {fault.number: fault.message for fault in _faults(lines, standing)}
    return [
        Verdict(step.number, Outcome.REFUSED, _about(step.line), wrong[step.number])
        if step.number in wrong
        else Verdict(step.number, step.outcome, _about(step.line), _said(step))
        for step in _steps(lines, standing)
    ]


def write(lines: Lines[PlaceLine], sounds: Mapping[str, Spelled]) -> list[Step]:
    """Inside the caller's transaction. Raises InvalidInput with a sentence for each bad line."""
    standing = _standing()
    refuse(_faults(lines, standing))
    steps, now = _steps(lines, standing), clock.now()
    ids = {code: place.id for code, place in standing.places.items()}
    for level in PlaceLevel:  # from above, so that each parent has its number
        here = [step for step in steps if step.line.level is level]
        for step in here:
            if step.outcome is Outcome.CHANGED:
                change = {**_values(step.line, ids), **_written(step.line.name, sounds, now)}
                Place.update(change).where(Place.code == step.line.code).execute()
        added = [step.line for step in here if step.outcome is Outcome.ADDED]
        rows = [{"code": line.code, **_values(line, ids), **_written(line.name, sounds, now)} for line in added]
        _add(rows, ids)
    return steps


def _standing() -> _Standing:
    return _Standing({place.code: place for place in Place.select(*_COMPARED)})


def _faults(lines: Lines[PlaceLine], standing: _Standing) -> list[LineFault]:
    return rules.tree_faults(lines, standing.levels, standing.parents)


def _steps(lines: Lines[PlaceLine], standing: _Standing) -> list[Step]:
    parents = standing.parents
    return [_step(number, line, standing.places.get(line.code), parents) for number, line in lines]


def _step(number: int, line: PlaceLine, place: Place | None, parents: Mapping[str, str]) -> Step:
    if place is None:
        return Step(number, line, Outcome.ADDED, None)
    stands = all(getattr(place, name) == value for name, value in _told(line).items())
    same = stands and parents.get(line.code, "") == line.parent
    return Step(number, line, Outcome.SAME if same else Outcome.CHANGED, place)


def _about(line: PlaceLine) -> str:
    return f"{line.code} {line.name}"


def _said(step: Step) -> str:
    if step.outcome is Outcome.ADDED:
        return f"新增{rules.LEVELS[step.line.level]}。"
    if step.outcome is Outcome.SAME or step.before is None:
        return "没有变化。"
    before = step.before.name
    return f"原来叫「{before}」。" if before != step.line.name else "修改级别、上级、坐标或边界。"


def _told(line: PlaceLine) -> dict[str, Any]:
    values = {"name": line.name, "level": line.level, "latitude": line.latitude, "longitude": line.longitude}
    return values if line.boundary is None else {**values, **_bounded(line.boundary)}


def _values(line: PlaceLine, ids: Mapping[str, int]) -> dict[str, Any]:
    return {**_told(line), "parent_id": ids[line.parent] if line.parent else None}


def _bounded(boundary: str) -> dict[str, Any]:
    """The boundary and the box around it, or neither."""
    box = geometry.box(geometry.loaded(boundary)) if boundary else (None,) * 4
    return {"boundary": boundary or None, **dict(zip(("south", "west", "north", "east"), box, strict=True))}


def _written(name: str, sounds: Mapping[str, Spelled], now: datetime) -> dict[str, Any]:
    """What follows from a name, and when it was written."""
    return {**asdict(sounds.get(name) or names.spelled(name)), "changed_at": now}


def _add(rows: Sequence[dict[str, Any]], ids: dict[str, int]) -> None:
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        Place.insert_many(batch).execute()
        added = Place.select(Place.id, Place.code).where(Place.code.in_([row["code"] for row in batch]))
        ids |= {place.code: place.id for place in added}
