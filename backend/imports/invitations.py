"""A sheet of residents whom a place hopes to see register. Each line becomes an invitation, and never a membership.

Members' numbers are treated as anybody's and never looked up: a sheet of a hundred thousand numbers that said which of
them are members' would undo the masking of all of them. An invitation of a member's number does nothing, and goes in
its time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.imports import people, rules
from backend.imports.kinds import Author, Change, Done
from backend.imports.people import NAME, PHONE, PLACE, Named, Spot, Spots
from backend.invitations import actions, queries
from backend.invitations.actions import Invitations, Invited
from backend.members import phones
from backend.members.rules import HOMES
from backend.permissions import Action, Actor, Scope
from backend.sheets.columns import Columns
from backend.sheets.limits import MAX_ROWS
from backend.sheets.lines import LineFault, Lines, Outcome, Row, Verdict
from models.invitations import InvitationKind

_KIND = InvitationKind.NEIGHBOUR


@dataclass(frozen=True)
class _Given:
    """All that the lines are held against."""

    digests: dict[int, str]
    spots: dict[int, Spot | None]
    invited: set[tuple[str, int]]


class Neighbours:
    columns = Columns((PHONE, PLACE, NAME))
    asks: tuple[Action, ...] = ()
    most = MAX_ROWS
    whole = False
    undoable = True

    def __init__(self, invitations: Invitations) -> None:
        self._invitations = invitations

    def read_line(self, number: int, row: Row) -> Named | LineFault:
        return people.read(number, row)

    def judged(self, _actor: Actor, scopes: Sequence[Scope], lines: Lines[Named]) -> list[Verdict]:
        return _verdicts(lines, self._given(scopes, lines))

    def write(self, author: Author, scopes: Sequence[Scope], lines: Lines[Named]) -> Done:
        given = self._given(scopes, lines)
        verdicts = _verdicts(lines, given)
        new = [
            Invited(given.digests[number], line.number, spot.id)
            for (number, line), verdict in zip(lines, verdicts, strict=True)
            if verdict.outcome is Outcome.ADDED and (spot := given.spots[number]) is not None
        ]
        actions.put(new, _KIND, author.actor.login, author.import_id)
        return Done(verdicts)

    def touched(self, author: Author, _changes: Sequence[Change]) -> set[str]:
        return queries.places_of(author.import_id)

    def undo(self, author: Author, _changes: Sequence[Change]) -> None:
        actions.take_back(author.import_id)

    def _given(self, scopes: Sequence[Scope], lines: Lines[Named]) -> _Given:
        spots = Spots(scopes)
        digests = self._invitations.digests(line.number for _, line in lines)
        return _Given(
            digests={number: digest for (number, _), digest in zip(lines, digests, strict=True)},
            spots={number: spots.find(line.written) for number, line in lines},
            invited=queries.standing(_KIND, digests),
        )


def _verdicts(lines: Lines[Named], given: _Given) -> list[Verdict]:
    again = people.doubles({number: (given.digests[number], given.spots[number]) for number, _ in lines})
    return [_verdict(number, line, given, again.get(number, "")) for number, line in lines]


def _verdict(number: int, line: Named, given: _Given, again: str) -> Verdict:
    spot, digest = given.spots[number], given.digests[number]
    about = f"{phones.masked(line.number)} {line.written if spot is None else spot.code}"
    if spot is None:
        return Verdict(number, Outcome.REFUSED, about, rules.outside(line.written))
    if spot.level not in HOMES:
        return Verdict(number, Outcome.REFUSED, about, "要写到社区、网格或楼栋。")
    if again:
        return Verdict(number, Outcome.REFUSED, about, again)
    if (digest, spot.id) in given.invited:
        return Verdict(number, Outcome.SAME, about, "已经邀请过。")
    return Verdict(number, Outcome.ADDED, about, "邀请；本人登记后才是成员。")
