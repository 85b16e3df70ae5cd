"""What a sheet of places must hold, said line by line; and how far apart two points are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import FieldError
from backend.places import rules
from backend.places.rules import SHEET, PlaceLine
from backend.sheets import columns
from models.places import PlaceLevel

GOOD = {"code": "990101", "name": "春晓社区", "level": "community", "parent": "9901", "lat": "30.4", "lng": "112.8"}


def _said(row: dict[str, str]) -> str:
    read = rules.read_line(7, row)
    assert isinstance(read, FieldError), f"{row} was accepted"
    assert read.field == "第 7 行"
    return read.message


def test_a_good_line_is_read() -> None:
    expected = PlaceLine("990101", "春晓社区", PlaceLevel.COMMUNITY, "9901", 30.4, 112.8)
    assert rules.read_line(7, GOOD) == expected
    assert rules.read_line(7, {name: f"  {value}\t" for name, value in GOOD.items()}) == expected


def test_a_place_without_coordinates_is_good() -> None:
    read = rules.read_line(7, {**GOOD, "lat": "", "lng": " "})
    assert isinstance(read, PlaceLine)
    assert (read.latitude, read.longitude) == (None, None)


@pytest.mark.parametrize("code", ["", " ", "9" * 33, "99-01", "99 01", "社区", "９９", "99\x00", "99_1"])
def test_a_code_is_1_to_32_letters_and_digits(code: str) -> None:
    assert "编码" in _said({**GOOD, "code": code, "parent": ""})


@pytest.mark.parametrize("name", ["", "   ", "云" * 65])
def test_a_name_is_1_to_64_characters(name: str) -> None:
    assert "名称" in _said({**GOOD, "name": name})


@pytest.mark.parametrize("name", ["春晓\x00社区", "\x07", "春晓\x1b[31m", "春晓\ud800"])
def test_a_name_holds_nothing_that_a_database_cannot_store(name: str) -> None:
    assert "名称" in _said({**GOOD, "name": name})


@pytest.mark.parametrize("level", ["", "Community", "小区", "city"])
def test_an_unknown_level_is_named_together_with_the_known_ones(level: str) -> None:
    said = _said({**GOOD, "level": level})
    assert f"「{level}」" in said
    assert all(known in said for known in PlaceLevel)


@pytest.mark.parametrize("parent", ["9902", "99010", "990101", "9901011"])
def test_a_code_starts_with_its_parents_and_is_longer(parent: str) -> None:
    accepted = isinstance(rules.read_line(7, {**GOOD, "parent": parent}), PlaceLine)
    assert accepted == (parent == "99010")


@pytest.mark.parametrize(
    ("lat", "lng"),
    [("30.4", ""), ("", "112.8"), ("abc", "112"), ("30,4", "112"), ("nan", "112"), ("inf", "112"), ("30", "-inf")],
)
def test_half_a_point_or_no_number_is_refused(lat: str, lng: str) -> None:
    assert "纬" in _said({**GOOD, "lat": lat, "lng": lng})


@pytest.mark.parametrize(
    ("lat", "lng"), [("90.1", "0"), ("-90.1", "0"), ("0", "180.1"), ("0", "-180.1"), ("112.8", "30.4")]
)
def test_a_point_beyond_the_planet_is_refused(lat: str, lng: str) -> None:
    assert "之间" in _said({**GOOD, "lat": lat, "lng": lng})


@pytest.mark.parametrize("missing", SHEET.needed)
def test_a_line_with_too_few_cells_is_read_or_refused(missing: str) -> None:
    row: dict[str, str] = {**GOOD, missing: None}  # type: ignore[dict-item]
    assert isinstance(rules.read_line(7, row), PlaceLine | FieldError)


def test_the_header_may_come_in_any_order_width_and_case() -> None:
    assert columns.faults([" LNG", "Lat ", "parent", "level", "name", "CODE"], SHEET) == []


def test_a_missing_and_a_strange_column_are_both_named() -> None:
    said = [fault.message for fault in columns.faults(["code", "name", "level", "parent", "lat", "colour"], SHEET)]
    assert said == ["缺少列「lng」（经度）。", "不认识列「colour」，请删掉。"]


@pytest.mark.parametrize(
    "column",
    [
        "民族",
        "所属民族",
        "宗教",
        "宗教信仰",
        "政治面貌",
        "身份证号",
        "证件号码",
        "是否重点人员",
        "Ethnic Group",
        "religion",
        "ID_Card",
        "political_status",
    ],
)
def test_a_header_that_names_what_is_never_collected_is_refused_with_the_reason(column: str) -> None:
    [fault] = columns.faults([*SHEET.needed, column], SHEET)
    assert f"「{column}」" in fault.message
    assert "不收集" in fault.message
    assert "没有导入" in fault.message


def _line(code: str, level: PlaceLevel, parent: str = "") -> PlaceLine:
    return PlaceLine(code, "名", level, parent, None, None)


def test_a_whole_tree_is_good_in_any_order() -> None:
    lines = [
        (2, _line("99010101", PlaceLevel.GRID, "990101")),
        (3, _line("990101", PlaceLevel.COMMUNITY, "9901")),
        (4, _line("9901", PlaceLevel.STREET)),
    ]
    assert rules.tree_faults(lines, {}) == []


def test_a_parent_may_stand_in_the_database_already() -> None:
    lines = [(2, _line("990101", PlaceLevel.COMMUNITY, "9901"))]
    assert rules.tree_faults(lines, {"9901": PlaceLevel.STREET}) == []
    [fault] = rules.tree_faults(lines, {})
    assert (fault.field, fault.message) == ("第 2 行", "找不到上级「9901」。")


def test_a_double_code_is_named_with_both_lines() -> None:
    [fault] = rules.tree_faults([(2, _line("99", PlaceLevel.STREET)), (9, _line("99", PlaceLevel.STREET))], {})
    assert (fault.field, fault.message) == ("第 9 行", "编码「99」和第 2 行重复。")


@pytest.mark.parametrize("level", list(PlaceLevel))
def test_only_districts_and_streets_stand_without_a_parent(level: PlaceLevel) -> None:
    faults = rules.tree_faults([(2, _line("99", level))], {})
    assert bool(faults) == (level not in (PlaceLevel.DISTRICT, PlaceLevel.STREET))


@pytest.mark.parametrize("parent", list(PlaceLevel))
@pytest.mark.parametrize("child", list(PlaceLevel))
def test_a_parent_is_of_a_higher_level(parent: PlaceLevel, child: PlaceLevel) -> None:
    order = list(PlaceLevel)
    faults = rules.tree_faults([(2, _line("991", child, "99"))], {"99": parent})
    assert bool(faults) == (order.index(parent) >= order.index(child))


def test_a_level_given_anew_counts_for_the_children_of_the_same_sheet() -> None:
    lines = [(2, _line("99", PlaceLevel.GRID, "9")), (3, _line("991", PlaceLevel.COMMUNITY, "99"))]
    [fault] = rules.tree_faults(lines, {"9": PlaceLevel.DISTRICT, "99": PlaceLevel.STREET})
    assert fault.field == "第 3 行"


def test_a_code_that_starts_with_another_places_lies_below_that_place() -> None:
    lines = [
        (2, _line("99", PlaceLevel.DISTRICT)),
        (3, _line("9901", PlaceLevel.STREET, "99")),
        (4, _line("990101", PlaceLevel.COMMUNITY, "99")),
        (5, _line("991", PlaceLevel.STREET)),
    ]
    said = [(fault.field, fault.message) for fault in rules.tree_faults(lines, {})]
    assert said == [
        ("第 4 行", "编码以「9901」开头，上级就要写「9901」；不在它下面的话，请换一个编码。"),
        ("第 5 行", "编码以「99」开头，上级就要写「99」；不在它下面的话，请换一个编码。"),
    ]


def test_no_place_comes_between_a_place_that_stands_and_its_parent() -> None:
    standing = {"99": PlaceLevel.DISTRICT, "990101": PlaceLevel.COMMUNITY}
    street = (2, _line("9901", PlaceLevel.STREET, "99"))
    [fault] = rules.tree_faults([street], standing, {"990101": "99"})
    assert (fault.field, "「990101」以这个编码开头" in fault.message) == ("第 2 行", True)
    moved = (3, _line("990101", PlaceLevel.COMMUNITY, "9901"))
    assert rules.tree_faults([street, moved], standing, {"990101": "99"}) == []


def test_what_stands_wrongly_already_does_not_keep_others_from_coming() -> None:
    standing = {"99": PlaceLevel.DISTRICT, "991": PlaceLevel.STREET}
    assert rules.tree_faults([(2, _line("992", PlaceLevel.STREET, "99"))], standing, {}) == []


def test_codes_that_differ_in_case_are_two() -> None:
    lines = [(2, _line("a", PlaceLevel.DISTRICT)), (3, _line("A1", PlaceLevel.STREET))]
    assert rules.tree_faults(lines, {}) == []


CODES = st.lists(st.text("01", min_size=1, max_size=4), min_size=1, max_size=8, unique=True)


@given(CODES, st.data())
def test_in_every_tree_that_is_accepted_a_prefix_is_an_ancestor(codes: list[str], data: st.DataObject) -> None:
    """What scopes rely on: whoever may see a place sees those below it, and no other."""
    levels, lines = list(PlaceLevel), []
    for number, code in enumerate(sorted(codes), 2):
        parent = data.draw(st.sampled_from(["", *(each for each in codes if code.startswith(each) and each != code)]))
        lines.append((number, _line(code, levels[min(len(code) - 1, 4)], parent)))
    parents = {line.code: line.parent for _, line in lines}
    if rules.tree_faults(lines, {}):
        return
    for code in codes:
        above, ancestors = parents[code], []
        while above:
            ancestors.append(above)
            above = parents[above]
        assert sorted(ancestors) == sorted(each for each in codes if code.startswith(each) and each != code)


POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(POINTS, POINTS)
def test_distance_is_the_same_both_ways_and_never_more_than_half_the_earth(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    assert rules.metres(a, b) == pytest.approx(rules.metres(b, a))
    assert 0 <= rules.metres(a, b) <= 20_016_000


def test_distances_are_in_metres() -> None:
    assert rules.metres((30.0, 112.0), (31.0, 112.0)) == pytest.approx(111_195, abs=5)
    assert rules.metres((60.0, 112.0), (60.0, 113.0)) == pytest.approx(55_597, abs=10)
    assert rules.metres((30.0, 179.9), (30.0, -179.9)) == pytest.approx(19_260, abs=30)
    assert rules.metres((30.0, 112.0), (30.0, 112.0)) == 0
