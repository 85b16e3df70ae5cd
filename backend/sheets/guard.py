"""Headers of what is never collected, however they are written (DESIGN §6). Pure.

What is not stored cannot be misused: a sheet that brings such a column is refused whole.
"""

import unicodedata

from backend import spelling

_WRITTEN = (
    "民族", "族别", "族群", "族裔", "族属", "种族",
    "宗教", "信仰", "信教", "教派", "教徒",
    "政治", "党员", "党派", "入党", "团员",
    "身份证", "身份号", "公民身份", "居民身份", "证件", "护照",
    "重点人", "重点关注", "关注人员", "管控", "稳控", "维稳", "涉稳", "前科", "刑满", "吸毒", "上访",
    "租户", "租客", "租住", "租赁", "承租", "出租", "房客",
    "嫌疑", "嫌犯", "可疑",
)  # fmt: skip
_SPELLED = (
    "ethnic", "nationalit", "religi", "faith", "belief", "politic", "partymember",
    "idcard", "idnumber", "identit", "passport", "keyperson", "suspic", "suspect", "tenant", "lodger",
    "minzu", "zubie", "zongjiao", "xinyang", "zhengzhi", "dangyuan", "shenfen", "zhengjian", "huzhao",
    "zhongdianren", "zuhu", "zuke", "xianyi",
)  # fmt: skip
"""In English and in pinyin."""

_WHOLE = frozenset({"race", "idno", "idnum", "mz", "sfz", "sfzh", "sfzhm", "zjh", "zjhm", "zzmm"})
"""Too short to be looked for within another word."""


def is_forbidden(header: str) -> bool:
    plain = _plain(header)
    letters = plain if plain.isascii() or not _is_mixed(plain) else "".join(spelling.syllables(plain))
    return plain in _WHOLE or any(word in plain for word in _WRITTEN) or any(word in letters for word in _SPELLED)


def _plain(header: str) -> str:
    """Letters and digits only: no width, case, script, tones, spaces or signs between."""
    apart = unicodedata.normalize("NFKD", spelling.fold(header))
    return "".join(each for each in apart if each.isalnum())


def _is_mixed(plain: str) -> bool:
    """As 民zu. What is all Chinese is not sounded: 居民组 sounds of it, and is something else."""
    return any(each.isascii() and each.isalpha() for each in plain)
