"""The command line: it still starts a simulator, and with a word in the first place it controls one that runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.__main__ import main
from tests.simulator.driver import OFFICIAL, Driver, wait_until

SEND = "/cgi-bin/message/custom/send"


@pytest.fixture
def run(simulator: Driver, capsys: pytest.CaptureFixture[str]) -> "Run":
    return Run(simulator, capsys)


class Run:
    def __init__(self, simulator: Driver, capsys: pytest.CaptureFixture[str]) -> None:
        self._base = simulator.base
        self._capsys = capsys

    def __call__(self, *words: str) -> str:
        """What it says when all went well."""
        assert main([*words, "--at", self._base]) == 0
        return self._capsys.readouterr().out.rstrip("\n")

    def wrong(self, *words: str) -> str:
        """What it says when it cannot be done."""
        assert main([*words, "--at", self._base]) == 2
        return self._capsys.readouterr().err.rstrip("\n")


def test_a_fault_is_added_listed_and_cleared(simulator: Driver, run: Run) -> None:
    assert run("fault", "list") == "没有故障。"
    given = ("--errcode", "45011", "--times", "2", "--rate", "0.5", "--app-id", OFFICIAL, "--openid", "oA")
    assert run("fault", "add", SEND, "errcode", *given) == "故障 1 已设置。"
    assert run("fault", "add", "push", "delay", "--seconds", "1.5") == "故障 2 已设置。"
    first, second = run("fault", "list").splitlines()
    assert first == f"1  errcode  {SEND}  errcode 45011  概率 0.5  账号 {OFFICIAL}  接收人 oA  已发生 0/2 次"
    assert second == "2  delay  push  1.5 秒  已发生 0 次"
    stored = simulator.get("/simulator/faults").data["items"][0]
    assert (stored["errcode"], stored["times"], stored["rate"], stored["app_id"]) == (45011, 2, 0.5, OFFICIAL)
    assert run("fault", "clear", "1") == "故障 1 已清除。"
    assert run("fault", "clear") == "故障已清除。"
    assert run("fault", "list") == "没有故障。"


def test_what_the_simulator_refuses_is_said_in_its_words(run: Run) -> None:
    assert run.wrong("fault", "clear", "9") == "没有这个故障。"
    assert "fault 应为" in run.wrong("fault", "add", "*", "earthquake")
    assert "没有这个场景" in run.wrong("scene", "flood")


def test_scenes_are_listed_and_loaded(simulator: Driver, run: Run) -> None:
    assert run("scene", "busy", "day", "--speed", "0.5") == "场景「busy day」已开始。"
    lines = run("scenes").splitlines()
    assert [line.split("  ")[0] for line in lines] == ["quiet", "busy day", "platform trouble"]
    assert "（正在进行）" in lines[1]
    assert simulator.get("/simulator/scenes").data["speed"] == 0.5
    assert run("scene", "quiet") == "场景「quiet」已开始。"


@pytest.mark.parametrize(
    ("step", "offset"), [("+3600", 3600), ("90", 90), ("+30m", 1800), ("+2h", 7200), ("+1d", 86_400), ("+0.5", 0.5)]
)
def test_the_clock_is_moved(simulator: Driver, run: Run, step: str, offset: float) -> None:
    assert run("clock", step).endswith(f"比真实时间快 {offset:g} 秒。")
    assert simulator.get("/simulator/clock").data["offset"] == offset
    assert run("clock").endswith(f"快 {offset:g} 秒。")
    assert run("clock", "reset").endswith("快 0 秒。")


def test_a_step_that_is_none_is_refused(run: Run) -> None:
    assert run.wrong("clock", "tomorrow") == "时间应写成 +3600、+30m、+2h、+1d 或 reset。"


def test_the_journal_is_read(simulator: Driver, run: Run) -> None:
    simulator.send_text("oNobody")
    simulator.follow()
    assert len(run("journal").splitlines()) == 3
    (line,) = run("journal", "--path", SEND, "--last", "5").splitlines()
    assert f"POST {SEND}" in line
    assert "200 error" in line
    (line,) = run("journal", "--kind", "push").splitlines()
    assert "→  春风街道  subscribe  200 ok" in line
    assert run("journal", "--outcome", "timeout") == ""
    assert run.wrong("journal", "--outcome", "great").startswith("outcome 应为")


def test_settings_are_told_and_changed(simulator: Driver, run: Run) -> None:
    assert "retries=2" in run("settings").splitlines()
    assert "retries=3" in run("settings", "retries=3", "push_timeout=0.5").splitlines()
    assert simulator.get("/simulator/settings").data["push_timeout"] == 0.5
    assert run.wrong("settings", "retries=4") == "retries 应为 2 或 3。"
    assert run.wrong("settings", "weather=sunny") == "没有「weather」这个设置。"
    assert run.wrong("settings", "retries") == "设置应写成 名字=值，例如 push_timeout=2。"


def test_a_new_start_is_ordered(simulator: Driver, run: Run) -> None:
    simulator.follow()
    assert run("reset") == "已重新开始。"
    assert simulator.messages() == []


@pytest.mark.parametrize("words", [["dance"], ["fault"], ["fault", "add", "*"], ["fault", "clear", "x"], ["scene"]])
def test_wrong_use_ends_with_2_and_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("用法不对：")


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://[::1", "http://127.0.0.1:x"])
def test_where_nothing_runs_it_says_so(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenes", "--at", address]) == 2
    assert capsys.readouterr().err.startswith("连不上 ")


def test_an_address_without_http_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reset", "--at", "file:///etc/passwd"]) == 2
    assert "应以 http:// 开头" in capsys.readouterr().err


def test_without_a_word_it_starts_as_before(tmp_path: Path) -> None:
    row = {
        "kind": "official",
        "app_id": OFFICIAL,
        "app_secret": "s",
        "token": "tokenOfOurs",
        "aes_key": "a" * 43,
        "original_id": "gh_a",
        "name": "春风街道",
        "push_url": "http://127.0.0.1:9/",
    }
    file = tmp_path / "accounts.json"
    file.write_text(json.dumps({"accounts": [row]}), "utf-8")
    command = [sys.executable, "-m", "simulator", "--port", "18439", "--accounts", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "模拟平台：http://127.0.0.1:18439/\n"
            wait_until(lambda: main(["clock", "--at", "http://127.0.0.1:18439"]) == 0)
        finally:
            process.terminate()
            assert process.wait(10) == 0


def test_the_address_may_come_first(simulator: Driver, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--at", simulator.base, "fault", "list"]) == 0
    assert capsys.readouterr().out == "没有故障。\n"
