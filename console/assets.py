"""The static files of the console: their addresses, and sending them. Knows no page and nobody who is signed in."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from flask import Response, abort, request

from backend.runtime import Runtime

FOLDER = Path(__file__).parent / "static"
PREFIX = "/console/static"
_FOR_GOOD = "public, max-age=31536000, immutable"
_TEXTS = frozenset({".css", ".js", ".svg"})


@dataclass(frozen=True)
class Asset:
    body: bytes
    packed: bytes
    """The body in gzip; empty where that would not make it smaller."""
    kind: str
    mark: str
    """Of the content: another content has another address, so what is kept under this one never gets old."""


def address(name: str) -> str:
    """Raises FileNotFoundError for a file that is not there: a page that names it fails where it is written."""
    return f"{PREFIX}/{quote(name)}?v={_read(name).mark}"


def send(_runtime: Runtime, name: str) -> Response:
    """404 for what is no file of ours. For good with the mark in its address, otherwise to be asked about."""
    try:
        asset = _read(name)
    except OSError:
        abort(404)
    packed = bool(asset.packed) and request.accept_encodings.quality("gzip") > 0
    response = Response(asset.packed if packed else asset.body, content_type=asset.kind)
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{asset.mark}{'-gzip' if packed else ''}")
    response.headers["Cache-Control"] = _FOR_GOOD if request.args.get("v") == asset.mark else "no-cache"
    response.make_conditional(request)
    return response


@cache
def _names() -> frozenset[str]:
    """Looked up once: a name that is not among them reaches no path of the machine."""
    return frozenset(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())


@cache
def _read(name: str) -> Asset:
    if name not in _names():
        raise FileNotFoundError(name)
    body = (FOLDER / name).read_bytes()
    text = PurePosixPath(name).suffix in _TEXTS
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    return Asset(
        body,
        gzip.compress(body, mtime=0) if text else b"",
        f"{kind}; charset=utf-8" if text or kind == "text/plain" else kind,
        hashlib.sha256(body).hexdigest()[:12],
    )
