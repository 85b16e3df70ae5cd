"""One HTTP exchange with the platform: time-outs always, a readable answer or a typed error. Knows no credential."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from backend.wechat.failures import NoAnswer, refusal

CONNECT_SECONDS = 3.0
READ_SECONDS = 8.0
UPLOAD_SECONDS = 30.0
_NEVER_SENT = (NewConnectionError, ConnectTimeoutError)


@dataclass(frozen=True)
class Download:
    """Bytes the platform answered with instead of JSON."""

    content: bytes
    content_type: str


@dataclass(frozen=True)
class Upload:
    """A file for a multipart form. Bytes, so that a repeated request sends them again."""

    field: str
    filename: str
    content: bytes
    content_type: str


class Transport:
    """Keep-alive connections to one base URL. Thread-safe."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._pool = urllib3.PoolManager(maxsize=32, retries=False)

    def get(self, path: str, query: dict[str, str]) -> Any:
        return self._exchange("GET", path, query)

    def post(self, path: str, query: dict[str, str], body: Any = None) -> Any:
        """JSON with non-ASCII left as it is: the menu and the drafts refuse `\\u` escapes."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        return self._exchange("POST", path, query, body=raw, headers={"Content-Type": "application/json"})

    def upload(self, path: str, query: dict[str, str], upload: Upload) -> Any:
        fields = {upload.field: (upload.filename, upload.content, upload.content_type)}
        return self._exchange("POST", path, query, read=UPLOAD_SECONDS, fields=fields)

    def close(self) -> None:
        self._pool.clear()

    def _exchange(self, method: str, path: str, query: dict[str, str], read: float = READ_SECONDS, **sent: Any) -> Any:
        url = f"{self._base}{path}" + (f"?{urlencode(query)}" if query else "")
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=read)
        try:
            response = self._pool.request(method, url, timeout=timeout, **sent)
        except HTTPError as error:
            # The name of the error only: its text holds the URL, and the URL holds the token.
            raise NoAnswer(path, not isinstance(error, _NEVER_SENT), type(error).__name__) from None
        if response.status != 200:
            raise NoAnswer(path, True, f"HTTP {response.status}")
        return _understand(path, response.data, response.headers.get("Content-Type", ""))


def _understand(path: str, data: bytes, content_type: str) -> Any:
    """Pictures come as bytes, their errors as JSON: ask the type first and then the first character."""
    binary = content_type.partition("/")[0] in ("image", "audio", "voice", "video", "application/octet-stream")
    if binary or data.lstrip()[:1] != b"{":
        return Download(data, content_type)
    try:
        answer = json.loads(data)
        errcode = int(answer.get("errcode", 0))  # some answers carry the number as text
    except ValueError as error:
        raise NoAnswer(path, True, "the answer is not readable") from error
    if errcode:
        raise refusal(path, errcode, str(answer.get("errmsg", "")))
    return answer
