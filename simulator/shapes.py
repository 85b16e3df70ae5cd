"""Reading of JSON from strangers: what has the wrong shape comes out empty, like a missing field."""

import json
from typing import Any

JsonObject = dict[str, Any]

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # made once: every answer needs it


def parse_object(raw: bytes) -> JsonObject:
    """Raises ValueError when the bytes are no JSON object that can be written as UTF-8 again."""
    try:
        body = json.loads(raw)
    except RecursionError as too_deep:
        raise ValueError("nested too deeply") from too_deep
    if not isinstance(body, dict):
        raise ValueError("not an object")
    if b"\\u" in raw:  # a lone surrogate parses, and would break every later encoding
        json.dumps(body, ensure_ascii=False).encode()
    return body


def dump(value: object) -> bytes:
    return _ENCODER.encode(value).encode()


def string(body: JsonObject, key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def mapping(body: JsonObject, key: str) -> JsonObject:
    value = body.get(key)
    return value if isinstance(value, dict) else {}


def objects(body: JsonObject, key: str) -> list[JsonObject]:
    """The objects of a list; anything that is no object counts as an empty one."""
    value = body.get(key)
    if not isinstance(value, list):
        return []
    return [item if isinstance(item, dict) else {} for item in value]


def strings(body: JsonObject, key: str) -> list[str]:
    """The texts of a list; anything that is no text counts as an empty one."""
    value = body.get(key)
    if not isinstance(value, list):
        return []
    return [item if isinstance(item, str) else "" for item in value]


def integer(body: JsonObject, key: str) -> int | None:
    value = body.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(body: JsonObject, key: str) -> float | None:
    value = body.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 else None
