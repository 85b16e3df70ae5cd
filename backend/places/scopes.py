"""What somebody may see, said to the database: the places below the codes of a scope."""

from functools import reduce
from operator import or_
from typing import Any

from peewee import SQL, Expression

from backend.permissions import BEYOND, Scope
from models.places import Place


def within(scope: Scope, place: Any = Place) -> Expression:
    """Over `Place.code`, or that of an alias. Bytes are compared, alike on all engines: LIKE would fold case on some.

    Of a scope that is everywhere it holds for every place; what has no place is the caller's to think of.
    """
    return inside(scope, place.code)


def inside(scope: Scope, column: Any) -> Expression:
    """As `within`, over any column that holds the code of a place."""
    below = [_below(column, code) for code in sorted(scope.codes)]
    return reduce(or_, below, Expression(SQL("1"), "=", SQL("0")))


def _below(column: Any, code: str) -> Any:
    return SQL("1 = 1") if not code else column.between(code, code + BEYOND)


def ids_within(scope: Scope) -> list[int]:
    """Of all places inside. Named one by one in a statement about people they let the database choose by what it knows
    of each: of the few who live in a lane, and of the many in a street."""
    return [place.id for place in Place.select(Place.id).where(within(scope)).order_by(Place.id)]
