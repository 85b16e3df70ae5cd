"""From the wish to the end: a purpose, a second person, three downloads in a day, and an alarm where it is unusual."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from backend import clock
from backend.accounts.queries import Account
from backend.errors import Conflict, Forbidden, InvalidInput, NotFound
from backend.exports import rules
from backend.exports.actions import Wish
from backend.places import actions as places
from backend.runtime import Runtime
from backend.sheets.writing import Form
from backend.staff import actions as accounts
from backend.staff import grants
from models.audit import AuditEntry
from models.exports import ExportKind, ExportState, SheetExport
from models.files import StoredFile
from models.staff import Role, StaffGrant
from tests import exports, imports, people, staff

MEMBERS, CONTACTS = ExportKind.MEMBERS, ExportKind.CONTACTS


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    places.import_sheet(imports.TREE)


def test_every_state_is_in_the_table_and_the_end_is_the_end() -> None:
    assert rules.MOVES.keys() == set(ExportState)
    assert rules.STATES.keys() == set(ExportState)
    assert rules.SHAPES.keys() == set(ExportKind)
    ends = {state for state, moves in rules.MOVES.items() if not moves}
    assert ends == {ExportState.DECLINED, ExportState.WITHDRAWN, ExportState.FAILED, ExportState.ENDED}


@pytest.mark.parametrize("purpose", ["", "走访", "     ", "a\x00bcdefg", "长" * 101])
def test_without_a_purpose_nothing_is_asked_for(runtime: Runtime, purpose: str) -> None:
    clerk = imports.clerk(runtime)
    before = people.row_counts()
    with pytest.raises(InvalidInput, match="用途"):
        runtime.exports.actions.ask(clerk, Wish(MEMBERS, Form.CSV, "9901", purpose))
    assert people.row_counts() == before


def test_the_purpose_is_sealed(runtime: Runtime) -> None:
    number = exports.asked(runtime, imports.clerk(runtime), MEMBERS)
    assert SheetExport.get_by_id(number).purpose.startswith("k1:")


@pytest.mark.parametrize("place", ["9901", "", "990102", "880101"])
def test_nothing_is_asked_for_outside_the_scope(runtime: Runtime, place: str) -> None:
    clerk = imports.clerk(runtime, "990101")
    with pytest.raises(Forbidden):
        exports.asked(runtime, clerk, MEMBERS, place)


def test_who_sees_no_contacts_cannot_export_them(runtime: Runtime) -> None:
    leader = exports.leader(runtime)
    assert exports.asked(runtime, leader, MEMBERS)
    with pytest.raises(Forbidden):
        exports.asked(runtime, leader, CONTACTS)


def test_nothing_is_written_before_a_second_person_has_let_it_go(runtime: Runtime) -> None:
    number = exports.asked(runtime, imports.clerk(runtime), MEMBERS)
    runtime.exports.work.write(number)
    imports.work_off(runtime)
    assert (exports.state(number), StoredFile.select().count()) == (ExportState.ASKED, 0)


def test_nobody_lets_go_what_she_asked_for_herself_whatever_else_she_may_do(runtime: Runtime) -> None:
    both = staff.actor(runtime, (Role.CLERK, "9901"), (Role.LEADER, ""), login="liu.yang")
    number = exports.asked(runtime, both, MEMBERS)
    with pytest.raises(Forbidden, match="另一位"):
        runtime.exports.actions.approve(both, number)
    with pytest.raises(Forbidden, match="另一位"):
        runtime.exports.actions.decline(both, number, "不必要")
    assert not runtime.exports.queries.one(both, number).may_decide
    assert runtime.exports.queries.waiting(both) == []


def test_who_may_only_because_the_asker_let_her_is_no_second_person(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = exports.asked(runtime, clerk, MEMBERS)
    friend = exports.leader(runtime)
    StaffGrant.update(given_by=clerk.login).where(StaffGrant.staff == friend.staff_id).execute()
    with pytest.raises(Forbidden, match="申请人给的"):
        runtime.exports.actions.approve(friend, number)
    grants.give(None, friend.staff_id, Role.CLERK, "9901", None)
    runtime.exports.actions.approve(friend, number)


def test_a_leader_elsewhere_does_not_even_see_it(runtime: Runtime) -> None:
    number = exports.asked(runtime, imports.clerk(runtime), MEMBERS)
    for where, login in (("990101", "a.leader"), ("990102", "b.leader")):
        elsewhere = exports.leader(runtime, where, login)
        with pytest.raises(NotFound):
            runtime.exports.actions.approve(elsewhere, number)
        with pytest.raises(NotFound):
            runtime.exports.queries.one(elsewhere, number)
        assert runtime.exports.queries.waiting(elsewhere) == runtime.exports.queries.listed(elsewhere) == []
    other_clerk = imports.clerk(runtime, login="b.clerk")
    with pytest.raises(NotFound):
        runtime.exports.queries.one(other_clerk, number)


def test_it_is_decided_once(runtime: Runtime) -> None:
    number, leader = exports.asked(runtime, imports.clerk(runtime), MEMBERS), exports.leader(runtime)
    assert [each.id for each in runtime.exports.queries.waiting(leader)] == [number]
    with pytest.raises(InvalidInput):
        runtime.exports.actions.decline(leader, number, " ")
    runtime.exports.actions.decline(leader, number, "范围太大，请只导出一个社区")
    assert runtime.exports.queries.waiting(leader) == []
    with pytest.raises(Conflict):
        runtime.exports.actions.approve(leader, number)
    with pytest.raises(Conflict):
        runtime.exports.actions.decline(leader, number, "再次拒绝")
    with pytest.raises(Conflict):
        runtime.exports.actions.withdraw(imports.clerk(runtime), number)
    view = runtime.exports.queries.one(imports.clerk(runtime), number)
    assert (view.state, view.answer) == (ExportState.DECLINED, "范围太大，请只导出一个社区")


def test_who_asked_may_take_it_back_before_it_is_decided(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = exports.asked(runtime, clerk, MEMBERS)
    with pytest.raises(NotFound):
        runtime.exports.actions.withdraw(imports.clerk(runtime, login="b.clerk"), number)
    runtime.exports.actions.withdraw(clerk, number)
    with pytest.raises(Conflict):
        runtime.exports.actions.approve(exports.leader(runtime), number)


def test_the_password_is_shown_once_and_is_nowhere_afterwards(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = exports.ready(runtime, clerk, MEMBERS)
    assert str(SheetExport.get_by_id(number).password).startswith("k1:")
    runtime.exports.actions.password(clerk, number)
    assert SheetExport.get_by_id(number).password is None
    with pytest.raises(Conflict, match="只显示一次"):
        runtime.exports.actions.password(clerk, number)


def test_it_is_taken_away_three_times_by_who_asked_and_by_nobody_else(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = exports.ready(runtime, clerk, MEMBERS)
    for stranger in (exports.leader(runtime), imports.clerk(runtime, login="b.clerk")):
        for act in (runtime.exports.actions.download, runtime.exports.actions.password):
            with pytest.raises(NotFound):
                act(stranger, number)
    sizes = {len(b"".join(runtime.exports.actions.download(clerk, number)[1])) for _ in range(3)}
    assert len(sizes) == 1
    with pytest.raises(Conflict, match="最多下载 3 次"):
        runtime.exports.actions.download(clerk, number)


def test_after_a_day_it_is_gone(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = exports.ready(runtime, clerk, MEMBERS)
    ends_at = SheetExport.get_by_id(number).ends_at
    assert timedelta(hours=23, minutes=58) < ends_at - clock.now() <= timedelta(hours=24)
    SheetExport.update(ends_at=clock.ago(seconds=1)).execute()
    with pytest.raises(Conflict):
        runtime.exports.actions.download(clerk, number)
    assert runtime.exports.actions.end_old() == 1
    row = SheetExport.get_by_id(number)
    assert (row.state, row.file_id, row.password, StoredFile.select().count()) == (ExportState.ENDED, None, None, 0)


def test_what_nobody_decides_is_withdrawn_after_three_days(runtime: Runtime) -> None:
    number = exports.asked(runtime, imports.clerk(runtime), MEMBERS)
    assert runtime.exports.actions.end_old() == 0
    SheetExport.update(asked_at=clock.ago(days=3, seconds=1)).execute()
    assert runtime.exports.actions.end_old() == 1
    assert exports.state(number) is ExportState.WITHDRAWN


def test_the_scope_holds_when_the_file_is_written(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = exports.asked(runtime, clerk, MEMBERS)
    runtime.exports.actions.approve(exports.leader(runtime), number)
    StaffGrant.update(until=clock.ago(seconds=1)).where(StaffGrant.staff == clerk.staff_id).execute()
    imports.work_off(runtime)
    row = SheetExport.get_by_id(number)
    assert (row.state, "权限" in row.why, row.file_id) == (ExportState.FAILED, True, None)


def test_who_has_left_gets_no_file(runtime: Runtime) -> None:
    clerk, administrator = imports.clerk(runtime), imports.clerk(runtime, "", Role.ADMINISTRATOR, "xu.jing")
    number = exports.asked(runtime, clerk, MEMBERS)
    runtime.exports.actions.approve(exports.leader(runtime), number)
    accounts.leave(runtime.audit, administrator, clerk.staff_id)
    imports.work_off(runtime)
    assert exports.state(number) is ExportState.FAILED


def test_who_may_not_export_any_more_cannot_take_away_what_was_written(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = exports.ready(runtime, clerk, MEMBERS)
    [grant] = StaffGrant.select().where(StaffGrant.staff == clerk.staff_id)
    grants.end(runtime.audit, imports.clerk(runtime, "", Role.ADMINISTRATOR, "xu.jing"), grant.id)
    now = imports.clerk(runtime)
    for act in (runtime.exports.actions.download, runtime.exports.actions.password):
        with pytest.raises(Forbidden):
            act(now, number)


def test_the_whole_way_is_in_the_audit_and_says_nothing_of_anybody(runtime: Runtime, account: Account) -> None:
    people.member(runtime, account)
    clerk = imports.clerk(runtime)
    number = exports.ready(runtime, clerk, MEMBERS)
    exports.taken(runtime, clerk, number)
    entries = AuditEntry.select().where(AuditEntry.subject_kind == "export", AuditEntry.action != "export_unusual")
    told = [(entry.login, entry.action, entry.facts) for entry in entries.order_by(AuditEntry.number)]
    whats = [facts.partition('"what":"')[2].partition('"')[0] for _, _, facts in told]
    assert whats == ["asked", "approved", "written", "password_shown", "downloaded"]
    assert [login for login, _, _ in told] == ["zhang.min", "gao.li", "zhang.min", "zhang.min", "zhang.min"]
    assert all("独居" not in facts and "199" not in facts for _, _, facts in told)


def test_at_noon_it_is_nothing_unusual(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    exports.at(monkeypatch, exports.NOON)
    with capture_logs() as logs:
        exports.asked(runtime, imports.clerk(runtime), MEMBERS)
    assert [line for line in logs if line["event"] == "export.unusual"] == []
    assert runtime.exports.queries.alerts(exports.leader(runtime)) == []


def test_at_night_the_leaders_the_audit_and_the_log_hear_of_it(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports.at(monkeypatch, exports.NIGHT)
    clerk = imports.clerk(runtime)
    with capture_logs() as logs:
        number = exports.asked(runtime, clerk, MEMBERS)
    [line] = [line for line in logs if line["event"] == "export.unusual"]
    assert (line["number"], line["why"], line["log_level"]) == (number, "night", "warning")
    [entry] = AuditEntry.select().where(AuditEntry.action == "export_unusual")
    assert (entry.subject, entry.login) == (str(number), "zhang.min")
    assert [each.id for each in runtime.exports.queries.alerts(exports.leader(runtime))] == [number]
    assert runtime.exports.queries.alerts(exports.leader(runtime, "990101", "a.leader")) == []
    assert runtime.exports.queries.alerts(clerk) == []


def test_downloading_at_night_is_unusual_too(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    exports.at(monkeypatch, exports.NOON)
    clerk = imports.clerk(runtime)
    number = exports.ready(runtime, clerk, MEMBERS)
    exports.at(monkeypatch, exports.NIGHT)
    runtime.exports.actions.download(clerk, number)
    assert [each.id for each in runtime.exports.queries.alerts(exports.leader(runtime))] == [number]


def test_the_sixth_of_a_day_is_unusual(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    exports.at(monkeypatch, exports.NOON)
    clerk, leader = imports.clerk(runtime), exports.leader(runtime)
    for _ in range(rules.MANY):
        exports.asked(runtime, clerk, MEMBERS)
    assert runtime.exports.queries.alerts(leader) == []
    number = exports.asked(runtime, clerk, MEMBERS)
    assert [each.id for each in runtime.exports.queries.alerts(leader)] == [number]


@pytest.mark.parametrize(
    ("hour", "minute", "said"), [(5, 59, ["night"]), (6, 0, []), (21, 59, []), (22, 0, ["night"]), (0, 0, ["night"])]
)
def test_the_night_goes_from_ten_to_six_in_beijing(hour: int, minute: int, said: list[str]) -> None:
    moment = exports.NOON.replace(hour=hour, minute=minute)
    assert rules.unusual(moment, 1) == said


def test_a_task_that_was_lost_is_put_again(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = exports.asked(runtime, clerk, MEMBERS)
    runtime.exports.actions.approve(exports.leader(runtime), number)
    runtime.queue.work_off({"write_export": lambda _payload: None})
    assert runtime.exports.actions.put_again() == 0
    late = clock.now() - 2 * rules.LOST
    SheetExport.update(state=ExportState.WRITING, taken_at=late, decided_at=late).execute()
    assert runtime.exports.actions.put_again() == 1
    imports.work_off(runtime)
    assert exports.state(number) is ExportState.READY


def test_work_that_fails_is_said_to_have_failed_and_leaves_no_file(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = imports.clerk(runtime)
    number = exports.asked(runtime, clerk, MEMBERS)
    runtime.exports.actions.approve(exports.leader(runtime), number)
    folder = runtime.settings.data_dir / "files"
    folder.write_text("a file where the folder should be")
    imports.work_off(runtime)
    row = SheetExport.get_by_id(number)
    assert (row.state, "重新申请" in row.why, StoredFile.select().count()) == (ExportState.FAILED, True, 0)
