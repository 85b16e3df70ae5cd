"""A point belongs to the community in whose boundary it is; near an edge, and where none is known, to the next."""

import json
from collections.abc import Iterable

import pytest

from backend.errors import InvalidInput
from backend.places import actions, queries
from backend.runtime import Runtime
from backend.sheets.lines import Imported
from models.places import Place

METRE = 1 / 111_195
"""In degrees to the north."""


def _square(west: float, south: float, size: float = 0.01) -> str:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def _sheet(rows: Iterable[tuple[str, ...]], header: str = "code,name,level,parent,lat,lng,boundary") -> str:
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    return "\n".join([header, *quoted])


STREET = ("9901", "慢城街道", "street", "", "", "", "")
SPRING = ("990101", "春晓社区", "community", "9901", "30.405", "112.805", _square(112.80, 30.40))
CLOUD = ("990102", "云溪社区", "community", "9901", "30.405", "112.815", _square(112.81, 30.40))
OPEN = ("990103", "望江社区", "community", "9901", "30.430", "112.805", "")


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    actions.import_sheet(_sheet([STREET, SPRING, CLOUD, OPEN]))


def _at(latitude: float, longitude: float) -> str | None:
    place = queries.community_at(latitude, longitude)
    return None if place is None else place.name


def test_the_boundary_counts_and_not_the_nearest_centre() -> None:
    assert _at(30.4001, 112.8001) == "春晓社区"
    assert _at(30.4099, 112.8099) == "春晓社区"
    assert _at(30.4099, 112.8101) == "云溪社区"


def test_just_outside_of_a_boundary_it_still_counts() -> None:
    assert _at(30.40 - 29 * METRE, 112.803) == "春晓社区"
    assert _at(30.41 + 29 * METRE, 112.817) == "云溪社区"


def test_between_two_boundaries_the_nearer_one_counts() -> None:
    gap = ("990104", "柳岸社区", "community", "9901", "", "", _square(112.80, 30.41 + 40 * METRE))
    actions.import_sheet(_sheet([STREET, gap]))
    assert _at(30.41 + 15 * METRE, 112.805) == "春晓社区"
    assert _at(30.41 + 25 * METRE, 112.805) == "柳岸社区"


def test_further_outside_the_nearest_centre_of_those_without_a_boundary_counts() -> None:
    assert _at(30.40 - 60 * METRE, 112.803) == "望江社区"
    assert _at(30.429, 112.806) == "望江社区"


def test_a_community_with_a_boundary_is_not_meant_far_outside_of_it() -> None:
    actions.import_sheet(_sheet([STREET, (*OPEN[:4], "", "", "")]))
    assert _at(30.40 - 60 * METRE, 112.803) is None


def test_nor_in_a_corner_that_its_boundary_leaves_out_near_its_centre() -> None:
    corner = json.dumps(
        {"type": "Polygon", "coordinates": [[[112.8, 30.4], [112.81, 30.4], [112.8, 30.41], [112.8, 30.4]]]}
    )
    actions.import_sheet(
        _sheet([STREET, (*SPRING[:6], corner), (*CLOUD[:6], _square(112.9, 30.4)), (*OPEN[:4], "", "", "")])
    )
    assert _at(30.403, 112.803) == "春晓社区"
    assert _at(30.409, 112.809) is None


def test_where_two_boundaries_overlap_the_first_by_code_counts() -> None:
    over = ("990109", "叠云社区", "community", "9901", "", "", _square(112.80, 30.40))
    actions.import_sheet(_sheet([STREET, over]))
    assert _at(30.405, 112.805) == "春晓社区"


def test_a_boundary_in_several_parts_and_with_a_hole_is_kept(runtime: Runtime) -> None:
    parts = json.dumps(
        {
            "type": "MultiPolygon",
            "coordinates": [
                [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]],
                [[[8, 8], [9, 8], [9, 9], [8, 8]]],
            ],
        }
    )
    actions.import_sheet(_sheet([STREET, (*SPRING[:6], parts)]))
    assert [_at(3.0, 3.0), _at(8.2, 8.8), _at(1.5, 1.5)] == ["春晓社区", "春晓社区", None]


def test_repeating_an_import_with_boundaries_changes_nothing() -> None:
    spaced = (*SPRING[:6], json.dumps(json.loads(SPRING[6]), indent=1).replace("\n", " "))
    assert actions.import_sheet(_sheet([STREET, spaced, CLOUD, OPEN])) == Imported(same=4)


def test_a_sheet_without_the_column_leaves_boundaries_and_an_empty_cell_takes_one_away() -> None:
    header = "code,name,level,parent,lat,lng"
    assert actions.import_sheet(_sheet([STREET[:6], SPRING[:6]], header)) == Imported(same=2)
    assert Place.get(Place.code == "990101").boundary
    assert actions.import_sheet(_sheet([STREET, (*SPRING[:6], " ")])) == Imported(changed=1, same=1)
    assert Place.get(Place.code == "990101").boundary is None


def test_a_boundary_around_which_no_box_was_drawn_yet_counts_too() -> None:
    Place.update(south=None, west=None, north=None, east=None).execute()
    assert _at(30.4099, 112.8101) == "云溪社区"
    assert actions.import_sheet(_sheet([STREET, SPRING, CLOUD, OPEN])) == Imported(changed=2, same=2)
    assert Place.get(Place.code == "990101").south == 30.4


def test_a_broken_boundary_is_named_by_its_line_and_nothing_is_imported() -> None:
    broken = ("990104", "柳岸社区", "community", "9901", "", "", '{"type": "Point"}')
    with pytest.raises(InvalidInput) as refused:
        actions.import_sheet(_sheet([STREET, ("990105", "新社区", "community", "9901", "", "", ""), broken]))
    [fault] = refused.value.errors
    assert (fault.field, fault.message) == ("第 4 行", "边界要写成 GeoJSON 的 Polygon 或 MultiPolygon。")
    assert queries.by_code("990105") is None


def test_the_largest_boundary_is_stored_whole() -> None:
    ring = [[round(112 + number / 1e4, 6), round(30 + (number % 7) / 1e5, 6)] for number in range(1_999)]
    text = json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    actions.import_sheet(_sheet([STREET, (*SPRING[:6], text)]))
    assert json.loads(Place.get(Place.code == "990101").boundary) == [[[*ring, ring[0]]]]
