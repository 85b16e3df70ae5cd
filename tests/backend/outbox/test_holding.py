"""Holding a source back: pause, resume and cancel are true to the unit. Nobody sends here."""

from functools import partial

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.outbox import actions
from backend.outbox.actions import Outbox, Recipient
from backend.runtime import Runtime
from models.deliveries import Channel, Delivery, DeliverySource, DeliveryState, SourceState
from tests.backend.outbox.audiences import ALL_FOLLOWERS, ALL_MEMBERS, audience, blocks, check_blocks, member, people
from tests.outboxes import check_truth, followers, source, states
from tests.threads import at_once


@pytest.fixture
def outbox(runtime: Runtime) -> Outbox:
    return Outbox(runtime.cipher, lambda: None)


def _state(source_id: int) -> tuple[SourceState, str]:
    row = DeliverySource.get_by_id(source_id)
    return row.state, row.why


def test_a_source_is_paused_with_its_reason_and_goes_on(outbox: Outbox, account: Account) -> None:
    source_id = outbox.put(source(Channel.TEMPLATE), *followers(people(account, 2)))
    assert actions.pause(source_id, "48004")
    assert _state(source_id) == (SourceState.PAUSED, "48004")
    assert not actions.pause(source_id, "again")
    assert _state(source_id) == (SourceState.PAUSED, "48004")
    assert actions.resume(source_id)
    assert not actions.resume(source_id)
    assert _state(source_id) == (SourceState.RUNNING, "")
    assert states(source_id) == {"pending": 2}
    check_truth(source_id)
    check_blocks(source_id)


def test_who_has_not_been_sent_to_is_cancelled_to_the_unit(outbox: Outbox, account: Account) -> None:
    ids = people(account, 7)
    member(ids[0])
    source_id = outbox.put_all(source(Channel.TEMPLATE), ALL_MEMBERS, ALL_FOLLOWERS)
    other = outbox.put(source(Channel.TEMPLATE), *followers(ids))
    assert actions.cancel(source_id) == 7
    assert _state(source_id) == (SourceState.CANCELLED, "")
    assert (states(source_id), blocks(source_id)) == ({"cancelled": 7}, {})
    assert actions.cancel(source_id) == 0
    check_truth(source_id)
    assert states(other) == {"pending": 7}
    check_blocks(other)
    check_truth(other)


def test_who_was_tried_before_is_cancelled_to_the_unit_too(outbox: Outbox, account: Account) -> None:
    source_id = outbox.put(source(Channel.TEMPLATE), *followers(people(account, 2)))
    Delivery.update(channel=Channel.TEMPLATE, attempts=1, reason="45011", due_at=clock.now()).execute()
    assert actions.cancel(source_id) == 2
    check_truth(source_id)


@pytest.mark.parametrize("paused", [False, True])
def test_what_was_cancelled_stays_cancelled(outbox: Outbox, account: Account, paused: bool) -> None:
    source_id = outbox.put(source(Channel.TEMPLATE), *followers(people(account, 1)))
    if paused:
        actions.pause(source_id, "trouble")
    actions.cancel(source_id)
    assert not actions.resume(source_id)
    assert not actions.pause(source_id, "late")
    assert _state(source_id) == (SourceState.CANCELLED, "")


def test_what_is_in_a_workers_hands_is_left_to_it(outbox: Outbox, account: Account) -> None:
    ids = people(account, 4)
    source_id = outbox.put(source(Channel.TEMPLATE), *followers(ids))
    for person, state in zip(ids, (DeliveryState.CLAIMED, DeliveryState.SENDING), strict=False):
        Delivery.update(state=state).where(Delivery.follower == person).execute()
    assert actions.cancel(source_id) == 2
    assert states(source_id) == {"claimed": 1, "sending": 1, "cancelled": 2}
    assert len(blocks(source_id)) == 1  # somebody has to finish it
    check_truth(source_id)


def test_a_cancellation_that_was_broken_off_is_finished(outbox: Outbox, account: Account) -> None:
    ids = people(account, 3)
    first, running = source(Channel.TEMPLATE), outbox.put(source(Channel.TEMPLATE), *followers(ids))
    source_id = outbox.put(first, *followers(ids))
    DeliverySource.update(state=SourceState.CANCELLED).where(DeliverySource.id == source_id).execute()
    assert actions.finish_cancelled() == 3
    assert actions.finish_cancelled() == 0
    assert (states(source_id), states(running)) == ({"cancelled": 3}, {"pending": 3})
    check_truth(source_id)


def test_who_is_put_for_a_cancelled_source_is_cancelled_too(outbox: Outbox, account: Account) -> None:
    one, other = people(account, 2)
    first = source(Channel.TEMPLATE)
    source_id = outbox.put(first, Recipient(follower_id=one))
    actions.cancel(source_id)
    outbox.put(first, Recipient(follower_id=other))
    check_truth(source_id)
    assert actions.finish_cancelled() == 1
    assert (states(source_id), audience(source_id)) == ({"cancelled": 2}, 2)
    check_truth(source_id)


def test_puts_and_cancellations_at_once_lose_nobody(outbox: Outbox, account: Account) -> None:
    ids = people(account, 20)
    first = source(Channel.TEMPLATE)
    source_id = outbox.put(first, Recipient(follower_id=ids[0]))
    puts = [partial(outbox.put, first, Recipient(follower_id=each)) for each in ids]
    at_once(*puts[:10], partial(actions.cancel, source_id), *puts[10:])
    actions.finish_cancelled()
    assert states(source_id) == {"cancelled": 20}
    assert blocks(source_id) == {}
    check_truth(source_id)
