"""A platform for the gateway's contracts whose pushes are answered at once, with accounts that may do less as well."""

from collections.abc import Iterator

import pytest

from tests.conftest import OFFICIAL
from tests.contracts.canned import canned
from tests.contracts.gateway.given import ONLY_PAGE, SMALL, UNCERTIFIED, Given, given_on
from tests.served import MINIPROGRAM
from tests.simulated import Platform, account_row, simulated


@pytest.fixture(scope="module")
def running_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with canned() as backend:
        backend.body, backend.content_type = b"success", "text/plain"
        accounts = [account_row(each, backend.url) for each in (OFFICIAL, MINIPROGRAM)]
        accounts.append(account_row(UNCERTIFIED, backend.url) | {"certified": False})
        accounts.append(account_row(SMALL, backend.url) | {"pages": [ONLY_PAGE]})
        with simulated(tmp_path_factory.mktemp("simulator"), accounts) as platform:
            yield platform


@pytest.fixture
def given(running_platform: Platform) -> Iterator[Given]:
    with given_on(running_platform) as given:
        yield given
