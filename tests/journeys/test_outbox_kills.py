"""Workers of the outbox are killed at random while the platform misbehaves: nobody is told twice, nobody is lost.

One source goes by template message, which the platform de-duplicates, the other by subscription notice, which it does
not and which spends what people allowed.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from backend import clock
from backend.outbox import rules
from backend.outbox.engine.shifts import WINDOW
from backend.runtime import Runtime
from backend.settings import Settings
from backend.storage.dialects import run as run_sql
from backend.wechat.calls import subscriptions, templates
from models.deliveries import Channel, DeliveryState
from models.followers import WechatIdentity
from models.workers import DeliveryBlock
from tests.conftest import OFFICIAL
from tests.crews import Crew, Hand, crew_of, crew_settings, house_of, nothing_is_held, received, told, wait_until
from tests.outboxes import allow, bind_template, check_truth, crowd, endings, put_to_all, source
from tests.simulated import Json, Platform

ALLOWED = 2
HOUR = 3600
S = DeliveryState
JUMPS = f"--jumps={HOUR},{-HOUR},0"


@dataclass(frozen=True)
class Form:
    people: int
    kills: int
    soon: timedelta
    """What is due until then, such as the repeating of what is uncertain, is waited for."""


SHORT, LONG = Form(2_000, 2, timedelta(seconds=3)), Form(20_000, 5, timedelta(seconds=25))
FORMS = [pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.kill)]


@dataclass
class Run:
    """Both sources under way, two workers at a time, and what befalls them."""

    platform: Platform
    crew: Crew
    people: int
    dice: random.Random
    by_template: int
    by_notice: int
    pair: list[Hand] = field(default_factory=list)
    jumper: Hand | None = None

    def start(self) -> None:
        self.pair = [self.crew.start(JUMPS), self.crew.start()]
        self.jumper = self.pair[0]

    def share_told(self) -> float:
        return told(self.platform, templates.SEND, subscriptions.BIZSEND) / self.people

    def kill_one(self) -> None:
        time.sleep(self.dice.uniform(0, 0.1))
        seat = self.dice.randrange(len(self.pair))
        self.pair[seat].kill()
        self.pair[seat] = self.crew.start()

    def jump(self) -> None:
        """The clock of the first worker, an hour at a time, if it lives still."""
        if self.jumper in self.pair:
            self.jumper.signal(signal.SIGUSR1)

    def check(self) -> None:
        check_truth(self.by_template)
        check_truth(self.by_notice)


def _in_any_order(run: Run, kills: int) -> Iterator[tuple[float, Callable[[], None]]]:
    """What happens when so large a share has been told."""
    for act, times in ((run.kill_one, kills), (run.jump, 3), (run.check, 5)):
        yield from ((run.dice.uniform(0.02, 0.85), act) for _ in range(times))


@pytest.mark.parametrize("form", FORMS)
def test_however_workers_die_nobody_is_told_twice_and_nobody_is_lost(
    form: Form, database_url: str, platform: Platform, tmp_path: Path
) -> None:
    seed = int(os.environ.get("TEST_SEED") or random.randrange(1_000_000))
    print(f"seed {seed}")  # noqa: T201 - shown when it fails
    settings = crew_settings(tmp_path, platform, database_url)
    with house_of(settings) as house, crew_of(settings) as crew:
        run = _begin(house, platform, crew, form, random.Random(seed))
        for share, act in sorted(_in_any_order(run, form.kills), key=lambda one: one[0]):
            wait_until(lambda share=share: run.share_told() >= share, 60)  # type: ignore[misc]
            act()
        # Closed for the rest of the minute: to wait for its end once, on one engine, is enough.
        if waits := form is LONG and database_url.startswith("sqlite"):
            platform.fault(templates.SEND, "errcode", errcode=45011, times=1)
        _settle(run, timedelta(seconds=75) if waits else form.soon)
        _check_everybody(run, house, settings, form)


def _begin(house: Runtime, platform: Platform, crew: Crew, form: Form, dice: random.Random) -> Run:
    platform.settings(result_seconds=None)
    gateway, half, mistaken = house.gateway(OFFICIAL.app_id), form.people // 2, form.people // 50
    bind_template(house, OFFICIAL.app_id, "notice", gateway, Channel.TEMPLATE)
    notice = bind_template(house, OFFICIAL.app_id, "notice", gateway, Channel.NOTICE)
    first = crowd(platform, house, OFFICIAL.app_id, half)
    agreed = crowd(platform, house, OFFICIAL.app_id, half - mistaken, ALLOWED, notice)
    changed_their_minds = crowd(platform, house, OFFICIAL.app_id, mistaken)
    allow(changed_their_minds, notice, ALLOWED)
    _misbehave(platform)
    _busy_with(platform, dice.sample(agreed, 12))
    by_template = put_to_all(house, source(Channel.TEMPLATE), first)
    by_notice = put_to_all(house, source(Channel.NOTICE), agreed + changed_their_minds)
    run = Run(platform, crew, form.people, dice, by_template, by_notice)
    run.start()
    return run


def _misbehave(platform: Platform) -> None:
    for path in (templates.SEND, subscriptions.BIZSEND):
        platform.fault(path, "errcode", errcode=-1, rate=0.01)
        platform.fault(path, "answer_lost", rate=0.01)
        platform.fault(path, "http502", rate=0.005)
        platform.fault(path, "hang_after", rate=0.01, times=3)
    platform.fault(subscriptions.BIZSEND, "errcode", errcode=43108, rate=0.01)


def _busy_with(platform: Platform, people: list[int]) -> None:
    """Something else of theirs is under way, for as long as one call is tried: they wait, and their consent too."""
    for person in WechatIdentity.select().where(WechatIdentity.id.in_(people)):
        platform.fault(subscriptions.BIZSEND, "errcode", errcode=43108, openid=person.openid, times=4)


def _settle(run: Run, soon: timedelta) -> None:
    """Until nothing is due soon. What a worker whose clock was ahead has put off by an hour is done by another."""
    wait_until(lambda: not _due(soon), 150, 0.2)
    for hand in run.pair:
        hand.stop()
    last = run.crew.start(f"--clock={2 * HOUR}")
    wait_until(nothing_is_held, 100, 0.2)
    last.stop()


def _due(soon: timedelta) -> bool:
    return bool(DeliveryBlock.select().where(DeliveryBlock.due_at < clock.now() + soon).exists())


def _check_everybody(run: Run, house: Runtime, settings: Settings, form: Form) -> None:
    run.check()
    shown = received(run.platform, OFFICIAL.app_id)
    hits = _hits(run.platform)
    for source_id, kind, path in (
        (run.by_template, "template", templates.SEND),
        (run.by_notice, "subscribe", subscriptions.BIZSEND),
    ):
        _check_source(source_id, shown.get(kind, {}), hits[path])
    window = form.kills * WINDOW * settings.wechat_in_flight
    interrupted = sum(
        endings(each).get(("uncertain", rules.INTERRUPTED), 0) for each in (run.by_template, run.by_notice)
    )
    assert interrupted <= window
    _check_credits(run.by_notice)
    assert len(run.crew.events("outbox.worker_died")) <= form.kills
    assert not run.crew.events("outbox.fenced")


def _check_source(source_id: int, shown: dict[str, int], hits: int) -> None:
    assert set(shown.values()) == {1}, "told twice"
    ended = _ended(source_id)
    accepted, uncertain = (
        {openid for openid, state in ended.items() if state is each} for each in (S.ACCEPTED, S.UNCERTAIN)
    )
    assert accepted <= shown.keys() <= accepted | uncertain
    reasons = endings(source_id)
    assert reasons.get(("uncertain", rules.NO_ANSWER), 0) <= hits
    assert set(ended.values()) <= {S.ACCEPTED, S.UNCERTAIN, S.UNREACHABLE}, reasons


def _ended(source_id: int) -> dict[str, DeliveryState]:
    """By openid."""
    rows = run_sql(
        "SELECT i.openid, d.state FROM delivery d JOIN wechat_identity i ON i.id = d.follower_id WHERE d.source_id = ?",
        source_id,
    )
    return {openid: S(state) for openid, state in rows.fetchall()}


def _hits(platform: Platform) -> dict[str, int]:
    """How often the platform was made to keep its answer to itself, or to answer what says nothing."""
    faults: list[Json] = platform.ask("GET", "faults")["items"]
    silent = [fault for fault in faults if fault["fault"] != "errcode" or fault["errcode"] == -1]
    return {
        path: sum(f["hits"] for f in silent if f["path"] == path) for path in (templates.SEND, subscriptions.BIZSEND)
    }


def _check_credits(source_id: int) -> None:
    """One less where it was, or may have been, accepted; none left where the platform said so."""
    rows = run_sql("SELECT i.openid, c.left FROM subscription_credit c JOIN wechat_identity i ON i.id = c.follower_id")
    left = dict(rows.fetchall())
    spent = {S.ACCEPTED: ALLOWED - 1, S.UNCERTAIN: ALLOWED - 1, S.UNREACHABLE: 0}
    assert left == {openid: spent[state] for openid, state in _ended(source_id).items()}
