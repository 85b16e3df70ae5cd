"""GCJ-02 and WGS84 agree to the metre over China and are the same outside."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.places.rules import metres
from backend.wechat.pushes import coordinates

NORTH, EAST = st.floats(17.0, 54.0), st.floats(73.0, 135.5)


@given(NORTH, EAST)
@example(35.0, 105.0)  # where the polynomial has its kink
@example(30.42, 105.0)
@example(35.0, 112.83)
@example(30.42, 112.83)
def test_there_and_back_is_less_than_a_metre_anywhere_in_china(latitude: float, longitude: float) -> None:
    here = latitude, longitude
    assert metres(here, coordinates.to_wgs84(*coordinates.to_gcj02(*here))) < 1
    assert metres(here, coordinates.to_gcj02(*coordinates.to_wgs84(*here))) < 1


@given(NORTH, EAST)
def test_the_shift_is_some_hundred_metres_anywhere_in_china(latitude: float, longitude: float) -> None:
    assert 20 < metres((latitude, longitude), coordinates.to_gcj02(latitude, longitude)) < 1500


def test_a_known_point_is_shifted_as_everybody_shifts_it() -> None:
    """Tian'anmen, as the public converters have it."""
    assert coordinates.to_gcj02(39.907333, 116.391083) == pytest.approx((39.908736, 116.397326), abs=2e-5)


@pytest.mark.parametrize(
    "point",
    [
        (0.0, 0.0),
        (51.5, -0.12),
        (0.5, 110.0),
        (56.0, 110.0),
        (35.0, 71.0),
        (35.0, 138.0),
        (-33.9, 151.2),
        (90.0, 180.0),
    ],
)
def test_points_outside_are_untouched(point: tuple[float, float]) -> None:
    assert coordinates.to_gcj02(*point) == point
    assert coordinates.to_wgs84(*point) == point
