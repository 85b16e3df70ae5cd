"""Reads of the tree of places. A `PlaceView` is public: it says nothing of people."""

from dataclasses import dataclass

from backend.places import rules
from models.places import Place, PlaceLevel


@dataclass(frozen=True)
class PlaceView:
    id: int
    code: str
    name: str
    level: PlaceLevel
    latitude: float | None
    longitude: float | None


def by_code(code: str) -> PlaceView | None:
    place = Place.get_or_none(Place.code == code)
    return None if place is None else _view(place)


def by_id(place_id: int) -> PlaceView | None:
    place = Place.get_or_none(Place.id == place_id)
    return None if place is None else _view(place)


def nearest_community(latitude: float, longitude: float) -> PlaceView | None:
    """The community whose centre is nearest, or None when all are further than five kilometres.

    Points are WGS84 degrees. A street has some dozens of communities, so all of them are looked at.
    """
    here = latitude, longitude
    centres = Place.select().where(Place.level == PlaceLevel.COMMUNITY, Place.latitude.is_null(False))
    near = [
        (rules.metres(here, (centre.latitude, centre.longitude)), centre)
        for centre in map(_view, centres)
        if centre.latitude is not None and centre.longitude is not None
    ]
    distance, place = min(near, key=lambda pair: pair[0], default=(float("inf"), None))
    return place if distance <= rules.NEAR_METRES else None


def children(parent_code: str, after: str = "", limit: int = 50) -> list[PlaceView]:
    """Below `parent_code` ("" for the roots), ordered by code, those after the code `after`."""
    parent = Place.get_or_none(Place.code == parent_code) if parent_code else None
    if parent_code and parent is None:
        return []
    below = Place.parent.is_null() if parent is None else (Place.parent == parent.id)
    rows = Place.select().where(below, Place.code > after).order_by(Place.code).limit(limit)
    return [_view(place) for place in rows]


def count() -> int:
    return int(Place.select().count())


def _view(place: Place) -> PlaceView:
    return PlaceView(place.id, place.code, place.name, place.level, place.latitude, place.longitude)
