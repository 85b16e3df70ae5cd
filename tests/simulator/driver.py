"""Drives a running simulator over HTTP, as the page and the backend do, and plays the account's server."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import urllib3
from aiohttp import web

from simulator.accounts import Account, AccountKind, PushFormat, PushMode
from simulator.app import build_app
from simulator.platform import Platform
from simulator.spots import load_spots
from simulator.state.media import MediaShelf
from simulator.state.world import new_world
from simulator.storage import Storage

OFFICIAL = "wx1111111111111111"
MINIPROGRAM = "wx2222222222222222"
SECRET = "0123456789abcdef0123456789abcdef"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPG = b"\xff\xd8\xff\xe0" + bytes(64)
PATIENCE = 5.0


def account(kind: str, push_url: str, mode: str = "safe", push_format: str = "xml") -> Account:
    official = kind == "official"
    return Account(
        kind=AccountKind(kind),
        app_id=OFFICIAL if official else MINIPROGRAM,
        app_secret=SECRET,
        token="tokenOfOurs",
        aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        original_id="gh_aaaaaaaaaaaa" if official else "gh_bbbbbbbbbbbb",
        name="春风街道" if official else "春风邻里",
        push_url=push_url,
        mode=PushMode(mode),
        format=PushFormat(push_format),
    )


@dataclass
class Push:
    """One request that reached the account's server."""

    method: str
    query: dict[str, str]
    body: bytes
    content_type: str


@dataclass
class Reply:
    body: bytes = b"success"
    status: int = 200
    delay: float = 0.0


Answer = Callable[[Push], Reply]


class Receiver:
    """A tiny server in the place of the backend: keeps what arrives and answers as the test says."""

    def __init__(self) -> None:
        self.pushes: list[Push] = []
        self.answer: Answer = lambda _: Reply()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/wechat"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._receive(b"")

            def do_POST(self) -> None:
                self._receive(self.rfile.read(int(self.headers["Content-Length"])))

            def _receive(self, body: bytes) -> None:
                query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
                push = Push(self.command, query, body, self.headers.get("Content-Type", ""))
                receiver.pushes.append(push)
                reply = receiver.answer(push)
                time.sleep(reply.delay)
                self._send(reply)

            def _send(self, reply: Reply) -> None:
                try:
                    self.send_response(reply.status)
                    self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body)
                except ConnectionError:
                    self.close_connection = True  # the platform did not wait

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        return Handler


@dataclass
class Result:
    status: int
    data: Any
    raw: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def errcode(self) -> Any:
        return self.data.get("errcode")


class Driver:
    """The simulator in a thread of its own, and the ways to talk to it."""

    def __init__(self, accounts: list[Account], storage: Storage | None = None) -> None:
        media = MediaShelf(storage.media_folder if storage else None)
        self.platform = Platform(accounts, new_world(accounts), media, load_spots(None))
        self._storage = storage
        self._loop = asyncio.new_event_loop()
        self._runner: web.AppRunner | None = None
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._http = urllib3.PoolManager(retries=False, maxsize=20)
        self.base = ""

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.clear()
        assert self._runner is not None
        self._run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _start(self) -> None:
        self._runner = web.AppRunner(build_app(self.platform, self._storage), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base = "http://{}:{}".format(*self._runner.addresses[0][:2])

    def request(self, method: str, path: str, **options: Any) -> Result:
        response = self._http.request(method, self.base + path, **options)
        json_answer = "json" in response.headers.get("Content-Type", "")
        data = json.loads(response.data) if json_answer else None
        return Result(response.status, data, response.data, dict(response.headers))

    def get(self, path: str) -> Result:
        return self.request("GET", path)

    def delete(self, path: str) -> Result:
        return self.request("DELETE", path)

    def post(self, path: str, body: object = None) -> Result:
        raw = body if isinstance(body, bytes) else json.dumps(body or {}, ensure_ascii=False).encode()
        return self.request("POST", path, body=raw, headers={"Content-Type": "application/json"})

    def upload(self, address: str, name: str, content: bytes, **fields: str) -> Result:
        parts: dict[str, Any] = {**fields, name: ("file.bin", content)}
        return self.request("POST", address, fields=parts)

    # --- as the backend ---

    def stable_token(self, app_id: str = OFFICIAL, **more: object) -> Result:
        body = {"grant_type": "client_credential", "appid": app_id, "secret": SECRET, **more}
        return self.post("/cgi-bin/stable_token", body)

    def token(self, app_id: str = OFFICIAL) -> str:
        return str(self.stable_token(app_id).data["access_token"])

    def call(self, path: str, body: object = None, app_id: str = OFFICIAL) -> Result:
        return self.post(f"{path}?access_token={self.token(app_id)}", body)

    def ask(self, path: str, app_id: str = OFFICIAL, **query: str) -> Result:
        more = "".join(f"&{name}={value}" for name, value in query.items())
        return self.get(f"{path}?access_token={self.token(app_id)}{more}")

    def send_text(self, openid: str, content: str = "您好", app_id: str = OFFICIAL) -> Result:
        message = {"touser": openid, "msgtype": "text", "text": {"content": content}}
        return self.call("/cgi-bin/message/custom/send", message, app_id)

    def to_midnight(self) -> None:
        """To the beginning of a day in Beijing, so that a day's counters do not start anew in mid-test."""
        self.advance(86_400 - (self.platform.now() + 8 * 3_600) % 86_400)

    # --- as the page ---

    def act(self, verb: str, body: object = None, pid: str = "p1", app_id: str = OFFICIAL) -> Result:
        return self.post(f"/simulator/people/{pid}/chats/{app_id}/{verb}", body)

    def chat(self, pid: str = "p1", app_id: str = OFFICIAL) -> dict[str, Any]:
        data = self.get(f"/simulator/people/{pid}/chats/{app_id}").data
        assert isinstance(data, dict)
        return data

    def openid(self, pid: str = "p1", app_id: str = OFFICIAL) -> str:
        return str(self.chat(pid, app_id)["openid"])

    def messages(self, pid: str = "p1", app_id: str = OFFICIAL) -> list[dict[str, Any]]:
        return list(self.chat(pid, app_id)["messages"])

    def settled(self, pid: str = "p1", app_id: str = OFFICIAL) -> list[dict[str, Any]]:
        """The messages, once nothing of the person's is under way any more."""
        wait_until(lambda: all(one.get("state") != "sending" for one in self.messages(pid, app_id)))
        return self.messages(pid, app_id)

    def follow(self, pid: str = "p1", **how: str) -> None:
        assert self.act("follow", how, pid).status == 202
        self.settled(pid)

    def settings(self, **changes: object) -> None:
        assert self.post("/simulator/settings", changes).status == 200

    def advance(self, seconds: float) -> None:
        assert self.post("/simulator/clock", {"advance": seconds}).status == 200

    def push(self, **order: object) -> list[dict[str, Any]]:
        result = self.post("/simulator/push", {"app_id": OFFICIAL, **order})
        assert result.status == 200, result.data
        return list(result.data["attempts"])


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
