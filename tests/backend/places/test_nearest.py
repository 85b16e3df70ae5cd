"""Where no boundary is known, a point belongs to the nearest community within five kilometres, or to none."""

import pytest

from backend.places import actions, queries
from backend.runtime import Runtime
from models.places import Place, PlaceLevel

SHEET = """code,name,level,parent,lat,lng
9901,慢城街道,street,,30.42000,112.83000
990101,春晓社区,community,9901,30.40000,112.80000
990102,云溪社区,community,9901,30.44000,112.80000
990103,无坐标社区,community,9901,,
99010101,第一网格,grid,990101,30.42500,112.80000
"""


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    actions.import_sheet(SHEET)


def _nearest(latitude: float, longitude: float) -> str | None:
    place = queries.community_at(latitude, longitude)
    return None if place is None else place.name


def test_the_nearer_of_two_communities_is_meant() -> None:
    assert _nearest(30.41, 112.80) == "春晓社区"
    assert _nearest(30.43, 112.80) == "云溪社区"


def test_a_grid_or_a_street_that_is_nearer_does_not_count() -> None:
    assert _nearest(30.425, 112.80) == "云溪社区"
    assert _nearest(30.42, 112.83) in ("春晓社区", "云溪社区")


def test_further_than_five_kilometres_there_is_none() -> None:
    degree = 111_195  # metres to the north
    assert _nearest(30.40 - 4_990 / degree, 112.80) == "春晓社区"
    assert _nearest(30.40 - 5_010 / degree, 112.80) is None
    assert _nearest(-30.0, -112.0) is None


def test_the_answer_can_be_looked_up_again() -> None:
    place = queries.community_at(30.40, 112.80)
    assert place is not None
    assert queries.by_id(place.id) == queries.by_code("990101") == place


def test_without_communities_there_is_none() -> None:
    for level in (PlaceLevel.GRID, PlaceLevel.COMMUNITY):  # children first
        Place.delete().where(Place.level == level).execute()
    assert _nearest(30.42, 112.83) is None


def test_children_come_by_code_and_go_on_where_the_last_page_ended() -> None:
    assert [place.code for place in queries.children("")] == ["9901"]
    assert [place.code for place in queries.children("9901", limit=2)] == ["990101", "990102"]
    assert [place.code for place in queries.children("9901", after="990102")] == ["990103"]
    assert queries.children("nowhere") == []


def test_a_code_is_looked_up_as_it_is_written(runtime: Runtime) -> None:
    actions.import_sheet("code,name,level,parent,lat,lng\nAb,大小写,street,,,\n")
    assert queries.by_code("Ab") is not None
    assert queries.by_code("ab") is None
    assert queries.by_code("") is None
