"""Errors of the house as answers: a real status, problem+json, and a Chinese sentence that can be shown as it is."""

import structlog
from flask import Flask, Response, json
from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.exceptions import HTTPException

from backend.errors import (
    Conflict,
    Forbidden,
    HouseError,
    InvalidInput,
    Misconfigured,
    NotFound,
    SignInNeeded,
    TooMany,
    Unavailable,
)
from backend.web.requests import request_id

STATUS: dict[type[HouseError], int] = {
    InvalidInput: 422,
    SignInNeeded: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
    Misconfigured: 503,
}

SENTENCES = {
    400: "请求的格式不对，请检查后再试。",
    401: "请先登录。",
    403: "没有权限做这件事。",
    404: "没有找到您要的内容。",
    405: "这个地址不支持这种操作。",
    413: "内容太大了，请缩小后再试。",
    415: "内容要用 JSON 来写（Content-Type: application/json）。",
    422: "填得不对，请检查后再试。",
    429: "操作太频繁了，请稍后再试。",
    503: "系统正忙，请稍后再试。",
}
_SORRY = "系统出了点问题，请稍后再试。"
_BUSY = "系统正忙，请稍后再试。"
log = structlog.get_logger()


def register(app: Flask) -> None:
    app.register_error_handler(HouseError, house_error)
    app.register_error_handler(HTTPException, http_error)
    for lost in (OperationalError, InterfaceError, MaxConnectionsExceeded):
        app.register_error_handler(lost, database_lost)
    app.register_error_handler(Exception, unexpected)


def problem(status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None) -> Response:
    """RFC 9457. `detail` is what a person reads."""
    body = {
        "type": "about:blank",
        "title": code,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
    }
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json")


def status_of(error: HouseError) -> int:
    return next((number for kind, number in STATUS.items() if isinstance(error, kind)), 500)


def sentence_of(status: int) -> str:
    return SENTENCES.get(status, _SORRY)


def house_error(error: HouseError) -> Response:
    status = status_of(error)
    fields = [{"field": fault.field, "message": fault.message} for fault in error.errors]
    answer = problem(status, error.code, error.sentence, fields)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def http_error(error: HTTPException) -> Response:
    status = error.code or 500
    answer = problem(status, error.name.lower().replace(" ", "_"), sentence_of(status))
    if error.response is None and status == 405:
        answer.headers.extend(error.get_headers())
        answer.content_type = "application/problem+json"
    return answer


def database_lost(error: Exception) -> Response:
    log.error("database.lost", error=type(error).__name__, request_id=request_id())
    return problem(503, "database_unavailable", _BUSY)


def unexpected(error: Exception) -> Response:
    log.error("request.failed", exc_info=error, request_id=request_id())
    return problem(500, "internal", _SORRY)
