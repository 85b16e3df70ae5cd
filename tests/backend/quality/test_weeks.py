"""Each community is counted every night, and its weeks make a line of two years at most."""

from datetime import timedelta

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import Forbidden
from backend.heads import actions as heads
from backend.members import actions as members
from backend.members import numbers
from backend.members.rules import Application
from backend.permissions import Actor
from backend.quality import doubles, weeks
from backend.quality.weeks import Standing
from backend.runtime import Runtime
from jobs import timetable
from models.followers import WechatIdentity
from models.places import PlaceLevel
from models.quality import QualityWeek
from models.staff import Role
from tests import people, staff
from tests.backend.reception import pairs

LANES = ("9901010101", "9901010102")


@pytest.fixture
def ids(runtime: Runtime, account: Account) -> list[int]:
    pairs.street()
    for code in LANES:
        staff.place(code, PlaceLevel.LANE)
    agreed = people.application().agreed
    return [
        people.member(runtime, account, f"o{n}", people.number(n), Application("陈秀兰", people.home(code), agreed))
        for n, code in enumerate(("990101", LANES[0], LANES[0], "990102"))
    ]


def _leader(runtime: Runtime, place: str = "9901") -> Actor:
    return staff.actor(runtime, (Role.LEADER, place), login=f"l.{place or 'all'}")


def _standing(runtime: Runtime, place: str = "9901") -> dict[str, Standing]:
    return {each.code: each for each in weeks.standing(_leader(runtime, place))}


def test_a_community_is_counted_with_what_is_missing_in_it(runtime: Runtime, ids: list[int]) -> None:
    heads.appoint(ids[0], LANES[0])
    numbers.drop(ids[1])
    WechatIdentity.update(refused=43004, refused_at=clock.now()).where(WechatIdentity.member == ids[2]).execute()
    doubles.find(runtime.cipher)
    assert weeks.take() == 2
    assert _standing(runtime)["990101"].now == {
        "members": 3,
        "notices": 3,
        "heads": 1,
        "lanes": 2,
        "headless": 1,
        "doubles": 1,
        "numberless": 1,
        "unreachable": 1,
    }
    assert _standing(runtime)["990102"].now["members"] == 1


def test_who_has_no_place_is_counted_for_who_sees_everywhere(runtime: Runtime, ids: list[int]) -> None:
    assert weeks.without_place(_leader(runtime, "")) is None, "nobody has counted yet"
    members.move(ids[0], None)
    weeks.take()
    assert weeks.without_place(_leader(runtime, "")) == 1
    assert weeks.without_place(_leader(runtime)) is None


def test_counted_twice_it_is_one_week_as_it_stands_now(runtime: Runtime, ids: list[int]) -> None:
    job = timetable.job("quality")
    assert job.run(runtime) == 2
    members.restrict(ids[3])
    assert job.run(runtime) == 2
    assert QualityWeek.select().count() == 3
    assert _standing(runtime)["990102"].now["members"] == 0


def test_the_line_is_of_half_a_year_and_what_is_older_than_two_years_goes(runtime: Runtime, ids: list[int]) -> None:
    monday = clock.beijing(clock.now()).date()
    monday -= timedelta(days=monday.weekday())
    for ago, number in ((1, 20), (2, 10), (30, 5), (104, 3), (105, 2)):
        QualityWeek.create(code="990101", week=(monday - timedelta(weeks=ago)).isoformat(), members=number)
    weeks.take()
    assert _standing(runtime)["990101"].line == [10, 20, 3]
    assert {row.members for row in QualityWeek.select().where(QualityWeek.code == "990101")} == {3, 5, 10, 20}


def test_nobody_sees_communities_outside_her_scope(runtime: Runtime, ids: list[int]) -> None:
    people.home("990201")
    weeks.take()
    assert set(_standing(runtime)) == {"990101", "990102"}
    assert set(_standing(runtime, "990102")) == {"990102"}
    assert set(_standing(runtime, "9902")) == {"990201"}
    with pytest.raises(Forbidden):
        weeks.standing(staff.actor(runtime, (Role.AUDITOR, ""), login="auditor"))
