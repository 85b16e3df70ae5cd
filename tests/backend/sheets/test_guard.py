"""A header of what is never collected is known however it is written, and nothing else is."""

import pytest

from backend.activities import rules as activities
from backend.places import contacts
from backend.places import rules as places
from backend.sheets import columns, guard
from tests.backend.sheets.made import COLUMNS


@pytest.mark.parametrize(
    "header",
    [
        "民族", "所属民族", "少数民族", "民 族", "民\u200b族", "民、族", "民_族", "【民族】", "族别", "民zu", "民 ZU",
        "宗教", "宗教信仰", "信仰", "信教情况", "政治面貌", "政治身份", "是否党员", "黨員", "党派",
        "身份证", "身份证号", "身份證號碼", "身 份 证 号", "公民身份号码", "证件号", "证件号码", "护照号",
        "重点人员", "是否重点人员", "重点关注人员", "租户", "租客姓名", "出租情况", "嫌疑", "嫌疑人", "涉稳",
        "minzu", "MinZu", "min zu", "ｍｉｎｚｕ", "mínzú", "zongjiao", "Zong_Jiao", "shenfenzheng", "shenfenzhenghao",
        "zhengzhimianmao", "zuhu", "sfzh", "SFZ", "mz",
        "Ethnic Group", "ethnicity", "Nationality", "religion", "Religious belief", "ID_Card", "id card no.",
        "IDNumber", "ID No", "Political Status", "party-member", "Key Person", "tenant", "suspicion", "Passport",
        "race",
    ],
)  # fmt: skip
def test_it_is_known_in_any_spelling(header: str) -> None:
    assert guard.is_forbidden(header)


@pytest.mark.parametrize("header", ["居民组", "手机", "姓名", "小区", "备注", "trace", "grace", "区划", "最迟", "主题"])
def test_what_only_looks_like_it_is_not(header: str) -> None:
    assert not guard.is_forbidden(header)


@pytest.mark.parametrize("sheet", [places.SHEET, contacts.COLUMNS, activities.COLUMNS, COLUMNS])
def test_no_column_that_is_asked_for_is_called_so(sheet: columns.Columns) -> None:
    assert [name for name in sheet.names if guard.is_forbidden(name)] == []
