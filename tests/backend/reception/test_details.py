"""The page of one member: what staff need to serve her, masked, and nothing that describes her."""

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import HouseError
from backend.followers import hearing
from backend.followers.hearing import Heard
from backend.heads import actions as heads
from backend.members import actions as members
from backend.permissions import EVERYWHERE, Action
from backend.reception.details import Detail
from backend.rights import actions as rights
from backend.runtime import Runtime
from models.consents import Purpose, Through
from models.followers import Interaction
from models.members import Member
from models.places import PlaceLevel
from models.staff import Role
from tests import people, staff
from tests.backend.reception import pairs

LANE = "99010101"


@pytest.fixture
def member(runtime: Runtime, account: Account) -> int:
    pairs.street()
    staff.place(LANE, PlaceLevel.LANE, people.home(), "春晓苑1栋")
    soon = clock.now() - (clock.ago(days=30) - clock.now())
    told = people.application(unit="3-501", skills={"haircut": soon}, topics=frozenset({"jobs"}))
    member_id = people.member(runtime, account, told=told)
    runtime.members.add_ward(member_id, "小明", clock.now().year - 5, 1)
    return member_id


def _seen(runtime: Runtime, member_id: int, role: Role = Role.LIAISON, place: str = "9901") -> Detail:
    actor = staff.actor(runtime, (role, place), login=f"x.{role.value}.{place or 'all'}")
    return runtime.reception.details.of(actor, member_id)


def test_it_tells_what_she_agrees_to_where_she_lives_and_what_she_answers_for(runtime: Runtime, member: int) -> None:
    heads.appoint(member, LANE)
    runtime.members.withdraw(member, Purpose.CONTACT, Through.CHAT)
    people.publish(Purpose.NOTICES)
    detail = _seen(runtime, member)
    assert (detail.member.name, detail.member.phone, detail.member.place_name) == ("陈**", "199******01", "春晓社区")
    assert "成为社区成员" in detail.consents
    assert not {"可以打电话给我", "接收社区通知", "新的说明"} & set(detail.consents), "asked again, not agreed yet"
    assert [(term.place_code, term.place_name, term.until) for term in detail.terms] == [(LANE, "春晓苑1栋", None)]
    assert detail.children == 1


def test_it_holds_no_name_number_unit_topic_skill_or_child(runtime: Runtime, member: int) -> None:
    shown = repr(_seen(runtime, member))
    clear = ("秀兰", "9900000", "501", "haircut", "理发", "jobs", "找工作", "小明")
    assert [each for each in clear if each in shown] == []


def test_of_when_she_came_last_it_tells_the_month(runtime: Runtime, account: Account, member: int) -> None:
    Member.update(seen_at=clock.ago(days=90), joined_at=clock.ago(days=400)).execute()
    month = f"{clock.beijing(clock.ago(days=90)):%Y-%m}"
    assert _seen(runtime, member).seen == month
    hearing.record([Heard(account.id, "oPerson", clock.timestamp(), Interaction.MESSAGE)])
    assert _seen(runtime, member).seen == f"{clock.beijing(clock.now()):%Y-%m}"
    Member.update(seen_at=None).execute()
    assert _seen(runtime, member).seen == f"{clock.beijing(clock.now()):%Y-%m}"


def test_children_are_counted_for_who_may_see_contacts_only(runtime: Runtime, member: int) -> None:
    assert _seen(runtime, member, Role.LEADER).children is None
    assert _seen(runtime, member, Role.HANDLER).children == 1


def test_it_says_what_the_actor_can_do_for_her(runtime: Runtime, member: int) -> None:
    every = {Action.SEE_CONTACTS, Action.CONFIRM_NUMBERS, Action.MERGE_MEMBERS, Action.APPOINT_HEADS}
    assert _seen(runtime, member, Role.CLERK).can == every
    assert _seen(runtime, member, Role.LEADER).can == {Action.APPOINT_HEADS}
    assert _seen(runtime, member, Role.HANDLER).can == {Action.SEE_CONTACTS}


def test_outside_the_scope_restricted_or_gone_she_is_not_there(runtime: Runtime, member: int) -> None:
    def refused(place: str = "9901", role: Role = Role.CLERK, who: int = member) -> str:
        with pytest.raises(HouseError) as caught:
            _seen(runtime, who, role, place)
        return caught.value.code

    assert refused("9902") == refused(who=member + 1) == refused(who=-1) == refused(who=10**30) == "no_member"
    assert refused(role=Role.AUDITOR) == "not_permitted"
    members.move(member, None)
    assert refused() == "no_member"
    assert _seen(runtime, member, Role.CLERK, EVERYWHERE).member.place_code == ""
    members.restrict(member)
    assert refused(EVERYWHERE) == "no_member"
    members.release(member)
    rights.erase(member)
    assert refused(EVERYWHERE) == "no_member"
