"""What pydantic found wrong with a request, in sentences a person can act on."""

from flask import Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backend.web import problems

_SENTENCES = {
    "missing": "必须填写。",
    "extra_forbidden": "没有这一项，请去掉。",
    "finite_number": "要写一个数。",
    "greater_than": "要大于 {gt}。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than": "要小于 {lt}。",
    "less_than_equal": "不能大于 {le}。",
    "multiple_of": "要是 {multiple_of} 的倍数。",
    "string_too_long": "最多 {max_length} 个字。",
    "string_too_short": "至少 {min_length} 个字。",
    "string_pattern_mismatch": "写法不对，请检查。",
    "string_unicode": "有不能保存的字符，请删掉后再试。",
    "too_long": "最多 {max_length} 项。",
    "too_short": "至少 {min_length} 项。",
    "enum": "只能是 {expected}。",
    "literal_error": "只能是 {expected}。",
    "date_past": "要是过去的日期。",
    "date_future": "要是将来的日期。",
    "datetime_past": "要是过去的时间。",
    "datetime_future": "要是将来的时间。",
    "timezone_aware": "时间要带时区，例如 2026-11-22T09:00:00+08:00。",
    "timezone_naive": "时间不要带时区。",
    "json_invalid": "内容不是 JSON。",
    "value_error": "{error}",  # our own validators raise ValueError with a sentence
}
_FAMILIES = {
    "int": "要写一个整数。",
    "float": "要写一个数。",
    "decimal": "要写一个数。",
    "bool": "要写 true 或 false。",
    "string": "要写文字。",
    "bytes": "要写文字。",
    "list": "要写一个列表。",
    "tuple": "要写一个列表。",
    "set": "要写一个列表。",
    "dict": "要写一个 JSON 对象。",
    "model": "要写一个 JSON 对象。",
    "date": "要写日期，例如 2026-11-22。",
    "datetime": "要写时间，例如 2026-11-22T09:00:00+08:00。",
    "time": "要写几点几分，例如 09:00。",
    "uuid": "要写一个 UUID。",
    "url": "要写一个网址。",
}
"""By the first word of the kind of error, for whatever has no sentence of its own."""

_OTHER = "填得不对，请检查。"


def answer(error: ValidationError) -> Response:
    faults = [{"field": _field(fault), "message": sentence(fault)} for fault in error.errors()]
    return problems.problem(422, "invalid_input", "有几项填得不对，请看下面的说明。", faults)


def sentence(fault: ErrorDetails) -> str:
    kind = fault["type"]
    found = _SENTENCES.get(kind) or _FAMILIES.get(kind.partition("_")[0], _OTHER)
    return found.format(**fault.get("ctx", {})).replace(" or ", " 或 ")


def _field(fault: ErrorDetails) -> str:
    return ".".join(map(str, fault["loc"]))
