"""The database goes away while people come and go: they are welcomed all the same, and it is written down later."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from handlers import phrases
from models.base import database
from models.followers import FollowEvent, FollowState, WechatIdentity
from tests.conftest import SERVERS
from tests.served import House, house_settings, lent, prepare, served
from tests.simulated import Phone, Platform, wait_for, words
from tests.wires import Wire


@dataclass(frozen=True)
class Severable:
    """A house whose database can be taken away and given back."""

    house: House
    cut: Callable[[], None]
    mend: Callable[[], None]


@pytest.fixture(params=["sqlite", *SERVERS])
def severable(
    request: pytest.FixtureRequest, platform: Platform, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Severable]:
    monkeypatch.setattr("jobs.followers.PAUSES", (0.2,) * 20)
    with (
        _file(platform, port, tmp_path)
        if request.param == "sqlite"
        else _server(request.param, platform, port, tmp_path) as made
    ):
        yield made


@contextmanager
def _file(platform: Platform, port: int, folder: Path) -> Iterator[Severable]:
    """The file is moved and a directory stands in its place."""
    settings = prepare(house_settings(folder, platform))
    file, aside = folder / "tongxin.db", folder / "aside"

    def move(source: Path, target: Path) -> None:
        pool: Any = house.runtime.database
        pool.close_all()
        for end in ("", "-wal", "-shm"):
            if (part := source.with_name(source.name + end)).is_file():
                part.rename(target.with_name(target.name + end))

    def cut() -> None:
        move(file, aside)
        file.mkdir()

    def mend() -> None:
        file.rmdir()
        move(aside, file)

    with served(settings, port) as house:
        yield Severable(house, cut, mend)


@contextmanager
def _server(engine: str, platform: Platform, port: int, folder: Path) -> Iterator[Severable]:
    """A wire to the server is cut."""
    with SERVERS[engine].empty_database() as url:
        parts = urlsplit(url)
        assert parts.hostname
        with Wire(parts.hostname, parts.port or {"postgresql": 5432, "mariadb": 3306}[engine]) as wire:
            address = parts.netloc.rpartition("@")[0] + f"@127.0.0.1:{wire.port}"
            settings = prepare(house_settings(folder, platform, parts._replace(netloc=address).geturl()))
            with served(settings, port) as house:
                yield Severable(house, wire.cut, wire.mend)


def _work_until(house: House, done: Callable[[], bool]) -> None:
    def look() -> bool:
        house.work()
        return done()

    wait_for(look)
    if not database.is_closed():
        database.close()


def _state(phone: Phone) -> FollowState | None:
    row = WechatIdentity.get_or_none(WechatIdentity.openid == phone.openid)
    return None if row is None else FollowState(row.follow_state)


def test_who_follows_is_welcomed_and_written_down_when_the_database_is_back(severable: Severable, phone: Phone) -> None:
    house = severable.house
    severable.cut()
    assert words(phone.follow("place.990101")) == phrases.WELCOME.format(account="慢城街道")
    house.work()
    assert house.runtime.queue.waiting() == 1, "it was tried, and is kept for another try"
    severable.mend()
    _work_until(house, lambda: _state(phone) is FollowState.FOLLOWING)
    assert [event.scene for event in FollowEvent.select()] == ["place.990101"]
    assert words(phone.text("我的社区")) == phrases.MY_PLACE.format(place="春晓社区")


def test_the_account_is_known_however_long_the_database_is_away(severable: Severable, phone: Phone) -> None:
    severable.cut()
    severable.house.runtime.accounts.forget()  # as half a minute later
    assert words(phone.follow()) == phrases.WELCOME.format(account="慢城街道")
    assert words(phone.text("帮助")) == phrases.HELP
    severable.mend()


def test_looking_the_accounts_up_anew_leaves_no_connection_behind(severable: Severable, phone: Phone) -> None:
    phone.follow()
    for word in ("帮助", "我的社区", "记住990101"):
        severable.house.runtime.accounts.forget()  # as half a minute later
        assert words(phone.text(word))
    wait_for(lambda: not lent(severable.house.runtime))


def test_what_needs_the_database_is_answered_with_a_sentence(severable: Severable, phone: Phone) -> None:
    phone.follow("place.990101")
    severable.cut()
    assert words(phone.text("我的社区")) == phrases.BUSY
    assert phrases.FAILED.split("{", maxsplit=1)[0] in words(phone.text("记住990102"))
    severable.mend()
    wait_for(lambda: words(phone.text("我的社区")) == phrases.MY_PLACE.format(place="春晓社区"))


def test_who_leaves_meanwhile_is_forgotten_when_the_database_is_back(severable: Severable, phone: Phone) -> None:
    phone.follow("place.990101")
    severable.cut()
    phone.platform.advance(2)
    assert phone.unfollow() == []
    severable.mend()
    _work_until(severable.house, lambda: _state(phone) is FollowState.LEFT)
    assert WechatIdentity.get().place is None
