"""The worker as it is run in earnest: a process that is called when something is put, and held by commands."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from backend import runtime as runtimes
from backend.runtime import Runtime
from backend.settings import Settings
from jobs.worker import NICENESS
from models.base import database
from models.deliveries import Channel, Priority
from tests.conftest import OFFICIAL, REDIS
from tests.outboxes import check_truth, crowd, followers, heard_now, source, states
from tests.processes import ROOT
from tests.served import environment, house_settings, prepare
from tests.simulated import Platform, wait_for

PUTS = 5
QUEUES = ["", *([REDIS] if REDIS else [])]


@contextmanager
def _worker(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("TONGXIN_")}
    command = [sys.executable, "manage.py", "worker"]
    process = subprocess.Popen(command, cwd=ROOT, env={**env, **environment(settings)}, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


def _manage(settings: Settings, *arguments: str) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("TONGXIN_")}
    command = [sys.executable, "manage.py", "outbox", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**env, **environment(settings)}, capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@pytest.fixture(params=QUEUES, ids=lambda url: "redis" if url else "sqlite")
def settings(request: pytest.FixtureRequest, tmp_path: Path, platform: Platform) -> Settings:
    return prepare(replace(house_settings(tmp_path, platform), queue_url=request.param))


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    made = runtimes.start(settings)
    yield made
    made.close()


def _put(runtime: Runtime, follower: int) -> float:
    """Seconds from the put until the platform had accepted it."""
    began = time.monotonic()
    told = source(Channel.CUSTOM, priority=Priority.PERSONAL)
    source_id = runtime.outbox.put(told, *followers([follower]))
    wait_for(lambda: states(source_id) == {"accepted": 1}, 15)
    return time.monotonic() - began


def _child(pid: int) -> int:
    [child] = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


def _niceness(pid: int) -> set[int]:
    """Of all threads of a process."""
    return {os.getpriority(os.PRIO_PROCESS, int(task.name)) for task in Path(f"/proc/{pid}/task").iterdir()}


def test_a_put_calls_an_idle_worker_within_a_second(settings: Settings, runtime: Runtime, platform: Platform) -> None:
    ids = crowd(platform, runtime, OFFICIAL.app_id, PUTS + 1)
    heard_now(ids)
    with _worker(settings) as process:
        _put(runtime, ids[0])  # it is up
        took = []
        for follower in ids[1:]:
            time.sleep(0.7)  # it rests again
            took.append(_put(runtime, follower))
        assert _niceness(process.pid) == {0, NICENESS}, "its tasks, and the thread that writes"
        assert _niceness(_child(process.pid)) == {0}, "what sends goes first"
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0, "it ends in order"
    assert median(took) < 1.0, took


def test_operators_see_pause_resume_and_cancel(settings: Settings, runtime: Runtime, platform: Platform) -> None:
    ids = crowd(platform, runtime, OFFICIAL.app_id, 40)
    heard_now(ids)
    assert _manage(settings, "list") == "没有等着发的消息。"
    first, second = (runtime.outbox.put(source(Channel.CUSTOM), *followers(ids)) for _ in range(2))
    number = str(first)
    assert _manage(settings, "pause", number) == "已暂停。"
    assert _manage(settings, "pause", number) == "它没有在进行，没有什么可暂停的。"
    assert "暂停（by_hand）  40 人：等待 40" in _manage(settings, "list")
    assert _manage(settings, "cancel", str(second), "--yes") == "已取消，40 人不会收到。"
    with _worker(settings):
        time.sleep(3)
        assert (states(first), states(second)) == ({"pending": 40}, {"cancelled": 40})
        assert _manage(settings, "resume", number) == "已继续。"
        wait_for(lambda: states(first) == {"accepted": 40}, 15)
    shown = _manage(settings, "show", number)
    assert "完成  40 人：微信已接收 40" in shown
    assert shown.splitlines()[1].split() == ["40", "微信已接收", "客服消息"]
    check_truth(first)
    check_truth(second)
    database.close()
