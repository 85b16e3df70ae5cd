"""Unused memberships end after a warning, empty rows go, and followers are recognised as visitors."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.followers import actions as followers
from backend.followers import queries as followed
from backend.members import actions, dormancy, erasing, phrases
from backend.members import queries as members
from backend.outbox.messages import unseal
from backend.rights import actions as rights
from backend.runtime import Runtime
from jobs import members as jobs
from models.consents import Through
from models.deliveries import DeliverySource
from models.followers import FollowState, WechatIdentity
from models.members import Member, MemberState
from models.rights import RightsRequest, Why
from tests import people
from tests.conftest import OFFICIAL
from tests.served import House, house_settings, opened, platform_of_both, prepare
from tests.simulated import Platform

YEARS = timedelta(days=3 * 365 + 1)


@pytest.fixture
def member_id(runtime: Runtime, account: Account) -> int:
    """Somebody who was last seen more than three years ago."""
    made = people.member(runtime, account)
    Member.update(seen_at=clock.now() - YEARS).where(Member.id == made).execute()
    return made


def _told(runtime: Runtime) -> list[str]:
    return [unseal(runtime.cipher, source.message).words for source in DeliverySource.select()]


def test_who_was_not_seen_for_three_years_is_told_once_and_stays_for_now(runtime: Runtime, member_id: int) -> None:
    assert jobs.end_dormant(runtime) == 1
    assert jobs.end_dormant(runtime) == 0
    assert _told(runtime) == [phrases.DORMANT]
    assert members.person(runtime.cipher, member_id) is not None


def test_who_was_told_and_did_not_come_is_a_member_no_more(runtime: Runtime, member_id: int) -> None:
    jobs.end_dormant(runtime)
    Member.update(told_at=clock.now() - dormancy.NOTICE - timedelta(days=1)).execute()
    assert jobs.end_dormant(runtime) == 1
    assert Member.get_by_id(member_id).state is MemberState.ERASED
    assert [(row.member_id, row.why) for row in RightsRequest.select()] == [(None, Why.DORMANT)]


def test_who_came_after_she_was_told_stays(runtime: Runtime, member_id: int) -> None:
    jobs.end_dormant(runtime)
    actions.see(member_id, clock.now())
    assert Member.get_by_id(member_id).told_at is None
    Member.update(told_at=clock.now() - dormancy.NOTICE - timedelta(days=1)).execute()
    assert jobs.end_dormant(runtime) == 0


def test_who_speaks_in_the_conversation_is_no_dormant_member(runtime: Runtime, member_id: int) -> None:
    WechatIdentity.update(last_interaction_at=clock.now()).where(WechatIdentity.member == member_id).execute()
    assert jobs.end_dormant(runtime) == 0
    assert _told(runtime) == []


def test_a_stranger_nobody_saw_for_half_a_year_is_forgotten(runtime: Runtime, account: Account) -> None:
    old, young = people.identity(account, "oOld"), people.identity(account, "oYoung")
    WechatIdentity.update(created_at=clock.now() - timedelta(days=181)).where(WechatIdentity.id == old).execute()
    assert jobs.end_dormant(runtime) == 1
    states = {row.id: row.follow_state for row in WechatIdentity.select()}
    assert states == {old: FollowState.LEFT, young: FollowState.STRANGER}


def test_the_empty_row_of_who_left_goes(runtime: Runtime, member_id: int) -> None:
    assert jobs.sweep_erased(runtime) == 0
    rights.erase(member_id)
    Member.update(joined_at=clock.now() - 2 * erasing.REST).execute()
    assert jobs.sweep_erased(runtime) == 1
    assert Member.select().count() == 0


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with platform_of_both(tmp_path) as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, platform: Platform) -> Iterator[House]:
    with opened(prepare(house_settings(tmp_path, platform))) as running:
        yield running


def test_a_follower_is_recognised_as_the_member_she_is(house: House, platform: Platform) -> None:
    runtime, official = house.runtime, house.runtime.account(OFFICIAL.app_id)
    phone = platform.phone(OFFICIAL.app_id)
    phone.follow()
    followers.follow(official.id, phone.openid, clock.now())
    mini = people.identity(next(each for each in runtime.accounts.all().values() if each.id != official.id), "oMini")
    hers = next(str(each["unionid"]) for each in platform.ask("GET", "state")["people"] if each["id"] == "p1")
    runtime.members.recognise(mini, hers)
    told = people.application()
    member_id = runtime.members.register(mini, told, people.proof(), Through.MINIPROGRAM).member_id
    assert jobs.learn_unionids(runtime) == 1
    known = followed.find(official.id, phone.openid)
    assert known is not None
    assert known.member_id == member_id
    assert jobs.learn_unionids(runtime) == 0, "nobody is asked for twice"


def test_a_platform_that_does_not_answer_is_asked_again_later(house: House, platform: Platform) -> None:
    official = house.runtime.account(OFFICIAL.app_id)
    followers.follow(official.id, platform.phone(OFFICIAL.app_id).openid, clock.now())
    platform.fault("/cgi-bin/user/info/batchget", "http502")
    assert jobs.learn_unionids(house.runtime) == 0
    assert followed.without_unionid(official.id, 10) != {}
