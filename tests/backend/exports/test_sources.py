"""What a file holds: masked but for those who agreed, only what is in scope, and each who is shown can read it."""

import io
from collections.abc import Callable

import openpyxl
import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.exports import rules, sources
from backend.heads import actions as heads
from backend.members import actions as members
from backend.members.rules import Application
from backend.permissions import Scope
from backend.places import actions as places
from backend.places import queries as place_queries
from backend.rights import looks
from backend.runtime import Runtime
from backend.sheets.writing import Form
from models.consents import Purpose, Through
from models.exports import ExportKind, ExportState, SheetExport
from models.places import Place
from models.rights import Look
from tests import exports, imports, people

Register = Callable[..., int]


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    places.import_sheet(imports.TREE)


@pytest.fixture
def register(runtime: Runtime, account: Account) -> Register:
    def registered(number: int, name: str, code: str = "990101", *purposes: Purpose) -> int:
        agreed = people.agreed(Purpose.MEMBERSHIP, *purposes)
        place = place_queries.by_code(code)
        assert place is not None
        told = Application(name, place.id, agreed)
        return people.member(runtime, account, f"o{number}", people.number(number), told)

    return registered


def _month(number: int) -> str:
    return f"{clock.beijing(clock.now()):%Y-%m}" if number else ""


def test_members_are_masked_and_only_those_in_scope(runtime: Runtime, register: Register) -> None:
    register(1, "陈秀兰", "990101")
    register(2, "阿依古丽·买买提", "99010101")
    register(3, "李明", "990102")
    clerk = imports.clerk(runtime, "990101")
    number = exports.ready(runtime, clerk, ExportKind.MEMBERS, "990101")
    assert exports.lines(exports.taken(runtime, clerk, number)) == [
        ["姓名", "手机", "区划编码", "区划", "登记月份"],
        ["陈**", "199******01", "990101", "春晓社区", _month(1)],
        ["阿**", "199******02", "99010101", "第一网格", _month(1)],
    ]
    assert SheetExport.get_by_id(number).rows == 2


def test_who_restricted_us_or_has_gone_is_in_no_file(runtime: Runtime, register: Register) -> None:
    every = tuple(Purpose)[1:]
    stays, restricted, gone = (register(n, f"陈秀{n}", "990101", *every) for n in (1, 2, 3))
    members.restrict(restricted)
    people.erased_already(gone)
    for each in (stays, restricted):
        heads.appoint(each, "9901010101")
    clerk = imports.clerk(runtime)
    for kind in (ExportKind.MEMBERS, ExportKind.CONTACTS, ExportKind.HEADS):
        told = exports.lines(exports.taken(runtime, clerk, exports.ready(runtime, clerk, kind)))
        assert len(told) == 2, kind


def test_only_who_agrees_today_is_in_a_file_with_contacts(runtime: Runtime, register: Register) -> None:
    register(1, "陈秀兰", "990101", Purpose.CONTACT)
    register(2, "李明")
    taken_back = register(3, "王芳", "990101", Purpose.CONTACT)
    runtime.members.withdraw(taken_back, Purpose.CONTACT, Through.MINIPROGRAM)
    clerk = imports.clerk(runtime)
    number = exports.ready(runtime, clerk, ExportKind.CONTACTS)
    assert exports.lines(exports.taken(runtime, clerk, number)) == [
        ["姓名", "手机", "区划编码", "区划"],
        ["陈秀兰", "19900000001", "990101", "春晓社区"],
    ]


def test_each_member_in_a_file_with_contacts_reads_who_took_it_and_what_for(
    runtime: Runtime, register: Register
) -> None:
    ids = [register(number, f"陈秀{number}", "990101", Purpose.CONTACT) for number in range(1, 4)]
    other = register(9, "李明")
    clerk = imports.clerk(runtime)
    exports.ready(runtime, clerk, ExportKind.CONTACTS)
    for member_id in ids:
        [look] = looks.of(runtime.cipher, member_id)
        assert (look.role, look.unit) == ("经办", "慢城街道办事处")
        assert (look.fields, look.reason) == (["name", "phone"], f"导出：{exports.PURPOSE}")
    assert looks.of(runtime.cipher, other) == []


def test_looks_are_written_before_the_file_can_be_had(runtime: Runtime, register: Register) -> None:
    register(1, "陈秀兰", "990101", Purpose.CONTACT)
    clerk = imports.clerk(runtime)
    number = exports.asked(runtime, clerk, ExportKind.CONTACTS)
    assert Look.select().count() == 0
    source = sources.contacts(runtime.cipher, Scope(frozenset({"9901"})), lambda ids: _refuse())
    with pytest.raises(RuntimeError, match="not written down"):
        next(source.slices)
    assert exports.state(number) is ExportState.ASKED


def _refuse() -> None:
    raise RuntimeError("not written down")


def test_masked_files_are_no_look_at_anybody(runtime: Runtime, register: Register) -> None:
    register(1, "陈秀兰", "990101", Purpose.CONTACT)
    clerk = imports.clerk(runtime)
    exports.ready(runtime, clerk, ExportKind.MEMBERS)
    assert Look.select().count() == 0


def test_heads_are_masked_with_their_places(runtime: Runtime, register: Register) -> None:
    head, other = register(1, "陈秀兰"), register(2, "李明")
    heads.appoint(head, "9901010101")
    heads.appoint(other, "99010201")
    heads.appoint(head, "99010201")
    heads.dismiss(head, "99010201")
    clerk = imports.clerk(runtime, "990101")
    told = exports.lines(exports.taken(runtime, clerk, exports.ready(runtime, clerk, ExportKind.HEADS, "990101")))
    assert [line[:4] for line in told[1:]] == [["陈**", "199******01", "9901010101", "一号楼"]]


def test_places_can_be_brought_back_as_they_were_taken(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    data = exports.taken(runtime, clerk, exports.ready(runtime, clerk, ExportKind.PLACES))
    sheet = data.decode("utf-8-sig").split("\r\n", 1)[1]
    done = places.import_sheet(sheet)
    assert (done.same, done.added, done.changed) == (Place.select().count(), 0, 0)


def test_a_file_has_every_member_once_however_many_slices(
    runtime: Runtime, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "SLICE", 2)
    monkeypatch.setattr(sources, "_CAREFUL", 2)
    for number in range(1, 6):
        register(number, f"陈秀{number}", "990101", Purpose.CONTACT)
    clerk = imports.clerk(runtime)
    for kind in (ExportKind.MEMBERS, ExportKind.CONTACTS):
        told = exports.lines(exports.taken(runtime, clerk, exports.ready(runtime, clerk, kind)))
        assert [line[1][-2:] for line in told[1:]] == ["01", "02", "03", "04", "05"]


def test_xlsx_and_csv_say_the_same_and_whose_they_are(runtime: Runtime, register: Register) -> None:
    register(1, "陈秀兰")
    clerk = imports.clerk(runtime)
    as_csv = exports.taken(runtime, clerk, first := exports.ready(runtime, clerk, ExportKind.MEMBERS))
    as_book = exports.taken(runtime, clerk, second := exports.ready(runtime, clerk, ExportKind.MEMBERS, form=Form.XLSX))
    book = openpyxl.load_workbook(io.BytesIO(as_book))
    assert book.active is not None
    assert [[cell.value for cell in row] for row in book.active.iter_rows()] == exports.lines(as_csv)
    for number, mark in ((first, as_csv.decode("utf-8-sig").splitlines()[0]), (second, book.properties.description)):
        assert f"导出第 {number} 号" in str(mark)
        assert "zhang.min 同志（慢城街道办事处）" in str(mark)
        assert exports.PURPOSE in str(mark)


def test_too_many_lines_are_refused_before_anybody_is_looked_at(
    runtime: Runtime, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        register(number, f"陈秀{number}", "990101", Purpose.CONTACT)
    shape = rules.SHAPES[ExportKind.CONTACTS]
    monkeypatch.setitem(rules.SHAPES, ExportKind.CONTACTS, rules.Shape(shape.title, "", shape.asks, 1))
    clerk = imports.clerk(runtime)
    number = exports.asked(runtime, clerk, ExportKind.CONTACTS)
    runtime.exports.actions.approve(exports.leader(runtime), number)
    imports.work_off(runtime)
    row = SheetExport.get_by_id(number)
    assert (row.state, "最多导出 1 行" in row.why) == (ExportState.FAILED, True)
    assert (Look.select().count(), row.file_id) == (0, None)
