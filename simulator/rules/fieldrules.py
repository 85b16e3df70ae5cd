"""What a keyword of a template may hold, by its type (protocol §4.3). Pure; characters are Unicode code points.

Source: https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

_HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = "|".join(
    (
        rf"\d{{4}}年{_MONTH}月{_DAY}日",
        rf"\d{{4}}年{_MONTH}月",
        rf"{_MONTH}月{_DAY}日",
        rf"\d{{4}}-{_MONTH}-{_DAY}|\d{{4}}/{_MONTH}/{_DAY}|\d{{4}}\.{_MONTH}\.{_DAY}",
        rf"\d{{4}}[-/.]{_MONTH}",
        rf"{_MONTH}[-/.]{_DAY}",
    )
)
_MOMENT = rf"(?:(?:{_DATE}) )?{_CLOCK}"
_DAY_OR_MOMENT = rf"(?:{_DATE})(?: {_CLOCK})?"

_HAN_ONLY = re.compile(f"[{_HAN}]+")
_LINE_BREAKS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")

Rule = Callable[[str], bool]


def _matches(pattern: str) -> Rule:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: compiled.fullmatch(value) is not None


def _range_of(pattern: str) -> Rule:
    """One of it, or two joined with ~."""
    return _matches(rf"(?:{pattern})(?:~(?:{pattern}))?")


def _thing(value: str) -> bool:
    return len(value) <= 20


def _number(value: str) -> bool:
    return re.fullmatch(r"[0-9]+(\.[0-9]+)?", value) is not None and len(value.replace(".", "")) <= 32


def _symbol(value: str) -> bool:
    return len(value) <= 5 and all(unicodedata.category(sign)[0] in "PS" for sign in value)


def _name(value: str) -> bool:
    """Ten Chinese characters or twenty letters and signs; a mixture counts as Chinese. Digits are no name."""
    if not all(sign.isalpha() or sign == " " or unicodedata.category(sign)[0] in "PSM" for sign in value):
        return False
    return len(value) <= (10 if _HAN_ONLY.search(value) else 20)


RULES: dict[str, Rule] = {
    "thing": _thing,
    "number": _number,
    "letter": _matches("[A-Za-z]{1,32}"),
    "symbol": _symbol,
    "character_string": _matches("[!-~]{1,32}"),
    "time": _range_of(_MOMENT),
    "date": _range_of(_DAY_OR_MOMENT),
    "amount": _matches(r"[¥￥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?"),
    "phone_number": _matches(r"[0-9 !-/:-@\[-`{-~]{1,17}"),
    "car_number": _matches(f"[{_HAN}A-Za-z0-9](?:[A-Za-z0-9]{{0,6}}[{_HAN}A-Za-z0-9])?"),
    "name": _name,
    "phrase": _matches(f"[{_HAN}]{{1,5}}"),
    "const": _thing,
    "enum": _thing,
}


def fits(kind: str, value: str, values: Sequence[str] = ()) -> bool:
    """`values`: what an enum or const may be. Empty values and line breaks fit nowhere."""
    if not value.strip() or not _LINE_BREAKS.isdisjoint(value):
        return False
    return RULES[kind](value) and (not values or value in values)
