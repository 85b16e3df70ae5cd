"""Boundaries: what is read and what is refused, which points are inside, and how far the others are from the edge."""

import json
from itertools import pairwise
from math import cos, radians, sin
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.places import geometry
from backend.places.geometry import Boundary, Point, Ring

SQUARE: Ring = [(112.0, 30.0), (113.0, 30.0), (113.0, 31.0), (112.0, 31.0), (112.0, 30.0)]
HOLE: Ring = [(112.4, 30.4), (112.4, 30.6), (112.6, 30.6), (112.6, 30.4), (112.4, 30.4)]
FAR: Ring = [(10.0, 10.0), (11.0, 10.0), (10.5, 11.0), (10.0, 10.0)]

DEGREES = st.floats(-80, 80)
POINTS = st.tuples(DEGREES, DEGREES)


def _text(kind: str, coordinates: Any) -> str:
    return json.dumps({"type": kind, "coordinates": coordinates})


def _read(kind: str, coordinates: Any) -> Boundary:
    read = geometry.read(_text(kind, coordinates))
    assert not isinstance(read, str), read
    return read


def test_a_polygon_is_one_of_several() -> None:
    assert _read("Polygon", [SQUARE, HOLE]) == _read("MultiPolygon", [[SQUARE, HOLE]]) == [[SQUARE, HOLE]]


def test_what_was_read_is_the_same_after_it_was_kept() -> None:
    boundary = _read("MultiPolygon", [[SQUARE, HOLE], [FAR]])
    kept = geometry.loaded(geometry.dumped(boundary))
    assert geometry.dumped(kept) == geometry.dumped(boundary)
    assert geometry.contains(kept, (112.2, 30.2))


def test_a_height_is_passed_over_and_a_tenth_of_a_metre_is_enough() -> None:
    ring = [[112.123456789, 30.0, 55], [113.0, 30.0], [113.0, 31.0], [112.123456789, 30.0, 55]]
    assert _read("Polygon", [ring])[0][0][0] == (112.123457, 30.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ("null", "Polygon"),
        ("[]", "Polygon"),
        (_text("Point", [112, 30]), "Polygon"),
        (_text("Polygon", None), "括号"),
        (_text("Polygon", []), "括号"),
        (_text("Polygon", [[]]), "括号"),
        (_text("Polygon", SQUARE), "[经度, 纬度]"),
        (_text("MultiPolygon", [SQUARE]), "[经度, 纬度]"),
        (_text("Polygon", [SQUARE[:-1]]), "没有闭合"),
        (_text("Polygon", [[(1, 1), (2, 2), (1, 1)]]), "4 个点"),
        (_text("Polygon", [SQUARE, HOLE[:-1]]), "没有闭合"),
        (_text("Polygon", [[(1, 1), (181, 1), (2, 2), (1, 1)]]), "-180 到 180"),
        (_text("Polygon", [[(1, 1), (30, 112), (2, 2), (1, 1)]]), "-90 到 90"),
        (_text("Polygon", [[(1, 1), (2, "2"), (2, 2), (1, 1)]]), "[经度, 纬度]"),
        (_text("Polygon", [[(1, 1), (2, True), (2, 2), (1, 1)]]), "[经度, 纬度]"),
        (_text("Polygon", [[(1, 1), (2,), (2, 2), (1, 1)]]), "[经度, 纬度]"),
        (_text("Polygon", [[(1, 1), {}, (2, 2), (1, 1)]]), "[经度, 纬度]"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 1], [2, 2], [NaN, 1]]]}', "JSON"),
        (_text("Polygon", [SQUARE, [(112.0, 30.0)] * 1_996]), "2000 个点"),
    ],
)
def test_a_broken_boundary_is_refused_with_what_is_to_be_mended(text: str, said: str) -> None:
    sentence = geometry.read(text)
    assert isinstance(sentence, str)
    assert said in sentence


def test_two_thousand_points_are_not_too_many_and_fit_into_every_column() -> None:
    ring = [(-179.123456 + number / 1e4, -89.123456 + number / 1e4) for number in range(1_999)]
    boundary = _read("Polygon", [[*ring, ring[0]]])
    assert len(geometry.dumped(boundary).encode()) < 65_535


@given(POINTS, st.floats(0.001, 5), st.floats(0.001, 5))
def test_the_inside_of_a_triangle_is_inside_and_what_is_moved_out_of_its_hull_is_not(
    corner: Point, width: float, height: float
) -> None:
    x, y = corner
    triangle = [[[corner, (x + width, y), (x, y + height), corner]]]
    assert geometry.contains(triangle, (x + width / 4, y + height / 4))
    for outside in (
        (x - width, y + height / 4),
        (x + 2 * width, y + height / 4),
        (x + width / 4, y - height),
        (x + width / 4, y + 2 * height),
        (x + width * 0.75, y + height * 0.75),
    ):
        assert not geometry.contains(triangle, outside)


@given(st.lists(POINTS, min_size=3, max_size=12), st.floats(0.001, 90), DEGREES)
def test_a_point_beyond_all_corners_is_outside_whatever_the_shape(corners: list[Point], away: float, at: float) -> None:
    ring = [*corners, corners[0]]
    south, west, north, east = geometry.box([[ring]])
    for point in ((west - away, at), (east + away, at), (at, south - away), (at, north + away)):
        assert not geometry.contains([[ring]], point)


@given(st.tuples(st.floats(112, 113), st.floats(30, 31)))
def test_a_point_is_in_a_hole_or_in_the_land_around_it_and_never_in_both(point: Point) -> None:
    whole, around, hole = (geometry.contains(each, point) for each in ([[SQUARE]], [[SQUARE, HOLE]], [[HOLE]]))
    assert whole == (around != hole)


def test_the_middle_of_a_hole_is_outside_and_a_second_part_is_inside() -> None:
    boundary = [[SQUARE, HOLE], [FAR]]
    assert not geometry.contains(boundary, (112.5, 30.5))
    assert geometry.contains(boundary, (112.2, 30.5))
    assert geometry.contains(boundary, (10.5, 10.2))


@given(st.lists(st.tuples(st.floats(112.1, 112.9), st.floats(30.01, 30.99)), max_size=6), st.data())
def test_a_point_on_the_edge_of_two_neighbours_belongs_to_exactly_one(
    between: list[Point], data: st.DataObject
) -> None:
    """The square is cut in two by any line from its south to its north that never turns back."""
    cut = [(112.5, 30.0), *sorted(between, key=lambda point: point[1]), (112.5, 31.0)]
    west = [[(112.0, 30.0), *cut, (112.0, 31.0), (112.0, 30.0)]]
    east = [[*cut, (113.0, 31.0), (113.0, 30.0), cut[0]][::-1]]
    edge = data.draw(st.sampled_from(list(pairwise(cut))))
    share = data.draw(st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1))
    point = tuple(a + (b - a) * share for a, b in zip(*edge, strict=True))
    assume(30.0 <= point[1] < 31.0)  # the square's own upper edge is its northern neighbour's
    assert geometry.contains([west], (point[0], point[1])) != geometry.contains([east], (point[0], point[1]))


def test_the_distance_to_the_edge_is_in_metres_from_either_side() -> None:
    north = 1 / 111_195  # degrees for a metre
    for metres in (-30, 5, 30, 2_000):
        point = (112.3, 31.0 + metres * north)
        assert geometry.metres_to_edge([[SQUARE]], point) == pytest.approx(abs(metres), rel=0.01)
    assert geometry.metres_to_edge([[SQUARE]], (113.0 + 100 * north / 0.866, 30.0)) == pytest.approx(100, rel=0.01)
    assert geometry.metres_to_edge([[SQUARE, HOLE]], (112.6, 30.5)) == 0
    assert geometry.metres_to_edge([[[SQUARE[0]] * 4]], (112.0, 30.0 + 7 * north)) == pytest.approx(7, rel=0.01)


def test_the_box_is_around_all_parts() -> None:
    assert geometry.box([[SQUARE, HOLE], [FAR]]) == (10.0, 10.0, 31.0, 113.0)


@given(POINTS, st.floats(0, 360))
def test_what_is_thirty_metres_away_is_in_the_box_of_thirty_one(point: Point, direction: float) -> None:
    north, east = 30 / 111_195 * sin(direction), 30 / 111_195 * cos(direction) / cos(radians(point[1]))
    south, west, upper, right = geometry.box_around(point, 31)
    assert south < point[1] + north < upper
    assert west < point[0] + east < right
