"""What membership knows to choose from, and whose a telephone number is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

from backend.consents.rules import Agreement
from backend.errors import FieldError, InvalidInput
from backend.members import names
from models.consents import Purpose
from models.members import PhoneProof
from models.places import PlaceLevel

SKILLS: Mapping[str, str] = {
    "appliances": "修家电",
    "plumbing": "修水管",
    "carpentry": "木工",
    "haircut": "理发",
    "tutoring": "辅导功课",
    "phones": "教用手机",
    "errands": "跑腿代办",
    "company": "陪老人说话",
    "medical": "懂医护",
    "legal": "懂法律",
    "interpreting": "会翻译",
    "sports": "教运动",
    "music": "教音乐",
    "photography": "摄影",
    "driving": "会开车",
}
"""What somebody can offer to do for neighbours: code → what people read."""

TOPICS: Mapping[str, str] = {
    "utilities": "停水停电",
    "policy": "办事政策",
    "jobs": "找工作",
    "school": "上学入园",
    "health": "看病健康",
    "elders": "老人服务",
    "children": "孩子活动",
    "culture": "文艺活动",
    "sports": "运动健身",
    "volunteering": "志愿服务",
    "traffic": "出行停车",
    "safety": "安全防范",
}
"""What notices can be about: code → what people read. Never who somebody is."""

HOMES = frozenset({PlaceLevel.COMMUNITY, PlaceLevel.GRID, PlaceLevel.LANE})
"""Where somebody can live: a street is too large to say so."""

TRUSTED = timedelta(days=90)
"""The operators keep a number that was given up for about ninety days before somebody else gets it. Whoever proved it
within that time and goes by the same name is the same person."""

LONGEST_SKILL = timedelta(days=366)
LONGEST_UNIT = 40
MOST_WARDS = 10
FOURTEEN = 14


@dataclass(frozen=True, slots=True)
class Proof:
    """A number that is hers, E.164. `vouched`: staff have also seen that she is who registered with it before."""

    number: str
    how: PhoneProof
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class Application:
    """What she tells of herself when she registers: in its stored forms, and not yet checked against the catalogues."""

    name: str
    place_id: int
    agreed: tuple[Agreement, ...]
    unit: str = ""
    skills: Mapping[str, datetime] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """What she corrects; None is left as it is."""

    name: str | None = None
    place_id: int | None = None
    unit: str | None = None
    skills: Mapping[str, datetime] | None = None
    topics: frozenset[str] | None = None

    @property
    def fields(self) -> list[str]:
        return [each for each in self.__slots__ if getattr(self, each) is not None]


class Whose(Enum):
    """A number that a member has is proved by an identity that is none of hers."""

    HERS = auto()  # the same person with another account
    TAKEN = auto()  # perhaps she, perhaps whoever has her number now


def whose(known_as: str, proved_at: datetime | None, says: str, now: datetime, proof: Proof) -> Whose:
    """A code of staff opens the registration that has the number only where they say that it is she: they may see that
    one then, and without it one of them alone could let anybody in."""
    lately = proved_at is not None and now - proved_at < TRUSTED
    known = proof.vouched or (lately and proof.how is PhoneProof.WECHAT)
    hers = names.same(known_as, says) and known
    return Whose.HERS if hers else Whose.TAKEN


def needs(unit: str, skills: Mapping[str, datetime], topics: frozenset[str]) -> set[Purpose]:
    """The purposes that what she tells of herself is for."""
    told = {Purpose.UNIT: bool(unit), Purpose.SKILLS: bool(skills), Purpose.INTERESTS: bool(topics)}
    return {Purpose.MEMBERSHIP} | {purpose for purpose, said in told.items() if said}


def skill_faults(skills: Mapping[str, datetime], now: datetime) -> list[FieldError]:
    unknown = [FieldError("skills", f"没有「{skill}」这一项。") for skill in skills if skill not in SKILLS]
    return unknown + [
        FieldError(f"skills.{skill}", "到期的日子要在今天以后、一年以内。")
        for skill, until in skills.items()
        if not now < until <= now + LONGEST_SKILL
    ]


def topic_faults(topics: frozenset[str]) -> list[FieldError]:
    return [FieldError("topics", f"没有「{topic}」这个话题。") for topic in sorted(topics) if topic not in TOPICS]


def unit_of(text: str) -> str:
    """Raises InvalidInput."""
    unit = " ".join(text.split())
    if len(unit) > LONGEST_UNIT or not unit.isprintable():
        raise InvalidInput("unit_invalid", f"门牌最多 {LONGEST_UNIT} 个字，例如「3 栋 2 单元 501」。")
    return unit


def fourteen_at(year: int, month: int, now: datetime) -> datetime:
    """When a child born in this month is fourteen for certain: at the month's end. Raises InvalidInput when it is
    fourteen already, or not yet born."""
    from_next = datetime(year + FOURTEEN + month // 12, month % 12 + 1, 1, tzinfo=now.tzinfo)
    if (year, month) > (now.year, now.month):
        raise InvalidInput("birth_invalid", "出生年月填得不对，请检查。")
    if from_next <= now:
        raise InvalidInput("ward_too_old", "孩子已经满十四岁了，可以用自己的手机登记。")
    return from_next
