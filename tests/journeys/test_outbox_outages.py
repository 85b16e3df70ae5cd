"""Stores and platform go away while two workers carry a broadcast: it becomes slower, and never wrong."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from backend.outbox import actions
from backend.runtime import Runtime
from backend.settings import Settings
from backend.wechat.calls import subscriptions, templates
from models.base import database
from models.deliveries import Channel, DeliverySource, SourceState
from tests.conftest import OFFICIAL
from tests.crews import (
    Crew,
    Hand,
    crew_of,
    crew_settings,
    house_of,
    let_go,
    nothing_is_held,
    received,
    told,
    wait_until,
)
from tests.outboxes import bind_template, check_truth, crowd, endings, put_to_all, source
from tests.ownservers import OwnRedis, OwnServer, own_mariadb, own_postgres, own_redis
from tests.simulated import Platform
from tests.wires import Wire

APP = OFFICIAL.app_id
Endings = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Broadcast:
    """Half of the people by template message, half by subscription notice, of which the second comes twice if sent
    twice. Two workers are at it."""

    platform: Platform
    crew: Crew
    workers: list[Hand]
    sources: tuple[int, int]
    people: int

    def wait_for_share(self, share: float) -> None:
        wait_until(lambda: told(self.platform, templates.SEND, subscriptions.BIZSEND) >= share * self.people, 60)

    def finish(self, seconds: float = 90) -> list[Endings]:
        """How both ended, when nothing is under way any more; everybody was told once at most."""
        wait_until(nothing_is_held, seconds, 0.2)
        for worker in self.workers:
            worker.stop()
        for each in self.sources:
            check_truth(each)
        shown = received(self.platform, APP)
        for kind, source_id in zip(("template", "subscribe"), self.sources, strict=True):
            ended, counts = endings(source_id), shown.get(kind, {})
            assert set(counts.values()) == {1}, "told twice"
            assert ended["accepted", ""] <= len(counts)
        return [endings(each) for each in self.sources]


@contextmanager
def _broadcast(settings: Settings, platform: Platform, people: int = 4_000) -> Iterator[Broadcast]:
    platform.settings(result_seconds=None)
    with house_of(settings) as house, crew_of(settings) as crew:
        sources = _begin(house, platform, people // 2)
        let_go()
        yield Broadcast(platform, crew, [crew.start(), crew.start()], sources, people)


def _begin(house: Runtime, platform: Platform, half: int) -> tuple[int, int]:
    gateway = house.gateway(APP)
    bind_template(house, APP, "notice", gateway, Channel.TEMPLATE)
    notice = bind_template(house, APP, "notice", gateway, Channel.NOTICE)
    first, second = crowd(platform, house, APP, half), crowd(platform, house, APP, half, 1, notice)
    # A little latency, so that there is time for something to happen.
    for path in (templates.SEND, subscriptions.BIZSEND):
        platform.fault(path, "slow", seconds=0.05)
    by_template = put_to_all(house, source(Channel.TEMPLATE), first)
    return by_template, put_to_all(house, source(Channel.NOTICE), second)


def _all_accepted(broadcast: Broadcast) -> list[Endings]:
    return [{("accepted", ""): broadcast.people // 2}] * 2


def _forget_connections() -> None:
    """The test's own, to a server that goes away."""
    let_go()
    pool: Any = database.obj
    pool.close_all()


def _restarted(server: OwnServer, stop: Callable[[], None], broadcast: Broadcast) -> None:
    for share in (0.2, 0.5):
        broadcast.wait_for_share(share)
        _forget_connections()
        stop()
        time.sleep(1)
        server.start()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgresql_is_restarted(mode: Any, platform: Platform, tmp_path: Path) -> None:
    with own_postgres(tmp_path) as server:
        settings = crew_settings(tmp_path, platform, server.url)
        with _broadcast(settings, platform) as broadcast:
            _restarted(server, lambda: server.stop(mode), broadcast)
            assert broadcast.finish() == _all_accepted(broadcast)
            _forget_connections()


@pytest.mark.parametrize("mode", ["stop", "kill"])
def test_mariadb_is_restarted(mode: str, platform: Platform, tmp_path: Path) -> None:
    with own_mariadb(tmp_path) as server:
        settings = crew_settings(tmp_path, platform, server.url)
        with _broadcast(settings, platform) as broadcast:
            _restarted(server, getattr(server, mode), broadcast)
            assert broadcast.finish() == _all_accepted(broadcast)
            _forget_connections()


@pytest.fixture
def with_redis(platform: Platform, tmp_path: Path) -> Iterator[tuple[OwnRedis, Settings]]:
    """Key-value store and queue in one Redis that keeps nothing."""
    with own_redis(tmp_path) as server:
        settings = crew_settings(tmp_path, platform)
        yield server, replace(settings, redis_url=server.url, queue_url=server.url)


def test_redis_is_emptied_and_restarted(with_redis: tuple[OwnRedis, Settings], platform: Platform) -> None:
    server, settings = with_redis
    with _broadcast(settings, platform) as broadcast:
        broadcast.wait_for_share(0.1)
        server.empty()
        broadcast.wait_for_share(0.3)
        server.restart()
        broadcast.wait_for_share(0.5)
        server.kill()
        server.start()
        assert broadcast.finish() == _all_accepted(broadcast)


@pytest.mark.parametrize("seconds", [3.0, pytest.param(60.0, marks=pytest.mark.load)])
def test_redis_is_away(with_redis: tuple[OwnRedis, Settings], platform: Platform, seconds: float) -> None:
    server, settings = with_redis
    with _broadcast(settings, platform) as broadcast:
        broadcast.wait_for_share(0.2)
        server.kill()
        time.sleep(seconds)
        server.start()
        assert broadcast.finish() == _all_accepted(broadcast)


def test_the_platform_is_away(platform: Platform, tmp_path: Path) -> None:
    there = urlsplit(platform.url)
    with ExitStack() as stack:
        wire = stack.enter_context(Wire(str(there.hostname), there.port or 80))
        settings = replace(crew_settings(tmp_path, platform), wechat_api_base=f"http://127.0.0.1:{wire.port}")
        broadcast = stack.enter_context(_broadcast(settings, platform))
        broadcast.wait_for_share(0.2)
        wire.cut()
        time.sleep(3)
        wire.mend()
        _resume_what_was_paused()
        by_template, by_notice = broadcast.finish(60)
        # Whoever had a message under way when the line broke. A template message is repeated, a notice is not.
        assert by_notice.pop(("uncertain", "no_answer"), 0) <= len(broadcast.workers) * settings.wechat_in_flight
        assert by_template.keys() == by_notice.keys() == {("accepted", "")}


def _resume_what_was_paused() -> None:
    """Too many answers failed to come, so the engine waits for somebody who looks: here she is."""
    for row in DeliverySource.select().where(DeliverySource.state == SourceState.PAUSED):
        actions.resume(row.id)
