"""The empty row of who has gone is swept when nothing under way needs its number."""

import pytest

from backend.accounts.queries import Account
from backend.members import erasing
from backend.outbox.actions import Recipient
from backend.outbox.messages import Message
from backend.rights import actions as rights
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from models.deliveries import Channel, DeliverySource
from models.members import Member, MemberState
from tests import people
from tests.outboxes import check_truth, source


def _erased(runtime: Runtime, account: Account, number: int) -> int:
    member_id = people.member(runtime, account, f"o{number}", people.number(number))
    rights.erase(member_id)
    return member_id


def test_empty_rows_go_in_slices_and_nobody_else_does(runtime: Runtime, account: Account) -> None:
    for number in range(5):
        _erased(runtime, account, number)
    stays = people.member(runtime, account, "oStays", people.number(9))
    assert [people.swept(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert [row.id for row in Member.select()] == [stays]


@pytest.mark.parametrize("state", ["claimed", "sending"])
def test_a_row_that_a_worker_needs_stays_for_the_next_time(runtime: Runtime, account: Account, state: str) -> None:
    member_id = people.member(runtime, account)
    source_id = runtime.outbox.put(source(Channel.TEMPLATE, message=Message("您的申请")), Recipient(member_id))
    people.settle(source_id, member_id, state)
    rights.erase(member_id)
    other = _erased(runtime, account, 2)
    assert people.swept() == 1
    assert [row.id for row in Member.select()] == [member_id]
    assert other != member_id
    people.settle(source_id, member_id, "accepted")
    assert people.swept() == 1
    assert DeliverySource.get_by_id(source_id).message == "", "what only she was told goes with the row"
    check_truth(source_id)


def test_an_erased_row_is_empty_at_once(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account, told=people.application(unit="3-501"))
    in_transaction(lambda: erasing.erase(member_id))
    row = Member.get_by_id(member_id)
    assert (row.state, row.name, row.phone, row.unit) == (MemberState.ERASED, "", None, None)


def test_who_has_just_gone_keeps_her_number_for_whoever_is_writing_to_her(runtime: Runtime, account: Account) -> None:
    member_id = _erased(runtime, account, 1)
    assert erasing.sweep() == 0
    assert Member.get_by_id(member_id).state is MemberState.ERASED
    assert people.swept() == 1
