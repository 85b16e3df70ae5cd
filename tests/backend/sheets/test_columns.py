"""Which column a header names: by any of its names, whatever its width, case and spaces."""

import pytest

from backend.sheets import columns
from tests.backend.sheets.made import COLUMNS


@pytest.mark.parametrize(
    "cell",
    [
        "phone",
        "PHONE",
        " Phone ",
        "ｐｈｏｎｅ",
        "手机",
        "手 机",
        "手機",
        "手机号",
        "联系电话",
        "*手机（必填）",
        "手机:",
    ],
)
def test_a_column_is_known_by_each_of_its_names(cell: str) -> None:
    [meant] = COLUMNS.meant([cell])
    assert meant is not None
    assert meant.name == "phone"


def test_the_order_does_not_matter_and_what_may_be_left_out_may() -> None:
    assert columns.faults(["区划编码", "手机号"], COLUMNS) == []
    assert columns.faults(["姓名", "编码", "说明", "手机"], COLUMNS) == []


def test_what_is_missing_strange_or_there_twice_is_said_at_once() -> None:
    said = [fault.message for fault in columns.faults(["手机", "phone", "颜色"], COLUMNS)]
    assert said == [
        "缺少列「code」（编码）。",
        "不认识列「颜色」，请删掉。",
        "列「phone」（手机）出现了不止一次，请只留一列。",
    ]


def test_what_is_never_collected_is_said_alone() -> None:
    [fault] = columns.faults(["颜色", "民族"], COLUMNS)
    assert "「民族」" in fault.message
    assert "不收集" in fault.message
