"""What the platform answers, read typed: each field is what the reader asks for, or nobody can read the answer.

Knows no interface: which field is what, and which may be missing, stands beside each call.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from datetime import datetime
from enum import Enum, IntEnum
from typing import Any, TypeVar

import orjson

from backend import clock
from backend.wechat.failures import NoAnswer, refusal

Choice = TypeVar("Choice", bound=Enum)
_NUMBER = re.compile(r"-?[0-9]{1,20}")
"""int() alone would also take spaces, underscores and the digits of other scripts."""

_END_OF_CALENDAR = 253_402_300_800
"""Seconds until the year 10000, which datetime cannot hold; milliseconds in their place are beyond it."""


class Answer(dict[str, Any]):
    """A JSON object of the platform. What it should hold and does not makes it an answer nobody can read: NoAnswer.

    A default, or `optional`, is for what the platform may leave out. null says no more than a field that is not there.
    What is there and of another kind is never replaced by the default.
    """

    def __init__(self, path: str, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._path = path

    def __missing__(self, key: str) -> Any:
        raise self.unreadable(f"the answer has no {key}")

    def unreadable(self, reason: str) -> NoAnswer:
        """To be raised. It was sent and understood: what was asked for has probably been done."""
        return NoAnswer(self._path, True, reason)

    def text(self, name: str, default: str | None = None) -> str:
        """A whole number passes as its digits: ids come either way."""
        return self._text(name, self._given(name, default))

    def filled(self, name: str) -> str:
        """A text that cannot be empty: an id, a token, an address."""
        return self._filled(name, self._given(name))

    def integer(self, name: str, default: int | None = None, among: range | None = None) -> int:
        """Also one written as text. `among`: what the platform documents, where another number could mislead."""
        number = self._integer(name, self._number(name, default))
        if among is not None and number not in among:
            raise self._odd(name, f"a number from {among[0]} to {among[-1]}")
        return number

    def integer_if_any(self, name: str) -> int | None:
        """None for what is missing, empty or 0, which is how the platform writes "none" among numbers."""
        return self.integer(name, 0) or None

    def flag(self, name: str, default: bool | None = None) -> bool:
        """true and false, or 1 and 0."""
        value = self._given(name, default)
        return value if isinstance(value, bool) else bool(self.integer(name, among=range(2)))

    def chosen(self, name: str, kind: type[Choice]) -> Choice:
        """One of those the house knows: what a new one means it cannot say."""
        choice = self.chosen_if_known(name, kind)
        if choice is None:
            raise self._odd(name, f"one of {', '.join(str(each.value) for each in kind)}")
        return choice

    def chosen_if_known(self, name: str, kind: type[Choice]) -> Choice | None:
        """For a list, where one entry of a new kind must not hide the others. Numbers for an IntEnum, else texts."""
        value = self.integer(name) if issubclass(kind, IntEnum) else self.text(name)
        return {each.value: each for each in kind}.get(value)

    def moment(self, name: str) -> datetime:
        seconds = self.integer(name)
        if not 0 <= seconds < _END_OF_CALENDAR:
            raise self._odd(name, "a moment")
        return clock.from_timestamp(seconds)

    def moment_if_any(self, name: str) -> datetime | None:
        return self.moment(name) if self.integer_if_any(name) else None

    def part(self, name: str, optional: bool = False) -> "Answer":
        """An object in this one; an empty one in place of what is missing."""
        value = self._given(name, Answer(self._path, {}) if optional else None)
        if not isinstance(value, Answer):
            raise self._odd(name, "an object")
        return value

    def parts(self, name: str, optional: bool = False) -> list["Answer"]:
        items = self._list(name, optional)
        if not all(isinstance(item, Answer) for item in items):
            raise self._odd(name, "a list of objects")
        return items

    def texts(self, name: str, optional: bool = False) -> list[str]:
        """None of them empty: openids and addresses come so."""
        return [self._filled(name, item) for item in self._list(name, optional)]

    def integers(self, name: str, optional: bool = False) -> list[int]:
        return [self._integer(name, item) for item in self._list(name, optional)]

    def _given(self, name: str, default: Any = None) -> Any:
        value = self.get(name)
        if value is None:
            value = default
        return self.__missing__(name) if value is None else value

    def _number(self, name: str, default: int | None) -> Any:
        """Among numbers an empty text stands for a missing one."""
        value = self._given(name, default)
        if value != "":
            return value
        return self.__missing__(name) if default is None else default

    def _list(self, name: str, optional: bool) -> list[Any]:
        value = self._given(name, [] if optional else None)
        if not isinstance(value, list):
            raise self._odd(name, "a list")
        return value

    def _text(self, name: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise self._odd(name, "a text")

    def _filled(self, name: str, value: Any) -> str:
        if text := self._text(name, value):
            return text
        raise self._odd(name, "filled in")

    def _integer(self, name: str, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            return int(value)
        raise self._odd(name, "a whole number")

    def _odd(self, name: str, expected: str) -> NoAnswer:
        """Names the field and not its value, which may be a person's."""
        return self.unreadable(f"{name} in the answer is not {expected}")


def document(path: str, data: bytes) -> Answer:
    """Anything but a JSON object, such as the page of some proxy, must not pass for success."""
    try:
        answer = _understood(path, orjson.loads(data.removeprefix(BOM_UTF8)))
        errcode = int(answer.get("errcode", 0))  # some answers carry the number as text
    except (ValueError, TypeError, AttributeError, RecursionError):  # the last: brackets hundreds deep
        raise NoAnswer(path, True, "the answer is not readable") from None
    if errcode:
        raise refusal(path, errcode, str(answer.get("errmsg", "")), answer)
    assert isinstance(answer, Answer)
    return answer


def _understood(path: str, value: Any) -> Any:
    """Every object in it an Answer."""
    if isinstance(value, list):
        return [_understood(path, item) for item in value]
    if not isinstance(value, dict):
        return value
    answer = Answer(path, value)
    for key, item in value.items():
        if isinstance(item, dict | list):  # most answers hold neither, and there are thousands a second
            answer[key] = _understood(path, item)
    return answer
