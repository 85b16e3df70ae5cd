"""Finds places by what somebody types: part of a name, its sound, its initials, the beginning of a code."""

from collections.abc import Sequence

from peewee import Case, fn

from backend.errors import InvalidInput
from backend.places import names
from backend.places.queries import SHOWN, PlaceView, view
from models.places import Place, PlaceLevel

LIVED_IN = (PlaceLevel.COMMUNITY, PlaceLevel.GRID, PlaceLevel.LANE)
"""Whoever looks for a street or a district says so."""


def find(typed: str, levels: Sequence[PlaceLevel] = LIVED_IN, limit: int = 20) -> list[PlaceView]:
    """Places by part of their name in either script, by their sound (chunxiao, chun xiao), by their initials (cx), or
    by how their code begins. Best first: the whole of it, its beginning, a part; then by code.

    Raises InvalidInput when nothing but white space was typed.
    """
    wanted = names.wanted(typed)
    if not wanted.folded:
        raise InvalidInput("nothing_typed", "请写要找的地方的名称、拼音或编码。")
    code = fn.LOWER(Place.code)
    whole = (Place.folded == wanted.folded) | (code == wanted.folded)
    start = Place.folded.startswith(wanted.folded) | code.startswith(wanted.folded)
    part = Place.folded.contains(wanted.folded)
    if wanted.sound:
        for sounds in (Place.sounds, Place.initials):
            whole |= sounds.startswith(f"{wanted.sound} ")
            start |= sounds.startswith(wanted.sound)
            part |= sounds.contains(f" {wanted.sound}")
    found = Place.select(*SHOWN).where(Place.level.in_(levels), start | part)
    rank = Case(None, ((whole, 0), (start, 1)), 2)
    return [view(place) for place in found.order_by(rank, Place.code).limit(limit)]
