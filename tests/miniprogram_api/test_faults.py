"""Whatever pydantic can object to is said in Chinese."""

from typing import Any

import pytest
from pydantic_core import _pydantic_core

from miniprogram_api import faults

EVERY: list[Any] = _pydantic_core.list_all_errors()


@pytest.mark.parametrize("error", EVERY, ids=lambda error: str(error["type"]))
def test_every_fault_has_a_sentence_in_chinese(error: Any) -> None:
    fault: Any = {"type": error["type"], "loc": ("a",), "msg": "", "input": 1, "ctx": error["example_context"] or {}}
    if error["type"] == "value_error":
        fault["ctx"] = {"error": ValueError("要写两个字。")}
    said = faults.sentence(fault)
    assert said.endswith("。")
    assert any("一" <= character <= "鿿" for character in said)
    assert "{" not in said


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("bool_parsing", "要写 true 或 false。"),
        ("int_from_float", "要写一个整数。"),
        ("datetime_from_date_parsing", "要写时间，例如 2026-11-22T09:00:00+08:00。"),
        ("date_parsing", "要写日期，例如 2026-11-22。"),
        ("something_new", "填得不对，请检查。"),
    ],
)
def test_a_family_of_faults_shares_its_sentence(kind: str, said: str) -> None:
    assert faults.sentence({"type": kind, "loc": (), "msg": "", "input": None}) == said
