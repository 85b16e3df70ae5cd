"""Where a point is: inside a boundary, outside, or so many metres from its edge. Pure.

Points of a boundary are (longitude, latitude) in WGS84 degrees, as GeoJSON has them; nothing here crosses the 180th
meridian. A boundary is read from the text of a GeoJSON Polygon or MultiPolygon, https://www.rfc-editor.org/rfc/rfc7946.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import cos, hypot, radians
from typing import Any

import orjson

Point = tuple[float, float]
Ring = list[Point]
Polygon = list[Ring]
"""The outer ring, then the holes."""
Boundary = list[Polygon]
Box = tuple[float, float, float, float]
"""South, west, north, east."""

EDGE_METRES = 30.0
"""How far off a phone may well be when it says where it is."""

MAX_POINTS = 2_000
_DIGITS = 6  # of a degree: a tenth of a metre, and 2,000 points still fit into 64 KiB
_DEGREE_METRES = 111_195.1


def read(text: str) -> Boundary | str:
    """What the text of a GeoJSON geometry encloses, or a sentence on what is wrong with it."""
    try:
        geometry = orjson.loads(text)
    except orjson.JSONDecodeError:
        return "边界要写成 GeoJSON，这一格不是完整的 JSON。"
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        return "边界要写成 GeoJSON 的 Polygon 或 MultiPolygon。"
    coordinates = geometry.get("coordinates")
    return _boundary([coordinates] if kind == "Polygon" else coordinates)


def dumped(boundary: Boundary) -> str:
    return orjson.dumps(boundary).decode()


def loaded(text: str) -> Boundary:
    """What `dumped` gave."""
    boundary: Boundary = orjson.loads(text)
    return boundary


def box(boundary: Boundary) -> Box:
    longitudes, latitudes = zip(*(point for outer, *_ in boundary for point in outer), strict=True)
    return min(latitudes), min(longitudes), max(latitudes), max(longitudes)


def box_around(point: Point, metres: float) -> Box:
    """All that is so near, and a little more at the corners."""
    north = metres / _DEGREE_METRES
    east = north / cos(radians(point[1]))
    return point[1] - north, point[0] - east, point[1] + north, point[0] + east


def contains(boundary: Boundary, point: Point) -> bool:
    """Inside one of the polygons and in none of its holes.

    A point on an edge that two neighbours share belongs to exactly one of them.
    """
    return any(_encloses(polygon, point) for polygon in boundary)


def metres_to_edge(boundary: Boundary, point: Point) -> float:
    """From the point to the nearest edge, whichever side it is on; exact enough for some kilometres."""
    north, east = _DEGREE_METRES, _DEGREE_METRES * cos(radians(point[1]))
    flat = (
        [((x - point[0]) * east, (y - point[1]) * north) for x, y in ring] for polygon in boundary for ring in polygon
    )
    return min(_from_origin(a, b) for ring in flat for a, b in pairwise(ring))


def _encloses(polygon: Polygon, point: Point) -> bool:
    """A line from the point to the east crosses the rings an odd number of times."""
    return sum(_crossed(ring, point) for ring in polygon) % 2 == 1


def _crossed(ring: Ring, point: Point) -> int:
    x, y = point
    return sum(
        _is_west(x, y, *min(a, b, key=_latitude), *max(a, b, key=_latitude))
        for a, b in pairwise(ring)
        if (a[1] > y) != (b[1] > y)
    )


def _latitude(point: Point) -> float:
    return point[1]


def _is_west(x: float, y: float, x1: float, y1: float, x2: float, y2: float) -> bool:
    """Of an edge that is given from the south to the north: so both neighbours round alike and agree."""
    return (x2 - x1) * (y - y1) > (x - x1) * (y2 - y1)


def _from_origin(a: Point, b: Point) -> float:
    """The distance of (0, 0) from the line between two points."""
    (ax, ay), (dx, dy) = a, (b[0] - a[0], b[1] - a[1])
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length))
    return hypot(ax + along * dx, ay + along * dy)


def _boundary(polygons: Any) -> Boundary | str:
    if not _is_list(polygons) or not all(_is_list(polygon) and all(map(_is_list, polygon)) for polygon in polygons):
        return "边界的 coordinates 不完整，请检查括号的层数。"
    rings = [ring for polygon in polygons for ring in polygon]
    if sum(map(len, rings)) > MAX_POINTS:
        return f"边界最多 {MAX_POINTS} 个点，请先简化。"
    fault = next(_faults(rings), None)
    return fault or [[[_rounded(point) for point in ring] for ring in polygon] for polygon in polygons]


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value)


def _faults(rings: list[list[object]]) -> Iterator[str]:
    for ring in rings:
        if not all(map(_is_point, ring)):
            yield "边界的点要写成 [经度, 纬度]，经度在 -180 到 180 之间，纬度在 -90 到 90 之间。"
        elif len(ring) < 4:
            yield "边界的一圈至少要有 4 个点，最后一个和第一个相同。"
        elif ring[0] != ring[-1]:
            yield "边界的一圈没有闭合：最后一个点要和第一个相同。"


def _is_point(value: object) -> bool:
    """A height, which GeoJSON allows, is passed over."""
    if not isinstance(value, list) or len(value) not in (2, 3):
        return False
    if not all(type(number) in (int, float) for number in value):
        return False
    return bool(-180 <= value[0] <= 180 and -90 <= value[1] <= 90)


def _rounded(point: list[float]) -> Point:
    return round(float(point[0]), _DIGITS), round(float(point[1]), _DIGITS)
