"""A simulator for the file, and for each test a house with an empty memory that it pushes to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.settings import Settings
from tests.conftest import OFFICIAL
from tests.served import MINIPROGRAM, House, house_settings, platform_of_both, prepare, served
from tests.simulated import Phone, Platform, free_port
from tests.visitors import Visitor


@pytest.fixture(scope="module")
def port() -> int:
    """Where the platform pushes to."""
    return free_port()


@pytest.fixture(scope="module")
def running_platform(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform_of_both(tmp_path_factory.mktemp("simulator"), f"http://127.0.0.1:{port}") as platform:
        yield platform


@pytest.fixture
def platform(running_platform: Platform) -> Platform:
    running_platform.start_again()
    return running_platform


@pytest.fixture
def house_at(platform: Platform, tmp_path: Path) -> Settings:
    """The settings of a prepared house."""
    return prepare(house_settings(tmp_path, platform))


@pytest.fixture
def house(house_at: Settings, port: int) -> Iterator[House]:
    with served(house_at, port) as running:
        yield running


@pytest.fixture
def phone(platform: Platform) -> Phone:
    return platform.phone(OFFICIAL.app_id)


@pytest.fixture
def visitor(platform: Platform, port: int) -> Visitor:
    """The same person in the mini-program."""
    return Visitor(platform, MINIPROGRAM.app_id, f"http://127.0.0.1:{port}")
