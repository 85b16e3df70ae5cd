"""What she corrects is changed, what she leaves out stays, and a refusal changes nothing."""

from datetime import timedelta

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import InvalidInput
from backend.members import actions, numbers, queries
from backend.members.queries import Person
from backend.members.rules import Change
from backend.rights import actions as rights
from backend.runtime import Runtime
from models.members import Member, Ward
from tests import people


def _person(runtime: Runtime, member_id: int) -> Person:
    found = queries.person(runtime.cipher, member_id)
    assert found is not None
    return found


def test_only_what_she_names_changes(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account, told=people.application(unit="3-501", topics=frozenset({"jobs"})))
    before = _person(runtime, member_id)
    runtime.members.change(member_id, Change(place_id=people.home("990202")))
    after = _person(runtime, member_id)
    assert (after.place_code, after.name, after.unit) == ("990202", before.name, "3-501")
    assert queries.topics(member_id) == ["jobs"]
    assert before.changed_at is not None
    assert after.changed_at is not None
    assert after.changed_at > before.changed_at


def test_what_she_empties_is_gone(runtime: Runtime, account: Account) -> None:
    soon = clock.now() + timedelta(days=9)
    told = people.application(unit="3-501", skills={"legal": soon}, topics=frozenset({"jobs"}))
    member_id = people.member(runtime, account, told=told)
    runtime.members.change(member_id, Change(unit="", skills={}, topics=frozenset()))
    assert Member.get_by_id(member_id).unit is None
    assert (queries.skills(member_id), queries.topics(member_id)) == ([], [])


@pytest.mark.parametrize(
    "change", [Change(name="王小明", topics=frozenset({"gossip"})), Change(unit="5", skills={"magic": clock.now()})]
)
def test_a_change_that_is_refused_changes_nothing(runtime: Runtime, account: Account, change: Change) -> None:
    member_id = people.member(runtime, account)
    before, rows = _person(runtime, member_id), people.row_counts()
    with pytest.raises(InvalidInput):
        runtime.members.change(member_id, change)
    assert (_person(runtime, member_id), people.row_counts()) == (before, rows)


def test_she_moves_and_may_stop_saying_where_she_lives(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    actions.move(member_id, people.home("990202"))
    assert _person(runtime, member_id).place_code == "990202"
    actions.move(member_id, None)
    assert _person(runtime, member_id).place_code == ""


def test_her_wards_are_hers_to_remove_and_nobody_elses(runtime: Runtime, account: Account) -> None:
    member_id, other = people.member(runtime, account), people.member(runtime, account, "oOther", people.number(2))
    ward_id = runtime.members.add_ward(member_id, "小明", clock.now().year - 5, 1)
    assert "小明" not in repr(list(Ward.select().tuples()))
    assert not actions.remove_ward(other, ward_id)
    assert actions.remove_ward(member_id, ward_id)
    assert not actions.remove_ward(member_id, ward_id)


def test_a_child_of_fourteen_is_no_ward(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    with pytest.raises(InvalidInput) as caught:
        runtime.members.add_ward(member_id, "小明", clock.now().year - 15, 1)
    assert caught.value.code == "ward_too_old"
    assert Ward.select().count() == 0


def test_being_here_is_written_once_a_day(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    Member.update(told_at=clock.now()).execute()
    tomorrow = clock.now() + timedelta(days=1)
    actions.see(member_id, clock.now())
    assert Member.get_by_id(member_id).told_at is not None, "of today it is known"
    actions.see(member_id, tomorrow)
    row = Member.get_by_id(member_id)
    assert (row.seen_at, row.told_at) == (clock.start_of_day(tomorrow), None)


def test_the_row_of_who_is_gone_stays_empty(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    rights.erase(member_id)
    [before] = list(Member.select().tuples())
    actions.see(member_id, clock.now() + timedelta(days=1))
    actions.move(member_id, people.home())
    actions.restrict(member_id)
    numbers.drop(member_id)
    assert list(Member.select().tuples()) == [before]
