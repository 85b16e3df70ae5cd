"""What a merge of two members will do, field by field, before it is done. Staff read it: nothing in it is in clear."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from backend.consents import queries as consents
from backend.heads import queries as heads
from backend.members import merging, names, queries
from backend.members.queries import Person
from backend.reception.masked import MaskedMember, masked
from models.consents import Purpose
from models.members import Member, Ward


class Fate(StrEnum):
    SAME = "same"  # both say so
    STAYS = "stays"  # as the one who stays says; the other says nothing
    ADDED = "added"  # of the one who goes comes along
    LOST = "lost"  # what the one who goes says is deleted


@dataclass(frozen=True, slots=True)
class Line:
    """One field: as each of them has it, and as it will be."""

    title: str
    keep: str
    gone: str
    then: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Preview:
    """`keep` is the older registration."""

    keep: MaskedMember
    gone: MaskedMember
    lines: list[Line]


def of(keep: Person, gone: Person, with_children: bool) -> Preview:
    return Preview(masked(keep), masked(gone), list(_lines(keep, gone, with_children)))


def _lines(keep: Person, gone: Person, with_children: bool) -> Iterator[Line]:
    yield _one("姓名", names.masked(keep.name), names.masked(gone.name), same=True)  # else there is no merge
    yield _number(keep, gone)
    yield _one("所在地", keep.place_name, gone.place_name, same=keep.place_code == gone.place_code)
    yield _one("门牌", _said(keep.unit), _said(gone.unit), same=keep.unit == gone.unit)
    yield _sum("微信", len(queries.identities(keep.id)), len(queries.identities(gone.id)), "个")
    yield _consents(keep.id, gone.id)
    yield _terms(keep.id, gone.id)
    if with_children:
        yield _sum("登记的孩子", _children(keep.id), _children(gone.id), "个")


def _number(keep: Person, gone: Person) -> Line:
    """The one that was proved last."""
    mine, other = masked(keep).phone, masked(gone).phone
    comes = merging.brings_number(Member.get_by_id(keep.id), Member.get_by_id(gone.id))
    fate = Fate.LOST if keep.phone and gone.phone else Fate.ADDED if comes else _fate(not keep.phone, False)
    return _line("手机号", (mine, other, other if comes else mine), fate)


def _one(title: str, keep: str, gone: str, same: bool) -> Line:
    return _line(title, (keep, gone, keep), _fate(same, bool(gone)))


def _line(title: str, told: tuple[str, str, str], fate: Fate) -> Line:
    keep, gone, then = (each or "没有" for each in told)
    return Line(title, keep, gone, then, fate)


def _fate(same: bool, lost: bool) -> Fate:
    return Fate.SAME if same else Fate.LOST if lost else Fate.STAYS


def _said(text: str) -> str:
    return "填了" if text else ""


def _sum(title: str, keep: int, gone: int, unit: str) -> Line:
    told = (f"{keep} {unit}", f"{gone} {unit}", f"{keep + gone} {unit}")
    return _line(title, told, Fate.ADDED if gone else Fate.STAYS if keep else Fate.SAME)


def _children(member_id: int) -> int:
    return int(Ward.select().where(Ward.guardian == member_id).count())


def _terms(keep: int, gone: int) -> Line:
    one, other = ("、".join(_offices(who)) for who in (keep, gone))
    told = (one, other, "、".join(_offices(keep) + _offices(gone)))
    return _line("楼栋长、巷长", told, Fate.ADDED if other else Fate.STAYS)


def _offices(member_id: int) -> list[str]:
    return [term.place_name for term in heads.terms(member_id) if term.until is None]


def _consents(keep: int, gone: int) -> Line:
    """On each purpose the last word of the two counts."""
    given, other = set(consents.given(keep)), set(consents.given(gone))
    refused = {purpose for purpose, (_, said, _) in consents.last_words(keep, gone).items() if not said}
    then = (given | other) - refused
    fate = Fate.LOST if given - then or other - then else Fate.ADDED if then - given else Fate.SAME
    return _line("同意", (_titles(given), _titles(other), _titles(then)), fate)


def _titles(purposes: set[Purpose]) -> str:
    return "、".join(each.title for each in consents.texts() if each.purpose in purposes)
