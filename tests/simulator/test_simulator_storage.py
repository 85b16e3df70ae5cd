"""The command line, the accounts file, and a world that survives a restart."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.simulator.driver import OFFICIAL, PNG, SECRET, wait_until

ROOT = Path(__file__).parents[2]
ACCOUNT = {
    "kind": "official",
    "app_id": OFFICIAL,
    "app_secret": SECRET,
    "token": "tokenOfOurs",
    "aes_key": "a" * 43,
    "original_id": "gh_aaaaaaaaaaaa",
    "name": "春风街道",
    "push_url": "http://127.0.0.1:1/wechat",
    "mode": "safe",
    "format": "xml",
}


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    return written(tmp_path, ACCOUNT)


def written(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "accounts.json"
    path.write_text(json.dumps({"accounts": rows}, ensure_ascii=False), encoding="utf-8")
    return path


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "simulator", *map(str, arguments)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> Any:
        return urllib3.request("GET", self._base + path, retries=False).json()

    def raw(self, path: str) -> bytes:
        return urllib3.request("GET", self._base + path, retries=False).data

    def post(self, path: str, body: object = None) -> Any:
        return urllib3.request("POST", self._base + path, json=body or {}, retries=False).json()

    def upload(self, path: str, content: bytes) -> Any:
        fields = {"file": ("photo.png", content)}
        return urllib3.request("POST", self._base + path, fields=fields, retries=False).json()

    def is_up(self) -> bool:
        try:
            return bool(self.get("/simulator/clock"))
        except urllib3.exceptions.HTTPError:
            return False


@contextmanager
def started(accounts: Path, *more: object, end: signal.Signals = signal.SIGTERM) -> Iterator[Running]:
    port = free_port()
    process = subprocess.Popen(command("--port", port, "--accounts", accounts, *more), cwd=ROOT)
    try:
        running = Running(port)
        wait_until(running.is_up)
        yield running
    finally:
        process.send_signal(end)
        process.wait(10)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)


def test_a_missing_accounts_file_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    ended = run("--port", 18190, "--accounts", tmp_path / "none.json")
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "找不到账号文件" in ended.stderr


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"},
        {"mode": "other"},
        {"aes_key": "short"},
        {"token": ""},
        {"push_url": "ftp://127.0.0.1/"},
    ],
)
def test_an_account_that_does_not_fit_is_one_sentence_and_exit_2(tmp_path: Path, change: dict[str, str]) -> None:
    ended = run("--port", 18190, "--accounts", written(tmp_path, ACCOUNT | change))
    assert (ended.returncode, len(ended.stderr.strip().splitlines())) == (2, 1)
    assert OFFICIAL in ended.stderr


def test_two_accounts_with_one_app_id_and_none_at_all_are_refused(tmp_path: Path) -> None:
    assert run("--accounts", written(tmp_path, ACCOUNT, ACCOUNT)).returncode == 2
    assert run("--accounts", written(tmp_path)).returncode == 2


def test_a_port_in_use_and_a_folder_that_is_none_are_one_sentence(accounts: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = run("--port", other.getsockname()[1], "--accounts", accounts)
    no_folder = run("--accounts", accounts, "--data", accounts)
    for ended in (taken, no_folder):
        assert (ended.returncode, len(ended.stderr.strip().splitlines())) == (2, 1)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_the_world_survives_a_restart(accounts: Path, tmp_path: Path, end: signal.Signals) -> None:
    data = tmp_path / "data"
    chat = f"/simulator/people/p5/chats/{OFFICIAL}"
    credentials = {"grant_type": "client_credential", "appid": OFFICIAL, "secret": SECRET}
    with started(accounts, "--data", data, end=end) as first:
        first.post("/simulator/settings", {"push_timeout": 0.05, "retries": 3})
        first.post("/simulator/people", {"nickname": "周师傅"})
        first.post(chat + "/follow")
        picture = first.upload(chat + "/image", PNG)["message"]["url"]
        first.post("/simulator/clock", {"advance": 1000})
        token = first.post("/cgi-bin/stable_token", credentials)["access_token"]
        before = first.get(chat)
    with started(accounts, "--data", data) as second:
        after = second.get(chat)
        assert [one["kind"] for one in after["messages"][:2]] == [one["kind"] for one in before["messages"][:2]]
        assert after["following"] is True
        assert second.get("/simulator/state")["people"][4]["nickname"] == "周师傅"
        assert second.get("/simulator/clock")["offset"] == 1000
        assert second.get("/simulator/settings")["retries"] == 3
        assert second.post("/cgi-bin/stable_token", credentials)["access_token"] == token
        assert second.raw(picture) == PNG
        assert not [one for one in after["messages"] if one.get("state") == "sending"]


def test_the_world_is_saved_about_a_second_after_a_change(accounts: Path, tmp_path: Path) -> None:
    file = tmp_path / "data" / "simulator.json"
    with started(accounts, "--data", tmp_path / "data", end=signal.SIGKILL) as running:
        running.post("/simulator/people", {"nickname": "周师傅"})
        wait_until(file.exists)
        time.sleep(0.1)
    assert "周师傅" in file.read_text(encoding="utf-8")


def test_an_open_page_does_not_hold_up_the_end(accounts: Path) -> None:
    with started(accounts) as running:
        http = urllib3.PoolManager()
        stream = http.request("GET", running._base + "/simulator/events", preload_content=False)
        assert stream.read1(20).startswith(b": connected")
        begun = time.monotonic()
    assert time.monotonic() - begun < 5
    stream.close()
    http.clear()


@pytest.mark.parametrize("text", ["{", "[]", '{"world": {"people": 5}, "media": []}', "{}"])
def test_a_broken_snapshot_is_put_aside(accounts: Path, tmp_path: Path, text: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "simulator.json").write_text(text, encoding="utf-8")
    with started(accounts, "--data", data) as running:
        assert len(running.get("/simulator/state")["people"]) == 4
    assert (data / "simulator.broken").read_text(encoding="utf-8") == text


def test_an_account_that_left_the_file_is_forgotten_and_a_new_one_knows_everybody(tmp_path: Path) -> None:
    other = ACCOUNT | {"app_id": "wx3333333333333333"}
    with started(written(tmp_path, ACCOUNT), "--data", tmp_path / "data") as first:
        first.post("/simulator/people", {"nickname": "周师傅"})
    with started(written(tmp_path, other), "--data", tmp_path / "data") as second:
        assert [one["app_id"] for one in second.get("/simulator/state")["accounts"]] == [other["app_id"]]
        assert second.get(f"/simulator/people/p5/chats/{other['app_id']}")["messages"] == []


def test_the_communities_of_a_street_file_become_places(accounts: Path, tmp_path: Path) -> None:
    street = tmp_path / "street.csv"
    street.write_text(
        "code,name,level,parent,lat,lng\n01,春风街道,street,,43.8,87.6\n0101,红旗社区,community,01,43.81,87.61\n",
        encoding="utf-8",
    )
    with started(accounts, "--street", street) as running:
        (spot,) = running.get("/simulator/state")["spots"]
    assert spot == {"label": "红旗社区", "latitude": 43.81, "longitude": 87.61}


def test_a_broken_street_file_is_one_sentence_and_exit_2(accounts: Path, tmp_path: Path) -> None:
    street = tmp_path / "street.csv"
    street.write_text("name,level\n红旗社区,community\n", encoding="utf-8")
    ended = run("--accounts", accounts, "--street", street)
    assert (ended.returncode, len(ended.stderr.strip().splitlines())) == (2, 1)
    assert os.fspath(street) in ended.stderr
