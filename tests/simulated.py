"""The simulator as a program of its own, with people on their phones and its controls, for tests over real HTTP."""

import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import urllib3

from backend.settings import AccountSettings
from tests.parallel import PROCESS
from tests.processes import ROOT

PATIENCE = 10.0
PORTS = range(18200 + 1000 * PROCESS, 18400 + 1000 * PROCESS)
STREET = ROOT / "simulator" / "street.csv"

Json = dict[str, Any]
Found = TypeVar("Found")


def wait_for(look: Callable[[], Found], seconds: float = PATIENCE) -> Found:
    """What `look` finds, once it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
    return found


def free_port() -> int:
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def account_row(account: AccountSettings, web: str, mode: str = "safe", form: str = "xml") -> Json:
    """An account as the simulator's file describes it; it pushes to the server at `web`."""
    names = ("kind", "app_id", "app_secret", "token", "aes_key", "name")
    return {
        **{name: getattr(account, name) for name in names},
        "original_id": f"gh_{account.app_id[-12:]}",
        "push_url": f"{web}/wechat/{account.app_id}",
        "mode": mode,
        "format": form,
    }


@contextmanager
def simulated(folder: Path, accounts: list[Json]) -> Iterator["Platform"]:
    """A simulator on a free port, ended by its process id."""
    file, port = folder / "accounts.json", free_port()
    file.write_text(json.dumps({"accounts": accounts}, ensure_ascii=False), "utf-8")
    command = [sys.executable, "-m", "simulator", "--port", str(port), "--accounts", str(file), "--street", str(STREET)]
    with (folder / "simulator.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    platform = Platform(f"http://127.0.0.1:{port}")
    try:
        wait_for(lambda: process.poll() is not None or platform.answers(), 20)
        assert process.poll() is None, (folder / "simulator.log").read_text()
        yield platform
    finally:
        platform.close()
        process.terminate()
        process.wait(10)


@dataclass(frozen=True)
class Spot:
    label: str
    latitude: float
    longitude: float


class Platform:
    """The control API of a running simulator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = urllib3.PoolManager(retries=False, maxsize=32)

    def close(self) -> None:
        self._http.clear()

    def answers(self) -> bool:
        try:
            return self._http.request("GET", f"{self.url}/simulator/state").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def ask(self, method: str, path: str, body: Json | None = None, **sent: Any) -> Json:
        """The answer of /simulator/…; fails the test when it is a refusal."""
        if body is not None:
            sent = {"body": json.dumps(body).encode(), "headers": {"Content-Type": "application/json"}}
        response = self._http.request(method, f"{self.url}/simulator/{path}", **sent)
        assert response.status < 300, response.data.decode()
        answer = response.json()
        assert isinstance(answer, dict)
        return answer

    def start_again(self) -> None:
        """People, chats, tokens and journal as at the start, and nothing wrong."""
        self.ask("POST", "reset")
        self.ask("DELETE", "faults")
        self.ask("POST", "clock", {"reset": True})
        self.settings(retries=2, push_timeout=5.0)

    def settings(self, **changes: Any) -> None:
        self.ask("POST", "settings", changes)

    def advance(self, seconds: float) -> None:
        self.ask("POST", "clock", {"advance": seconds})

    def fault(self, path: str, fault: str, **more: Any) -> None:
        self.ask("POST", "faults", {"path": path, "fault": fault, **more})

    def mend(self) -> None:
        self.ask("DELETE", "faults")

    def invalidate_tokens(self, app_id: str) -> None:
        self.ask("POST", "tokens/invalidate", {"app_id": app_id})

    def calls(self, path: str) -> list[Json]:
        """What of this interface the journal holds, oldest first."""
        items: list[Json] = self.ask("GET", "traffic?limit=2000")["items"]
        return [entry for entry in items if entry["kind"] == "call" and entry["title"].endswith(f" {path}")]

    def pushes(self) -> list[Json]:
        items: list[Json] = self.ask("GET", "traffic?limit=2000")["items"]
        return [entry for entry in items if entry["kind"] == "push"]

    def forget_traffic(self) -> None:
        self.ask("DELETE", "traffic")

    def menu(self, app_id: str) -> list[Json]:
        """The buttons of the account's menu."""
        accounts: list[Json] = self.ask("GET", "state")["accounts"]
        return next((row["menu"] or {"button": []})["button"] for row in accounts if row["app_id"] == app_id)

    def spots(self) -> list[Spot]:
        """The communities of the street, WGS84."""
        rows: list[Json] = self.ask("GET", "state")["spots"]
        return [Spot(row["label"], row["latitude"], row["longitude"]) for row in rows]

    def push(self, app_id: str, pid: str | None, fields: Json, **more: Any) -> list[Json]:
        """Push what no act of a person causes, or several copies at once; answers the attempts."""
        order = {"app_id": app_id, "pid": pid, "fields": fields, **more}
        attempts: list[Json] = self.ask("POST", "push", order)["attempts"]
        return attempts

    def consent(self, address: str, pid: str, **more: str) -> str:
        """The code with which the consent page sends this person's browser back."""
        query = "".join(f"&{name}={value}" for name, value in more.items())
        page = f"{address.partition('#')[0]}&person={pid}{query}"
        response = self._http.request("GET", page, redirect=False)
        assert response.status in (302, 303), response.data.decode()
        return str(parse_qs(urlsplit(response.headers["Location"]).query)["code"][0])

    def phone(self, app_id: str, pid: str = "p1") -> "Phone":
        return Phone(self, app_id, pid)

    def person(self, pid: str) -> Json:
        """What the platform knows of her, such as her `phone` and `unionid`."""
        people: list[Json] = self.ask("GET", "state")["people"]
        return next(each for each in people if each["id"] == pid)

    def new_person(self, nickname: str = "邻居") -> str:
        """One more, with a number of her own."""
        return str(self.ask("POST", "people", {"nickname": nickname})["id"])


@dataclass(frozen=True)
class Phone:
    """One person in her conversation with one account. Each act answers what she was shown in return."""

    platform: Platform
    app_id: str
    pid: str

    @property
    def openid(self) -> str:
        return str(self.chat()["openid"])

    def chat(self) -> Json:
        return self.platform.ask("GET", self._path)

    def messages(self) -> list[Json]:
        messages: list[Json] = self.chat()["messages"]
        return messages

    def follow(self, scene: str = "") -> list[Json]:
        return self.act("follow", {"scene": scene} if scene else {})

    def unfollow(self) -> list[Json]:
        return self.act("unfollow", {})

    def text(self, content: str) -> list[Json]:
        return self.act("text", {"content": content})

    def location(self, spot: Spot) -> list[Json]:
        return self.act("location", {"latitude": spot.latitude, "longitude": spot.longitude, "label": spot.label})

    def scan(self, text: str) -> list[Json]:
        return self.act("scan", {"text": text})

    def menu(self, *path: int, **payload: Any) -> list[Json]:
        return self.act("menu", {"path": list(path), **payload})

    def image(self, content: bytes) -> list[Json]:
        return self.act("image", fields={"file": ("photo.jpg", content, "image/jpeg")})

    def act(self, verb: str, body: Json | None = None, **sent: Any) -> list[Json]:
        before = len(self.messages())
        self.platform.ask("POST", f"{self._path}/{verb}", body, **sent)
        wait_for(lambda: all(message.get("state") != "sending" for message in self.messages()), 25)
        return [message for message in self.messages()[before:] if message["by"] != "person"]

    def wait_for(self, kind: str, content: str = "") -> Json:
        """The message of the account that is, or comes to be, shown."""
        return wait_for(lambda: next((m for m in self.messages() if _is(m, kind, content)), None) or {})

    @property
    def _path(self) -> str:
        return f"people/{self.pid}/chats/{self.app_id}"


def words(messages: list[Json]) -> str:
    """The one text that was said; fails the test when something else was shown."""
    assert [message["kind"] for message in messages] == ["text"], messages
    return str(messages[0]["content"])


def _is(message: Json, kind: str, content: str) -> bool:
    return message["by"] != "person" and message["kind"] == kind and content in str(message.get("content", ""))
