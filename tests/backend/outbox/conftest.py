"""A house with both accounts and the simulator in the place of the platform, on each engine."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend import runtime as runtimes
from backend.accounts import actions as accounts
from backend.runtime import Runtime
from backend.storage import migrations
from tests.served import house_settings, platform_of_both
from tests.simulated import Platform


@pytest.fixture(scope="session")
def _platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform_of_both(tmp_path_factory.mktemp("simulator")) as platform:
        yield platform


@pytest.fixture
def platform(_platform: Platform) -> Platform:
    _platform.start_again()
    return _platform


@pytest.fixture
def house(tmp_path: Path, database_url: str, platform: Platform) -> Iterator[Runtime]:
    settings = replace(house_settings(tmp_path, platform, database_url), wechat_per_second=0)
    made = runtimes.start(settings)
    migrations.apply(made.database)
    accounts.seed(settings, made.cipher)
    yield made
    made.close()
