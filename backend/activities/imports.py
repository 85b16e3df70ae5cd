"""A sheet of activities held against what is announced. A place that it names has afterwards, of what is not over,
those activities and no other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from backend import clock
from backend.activities.rules import ActivityLine
from backend.sheets.lines import LineFault, Lines, Outcome, Verdict, faults_between, refuse
from models.activities import Activity
from models.places import Place


@dataclass(frozen=True, slots=True)
class Step:
    """`line` is missing for what is announced and not in the sheet, `row` for what is new."""

    number: int
    line: ActivityLine | None
    place_id: int
    outcome: Outcome
    row: Activity | None


def judged(lines: Lines[ActivityLine]) -> list[Verdict]:
    """What would become of each line, and of what the sheet leaves out. Writes nothing."""
    ids = _ids()
    wrong = {fault.number: fault.message for fault in _faults(lines, ids)}
    good = [(number, line) for number, line in lines if number not in wrong]
    refused = [
        Verdict(number, Outcome.REFUSED, _about(line.code, line.title, line.starts_at), wrong[number])
        for number, line in lines
        if number in wrong
    ]
    return refused + [_verdict(step) for step in _steps(good, ids)]


def write(lines: Lines[ActivityLine]) -> list[Step]:
    """Inside the caller's transaction. Raises InvalidInput with a sentence for each bad line."""
    ids = _ids()
    refuse(_faults(lines, ids))
    steps = list(_steps(lines, ids))
    for step in steps:
        if step.line is None:
            assert step.row is not None
            step.row.delete_instance()
        elif step.outcome is not Outcome.SAME:
            _put(step, step.line)
    return steps


def _ids() -> dict[str, int]:
    return {place.code: place.id for place in Place.select(Place.id, Place.code)}


def _faults(lines: Lines[ActivityLine], ids: Mapping[str, int]) -> list[LineFault]:
    return faults_between(lines, ids.keys(), lambda line: line.which)


def _steps(lines: Lines[ActivityLine], ids: Mapping[str, int]) -> Iterator[Step]:
    named = sorted({ids[line.code] for _, line in lines})
    rows = Activity.select(Activity, Place.id, Place.code).join(Place).where(Activity.place.in_(named)) if named else ()
    standing = {(row.place_id, row.starts_at, row.title): row for row in rows}
    for number, line in lines:
        row = standing.pop((ids[line.code], line.starts_at, line.title), None)
        yield Step(number, line, ids[line.code], _outcome(line, row), row)
    now = clock.now()
    for row in standing.values():
        if row.ends_at > now:  # what is over stays: it was
            yield Step(0, None, row.place_id, Outcome.REMOVED, row)


def _outcome(line: ActivityLine, row: Activity | None) -> Outcome:
    if row is None:
        return Outcome.ADDED
    return Outcome.SAME if (row.ends_at, row.venue) == (line.ends_at, line.venue) else Outcome.CHANGED


def _put(step: Step, line: ActivityLine) -> None:
    row = step.row or Activity(place=step.place_id, title=line.title, starts_at=line.starts_at)
    row.ends_at, row.venue = line.ends_at, line.venue
    row.save()


def _about(code: str, title: str, starts_at: datetime) -> str:
    return f"{code} {title} {clock.beijing(starts_at):%Y-%m-%d %H:%M}"


def _verdict(step: Step) -> Verdict:
    if step.line is None:
        row = step.row
        assert row is not None
        return Verdict(0, step.outcome, _about(row.place.code, row.title, row.starts_at), "表里没有，会撤下。")
    line = step.line
    return Verdict(step.number, step.outcome, _about(line.code, line.title, line.starts_at), _SAID[step.outcome])


_SAID = {Outcome.ADDED: "新增。", Outcome.CHANGED: "修改结束时间或地点。", Outcome.SAME: "没有变化。"}
