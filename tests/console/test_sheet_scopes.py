"""Random staff against random rows: whatever she brings, sees or takes away lies inside her scope, or is refused."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from backend import clock
from backend.errors import Forbidden, NotFound
from backend.exports import sources
from backend.invitations import queries as invitations
from backend.permissions import Action, Actor
from backend.places import queries as places
from backend.runtime import Runtime
from backend.sheets.lines import Outcome
from backend.sheets.writing import Form
from models.exports import ExportKind, ExportState, SheetExport
from models.imports import ImportKind
from models.invitations import Invitation
from models.members import Member
from models.places import Place
from models.staff import Role, Staff, StaffGrant, StaffState
from tests import exports, imports, people, staff
from tests.conftest import OFFICIAL, make_settings
from tests.served import House, opened, prepare

SEEDS = range(12)
_PLACES = 40
_MEMBERS = 60


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A street with members and invitations everywhere."""
    with opened(prepare(make_settings(tmp_path_factory.mktemp("scopes")))) as running:
        account = running.runtime.account(OFFICIAL.app_id)
        rng = random.Random(1)
        codes = _codes(rng)
        told = people.application()
        for number in range(_MEMBERS):
            member_id = people.member(running.runtime, account, f"o{number}", people.number(number), told)
            where = places.by_code(rng.choice(codes))
            Member.update(place=where.id if where else None).where(Member.id == member_id).execute()
        lines = "".join(f"138{number:08d},{rng.choice(codes)}\n" for number in range(200))
        imports.done(running.runtime, imports.clerk(running.runtime, ""), ImportKind.INVITATIONS, f"手机,编码\n{lines}")
        yield running


@pytest.fixture(scope="module")
def runtime(house: House) -> Runtime:
    return house.runtime


def _codes(rng: random.Random) -> list[str]:
    rows = [row.code for row in Place.select(Place.code).order_by(Place.code)]
    return rng.sample([code for code in rows if len(code) >= 6], _PLACES)


def _somebody(runtime: Runtime, rng: random.Random, login: str) -> Actor:
    """With one to three grants at random places; some of them over."""
    held = [(rng.choice(list(Role)), rng.choice(_codes(rng))) for _ in range(rng.randint(1, 3))]
    actor = staff.actor(runtime, *held, login=login)
    Staff.update(state=StaffState.ACTIVE).where(Staff.id == actor.staff_id).execute()
    return actor


@pytest.mark.parametrize("seed", SEEDS)
def test_what_she_brings_is_taken_inside_her_scope_and_nowhere_else(runtime: Runtime, seed: int) -> None:
    rng = random.Random(seed)
    actor = _somebody(runtime, rng, f"brings.{seed}")
    lines = [(f"137{rng.randrange(10**8):08d}", rng.choice(_codes(rng))) for _ in range(60)]
    sheet = "手机,编码\n" + "".join(f"{phone},{code}\n" for phone, code in lines)
    reach = actor.reach(Action.IMPORT)
    if not reach.codes:
        with pytest.raises(Forbidden):
            imports.brought(runtime, actor, ImportKind.INVITATIONS, sheet)
        return
    number = imports.brought(runtime, actor, ImportKind.INVITATIONS, sheet)
    said = {each: outcome for each, outcome, _ in imports.said(runtime, actor, number)}
    for at, (_, code) in enumerate(lines, 2):
        if code not in reach:
            assert said[at] is Outcome.REFUSED
        elif len(code) >= 6:
            assert said[at] is not Outcome.REFUSED or _is_double(lines, at - 2)
    before = Invitation.select().count()
    if any(outcome is Outcome.ADDED for outcome in said.values()):
        imports.confirmed(runtime, actor, number)
    new = Invitation.select(Invitation, Place).join(Place).where(Invitation.invited_by == actor.login)
    assert all(row.place.code in reach for row in new)
    assert Invitation.select().count() - before == new.count()


def _is_double(lines: list[tuple[str, str]], at: int) -> bool:
    return lines[at] in lines[:at]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_invitations_she_sees_are_those_of_her_scope(runtime: Runtime, seed: int) -> None:
    actor = _somebody(runtime, random.Random(100 + seed), f"sees.{seed}")
    reach = actor.reach(Action.IMPORT)
    if not reach.codes:
        with pytest.raises(Forbidden):
            invitations.listed(actor)
        return
    shown = {each.id for each in invitations.listed(actor, limit=10_000)}
    rows = list(Invitation.select(Invitation, Place).join(Place))
    assert shown == {row.id for row in rows if row.place.code in reach}
    for row in random.Random(seed).sample(rows, 20):
        if row.place.code not in reach:
            with pytest.raises(NotFound):
                runtime.invitations.withdraw(actor, row.id)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_she_takes_away_lies_in_her_scope(runtime: Runtime, seed: int) -> None:
    rng = random.Random(200 + seed)
    actor = _somebody(runtime, rng, f"takes.{seed}")
    for code in [*_codes(rng)[:6], "", "99"]:
        if code not in actor.reach(Action.EXPORT) or code not in actor.reach(Action.SEE_MEMBERS):
            with pytest.raises(Forbidden):
                exports.asked(runtime, actor, ExportKind.MEMBERS, code)
            continue
        number = exports.ready(runtime, actor, ExportKind.MEMBERS, code, Form.CSV)
        told = exports.lines(exports.taken(runtime, actor, number))[1:]
        assert all(line[2].startswith(code) for line in told)
        inside = Member.select().join(Place).where(Place.code.startswith(code))
        assert SheetExport.get_by_id(number).rows == len(told) == inside.count()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_exports_she_sees_are_hers_or_hers_to_decide(runtime: Runtime, seed: int) -> None:
    rng = random.Random(300 + seed)
    asker = imports.clerk(runtime, "", login="asks.everywhere")
    codes = [*_codes(rng)[:5], ""]
    asked = {exports.asked(runtime, asker, ExportKind.PLACES, code): code for code in codes}
    actor = _somebody(runtime, rng, f"decides.{seed}")
    reach = actor.reach(Action.APPROVE_EXPORTS)
    shown = {each.id for each in runtime.exports.queries.listed(actor, limit=10_000)}
    assert shown & asked.keys() == {number for number, code in asked.items() if code in reach}
    for number, code in asked.items():
        if code not in reach:
            with pytest.raises(NotFound):
                runtime.exports.queries.one(actor, number)
            with pytest.raises(NotFound):
                runtime.exports.actions.approve(actor, number)


def test_a_grant_that_ends_while_the_file_is_written_ends_the_file(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "SLICE", 1)
    actor = imports.clerk(runtime, "", login="loses.all")
    number = exports.asked(runtime, actor, ExportKind.MEMBERS, "")
    runtime.exports.actions.approve(exports.leader(runtime, ""), number)
    now, ticks = clock.now(), count()
    StaffGrant.update(until=now + timedelta(seconds=40)).where(StaffGrant.staff == actor.staff_id).execute()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=next(ticks)))  # each look takes a second
    imports.work_off(runtime)
    row = SheetExport.get_by_id(number)
    assert (row.state, row.file_id) == (ExportState.FAILED, None)
    assert 0 < runtime.exports.queries.progress(number).done < _MEMBERS, "it had begun"
