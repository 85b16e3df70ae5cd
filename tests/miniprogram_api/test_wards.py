"""Children under fourteen over the API: their guardian alone sees, adds and removes them."""

from typing import Any

import pytest

from backend import clock
from models.members import Ward
from tests.callers import Caller

CHILD = {"name": "陈小雨", "birth_year": 2018, "birth_month": 6}


def _add(member: Caller, **more: Any) -> int:
    member.ask("POST", "/me/wards", 201, json={**CHILD, **more})
    return int(member.ask("GET", "/me/wards")["items"][-1]["id"])


def test_a_child_is_added_once_shown_and_removed(member: Caller) -> None:
    first = member.ask("POST", "/me/wards", 201, json=CHILD, key="press-1")
    assert member.ask("POST", "/me/wards", 201, json=CHILD, key="press-1") == first
    [child] = member.ask("GET", "/me/wards")["items"]
    assert child == {"id": child["id"], "name": "陈小雨", "until": "2032-06-30"}
    assert member.ask("DELETE", f"/me/wards/{child['id']}") == {"detail": "已经删除。", "number": None}
    assert member.refused("DELETE", f"/me/wards/{child['id']}") == (
        404,
        "ward_unknown",
        "没有登记这个孩子，可能已经删除了。",
    )


def test_the_child_of_another_is_not_there(member: Caller, other: Caller) -> None:
    hers = _add(member)
    assert other.ask("GET", "/me/wards")["items"] == []
    assert other.refused("DELETE", f"/me/wards/{hers}")[:2] == (404, "ward_unknown")
    assert Ward.select().count() == 1


def test_a_child_needs_its_own_consent(member: Caller) -> None:
    member.ask("DELETE", "/me/consents/wards")
    told = member.ask("POST", "/me/wards", 422, json=CHILD)
    assert told["errors"] == [{"field": "consents.wards", "message": "要为孩子登记，请先同意「为孩子登记」。"}]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"birth_year": 1900}, "ward_too_old"),
        ({"birth_year": 2200}, "birth_invalid"),
        ({"birth_month": 13}, "invalid_input"),
        ({"name": "陈3"}, "name_invalid"),
        ({"id_number": "11010120180601001X"}, "invalid_input"),
    ],
)
def test_what_is_wrong_about_a_child_is_refused_and_not_stored(
    member: Caller, change: dict[str, Any], code: str
) -> None:
    assert member.refused("POST", "/me/wards", json={**CHILD, **change})[:2] == (422, code)
    assert Ward.select().count() == 0


def test_fourteen_is_counted_by_the_month(member: Caller) -> None:
    today = clock.beijing(clock.now())
    year, month = today.year - 14, today.month
    _add(member, birth_year=year, birth_month=month)
    earlier = (year, month - 1) if month > 1 else (year - 1, 12)
    sent = {**CHILD, "birth_year": earlier[0], "birth_month": earlier[1]}
    assert member.refused("POST", "/me/wards", json=sent) == (
        422,
        "ward_too_old",
        "孩子已经满十四岁了，可以用自己的手机登记。",
    )


def test_ten_children_are_enough(member: Caller) -> None:
    for _ in range(10):
        _add(member)
    assert member.refused("POST", "/me/wards", json=CHILD) == (422, "too_many_wards", "最多登记 10 个孩子。")
