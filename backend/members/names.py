"""Names of people: which may stand, how they are shown, and the pieces by which staff find them. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from backend import spelling
from backend.errors import FieldError, InvalidInput

LONGEST = 30
_DOT = "·"
_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_DOTS = re.compile(rf"\s*[\u00b7\u30fb\uff65\u2022\u2027\u2219\u22c5]\s*|(?<=[{_HAN}])\s*[.．]\s*(?=[{_HAN}])")
"""What people type for an interpunct: between Chinese characters also a full stop."""

_JOINTS = "[ .'’་-]"
_MEANT = re.compile(rf"[^\W\d_]+(?:[ {_DOT}.'’་-]+[^\W\d_]+)*[.་]?")
"""Letters of any script, in parts that a space, an interpunct, a hyphen, an apostrophe or a Tibetan tsheg joins."""

_PARTS = re.compile(rf"{_DOT}|(?<![{_HAN}]){_JOINTS}+|{_JOINTS}+(?![{_HAN}])")
"""A space between two Chinese characters only sets them apart; elsewhere it begins a part."""


def normal(text: str) -> str:
    """As it is stored: one form for each letter, one for the interpunct. Raises InvalidInput."""
    name = " ".join(_DOTS.sub(_DOT, unicodedata.normalize("NFC", text)).split())
    if not name:
        raise _fault("name_missing", "请填写您的姓名。")
    if len(name) > LONGEST:
        raise _fault("name_too_long", f"姓名最多 {LONGEST} 个字。")
    if not _MEANT.fullmatch(_without_marks(name)):
        raise _fault("name_invalid", "姓名只能用文字，中间可以有「·」、空格或连字符。")
    return name


def _fault(code: str, sentence: str) -> InvalidInput:
    return InvalidInput(code, sentence, [FieldError("name", sentence)])


def _without_marks(name: str) -> str:
    """Some letters exist only as a letter and the signs that follow it."""
    return "".join(each for each in name if not unicodedata.category(each).startswith("M"))


def masked(name: str) -> str:
    """The first character, and no hint of how many follow."""
    return f"{name[:1]}**"


def same(one: str, other: str) -> bool:
    """Whether both are one name, in whichever script and with whichever interpunct."""
    return spelling.fold(one) == spelling.fold(other)


def pieces(name: str) -> set[str]:
    """What of a name can be asked for: its first character, each pair of neighbours, and how it sounds from its start
    or the start of one of its parts on, whole syllables or their initials."""
    written = spelling.fold(name).replace(_DOT, "")
    parts = [part for part in map(spelling.fold, _PARTS.split(name)) if part]
    found = {f"n:{part[0]}" for part in parts} | {f"n:{pair}" for pair in _pairs(written)}
    return found | {f"p:{sound}" for sound in _sounds(parts)}


def asked(query: str) -> list[str]:
    """The pieces that a name must have to be meant by what somebody typed; none for what cannot be asked."""
    written = spelling.fold(query).replace(_DOT, "")
    if not written:
        return []
    if written.isascii():
        sound = re.sub("[^a-z]", "", written)
        return [f"p:{sound}"] if sound else []
    return [f"n:{pair}" for pair in _pairs(written)] or [f"n:{written}"]


def _pairs(written: str) -> Iterator[str]:
    return (one + other for one, other in pairwise(written))


def _sounds(parts: list[str]) -> Iterator[str]:
    spoken = [spelling.syllables(part, as_name=len(parts) == 1) for part in parts]
    for start in range(len(spoken)):
        syllables = [syllable for part in spoken[start:] for syllable in part]
        for length in range(1, len(syllables) + 1):
            yield "".join(syllables[:length])
            if length > 1:
                yield "".join(syllable[:1] for syllable in syllables[:length])
