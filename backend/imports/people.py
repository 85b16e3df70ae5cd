"""A line that names somebody by her telephone number and a place by its code or, where only one is called so, its
name. The number stays in memory: what is kept of it is a digest."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from backend import spelling
from backend.errors import InvalidInput
from backend.members import phones
from backend.permissions import Scope
from backend.places.scopes import within
from backend.sheets.columns import Column, Holds
from backend.sheets.lines import LineFault, Row, fault
from models.places import Place, PlaceLevel

PHONE = Column(
    "phone", "手机", ("手机号", "手机号码", "联系电话", "电话", "电话号码", "联系方式", "mobile"), Holds.DIGITS
)
PLACE = Column(
    "code",
    "编码",
    ("区划编码", "区划代码", "地方编码", "地方", "社区", "所在社区", "区划", "楼栋", "网格", "place"),
    Holds.DIGITS,
)
NAME = Column("name", "姓名", ("名字", "称呼"), needed=False, kept=False)
"""Taken with the sheet, for whoever made it knows people by it, and left out as it is read."""


@dataclass(frozen=True, slots=True)
class Named:
    """`number` is E.164, `written` the place as the sheet has it."""

    number: str = field(repr=False)
    written: str


def read(number: int, row: Row) -> Named | LineFault:
    try:
        phone = phones.normal(row.get("phone", ""))
    except InvalidInput:
        return fault(number, "这不是手机号，请检查；也许这一列被改成了数字，少了几位。")
    written = row.get("code", "").strip()
    return Named(phone, written) if written else fault(number, "没有写是哪个地方。")


@dataclass(frozen=True, slots=True)
class Spot:
    id: int
    code: str
    level: PlaceLevel


class Spots:
    """The places inside a scope, by code and by name. One outside is not there."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        rows = Place.select(Place.id, Place.code, Place.name, Place.level)
        for scope in scopes:
            rows = rows if scope.everywhere else rows.where(within(scope))
        self._by_code: dict[str, Spot] = {}
        names: list[tuple[str, str]] = []
        for row in rows:
            self._by_code[row.code] = Spot(row.id, row.code, row.level)
            names.append((spelling.fold(row.name), row.code))
        often = Counter(name for name, _ in names)
        self._by_name: Mapping[str, str] = {name: code for name, code in names if often[name] == 1}

    def find(self, written: str) -> Spot | None:
        """A name that two places share is none."""
        return self._by_code.get(written) or self._by_code.get(self._by_name.get(spelling.fold(written), ""))


def doubles(which: Mapping[int, Hashable]) -> dict[int, str]:
    """Of lines by their numbers, in order: those that say again what an earlier one said, each with a sentence."""
    first: dict[Hashable, int] = {}
    found: dict[int, str] = {}
    for number, what in which.items():
        earlier = first.setdefault(what, number)
        if earlier != number:
            found[number] = f"和第 {earlier} 行重复。"
    return found
