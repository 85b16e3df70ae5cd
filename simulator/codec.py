"""Dataclasses to plain JSON values and back, by their type hints."""

import types
import typing
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any


def encode(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, list):
        return [encode(item) for item in value]
    return value


def decode(hint: Any, value: Any) -> Any:
    """Raises TypeError, KeyError, AttributeError or ValueError when the value does not fit the type."""
    if is_dataclass(hint):
        hints = _hints(typing.cast(type, hint))
        return hint(**{name: decode(hints[name], item) for name, item in value.items() if name in hints})  # type: ignore[operator]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is dict:
        return {key: decode(arguments[1], item) for key, item in value.items()}
    if origin is list:
        return [decode(arguments[0], item) for item in value]
    if origin is types.UnionType:
        return None if value is None else decode(arguments[0], value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value


@lru_cache(maxsize=64)
def _hints(hint: Any) -> dict[str, Any]:
    return typing.get_type_hints(hint)
