"""The demonstration as somebody starts it on a fresh machine: one command, a conversation, Ctrl+C, and once more."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from handlers import phrases
from tests.processes import ROOT
from tests.simulated import Phone, Platform, free_port, wait_for, words

pytestmark = pytest.mark.kill


@dataclass(frozen=True)
class Demo:
    process: subprocess.Popen[bytes]
    platform: Platform
    web: str

    @property
    def phone(self) -> Phone:
        accounts = self.platform.ask("GET", "state")["accounts"]
        return self.platform.phone(next(row["app_id"] for row in accounts if row["kind"] == "official"))


@contextmanager
def _demo(data: Path) -> Iterator[Demo]:
    """Running and announced; on leaving whatever is left of it is killed by its ids."""
    port, simulator_port = free_port(), free_port()
    ports = ["--port", str(port), "--simulator-port", str(simulator_port)]
    output = data.with_suffix(".log")
    env = {name: value for name, value in os.environ.items() if not name.startswith("TONGXIN_")}
    command = [sys.executable, "manage.py", "demo", *ports, "--data", str(data)]
    with output.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
    platform = Platform(f"http://127.0.0.1:{simulator_port}")
    children: list[int] = []
    try:
        wait_for(lambda: process.poll() is not None or "同心演示已就绪" in output.read_text(), 30)
        assert process.poll() is None, output.read_text()
        assert f"http://127.0.0.1:{simulator_port}/" in output.read_text()
        children = _descendants(process.pid)
        yield Demo(process, platform, f"http://127.0.0.1:{port}")
    finally:
        platform.close()
        for pid in [process.pid, *children]:
            if _lives(pid):
                os.kill(pid, signal.SIGKILL)
        process.wait(10)


def _descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, children) for found in (child, *_descendants(child))]


def _lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def _end(demo: Demo, number: signal.Signals) -> None:
    """Everything ends, in time, and the simulator and the web are no longer there."""
    everybody = [demo.process.pid, *_descendants(demo.process.pid)]
    assert len(everybody) >= 5, "the demo, the simulator, the web, the worker, the scheduler"
    demo.process.send_signal(number)
    demo.process.wait(15)
    wait_for(lambda: not [pid for pid in everybody if _lives(pid)], 5)
    assert not demo.platform.answers()


def test_the_demo_runs_converses_ends_and_runs_again_on_the_same_data(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    with _demo(data) as demo:
        assert "欢迎关注" in words(demo.phone.follow("place.990101"))
        assert words(demo.phone.text("帮助")) == phrases.HELP
        assert words(demo.phone.menu(2, 1)) == phrases.MY_PLACE.format(place="春晓社区")
        demo.phone.text("邀请")
        demo.phone.wait_for("image")  # by the worker, a process of its own
        with urllib3.PoolManager() as http:
            assert http.request("GET", f"{demo.web}/readyz").status == 200
        _end(demo, signal.SIGINT)
    with _demo(data) as demo:
        assert demo.phone.chat()["following"], "the pretended world was kept"
        assert words(demo.phone.text("我的社区")) == phrases.MY_PLACE.format(place="春晓社区")
        _end(demo, signal.SIGTERM)


def test_the_secrets_of_the_demo_are_made_for_it_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        with _demo(tmp_path / name) as demo:
            _end(demo, signal.SIGINT)
        assert (tmp_path / name / "demo.json").stat().st_mode & 0o077 == 0
        assert (tmp_path / name / "accounts.json").stat().st_mode & 0o077 == 0
        made.append((tmp_path / name / "demo.json").read_text())
    assert made[0] != made[1]


@pytest.mark.parametrize("taken", ["web", "simulator"])
def test_a_port_that_is_taken_is_said_and_nothing_stays_behind(tmp_path: Path, taken: str) -> None:
    with _demo(tmp_path / "first") as first:
        theirs = (first.web if taken == "web" else first.platform.url).rpartition(":")[2]
        ports = {"--port": str(free_port()), "--simulator-port": str(free_port())}
        ports["--port" if taken == "web" else "--simulator-port"] = theirs
        options = [word for pair in ports.items() for word in pair]
        command = [sys.executable, "manage.py", "demo", *options, "--data", str(tmp_path / "second")]
        second = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            _, complained = second.communicate(timeout=20)
        finally:
            second.terminate()  # it ends its parts itself, should it be running after all
            second.wait(15)
        assert (second.returncode, f"端口 {theirs} 已被占用" in complained.decode()) == (2, True)
        assert "Traceback" not in complained.decode()
        assert first.platform.answers(), "the first goes on"
        _end(first, signal.SIGINT)
