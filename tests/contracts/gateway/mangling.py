"""A proxy between gateway and platform that tells one interface's answer otherwise, and the ways to tell it otherwise.

The platform is asked once. What it answered is then told again and again, mangled each time another way, since many
calls can be made only once.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import urllib3

Json = dict[str, Any]
Place = tuple[str | int, ...]
_HOP = {"connection", "content-length", "date", "server", "transfer-encoding"}
UNTOUCHED = ("errcode", "errmsg")


@dataclass
class Proxy:
    """Forwards everything, and keeps what comes back from `path`; once `instead` is set, tells that in its place."""

    url: str = ""
    path: str = ""
    instead: bytes | None = None
    heard: list[bytes] = field(default_factory=list)

    def watch(self, path: str) -> None:
        self.path, self.instead = path, None
        self.heard.clear()


class _Server(ThreadingHTTPServer):
    def __init__(self, proxy: Proxy, platform: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy, self.platform = proxy, platform
        self.http = urllib3.PoolManager(retries=False, maxsize=8)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"  # thousands of calls over one connection,
    disable_nagle_algorithm = True  # and none of them waits for the one before to be acknowledged

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        proxy, watched = self.server.proxy, self.path.partition("?")[0] == self.server.proxy.path
        if watched and proxy.instead is not None:
            self._tell(200, {"Content-Type": "application/json"}, proxy.instead)
            return
        response = self._ask(body)
        if watched:
            proxy.heard.append(response.data)
        self._tell(response.status, response.headers, response.data)

    do_POST = do_DELETE = do_GET

    def _ask(self, body: bytes) -> urllib3.BaseHTTPResponse:
        sent = {name: value for name, value in self.headers.items() if name.lower() not in {*_HOP, "host"}}
        address = self.server.platform + self.path
        return self.server.http.request(self.command, address, body=body, headers=sent, redirect=False)

    def _tell(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def proxy_to(platform: str) -> Iterator[Proxy]:
    proxy = Proxy()
    server = _Server(proxy, platform)
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        server.http.clear()


def harmless(answer: Json) -> Iterator[tuple[str, Json]]:
    """What the platform does now and then (protocol sheet §0, §13), and what it may do any day."""
    yield "as it was", answer
    yield "with fields nobody knows", _throughout(answer, _with_more)
    yield "with its numbers as text", _throughout(answer, lambda value: str(value) if _is_number(value) else value)
    yield "with its ids as numbers", _throughout(answer, lambda value: int(value) if _is_id(value) else value)
    yield "without errcode", {name: value for name, value in answer.items() if name not in UNTOUCHED}
    yield "with errcode as text", {**answer, "errcode": "0"}


def mangled(answer: Json) -> Iterator[tuple[str, Any]]:
    """Everything at once, then one place at a time."""
    for name, change in _EVERYWHERE.items():
        yield name, _throughout(answer, change)
    yield "a list in its place", [answer]
    for place in places(answer):
        for value in _INSTEAD:
            yield f"{value!r} at {place}", put(answer, place, value)
        yield f"turned inside out at {place}", put(answer, place, _turned(_at(answer, place)))
        yield f"nothing at {place}", _without(answer, place)


_INSTEAD: tuple[Any, ...] = (None, "x", "", -1, True, 0.5, 2**64 - 1, {}, [])
_EVERYWHERE: dict[str, Callable[[Any], Any]] = {
    "every leaf null": lambda value: value if _holds(value) else None,
    "every leaf x": lambda value: value if _holds(value) else "x",
    "every leaf -1": lambda value: value if _holds(value) else -1,
    "every leaf true": lambda value: value if _holds(value) else True,
    "every container empty": lambda value: type(value)() if _holds(value) else value,
    "every object a list, every list an object": lambda value: _turned(value) if _holds(value) else value,
}


def places(value: Any, here: Place = ()) -> Iterator[Place]:
    """Of a list only the first entry: the others are its like."""
    if here:
        yield here
    for key, inner in _children(value):
        if here or key not in UNTOUCHED:
            yield from places(inner, (*here, key))


def put(value: Any, place: Place, new: Any) -> Any:
    """`new` in that place, which may be a field that was not there."""
    copy = value.copy()
    copy[place[0]] = put(value[place[0]], place[1:], new) if place[1:] else new
    return copy


def _without(value: Any, place: Place) -> Any:
    whole: Any = json.loads(json.dumps(value))
    del _at(whole, place[:-1])[place[-1]]
    return whole


def _at(value: Any, place: Place) -> Any:
    for key in place:
        value = value[key]
    return value


def _children(value: Any) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value[:1])) if isinstance(value, list) else []


def _throughout(value: Any, change: Callable[[Any], Any], top: bool = True) -> Any:
    """`change` of everything in it, the innermost first; the answer itself is only changed within."""
    if isinstance(value, dict):
        inner = {k: v if top and k in UNTOUCHED else _throughout(v, change, False) for k, v in value.items()}
        return inner if top and change is not _with_more else change(inner)
    if isinstance(value, list):
        return change([_throughout(each, change, False) for each in value])
    return change(value)


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return [value]
    return {"0": value[0] if value else None} if isinstance(value, list) else [value]


def _with_more(value: Any) -> Any:
    return {**value, "news": {"of": [1, None]}, "more": "x"} if isinstance(value, dict) else value


def _holds(value: Any) -> bool:
    return isinstance(value, dict | list)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdecimal() and str(int(value)) == value
