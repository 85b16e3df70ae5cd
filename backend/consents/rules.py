"""Which consent membership needs, and when one that was given still stands. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from backend.errors import FieldError
from models.consents import Purpose

REQUIRED = frozenset({Purpose.MEMBERSHIP})
"""Everything else is optional, and membership does not ask for it."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """She read this version and agrees."""

    purpose: Purpose
    version: int


@dataclass(frozen=True, slots=True)
class Current:
    """The newest text of a purpose. From version `since` on whoever agreed has agreed to this."""

    purpose: Purpose
    version: int
    since: int


def stands(given: int | None, current: Current) -> bool:
    """Whether a consent to version `given` is one to what is asked today."""
    return given is not None and given >= current.since


def faults(
    agreed: Collection[Agreement], current: Mapping[Purpose, Current], needed: Collection[Purpose]
) -> list[FieldError]:
    """What keeps these agreements from being enough for what she wants us to do with her data."""
    old = [each for each in agreed if each.version != current[each.purpose].version]
    given = {each.purpose for each in agreed}
    found = [FieldError(f"consents.{each.purpose}", "这份说明有了新版本，请重新看一遍再同意。") for each in old]
    found += [FieldError(f"consents.{purpose}", "这一项同意写了两次，请只写一次。") for purpose in _twice(agreed)]
    lacking = sorted(set(needed) - given)
    return found + [FieldError(f"consents.{purpose}", _LACKING[purpose]) for purpose in lacking]


def _twice(agreed: Collection[Agreement]) -> list[Purpose]:
    counted = Counter(each.purpose for each in agreed)
    return [purpose for purpose, times in counted.items() if times > 1]


_LACKING = {
    Purpose.MEMBERSHIP: "要登记，请先同意「成为社区成员」。",
    Purpose.NOTICES: "要收通知，请先同意「接收社区通知」。",
    Purpose.INTERESTS: "要选话题，请先同意「按兴趣收通知」。",
    Purpose.SKILLS: "要填本领，请先同意「愿意帮忙的本领」。",
    Purpose.UNIT: "要填门牌，请先同意「记下门牌」；不想填就留空。",
    Purpose.CONTACT: "请先同意「可以打电话给我」。",
    Purpose.WARDS: "要为孩子登记，请先同意「为孩子登记」。",
    Purpose.HEAD_CALLS: "请先同意「邻居可以打给我」。",
}
