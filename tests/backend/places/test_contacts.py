"""The contacts of places: imported whole or not at all, and shown by each place, its own before those above it."""

import pytest

from backend.errors import FieldError, InvalidInput
from backend.places import actions, pages
from backend.runtime import Runtime
from backend.sheets.lines import Imported
from models.places import PlaceContact

PLACES = """code,name,level,parent,lat,lng
99,云溪区,district,,,
9901,慢城街道,street,99,,
990101,春晓社区,community,9901,30.4,112.8
99010101,第一网格,grid,990101,,
990102,云溪社区,community,9901,,
"""
HEADER = "code,role,name,phone,hours\n"
SHEET = HEADER + (
    "990101,liaison,王老师,0799-5550101,周一至周五\n"
    "9901,民警,值班室,110,全天\n"
    "9901,liaison,街道总机,0799-5550100,\n"
    "990101,office,春晓社区服务站,0799-5550102,\n"
    "99,doctor,家庭医生热线,0799-5550120,全天\n"
)


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    actions.import_sheet(PLACES)


def _refused(text: str) -> list[FieldError]:
    before = _all()
    with pytest.raises(InvalidInput) as refused:
        actions.import_contacts(text)
    assert _all() == before
    return refused.value.errors


def _all() -> list[tuple[str, str, str, str]]:
    return sorted((row.place.code, row.role, row.name, row.phone) for row in PlaceContact.select())


def _shown(code: str) -> list[tuple[str, str, str]]:
    return [(contact.role, contact.name, contact.of.name) for contact in pages.contacts_of(code)]


def test_a_sheet_of_contacts_is_imported_and_repeating_it_changes_nothing() -> None:
    assert actions.import_contacts(SHEET) == Imported(added=5)
    before = list(PlaceContact.select().order_by(PlaceContact.id).dicts())
    assert actions.import_contacts("\ufeff" + SHEET.replace("\n", "\r\n")) == Imported(same=5)
    assert list(PlaceContact.select().order_by(PlaceContact.id).dicts()) == before


def test_an_empty_sheet_changes_nothing() -> None:
    actions.import_contacts(SHEET)
    assert actions.import_contacts(HEADER) == Imported()
    assert len(_all()) == 5


def test_who_is_not_in_the_sheet_any_more_is_removed_from_the_places_it_names_and_from_no_other() -> None:
    actions.import_contacts(SHEET)
    done = actions.import_contacts(
        HEADER + "990101,liaison,李老师,0799-5550103,\n990101,office,春晓社区服务站,0799-5550102,\n"
    )
    assert done == Imported(added=1, same=1, removed=1)
    assert [name for code, _, name, _ in _all() if code == "990101"] == ["李老师", "春晓社区服务站"]
    assert len(_all()) == 5


def test_other_hours_and_another_order_are_a_change() -> None:
    actions.import_contacts(SHEET)
    assert actions.import_contacts(SHEET.replace("周一至周五", "全天")) == Imported(changed=1, same=4)
    lines = SHEET.replace("周一至周五", "全天").splitlines()
    assert actions.import_contacts("\n".join([lines[0], *lines[:0:-1]])) == Imported(changed=4, same=1)
    assert [name for _, name, of in _shown("990101") if of == "春晓社区"] == ["春晓社区服务站", "王老师"]


def test_a_place_shows_its_own_contacts_and_of_other_roles_those_of_the_nearest_place_above() -> None:
    actions.import_contacts(SHEET)
    above = [("police", "值班室", "慢城街道"), ("doctor", "家庭医生热线", "云溪区")]
    own = [("liaison", "王老师", "春晓社区"), ("office", "春晓社区服务站", "春晓社区")]
    assert _shown("990101") == own + above
    assert _shown("99010101") == own + above
    assert _shown("990102") == [above[0], ("liaison", "街道总机", "慢城街道"), above[1]]
    assert _shown("99") == [above[1]]
    assert _shown("nowhere") == _shown("") == []


def test_a_role_may_be_held_by_several() -> None:
    actions.import_contacts(HEADER + "9901,police,陈警官,0799-5550111,\n9901,police,林警官,0799-5550112,\n")
    assert [name for _, name, _ in _shown("990101")] == ["陈警官", "林警官"]


BAD = {
    "990101,boss,王老师,0799-5550101,": "liaison（联络员）",
    "990101,liaison,,0799-5550101,": "称呼",
    "990101,liaison," + "王" * 21 + ",0799-5550101,": "称呼",
    "990101,liaison,王\x07老师,0799-5550101,": "称呼",
    "990101,liaison,王老师,,": "电话",
    "990101,liaison,王老师,12,": "电话",
    "990101,liaison,王老师,0799 5550101,": "电话",
    "990101,liaison,王老师," + "1-" * 10 + "1,": "电话",
    "990101,liaison,王老师,110101199003071234,": "身份证",
    "990101,liaison,王老师,0799-5550101," + "全" * 41: "时间",
}


def test_every_bad_line_is_named_and_nothing_is_imported() -> None:
    actions.import_contacts(SHEET)
    faults = _refused("\n".join([HEADER + "990102,liaison,李老师,0799-5550105,", *BAD]))
    assert [fault.field for fault in faults] == [f"第 {number} 行" for number in range(3, 3 + len(BAD))]
    wanted = zip(BAD.values(), faults, strict=True)
    assert [fault for word, fault in wanted if word not in fault.message] == []


def test_a_contact_of_a_place_that_is_not_there_is_named() -> None:
    faults = _refused(HEADER + "990199,liaison,王老师,110,\n,liaison,王老师,110,\n")
    assert [fault.message for fault in faults] == ["没有编码是「990199」的地方。", "没有编码是「」的地方。"]


def test_a_contact_that_comes_twice_is_named_with_both_lines() -> None:
    [fault] = _refused(SHEET + "990101,联络员,王老师,0799-5550101,全天\n")
    assert (fault.field, fault.message) == ("第 7 行", "和第 2 行重复。")


def test_a_column_that_is_not_asked_for_is_refused_with_the_whole_sheet() -> None:
    for column in ("民族", "政治面貌", "身份证号", "colour"):
        [fault] = _refused(f"code,role,name,phone,hours,{column}\n990101,liaison,王老师,110,,x\n")
        assert column in fault.message


def test_the_contacts_of_a_place_leave_with_it() -> None:
    actions.import_contacts(HEADER + "990102,liaison,李老师,0799-5550105,\n")
    PlaceContact.get().place.delete_instance()
    assert _all() == []
