"""Places are found by what people type: part of a name in either script, its sound, its initials, or a code."""

import pytest

from backend import clock
from backend.errors import InvalidInput
from backend.places import actions, search
from backend.runtime import Runtime
from models.places import Place, PlaceLevel

SHEET = """code,name,level,parent,lat,lng
99,云溪区,district,,,
9901,春晓街道,street,99,,
990101,春晓社区,community,9901,,
99010101,春晓第一网格,grid,990101,,
9901010101,花生巷1号院,lane,99010101,,
9901010102,春晓苑12栋,lane,99010101,,
990102,西安里社区,community,9901,,
990103,小春晓,community,9901,,
990104,绿地·新城,community,9901,,
99AB,Ab 100%_\\大院,community,99,,
"""


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    actions.import_sheet(SHEET)


def _found(typed: str, *levels: PlaceLevel, limit: int = 50) -> list[str]:
    return [found.place.name for found in search.find(typed, levels or search.LIVED_IN, limit)]


TYPED = {
    "春晓社区": "春晓社区",
    "春曉社區": "春晓社区",
    " 春 晓 社 ": "春晓社区",
    "晓社": "春晓社区",
    "chunxiaoshequ": "春晓社区",
    "Chun Xiao She": "春晓社区",
    "xiaoshe": "春晓社区",
    "cxsq": "春晓社区",
    "xsq": "春晓社区",
    "cxy12": "春晓苑12栋",
    "１２栋": "春晓苑12栋",
    "12dong": "春晓苑12栋",
    "huasheng": "花生巷1号院",
    "xi'an li": "西安里社区",
    "lvdi": "绿地·新城",
    "lüdi": "绿地·新城",
    "绿地・新城": "绿地·新城",
    "ldxc": "绿地·新城",
    "990103": "小春晓",
    "99ab": "Ab 100%_\\大院",
    "ab100%": "Ab 100%_\\大院",
}


def test_a_place_is_found_however_it_is_typed() -> None:
    found = {typed: _found(typed) for typed in TYPED}
    assert {typed: name for typed, name in TYPED.items() if name not in found[typed]} == {}


def test_the_whole_name_comes_first_then_its_beginning_then_a_part_and_by_code_among_equals() -> None:
    assert _found("春晓") == ["春晓社区", "春晓第一网格", "春晓苑12栋", "小春晓"]
    assert _found("chunxiao") == ["春晓社区", "春晓第一网格", "春晓苑12栋", "小春晓"]
    assert _found("小春晓") == _found("xiaochunxiao") == _found("xcx") == ["小春晓"]
    assert _found("990101")[0] == "春晓社区"
    assert _found("9901010") == ["春晓第一网格", "花生巷1号院", "春晓苑12栋"]


def test_a_sound_starts_with_a_syllable() -> None:
    assert _found("an") == ["西安里社区"], "neither yuan nor lan"
    assert _found("hunxiao") == []


def test_a_code_is_found_by_its_beginning_only() -> None:
    assert _found("0103") == []


def test_what_means_something_to_a_database_means_itself_here() -> None:
    for typed in ("%", "_", "\\"):
        assert _found(typed) == ["Ab 100%_\\大院"]
        assert _found(f"{typed}{typed}") == []
        assert _found(f"春{typed}社") == []


def test_what_nothing_is_called_finds_nothing() -> None:
    for typed in ("🏮", "'", '"; DROP TABLE place', "ئالىم", "é", "x" * 64):
        assert _found(typed) == []


def test_one_picture_is_not_taken_for_another() -> None:
    actions.import_sheet("code,name,level,parent,lat,lng\n99,云溪区,district,,,\n9907,🏮巷社区,community,99,,\n")
    assert _found("🏮") == ["🏮巷社区"]
    assert _found("😀") == []


def test_districts_and_streets_are_found_when_they_are_asked_for() -> None:
    assert "春晓街道" not in _found("春晓")
    assert _found("春晓", PlaceLevel.STREET) == ["春晓街道"]
    assert _found("yunxi", PlaceLevel.DISTRICT, PlaceLevel.STREET) == ["云溪区"]


def test_no_more_come_than_were_asked_for() -> None:
    assert _found("春晓", limit=2) == ["春晓社区", "春晓第一网格"]


def test_nothing_typed_is_answered_with_a_sentence() -> None:
    for typed in ("", " ", "\u3000\n"):
        with pytest.raises(InvalidInput, match="nothing_typed"):
            search.find(typed)


def test_a_new_name_is_found_and_the_old_one_no_more() -> None:
    actions.import_sheet(SHEET.replace("西安里社区", "东山社区"))
    assert _found("xianli") == _found("西安里") == []
    assert _found("dongshan") == _found("dss") == _found("东山") == ["东山社区"]


def test_places_written_by_an_older_release_are_found_after_the_upgrade(runtime: Runtime) -> None:
    Place.update(folded=None, sounds=None, initials=None).where(Place.code != "990102").execute()
    Place.update(name="东山社区").where(Place.code == "990102").execute()
    assert _found("chunxiao") == _found("春晓") == _found("dongshan") == []
    before = {place.code: place.changed_at for place in Place.select()}
    assert actions.spell() == 10
    assert _found("chunxiao")[0] == _found("春晓")[0] == "春晓社区"
    assert _found("dongshan") == ["东山社区"]
    assert {place.code: place.changed_at for place in Place.select()} == before
    assert actions.spell() == 0


def test_more_places_than_one_transaction_takes_are_spelled(runtime: Runtime) -> None:
    rows = [(f"98{n:04}", f"第{n}号楼", PlaceLevel.COMMUNITY, clock.now()) for n in range(1_200)]
    Place.insert_many(rows, fields=[Place.code, Place.name, Place.level, Place.changed_at]).execute()
    assert actions.spell() == 1_200
    assert _found("第1199号") == ["第1199号楼"]
    assert actions.spell() == 0


def test_what_is_found_is_told_apart_by_the_place_above_it() -> None:
    assert [(each.place.name, each.within) for each in search.find("春晓社区")] == [("春晓社区", _above("990101"))]
    [top] = search.find("99", [PlaceLevel.DISTRICT])
    assert top.within == ""


def _above(code: str) -> str:
    return str(Place.get(Place.code == code).parent.name)
