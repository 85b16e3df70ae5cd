"""What a template's keywords take: one table of types, each with its rule and the sentence for whoever filled it in.

Pure. The type is the key without its number: thing1, time2. Characters are Unicode code points (protocol sheet §4.3).
https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend.errors import FieldError

ELLIPSIS = "…"
_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
_DATES = (
    r"\d{4}年(0?[1-9]|1[0-2])月(0?[1-9]|[12]\d|3[01])日",
    r"\d{4}年(0?[1-9]|1[0-2])月",
    r"(0?[1-9]|1[0-2])月(0?[1-9]|[12]\d|3[01])日",
    r"\d{4}(?P<s>[-/.])(0?[1-9]|1[0-2])(?P=s)(0?[1-9]|[12]\d|3[01])",
)
_PLACEHOLDER = re.compile(r"\{\{(\w+)\.DATA\}\}")
_KEY = re.compile(r"([a-z_]+)(\d+)")
_BREAKS = ("\n", "\r", "\u2028", "\u2029")


@dataclass(frozen=True)
class Rule:
    """`longest` where a text may be cut to fit; `words` is the sentence, to be read after the field's name."""

    fits: Callable[[str], bool]
    words: str
    longest: int | None = None


def _up_to(longest: int) -> Callable[[str], bool]:
    return lambda value: len(value) <= longest


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _is_date(value: str) -> bool:
    """A date, with or without a time."""
    return any(re.fullmatch(rf"{date}( ?{_CLOCK})?", value) for date in _DATES)


def _is_time(value: str) -> bool:
    """A time, with or without a date."""
    return re.fullmatch(_CLOCK, value) is not None or any(re.fullmatch(rf"{date} ?{_CLOCK}", value) for date in _DATES)


def _one_or_two(is_one: Callable[[str], bool]) -> Callable[[str], bool]:
    """A moment, or two of them joined with ~."""
    return lambda value: len(parts := re.split(r" ?~ ?", value)) <= 2 and all(is_one(part) for part in parts)


def _is_end_of_range(value: str) -> bool:
    return _is_time(value) or _is_date(value)


def _is_name(value: str) -> bool:
    chinese = any("\u4e00" <= character <= "\u9fff" for character in value)
    return len(value) <= (10 if chinese else 20) and not any(character.isdigit() for character in value)


RULES: dict[str, Rule] = {
    "thing": Rule(_up_to(20), "最多 20 个字", 20),
    "number": Rule(_matches(r"-?(?=[\d.]{1,33}$)\d{1,32}(\.\d+)?"), "只能是数字，最多 32 位，可带小数"),
    "letter": Rule(_matches(r"[A-Za-z]{1,32}"), "只能是英文字母，最多 32 个"),
    "symbol": Rule(_matches(r"[^\w\s]{1,5}"), "只能是符号，最多 5 个"),
    "character_string": Rule(_matches(r"[\x21-\x7e]{1,32}"), "只能是数字、字母和符号，最多 32 个"),
    "time": Rule(_one_or_two(_is_end_of_range), "要写成 15:01 或 2026年6月1日 15:01，时间段用 ~ 连接"),
    "date": Rule(_one_or_two(_is_date), "要写成 2026年6月1日 或 2026-06-01，可带时间，时间段用 ~ 连接"),
    "amount": Rule(_matches(r"[¥￥$€£]?\d{1,10}(\.\d+)?元?"), "要写成 ¥12.50 或 12.50元，最多 10 位数字"),
    "phone_number": Rule(_matches(r"[\d+()（）\-— ]{1,17}"), "只能是电话号码，最多 17 位"),
    "car_number": Rule(_matches(r"[\u4e00-\u9fffA-Z0-9][A-Z0-9]{0,6}[\u4e00-\u9fffA-Z0-9]"), "要写成车牌号，最多 8 位"),
    "name": Rule(_is_name, "中文最多 10 个字，英文最多 20 个字母，不能有数字", 10),
    "phrase": Rule(_matches(r"[\u4e00-\u9fff]{1,5}"), "最多 5 个汉字"),
}
"""`enum` and `const` have the values their template lists: see `check`."""


def keys_of(content: str) -> tuple[str, ...]:
    """The keys a template's text asks for, in its order."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(content)))


def check(
    content: str, data: Mapping[str, str], choices: Mapping[str, frozenset[str]] | None = None
) -> list[FieldError]:
    """What is wrong with `data` for this template, key by key; nothing: it can be sent.

    `choices` holds, by key, the values of the keywords that take only listed ones.
    """
    keys, choices = keys_of(content), choices or {}
    unknown = [FieldError(key, "模板里没有这一项") for key in data if key not in keys]
    found = [FieldError(key, words) for key in keys if (words := _fault(key, data.get(key, ""), choices.get(key)))]
    return [*found, *unknown]


def shorten(key: str, value: str) -> str:
    """Cut with … where the type allows it; line breaks become spaces. Other values stay as they are."""
    flat = " ".join(value.split()) if any(each in value for each in _BREAKS) else value
    rule = RULES.get(_type(key))
    if rule is None or rule.longest is None or rule.fits(flat):
        return flat
    return flat[: rule.longest - 1] + ELLIPSIS


def _fault(key: str, value: str, listed: frozenset[str] | None) -> str:
    if not value.strip():
        return "不能为空"
    if any(each in value for each in _BREAKS):
        return "不能换行"
    if listed is not None:
        return "" if value in listed else f"只能是：{'、'.join(sorted(listed))}"
    rule = RULES.get(_type(key))
    return "" if rule is None or rule.fits(value) else rule.words


def _type(key: str) -> str:
    match = _KEY.fullmatch(key)
    return match[1] if match else key
