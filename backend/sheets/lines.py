"""Lines of a sheet with their numbers, what becomes of each, and how faults are told. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from backend.errors import FieldError, InvalidInput
from backend.sheets.limits import MAX_SHOWN


class OfPlace(Protocol):
    """A line that says something of the place with this code."""

    @property
    def code(self) -> str: ...


Line = TypeVar("Line")
Placed = TypeVar("Placed", bound=OfPlace)
Row = Mapping[str, str]
Lines = list[tuple[int, Line]]
"""Each with its number as the editor shows it."""


class Outcome(StrEnum):
    """What becomes of a line, in the order in which it is of interest."""

    REFUSED = "refused"
    REMOVED = "removed"  # stands, and not in the sheet
    CHANGED = "changed"
    ADDED = "added"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`number` is 0 for what is not in the sheet. `about` names what the line is of, masked where it is a person's."""

    number: int
    outcome: Outcome
    about: str
    sentence: str


class Decided(Protocol):
    """What became of a line."""

    @property
    def outcome(self) -> Outcome: ...


@dataclass(frozen=True)
class Imported:
    added: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0


def counted(decided: Iterable[Decided]) -> Imported:
    counts = Counter(each.outcome for each in decided)
    return Imported(counts[Outcome.ADDED], counts[Outcome.CHANGED], counts[Outcome.SAME], counts[Outcome.REMOVED])


@dataclass(frozen=True)
class LineFault(FieldError):
    """What is wrong with the line of this number."""

    number: int = 0


def fault(number: int, sentence: str) -> LineFault:
    return LineFault(at(number), sentence, number)


def at(number: int) -> str:
    return f"第 {number} 行"


def refuse(faults: Sequence[FieldError]) -> None:
    """Raises InvalidInput if there are any."""
    if faults:
        shown = list(faults[:MAX_SHOWN])
        more = f"（另有 {len(faults) - len(shown)} 处）" if len(faults) > len(shown) else ""
        raise InvalidInput("sheet_invalid", f"表里有 {len(faults)} 处要改，没有导入任何一行。{more}", shown)


def faults_between(
    lines: Lines[Placed], known: Collection[str], which: Callable[[Placed], Hashable]
) -> list[LineFault]:
    """Lines of places that are not `known`, and those that say twice of the same (`which`) what it is."""
    faults: list[LineFault] = []
    first: dict[Hashable, int] = {}
    for number, line in lines:
        if line.code not in known:
            faults.append(fault(number, f"没有编码是「{line.code}」的地方。"))
        elif which(line) in first:
            faults.append(fault(number, f"和第 {first[which(line)]} 行重复。"))
        first.setdefault(which(line), number)
    return faults
