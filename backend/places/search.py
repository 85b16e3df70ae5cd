"""Finds places by what somebody types: part of a name, its sound, its initials, the beginning of a code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from peewee import JOIN, SQL, Case, ColumnBase, NodeList, Value, fn

from backend.errors import InvalidInput
from backend.permissions import ALL, Scope
from backend.places import names
from backend.places.queries import SHOWN, PlaceView, view
from backend.places.scopes import within
from models.places import Place, PlaceLevel

LIVED_IN = (PlaceLevel.COMMUNITY, PlaceLevel.GRID, PlaceLevel.LANE)
"""Whoever looks for a street or a district says so."""


@dataclass(frozen=True)
class Found:
    """`within`: the name of the place above it, "" at the top. In every community there is a building 3."""

    place: PlaceView
    within: str


def find(typed: str, levels: Sequence[PlaceLevel] = LIVED_IN, limit: int = 20, scope: Scope = ALL) -> list[Found]:
    """Places inside the scope by part of their name in either script, by their sound (chunxiao, chun xiao), by their
    initials (cx), or by how their code begins. Best first: the whole of it, its beginning, a part; then by code.

    Raises InvalidInput when nothing but white space was typed.
    """
    wanted = names.wanted(typed)
    if not wanted.folded:
        raise InvalidInput("nothing_typed", "请写要找的地方的名称、拼音或编码。")
    code = fn.LOWER(Place.code)
    whole: list[ColumnBase] = [Place.folded == wanted.folded, code == wanted.folded]
    start = [_like(Place.folded, f"{_plain(wanted.folded)}%"), _like(code, f"{_plain(wanted.folded)}%")]
    part = [_like(Place.folded, f"%{_plain(wanted.folded)}%"), start[1]]
    if wanted.sound:
        for sounds in (Place.sounds, Place.initials):
            whole.append(_like(sounds, f" {wanted.sound} %"))
            start.append(_like(sounds, f" {wanted.sound}%"))
            part.append(_like(sounds, f"% {wanted.sound}%"))
    above = Place.alias()
    rows = Place.select(*SHOWN, above.name).join(above, JOIN.LEFT_OUTER, on=Place.parent == above.id, attr="above")
    found = rows.where(Place.level.in_(levels), within(scope), reduce(or_, part))
    rank = Case(None, ((reduce(or_, whole), 0), (reduce(or_, start), 1)), 2)
    return [_found(row) for row in found.order_by(rank, Place.code).limit(limit)]


def _found(row: Any) -> Found:
    """Of a place that was read with the name of the one above it."""
    above = getattr(row, "above", None)
    return Found(view(row), above.name if above is not None else "")


def _like(text: Any, pattern: str) -> NodeList:
    """Both are folded already: peewee's own would fold once more, which takes PostgreSQL most of its time."""
    return NodeList((text, SQL("LIKE"), Value(pattern, converter=False), SQL("ESCAPE '!'")), parens=True)


def _plain(typed: str) -> str:
    """So that % means itself."""
    return re.sub("([!%_])", r"!\1", typed)
