"""A line of weeks is drawn inside its box, and not at all where it would be single persons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import sparks


@pytest.mark.parametrize("numbers", [[], [50], [0, 0, 0], [1, 9, 3]])
def test_too_little_is_not_drawn(numbers: list[int]) -> None:
    assert sparks.points(numbers) == ""


def test_it_rises_where_the_numbers_do() -> None:
    assert sparks.points([10, 20, 15]) == "2.0,22.0 50.0,2.0 98.0,12.0"
    assert sparks.points([30, 30]) == "2.0,22.0 98.0,22.0"


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=104))
def test_every_point_lies_in_the_box(numbers: list[int]) -> None:
    drawn = [tuple(map(float, spot.split(","))) for spot in sparks.points(numbers).split()]
    assert len(drawn) == (len(numbers) if max(numbers) >= sparks.FEW else 0)
    assert all(0 <= x <= sparks.WIDTH and 0 <= y <= sparks.HEIGHT for x, y in drawn)
    assert [x for x, _ in drawn] == sorted(x for x, _ in drawn)
