"""The field rules of templates: what fits, what does not, and the sentence that says so."""

import pytest

from backend.errors import FieldError
from backend.wechat import keywords

GOOD = [
    ("thing1", "字" * 20),
    ("thing1", "A 1 。😀"),
    ("number2", "1" * 32),
    ("number2", "12.50"),
    ("letter3", "a" * 32),
    ("symbol4", "！？+-*"),
    ("character_string5", "NO.2026-11/21"),
    ("time6", "15:01"),
    ("time6", "09:05:59"),
    ("time6", "2026年6月1日 15:01"),
    ("time6", "2026-06-01 09:00~2026-06-01 11:00"),
    ("time6", "09:00~11:00"),
    ("date7", "2026年6月1日"),
    ("date7", "2026年6月"),
    ("date7", "6月1日"),
    ("date7", "2026/06/01"),
    ("date7", "2026.06.01 15:30"),
    ("date7", "2026年6月1日~2026年6月3日"),
    ("amount8", "¥12.50"),
    ("amount8", "1234567890元"),
    ("phone_number9", "+86-0716-1234567"),
    ("car_number10", "鄂D12345"),
    ("car_number10", "鄂DF12345"),
    ("name11", "阿依古丽"),
    ("name11", "古" * 10),
    ("name11", "a" * 20),
    ("phrase12", "已受理"),
    ("phrase12", "字" * 5),
]
BAD = [
    ("thing1", "字" * 21, "最多 20 个字"),
    ("thing1", "", "不能为空"),
    ("thing1", "   ", "不能为空"),
    ("thing1", "上\n下", "不能换行"),
    ("number2", "1" * 33, "数字"),
    ("number2", "一", "数字"),
    ("letter3", "a" * 33, "字母"),
    ("letter3", "a1", "字母"),
    ("symbol4", "！！！！！！", "符号"),
    ("symbol4", "a", "符号"),
    ("character_string5", "编号1", "字母"),
    ("character_string5", "x" * 33, "32"),
    ("time6", "24:01", "15:01"),
    ("time6", "下午三点", "15:01"),
    ("time6", "09:00~10:00~11:00", "15:01"),
    ("date7", "2026-13-01", "2026年6月1日"),
    ("date7", "2026-06/01", "2026年6月1日"),
    ("date7", "明天", "2026年6月1日"),
    ("amount8", "12345678901", "10 位"),
    ("amount8", "十元", "10 位"),
    ("phone_number9", "1" * 18, "17 位"),
    ("phone_number9", "电话", "电话号码"),
    ("car_number10", "鄂D1234567", "8 位"),
    ("name11", "古" * 11, "10 个字"),
    ("name11", "a" * 21, "20 个字母"),
    ("name11", "张三1", "数字"),
    ("name11", "a" * 10 + "古", "10 个字"),
    ("phrase12", "字" * 6, "5 个汉字"),
    ("phrase12", "OK", "汉字"),
]


def _template(key: str) -> str:
    return f"内容：{{{{{key}.DATA}}}}"


@pytest.mark.parametrize(("key", "value"), GOOD)
def test_what_fits_has_no_fault(key: str, value: str) -> None:
    assert keywords.check(_template(key), {key: value}) == []


@pytest.mark.parametrize(("key", "value", "words"), BAD)
def test_what_does_not_fit_is_named_with_the_rule(key: str, value: str, words: str) -> None:
    [fault] = keywords.check(_template(key), {key: value})
    assert fault.field == key
    assert words in fault.message


def test_a_key_that_is_missing_and_one_too_many_are_both_told() -> None:
    content = "活动：{{thing1.DATA}}\n时间：{{time2.DATA}}"
    assert keywords.check(content, {"time2": "09:00", "remark": "再见"}) == [
        FieldError("thing1", "不能为空"),
        FieldError("remark", "模板里没有这一项"),
    ]


def test_a_listed_keyword_takes_only_what_is_listed() -> None:
    choices = {"enum1": frozenset({"通过", "未通过"})}
    assert keywords.check(_template("enum1"), {"enum1": "通过"}, choices) == []
    [fault] = keywords.check(_template("enum1"), {"enum1": "待定"}, choices)
    assert fault.message == "只能是：未通过、通过"


def test_the_keys_stand_in_the_templates_order() -> None:
    assert keywords.keys_of("{{time2.DATA}}{{thing1.DATA}}{{time2.DATA}}") == ("time2", "thing1")


@pytest.mark.parametrize(
    ("key", "value", "short"),
    [
        ("thing1", "字" * 20, "字" * 20),
        ("thing1", "字" * 21, "字" * 19 + "…"),
        ("thing1", "😀" * 25, "😀" * 19 + "…"),
        ("thing1", "上\n下", "上 下"),
        ("name2", "古" * 12, "古" * 9 + "…"),
        ("phrase3", "字" * 9, "字" * 9),
    ],
)
def test_a_text_is_cut_where_its_type_allows_it(key: str, value: str, short: str) -> None:
    assert keywords.shorten(key, value) == short
    if short.endswith("…"):
        assert keywords.check(_template(key), {key: short}) == []
