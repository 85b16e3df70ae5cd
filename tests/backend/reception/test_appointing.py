"""Lane heads are appointed and dismissed by who may do so at the place."""

import pytest

from backend.accounts.queries import Account
from backend.errors import Conflict, Forbidden, InvalidInput, NotFound
from backend.heads import queries as heads
from backend.members import actions as members
from backend.permissions import Actor
from backend.runtime import Runtime
from models.audit import AuditEntry
from models.places import PlaceLevel
from models.staff import Role
from tests import people, staff
from tests.backend.reception import pairs

LANE, ELSEWHERE = "99010101", "99020101"


@pytest.fixture
def member(runtime: Runtime, account: Account) -> int:
    pairs.street()
    for code in (LANE, ELSEWHERE):
        staff.place(code, PlaceLevel.LANE)
    return people.member(runtime, account)


def _clerk(runtime: Runtime) -> Actor:
    return staff.actor(runtime, (Role.CLERK, "9901"))


def test_appointed_and_dismissed_with_an_entry_for_each(runtime: Runtime, member: int) -> None:
    verbs, actor = runtime.reception.heads, _clerk(runtime)
    verbs.appoint(actor, member, LANE)
    assert [term.until for term in heads.terms(member)] == [None]
    with pytest.raises(Conflict):
        verbs.appoint(actor, member, LANE)
    verbs.dismiss(actor, member, LANE)
    with pytest.raises(NotFound):
        verbs.dismiss(actor, member, LANE)
    entries = AuditEntry.select().where(AuditEntry.action == "appoint_heads").order_by(AuditEntry.number)
    assert [(row.subject, row.place, row.facts) for row in entries] == [
        (str(member), LANE, '{"what":"appointed"}'),
        (str(member), LANE, '{"what":"dismissed"}'),
    ]


def test_nobody_appoints_outside_her_scope_or_whom_she_may_not_see(
    runtime: Runtime, account: Account, member: int
) -> None:
    verbs, actor = runtime.reception.heads, _clerk(runtime)
    with pytest.raises(Forbidden):
        verbs.appoint(actor, member, ELSEWHERE)
    members.move(member, people.home("990202"))
    with pytest.raises(NotFound):
        verbs.appoint(actor, member, LANE)
    with pytest.raises(Forbidden):
        verbs.dismiss(actor, member, ELSEWHERE)


def test_the_office_is_the_places(runtime: Runtime, member: int) -> None:
    verbs, actor = runtime.reception.heads, _clerk(runtime)
    verbs.appoint(actor, member, LANE)
    members.restrict(member)
    members.move(member, people.home("990202"))
    verbs.dismiss(actor, member, LANE)
    assert heads.terms(member)[0].until is not None


@pytest.mark.parametrize("role", [Role.HANDLER, Role.LIAISON, Role.ADMINISTRATOR, Role.AUDITOR])
def test_only_leaders_and_clerks_appoint(runtime: Runtime, member: int, role: Role) -> None:
    actor = staff.actor(runtime, (role, "99"), login="other")
    for verb in (runtime.reception.heads.appoint, runtime.reception.heads.dismiss):
        with pytest.raises(Forbidden):
            verb(actor, member, LANE)


def test_a_community_has_no_head(runtime: Runtime, member: int) -> None:
    with pytest.raises(InvalidInput):
        runtime.reception.heads.appoint(_clerk(runtime), member, "990101")
