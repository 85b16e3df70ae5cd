"""Two registrations that may be one person's: with all that a merge has to think of, as chance would have it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import HouseError
from backend.heads import actions as heads
from backend.members import numbers
from backend.members.rules import Application, Change
from backend.outbox.actions import Recipient
from backend.permissions import Actor
from backend.rights import actions as rights
from backend.rights import looks
from backend.rights.looks import Viewer
from backend.runtime import Runtime
from models.consents import Purpose, Through
from models.deliveries import Channel, DeliverySource
from models.members import Member
from models.places import PlaceLevel
from models.staff import Role
from tests import people, staff
from tests.outboxes import source
from tests.portraits import Portrait, portrait

LANES = ("99010101", "99010102")
_OPTIONAL = (Purpose.NOTICES, Purpose.INTERESTS, Purpose.SKILLS, Purpose.UNIT, Purpose.CONTACT, Purpose.WARDS)
_ENDS = ("delivered", "accepted", "failed", "pending", "pending")


@dataclass(frozen=True)
class Pair:
    keep: int
    gone: int

    def portraits(self, runtime: Runtime, last_source: int) -> list[Portrait]:
        return [portrait(runtime.cipher, each, last_source) for each in (self.keep, self.gone)]


def street() -> None:
    """Two streets of one district."""
    for code, level in (("99", PlaceLevel.DISTRICT), ("9901", PlaceLevel.STREET), ("9902", PlaceLevel.STREET)):
        staff.place(code, level)


def clerk(runtime: Runtime) -> Actor:
    street()
    return staff.actor(runtime, (Role.CLERK, "9901"))


def simple(runtime: Runtime, account: Account) -> Pair:
    """One name, one place, two numbers."""
    one = people.member(runtime, account, "oOne", people.number(1))
    return Pair(one, people.member(runtime, account, "oOther", people.number(2)))


def by_chance(runtime: Runtime, account: Account, chance: Random) -> Pair:
    for code in LANES:
        staff.place(code, PlaceLevel.LANE, people.home())
    ids = [_somebody(runtime, account, chance, number) for number in range(2)]
    for _ in range(chance.randrange(6)):
        _put(runtime, ids, chance)
    return Pair(*ids)


def last_source() -> int:
    return int(DeliverySource.select().count())


def _somebody(runtime: Runtime, account: Account, chance: Random, number: int) -> int:
    until, openid = clock.now() + timedelta(days=chance.randrange(1, 300)), f"oPair{number}"
    skills = dict.fromkeys(chance.sample(("haircut", "legal", "music"), chance.randrange(3)), until)
    topics = frozenset(chance.sample(("jobs", "school", "health"), chance.randrange(3)))
    told = people.application(
        chance.choice(("陈秀兰", "陈秀兰", "陳秀蘭")), unit=chance.choice(("", "3-501")), skills=skills, topics=topics
    )
    home = people.home(chance.choice(("990101", *LANES)))
    told = Application(told.name, home, told.agreed, told.unit, told.skills, told.topics)
    member_id = people.member(runtime, account, openid, people.number(number), told)
    _live(runtime, account, chance, member_id, openid)
    return member_id


def _live(runtime: Runtime, account: Account, chance: Random, member_id: int, openid: str) -> None:
    people.proved(member_id, chance.randrange(80))
    if chance.random() < 0.3:
        followers_too = people.identity(account, f"{openid}Second")
        people.attach(followers_too, member_id)
    for child in range(chance.randrange(3)):
        runtime.members.add_ward(member_id, "小" + "明红"[child], clock.now().year - 5, 1 + child)
    for look in range(chance.randrange(3)):
        looks.record(runtime.cipher, member_id, Viewer("联络员", "春晓社区", "li.si"), ["phone"], f"上门办事 {look}")
    if chance.random() < 0.4:
        heads.appoint(member_id, chance.choice(LANES))
    for purpose in chance.sample(_OPTIONAL, chance.randrange(3)):
        runtime.members.withdraw(member_id, purpose, Through.CHAT)
    if chance.random() < 0.3:
        rights.correct(runtime.members, member_id, Change(name="陈秀兰"))
    if chance.random() < 0.2:
        numbers.drop(member_id)
    seen = clock.start_of_day(clock.ago(days=chance.randrange(500)))
    Member.update(seen_at=seen, told_at=chance.choice((None, seen))).where(Member.id == member_id).execute()


def _put(runtime: Runtime, ids: list[int], chance: Random) -> None:
    """Something told to one of them or both, and what became of it."""
    whom = chance.choice(([ids[0]], [ids[1]], ids))
    words = [Recipient(each, data=chance.choice((None, {"words": "您的申请"}))) for each in whom]
    source_id = runtime.outbox.put(source(Channel.TEMPLATE), *words)
    for each in whom:
        state = chance.choice(_ENDS)
        if state != "pending":
            people.settle(source_id, each, state)


def merge(runtime: Runtime, pair: Pair) -> int:
    return runtime.reception.merges.merge(clerk(runtime), pair.keep, pair.gone)


def undo(runtime: Runtime, pair: Pair) -> None:
    runtime.reception.merges.undo(clerk(runtime), pair.keep, pair.gone)


def steps() -> list[str]:
    """What she was told about her membership, in order."""
    return [row.step for row in DeliverySource.select().where(DeliverySource.type == "member").order_by("id")]


def refusal(act: Callable[[], object]) -> str:
    """The code of the error with which it is refused."""
    with pytest.raises(HouseError) as refused:
        act()
    return refused.value.code
