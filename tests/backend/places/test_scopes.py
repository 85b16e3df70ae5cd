"""A scope holds the places below its codes and no other, in SQL as in Python."""

from itertools import combinations

import pytest

from backend import clock
from backend.permissions import EVERYWHERE, NOWHERE, Scope
from backend.places.scopes import within
from backend.runtime import Runtime
from models.places import Place, PlaceLevel

CODES = ("9", "99", "9901", "9902", "990101", "a1", "A1", "A1b", "A1B")


@pytest.fixture(autouse=True)
def _places(runtime: Runtime) -> None:
    row = {"name": "某地", "level": PlaceLevel.LANE, "changed_at": clock.now()}
    Place.insert_many([{**row, "code": code} for code in CODES]).execute()


def _found(scope: Scope) -> list[str]:
    return sorted(place.code for place in Place.select().where(within(scope)))


@pytest.mark.parametrize("codes", [(each,) for each in ("", *CODES, "%", "_", "b", "99010", "'")])
def test_what_is_found_is_what_the_scope_holds(codes: tuple[str, ...]) -> None:
    scope = Scope(frozenset(codes))
    assert _found(scope) == sorted(code for code in CODES if code in scope)


def test_of_several_places_each_counts() -> None:
    for pair in combinations(CODES, 2):
        scope = Scope(frozenset(pair))
        assert _found(scope) == sorted(code for code in CODES if code in scope)


def test_nowhere_is_nothing_and_everywhere_every_place() -> None:
    assert _found(NOWHERE) == []
    assert _found(Scope(frozenset({EVERYWHERE}))) == sorted(CODES)
