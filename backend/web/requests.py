"""What happens around every request: an id, measures, safe headers, and the pooled database connection given back.

As WSGI rather than as Flask hooks: the webhook answers thousands a second, and hooks cost it a fifth of its time.
"""

import functools
import itertools
import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from flask import Flask, request
from prometheus_client import Counter, Histogram
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from backend import clock
from models.base import database

_ID = "tongxin.request_id"
_GOOD_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
_SLOW = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_DOORS = {"wechat": "handlers", "api": "miniprogram_api", "open311": "miniprogram_api", "console": "console"}

SECONDS = Histogram("tongxin_request_seconds", "Time to answer", ["door"], buckets=_SLOW)
ANSWERS = Counter("tongxin_answers_total", "Answers by status", ["door", "status"])
log = structlog.get_logger()

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


def register(app: Flask, mounted: dict[str, Any]) -> None:
    """`mounted`: plain WSGI applications below a path, which are spared Flask."""
    inner = DispatcherMiddleware(app.wsgi_app, mounted)
    app.wsgi_app = Surroundings(inner)  # type: ignore[method-assign]
    app.teardown_request(give_back)


def request_id() -> str:
    """The proxy's, when it is of a harmless form, else one of ours."""
    return number_of(request.environ)


def number_of(environ: Environ) -> str:
    """The id of a request that is not Flask's."""
    return str(environ[_ID])


def give_back(_error: BaseException | None) -> None:
    """The pool lends a connection at the first query; here it returns, whatever happened."""
    if not database.is_closed():
        database.close()


class Surroundings:
    def __init__(self, inner: Callable[[Environ, StartResponse], Iterable[bytes]]) -> None:
        self._inner = inner
        self._mark, self._numbers = secrets.token_hex(4), itertools.count()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        arrived = clock.monotonic()
        number = environ[_ID] = self._number(environ.get("HTTP_X_REQUEST_ID", ""))
        door = _DOORS.get(environ.get("PATH_INFO", "/").partition("/")[2].partition("/")[0], "other")

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            headers += (("X-Request-Id", number), ("X-Content-Type-Options", "nosniff"))
            _measure(door, status[:3], clock.monotonic() - arrived, number)
            return start_response(status, headers, *rest)

        return self._inner(environ, start)

    def _number(self, given: str) -> str:
        return given if given and _GOOD_ID.fullmatch(given) else f"{self._mark}{next(self._numbers):08x}"


@functools.cache
def _measures(door: str, status: str) -> tuple[Callable[[float], None], Callable[[], None]]:
    """Kept, because finding a labelled child costs more than counting with it. Doors and statuses are few."""
    return SECONDS.labels(door).observe, ANSWERS.labels(door, status).inc


def _measure(door: str, status: str, spent: float, number: str) -> None:
    observe, count = _measures(door, status)
    observe(spent)
    count()
    if status >= "500":
        log.warning("request.answered", door=door, status=status, request_id=number)
