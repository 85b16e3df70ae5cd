"""Telephone numbers have one form, and their masks tell five digits."""

import pytest

from backend.errors import InvalidInput
from backend.members import phones


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+8613800138000",
        "+86 138 0013 8000",
        "008613800138000",
        "8613800138000",
        "１３８００１３８０００",
    ],
)
def test_a_mainland_number_has_one_form_however_it_is_written(written: str) -> None:
    assert phones.normal(written) == "+8613800138000"


def test_the_platform_tells_the_country_apart() -> None:
    assert phones.normal("13800138000", "86") == "+8613800138000"
    assert phones.normal("51234567", "852") == "+85251234567"


def test_a_number_of_hong_kong_stands() -> None:
    assert phones.normal("+852 5123 4567") == "+85251234567"


@pytest.mark.parametrize(
    "written",
    ["0871-63331234", "+862161234567", "12345", "110", "", "abc", "138001380001", "+99913800138000", "51234567"],
)
def test_what_is_no_mobile_number_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        phones.normal(written)
    assert caught.value.code == "phone_invalid"


@pytest.mark.parametrize(
    ("number", "plain", "masked"),
    [
        ("+8613800138000", "13800138000", "138******00"),
        ("+85251234567", "+85251234567", "+85*******67"),
    ],
)
def test_a_mask_tells_five_digits_at_most(number: str, plain: str, masked: str) -> None:
    assert phones.shown(number) == plain
    assert phones.masked(number) == masked
