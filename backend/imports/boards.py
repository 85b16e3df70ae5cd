"""Sheets of what hangs on the notice board of a place: whom to call there, and what is on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from backend.activities import imports as activity_imports
from backend.activities import rules as activities
from backend.imports.kinds import Author, Change, Done
from backend.imports.rules import split
from backend.permissions import Action, Actor, Scope
from backend.places import contact_imports, contacts
from backend.sheets.columns import Columns
from backend.sheets.limits import MAX_ROWS
from backend.sheets.lines import LineFault, Lines, Placed, Row, Verdict


@dataclass
class Board(Generic[Placed]):
    """As the room it is of reads, judges and writes its lines. None is undone: a sheet in which the lines are right is
    brought instead."""

    columns: Columns
    asks: tuple[Action, ...]
    read_line: Callable[[int, Row], Placed | LineFault]
    judge: Callable[[Lines[Placed]], list[Verdict]]
    put: Callable[[Lines[Placed]], object]
    most: int = MAX_ROWS
    whole: bool = True
    undoable: bool = False

    def judged(self, _actor: Actor, scopes: Sequence[Scope], lines: Lines[Placed]) -> list[Verdict]:
        inside, refused = split(scopes, lines)
        return refused + self.judge(inside)

    def write(self, author: Author, scopes: Sequence[Scope], lines: Lines[Placed]) -> Done:
        verdicts = self.judged(author.actor, scopes, lines)
        self.put(split(scopes, lines)[0])
        return Done(verdicts)

    def touched(self, _author: Author, _changes: Sequence[Change]) -> set[str]:
        raise NotImplementedError

    def undo(self, _author: Author, _changes: Sequence[Change]) -> None:
        raise NotImplementedError


CONTACTS = Board(
    contacts.COLUMNS, (Action.EDIT_PLACES,), contacts.read_line, contact_imports.judged, contact_imports.write
)
ACTIVITIES = Board(activities.COLUMNS, (), activities.read_line, activity_imports.judged, activity_imports.write)
