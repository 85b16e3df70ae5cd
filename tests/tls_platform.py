"""A platform behind TLS that tells in each answer which HTTP it was asked in: a WSGI application for granian."""

import json
from collections.abc import Callable, Iterable
from typing import Any


def app(environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "application/json")])
    if environ["PATH_INFO"] == "/cgi-bin/stable_token":
        return [b'{"access_token": "77_tls", "expires_in": 7200}']
    return [json.dumps({"errcode": 0, "errmsg": "ok", "msgid": environ["SERVER_PROTOCOL"]}).encode()]
