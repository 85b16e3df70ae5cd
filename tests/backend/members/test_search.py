"""Staff find members by a piece of the name or by the number; neither stands in the database in clear."""

import pytest

from backend.accounts.queries import Account
from backend.members import actions as members
from backend.members.rules import Application, Change
from backend.permissions import ALL, NOWHERE, Scope
from backend.rights import actions as rights
from backend.runtime import Runtime
from models.members import NameToken
from tests import people

NAMES = ("陈秀兰", "陈秀梅", "阿依古丽·买买提", "欧阳娜娜", "𠮷野家", "John Smith", "王")


def _below(code: str) -> Scope:
    return Scope(frozenset({code}))


@pytest.fixture
def street(runtime: Runtime, account: Account) -> dict[str, int]:
    """Name → member, in two communities."""
    found = {}
    for number, name in enumerate(NAMES):
        told = people.application(name)
        told = Application(name, people.home("990101" if number % 2 == 0 else "990202"), told.agreed)
        found[name] = people.member(runtime, account, f"o{number}", people.number(number), told)
    return found


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("陈", ["陈秀梅", "陈秀兰"]),
        ("陳秀", ["陈秀梅", "陈秀兰"]),
        ("陳秀蘭", ["陈秀兰"]),
        ("chenxiu", ["陈秀梅", "陈秀兰"]),
        ("cxl", ["陈秀兰"]),
        ("买买提", ["阿依古丽·买买提"]),
        ("阿依古麗・買買提", ["阿依古丽·买买提"]),
        ("maimaiti", ["阿依古丽·买买提"]),
        ("ouyang", ["欧阳娜娜"]),
        ("𠮷", ["𠮷野家"]),
        ("smith", ["John Smith"]),
        ("王", ["王"]),
        ("兰", []),
        ("陈兰", []),
        ("", []),
        ("%", []),
    ],
)
def test_members_are_found_by_pieces_of_their_names(
    runtime: Runtime, street: dict[str, int], query: str, names: list[str]
) -> None:
    assert [each.name for each in runtime.search.by_name(query, ALL)] == names


def test_pieces_that_stand_apart_do_not_make_the_name(runtime: Runtime, account: Account) -> None:
    people.member(runtime, account, told=people.application("买提买买"))
    assert runtime.search.by_name("买买提", ALL) == []
    assert len(runtime.search.by_name("买提买", ALL)) == 1


def test_a_scope_hides_who_lives_elsewhere(runtime: Runtime, street: dict[str, int]) -> None:
    assert [each.name for each in runtime.search.by_name("陈", _below("9901"))] == ["陈秀兰"]
    assert [each.name for each in runtime.search.by_name("陈", _below("990202"))] == ["陈秀梅"]
    assert runtime.search.by_phone(people.number(0), _below("9902")) is None
    assert runtime.search.by_phone(people.number(0), _below("9901")) is not None


def test_who_has_no_place_is_found_only_by_who_sees_everywhere(runtime: Runtime, street: dict[str, int]) -> None:
    members.move(street["陈秀兰"], None)
    assert [each.name for each in runtime.search.by_name("陈秀兰", ALL)] == ["陈秀兰"]
    assert runtime.search.by_name("陈秀兰", _below("99")) == []
    assert runtime.search.by_phone(people.number(0), _below("99")) is None


def test_nobody_is_found_nowhere(runtime: Runtime, street: dict[str, int]) -> None:
    assert (runtime.search.by_name("陈", NOWHERE), runtime.search.all(NOWHERE)) == ([], [])
    assert runtime.search.by_phone(people.number(0), NOWHERE) is None


def test_a_place_whose_code_differs_in_case_is_another(runtime: Runtime, account: Account) -> None:
    told = people.application()
    for number, code in enumerate(("a1", "A1")):
        lives = Application("陈秀兰", people.home(code), told.agreed)
        people.member(runtime, account, f"o{number}", people.number(number), lives)
    assert [each.place_code for each in runtime.search.by_name("陈", _below("a"))] == ["a1"]
    assert [each.place_code for each in runtime.search.all(_below("A"))] == ["A1"]


def test_by_her_number_among_members_she_is_found_in_scope(runtime: Runtime, street: dict[str, int]) -> None:
    member_id = street["陈秀兰"]
    found = runtime.search.by_id(member_id, _below("9901"))
    assert found is not None
    assert found.name == "陈秀兰"
    assert runtime.search.by_id(member_id, _below("9902")) is None


def test_pages_follow_each_other(runtime: Runtime, account: Account) -> None:
    ids = [people.member(runtime, account, f"o{each}", people.number(each)) for each in range(5)]
    first = runtime.search.by_name("陈秀兰", ALL, limit=2)
    second = runtime.search.by_name("陈秀兰", ALL, before=first[-1].id, limit=2)
    third = runtime.search.by_name("陈秀兰", ALL, before=second[-1].id, limit=2)
    assert [each.id for each in first + second + third] == ids[::-1]
    assert [each.id for each in runtime.search.all(ALL, before=ids[3], limit=2)] == [ids[2], ids[1]]


@pytest.mark.parametrize("written", ["19900000001", "199 0000 0001", "+8619900000001"])
def test_a_number_is_found_however_it_is_written(runtime: Runtime, street: dict[str, int], written: str) -> None:
    found = runtime.search.by_phone(written, ALL)
    assert found is not None
    assert found.id == street["陈秀梅"]


@pytest.mark.parametrize("written", ["1990000000", "12345", "", "19911111111"])
def test_part_of_a_number_finds_nobody(runtime: Runtime, street: dict[str, int], written: str) -> None:
    assert runtime.search.by_phone(written, ALL) is None


def test_who_changed_her_name_is_found_by_the_new_one_only(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    runtime.members.change(member_id, Change(name="王小明"))
    assert runtime.search.by_name("陈秀兰", ALL) == []
    assert [each.id for each in runtime.search.by_name("王小明", ALL)] == [member_id]


def test_who_is_gone_is_not_found(runtime: Runtime, street: dict[str, int]) -> None:
    rights.erase(street["陈秀兰"])
    assert [each.name for each in runtime.search.by_name("陈", ALL)] == ["陈秀梅"]
    assert runtime.search.by_phone(people.number(0), ALL) is None
    assert NameToken.select().where(NameToken.member == street["陈秀兰"]).count() == 0


def test_whoever_restricted_us_is_found_again_when_she_allows_it(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    members.restrict(member_id)
    assert (runtime.search.by_name("陈秀兰", ALL), runtime.search.by_phone(people.NUMBER, ALL)) == ([], None)
    assert runtime.search.whose(people.NUMBER) == member_id, "as head of a lane she may be dismissed"
    members.release(member_id)
    assert [each.id for each in runtime.search.by_name("陈秀兰", ALL)] == [member_id]
    assert runtime.search.by_phone(people.NUMBER, ALL) is not None
