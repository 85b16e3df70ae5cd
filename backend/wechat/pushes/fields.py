"""Single values out of a pushed document: texts, whole numbers, groups. The platform writes each in several ways."""

from backend.wechat.pushes.documents import DocumentError, Fields

MAX_ID = 64
MAX_TEXT = 20_000


def text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""  # absent, or an empty element with children
    value = str(value)
    if len(value) > MAX_TEXT:
        raise DocumentError(f"{name} is too long")
    return value


def identifier(fields: Fields, name: str) -> str:
    value = text(fields, name)
    if len(value) > MAX_ID:
        raise DocumentError(f"{name} is too long")
    return value


def integer(fields: Fields, name: str, default: int = 0) -> int:
    value = text(fields, name).strip()
    if not value:
        return default
    try:
        return int(value[:20])
    except ValueError as error:
        raise DocumentError(f"{name} is not a whole number") from error


def group(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def groups(fields: Fields, name: str) -> list[Fields]:
    """An object, several, or none: the platform uses all three forms for the same field."""
    value = fields.get(name, [])
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]
