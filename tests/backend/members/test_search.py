"""Staff find members by a piece of the name or by the number; neither stands in the database in clear."""

import pytest

from backend.accounts.queries import Account
from backend.members import actions as members
from backend.members.rules import Application, Change
from backend.rights import actions as rights
from backend.runtime import Runtime
from models.members import NameToken
from tests import people

NAMES = ("陈秀兰", "陈秀梅", "阿依古丽·买买提", "欧阳娜娜", "𠮷野家", "John Smith", "王")


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
        ("陈", ["陈秀兰", "陈秀梅"]),
        ("陳秀", ["陈秀兰", "陈秀梅"]),
        ("陳秀蘭", ["陈秀兰"]),
        ("chenxiu", ["陈秀兰", "陈秀梅"]),
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
    assert [each.name for each in runtime.search.by_name(query)] == names


def test_pieces_that_stand_apart_do_not_make_the_name(runtime: Runtime, account: Account) -> None:
    people.member(runtime, account, told=people.application("买提买买"))
    assert runtime.search.by_name("买买提") == []
    assert len(runtime.search.by_name("买提买")) == 1


def test_a_scope_hides_who_lives_elsewhere(runtime: Runtime, street: dict[str, int]) -> None:
    assert [each.name for each in runtime.search.by_name("陈", "9901")] == ["陈秀兰"]
    assert [each.name for each in runtime.search.by_name("陈", "990202")] == ["陈秀梅"]
    assert runtime.search.by_phone(people.number(0), "9902") is None
    assert runtime.search.by_phone(people.number(0), "9901") is not None


def test_pages_follow_each_other(runtime: Runtime, account: Account) -> None:
    ids = [people.member(runtime, account, f"o{each}", people.number(each)) for each in range(5)]
    first = runtime.search.by_name("陈秀兰", limit=2)
    second = runtime.search.by_name("陈秀兰", after=first[-1].id, limit=2)
    third = runtime.search.by_name("陈秀兰", after=second[-1].id, limit=2)
    assert [each.id for each in first + second + third] == ids


@pytest.mark.parametrize("written", ["19900000001", "199 0000 0001", "+8619900000001"])
def test_a_number_is_found_however_it_is_written(runtime: Runtime, street: dict[str, int], written: str) -> None:
    found = runtime.search.by_phone(written)
    assert found is not None
    assert found.id == street["陈秀梅"]


@pytest.mark.parametrize("written", ["1990000000", "12345", "", "19911111111"])
def test_part_of_a_number_finds_nobody(runtime: Runtime, street: dict[str, int], written: str) -> None:
    assert runtime.search.by_phone(written) is None


def test_who_changed_her_name_is_found_by_the_new_one_only(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    runtime.members.change(member_id, Change(name="王小明"))
    assert runtime.search.by_name("陈秀兰") == []
    assert [each.id for each in runtime.search.by_name("王小明")] == [member_id]


def test_who_is_gone_is_not_found(runtime: Runtime, street: dict[str, int]) -> None:
    rights.erase(street["陈秀兰"])
    assert [each.name for each in runtime.search.by_name("陈")] == ["陈秀梅"]
    assert runtime.search.by_phone(people.number(0)) is None
    assert NameToken.select().where(NameToken.member == street["陈秀兰"]).count() == 0


def test_whoever_restricted_us_is_found_again_when_she_allows_it(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    members.restrict(member_id)
    assert (runtime.search.by_name("陈秀兰"), runtime.search.by_phone(people.NUMBER)) == ([], None)
    assert runtime.search.whose(people.NUMBER) == member_id, "as head of a lane she may be dismissed"
    members.release(member_id)
    assert [each.id for each in runtime.search.by_name("陈秀兰")] == [member_id]
    assert runtime.search.by_phone(people.NUMBER) is not None
