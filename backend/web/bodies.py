"""What the body of a request may be: JSON of a moderate size, with nothing in it that a database would choke on."""

import functools
import inspect
import json
import math
from collections.abc import Callable, Iterator
from typing import NoReturn, get_type_hints

from flask import abort, current_app, request

from backend.errors import FieldError, InvalidInput

JSON_BYTES = 64 * 1024
_SAFE_NUMBER = 2**53 - 1
"""The largest whole number that JavaScript, and so a mini-program, can say exactly."""


def check() -> None:
    """Ends the request with 413 or 415, or raises InvalidInput. An endpoint that takes a form takes no JSON."""
    if request.routing_exception or request.method in ("GET", "HEAD", "OPTIONS") or _takes_a_form():
        return
    request.max_content_length = JSON_BYTES
    data = request.get_data()
    if not data:
        return
    if not request.is_json:
        abort(415)
    found = _parsed(data)
    if not isinstance(found, dict):
        raise InvalidInput("invalid_input", "内容要写成一个 JSON 对象，放在花括号里。")
    faults = [FieldError(field, fault) for field, value in _leaves(found) if (fault := _fault(value))]
    if faults:
        raise InvalidInput("invalid_input", "有几项填得不对，请看下面的说明。", faults[:20])


def _takes_a_form() -> bool:
    """A photo, say: flask-openapi3 looks for the same parameter."""
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and _wants_a_form(view)


@functools.cache
def _wants_a_form(view: Callable[..., object]) -> bool:
    """Kept: to look at the hints costs more than all else that is done here."""
    return "form" in get_type_hints(inspect.unwrap(view))


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("json_invalid", "内容不是有效的 JSON，请检查后再试。") from error


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _leaves(found: object) -> Iterator[tuple[str, object]]:
    """All names and values with the path to each. Without recursion: a body may be a thousand brackets deep."""
    waiting: list[tuple[str, object]] = [("", found)]
    while waiting:
        path, value = waiting.pop()
        start = f"{path}." if path else ""
        if isinstance(value, dict):
            yield from ((path, name) for name in value)
            waiting += [(f"{start}{_clean(name)}", item) for name, item in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{start}{number}", item) for number, item in enumerate(value)]
        else:
            yield path, value


def _fault(value: object) -> str:
    if isinstance(value, str):
        return "" if _clean(value) == value else "有不能保存的字符，请删掉后再试。"
    if isinstance(value, float):
        return "" if math.isfinite(value) else "这个数太大了。"
    return "这个数太大了。" if isinstance(value, int) and abs(value) > _SAFE_NUMBER else ""


def _clean(text: str) -> str:
    """Without the zero character, which PostgreSQL refuses, and without halves of a pair, which are no characters."""
    return text.replace("\x00", "").encode(errors="ignore").decode()
