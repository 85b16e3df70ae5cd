"""A sheet of places is imported whole or not at all, and says by line what is to be mended."""

from pathlib import Path

import pytest

from backend.errors import FieldError, InvalidInput
from backend.places import actions
from backend.runtime import Runtime
from backend.sheets.lines import Imported
from models.places import Place, PlaceLevel

HEADER = "code,name,level,parent,lat,lng\n"
STREET = HEADER + "9901,慢城街道,street,,30.42,112.83\n990101,春晓社区,community,9901,30.40433,112.79120\n"
SHIPPED = Path(__file__).parents[3] / "simulator" / "street.csv"


@pytest.fixture(autouse=True)
def _engine(runtime: Runtime) -> None:
    """Every test here runs on each engine."""


def _refused(text: str) -> list[FieldError]:
    with pytest.raises(InvalidInput) as refused:
        actions.import_sheet(text)
    return refused.value.errors


def test_a_sheet_becomes_a_tree() -> None:
    assert actions.import_sheet(STREET) == Imported(added=2, changed=0, same=0)
    community = Place.get(Place.code == "990101")
    assert (community.name, community.level, community.parent.code) == ("春晓社区", PlaceLevel.COMMUNITY, "9901")
    assert (community.latitude, community.longitude) == (30.40433, 112.79120)


def test_repeating_an_import_changes_nothing() -> None:
    actions.import_sheet(STREET)
    before = {place.code: place.changed_at for place in Place.select()}
    assert actions.import_sheet(STREET) == Imported(added=0, changed=0, same=2)
    assert {place.code: place.changed_at for place in Place.select()} == before


def test_a_changed_line_changes_its_place_and_no_other() -> None:
    actions.import_sheet(STREET)
    before = {place.code: (place.id, place.changed_at) for place in Place.select()}
    assert actions.import_sheet(STREET.replace("春晓社区", "春晓里社区")) == Imported(added=0, changed=1, same=1)
    after = {place.code: (place.id, place.changed_at) for place in Place.select()}
    assert after["9901"] == before["9901"]
    assert after["990101"][0] == before["990101"][0]
    assert after["990101"][1] > before["990101"][1]


def test_coordinates_may_be_taken_away_again() -> None:
    actions.import_sheet(STREET)
    assert actions.import_sheet(STREET.replace("30.40433,112.79120", ",")).changed == 1
    assert Place.get(Place.code == "990101").latitude is None


def test_what_the_sheet_does_not_name_stays() -> None:
    actions.import_sheet(STREET)
    assert actions.import_sheet(HEADER + "990102,云溪社区,community,9901,,\n").added == 1
    assert Place.select().count() == 3


def test_parents_may_come_after_their_children() -> None:
    lines = STREET.strip().split("\n")
    assert actions.import_sheet("\n".join([lines[0], *reversed(lines[1:])])).added == 2
    assert Place.get(Place.code == "990101").parent.code == "9901"


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_byte_order_mark_and_any_line_ending_do_not_matter(mark: str, ending: str) -> None:
    assert actions.import_sheet(mark + STREET.replace("\n", ending)).added == 2


def test_every_bad_line_is_named_by_its_number_and_nothing_is_imported() -> None:
    text = STREET + "99 02,坏编码,street,,,\n990103,云溪社区,village,9901,,\n990104,远社区,community,9901,99,1\n"
    assert [fault.field for fault in _refused(text)] == ["第 4 行", "第 5 行", "第 6 行"]
    assert Place.select().count() == 0


def test_line_numbers_are_those_of_the_editor_also_after_an_empty_line() -> None:
    assert [fault.field for fault in _refused(STREET + "\n\n99 02,坏编码,street,,,\n")] == ["第 6 行"]


def test_faults_between_lines_are_named_and_nothing_is_imported() -> None:
    text = STREET + "990101,又一个,community,9901,,\n880101,没有上级,community,8801,,\n"
    said = [(fault.field, fault.message) for fault in _refused(text)]
    assert said == [("第 4 行", "编码「990101」和第 3 行重复。"), ("第 5 行", "找不到上级「8801」。")]
    assert Place.select().count() == 0


def test_a_bad_sheet_leaves_what_stood_there_before() -> None:
    actions.import_sheet(STREET)
    _refused(STREET.replace("春晓社区", "改名社区") + "880101,没有上级,community,8801,,\n")
    assert Place.get(Place.code == "990101").name == "春晓社区"


def test_a_place_whose_children_stand_already_keeps_a_higher_level_than_they() -> None:
    actions.import_sheet(STREET + "99010101,第一网格,grid,990101,,\n")
    faults = _refused(HEADER + "990101,春晓社区,lane,9901,,\n")
    assert [fault.field for fault in faults] == ["第 2 行"]


@pytest.mark.parametrize("column", ["民族", "宗教信仰", "政治面貌", "身份证号", "重点人员"])
def test_a_sheet_that_names_what_is_never_collected_is_refused_whole(column: str) -> None:
    text = "\n".join(
        f"{line},{column if number == 0 else 'x'}" for number, line in enumerate(STREET.strip().split("\n"))
    )
    [fault] = _refused(text)
    assert column in fault.message
    assert "不收集" in fault.message
    assert Place.select().count() == 0


@pytest.mark.parametrize(
    "text", ["", "\n", "\ufeff", "hello", "code|name|level|parent|lat|lng\n9901|慢城|street|||\n", "\x00"]
)
def test_what_is_no_sheet_is_refused(text: str) -> None:
    assert _refused(text)
    assert Place.select().count() == 0


def test_an_empty_sheet_imports_nothing() -> None:
    assert actions.import_sheet(HEADER) == Imported(0, 0, 0)


@pytest.mark.parametrize("cell", ["春晓\x00社区", "春晓\x1b社区", '"春晓' + "x" * 200_000])
def test_a_cell_that_cannot_be_stored_is_refused_with_a_sentence(cell: str) -> None:
    assert _refused(HEADER + f"9901,{cell},street,,,\n")
    assert Place.select().count() == 0


def test_of_very_many_faults_fifty_are_shown_and_all_are_counted() -> None:
    with pytest.raises(InvalidInput, match="60 处") as refused:
        actions.import_sheet(HEADER + "坏,坏,坏,,,\n" * 60)
    assert len(refused.value.errors) == 50
    assert "另有 10 处" in refused.value.sentence


def test_the_shipped_street_is_imported_as_28_communities() -> None:
    done = actions.import_sheet(SHIPPED.read_text("utf-8"))
    assert done.added == len(SHIPPED.read_text("utf-8").strip().split("\n")) - 1
    assert Place.select().where(Place.level == PlaceLevel.COMMUNITY).count() == 28
    assert Place.select().where(Place.parent.is_null()).count() == 1
