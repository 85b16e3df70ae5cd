"""What staff typed into the search, and which reasons are reasons. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

from backend.errors import FieldError, InvalidInput
from backend.members import phones

LONGEST_QUERY = 64
SHORTEST_REASON = 4
_NUMBER = re.compile(r"[#＃]?([0-9]{1,10})")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{9,24}")
_LARGEST = 2**31 - 1
"""What the database takes for a member's number."""


class Kind(Enum):
    ALL = auto()
    NUMBER = auto()  # of a member
    PHONE = auto()
    NAME = auto()  # or how it sounds


@dataclass(frozen=True, slots=True)
class Wanted:
    kind: Kind
    text: str = ""
    number: int = 0


def wanted(typed: str) -> Wanted:
    text = unicodedata.normalize("NFKC", typed[:LONGEST_QUERY]).strip()
    if not text:
        return Wanted(Kind.ALL)
    if found := _NUMBER.fullmatch(text):
        return Wanted(Kind.NUMBER, number=min(int(found[1]), _LARGEST))
    return Wanted(Kind.PHONE if _is_phone(text) else Kind.NAME, text)


def _is_phone(text: str) -> bool:
    """Not the code of a place, which has as many digits: whoever looks for a number leaves a trace, others do not."""
    try:
        return bool(_PHONE.fullmatch(text) and phones.normal(text))
    except InvalidInput:
        return False


def reason_of(text: str) -> str:
    """As she will read it: without what cannot be seen or turns the words around. Raises InvalidInput for what tells
    her nothing."""
    reason = " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())
    told = [each for each in reason if unicodedata.category(each)[0] in "LN"]
    if len(told) < SHORTEST_REASON or len(set(told)) < 2:
        sentence = f"请写明为什么要看，至少 {SHORTEST_REASON} 个字，本人会看到。"
        raise InvalidInput("reason_missing", sentence, [FieldError("reason", sentence)])
    return reason
