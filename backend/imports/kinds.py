"""What every kind of sheet can do. The kinds stand in `backend/imports/table.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from backend.permissions import Action, Actor, Scope
from backend.sheets.columns import Columns
from backend.sheets.lines import LineFault, Lines, Row, Verdict

Line = TypeVar("Line")
Change = dict[str, Any]
"""What was done to one row, as JSON: enough to undo it, and to see whether somebody has changed it since."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of each line, as it was judged in the transaction that wrote it, and how to undo it."""

    verdicts: Sequence[Verdict]
    changes: Sequence[Change] = ()


@dataclass(frozen=True, slots=True)
class Author:
    """Whose import it is, with what she may do now."""

    actor: Actor
    import_id: int


class Kind(Protocol[Line]):
    """`asks` is what somebody must be allowed beside importing, `most` how many lines are taken. `whole`: all of the
    sheet is in order or nothing of it is taken; otherwise the lines that are not are left out."""

    columns: Columns
    asks: tuple[Action, ...]
    most: int
    whole: bool
    undoable: bool

    def read_line(self, number: int, row: Row) -> Line | LineFault: ...

    def judged(self, actor: Actor, scopes: Sequence[Scope], lines: Lines[Line]) -> list[Verdict]:
        """What would become of each line. One whose place is not in all of the scopes is refused, and nothing is said
        of what stands there. Writes nothing."""
        ...

    def write(self, author: Author, scopes: Sequence[Scope], lines: Lines[Line]) -> Done:
        """Judge the lines and write those that are in order, inside the caller's transaction: whoever sees that the
        verdicts are others than were confirmed undoes all of it."""
        ...

    def touched(self, author: Author, changes: Sequence[Change]) -> set[str]:
        """The codes of the places of which undoing it changes something."""
        ...

    def undo(self, author: Author, changes: Sequence[Change]) -> None:
        """Inside the caller's transaction. Raises Conflict when something has been changed since."""
        ...
