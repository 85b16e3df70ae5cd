"""Every look of the staff is written down with its reason, and she sees it."""

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.errors import InvalidInput
from backend.rights import looks
from backend.rights.looks import Viewer
from backend.runtime import Runtime
from models.rights import Look
from tests import people

WHO = Viewer("联络员", "春晓社区", "li.si")


def test_she_sees_role_unit_fields_reason_and_time_and_no_account(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    looks.record(runtime.cipher, member_id, WHO, ["phone", "name"], "  上门修水管，先联系  ")
    [look] = looks.of(runtime.cipher, member_id)
    assert (look.role, look.unit, look.fields, look.reason) == (
        *("联络员", "春晓社区"),
        ["name", "phone"],
        "上门修水管，先联系",
    )
    assert clock.now() - look.looked_at < clock.now() - clock.ago(minutes=1)
    assert "li.si" not in repr(look)
    assert Look.get().viewer == "li.si", "for audits"


@pytest.mark.parametrize("reason", ["", "  ", "a", "\n\t"])
def test_without_a_reason_nothing_is_shown(runtime: Runtime, account: Account, reason: str) -> None:
    member_id = people.member(runtime, account)
    with pytest.raises(InvalidInput) as caught:
        looks.record(runtime.cipher, member_id, WHO, ["phone"], reason)
    assert caught.value.code == "reason_missing"
    assert Look.select().count() == 0


def test_a_long_reason_is_cut_and_not_lost(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    looks.record(runtime.cipher, member_id, WHO, ["phone"], "因" * 500)
    assert looks.of(runtime.cipher, member_id)[0].reason == "因" * 128


def test_the_newest_comes_first_and_pages_go_on(runtime: Runtime, account: Account) -> None:
    member_id, other = people.member(runtime, account), people.member(runtime, account, "oOther", people.number(2))
    for number in range(5):
        looks.record(runtime.cipher, member_id, WHO, ["phone"], f"原因 {number}")
    looks.record(runtime.cipher, other, WHO, ["phone"], "别人")
    first = looks.of(runtime.cipher, member_id, limit=3)
    rest = looks.of(runtime.cipher, member_id, before=first[-1].id, limit=3)
    assert [each.reason for each in first + rest] == [f"原因 {number}" for number in (4, 3, 2, 1, 0)]
