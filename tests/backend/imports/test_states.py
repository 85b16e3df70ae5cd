"""From the upload to the end: which state follows which, what is confirmed is what was seen, and whose an import is."""

from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest

from backend import clock
from backend.errors import Conflict, Forbidden, InvalidInput, NotFound
from backend.imports import rules
from backend.permissions import Actor
from backend.places import actions as places
from backend.runtime import Runtime
from backend.sheets.lines import Outcome
from backend.staff import actions as accounts
from models.audit import AuditEntry
from models.files import StoredFile
from models.imports import ImportKind, ImportState, SheetImport
from models.invitations import Invitation
from models.places import Place
from models.staff import Role
from tests import imports, people, staff
from tests.backend.sheets.made import book

KIND = ImportKind.INVITATIONS
SHEET = "手机号,社区\n13800138000,990101\n13900139000,990102\n12345,990101\n"


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    places.import_sheet(imports.TREE)


def test_every_state_is_in_the_table_and_the_end_is_the_end() -> None:
    assert rules.MOVES.keys() == set(ImportState)
    ends = {state for state, moves in rules.MOVES.items() if not moves}
    assert ends == {ImportState.UNDONE, ImportState.REFUSED, ImportState.FAILED, ImportState.WITHDRAWN}
    assert rules.STATES.keys() == set(ImportState)
    assert rules.KINDS.keys() == set(ImportKind)


def test_the_whole_way_is_in_the_audit_without_a_word_of_anybody(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.done(runtime, clerk, KIND, SHEET)
    runtime.imports.actions.undo(clerk, number)
    entries = AuditEntry.select().where(AuditEntry.subject_kind == "import").order_by(AuditEntry.number)
    assert [entry.subject for entry in entries] == [str(number)] * 4
    for what, entry in zip(("uploaded", "confirmed", "written", "undone"), entries, strict=True):
        assert f'"what":"{what}"' in entry.facts
        assert "138" not in entry.facts


def test_nothing_is_written_before_it_is_confirmed_and_nothing_twice(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.brought(runtime, clerk, KIND, SHEET)
    runtime.imports.work.write(number)
    assert Invitation.select().count() == 0
    imports.confirmed(runtime, clerk, number)
    runtime.imports.work.write(number)
    runtime.imports.work.check(number)
    assert Invitation.select().count() == 2
    with pytest.raises(Conflict):
        runtime.imports.actions.confirm(clerk, number, runtime.imports.queries.one(clerk, number).fingerprint)


def test_what_is_confirmed_is_what_was_seen(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.brought(runtime, clerk, KIND, SHEET)
    with pytest.raises(Conflict, match="再看一遍"):
        runtime.imports.actions.confirm(clerk, number, "another")
    assert imports.state(number) is ImportState.CHECKED


def test_what_others_changed_meanwhile_is_shown_again_before_it_is_written(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    first = imports.brought(runtime, clerk, KIND, SHEET)
    imports.done(runtime, clerk, KIND, "手机号,社区\n13800138000,990101\n")
    assert imports.confirmed(runtime, clerk, first) is ImportState.CHECKED
    view = runtime.imports.queries.one(clerk, first)
    assert "再看一遍" in view.why
    assert (view.counts[Outcome.ADDED], view.counts[Outcome.SAME]) == (1, 1)
    assert Invitation.select().count() == 1
    assert imports.confirmed(runtime, clerk, first) is ImportState.DONE
    assert Invitation.select().count() == 2


def test_the_result_is_the_sheet_again_with_what_became_of_each_line(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.brought(
        runtime,
        clerk,
        KIND,
        book(("手机", "姓名", "编码"), (13800138000, "=1+1", "990101"), (1, "王", "990101")),
        "表.xlsx",
    )
    imports.confirmed(runtime, clerk, number)
    name, frames = runtime.imports.queries.result(clerk, number)
    path = runtime.settings.data_dir / name
    path.write_bytes(b"".join(frames))
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["行号", "手机", "编码", "结果", "说明"],
        ["2", "13800138000", "990101", "新增", "邀请；本人登记后才是成员。"],
        ["3", "1", "990101", "不导入", "这不是手机号，请检查；也许这一列被改成了数字，少了几位。"],
    ]


def test_a_csv_has_its_result_as_csv(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.done(runtime, clerk, KIND, SHEET)
    name, frames = runtime.imports.queries.result(clerk, number)
    assert name == "导入结果.csv"
    assert (
        b"".join(frames).decode("utf-8-sig").splitlines()[1] == "2,13800138000,990101,新增,邀请；本人登记后才是成员。"
    )


def test_a_report_is_read_in_pages_and_by_outcome(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    lines = "".join(f"138{number:08d},990101\n" for number in range(250)) + "1,990101\n" * 130
    number = imports.brought(runtime, clerk, KIND, f"手机号,社区\n{lines}")
    seen: list[int] = []
    after = 0
    while True:
        page = runtime.imports.queries.lines(clerk, number, None, after, 70)
        seen += [each.number for each in page.lines]
        after = page.next
        if not after:
            break
    assert seen == [*range(252, 382), *range(2, 252)]
    added = runtime.imports.queries.lines(clerk, number, Outcome.ADDED, 200, 100)
    assert ([each.number for each in added.lines], added.next) == (list(range(202, 252)), 0)
    assert runtime.imports.queries.lines(clerk, number, Outcome.REMOVED).lines == []
    assert runtime.imports.queries.lines(clerk, number, None, 10_000).lines == []


def test_an_import_is_whose_who_uploaded_it(runtime: Runtime) -> None:
    clerk, other = imports.clerk(runtime), imports.clerk(runtime, login="li.wei")
    number = imports.done(runtime, clerk, KIND, SHEET)
    room = runtime.imports
    for verb in (
        lambda: room.queries.one(other, number),
        lambda: room.queries.lines(other, number, None),
        lambda: room.queries.result(other, number),
        lambda: room.actions.confirm(other, number, ""),
        lambda: room.actions.withdraw(other, number),
        lambda: room.actions.undo(other, number),
    ):
        with pytest.raises(NotFound):
            verb()
    assert room.queries.listed(other) == []
    assert [each.id for each in room.queries.listed(clerk)] == [number]


def test_who_may_import_nowhere_brings_and_sees_nothing(runtime: Runtime) -> None:
    stranger = staff.actor(runtime, (Role.HANDLER, "9901"), login="wang.fang")
    with pytest.raises(Forbidden):
        runtime.imports.actions.upload(stranger, KIND, "表.csv", SHEET.encode())
    with pytest.raises(Forbidden):
        runtime.imports.queries.listed(stranger)


def test_who_has_left_before_it_is_written_writes_nothing(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.brought(runtime, clerk, KIND, SHEET)
    runtime.imports.actions.confirm(clerk, number, runtime.imports.queries.one(clerk, number).fingerprint)
    accounts.leave(runtime.audit, imports.clerk(runtime, "", Role.ADMINISTRATOR, "gao.li"), clerk.staff_id)
    imports.work_off(runtime)
    assert (imports.state(number), Invitation.select().count()) == (ImportState.REFUSED, 0)


def test_a_withdrawn_import_leaves_no_file_and_cannot_be_confirmed(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.brought(runtime, clerk, KIND, SHEET)
    fingerprint = runtime.imports.queries.one(clerk, number).fingerprint
    runtime.imports.actions.withdraw(clerk, number)
    assert (imports.state(number), StoredFile.select().count()) == (ImportState.WITHDRAWN, 0)
    with pytest.raises(Conflict):
        runtime.imports.actions.confirm(clerk, number, fingerprint)
    with pytest.raises(Conflict):
        runtime.imports.actions.withdraw(clerk, number)


def test_invitations_are_undone_for_a_day_and_not_longer(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    imports.done(runtime, clerk, KIND, "手机号,社区\n13700137000,990101\n")
    number = imports.done(runtime, clerk, KIND, SHEET)
    runtime.imports.actions.undo(clerk, number)
    assert [row.masked for row in Invitation.select()] == ["137******00"], "what was there before stays"
    late = imports.done(runtime, clerk, KIND, SHEET)
    SheetImport.update(ended_at=clock.ago(days=1, seconds=1)).where(SheetImport.id == late).execute()
    assert not runtime.imports.queries.one(clerk, late).can_undo
    with pytest.raises(Conflict):
        runtime.imports.actions.undo(clerk, late)
    assert Invitation.select().count() == 3


@pytest.mark.parametrize(
    ("kind", "sheet"),
    [
        (ImportKind.INVITATIONS, SHEET),
        (ImportKind.HEADS, "手机号,编码\n13800138000,99010101\n13900139000,99010201\n"),
        (ImportKind.PLACES, "编码,名称,级别,上级,纬度,经度\n990101,春晓里,社区,9901,,\n990102,云溪里,社区,9901,,\n"),
    ],
)
def test_of_places_that_are_not_hers_any_more_she_undoes_nothing(
    runtime: Runtime, kind: ImportKind, sheet: str
) -> None:
    clerk = imports.clerk(runtime)
    number = imports.done(runtime, clerk, kind, sheet)
    before = _written()
    with pytest.raises(Forbidden, match="权限"):
        runtime.imports.actions.undo(_only_in(clerk, "990101"), number)
    assert (imports.state(number), _written()) == (ImportState.DONE, before)
    runtime.imports.actions.undo(clerk, number)
    assert (imports.state(number), _written() != before) == (ImportState.UNDONE, True)


def _written() -> tuple[list[str], list[str]]:
    return [row.masked for row in Invitation.select()], sorted(row.name for row in Place.select())


def _only_in(actor: Actor, place: str) -> Actor:
    """Who was moved to a smaller place meanwhile."""
    return replace(actor, grants=tuple(replace(grant, place=place) for grant in actor.grants))


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("表.csv", b"", "空的"),
        ("表.csv", "手机号,社区\n".encode(), "只有表头"),
        ("表.xlsx", book(("手机号", "社区")), "只有表头"),
        ("表.pdf", b"%PDF", "不收"),
        ("表.csv", b"\x00" * 30, "不是表格"),
        ("表.csv", b"," * (20 * 1024 * 1024 + 1), "20 MB"),
        ("表.csv", "电话\n1\n".encode(), "缺少列"),
    ],
    ids=["empty", "header only", "book with header only", "wrong type", "zeros", "21 MB", "column missing"],
)
def test_what_is_no_sheet_is_said_at_once_and_leaves_nothing(
    runtime: Runtime, name: str, data: bytes, word: str
) -> None:
    clerk = imports.clerk(runtime)
    before = people.row_counts()
    with pytest.raises(InvalidInput) as refused:
        runtime.imports.actions.upload(clerk, KIND, name, data)
    assert word in refused.value.sentence + "".join(each.message for each in refused.value.errors)
    assert people.row_counts() == before
    assert not (runtime.settings.data_dir / "files").exists()
    assert runtime.queue.waiting() == 0


def test_nobody_confirms_for_a_day_and_it_is_withdrawn(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    old, young = imports.brought(runtime, clerk, KIND, SHEET), imports.brought(runtime, clerk, KIND, SHEET)
    SheetImport.update(uploaded_at=clock.ago(days=1, minutes=1)).where(SheetImport.id == old).execute()
    assert runtime.imports.actions.withdraw_forgotten() == 1
    assert (imports.state(old), imports.state(young)) == (ImportState.WITHDRAWN, ImportState.CHECKED)
    assert runtime.imports.actions.withdraw_forgotten() == 0


def test_a_task_that_was_lost_is_put_again(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = runtime.imports.actions.upload(clerk, KIND, "表.csv", SHEET.encode())
    imports.work_off(runtime)
    runtime.imports.actions.confirm(clerk, number, runtime.imports.queries.one(clerk, number).fingerprint)
    runtime.queue.work_off({"write_import": lambda _payload: None})  # as with a worker that was killed
    assert runtime.imports.actions.put_again() == 0, "it may be at work still"
    SheetImport.update(confirmed_at=clock.now() - 2 * rules.AGAIN).execute()
    assert runtime.imports.actions.put_again() == 1
    imports.work_off(runtime)
    assert imports.state(number) is ImportState.DONE


def test_work_that_fails_is_said_to_have_failed(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = runtime.imports.actions.upload(clerk, KIND, "表.csv", SHEET.encode())
    for path in (runtime.settings.data_dir / "files").iterdir():
        path.write_bytes(b"broken")
    imports.work_off(runtime)
    view = runtime.imports.queries.one(clerk, number)
    assert (view.state, "重新上传" in view.why) == (ImportState.FAILED, True)


def test_progress_is_told_while_it_goes_on(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.brought(runtime, clerk, KIND, SHEET)
    reached = runtime.imports.queries.progress(number)
    assert (reached.done, reached.total) == (3, 3)
    assert runtime.imports.queries.progress(number + 1).total == 0


def test_the_files_go_a_day_after_the_end(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    imports.done(runtime, clerk, KIND, SHEET)
    ends = [row.ends_at for row in StoredFile.select()]
    assert len(ends) == 3
    assert all(timedelta(hours=23) < end - clock.now() <= timedelta(days=1) for end in ends)
