"""How Chinese names are compared and sounded: one spelling for all the ways in which people type the same name.

Pure. For names of places and, where a person's own name is meant, with the readings that characters have as surnames.
"""

import importlib
import re
import unicodedata
from collections.abc import Callable
from functools import cache

from opencc import OpenCC

INTERPUNCT = "·"
_DOTS = str.maketrans(dict.fromkeys("・•‧∙⋅.", INTERPUNCT))  # NFKC makes two of these of ･ and ．
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUNS = re.compile(f"([{_HAN}]+)|([^\\W_{_HAN}]+)")

# As surnames these are read otherwise than alone.
_READ_AS = """卜 bu, 薄 bo, 查 zha, 种 chong, 重 chong, 都 du, 盖 ge, 句 gou, 黑 he, 解 xie, 阚 kan, 乐 yue, 缪 miao,
牟 mu, 能 nai, 粘 nian, 乜 nie, 区 ou, 朴 piao, 繁 po, 秘 bi, 覃 qin, 仇 qiu, 单 shan, 召 shao, 折 she, 洗 xian, 员 yun,
曾 zeng, 翟 zhai, 祭 zhai, 单于 chan yu, 乐正 yue zheng, 尉迟 yu chi, 万俟 mo qi, 澹台 tan tai, 子车 zi ju"""
_SURNAMES = {name: sounds for name, _, sounds in (each.strip().partition(" ") for each in _READ_AS.split(","))}


def fold(text: str) -> str:
    """What two spellings of one name have in common: width, case, script, white space and kinds of · do not count.

    Only for comparing. Each character is simplified by itself, so that part of a name folds to part of the folded name:
    乾 becomes 干 also in 乾坤.
    """
    apart = "\n".join(_narrow(text))
    return "".join(_simplifier().convert(apart).split()).translate(_DOTS)


def syllables(text: str, *, as_name: bool = False) -> list[str]:
    """Pinyin without tones, ü as v, one for each Chinese character; runs of other letters and digits are one each.

    `as_name`: a person's whole name, so that 单 at its start is shan. One with · in it does not start with a surname.
    """
    return [sound for sound, _ in sounded(text, as_name=as_name)]


def initials(text: str, *, as_name: bool = False) -> str:
    """The first letter of each Chinese character; runs of other letters and digits whole: 春晓苑12栋 is cxy12d."""
    return "".join(letter for _, letter in sounded(text, as_name=as_name))


def sounded(text: str, *, as_name: bool = False) -> list[tuple[str, str]]:
    """Each of the `syllables` with what stands for it among the `initials`, for who needs both."""
    simple = _simplifier().convert(_narrow(text)).translate(_DOTS).strip()
    surname = _surname(simple) if as_name and INTERPUNCT not in simple else ""
    known = [(sound, sound[0]) for sound in _SURNAMES.get(surname, "").split()]
    return (known or _read(surname)) + _read(simple[len(surname) :])


def _read(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for han, other in _RUNS.findall(text):
        found += [(other, other)] if other else [(sound, sound[0]) for sound in _reader()(han, errors=list)]
    return found


def _surname(name: str) -> str:
    """Read apart from what follows: the 柏 of 柏林 is no Berlin."""
    if name[:2] in _SURNAMES:
        return name[:2]
    return name[:1] if re.match(f"[{_HAN}]", name) else ""


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _simplifier() -> OpenCC:
    """One for all threads: converting changes nothing in it."""
    return OpenCC("t2s")


@cache
def _reader() -> Callable[..., list[str]]:
    """pypinyin takes a third of a second and 58 MB. Every process imports this module and few ever sound a name, so it
    is loaded when the first one does."""
    reader: Callable[..., list[str]] = importlib.import_module("pypinyin").lazy_pinyin
    return reader
