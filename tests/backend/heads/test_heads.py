"""A lane head is a member, and neighbours see her number only while she agrees."""

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import Conflict, InvalidInput, NotFound
from backend.heads import actions, queries
from backend.members import actions as members
from backend.members import numbers
from backend.members.queries import Person
from backend.permissions import ALL
from backend.rights import actions as rights
from backend.rights import sections
from backend.runtime import Runtime
from models.consents import Purpose, Through
from models.heads import LaneHead
from models.places import Place, PlaceLevel
from tests import people

LANE = "99010103"


@pytest.fixture
def head(runtime: Runtime, account: Account) -> int:
    """A member who agreed to everything, and a lane of her community."""
    member_id = people.member(runtime, account)
    above = people.home()
    row = {"code": LANE, "name": "春晓社区3栋", "level": PlaceLevel.LANE, "parent": above, "changed_at": clock.now()}
    Place.insert(row).execute()
    return member_id


def _shown(runtime: Runtime, code: str = "990101") -> list[tuple[str, str, str]]:
    return [(each.place_name, each.name, each.phone) for each in queries.to_call(runtime.cipher, code)]


def test_neighbours_see_who_answers_for_a_lane_and_may_be_called(runtime: Runtime, head: int) -> None:
    assert _shown(runtime) == []
    actions.appoint(head, LANE)
    assert _shown(runtime) == [("春晓社区3栋", "陈秀兰", people.NUMBER)]
    assert _shown(runtime, "990102") == []


def test_a_head_who_takes_her_consent_back_is_not_shown_and_stays_head(runtime: Runtime, head: int) -> None:
    actions.appoint(head, LANE)
    runtime.members.withdraw(head, Purpose.HEAD_CALLS, Through.MINIPROGRAM)
    assert _shown(runtime) == []
    assert [term.until for term in queries.terms(head)] == [None]


def test_a_head_who_restricted_us_or_dropped_her_number_is_not_shown(runtime: Runtime, head: int) -> None:
    actions.appoint(head, LANE)
    members.restrict(head)
    assert _shown(runtime) == []
    members.release(head)
    numbers.drop(head)
    assert _shown(runtime) == []


def test_a_term_that_ended_is_not_shown_and_may_begin_again(runtime: Runtime, head: int) -> None:
    actions.appoint(head, LANE)
    with pytest.raises(Conflict):
        actions.appoint(head, LANE)
    actions.dismiss(head, LANE)
    assert _shown(runtime) == []
    with pytest.raises(NotFound):
        actions.dismiss(head, LANE)
    actions.appoint(head, LANE)
    assert len(queries.terms(head)) == 2


@pytest.mark.parametrize("code", ["990101", "nowhere"])
def test_only_lanes_and_grids_have_heads(head: int, code: str) -> None:
    with pytest.raises(InvalidInput, match="楼栋长"):
        actions.appoint(head, code)


def test_nobody_becomes_head_who_is_no_member(head: int) -> None:
    with pytest.raises(NotFound):
        actions.appoint(head + 1, LANE)


def test_that_there_was_a_head_stays_when_she_leaves_and_not_who(runtime: Runtime, head: int) -> None:
    actions.appoint(head, LANE)
    rights.erase(head)
    [term] = LaneHead.select()
    assert (term.member_id, term.until is not None) == (None, True)
    assert _shown(runtime) == []


def test_two_registrations_of_one_head_keep_the_term(runtime: Runtime, account: Account, head: int) -> None:
    other = people.member(runtime, account, "oOther", people.number(2))
    actions.appoint(other, LANE)
    for openid in ("oPerson", "oOther"):
        runtime.members.recognise(people.identity(account, openid), "uSame")
    assert [term.member_id for term in LaneHead.select()] == [head]


def test_her_terms_are_in_the_copy_of_her_data(runtime: Runtime, head: int) -> None:
    actions.appoint(head, LANE)
    found = sections.as_json(sections.collect(runtime.cipher, head))
    assert [row["place"] for row in found["terms"]] == ["春晓社区3栋"]


def test_the_community_of_a_member_is_found_from_where_she_lives(head: int) -> None:
    assert queries.community_of(head) == "990101"
    members.move(head, Place.get(Place.code == LANE).id)
    assert queries.community_of(head) == "990101"
    members.move(head, None)
    assert queries.community_of(head) is None


def test_the_number_of_a_head_is_not_said_by_its_value(runtime: Runtime, head: int) -> None:
    actions.appoint(head, LANE)
    [view] = queries.to_call(runtime.cipher, "990101")
    assert people.NUMBER not in repr(view)
    assert isinstance(runtime.search.by_phone(people.NUMBER, ALL), Person)
