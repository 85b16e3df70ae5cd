"""A sheet of contacts held against those that stand.

A place that it names has afterwards those contacts and no other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backend.places.contacts import ROLES, ContactLine
from backend.sheets.lines import LineFault, Lines, Outcome, Verdict, faults_between, refuse
from models.places import Place, PlaceContact


@dataclass(frozen=True, slots=True)
class Step:
    """`line` is missing for a contact that stands and is not in the sheet, `row` for a new one."""

    number: int
    line: ContactLine | None
    place_id: int
    position: int
    outcome: Outcome
    row: PlaceContact | None


def judged(lines: Lines[ContactLine]) -> list[Verdict]:
    """What would become of each line, and of the contacts that the sheet leaves out. Writes nothing."""
    ids = _ids()
    wrong = {fault.number: fault.message for fault in _faults(lines, ids)}
    good = [(number, line) for number, line in lines if number not in wrong]
    refused = [
        Verdict(number, Outcome.REFUSED, _about(line), wrong[number]) for number, line in lines if number in wrong
    ]
    return refused + [_verdict(step) for step in _steps(good, ids)]


def write(lines: Lines[ContactLine]) -> list[Step]:
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


def _faults(lines: Lines[ContactLine], ids: Mapping[str, int]) -> list[LineFault]:
    return faults_between(lines, ids.keys(), lambda line: line.who)


def _steps(lines: Lines[ContactLine], ids: Mapping[str, int]) -> Iterator[Step]:
    by_place: dict[int, Lines[ContactLine]] = {}
    for number, line in lines:
        by_place.setdefault(ids[line.code], []).append((number, line))
    for place_id, of_place in by_place.items():
        yield from _steps_of(place_id, of_place)


def _steps_of(place_id: int, lines: Lines[ContactLine]) -> Iterator[Step]:
    rows = PlaceContact.select(PlaceContact, Place.id, Place.code).join(Place).where(PlaceContact.place == place_id)
    standing = {(row.role, row.name, row.phone): row for row in rows}
    for position, (number, line) in enumerate(lines, 1):
        row = standing.pop(line.who[1:], None)
        yield Step(number, line, place_id, position, _outcome(line, position, row), row)
    for row in standing.values():
        yield Step(0, None, place_id, 0, Outcome.REMOVED, row)


def _outcome(line: ContactLine, position: int, row: PlaceContact | None) -> Outcome:
    if row is None:
        return Outcome.ADDED
    return Outcome.SAME if (row.hours, row.position) == (line.hours, position) else Outcome.CHANGED


def _put(step: Step, line: ContactLine) -> None:
    row = step.row or PlaceContact(place=step.place_id, role=line.role, name=line.name, phone=line.phone)
    row.hours, row.position = line.hours, step.position
    row.save()


def _about(line: ContactLine) -> str:
    return f"{line.code} {ROLES[line.role]} {line.name}"


def _verdict(step: Step) -> Verdict:
    if step.line is None:
        row = step.row
        assert row is not None
        about = f"{row.place.code} {ROLES[row.role]} {row.name}"
        return Verdict(0, step.outcome, about, "表里没有，会删掉。")
    return Verdict(step.number, step.outcome, _about(step.line), _SAID[step.outcome])


_SAID = {Outcome.ADDED: "新增。", Outcome.CHANGED: "修改时间或排列的先后。", Outcome.SAME: "没有变化。"}
