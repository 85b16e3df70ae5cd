"""Worker processes over one house: started, killed, replaced and listened to by tests of the outbox."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from backend import runtime as runtimes
from backend.accounts import actions as accounts
from backend.outbox.engine.workers import AWAY
from backend.runtime import Runtime
from backend.settings import Settings
from backend.storage import migrations
from models.base import database
from models.workers import DeliveryBlock, DeliveryLane, DeliveryWorker
from tests.processes import ROOT, next_line
from tests.served import environment, house_settings
from tests.simulated import Json, Platform

NO_RATE = 5000
"""Messages a second: more than any test sends."""

STOP_SECONDS = 30.0
_BAD = {"outbox.failed", "outbox.speaker_failed"}


@dataclass
class Hand:
    """One worker process, ended by its id."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        self.process.kill()
        self._reap()

    def stop(self) -> None:
        """What is under way comes to its end first."""
        self.signal(signal.SIGTERM)
        self._reap()
        assert self.process.returncode == 0, self.log.read_text()[-2000:]

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def events(self, name: str) -> list[Json]:
        lines = (json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{"))
        return [line for line in lines if line["event"] == name]

    def _reap(self) -> None:
        try:
            self.process.communicate(timeout=STOP_SECONDS)
        finally:
            self.process.kill()
            self.process.wait()


class Crew:
    """The workers of a house, those of the past too."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.hands: list[Hand] = []

    def start(self, *options: str) -> Hand:
        """A worker of tests/outbox_worker.py; returns when it is at work."""
        hand = self._run("-m", "tests.outbox_worker", *options)
        assert next_line(hand.process) == "begun", hand.log.read_text()
        return hand

    def start_real(self) -> Hand:
        """The worker that operators start. It does not say when it is at work."""
        return self._run("manage.py", "worker")

    def _run(self, *command: str) -> Hand:
        log = self._settings.data_dir / f"worker-{len(self.hands)}.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**os.environ, **environment(self._settings)},
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        hand = Hand(process, log)
        self.hands.append(hand)
        return hand

    def events(self, name: str) -> list[Json]:
        return [event for hand in self.hands for event in hand.events(name)]

    def check_logs(self) -> None:
        """Nothing went wrong that nobody expected."""
        for hand in self.hands:
            text = hand.log.read_text()
            assert "Traceback" not in text, text[-4000:]
            assert not [name for name in _BAD if hand.events(name)], text[-4000:]

    def end(self) -> None:
        for hand in self.hands:
            if hand.process.poll() is None:
                hand.kill()


@contextmanager
def crew_of(settings: Settings) -> Iterator[Crew]:
    """Ended by their ids, whatever happens; then their logs are read."""
    crew = Crew(settings)
    try:
        yield crew
        crew.check_logs()
    finally:
        crew.end()


def crew_settings(folder: Path, platform: Platform, database_url: str = "", in_flight: int = 32) -> Settings:
    settings = house_settings(folder, platform, database_url)
    return replace(settings, wechat_in_flight=in_flight, wechat_per_second=NO_RATE)


@contextmanager
def house_of(settings: Settings) -> Iterator[Runtime]:
    """The test's own process in the house: up-to-date schema, both accounts."""
    made = runtimes.start(settings)
    try:
        migrations.apply(made.database)
        accounts.seed(settings, made.cipher)
        yield made
    finally:
        made.close()


def wait_until(done: Callable[[], bool], seconds: float, pause: float = 0.05) -> None:
    """As simulated.wait_for, gentler: each look is a query or a call, and the database may be away."""
    end = time.monotonic() + seconds
    while not _answers(done):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(pause)


def _answers(done: Callable[[], bool]) -> bool:
    try:
        return done()
    except AWAY:
        let_go()
        return False


def told(platform: Platform, *paths: str) -> int:
    """How often these interfaces accepted a message, as far as they said so."""
    counts: dict[str, dict[str, int]] = platform.ask("GET", "counts")["items"]
    return sum(counts.get(path, {}).get("ok", 0) for path in paths)


def received(platform: Platform, app_id: str) -> dict[str, dict[str, int]]:
    """Kind of message → openid → how many."""
    items: dict[str, dict[str, int]] = platform.ask("GET", f"accounts/{app_id}/received")["items"]
    return items


def nothing_is_held() -> bool:
    """No worker is registered, no lane taken, nothing waits."""
    rows = DeliveryWorker.select().count(), DeliveryLane.select().where(DeliveryLane.holder.is_null(False)).count()
    return not any(rows) and not DeliveryBlock.select().exists()


def let_go() -> None:
    """The test's own connection, before a server goes away."""
    if not database.is_closed():
        database.close()
