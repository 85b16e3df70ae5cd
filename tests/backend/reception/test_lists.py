"""Staff find members by name, sound, phone or number, in their scope, and read nothing in clear."""

import pytest

from backend.accounts.queries import Account
from backend.audit.words import ACTS
from backend.errors import Forbidden
from backend.members import actions as members
from backend.members.rules import Application
from backend.permissions import ALL, EVERYWHERE, Actor
from backend.reception import lists
from backend.reception.masked import MaskedMember, masked
from backend.rights import actions as rights
from backend.runtime import Runtime
from models.audit import AuditEntry
from models.staff import Role
from tests import people, staff
from tests.backend.reception import pairs

NAMES = {"陈秀兰": "990101", "陈秀梅": "990102", "欧阳娜娜": "990101", "John Smith": "990201"}


@pytest.fixture
def street(runtime: Runtime, account: Account) -> dict[str, int]:
    """Name → member."""
    pairs.street()
    found = {}
    for number, (name, code) in enumerate(NAMES.items()):
        told = Application(name, people.home(code), people.application().agreed)
        found[name] = people.member(runtime, account, f"o{number}", people.number(number), told)
    return found


def _liaison(runtime: Runtime, *places: str) -> Actor:
    held = [(Role.LIAISON, place) for place in places or (EVERYWHERE,)]
    return staff.actor(runtime, *held, login=f"li.{len(places)}x{chr(46).join(places)}".rstrip("."))


def _ids(runtime: Runtime, actor: Actor, typed: str = "", place: str = "") -> list[int]:
    return [each.id for each in runtime.reception.lists.find(actor, typed, place).items]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("陈秀", ["陈秀梅", "陈秀兰"]),
        ("陳秀蘭", ["陈秀兰"]),
        (" chenxiu ", ["陈秀梅", "陈秀兰"]),
        ("ouyang", ["欧阳娜娜"]),
        ("oynn", ["欧阳娜娜"]),
        ("ＣＸＬ", ["陈秀兰"]),
        ("19900000001", ["陈秀梅"]),
        ("＋86 199-0000-0001", ["陈秀梅"]),
        ("1990000000", []),
        ("smith", ["John Smith"]),
        ("无此人", []),
        ("'; DROP TABLE member; --", []),
        ("%", []),
        ("陈%", []),
        ("\x00陈", []),
        ("9" * 40, []),
        ("陈" * 5000, []),
        ("<script>", []),
    ],
)
def test_members_are_found_however_they_are_typed(
    runtime: Runtime, street: dict[str, int], typed: str, names: list[str]
) -> None:
    assert _ids(runtime, _liaison(runtime), typed) == [street[name] for name in names]


def test_by_her_number_among_members(runtime: Runtime, street: dict[str, int]) -> None:
    member_id, actor = street["欧阳娜娜"], _liaison(runtime, "9901")
    for typed in (f"{member_id}", f"#{member_id}", f"＃{member_id} "):
        assert _ids(runtime, actor, typed) == [member_id]
    for typed in ("0", "9999999999", "4294967297", "-1"):
        assert _ids(runtime, actor, typed) == []


def test_who_looks_for_a_number_stands_in_the_audit_without_the_number(
    runtime: Runtime, street: dict[str, int]
) -> None:
    actor = _liaison(runtime, "9901")
    for typed in ("19900000001", "+86 199-0000-0003", "陈秀", "#1", "990101001001", ""):
        _ids(runtime, actor, typed)
    rows = list(AuditEntry.select().where(AuditEntry.action == "number_searched").order_by(AuditEntry.number))
    assert [(row.login, row.facts, row.subject) for row in rows] == [
        (actor.login, '{"found":1}', ""),
        (actor.login, '{"found":0}', ""),
    ]
    assert "number_searched" in ACTS


def test_nothing_typed_is_everybody_the_newest_first(runtime: Runtime, street: dict[str, int]) -> None:
    assert _ids(runtime, _liaison(runtime)) == sorted(street.values(), reverse=True)
    assert _ids(runtime, _liaison(runtime, "9901")) == [street[name] for name in ("欧阳娜娜", "陈秀梅", "陈秀兰")]


def test_a_place_narrows_the_list_inside_the_scope_only(runtime: Runtime, street: dict[str, int]) -> None:
    actor = _liaison(runtime, "9901")
    assert _ids(runtime, actor, place="990102") == [street["陈秀梅"]]
    assert _ids(runtime, actor, "陈", place="990101") == [street["陈秀兰"]]
    for outside in ("9902", "990201", "99", "9", "%", "9901' OR 1=1"):
        if outside.startswith("9901"):
            assert _ids(runtime, actor, place=outside) == []
        else:
            with pytest.raises(Forbidden):
                runtime.reception.lists.find(actor, place=outside)


def test_whoever_lives_elsewhere_is_found_by_nothing(runtime: Runtime, street: dict[str, int]) -> None:
    actor, member_id = _liaison(runtime, "9901"), street["John Smith"]
    for typed in ("smith", "19900000003", f"{member_id}", ""):
        assert member_id not in _ids(runtime, actor, typed)
    there = staff.actor(runtime, (Role.LIAISON, "9902"), login="there")
    assert _ids(runtime, there) == [member_id]


def test_of_two_grants_both_places_are_seen(runtime: Runtime, street: dict[str, int]) -> None:
    actor = _liaison(runtime, "990101", "9902")
    assert set(_ids(runtime, actor)) == {street[name] for name in ("陈秀兰", "欧阳娜娜", "John Smith")}


def test_who_has_no_place_restricted_us_or_is_gone(runtime: Runtime, street: dict[str, int]) -> None:
    members.move(street["陈秀兰"], None)
    members.restrict(street["陈秀梅"])
    rights.erase(street["欧阳娜娜"])
    assert _ids(runtime, staff.actor(runtime, (Role.CLERK, "9901"), login="a.b"), "陈") == []
    everybody = staff.actor(runtime, (Role.CLERK, EVERYWHERE), login="c.d")
    assert _ids(runtime, everybody) == [street["John Smith"], street["陈秀兰"]]
    for typed in ("19900000001", f"{street['陈秀梅']}", f"{street['欧阳娜娜']}"):
        assert _ids(runtime, everybody, typed) == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EDITOR, Role.AUDITOR])
def test_who_does_not_serve_residents_finds_nobody(runtime: Runtime, street: dict[str, int], role: Role) -> None:
    with pytest.raises(Forbidden):
        runtime.reception.lists.find(staff.actor(runtime, (role, EVERYWHERE)), "陈")


@pytest.mark.parametrize("typed", ["", "陈秀兰"])
def test_pages_follow_each_other(
    runtime: Runtime, account: Account, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(lists, "LIMIT", 2)
    ids = [people.member(runtime, account, f"o{each}", people.number(each)) for each in range(5)]
    actor, found, before = _liaison(runtime), [], None
    for _ in range(3):
        page = runtime.reception.lists.find(actor, typed, before=before)
        found += [each.id for each in page.items]
        before = page.older
    assert (found, before) == (ids[::-1], None)


def test_what_comes_out_is_masked_and_cannot_be_anything_else(runtime: Runtime, street: dict[str, int]) -> None:
    [shown] = runtime.reception.lists.find(_liaison(runtime), "陈秀兰").items
    assert (shown.name, shown.phone, shown.place_code) == ("陈**", "199******00", "990101")
    person = runtime.search.by_id(shown.id, ALL)
    assert person is not None
    assert masked(person) == shown
    for name, phone in (("陈秀兰", ""), ("陈**", "19900000000"), ("陈**", "+8619900000000"), ("陈秀**", "")):
        with pytest.raises(ValueError, match="in clear"):
            MaskedMember(1, name, phone, "", "", person.joined_at)
