"""The auditor sees who did what and who saw whom, inside her scope, takes it along, and sees when it was touched."""

import pytest

from backend.audit import exports
from backend.audit.actions import Subject
from backend.permissions import Action
from backend.runtime import Runtime
from models.audit import AuditEntry
from models.consents import Purpose
from models.exports import ExportKind
from models.staff import Role
from tests import exports as exports_of
from tests import imports, people, staff
from tests.conftest import OFFICIAL
from tests.served import House
from tests.staff import Browser


@pytest.fixture
def runtime(house: House) -> Runtime:
    return house.runtime


@pytest.fixture(autouse=True)
def _looks(runtime: Runtime) -> None:
    clerk = staff.actor(runtime, (Role.CLERK, "9901"), login="clerk")
    for number, place in ((7, "990101"), (8, "990102")):
        runtime.audit.record(clerk, Action.SEE_CONTACTS, Subject("member", str(number), place))


def _auditor(house: House, runtime: Runtime, place: str = "") -> Browser:
    return staff.at_work(house.app, runtime, (Role.AUDITOR, place), login="auditor")


def test_she_sees_who_saw_whom(house: House, runtime: Runtime) -> None:
    browser = _auditor(house, runtime)
    page = browser.get("/console/audit?action=see_contacts").text
    assert ("成员 7" in page, "成员 8" in page, "clerk" in page) == (True, True, True)
    narrowed = browser.get("/console/audit?kind=member&subject=7").text
    assert ("成员 7" in narrowed, "成员 8" in narrowed) == (True, False)


def test_she_sees_in_which_sheets_somebody_left_the_house(house: House, runtime: Runtime) -> None:
    told = people.application(purposes=(Purpose.MEMBERSHIP, Purpose.CONTACT))
    member_id = people.member(runtime, runtime.account(OFFICIAL.app_id), told=told)
    exports_of.ready(runtime, imports.clerk(runtime), ExportKind.CONTACTS)
    path, words = f"/console/audit?kind=member&subject={member_id}", "谁看过这位居民"
    page = _auditor(house, runtime).get(path).text.partition(words)[2].partition("</table>")[0]
    assert ("姓名、手机号" in page, "陈秀兰" in page) == (True, False)
    elsewhere = staff.at_work(house.app, runtime, (Role.AUDITOR, "990102"), login="elsewhere")
    assert words not in elsewhere.get(path).text


def test_an_auditor_of_a_place_sees_that_place_and_nothing_of_the_rest(house: House, runtime: Runtime) -> None:
    browser = _auditor(house, runtime, "990101")
    page = browser.get("/console/audit").text
    assert ("成员 7" in page, "成员 8" in page, "登录" in page.partition("<tbody>")[2]) == (True, False, False)
    told = browser.post("/console/audit/export").get_data().decode("utf-8-sig")
    assert (",成员,7," in told, ",成员,8," in told) == (True, False)


def test_what_she_takes_along_is_an_entry_too(house: House, runtime: Runtime) -> None:
    browser = _auditor(house, runtime)
    answer = browser.post("/console/audit/export?action=see_contacts")
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert answer.headers["Content-Disposition"] == "attachment; filename=audit.csv"
    assert lines[0].startswith("# 审计记录，auditor 导出于")
    assert len(lines) == 4, "the mark, the header, two looks"
    last = AuditEntry.select().order_by(AuditEntry.number.desc()).get()
    assert (last.action, last.login, last.facts) == ("audit_exported", "auditor", '{"count":2}')


def test_more_than_a_file_holds_is_refused(house: House, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = _auditor(house, runtime)
    monkeypatch.setattr(exports, "MOST", 1)
    answer = browser.post("/console/audit/export")
    assert (answer.status_code, "分几次导出" in answer.text) == (422, True)


def test_she_sees_when_somebody_touched_it(house: House, runtime: Runtime) -> None:
    browser = _auditor(house, runtime)
    assert "前后相连" in browser.follow("/console/audit/verify").text
    AuditEntry.update(subject="9").where(AuditEntry.subject == "7").execute()
    assert "的内容被改过" in browser.follow("/console/audit/verify").text
