"""A simulator on a free port with an official account and a mini-program, and the server they push to."""

from collections.abc import Iterator

import pytest

from tests.simulator.driver import Driver, Receiver, account


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def simulator(receiver: Receiver) -> Iterator[Driver]:
    accounts = [account("official", receiver.url), account("miniprogram", receiver.url, push_format="json")]
    with Driver(accounts) as running:
        running.settings(push_timeout=0.3)
        yield running


@pytest.fixture
def followed(simulator: Driver) -> Driver:
    """Two of the people follow, and results come at once."""
    for pid in ("p1", "p2"):
        simulator.follow(pid)
    simulator.settings(result_seconds=0)
    return simulator
