"""What a form brings: text without what no database can keep, and every fault as a sentence beside its field."""

from collections.abc import Mapping
from datetime import date, datetime

from flask import request

from backend import clock
from backend.errors import FieldError, InvalidInput

LONGEST = 2000


def text(name: str, longest: int = LONGEST) -> str:
    """Of the body, without the white space around it; "" when it is missing. Raises InvalidInput."""
    return _clean(name, request.form.get(name, ""), longest)


def asked(name: str, longest: int = 200) -> str:
    """Of the address, likewise."""
    return _clean(name, request.args.get(name, ""), longest)


def secret(name: str) -> str:
    """As it was typed: a password may begin with a space."""
    given = request.form.get(name, "")
    if len(given) > LONGEST or _keepable(given) != given:
        raise InvalidInput("form_invalid", "填得太长，或者有不能用的字符，请检查后再试。")
    return given


def ticked(name: str) -> bool:
    return bool(request.form.get(name))


def number(name: str) -> int:
    """Raises InvalidInput."""
    return _number(name, text(name, 20))


def cursor(name: str = "cursor") -> int:
    """Of the address; 0 for the first page. Raises InvalidInput."""
    given = asked(name, 20)
    return _number(name, given) if given else 0


def day(name: str) -> date | None:
    """YYYY-MM-DD as a browser sends it; None when nothing was chosen. Raises InvalidInput."""
    return _day(name, text(name, 10))


def _day(name: str, given: str) -> date | None:
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise _fault(name, "日期这样写：2026-12-01。") from error


def day_asked(name: str) -> date | None:
    """As `day`, of the address. Raises InvalidInput."""
    return _day(name, asked(name, 10))


def end_of(chosen: date | None) -> datetime | None:
    """The moment at which the day is over: until a day means that whole day."""
    return None if chosen is None else clock.end_of_day(chosen)


def choice(name: str, known: Mapping[str, object], words: str) -> str:
    """One of what was offered. Raises InvalidInput with these words."""
    given = text(name, 64)
    if given not in known:
        raise _fault(name, words)
    return given


def _number(name: str, given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 15:
        raise _fault(name, "这里要写一个数。")
    return int(given)


def _clean(name: str, given: str, longest: int) -> str:
    if _keepable(given) != given:
        raise _fault(name, "有不能保存的字符，请删掉后再试。")
    if len(given.strip()) > longest:
        raise _fault(name, f"最多 {longest} 个字，请写短一点。")
    return given.strip()


def _keepable(given: str) -> str:
    """Without the zero character, which PostgreSQL refuses, and without halves of a pair, which are no characters."""
    return given.replace("\x00", "").encode(errors="ignore").decode()


def _fault(name: str, words: str) -> InvalidInput:
    return InvalidInput("form_invalid", words, [FieldError(name, words)])
