"""One HTTP exchange with the platform: time-outs always, a readable answer or a typed error. Knows no credential."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from backend.wechat.answers import Answer, document
from backend.wechat.failures import NoAnswer

JSON_TYPE = {"Content-Type": "application/json"}
_BINARY = ("image/", "audio/", "voice/", "video/", "application/octet-stream")


@dataclass(frozen=True)
class TimeOuts:
    """Seconds. The platform states none; nothing may wait for ever."""

    connect: float = 3.0
    read: float = 8.0
    upload: float = 30.0


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

    def __init__(self, base_url: str, ca_file: str = "", times: TimeOuts | None = None) -> None:
        """`ca_file`: whom to trust in place of the machine's own list, for a network that breaks TLS open."""
        self.base_url, self.ca_file, self.times = base_url.rstrip("/"), ca_file, times or TimeOuts()
        trust = {"ca_certs": ca_file} if ca_file and base_url.startswith("https") else {}
        self._pool = urllib3.connection_from_url(self.base_url, maxsize=32, **trust)
        self._prefix = urlsplit(self.base_url).path

    def get(self, path: str, query: dict[str, str]) -> Answer:
        return document(path, self._exchange("GET", path, query).data)

    def post(self, path: str, query: dict[str, str], body: Any = None) -> Answer:
        return document(path, self._exchange("POST", path, query, body=encode(body), headers=JSON_TYPE).data)

    def upload(
        self, path: str, query: dict[str, str], upload: Upload, fields: Mapping[str, str] | None = None
    ) -> Answer:
        parts = {**(fields or {}), upload.field: (upload.filename, upload.content, upload.content_type)}
        return document(path, self._exchange("POST", path, query, read=self.times.upload, fields=parts).data)

    def download(self, path: str, query: dict[str, str], body: Any = None) -> Download:
        """With a body it is asked for by POST."""
        if body is None:
            response = self._exchange("GET", path, query)
        else:
            response = self._exchange("POST", path, query, body=encode(body), headers=JSON_TYPE)
        return _file(path, response.data, response.headers.get("Content-Type", ""))

    def close(self) -> None:
        self._pool.close()

    def _exchange(
        self, method: str, path: str, query: dict[str, str], read: float | None = None, **sent: Any
    ) -> urllib3.BaseHTTPResponse:
        url = f"{self._prefix}{path}" + (f"?{urlencode(query)}" if query else "")
        timeout = urllib3.Timeout(connect=self.times.connect, read=read or self.times.read)
        try:
            response = self._pool.request(method, url, timeout=timeout, retries=False, redirect=False, **sent)
        except HTTPError as error:
            # The name of the error only: its text holds the URL, and the URL holds the token.
            raise NoAnswer(path, not _never_sent(error), _reason(error)) from None
        if response.status != 200:
            raise NoAnswer(path, True, f"HTTP {response.status}")
        return response


def _never_sent(error: HTTPError) -> bool:
    return isinstance(error, NewConnectionError | ConnectTimeoutError) or _is_foreign(error)


def _is_foreign(error: HTTPError) -> bool:
    """Found out before anything is asked; TLS may also break later, when all has been said."""
    return isinstance(error, SSLError) and isinstance(error.args[0], ssl.SSLCertVerificationError)


def _reason(error: HTTPError) -> str:
    return "the certificate is not trusted" if _is_foreign(error) else type(error).__name__


def encode(body: Any) -> bytes:
    """JSON with non-ASCII left as it is: the menu and the drafts refuse `\\u` escapes."""
    return orjson.dumps(body)


def _file(path: str, data: bytes, content_type: str) -> Download:
    """Pictures come as bytes, their errors as JSON: ask the type first and then the first character."""
    family = content_type.partition(";")[0].strip()
    if family.startswith(_BINARY):
        return Download(data, content_type)
    if data.lstrip()[:1] == b"{":
        document(path, data)
        raise NoAnswer(path, False, "not a file")
    if not data or family.startswith(("text/", "application/json")):
        raise NoAnswer(path, True, "the answer is not readable")
    return Download(data, content_type)
