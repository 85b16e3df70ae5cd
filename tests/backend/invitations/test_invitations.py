"""Whoever was invited and registers is awaited no longer; who was to be a head is one; and no invitation says who."""

from datetime import timedelta

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import Forbidden, NotFound
from backend.invitations import queries
from backend.places import actions as places
from backend.privacy import retention
from backend.runtime import Runtime
from models.audit import AuditEntry
from models.heads import LaneHead
from models.imports import ImportKind
from models.invitations import DAYS, Invitation
from models.staff import Role
from tests import imports, people

ONE, TWO = "13800138000", "13900139000"


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    places.import_sheet(imports.TREE)


def _invite(runtime: Runtime, kind: ImportKind, number: str, place: str) -> None:
    imports.done(runtime, imports.clerk(runtime), kind, f"手机号,编码\n{number},{place}\n")


def _heads(member_id: int) -> list[str]:
    return [row.place.code for row in LaneHead.select().where(LaneHead.member == member_id)]


def test_who_registers_is_awaited_no_longer_wherever_she_was_invited(runtime: Runtime, account: Account) -> None:
    _invite(runtime, ImportKind.INVITATIONS, ONE, "990101")
    _invite(runtime, ImportKind.INVITATIONS, ONE, "990102")
    _invite(runtime, ImportKind.INVITATIONS, TWO, "990101")
    member_id = people.member(runtime, account, phone=f"+86{ONE}")
    assert runtime.invitations.fulfil(member_id, f"+86{ONE}") == 2
    assert [row.masked for row in Invitation.select()] == ["139******00"]
    assert _heads(member_id) == []


def test_who_was_invited_as_a_head_is_one_from_then_on(runtime: Runtime, account: Account) -> None:
    _invite(runtime, ImportKind.HEADS, ONE, "9901010101")
    member_id = people.member(runtime, account, phone=f"+86{ONE}")
    runtime.invitations.fulfil(member_id, f"+86{ONE}")
    assert _heads(member_id) == ["9901010101"]
    entry = AuditEntry.select().order_by(AuditEntry.number.desc()).first()
    assert (entry.action, entry.subject, entry.login, entry.place) == (
        "appoint_heads",
        str(member_id),
        "",
        "9901010101",
    )
    assert '"invited_by":"zhang.min"' in entry.facts


def test_an_invitation_that_is_over_makes_nobody_a_head(runtime: Runtime, account: Account) -> None:
    _invite(runtime, ImportKind.HEADS, ONE, "9901010101")
    Invitation.update(invited_at=clock.ago(days=DAYS, seconds=1)).execute()
    member_id = people.member(runtime, account, phone=f"+86{ONE}")
    assert runtime.invitations.fulfil(member_id, f"+86{ONE}") == 0
    assert (_heads(member_id), Invitation.select().count()) == ([], 0)


def test_invitations_go_after_ninety_days(runtime: Runtime) -> None:
    _invite(runtime, ImportKind.INVITATIONS, ONE, "990101")
    Invitation.update(invited_at=clock.ago(days=DAYS - 1)).execute()
    retention.enforce()
    assert Invitation.select().count() == 1
    Invitation.update(invited_at=clock.ago(days=DAYS, seconds=1)).execute()
    retention.enforce()
    assert Invitation.select().count() == 0


def test_one_that_is_over_does_not_stand_in_the_way_of_a_new_one(runtime: Runtime) -> None:
    _invite(runtime, ImportKind.INVITATIONS, ONE, "990101")
    Invitation.update(invited_at=clock.ago(days=DAYS, seconds=1)).execute()
    _invite(runtime, ImportKind.INVITATIONS, ONE, "990101")
    [row] = Invitation.select()
    assert clock.now() - row.invited_at < timedelta(minutes=5)


def test_the_open_ones_are_listed_in_scope_and_masked(runtime: Runtime) -> None:
    _invite(runtime, ImportKind.INVITATIONS, ONE, "990101")
    _invite(runtime, ImportKind.INVITATIONS, TWO, "990102")
    everywhere, here = imports.clerk(runtime), imports.clerk(runtime, "990101", login="li.wei")
    assert [each.masked for each in queries.listed(everywhere)] == ["138******00", "139******00"]
    assert [each.place_code for each in queries.listed(here)] == ["990101"]
    first = queries.listed(everywhere, limit=1)
    assert [each.masked for each in queries.listed(everywhere, after=first[0].id)] == ["139******00"]
    with pytest.raises(Forbidden):
        queries.listed(imports.clerk(runtime, role=Role.HANDLER, login="wang.fang"))


def test_one_is_taken_back_only_inside_the_scope(runtime: Runtime) -> None:
    _invite(runtime, ImportKind.INVITATIONS, ONE, "990101")
    [row] = Invitation.select()
    with pytest.raises(NotFound):
        runtime.invitations.withdraw(imports.clerk(runtime, "990102", login="li.wei"), row.id)
    runtime.invitations.withdraw(imports.clerk(runtime), row.id)
    assert Invitation.select().count() == 0
