"""One HTTP exchange with the platform: time-outs always, a readable answer or a typed error. Knows no credential."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from backend.wechat.failures import NoAnswer, refusal

CONNECT_SECONDS = 3.0
READ_SECONDS = 8.0
UPLOAD_SECONDS = 30.0
_BINARY = ("image/", "audio/", "voice/", "video/", "application/octet-stream")
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


class Answer(dict[str, Any]):
    """A JSON object of the platform. What it should hold and does not makes it an answer nobody can read."""

    def __init__(self, path: str, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self._path = path

    def __missing__(self, key: str) -> Any:
        raise NoAnswer(self._path, True, f"the answer has no {key}")


class Transport:
    """Keep-alive connections to one base URL. Thread-safe."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._pool = urllib3.PoolManager(maxsize=32, retries=False)

    def get(self, path: str, query: dict[str, str]) -> Answer:
        return _document(path, self._exchange("GET", path, query).data)

    def post(self, path: str, query: dict[str, str], body: Any = None) -> Answer:
        """JSON with non-ASCII left as it is: the menu and the drafts refuse `\\u` escapes."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        return _document(path, self._exchange("POST", path, query, body=raw, headers=headers).data)

    def upload(self, path: str, query: dict[str, str], upload: Upload) -> Answer:
        fields = {upload.field: (upload.filename, upload.content, upload.content_type)}
        return _document(path, self._exchange("POST", path, query, read=UPLOAD_SECONDS, fields=fields).data)

    def download(self, path: str, query: dict[str, str]) -> Download:
        response = self._exchange("GET", path, query)
        return _file(path, response.data, response.headers.get("Content-Type", ""))

    def close(self) -> None:
        self._pool.clear()

    def _exchange(
        self, method: str, path: str, query: dict[str, str], read: float = READ_SECONDS, **sent: Any
    ) -> urllib3.BaseHTTPResponse:
        url = f"{self._base}{path}" + (f"?{urlencode(query)}" if query else "")
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=read)
        try:
            response = self._pool.request(method, url, timeout=timeout, **sent)
        except HTTPError as error:
            # The name of the error only: its text holds the URL, and the URL holds the token.
            raise NoAnswer(path, not isinstance(error, _NEVER_SENT), type(error).__name__) from None
        if response.status != 200:
            raise NoAnswer(path, True, f"HTTP {response.status}")
        return response


def _document(path: str, data: bytes) -> Answer:
    """Anything but a JSON object, such as the page of some proxy, must not pass for success."""
    try:
        answer = json.loads(data, object_pairs_hook=partial(Answer, path))
        errcode = int(answer.get("errcode", 0))  # some answers carry the number as text
    except (ValueError, TypeError, AttributeError):
        raise NoAnswer(path, True, "the answer is not readable") from None
    if errcode:
        raise refusal(path, errcode, str(answer.get("errmsg", "")))
    assert isinstance(answer, Answer)
    return answer


def _file(path: str, data: bytes, content_type: str) -> Download:
    """Pictures come as bytes, their errors as JSON: ask the type first and then the first character."""
    family = content_type.partition(";")[0].strip()
    if family.startswith(_BINARY):
        return Download(data, content_type)
    if data.lstrip()[:1] == b"{":
        _document(path, data)
        raise NoAnswer(path, False, "not a file")
    if not data or family.startswith(("text/", "application/json")):
        raise NoAnswer(path, True, "the answer is not readable")
    return Download(data, content_type)
