"""What pydantic found wrong with a request, in sentences a person can act on."""

from flask import Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backend.web import problems

_SENTENCES = {
    "missing": "必须填写。",
    "int_parsing": "要写一个整数。",
    "float_parsing": "要写一个数。",
    "finite_number": "要写一个数。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than_equal": "不能大于 {le}。",
    "string_too_long": "最多 {max_length} 个字。",
    "string_too_short": "至少 {min_length} 个字。",
    "json_invalid": "内容不是 JSON。",
}
_OTHER = "填得不对，请检查。"


def answer(error: ValidationError) -> Response:
    faults = [{"field": _field(fault), "message": _sentence(fault)} for fault in error.errors()]
    return problems.problem(422, "invalid_input", "有几项填得不对，请看下面的说明。", faults)


def _field(fault: ErrorDetails) -> str:
    return ".".join(map(str, fault["loc"]))


def _sentence(fault: ErrorDetails) -> str:
    return _SENTENCES.get(fault["type"], _OTHER).format(**fault.get("ctx", {}))
