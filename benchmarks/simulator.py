"""How many messages a second the simulator takes, each to another person, journal on, beside a bare aiohttp echo.

Every result of a template or subscription message is pushed at once to a receiver, in the same breath as the calls.
The simulator, and in turn the echo, has the first core for itself; the load and the receiver have the second.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import load

MESSAGES, ROUNDS, IN_FLIGHT, TARGET = 9_000, 3, 64, 3_000
SIMULATOR, BARE, RECEIVER = 18790, 18791, 18792
OFFICIAL, MINIPROGRAM, SECRET = "wx" + "1" * 16, "wx" + "2" * 16, "5" * 32
CUSTOM, TEMPLATE = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
SUBSCRIBE = "/cgi-bin/message/subscribe/send"
YARDSTICK = "bare aiohttp echo"
WORDS = "您好，明天上午九点在社区活动中心包粽子，欢迎带上孩子一起来。"

Json = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """Prebuilt calls of one interface; so many of them have a result that is pushed."""

    title: str
    requests: list[bytes]
    results: int


@dataclass(frozen=True)
class Server:
    port: int
    pid: int


@dataclass(frozen=True)
class Measured:
    """CPU in microseconds of the server for one message with its result: it is shaken less by what else runs."""

    rate: float
    cpu: float


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        stack.enter_context(_running(["benchmarks.bystanders", "receiver", str(RECEIVER)], RECEIVER, 1))
        bare = stack.enter_context(_running(["benchmarks.bystanders", "bare", str(BARE)], BARE, 0))
        command = ["simulator", "--port", str(SIMULATOR), "--accounts", _accounts(Path(folder))]
        simulator = stack.enter_context(_running(command, SIMULATOR, 0))
        os.sched_setaffinity(0, {1})
        stack.callback(os.sched_setaffinity, 0, {0, 1})
        _report(_measure(bare, simulator))


def _measure(bare: Server, simulator: Server) -> dict[str, list[Measured]]:
    _ask("POST", "/simulator/settings", {"result_seconds": 0})
    batches = _batches()
    yardstick = Batch(YARDSTICK, batches[0].requests, 0)
    rows: dict[str, list[Measured]] = {batch.title: [] for batch in (yardstick, *batches)}
    for _ in range(ROUNDS):
        rows[YARDSTICK].append(_timed(bare, yardstick, b"touser"))
        for batch in batches:
            rows[batch.title].append(_timed(simulator, batch, b'"errcode":0'))
    return rows


def _timed(server: Server, batch: Batch, expected: bytes) -> Measured:
    pushed, cpu = _pushed(), load.cpu_seconds(server.pid)
    result = load.saturate(server.port, batch.requests, IN_FLIGHT, expected)
    assert result.wrong == 0, f"{result.wrong} wrong answers on port {server.port}"
    while _pushed() < pushed + batch.results:
        time.sleep(0.2)
    return Measured(result.rate, (load.cpu_seconds(server.pid) - cpu) * 1e6 / MESSAGES)


def _pushed() -> int:
    counts = _ask("GET", "/simulator/counts")["items"]
    return int(counts.get("push", {}).get("ok", 0))


def _report(rows: dict[str, list[Measured]]) -> None:
    print(f"\nthe simulator, {MESSAGES:,} messages to as many people, {IN_FLIGHT} in flight, journal on")
    for title, measured in rows.items():
        rates = " ".join(f"{one.rate:6.0f}/s" for one in measured)
        print(f"  {title:18} {rates}   CPU per message {' '.join(f'{one.cpu:4.0f}' for one in measured)} µs")
    yardstick = rows.pop(YARDSTICK)
    for title, measured in rows.items():
        rate = statistics.median(one.rate for one in measured)
        share = statistics.median(one.rate / bare.rate for one, bare in zip(measured, yardstick, strict=True))
        verdict = "reached" if rate >= TARGET else "MISSED"
        print(f"  {title}: {rate:,.0f} a second (target {TARGET:,}: {verdict}), {share:.2f} of the echo")


def _batches() -> list[Batch]:
    official, miniprogram = (_token(app_id) for app_id in (OFFICIAL, MINIPROGRAM))
    template = _ask("GET", f"/cgi-bin/template/get_all_private_template?{official}")["template_list"][0]
    notice = _ask("GET", f"/wxaapi/newtmpl/gettemplate?{miniprogram}")["data"][0]
    followers, users = _crowd(OFFICIAL), _crowd(MINIPROGRAM, template_ids=[notice["priTmplId"]], credits=ROUNDS)
    text = {"msgtype": "text", "text": {"content": WORDS}}
    return [
        Batch("custom/send", _requests(f"{CUSTOM}?{official}", followers, text), 0),
        Batch("template/send", _requests(f"{TEMPLATE}?{official}", followers, _filled(template)), MESSAGES),
        Batch("subscribe/send", _requests(f"{SUBSCRIBE}?{miniprogram}", users, _filled(notice)), MESSAGES),
    ]


def _filled(template: Json) -> Json:
    """The template's own examples as its data."""
    keys = [line.rpartition("{{")[2].partition(".")[0] for line in template["content"].splitlines()]
    values = [line.partition(":")[2] for line in template["example"].splitlines()]
    data = {key: {"value": value} for key, value in zip(keys, values, strict=True)}
    return {"template_id": template.get("template_id") or template["priTmplId"], "data": data}


def _requests(address: str, openids: list[str], body: Json) -> list[bytes]:
    made = []
    for openid in openids:
        raw = json.dumps({"touser": openid, **body}, ensure_ascii=False).encode()
        head = f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        made.append(f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw)
    return made


def _token(app_id: str) -> str:
    asked = {"grant_type": "client_credential", "appid": app_id, "secret": SECRET}
    return "access_token=" + str(_ask("POST", "/cgi-bin/stable_token", asked)["access_token"])


def _crowd(app_id: str, **more: Any) -> list[str]:
    openids: list[str] = _ask("POST", "/simulator/crowd", {"app_id": app_id, "count": MESSAGES, **more})["openids"]
    return openids


def _ask(method: str, path: str, body: Json | None = None) -> Json:
    raw = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{SIMULATOR}{path}", data=raw, method=method)
    with urllib.request.urlopen(request, timeout=30) as response:
        answer: Json = json.load(response)
    return answer


def _accounts(folder: Path) -> str:
    common = {"app_secret": SECRET, "token": "tokenOfTheBenchmark", "aes_key": "K" * 43}
    pushed = {"push_url": f"http://127.0.0.1:{RECEIVER}/wechat", "original_id": "gh_000000000000", "name": "春风街道"}
    kinds = {"official": OFFICIAL, "miniprogram": MINIPROGRAM}
    rows = [{"kind": kind, "app_id": app_id, **common, **pushed} for kind, app_id in kinds.items()]
    file = folder / "accounts.json"
    file.write_text(json.dumps({"accounts": rows}))
    return str(file)


@contextlib.contextmanager
def _running(module: list[str], port: int, core: int) -> Iterator[Server]:
    command = [sys.executable, "-m", *module]
    pinned = lambda: os.sched_setaffinity(0, {core})  # noqa: E731
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=pinned)
    try:
        load.wait_for_port(port)
        yield Server(port, server.pid)
    finally:
        server.terminate()
        server.wait(10)
