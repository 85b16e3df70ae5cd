"""A sheet of lane heads: members are appointed and dismissed, and whoever is none yet is invited as one.

A line says the same of both: otherwise a sheet that nobody confirms would tell of any number whether it is a member's.
Who was appointed is seen afterwards, where heads are seen, and each appointment stands in the audit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend import clock
from backend.audit.actions import Audit, Subject
from backend.errors import Conflict
from backend.heads import actions as heads
from backend.imports import people, rules
from backend.imports.kinds import Author, Change, Done
from backend.imports.people import NAME, PHONE, PLACE, Named, Spot, Spots
from backend.invitations import actions, queries
from backend.invitations.actions import Invitations, Invited
from backend.invitations.queries import Known, slices
from backend.members import phones
from backend.permissions import Action, Actor, Scope
from backend.sheets.columns import Column, Columns
from backend.sheets.lines import LineFault, Lines, Outcome, Row, Verdict, fault
from models.heads import LaneHead
from models.invitations import InvitationKind
from models.members import MemberState
from models.places import Place

APPOINT, DISMISS = "任命", "卸任"
_ACTS = {"": APPOINT, APPOINT: APPOINT, "任": APPOINT, DISMISS: DISMISS, "免": DISMISS, "免去": DISMISS}
_KIND = InvitationKind.HEAD
_MOST = 2_000
"""Lines. A street has some six hundred heads; many more numbers are no list of heads."""


@dataclass(frozen=True, slots=True)
class HeadLine:
    named: Named
    dismiss: bool


@dataclass(frozen=True, slots=True)
class _Case:
    """A line with all that it is held against. `member` is somebody the actor may see, or who is head here already."""

    number: int
    line: HeadLine
    digest: str = field(repr=False)
    spot: Spot | None
    member: Known | None
    serves: bool
    invited: bool


class Heads:
    columns = Columns((PHONE, PLACE, NAME, Column("act", "任免", ("动作", "任命或卸任"), needed=False)))
    asks: tuple[Action, ...] = (Action.APPOINT_HEADS,)
    most = _MOST
    whole = False
    undoable = True

    def __init__(self, invitations: Invitations, audit: Audit) -> None:
        self._invitations, self._audit = invitations, audit

    def read_line(self, number: int, row: Row) -> HeadLine | LineFault:
        act = _ACTS.get(row.get("act", "").strip())
        if act is None:
            return fault(number, f"「任免」只能写「{APPOINT}」或「{DISMISS}」，空着是{APPOINT}。")
        named = people.read(number, row)
        return named if isinstance(named, LineFault) else HeadLine(named, act == DISMISS)

    def judged(self, actor: Actor, scopes: Sequence[Scope], lines: Lines[HeadLine]) -> list[Verdict]:
        return _verdicts(self._cases(actor, scopes, lines))

    def write(self, author: Author, scopes: Sequence[Scope], lines: Lines[HeadLine]) -> Done:
        cases = self._cases(author.actor, scopes, lines)
        verdicts = _verdicts(cases)
        good = [case for case, verdict in zip(cases, verdicts, strict=True) if verdict.outcome is not Outcome.REFUSED]
        changes = [change for case in good if (change := self._act(author, case)) is not None]
        new = [_invited(case) for case in good if _is_new(case)]
        actions.put(new, _KIND, author.actor.login, author.import_id)
        return Done(verdicts, changes)

    def _act(self, author: Author, case: _Case) -> Change | None:
        """What it did to a term of office or took back; None when it did nothing, or only invites."""
        spot, member = case.spot, case.member
        if spot is None:
            return None
        if member is not None and case.line.dismiss is case.serves:
            return self._turn(author, member, spot, case.line.dismiss)
        taken = actions.take_back_one(case.digest, _KIND, spot.id) if case.line.dismiss else None
        return None if taken is None else {"taken": taken}

    def _turn(self, author: Author, member: Known, spot: Spot, dismiss: bool) -> Change:
        if dismiss:
            term = _term(member.id, spot.id)
            heads.dismiss(member.id, spot.code)
        else:
            term = heads.appoint(member.id, spot.code)
        about, what = Subject("member", str(member.id), spot.code), "dismissed" if dismiss else "appointed"
        self._audit.record(author.actor, Action.APPOINT_HEADS, about, what=what, origin=author.import_id)
        return {"term": term, "dismissed": dismiss, "until": _until(term)}

    def touched(self, author: Author, changes: Sequence[Change]) -> set[str]:
        taken = [change["taken"]["place"] for change in changes if "taken" in change]
        terms = [change["term"] for change in changes if "term" in change]
        return queries.places_of(author.import_id) | _codes(taken) | _codes_of_terms(terms)

    def undo(self, author: Author, changes: Sequence[Change]) -> None:
        """Who has registered meanwhile by an invitation of it stays the head she has become."""
        actions.take_back(author.import_id)
        for change in changes:
            if "taken" in change:
                actions.put_back(change["taken"])
            else:
                _turn_back(change)

    def _cases(self, actor: Actor, scopes: Sequence[Scope], lines: Lines[HeadLine]) -> list[_Case]:
        spots, seen = Spots(scopes), actor.reach(Action.SEE_MEMBERS)
        digests = self._invitations.digests(line.named.number for _, line in lines)
        known, invited = queries.members_with(digests), queries.standing(_KIND, digests)
        serving = _serving([member.id for member in known.values()])
        found = []
        for (number, line), digest in zip(lines, digests, strict=True):
            spot, member = spots.find(line.named.written), known.get(digest)
            serves = spot is not None and member is not None and (member.id, spot.id) in serving
            seen_one = member if serves or _is_seen(member, seen) else None
            waits = spot is not None and (digest, spot.id) in invited
            found.append(_Case(number, line, digest, spot, seen_one, serves, waits))
        return found


def _codes(place_ids: Sequence[int]) -> set[str]:
    found: set[str] = set()
    for some in slices(place_ids):
        found |= {row.code for row in Place.select(Place.code).where(Place.id.in_(some))}
    return found


def _codes_of_terms(terms: Sequence[int]) -> set[str]:
    found: set[str] = set()
    for some in slices(terms):
        rows: Any = LaneHead.select(Place.code).join(Place).where(LaneHead.id.in_(some)).tuples()
        found |= {code for (code,) in rows}
    return found


def _turn_back(change: Change) -> None:
    until = datetime.fromisoformat(change["until"]) if change["until"] else None
    as_left = LaneHead.until.is_null() if until is None else LaneHead.until == until
    mine = (LaneHead.id == change["term"]) & as_left & LaneHead.member.is_null(False)
    if not LaneHead.update(until=None if change["dismissed"] else clock.now()).where(mine).execute():
        raise Conflict("head_changed", "有几位的任免后来又变过，不能整批撤销，请单独修改。")


def _verdicts(cases: Sequence[_Case]) -> list[Verdict]:
    again = people.doubles({case.number: (case.digest, case.spot) for case in cases})
    return [_verdict(case, again.get(case.number, "")) for case in cases]


def _verdict(case: _Case, again: str) -> Verdict:
    named, spot = case.line.named, case.spot
    about = f"{phones.masked(named.number)} {named.written if spot is None else spot.code}"
    if spot is None:
        return Verdict(case.number, Outcome.REFUSED, about, rules.outside(named.written))
    if spot.level not in heads.LEVELS:
        return Verdict(case.number, Outcome.REFUSED, about, "只有网格和楼栋巷有楼栋长、巷长。")
    if again:
        return Verdict(case.number, Outcome.REFUSED, about, again)
    outcome, sentence = _dismissal(case) if case.line.dismiss else _appointment(case)
    return Verdict(case.number, outcome, about, sentence)


def _appointment(case: _Case) -> tuple[Outcome, str]:
    if case.serves or (case.member is None and case.invited):
        return Outcome.SAME, "已经任命过，或者邀请过。"
    return Outcome.ADDED, "任命，或邀请登记后任命；本人同意以后，邻居才看得到电话。"


def _dismissal(case: _Case) -> tuple[Outcome, str]:
    if case.serves or case.invited:
        return Outcome.CHANGED, "卸任，或收回邀请。"
    return Outcome.SAME, "现在不是这里的楼栋长、巷长。"


def _is_new(case: _Case) -> bool:
    return not case.line.dismiss and not case.serves and case.member is None and not case.invited


def _invited(case: _Case) -> Invited:
    assert case.spot is not None
    return Invited(case.digest, case.line.named.number, case.spot.id)


def _is_seen(member: Known | None, seen: Scope) -> bool:
    """As with invitations: of a member who lives elsewhere a line says nothing that it would not say of a stranger."""
    return member is not None and member.state is MemberState.ACTIVE and member.place_code in seen


def _serving(member_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Who of them is the head of what today."""
    found: set[tuple[int, int]] = set()
    for some in slices(member_ids):
        mine = LaneHead.member.in_(some) & LaneHead.until.is_null()
        rows: Any = LaneHead.select(LaneHead.member, LaneHead.place).where(mine).tuples()
        found |= set(rows)
    return found


def _term(member_id: int, place_id: int) -> int:
    mine = (LaneHead.member == member_id) & (LaneHead.place == place_id) & LaneHead.until.is_null()
    return int(LaneHead.get(mine).id)


def _until(term: int) -> str:
    until = LaneHead.get_by_id(term).until
    return "" if until is None else str(until.isoformat())
