"""A simulated platform for the contracts of the gateway. Nothing of it starts before a test asks for it."""

import time
from collections.abc import Iterator

import pytest

from tests.conftest import OFFICIAL
from tests.contracts.shared import shared
from tests.served import MINIPROGRAM
from tests.simulated import Phone, Platform, account_row, simulated

__all__ = ["shared"]

DAY, LONGEST = 86_400, 5.0


@pytest.fixture(autouse=True)
def _not_at_midnight() -> None:
    """What is closed until midnight in Beijing would else open in the middle of a test, once in a great while."""
    left = DAY - (time.time() + 8 * 3600) % DAY
    if left < LONGEST:
        time.sleep(left)


@pytest.fixture(scope="module")
def running_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    nobody = "http://127.0.0.1:1"
    accounts = [account_row(OFFICIAL, nobody), account_row(MINIPROGRAM, nobody)]
    with simulated(tmp_path_factory.mktemp("simulator"), accounts) as platform:
        yield platform


@pytest.fixture
def platform(running_platform: Platform) -> Platform:
    running_platform.start_again()
    running_platform.settings(push_timeout=0.05)
    return running_platform


@pytest.fixture
def phone(platform: Platform) -> Phone:
    """Somebody who follows and has just written."""
    phone = platform.phone(OFFICIAL.app_id)
    phone.follow()
    phone.text("你好")
    return phone
