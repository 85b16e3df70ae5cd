"""Two workers with one task, two clerks with one sheet, two clicks on one button: each thing happens once."""

from collections import Counter
from collections.abc import Callable

import pytest

from backend.accounts.queries import Account
from backend.errors import Conflict, HouseError
from backend.places import actions as places
from backend.runtime import Runtime
from models.audit import AuditEntry
from models.exports import ExportKind, ExportState, SheetExport
from models.files import StoredFile
from models.imports import ImportKind, ImportState
from models.invitations import Invitation
from tests import exports, imports, people
from tests.threads import at_once

KIND = ImportKind.INVITATIONS
SHEET = "手机号,社区\n" + "".join(f"138{number:08d},990101\n" for number in range(200))


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    places.import_sheet(imports.TREE)


def _tried(act: Callable[[], object]) -> Callable[[], str]:
    def attempt() -> str:
        try:
            act()
        except HouseError as error:
            return type(error).__name__
        return "done"

    return attempt


def test_two_workers_with_one_import_write_it_once(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.brought(runtime, clerk, KIND, SHEET)
    runtime.imports.actions.confirm(clerk, number, runtime.imports.queries.one(clerk, number).fingerprint)
    at_once(*[lambda: runtime.imports.work.write(number)] * 3)
    imports.work_off(runtime)
    assert (imports.state(number), Invitation.select().count()) == (ImportState.DONE, 200)
    assert AuditEntry.select().where(AuditEntry.facts.contains('"what":"written"')).count() == 1
    assert StoredFile.select().count() == 3, "sheet, report and one result"


def test_two_workers_with_one_check_leave_one_report(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = runtime.imports.actions.upload(clerk, KIND, "表.csv", SHEET.encode())
    at_once(*[lambda: runtime.imports.work.check(number)] * 3)
    assert (imports.state(number), StoredFile.select().count()) == (ImportState.CHECKED, 2)


def test_of_two_clerks_with_one_sheet_one_writes_it_and_the_other_is_shown_so(runtime: Runtime) -> None:
    clerks = [imports.clerk(runtime, login=login) for login in ("a.clerk", "b.clerk")]
    numbers = [imports.brought(runtime, clerk, KIND, SHEET) for clerk in clerks]
    for clerk, number in zip(clerks, numbers, strict=True):
        runtime.imports.actions.confirm(clerk, number, runtime.imports.queries.one(clerk, number).fingerprint)
    at_once(*[lambda number=number: runtime.imports.work.write(number) for number in numbers])
    assert Counter(map(imports.state, numbers)) == {ImportState.DONE: 1, ImportState.CHECKED: 1}
    assert Invitation.select().count() == 200


def test_of_two_who_decide_at_once_one_decides(runtime: Runtime) -> None:
    number = exports.asked(runtime, imports.clerk(runtime), ExportKind.PLACES)
    one, other = exports.leader(runtime, login="a.leader"), exports.leader(runtime, login="b.leader")
    told = at_once(
        _tried(lambda: runtime.exports.actions.approve(one, number)),
        _tried(lambda: runtime.exports.actions.decline(other, number, "不必要")),
    )
    assert sorted(told) == [Conflict.__name__, "done"]


def test_two_workers_with_one_export_write_it_once(runtime: Runtime, account: Account) -> None:
    people.member(runtime, account)
    number = exports.asked(runtime, imports.clerk(runtime), ExportKind.MEMBERS)
    runtime.exports.actions.approve(exports.leader(runtime), number)
    at_once(*[lambda: runtime.exports.work.write(number)] * 3)
    imports.work_off(runtime)
    assert (exports.state(number), StoredFile.select().count()) == (ExportState.READY, 1)


def test_of_many_downloads_at_once_three_are_given(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = exports.ready(runtime, clerk, ExportKind.PLACES)
    told = at_once(*[_tried(lambda: runtime.exports.actions.download(clerk, number))] * 6)
    assert Counter(told) == {"done": 3, "Conflict": 3}
    assert SheetExport.get_by_id(number).downloads == 3


def test_of_two_who_look_at_once_one_is_shown_the_password(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = exports.ready(runtime, clerk, ExportKind.PLACES)
    told = at_once(*[_tried(lambda: runtime.exports.actions.password(clerk, number))] * 3)
    assert Counter(told) == {"done": 1, "Conflict": 2}
