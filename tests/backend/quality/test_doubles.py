"""Members of one name at one place are found at night; staff say whether they are one."""

import pytest

from backend.accounts.queries import Account
from backend.errors import Forbidden, NotFound
from backend.members import actions as members
from backend.members.rules import Application, Change
from backend.permissions import Actor
from backend.quality import doubles
from backend.rights import actions as rights
from backend.runtime import Runtime
from models.audit import AuditEntry
from models.merges import Double
from models.staff import Role
from tests import people, staff
from tests.backend.reception import pairs
from tests.backend.reception.pairs import Pair


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    pairs.street()


def _member(runtime: Runtime, account: Account, number: int, name: str = "陈秀兰", code: str = "990101") -> int:
    told = Application(name, people.home(code), people.application().agreed)
    return people.member(runtime, account, f"o{number}", people.number(number), told)


def _leader(runtime: Runtime, place: str = "9901") -> Actor:
    people.home("990102")
    return staff.actor(runtime, (Role.LEADER, place), login=f"l.{place or 'all'}")


def _listed(runtime: Runtime, place: str = "9901") -> list[tuple[int, int]]:
    page = doubles.listed(_leader(runtime, place), runtime.cipher)
    return [(found.one.id, found.other.id) for found in page.items]


def test_of_one_name_in_either_script_at_one_place_they_are_a_pair(runtime: Runtime, account: Account) -> None:
    names = ("陈秀兰", "陳秀蘭", "陈秀梅", "陈秀兰")
    ids = [_member(runtime, account, number, name) for number, name in enumerate(names)]
    _member(runtime, account, 8, code="990102")
    assert doubles.find(runtime.cipher) == 3
    assert set(_listed(runtime)) == {(ids[0], ids[1]), (ids[0], ids[3]), (ids[1], ids[3])}
    assert doubles.find(runtime.cipher) == 3, "looking twice finds them once"


def test_who_restricted_us_says_no_place_or_is_gone_is_in_no_pair(runtime: Runtime, account: Account) -> None:
    ids = [_member(runtime, account, number) for number in range(4)]
    members.restrict(ids[0])
    members.move(ids[1], None)
    rights.erase(ids[2])
    assert doubles.find(runtime.cipher) == 0
    members.release(ids[0])
    assert doubles.find(runtime.cipher) == 1
    rights.erase(ids[0])
    assert Double.select().count() == 0, "at once"


def test_a_pair_that_is_none_any_more_goes(runtime: Runtime, account: Account) -> None:
    ids = [_member(runtime, account, number) for number in range(2)]
    doubles.find(runtime.cipher)
    runtime.members.change(ids[1], Change(name="王小明"))
    assert doubles.find(runtime.cipher) == 0
    runtime.members.change(ids[1], Change(name="陈秀兰"))
    assert doubles.find(runtime.cipher) == 1
    members.move(ids[1], people.home("990102"))
    assert _listed(runtime) == [], "before the next night already"


def test_where_many_share_a_name_some_pairs_are_shown(runtime: Runtime, account: Account) -> None:
    for number in range(6):
        _member(runtime, account, number)
    assert doubles.find(runtime.cipher) == doubles.MOST


def test_two_people_are_told_apart_once_and_for_all(runtime: Runtime, account: Account) -> None:
    one, other = (_member(runtime, account, number) for number in range(2))
    doubles.find(runtime.cipher)
    leader = _leader(runtime)
    doubles.clear(leader, runtime.audit, one, other)
    doubles.find(runtime.cipher)
    assert _listed(runtime) == []
    doubles.put_back(leader, runtime.audit, one, other)
    assert _listed(runtime) == [(one, other)]
    facts = [row.facts for row in AuditEntry.select().where(AuditEntry.action == "mend_data").order_by("number")]
    assert [("cleared" in each, "put_back" in each) for each in facts] == [(True, False), (False, True)]


def test_outside_the_scope_there_is_no_pair(runtime: Runtime, account: Account) -> None:
    one, other = (_member(runtime, account, number) for number in range(2))
    doubles.find(runtime.cipher)
    assert _listed(runtime, "990102") == _listed(runtime, "9902") == []
    for act in (doubles.clear, doubles.put_back):
        for pair in ((one, other), (other, one), (one, one), (0, 10**6)):
            with pytest.raises(NotFound):
                act(_leader(runtime, "990102"), runtime.audit, *pair)
    assert Double.get().cleared_at is None
    with pytest.raises(Forbidden):
        doubles.listed(staff.actor(runtime, (Role.HANDLER, "9901"), login="handler"), runtime.cipher)


def test_pages_follow_each_other(runtime: Runtime, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubles, "LIMIT", 2)
    for number in range(4):
        _member(runtime, account, number)
    doubles.find(runtime.cipher)
    leader, found, before = _leader(runtime), [], None
    for _ in range(3):
        page = doubles.listed(leader, runtime.cipher, before)
        found += [each.id for each in page.items]
        before = page.older
    assert (len(found), len(set(found)), before) == (6, 6, None)


def test_whom_staff_parted_are_not_taken_for_one_again(runtime: Runtime, account: Account) -> None:
    pair = Pair(*(_member(runtime, account, number) for number in range(2)))
    doubles.find(runtime.cipher)
    clerk = pairs.clerk(runtime)
    runtime.reception.merges.merge(clerk, pair.keep, pair.gone)
    assert Double.select().count() == 0
    runtime.reception.merges.undo(clerk, pair.keep, pair.gone)
    assert doubles.find(runtime.cipher) == 0
