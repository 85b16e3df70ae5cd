"""The tree of places as staff see it: what lies in their scope, level by level."""

from dataclasses import dataclass

from peewee import fn

from backend.errors import NotFound
from backend.permissions import Action, Actor
from backend.places import queries
from backend.places.queries import PlaceView
from models.places import Place

LIMIT = 200


@dataclass(frozen=True, slots=True)
class Branch:
    """A place with those above it, from the top down, and how many are right below."""

    place: PlaceView
    parents: tuple[PlaceView, ...]
    below: int


def roots(actor: Actor) -> list[PlaceView]:
    """Where the actor's scope begins: the places of her grants, or the top."""
    scope = actor.scope(Action.SEE_PLACES)
    if scope.everywhere:
        return queries.children("", limit=LIMIT)
    found = [queries.by_code(code) for code in sorted(scope.codes)]
    return [place for place in found if place is not None]


def one(actor: Actor, code: str) -> Branch:
    """Raises NotFound for what is not there or outside the actor's scope: the two look alike."""
    chain = queries.chain(code) if code in actor.scope(Action.SEE_PLACES) else []
    if not chain:
        raise NotFound("no_place", "没有这个地方，或者不在您的范围里。")
    place, *above = chain
    below = Place.select(fn.COUNT(Place.id)).where(Place.parent == place.id).scalar()
    return Branch(place, tuple(reversed(above)), int(below))


def children(actor: Actor, code: str, after: str = "", limit: int = LIMIT) -> list[PlaceView]:
    """By code, those after the code `after`. Raises NotFound as `one` does."""
    one(actor, code)
    return queries.children(code, after, limit)
