"""Who goes, or wants no broadcasts, is sent nothing more, and the counts stay true to the unit."""

from functools import partial

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.outbox import actions, leaving
from backend.outbox.actions import Outbox, Recipient
from backend.outbox.messages import Message
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from models.deliveries import Channel, Delivery, DeliverySource, DeliveryState, Priority
from tests import people
from tests.backend.outbox.audiences import ALL_MEMBERS, member, told
from tests.backend.outbox.audiences import people as crowd
from tests.outboxes import check_truth, endings, followers, source, states
from tests.threads import at_once

T = Channel.TEMPLATE


@pytest.fixture
def outbox(runtime: Runtime) -> Outbox:
    return Outbox(runtime.cipher, lambda: None)


def test_her_broadcasts_are_withheld_and_what_concerns_her_stays(outbox: Outbox, account: Account) -> None:
    one, other = crowd(account, 2)
    her, neighbour = member(one), member(other)
    put = partial(outbox.put, source(T), Recipient(her), Recipient(neighbour))
    broadcast = put()
    urgent, personal = (
        outbox.put(source(T, priority=each), Recipient(her)) for each in (Priority.EMERGENCY, Priority.PERSONAL)
    )
    assert in_transaction(lambda: leaving.withhold(her)) == 1
    assert endings(broadcast) == {("pending", ""): 1, ("unreachable", "withdrawn"): 1}
    assert Delivery.get(Delivery.state == DeliveryState.UNREACHABLE).member_id == her
    assert [states(each) for each in (urgent, personal)] == [{"pending": 1}] * 2
    for each in (broadcast, urgent, personal):
        check_truth(each)
    assert in_transaction(lambda: leaving.withhold(her)) == 0


def test_a_broadcast_put_before_she_was_a_member_is_withheld_too(outbox: Outbox, account: Account) -> None:
    (person,) = crowd(account, 1)
    source_id = outbox.put(source(T), Recipient(follower_id=person))
    her = member(person)
    assert in_transaction(lambda: leaving.withhold(her)) == 1
    assert endings(source_id) == {("unreachable", "withdrawn"): 1}
    check_truth(source_id)


def test_one_that_was_tried_before_is_counted_under_its_end(outbox: Outbox, account: Account) -> None:
    her = member(*crowd(account, 1))
    source_id = outbox.put(source(T), Recipient(her))
    Delivery.update(channel=T, attempts=1, reason="45011", due_at=clock.now()).execute()
    in_transaction(lambda: leaving.withhold(her))
    assert endings(source_id) == {("unreachable", "withdrawn"): 1}
    check_truth(source_id)


@pytest.mark.parametrize("state", ["claimed", "sending", "accepted", "uncertain", "failed", "delivered"])
def test_what_has_left_or_is_in_a_workers_hands_is_not_withheld(outbox: Outbox, account: Account, state: str) -> None:
    her = member(*crowd(account, 1))
    source_id = outbox.put(source(T), Recipient(her))
    people.settle(source_id, her, state)
    assert in_transaction(lambda: leaving.withhold(her)) == 0
    assert states(source_id) == {state: 1}
    check_truth(source_id)


def test_of_who_is_gone_nothing_waits_and_nothing_names_her(outbox: Outbox, account: Account) -> None:
    one, other = crowd(account, 2)
    her, neighbour = member(one), member(other)
    alone = outbox.put(source(T, message=Message("您的申请")), Recipient(her, data={"words": "王女士"}))
    together = outbox.put(source(T), Recipient(her, data={"words": "王女士"}), Recipient(neighbour))
    ended = outbox.put(source(T, message=Message("办好了")), Recipient(her))
    people.settle(ended, her, "delivered")
    in_transaction(lambda: leaving.forget(her))
    assert endings(alone) == {("unreachable", "left"): 1}
    assert endings(together) == {("pending", ""): 1, ("unreachable", "left"): 1}
    assert Delivery.select().where(Delivery.member == her).count() == 0
    assert Delivery.select().where(Delivery.data.is_null(False)).count() == 0
    assert [bool(DeliverySource.get_by_id(each).message) for each in (alone, together, ended)] == [False, True, False]
    for each in (alone, together, ended):
        check_truth(each)


def test_what_she_was_told_as_a_follower_goes_with_her(outbox: Outbox, account: Account) -> None:
    one, other = crowd(account, 2)
    waits, ended = (outbox.put(source(T), Recipient(follower_id=one)) for _ in range(2))
    theirs = outbox.put(source(T), Recipient(follower_id=other))
    people.settle_follower(ended, one, "delivered")
    her = member(one)
    in_transaction(lambda: leaving.forget(her))
    assert [states(each) for each in (waits, ended, theirs)] == [{"unreachable": 1}, {"delivered": 1}, {"pending": 1}]
    assert told(waits) == told(ended) == {(None, None)}
    assert [bool(DeliverySource.get_by_id(each).message) for each in (waits, ended, theirs)] == [False, False, True]
    for each in (waits, ended, theirs):
        check_truth(each)


@pytest.mark.parametrize(("state", "waits"), [("claimed", True), ("sending", True), ("accepted", False)])
def test_what_a_worker_has_in_hand_keeps_her_number_until_it_has_ended(
    outbox: Outbox, account: Account, state: str, waits: bool
) -> None:
    her = member(*crowd(account, 1))
    source_id = outbox.put(source(T), Recipient(her))
    people.settle(source_id, her, state)
    in_transaction(lambda: leaving.forget(her))
    assert leaving.under_way(her) is waits
    assert told(source_id) == {(her if waits else None, None)}
    check_truth(source_id)


def test_followers_who_are_buried_are_given_up(outbox: Outbox, account: Account) -> None:
    ids = crowd(account, 3)
    source_id = outbox.put(source(T), *followers(ids))
    assert in_transaction(lambda: leaving.give_up(ids[:2])) == 2
    assert endings(source_id) == {("pending", ""): 1, ("unreachable", "left"): 2}
    check_truth(source_id)


def test_withholding_and_cancelling_at_once_end_each_row_once(outbox: Outbox, account: Account) -> None:
    members = [member(each) for each in crowd(account, 12)]
    source_id = outbox.put_all(source(T), ALL_MEMBERS)
    withhold = [partial(in_transaction, partial(leaving.withhold, each)) for each in members]
    at_once(*withhold[:6], partial(actions.cancel, source_id), *withhold[6:])
    assert sum(states(source_id).values()) == 12
    assert "pending" not in states(source_id)
    check_truth(source_id)
