"""Reads of the tree of places. A `PlaceView` is public: it says nothing of people."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from math import inf

from backend.places import geometry, rules
from backend.storage.dialects import run
from models.places import Place, PlaceLevel

SHOWN = (Place.id, Place.code, Place.name, Place.level, Place.latitude, Place.longitude)
"""The columns of a `PlaceView`: a boundary is long and rarely asked for."""

_ONE = "SELECT id, code, name, level, latitude, longitude FROM place WHERE "  # asked at every registration


@dataclass(frozen=True)
class PlaceView:
    id: int
    code: str
    name: str
    level: PlaceLevel
    latitude: float | None
    longitude: float | None


def by_code(code: str) -> PlaceView | None:
    return _one("code = ?", code)


def by_id(place_id: int) -> PlaceView | None:
    return _one("id = ?", place_id)


def names(codes: Collection[str]) -> dict[str, str]:
    """By code, of those that are there."""
    rows = Place.select(Place.code, Place.name).where(Place.code.in_(sorted(codes))) if codes else ()
    return {row.code: row.name for row in rows}


def community_at(latitude: float, longitude: float) -> PlaceView | None:
    """The community of a point in WGS84 degrees, or None.

    It is the one whose boundary contains the point (should two overlap, the first by code). A point in none is taken to
    the nearest boundary within 30 metres: phones err so far, and nobody lives in the middle of the street that keeps
    two communities apart. Only then do the communities count of which no boundary is known: the nearest centre within
    five kilometres. One whose boundary is known and is further away is never meant, however near its centre may be.
    """
    point = longitude, latitude
    places = _communities_near(point)
    bounded = [(view(place), geometry.loaded(place.boundary)) for place in places if place.boundary]
    inside = next((place for place, boundary in bounded if geometry.contains(boundary, point)), None)
    edges = ((geometry.metres_to_edge(boundary, point), place) for place, boundary in bounded)
    at_edge = inside or _nearest(edges, geometry.EDGE_METRES)
    centres = [view(place) for place in places if not place.boundary]
    return at_edge or _nearest(_distances((latitude, longitude), centres), rules.NEAR_METRES)


def children(parent_code: str, after: str = "", limit: int = 50) -> list[PlaceView]:
    """Below `parent_code` ("" for the roots), ordered by code, those after the code `after`."""
    parent = by_code(parent_code) if parent_code else None
    if parent_code and parent is None:
        return []
    below = Place.parent.is_null() if parent is None else (Place.parent == parent.id)
    rows = Place.select(*SHOWN).where(below, Place.code > after).order_by(Place.code).limit(limit)
    return [view(place) for place in rows]


def chain(code: str) -> list[PlaceView]:
    """The place and those above it, nearest first; empty for an unknown code.

    A code starts with the codes of all places above it, so one look finds them.
    """
    found = Place.select(*SHOWN, Place.parent).where(Place.code.in_([code[:end] for end in range(1, len(code) + 1)]))
    known = {place.id: place for place in found}
    place = next((place for place in known.values() if place.code == code), None)
    line = []
    while place is not None:
        line.append(view(place))
        place = None if place.parent_id is None else known.get(place.parent_id)
    return line


def count() -> int:
    return int(Place.select().count())


def _one(condition: str, value: object) -> PlaceView | None:
    row = run(_ONE + condition, value).fetchone()
    return None if row is None else PlaceView(row[0], row[1], row[2], PlaceLevel(row[3]), row[4], row[5])


def _communities_near(point: geometry.Point) -> list[Place]:
    """By code: those whose boundary may contain the point or nearly so, and those of which no box is known."""
    south, west, north, east = geometry.box_around(point, geometry.EDGE_METRES)
    inside = (Place.south <= north) & (Place.north >= south) & (Place.west <= east) & (Place.east >= west)
    found = Place.select(*SHOWN, Place.boundary).where(Place.level == PlaceLevel.COMMUNITY)
    return list(found.where(Place.south.is_null() | inside).order_by(Place.code))


def _distances(here: tuple[float, float], places: Iterable[PlaceView]) -> Iterator[tuple[float, PlaceView]]:
    """To the centre of each, where it is known."""
    for place in places:
        if place.latitude is not None and place.longitude is not None:
            yield rules.metres(here, (place.latitude, place.longitude)), place


def _nearest(distances: Iterable[tuple[float, PlaceView]], within: float) -> PlaceView | None:
    distance, place = min(distances, key=lambda pair: pair[0], default=(inf, None))
    return place if distance <= within else None


def view(place: Place) -> PlaceView:
    return PlaceView(place.id, place.code, place.name, place.level, place.latitude, place.longitude)
