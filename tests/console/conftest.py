"""A house with its street behind the console, for each test anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import make_settings
from tests.served import House, opened, prepare


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(prepare(make_settings(tmp_path))) as running:
        yield running
