"""A merge is taken back within a week: each is as she was, but for what has happened since."""

from random import Random

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.consents import queries as consented
from backend.errors import Conflict, Forbidden, NotFound
from backend.followers import actions as followers
from backend.members import actions as members
from backend.members import queries
from backend.members.rules import Change
from backend.permissions import ALL
from backend.rights import actions as rights
from backend.rights.actions import leave
from backend.runtime import Runtime
from backend.sessions import queries as sessions
from models.audit import AuditEntry
from models.consents import Purpose, Through
from models.deliveries import DeliverySource
from models.followers import WechatIdentity
from models.merges import MemberMerge
from models.staff import Role
from tests import people, staff
from tests.backend.reception import pairs
from tests.backend.reception.pairs import Pair, clerk, merge, refusal, steps, undo
from tests.marks import MARK, traces
from tests.outboxes import check_truth
from tests.threads import at_once

YEARS_AGO = 5


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    pairs.street()


@pytest.fixture
def pair(runtime: Runtime, account: Account) -> Pair:
    return pairs.simple(runtime, account)


@pytest.mark.parametrize("seed", range(24))
def test_merged_and_undone_each_is_as_she_was(runtime: Runtime, account: Account, seed: int) -> None:
    pair = pairs.by_chance(runtime, account, Random(seed))
    last = pairs.last_source()
    before = pair.portraits(runtime, last)
    merge(runtime, pair)
    assert pair.portraits(runtime, last) != before
    people.swept()
    undo(runtime, pair)
    for now, then in zip(pair.portraits(runtime, last), before, strict=True):
        assert {table: now[table] for table in then if now[table] != then[table]} == {
            table: then[table] for table in then if now[table] != then[table]
        }
    assert MemberMerge.select().count() == 0
    for row in DeliverySource.select():
        check_truth(row.id)


def test_undone_each_is_found_again_by_name_and_number_and_told(runtime: Runtime, pair: Pair) -> None:
    merge(runtime, pair)
    undo(runtime, pair)
    for number, member_id in ((1, pair.keep), (2, pair.gone)):
        found = runtime.search.by_phone(people.number(number), ALL)
        assert found is not None
        assert found.id == member_id
    assert [each.id for each in runtime.search.by_name("陈秀兰", ALL)] == [pair.gone, pair.keep]
    assert steps() == ["merged_by_staff", "parted", "parted"]
    facts = [row.facts for row in AuditEntry.select().where(AuditEntry.action == "merge_members")]
    assert ['"step":"undone"' in each for each in facts] == [False, True]


def test_merged_undone_merged_and_undone_they_are_still_two(runtime: Runtime, pair: Pair) -> None:
    for _ in range(2):
        merge(runtime, pair)
        undo(runtime, pair)
    assert len(runtime.search.by_name("陈秀兰", ALL)) == 2
    assert steps().count("merged_by_staff") == 2


def test_after_a_week_it_cannot_be_undone_and_the_empty_row_goes(runtime: Runtime, pair: Pair) -> None:
    merge(runtime, pair)
    assert people.swept() == 0, "her number stays hers"
    MemberMerge.update(merged_at=clock.ago(days=7, seconds=1)).execute()
    assert refusal(lambda: undo(runtime, pair)) == "too_late"
    assert runtime.reception.merges.undoable(clerk(runtime), pair.keep) is None
    MemberMerge.delete().execute()  # as retention does
    assert people.swept() == 1


def test_it_is_undone_once(runtime: Runtime, pair: Pair) -> None:
    merge(runtime, pair)
    undo(runtime, pair)
    assert refusal(lambda: undo(runtime, pair)) == "too_late"


def test_undone_by_two_at_once_it_is_undone_once(runtime: Runtime, pair: Pair) -> None:
    merge(runtime, pair)
    actor = clerk(runtime)

    def undo() -> bool:
        try:
            runtime.reception.merges.undo(actor, pair.keep, pair.gone)
            return True
        except NotFound:
            return False

    assert sorted(at_once(*[undo] * 4)) == [False] * 3 + [True]


def test_only_the_last_merge_can_be_undone(runtime: Runtime, account: Account, pair: Pair) -> None:
    merge(runtime, pair)
    third = people.member(runtime, account, "oThird", people.number(3))
    merge(runtime, Pair(pair.keep, third))
    assert refusal(lambda: undo(runtime, pair)) == "too_late"
    undo(runtime, Pair(pair.keep, third))
    assert len(people.identities_of(pair.keep)) == 2


@pytest.mark.parametrize("place", ["9902", "990102"])
def test_it_is_undone_by_who_may_merge_there_only(runtime: Runtime, pair: Pair, place: str) -> None:
    merge(runtime, pair)
    people.home("990102")
    other = staff.actor(runtime, (Role.CLERK, place), login="wang.wu")
    with pytest.raises(NotFound):
        runtime.reception.merges.undo(other, pair.keep, pair.gone)
    with pytest.raises(NotFound):
        runtime.reception.merges.undoable(other, pair.keep)
    assert runtime.reception.merges.undoable(clerk(runtime), pair.keep) is not None


def test_whoever_may_not_merge_where_the_other_lived_cannot_undo(runtime: Runtime, pair: Pair) -> None:
    members.move(pair.gone, people.home("990202"))
    everywhere = staff.actor(runtime, (Role.CLERK, "99"), login="everywhere")
    runtime.reception.merges.merge(everywhere, pair.keep, pair.gone)
    with pytest.raises(Forbidden):
        undo(runtime, pair)
    runtime.reception.merges.undo(everywhere, pair.keep, pair.gone)


def test_who_left_since_takes_the_snapshot_with_her(runtime: Runtime, account: Account) -> None:
    told = people.application(f"{MARK}", unit=f"{MARK} 3")
    pair = Pair(
        people.member(runtime, account, "oOne", people.number(1), told),
        people.member(runtime, account, "oOther", people.number(2), told),
    )
    merge(runtime, pair)
    assert "member_merge.snapshot" in traces(runtime)
    rights.erase(pair.keep)
    assert traces(runtime) == []
    assert refusal(lambda: undo(runtime, pair)) == "no_member"
    assert people.swept() == 2


@pytest.mark.parametrize("openid", ["oOne", "oOther"])
def test_with_the_wechat_of_one_gone_they_stay_one(runtime: Runtime, account: Account, pair: Pair, openid: str) -> None:
    merge(runtime, pair)
    followers.follow(account.id, openid, clock.ago(minutes=1))
    leave(account.id, openid, clock.now())
    assert refusal(lambda: undo(runtime, pair)) == "one_left"
    assert len(people.identities_of(pair.keep)) == 1


@pytest.mark.parametrize("number", [1, 2])
def test_a_number_that_somebody_else_proved_since_is_not_given_back(
    runtime: Runtime, account: Account, pair: Pair, number: int
) -> None:
    merge(runtime, pair)
    stranger = people.identity(account, "oStranger")
    told, proof = people.application("王小明"), people.proof(people.number(number))
    runtime.members.register(stranger, told, proof, Through.MINIPROGRAM, new_number=True)
    assert refusal(lambda: undo(runtime, pair)) == "number_taken"
    assert len(people.identities_of(pair.keep)) == 2


def test_whom_wechat_knows_as_one_person_stays_one(runtime: Runtime, pair: Pair) -> None:
    merge(runtime, pair)
    WechatIdentity.update(unionid="uSame").execute()
    assert refusal(lambda: undo(runtime, pair)) == "one_person"


def test_a_child_that_came_since_has_to_be_taken_off_first(runtime: Runtime, pair: Pair) -> None:
    merge(runtime, pair)
    child = runtime.members.add_ward(pair.keep, "小明", clock.now().year - YEARS_AGO, 1)
    with pytest.raises(Conflict, match="孩子"):
        undo(runtime, pair)
    members.remove_ward(pair.keep, child)
    undo(runtime, pair)


def test_a_wechat_that_came_since_is_whose_it_is_known_to_be_else_nobodys(
    runtime: Runtime, account: Account, pair: Pair
) -> None:
    hers, unknown = people.identity(account, "oHers"), people.follower(account, "oUnknown")
    merge(runtime, pair)
    WechatIdentity.update(unionid="uOther").where(WechatIdentity.openid.in_(("oOther", "oHers"))).execute()
    for each in (hers, unknown):
        people.attach(each, pair.keep)
    token = people.signed_in(unknown)
    undo(runtime, pair)
    assert people.member_of(hers) == pair.gone
    assert people.member_of(unknown) is None
    assert sessions.visitor(token) is None
    assert people.identities_of(pair.keep) == [people.identity(account, "oOne")]


def test_what_was_taken_back_since_is_not_brought_back(runtime: Runtime, account: Account) -> None:
    until = clock.now() - (clock.ago(days=30) - clock.now())
    told = people.application(unit="3-501", skills={"haircut": until, "legal": until}, topics=frozenset({"jobs"}))
    pair = Pair(
        people.member(runtime, account, "oOne", people.number(1), told),
        people.member(runtime, account, "oOther", people.number(2), told),
    )
    merge(runtime, pair)
    runtime.members.withdraw(pair.keep, Purpose.CONTACT, Through.CHAT)
    runtime.members.withdraw(pair.keep, Purpose.UNIT, Through.CHAT)
    runtime.members.change(pair.keep, Change(skills={"legal": until}, topics=frozenset()))
    undo(runtime, pair)
    for each in (pair.keep, pair.gone):
        assert set(Purpose) - set(consented.given(each)) == {Purpose.CONTACT, Purpose.UNIT}
        assert [skill.skill for skill in queries.skills(each)] == ["legal"]
        assert queries.topics(each) == []
        person = queries.person(runtime.cipher, each)
        assert person is not None
        assert person.unit == ""


def test_a_number_that_was_withdrawn_since_is_not_brought_back(runtime: Runtime, account: Account, pair: Pair) -> None:
    merge(runtime, pair)
    rights.revoke(account.id, "oOne", [rights.PHONE_NUMBER])
    undo(runtime, pair)
    for each in (pair.keep, pair.gone):
        person = queries.person(runtime.cipher, each)
        assert person is not None
        assert person.phone == ""


def test_who_corrected_her_name_meanwhile_gets_her_own_back(runtime: Runtime, account: Account) -> None:
    pair = Pair(
        people.member(runtime, account, "oOne", people.number(1), people.application("陈秀兰")),
        people.member(runtime, account, "oOther", people.number(2), people.application("陳秀蘭")),
    )
    merge(runtime, pair)
    runtime.members.change(pair.keep, Change(name="王小明"))
    runtime.members.prove_phone(pair.keep, people.proof(people.number(2)))
    undo(runtime, pair)
    kept, back = (queries.person(runtime.cipher, each) for each in (pair.keep, pair.gone))
    assert kept is not None
    assert back is not None
    assert (kept.name, back.name) == ("陈秀兰", "陳秀蘭")
    found = runtime.search.by_phone(people.number(2), ALL)
    assert found is not None
    assert found.id == pair.gone
