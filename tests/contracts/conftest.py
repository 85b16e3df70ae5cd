"""A simulated platform for the contracts of the gateway. Nothing of it starts before a test asks for it."""

from collections.abc import Iterator

import pytest

from tests.conftest import OFFICIAL
from tests.contracts.shared import shared
from tests.served import MINIPROGRAM
from tests.simulated import Phone, Platform, account_row, simulated

__all__ = ["shared"]


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
