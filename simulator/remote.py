"""A running simulator, spoken to over HTTP with nothing but the standard library."""

import http.client
import urllib.error
import urllib.request
from urllib.parse import urlencode

from simulator.shapes import JsonObject, dump, parse_object, string

PATIENCE = 30


class Unreachable(Exception):
    """Nobody answers there, or not as a simulator does; the text is a Chinese sentence."""


class WrongUse(Exception):
    """The request does not fit; the text is a Chinese sentence."""


class Remote:
    def __init__(self, address: str) -> None:
        if not address.startswith(("http://", "https://")):
            raise WrongUse(f"地址 {address} 应以 http:// 开头。")
        self.address = address.rstrip("/")

    def get(self, path: str, query: JsonObject | None = None) -> JsonObject:
        return self._ask("GET", path + (f"?{urlencode(query)}" if query else ""))

    def post(self, path: str, body: JsonObject) -> JsonObject:
        return self._ask("POST", path, dump(body))

    def delete(self, path: str) -> JsonObject:
        return self._ask("DELETE", path)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> JsonObject:
        try:
            request = urllib.request.Request(self.address + path, body, method=method)  # noqa: S310 - http by __init__
            request.add_header("Content-Type", "application/json")
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
                return parse_object(response.read())
        except urllib.error.HTTPError as refused:
            raise WrongUse(_sentence(refused)) from refused
        except (OSError, http.client.HTTPException, ValueError) as failed:
            raise Unreachable(f"连不上 {self.address}：模拟平台没有在那里运行。") from failed


def _sentence(refused: urllib.error.HTTPError) -> str:
    with refused:
        try:
            detail = string(parse_object(refused.read()), "detail")
        except (OSError, ValueError):
            detail = ""
    return detail or f"模拟平台回答了 HTTP {refused.code}。"
