"""Sheets of places, contacts and activities: all of a sheet or nothing, only inside the scope, undone if untouched."""

from typing import Any

import pytest

from backend.errors import Conflict, Forbidden
from backend.places import actions as places
from backend.runtime import Runtime
from backend.sheets.lines import Outcome
from models.activities import Activity
from models.imports import ImportKind, ImportState
from models.places import Place, PlaceContact
from models.staff import Role
from tests import imports, people

PLACES, CONTACTS, ACTIVITIES = ImportKind.PLACES, ImportKind.CONTACTS, ImportKind.ACTIVITIES
HEADER = "编码,名称,级别,上级,纬度,经度\n"
ADDED, CHANGED, SAME, REFUSED, REMOVED = (
    Outcome.ADDED,
    Outcome.CHANGED,
    Outcome.SAME,
    Outcome.REFUSED,
    Outcome.REMOVED,
)


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    places.import_sheet(imports.TREE)


def _places() -> list[dict[str, object]]:
    columns = [field for field in Place._meta.sorted_fields if field is not Place.changed_at]
    rows: Any = Place.select(*columns).order_by(Place.code).dicts()
    return list(rows)


def test_a_sheet_of_places_says_what_each_line_would_do_and_then_does_it(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    lines = (
        "990101,春晓里社区,社区,9901,,",
        "99010102,第二网格,grid,990101,,",
        "990102,云溪社区,community,9901,,",
        "99010101,第一网格,网格,990101,30.1,112.2",
    )
    sheet = HEADER + "\n".join(lines)
    number = imports.brought(runtime, clerk, PLACES, sheet)
    assert imports.said(runtime, clerk, number) == [
        (2, CHANGED, "原来叫「春晓社区」。"),
        (5, CHANGED, "修改级别、上级、坐标或边界。"),
        (3, ADDED, "新增网格。"),
        (4, SAME, "没有变化。"),
    ]
    assert Place.select().count() == 6
    assert imports.confirmed(runtime, clerk, number) is ImportState.DONE
    assert Place.get(Place.code == "990101").name == "春晓里社区"
    assert Place.get(Place.code == "99010102").parent.code == "990101"


def test_one_bad_line_refuses_the_whole_sheet_and_every_line_has_its_sentence(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    sheet = HEADER + "990103,新社区,社区,9901,,\n990104,坏级别,村,9901,,\n990105,坏上级,社区,9909,,\n"
    number = imports.brought(runtime, clerk, PLACES, sheet)
    view = runtime.imports.queries.one(clerk, number)
    assert (view.state, view.counts[REFUSED], view.counts[ADDED]) == (ImportState.REFUSED, 2, 1)
    assert "整张都对" in view.why
    with pytest.raises(Conflict):
        runtime.imports.actions.confirm(clerk, number, view.fingerprint)
    assert Place.select().count() == 6


def test_places_outside_the_scope_are_refused_and_nothing_is_said_of_them(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime, place="990101")
    number = imports.brought(
        runtime, clerk, PLACES, HEADER + "990102,改名社区,社区,9901,,\n99010102,新,网格,990101,,\n"
    )
    assert imports.said(runtime, clerk, number)[0] == (2, REFUSED, "「990102」不在您的范围里，或者没有这个地方。")
    assert imports.state(number) is ImportState.REFUSED


def test_who_may_not_edit_places_cannot_by_importing(runtime: Runtime) -> None:
    editor = imports.clerk(runtime, role=Role.EDITOR)
    with pytest.raises(Forbidden):
        runtime.imports.actions.upload(editor, PLACES, "表.csv", (HEADER + "990103,新,社区,9901,,\n").encode())


def test_an_import_of_places_is_undone_to_the_last_column(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    before = _places()
    sheet = HEADER + "990101,春晓里,社区,9901,30.5,112.5\n990103,新社区,社区,9901,,\n99010301,新网格,网格,990103,,\n"
    number = imports.done(runtime, clerk, PLACES, sheet)
    assert _places() != before
    runtime.imports.actions.undo(clerk, number)
    assert _places() == before
    assert imports.state(number) is ImportState.UNDONE


def test_it_is_not_undone_when_a_place_was_changed_since(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.done(runtime, clerk, PLACES, HEADER + "990101,春晓里,社区,9901,,\n990103,新社区,社区,9901,,\n")
    places.import_sheet("code,name,level,parent,lat,lng\n990101,别的名字,community,9901,,\n")
    with pytest.raises(Conflict, match="后来又改过"):
        runtime.imports.actions.undo(clerk, number)
    assert (imports.state(number), Place.select().count()) == (ImportState.DONE, 7)


def test_it_is_not_undone_when_a_new_place_is_in_use(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.done(runtime, clerk, PLACES, HEADER + "990103,新社区,社区,9901,,\n")
    places.import_contacts("code,role,name,phone,hours\n990103,office,服务站,0799-5550101,\n")
    with pytest.raises(Conflict, match="在用"):
        runtime.imports.actions.undo(clerk, number)
    assert Place.get_or_none(Place.code == "990103") is not None


def test_contacts_say_what_they_add_and_what_they_remove(runtime: Runtime) -> None:
    places.import_contacts("code,role,name,phone,hours\n990101,office,服务站,0799-5550101,\n990102,office,站,110,\n")
    clerk = imports.clerk(runtime)
    sheet = "编码,角色,称呼,联系电话,值班时间\n990101,联络员,王老师,0799-5550102,全天\n"
    number = imports.brought(runtime, clerk, CONTACTS, sheet)
    assert imports.said(runtime, clerk, number) == [(0, REMOVED, "表里没有，会删掉。"), (2, ADDED, "新增。")]
    assert imports.confirmed(runtime, clerk, number) is ImportState.DONE
    told = {(row.place.code, row.name) for row in PlaceContact.select()}
    assert told == {("990101", "王老师"), ("990102", "站")}
    assert not runtime.imports.queries.one(clerk, number).can_undo
    with pytest.raises(Conflict):
        runtime.imports.actions.undo(clerk, number)


def test_contacts_of_a_place_outside_the_scope_stay(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime, place="990101")
    sheet = "编码,角色,称呼,联系电话,值班时间\n990102,联络员,王老师,0799-5550102,全天\n"
    assert imports.state(imports.brought(runtime, clerk, CONTACTS, sheet)) is ImportState.REFUSED


def test_activities_are_imported_and_repeated_without_change(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    sheet = "编码,活动名称,开始时间,结束时间,地点\n990101,包饺子,2030/12/22 14:30,2030/12/22 16:30:00,活动室\n"
    imports.done(runtime, clerk, ACTIVITIES, sheet)
    before = people.row_counts()[Activity]
    again = imports.done(runtime, clerk, ACTIVITIES, sheet)
    assert imports.said(runtime, clerk, again) == [(2, SAME, "没有变化。")]
    assert people.row_counts()[Activity] == before == 1
