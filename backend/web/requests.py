"""What happens around every request: an id, one pooled database connection, measures, and security headers."""

import re
import secrets

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from backend import clock
from models.base import database

_GOOD_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
SECONDS = Histogram(
    "tongxin_request_seconds",
    "Time to answer",
    ["door"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
ANSWERS = Counter("tongxin_answers_total", "Answers by status", ["door", "status"])
log = structlog.get_logger()


def register(app: Flask) -> None:
    app.before_request(_arrive)
    app.after_request(_leave)
    app.teardown_request(_give_back)


def request_id() -> str:
    """The proxy's, when it is of a harmless form, else one of ours."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _GOOD_ID.fullmatch(given) else secrets.token_hex(8)
    return str(g.request_id)


def _arrive() -> None:
    g.arrived = clock.monotonic()


def _leave(answer: Response) -> Response:
    door = request.blueprint or "other"
    spent = clock.monotonic() - g.get("arrived", clock.monotonic())
    SECONDS.labels(door).observe(spent)
    ANSWERS.labels(door, str(answer.status_code)).inc()
    headers = answer.headers
    headers["X-Request-Id"] = request_id()
    headers["X-Content-Type-Options"] = "nosniff"
    if answer.status_code >= 500:
        log.warning("request.answered", door=door, status=answer.status_code, request_id=request_id())
    return answer


def _give_back(_error: BaseException | None) -> None:
    """The pool lends a connection at the first query; here it returns, whatever happened."""
    if not database.is_closed():
        database.close()
