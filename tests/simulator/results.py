"""What reaches the account's server later: events by name, and a simulator that was stopped and started again."""

from typing import Any

from simulator.accounts import Account
from simulator.platform import Platform
from simulator.spots import load_spots
from simulator.state.media import MediaShelf
from simulator.state.world import open_desks
from simulator.storage import Storage
from tests.simulator.backend import opened
from tests.simulator.driver import OFFICIAL, Driver, Receiver, wait_until


def events(simulator: Driver, receiver: Receiver, name: str, app_id: str = OFFICIAL) -> list[dict[str, Any]]:
    """The events of that name so far, oldest first."""
    ours = simulator.platform.accounts[app_id]
    mine = [push for push in receiver.pushes if push.method == "POST" and _is_for(ours, push.body)]
    fields = [opened(ours, push) for push in mine]
    return [one for one in fields if one.get("Event") == name]


def _is_for(ours: Account, body: bytes) -> bool:
    return ours.original_id.encode() in body


def event(simulator: Driver, receiver: Receiver, name: str, app_id: str = OFFICIAL, nth: int = 1) -> dict[str, Any]:
    """Waits for the nth event of that name."""
    wait_until(lambda: len(events(simulator, receiver, name, app_id)) >= nth)
    return events(simulator, receiver, name, app_id)[nth - 1]


def restarted(accounts: list[Account], storage: Storage) -> Driver:
    """A simulator that goes on with the world of an earlier one."""
    snapshot = storage.load()
    assert snapshot is not None
    media = MediaShelf(storage.media_folder)
    media.restore(snapshot.media)
    open_desks(snapshot.world, accounts)
    driver = Driver(accounts, storage)
    driver.platform = Platform(accounts, snapshot.world, media, load_spots(None))
    return driver
