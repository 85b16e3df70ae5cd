"""Registering: what it needs, whom a known number belongs to, and what is left when it is refused."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from peewee import OperationalError

from backend import clock
from backend.accounts.queries import Account
from backend.consents import actions as consents
from backend.consents.rules import Agreement
from backend.errors import Conflict, HouseError, InvalidInput
from backend.followers import actions as followers
from backend.members import queries
from backend.members.actions import Registered
from backend.members.rules import Application
from backend.outbox import inbox
from backend.permissions import ALL
from backend.rights import actions as rights
from backend.rights import looks
from backend.rights.looks import Viewer
from backend.rights.sections import as_json, collect
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from models.consents import ConsentReceipt, Purpose, Through
from models.deliveries import Delivery, DeliverySource
from models.followers import FollowState, WechatIdentity
from models.members import Member
from tests import people
from tests.outboxes import check_truth
from tests.threads import at_once

SOON = timedelta(days=30)


def _register(
    runtime: Runtime,
    identity_id: int,
    told: Application | None = None,
    *,
    number: str = people.NUMBER,
    vouched: bool = False,
    new_number: bool = False,
) -> Registered:
    proof = people.proof(number, vouched)
    return runtime.members.register(identity_id, told or people.application(), proof, Through.MINIPROGRAM, new_number)


def _tries(runtime: Runtime, identity_id: int, told: Application) -> Registered | str:
    """The code of the refusal, when it is one. Who is told that we are busy asks again, as a phone does: of many who
    wait, SQLite lets the lucky one write, and the others for two seconds only."""
    for _ in range(20):
        try:
            return _register(runtime, identity_id, told)
        except HouseError as error:
            return error.code
        except OperationalError as error:
            if "locked" not in str(error):
                raise
    return "busy"


def _told(member_id: int) -> list[str]:
    """The steps of what she is told of her account."""
    rows = Delivery.select(Delivery, DeliverySource).join(DeliverySource).where(Delivery.member == member_id)
    return [row.source.step for row in rows.order_by(Delivery.id)]


def test_membership_asks_for_nothing_but_membership(runtime: Runtime, account: Account) -> None:
    told = people.application(purposes=(Purpose.MEMBERSHIP,))
    member_id = people.member(runtime, account, told=told)
    person = queries.person(runtime.cipher, member_id)
    assert person is not None
    assert (person.name, person.phone, person.unit) == ("陈秀兰", people.NUMBER, "")
    assert people.member_of(people.identity(account)) == member_id
    assert ConsentReceipt.select().count() == 1


def test_what_she_tells_is_kept_with_the_consents_it_is_for(runtime: Runtime, account: Account) -> None:
    until = clock.now() + SOON
    told = people.application(unit="3 栋 501", skills={"haircut": until}, topics=frozenset({"jobs", "school"}))
    member_id = people.member(runtime, account, told=told)
    person = queries.person(runtime.cipher, member_id)
    assert person is not None
    assert (person.unit, person.place_code) == ("3 栋 501", "990101")
    assert [each.skill for each in queries.skills(member_id)] == ["haircut"]
    assert queries.topics(member_id) == ["jobs", "school"]
    assert ConsentReceipt.select().count() == len(Purpose)


def test_that_she_was_here_is_known_to_the_day(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    today = clock.start_of_day(clock.now())
    assert Member.get_by_id(member_id).seen_at == today
    Member.update(seen_at=today - timedelta(days=1100), told_at=clock.now()).execute()
    _register(runtime, people.identity(account, "oOther"))
    row = Member.get_by_id(member_id)
    assert (row.seen_at, row.told_at) == (today, None)


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "nothing agreed": ({"purposes": ()}, "consents.membership"),
    "unit": ({"unit": "3-501"}, "consents.unit"),
    "skills": ({"skills": {"haircut": clock.now() + SOON}}, "consents.skills"),
    "topics": ({"topics": frozenset({"jobs"})}, "consents.interests"),
    "unknown skill": ({"skills": {"magic": clock.now() + SOON}, "purposes": tuple(Purpose)}, "skills"),
    "past skill": ({"skills": {"haircut": clock.ago(days=1)}, "purposes": tuple(Purpose)}, "skills.haircut"),
    "unknown topic": ({"topics": frozenset({"gossip"}), "purposes": tuple(Purpose)}, "topics"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_names_the_field_and_leaves_nothing(runtime: Runtime, account: Account, case: str) -> None:
    given, field = REFUSED[case]
    told = people.application(**{"purposes": (Purpose.MEMBERSHIP,), **given})
    who, before = people.identity(account), people.row_counts()
    with pytest.raises(InvalidInput) as caught:
        _register(runtime, who, told)
    assert [error.field for error in caught.value.errors] == [field]
    assert people.row_counts() == before


def test_an_old_version_of_a_text_is_not_agreed_to(runtime: Runtime, account: Account) -> None:
    told = people.application()
    version = consents.publish(Purpose.CONTACT, "可以打电话给我", "新的说明。")
    who, before = people.identity(account), people.row_counts()
    for stale in (told, replace(told, agreed=(*told.agreed[:1], Agreement(Purpose.CONTACT, version + 1)))):
        with pytest.raises(InvalidInput) as caught:
            _register(runtime, who, stale)
        assert [error.field for error in caught.value.errors] == ["consents.contact"]
    assert people.row_counts() == before


def test_who_is_a_member_already_is_told_so(runtime: Runtime, account: Account) -> None:
    people.member(runtime, account)
    before = people.row_counts()
    with pytest.raises(Conflict) as caught:
        _register(runtime, people.identity(account), number=people.number(2))
    assert caught.value.code == "already_member"
    assert people.row_counts() == before


# A number that is known


@pytest.mark.parametrize("name", ["陈秀兰", "陳秀蘭"])
def test_the_same_name_and_a_fresh_number_join_and_the_first_phone_is_told(
    runtime: Runtime, account: Account, name: str
) -> None:
    first = people.member(runtime, account, told=people.application(unit="3-501"))
    people.proved(first, 89)
    other = people.identity(account, "oOther")
    told = people.application(name, unit="9-909", purposes=(Purpose.MEMBERSHIP, Purpose.UNIT))
    assert _register(runtime, other, told) == Registered(first, joined=True)
    assert people.identities_of(first) == [people.identity(account), other]
    person = queries.person(runtime.cipher, first)
    assert person is not None
    assert (person.name, person.unit) == ("陈秀兰", "3-501"), "what she told before stays"
    assert Member.get_by_id(first).phone_proved_at > clock.ago(minutes=1)
    assert ConsentReceipt.select().count() == len(Purpose), "what stood is not agreed to twice"
    assert _told(first) == ["joined"]
    check_truth(DeliverySource.get().id)


def test_she_is_told_each_time_the_same_identity_joins(runtime: Runtime, account: Account) -> None:
    first = people.member(runtime, account)
    other = people.follower(account, "oOther")
    _register(runtime, other)
    rights.leave(account.id, "oOther", clock.now())
    people.follower(account, "oOther")
    _register(runtime, other)
    assert _told(first) == ["joined", "joined"]


def test_she_is_told_of_a_join_also_after_an_earlier_membership_was_erased(runtime: Runtime, account: Account) -> None:
    people.follower(account, "oOther")
    rights.erase(_joined_twice(runtime, account))
    second = _joined_twice(runtime, account)
    letters = Delivery.select(Delivery, DeliverySource).join(DeliverySource).where(Delivery.member == second)
    assert [bool(letter.source.message) for letter in letters] == [True]


def _joined_twice(runtime: Runtime, account: Account) -> int:
    member_id = people.member(runtime, account)
    return _register(runtime, people.identity(account, "oOther")).member_id if member_id else 0


@pytest.mark.parametrize(("name", "days"), [("王小明", 0), ("陈秀兰", 90), ("王小明", 400)])
def test_another_name_or_an_old_proof_is_a_conflict_and_leaves_nothing(
    runtime: Runtime, account: Account, name: str, days: int
) -> None:
    first = people.member(runtime, account)
    people.proved(first, days)
    told, other, before = people.application(name), people.identity(account, "oOther"), people.row_counts()
    with pytest.raises(Conflict) as caught:
        _register(runtime, other, told)
    assert caught.value.code == "phone_taken"
    assert people.row_counts() == before
    assert people.identities_of(first) == [people.identity(account)]


def test_who_was_seen_face_to_face_joins_whatever_the_age_of_the_proof(runtime: Runtime, account: Account) -> None:
    first = people.member(runtime, account)
    people.proved(first, 900)
    other = people.identity(account, "oOther")
    assert _register(runtime, other, vouched=True) == Registered(first, joined=True)


def test_a_face_does_not_open_the_data_of_another_name(runtime: Runtime, account: Account) -> None:
    people.member(runtime, account)
    with pytest.raises(Conflict):
        _register(runtime, people.identity(account, "oOther"), people.application("王小明"), vouched=True)


@pytest.mark.parametrize("name", ["王小明", "陈秀兰"])
def test_a_new_number_is_taken_away_and_brings_no_history_along(runtime: Runtime, account: Account, name: str) -> None:
    first = people.member(runtime, account, told=people.application(unit="旧 3-501", topics=frozenset({"jobs"})))
    looks.record(runtime.cipher, first, Viewer("联络员", "旧社区", "staff"), ["phone"], "旧的原因")
    told = people.application(name, purposes=(Purpose.MEMBERSHIP,))
    second = _register(runtime, people.identity(account, "oOther"), told, new_number=True)
    assert second.member_id != first
    assert not second.joined
    former, current = (queries.person(runtime.cipher, each) for each in (first, second.member_id))
    assert former is not None
    assert current is not None
    assert (former.phone, former.phone_proof, former.name, former.unit) == ("", None, "陈秀兰", "旧 3-501")
    assert (current.phone, current.name) == (people.NUMBER, name)
    assert queries.topics(first) == ["jobs"]
    assert _told(first) == ["number_gone"]
    found = runtime.search.by_phone(people.NUMBER, ALL)
    assert found is not None
    assert found.id == second.member_id
    copy = as_json(collect(runtime.cipher, second.member_id))
    assert "旧" not in repr({name: rows for name, rows in copy.items() if name not in ("lifetimes", "receipts")})
    assert (copy["looks"], copy["messages"], copy["topics"]) == ([], [], [])
    assert inbox.all_of(runtime.cipher, second.member_id, people.identities_of(second.member_id)) == []


def test_a_number_that_nobody_claims_to_be_new_is_nobodys_to_take(runtime: Runtime, account: Account) -> None:
    first = people.member(runtime, account)
    second = people.member(runtime, account, "oOther", people.number(2), people.application("王小明"))
    with pytest.raises(Conflict):
        runtime.members.prove_phone(second, people.proof())
    assert runtime.members.prove_phone(second, people.proof(), new_number=True) == second
    assert [Member.get_by_id(each).phone is None for each in (first, second)] == [True, False]
    assert _told(first) == ["number_gone"]


def test_a_new_number_of_her_own_replaces_the_old_one(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    assert runtime.members.prove_phone(member_id, people.proof(people.number(2))) == member_id
    assert runtime.search.by_phone(people.NUMBER, ALL) is None
    found = runtime.search.by_phone(people.number(2), ALL)
    assert found is not None
    assert found.id == member_id
    assert _told(member_id) == []


def test_proving_the_number_of_a_second_registration_of_hers_makes_one_of_both(
    runtime: Runtime, account: Account
) -> None:
    first = people.member(runtime, account)
    second = people.member(runtime, account, "oOther", people.number(2))
    assert runtime.members.prove_phone(second, people.proof()) == first
    assert len(people.identities_of(first)) == 2
    assert _told(first) == ["merged"]


# Who left, and who leaves meanwhile


def test_whoever_left_and_registers_is_not_buried(runtime: Runtime, account: Account) -> None:
    who = people.follower(account)
    followers.leave(account.id, "oPerson", clock.now())
    _register(runtime, who)
    assert people.follow_state(who) is FollowState.STRANGER
    WechatIdentity.update(follow_changed_at=clock.ago(days=2)).execute()
    assert followers.bury() == 0


def test_joining_somebody_who_is_erased_at_this_moment_leaves_no_data_with_the_empty_row(
    runtime: Runtime, account: Account
) -> None:
    for each in range(10):
        number, told = people.number(each), people.application()
        member_id = people.member(runtime, account, f"oFirst{each}", number)
        other = people.identity(account, f"oOther{each}")
        at_once(partial(rights.erase, member_id), partial(_register, runtime, other, told, number=number))
        if people.member_of(other) == member_id:  # joined, then erased: she is gone as a whole
            raise AssertionError("an identity of somebody who was erased")
        row = Member.get_by_id(member_id)
        assert (row.phone, row.phone_digest, row.seen_at) == (None, None, None)


# Many at once


def _at_once_in_groups(runtime: Runtime, calls: list[partial[Registered | str]]) -> list[Registered | str]:
    """Twenty threads, as many as a process has connections, each with its share."""
    shares = [partial(_one_after_another, calls[first::20]) for first in range(20)]
    return [answer for answers in at_once(*shares) for answer in answers]


def _one_after_another(calls: list[partial[Registered | str]]) -> list[Registered | str]:
    return [call() for call in calls]


def _hundred(runtime: Runtime, identities: list[int], names: list[str]) -> list[Registered | str]:
    told = [people.application(name) for name in names]
    return _at_once_in_groups(runtime, [partial(_tries, runtime, *each) for each in zip(identities, told, strict=True)])


def test_a_hundred_registrations_of_one_phone_leave_one_member(runtime: Runtime, account: Account) -> None:
    who = [people.identity(account, f"o{each}") for each in range(100)]
    answers = _hundred(runtime, who, ["陈秀兰"] * 100)
    assert Member.select().count() == 1
    member_id = Member.get().id
    assert people.identities_of(member_id) == who
    joined = [answer.joined for answer in answers if isinstance(answer, Registered)]
    assert (joined.count(True), joined.count(False)) == (99, 1)
    assert _told(member_id) == ["joined"] * 99
    for source in DeliverySource.select():
        check_truth(source.id)


def test_a_hundred_names_with_one_phone_leave_one_member(runtime: Runtime, account: Account) -> None:
    who = [people.identity(account, f"o{each}") for each in range(100)]
    letters = "天地玄黄宇宙洪荒日月"
    answers = _hundred(runtime, who, [one + other for one in letters for other in letters])
    assert Member.select().count() == 1
    assert len(people.identities_of(Member.get().id)) == 1
    assert answers.count("phone_taken") == 99


def test_a_hundred_registrations_of_one_identity_leave_one_member(runtime: Runtime, account: Account) -> None:
    who = people.identity(account)
    answers = _hundred(runtime, [who] * 100, ["陈秀兰"] * 100)
    assert Member.select().count() == 1
    assert answers.count("already_member") == 99
    assert ConsentReceipt.select().count() == len(Purpose)


def test_of_many_who_say_the_number_is_new_the_last_has_it(runtime: Runtime, account: Account) -> None:
    who = [people.identity(account, f"o{each}") for each in range(10)]
    told = [people.application(name) for name in "天地玄黄宇宙洪荒日月"]
    at_once(*[partial(_register, runtime, *each, new_number=True) for each in zip(who, told, strict=True)])
    assert Member.select().count() == 10
    assert Member.select().where(Member.phone.is_null(False)).count() == 1


def test_a_registration_inside_a_larger_unit_is_undone_with_it(runtime: Runtime, account: Account) -> None:
    people.member(runtime, account)
    told, other, before = people.application(), people.identity(account, "oOther"), people.row_counts()

    def unit() -> None:
        _register(runtime, other, told)
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        in_transaction(unit)
    assert people.row_counts() == before
    assert people.member_of(other) is None


def test_a_number_that_is_taken_meanwhile_is_looked_at_again_inside_a_larger_unit(
    runtime: Runtime, account: Account
) -> None:
    who, told = [people.identity(account, f"o{each}") for each in range(8)], people.application()
    calls = [partial(in_transaction, partial(_register, runtime, each, told)) for each in who]
    assert len({answer.member_id for answer in at_once(*calls)}) == 1


def test_the_moment_of_registering_is_not_told_to_others(runtime: Runtime, account: Account) -> None:
    """What stands in the database says nothing in clear."""
    people.member(runtime, account, told=people.application("阿依古丽·买买提", unit="3 栋 501"))
    stored = repr(list(Member.select().tuples()))
    assert [word for word in ("阿依", "买买提", "3 栋", people.NUMBER[3:]) if word in stored] == []
    assert isinstance(Member.get().joined_at, datetime)
