"""The places of a scope, in SQL."""

from functools import reduce
from operator import or_

from peewee import Expression, Value, fn

from backend.permissions import Scope
from models.places import Place


def within(scope: Scope) -> Expression:
    """Whether a place lies inside, byte by byte on every engine. Rows without a place never do: whoever asks for all
    looks at `scope.everywhere` first."""
    if not scope.codes:
        nowhere: Expression = Value(1) == 0
        return nowhere
    # Neither LIKE nor peewee's startswith: they take a for A on some engines, and % for anything.
    return reduce(or_, (fn.SUBSTR(Place.code, 1, len(code)) == code for code in sorted(scope.codes)))


def ids_within(scope: Scope) -> list[int]:
    """Of all places inside. Named one by one in a statement about people they let the database choose by what it knows
    of each: of the few who live in a lane, and of the many in a street."""
    return [place.id for place in Place.select(Place.id).where(within(scope)).order_by(Place.id)]
