"""The API of a house on each engine, and people who ask it: a stranger, a visitor, members."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.accounts.queries import Account
from backend.settings import Settings
from tests import people
from tests.callers import Caller
from tests.conftest import OFFICIAL, make_settings
from tests.served import House, opened, prepare


@pytest.fixture
def api(settings: Settings) -> Iterator[House]:
    """The house on each engine in turn, with one community."""
    with opened(settings) as house:
        people.home()
        yield house


@pytest.fixture
def light_api(tmp_path: Path) -> Iterator[House]:
    """As `api`, on SQLite alone: for what asks the database nothing."""
    with opened(prepare(make_settings(tmp_path))) as house:
        yield house


@pytest.fixture
def official(api: House) -> Account:
    return api.runtime.account(OFFICIAL.app_id)


@pytest.fixture
def stranger(api: House) -> Caller:
    return Caller(api.app.test_client(), "")


@pytest.fixture
def visitor(api: House, official: Account) -> Caller:
    """Signed in, and not registered."""
    return Caller(api.app.test_client(), people.signed_in(people.identity(official, "oVisitor")))


@pytest.fixture
def member(api: House, official: Account) -> Caller:
    """She agreed to everything."""
    return _member(api, official, 1)


@pytest.fixture
def other(api: House, official: Account) -> Caller:
    """Another member."""
    return _member(api, official, 2)


def _member(api: House, official: Account, number: int) -> Caller:
    openid = f"oMember{number}"
    people.member(api.runtime, official, openid, people.number(number))
    return Caller(api.app.test_client(), people.signed_in(people.identity(official, openid)))
