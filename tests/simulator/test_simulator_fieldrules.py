"""What a keyword of a template may hold: each type at its limit and just beyond."""

import pytest

from simulator.rules.fieldrules import RULES, fits

GOOD = [
    ("thing", "长" * 20),
    ("thing", "any 字符，😀!"),
    ("thing", "👨‍👩‍👧"),
    ("number", "1" * 32),
    ("number", "0.5"),
    ("number", "1" * 31 + ".1"),
    ("letter", "Ab" * 16),
    ("symbol", "★★!？￥"),
    ("character_string", "A-1_#~" + "9" * 26),
    ("time", "00:00"),
    ("time", "23:59:59"),
    ("time", "2026年6月18日 14:30"),
    ("time", "2026-06-18 14:30:00"),
    ("time", "6月18日 14:30"),
    ("time", "09:00~11:00"),
    ("time", "2026-06-18 14:30~2026-06-18 16:00"),
    ("date", "2026年6月18日"),
    ("date", "2026年6月"),
    ("date", "6月18日"),
    ("date", "2026-6-18"),
    ("date", "2026/06/18"),
    ("date", "2026.06.18"),
    ("date", "2026-06"),
    ("date", "06-18"),
    ("date", "2026年6月18日 14:30"),
    ("date", "2026年6月18日~2026年6月20日"),
    ("amount", "9999999999"),
    ("amount", "¥12.50"),
    ("amount", "￥12"),
    ("amount", "$0.5"),
    ("amount", "120元"),
    ("phone_number", "+86-0991-55501012"),
    ("phone_number", "138****1234"),
    ("car_number", "新A12345"),
    ("car_number", "粤Z1234港"),
    ("car_number", "新AD12345"),
    ("name", "阿依古丽买买提明江"),
    ("name", "买买提·艾力"),
    ("name", "十个汉字的名字也可以"),
    ("name", "A" * 20),
    ("name", "Li Lei"),
    ("phrase", "已受理"),
    ("phrase", "五个字正好"),
    ("phrase", "𠮷"),
    ("const", "长" * 20),
]
BAD = [
    ("thing", "长" * 21),
    ("thing", "😀" * 21),
    ("number", "1" * 33),
    ("number", "1" * 32 + ".1"),
    ("number", "-1"),
    ("number", "1.5.5"),
    ("number", "１２"),
    ("number", "12个"),
    ("letter", "A" * 33),
    ("letter", "A1"),
    ("letter", "字"),
    ("symbol", "★★★★★★"),
    ("symbol", "a"),
    ("symbol", "字"),
    ("character_string", "9" * 33),
    ("character_string", "编号1"),
    ("time", "24:00"),
    ("time", "9:00"),
    ("time", "12:60"),
    ("time", "2026-06-18"),
    ("time", "14:30～15:00"),
    ("time", "14:30~"),
    ("time", "14:30~15:00~16:00"),
    ("time", "下午三点"),
    ("date", "2026年13月1日"),
    ("date", "2026年6月32日"),
    ("date", "2026-6/18"),
    ("date", "14:30"),
    ("date", "今天"),
    ("date", "20260618"),
    ("amount", "12345678901"),
    ("amount", "¥¥1"),
    ("amount", "1,000"),
    ("amount", "元"),
    ("amount", "一百元"),
    ("phone_number", "1" * 18),
    ("phone_number", "电话"),
    ("phone_number", "A1"),
    ("car_number", "新A1234567"),
    ("car_number", "新A1字345"),
    ("car_number", "新A-12345"),
    ("name", "十一个汉字的名字不可以哦"),
    ("name", "Li 雷 and so on"),
    ("name", "A" * 21),
    ("name", "张3"),
    ("phrase", "六个字不可以"),
    ("phrase", "OK"),
    ("phrase", "好！"),
    ("const", "长" * 21),
]


@pytest.mark.parametrize(("kind", "value"), GOOD)
def test_a_value_within_its_rule_fits(kind: str, value: str) -> None:
    assert fits(kind, value)


@pytest.mark.parametrize(("kind", "value"), BAD)
def test_a_value_against_its_rule_does_not_fit(kind: str, value: str) -> None:
    assert not fits(kind, value)


@pytest.mark.parametrize("kind", RULES)
@pytest.mark.parametrize("value", ["", " ", "\u3000", "\n", "一\n二", "一\r二", "12\n", "\u2028"])
def test_nothing_empty_and_no_line_break_fits_anywhere(kind: str, value: str) -> None:
    assert not fits(kind, value)


def test_an_enum_is_one_of_its_values() -> None:
    assert fits("enum", "停水", ["停水", "停电"])
    assert not fits("enum", "停气", ["停水", "停电"])
