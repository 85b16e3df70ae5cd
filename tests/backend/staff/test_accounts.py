"""Accounts of the console: added inside one's own scope, shut out, let in, and never without an administrator."""

from datetime import timedelta

import pyotp
import pytest

from backend import clock
from backend.errors import Conflict, Forbidden, InvalidInput, NotFound
from backend.permissions import Action
from backend.runtime import Runtime
from backend.staff import actions, credentials, grants, queries, sessions
from backend.staff.actions import NewStaff
from models.audit import AuditEntry
from models.places import PlaceLevel
from models.staff import RecoveryCode, Role, Staff, StaffGrant, StaffLink, StaffSession, StaffState
from tests import staff

STREET, HERE, THERE = "9901", "990101", "990102"


@pytest.fixture(autouse=True)
def _places(runtime: Runtime) -> None:
    street = staff.place(STREET, PlaceLevel.STREET)
    for code in (HERE, THERE):
        staff.place(code, PlaceLevel.COMMUNITY, street)


def _told(login: str = "li.hua", role: Role = Role.CLERK, place: str = HERE) -> NewStaff:
    return NewStaff(login, "李华", "春晓社区居委会", role, place)


def test_an_account_is_an_invitation_until_it_is_set_up(runtime: Runtime) -> None:
    link = actions.add(runtime.audit, None, _told())
    row = Staff.get()
    assert (row.state, row.password, row.totp) == (StaffState.INVITED, "", None)
    assert link.token not in str(StaffLink.select().dicts().get()), "the table holds a digest"
    staff.set_up(runtime, link.staff_id)
    assert Staff.get().state is StaffState.ACTIVE
    assert (StaffLink.select().count(), RecoveryCode.select().count()) == (0, 8)


@pytest.mark.parametrize("login", ["", "ab", "9ab", "Zhang Min", "张敏", "a" * 33, "a/b", "root\n"])
def test_a_login_that_cannot_be_typed_is_refused(runtime: Runtime, login: str) -> None:
    with pytest.raises(InvalidInput):
        actions.add(runtime.audit, None, _told(login))
    assert Staff.select().count() == 0


def test_a_login_is_given_once(runtime: Runtime) -> None:
    actions.add(runtime.audit, None, _told())
    with pytest.raises(Conflict, match="已经有人用了"):
        actions.add(runtime.audit, None, _told("LI.HUA "))
    assert (Staff.select().count(), StaffGrant.select().count()) == (1, 1)


def test_an_administrator_of_a_place_adds_staff_there_and_nowhere_else(runtime: Runtime) -> None:
    hers = staff.actor(runtime, (Role.ADMINISTRATOR, HERE))
    actions.add(runtime.audit, hers, _told())
    for place in (THERE, STREET, ""):
        with pytest.raises(Forbidden):
            actions.add(runtime.audit, hers, _told("wang.lei", place=place))
    assert Staff.get_or_none(Staff.login == "wang.lei") is None, "nothing is left of it"


def test_nobody_decides_on_her_own_account(runtime: Runtime) -> None:
    hers = staff.actor(runtime, (Role.ADMINISTRATOR, ""))
    for verb in (actions.new_link, actions.suspend, actions.leave):
        with pytest.raises(Forbidden, match="另一位管理员"):
            verb(runtime.audit, hers, hers.staff_id)
    with pytest.raises(Forbidden, match="给自己授权"):
        grants.grant(runtime.audit, hers, hers.staff_id, Role.CLERK, HERE)
    assert queries.at_work(hers.staff_id) is None or not hers.may(Action.SEE_CONTACTS)
    assert StaffGrant.select().where(StaffGrant.staff == hers.staff_id).count() == 1


def test_who_works_elsewhere_is_not_there_for_her(runtime: Runtime) -> None:
    hers = staff.actor(runtime, (Role.ADMINISTRATOR, HERE))
    other = staff.account(runtime, "wang.lei", (Role.CLERK, THERE))
    both = staff.account(runtime, "zhao.yi", (Role.CLERK, HERE), (Role.LEADER, STREET))
    for staff_id in (other, both):
        assert queries.by_id(hers, staff_id) is None
        for act in (actions.suspend, actions.leave, actions.new_link):
            with pytest.raises(NotFound):
                act(runtime.audit, hers, staff_id)
        with pytest.raises(NotFound):
            grants.grant(runtime.audit, hers, staff_id, Role.CLERK, HERE)
    assert [each.login for each in queries.listed(hers)] == ["zhang.min"]
    assert {each.login for each in queries.listed(staff.actor(runtime, (Role.ADMINISTRATOR, ""), login="all"))} == {
        "all", "wang.lei", "zhang.min", "zhao.yi",
    }  # fmt: skip


def test_only_who_manages_the_staff_sees_them(runtime: Runtime) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        somebody = staff.actor(runtime, (role, ""), login=f"is.{role.value}")
        with pytest.raises(Forbidden):
            queries.listed(somebody)
        with pytest.raises(Forbidden):
            actions.add(runtime.audit, somebody, _told())


def test_a_grant_ends_at_its_day_and_by_hand(runtime: Runtime) -> None:
    soon = clock.now() + timedelta(days=1)
    staff_id = staff.account(runtime, "li.hua", (Role.CLERK, HERE), until=soon)
    row = Staff.get_by_id(staff_id)
    assert queries.actor(row).may(Action.SEE_MEMBERS, HERE)
    StaffGrant.update(until=clock.now() - timedelta(seconds=1)).execute()
    assert not queries.actor(row).may(Action.SEE_MEMBERS, HERE)
    hers = staff.actor(runtime, (Role.ADMINISTRATOR, ""))
    given = grants.grant(runtime.audit, hers, staff_id, Role.LIAISON, THERE)
    assert queries.actor(row).may(Action.SEE_CONTACTS, THERE)
    assert grants.end(runtime.audit, hers, given) == staff_id
    assert not queries.actor(row).may(Action.SEE_CONTACTS, THERE)
    with pytest.raises(NotFound):
        grants.end(runtime.audit, hers, given)


def test_the_same_grant_is_not_given_twice_and_none_that_is_over(runtime: Runtime) -> None:
    hers = staff.actor(runtime, (Role.ADMINISTRATOR, ""))
    staff_id = staff.account(runtime, "li.hua", (Role.CLERK, HERE))
    with pytest.raises(Conflict):
        grants.grant(runtime.audit, hers, staff_id, Role.CLERK, HERE)
    with pytest.raises(InvalidInput):
        grants.grant(runtime.audit, hers, staff_id, Role.LEADER, HERE, clock.now() - timedelta(days=1))
    with pytest.raises(InvalidInput):
        grants.grant(runtime.audit, hers, staff_id, Role.LEADER, "nowhere")


def test_the_last_administrator_stays(runtime: Runtime) -> None:
    first = staff.actor(runtime, (Role.ADMINISTRATOR, ""))
    grant = StaffGrant.get()
    with pytest.raises(Conflict, match="最后一位管理员"):
        grants.end(runtime.audit, first, grant.id)
    with pytest.raises(Conflict, match="最后一位管理员"):
        actions.leave(runtime.audit, None, first.staff_id)
    second = staff.actor(runtime, (Role.ADMINISTRATOR, ""), login="li.hua")
    with pytest.raises(Forbidden, match="自己的账号"):
        actions.suspend(runtime.audit, first, first.staff_id)
    actions.leave(runtime.audit, second, first.staff_id)
    assert Staff.get_by_id(first.staff_id).state is StaffState.LEFT


def test_who_leaves_has_nothing_left_to_come_in_with(runtime: Runtime) -> None:
    staff_id = staff.account(runtime, "li.hua", (Role.CLERK, HERE))
    staff.set_up(runtime, staff_id)
    token = sessions.begin(staff_id, "电脑", "127.0.0.1")
    assert sessions.find(token) is not None
    actions.leave(runtime.audit, None, staff_id)
    row = Staff.get_by_id(staff_id)
    assert (row.password, row.totp, row.identity_id) == ("", None, None)
    assert (sessions.find(token), StaffSession.select().count(), RecoveryCode.select().count()) == (None, 0, 0)
    assert queries.actor(row).grants == ()
    for act in (actions.resume, actions.new_link, actions.suspend):
        with pytest.raises(Conflict):
            act(runtime.audit, None, staff_id)


def test_who_was_suspended_before_setting_up_still_has_to(runtime: Runtime) -> None:
    staff_id = staff.account(runtime, "li.hua", (Role.CLERK, HERE))
    actions.suspend(runtime.audit, None, staff_id)
    actions.resume(runtime.audit, None, staff_id)
    assert Staff.get_by_id(staff_id).state is StaffState.INVITED


def test_a_link_is_good_for_two_days_and_replaces_the_one_before(runtime: Runtime) -> None:
    first = actions.add(runtime.audit, None, _told())
    second = actions.new_link(runtime.audit, None, first.staff_id)
    with pytest.raises(NotFound):
        runtime.credentials.set_up(first.token, staff.PASSWORD, "A" * 32, "000000")
    StaffLink.update(ends_at=clock.now()).execute()
    with pytest.raises(NotFound):
        runtime.credentials.set_up(second.token, staff.PASSWORD, "A" * 32, "000000")


def test_each_act_is_an_entry_of_the_audit(runtime: Runtime) -> None:
    hers = staff.actor(runtime, (Role.ADMINISTRATOR, ""))
    made = actions.add(runtime.audit, hers, _told())
    grants.grant(runtime.audit, hers, made.staff_id, Role.EDITOR, "")
    actions.suspend(runtime.audit, hers, made.staff_id)
    rows = list(AuditEntry.select().where(AuditEntry.login == "zhang.min").order_by(AuditEntry.number))
    assert [row.action for row in rows] == ["staff_added", "grant_given", "staff_suspended"]
    assert {row.subject for row in rows} == {str(made.staff_id)}
    assert made.token not in "".join(row.facts for row in AuditEntry.select())


def _sets_up(runtime: Runtime, token: str) -> None:
    secret = pyotp.random_base32()
    runtime.credentials.set_up(token, staff.PASSWORD, secret, staff.code_of(secret))


@pytest.mark.parametrize("state", [StaffState.SUSPENDED, StaffState.LEFT, StaffState.ACTIVE])
def test_a_link_sets_up_only_an_account_that_waits_for_it(runtime: Runtime, state: StaffState) -> None:
    link = actions.add(runtime.audit, None, _told())
    Staff.update(state=state).execute()
    assert credentials.link_owner(link.token) is None
    with pytest.raises(NotFound, match="链接"):
        _sets_up(runtime, link.token)
    assert (Staff.get().state, Staff.get().password) == (state, "")


def test_a_link_is_void_once_the_account_was_suspended(runtime: Runtime) -> None:
    actions.add(runtime.audit, None, _told("zhang.min", Role.ADMINISTRATOR, ""))
    link = actions.add(runtime.audit, None, _told())
    actions.suspend(runtime.audit, None, link.staff_id)
    actions.resume(runtime.audit, None, link.staff_id)
    with pytest.raises(NotFound, match="链接"):
        _sets_up(runtime, link.token)
