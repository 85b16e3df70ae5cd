"""How many live where: communities inside the scope, each with all that lies below it."""

import pytest

from backend.accounts.queries import Account
from backend.errors import Forbidden
from backend.heads import actions as heads
from backend.members import actions as members
from backend.members.rules import Application
from backend.reception import counts
from backend.reception.counts import Counts
from backend.rights import actions as rights
from backend.runtime import Runtime
from backend.storage.kv import MemoryKV
from models.consents import Purpose, Through
from models.places import PlaceLevel
from models.staff import Role
from tests import people, staff
from tests.backend.reception import pairs

HOMES = ("990101", "9901010101", "9901010101", "990102", "99020101")
Told = dict[str, tuple[int, int, int]]


@pytest.fixture
def ids(runtime: Runtime, account: Account) -> list[int]:
    pairs.street()
    for code, level in (("990201", PlaceLevel.COMMUNITY), ("99010101", PlaceLevel.GRID), ("99020101", PlaceLevel.GRID)):
        staff.place(code, level)
    staff.place("9901010101", PlaceLevel.LANE)
    agreed = people.application().agreed
    return [
        people.member(runtime, account, f"o{n}", people.number(n), Application("陈秀兰", people.home(code), agreed))
        for n, code in enumerate(HOMES)
    ]


@pytest.fixture(autouse=True, params=[0, 300])
def _many(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """In a large place another way of counting is taken."""
    monkeypatch.setattr(counts, "_MANY", request.param)


def _told(runtime: Runtime, place: str, role: Role = Role.LEADER) -> Told:
    actor = staff.actor(runtime, (role, place), login=f"x.{role.value}.{place or 'all'}")
    return {each.place_code: (each.members, each.notices, each.heads) for each in Counts(MemoryKV()).by_place(actor)}


def test_each_community_counts_all_who_live_below_it(runtime: Runtime, ids: list[int]) -> None:
    heads.appoint(ids[1], "9901010101")
    heads.appoint(ids[0], "99010101")
    runtime.members.withdraw(ids[1], Purpose.NOTICES, Through.CHAT)
    assert _told(runtime, "") == {"990101": (3, 2, 2), "990102": (1, 1, 0), "990201": (1, 1, 0)}
    people.publish(Purpose.NOTICES)
    assert _told(runtime, "9901") == {"990101": (3, 0, 2), "990102": (1, 0, 0)}


def test_a_scope_below_a_community_counts_its_part(runtime: Runtime, ids: list[int]) -> None:
    assert _told(runtime, "9901010101") == {"9901010101": (2, 2, 0)}
    assert _told(runtime, "99010101") == {"99010101": (2, 2, 0)}
    assert _told(runtime, "990102") == {"990102": (1, 1, 0)}


def test_who_restricted_us_is_gone_or_has_no_place_is_counted_nowhere(runtime: Runtime, ids: list[int]) -> None:
    heads.appoint(ids[1], "9901010101")
    members.restrict(ids[0])
    rights.erase(ids[1])
    members.move(ids[2], None)
    assert _told(runtime, "99") == {"990101": (0, 0, 0), "990102": (1, 1, 0), "990201": (1, 1, 0)}


def test_a_street_is_counted_once_a_minute_and_a_small_place_each_time(
    runtime: Runtime, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    kept = Counts(MemoryKV(lambda: now))
    leader = staff.actor(runtime, (Role.LEADER, "99"), login="lin")

    def first() -> int:
        return kept.by_place(leader)[0].members

    monkeypatch.setattr(counts, "_MANY", 300)
    assert first() == 3
    members.move(ids[0], None)
    assert first() == 2
    monkeypatch.setattr(counts, "_MANY", 0)
    assert first() == 2
    members.move(ids[1], None)
    assert first() == 2
    now = counts.FRESH_SECONDS + 1
    assert first() == 1


def test_it_is_for_who_may_see_members(runtime: Runtime, ids: list[int]) -> None:
    with pytest.raises(Forbidden):
        _told(runtime, "99", Role.EDITOR)
