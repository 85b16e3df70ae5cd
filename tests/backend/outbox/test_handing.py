"""What was put for two registrations of one person goes to her once, and every source stays true to the unit."""

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.followers import actions as people_followed
from backend.outbox import handing, lanes
from backend.outbox.actions import Outbox, Recipient
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from backend.storage.dialects import run
from models.deliveries import Channel, Delivery, DeliveryState
from models.members import Member
from tests import people
from tests.backend.outbox.audiences import again, blocks, member, told
from tests.backend.outbox.audiences import people as crowd
from tests.outboxes import check_truth, endings, followers, source, states

FAR = 5 * lanes.WIDTH


@pytest.fixture
def outbox(runtime: Runtime) -> Outbox:
    return Outbox(runtime.cipher, lambda: None)


def _pair(account: Account) -> tuple[int, int]:
    """The one who stays and the one who goes, in lanes of their own."""
    one, other = crowd(account, 2)
    keep = member(one)
    gone: int = Member.insert(id=FAR, joined_at=clock.now()).execute()
    return keep, gone or other


def _hand_over(gone: int, keep: int) -> None:
    in_transaction(lambda: handing.hand_over(gone, keep))


def test_what_waits_for_her_waits_in_her_other_lane(outbox: Outbox, account: Account) -> None:
    keep, gone = _pair(account)
    source_id = outbox.put(source(Channel.TEMPLATE), Recipient(gone, data={"words": "您的申请"}))
    _hand_over(gone, keep)
    assert told(source_id) == {(keep, None)}
    assert states(source_id) == {"pending": 1}
    assert blocks(source_id)[lanes.of_member(keep)] == 1
    assert Delivery.get(Delivery.source == source_id).data is not None
    check_truth(source_id)


def test_a_worker_that_has_just_read_it_cannot_send_it_any_more(outbox: Outbox, account: Account) -> None:
    keep, gone = _pair(account)
    source_id = outbox.put(source(Channel.TEMPLATE), Recipient(gone))
    read = Delivery.get(Delivery.source == source_id).id
    _hand_over(gone, keep)
    intent = run("UPDATE delivery SET state = 'sending' WHERE id = ? AND state = 'pending'", read)
    assert intent.rowcount == 0
    assert states(source_id) == {"pending": 1}


def test_what_was_set_aside_for_a_mass_send_is_found_in_her_other_lane(outbox: Outbox, account: Account) -> None:
    keep, gone = _pair(account)
    source_id = outbox.put(source(Channel.MASS), Recipient(gone))
    Delivery.update(channel=Channel.MASS).execute()
    _hand_over(gone, keep)
    assert Delivery.get(Delivery.source == source_id).channel is None, "only then an ordinary block finds it"


def test_of_what_waits_for_both_one_is_sent(outbox: Outbox, account: Account) -> None:
    keep, gone = _pair(account)
    source_id = outbox.put(source(Channel.TEMPLATE), Recipient(gone), Recipient(keep))
    _hand_over(gone, keep)
    assert states(source_id) == {"pending": 1, "unreachable": 1}
    assert Delivery.get(Delivery.state == DeliveryState.PENDING).member_id == keep
    check_truth(source_id)


@pytest.mark.parametrize("state", ["sending", "accepted", "delivered", "uncertain"])
def test_what_the_other_was_sent_is_not_sent_again(outbox: Outbox, account: Account, state: str) -> None:
    keep, gone = _pair(account)
    source_id = outbox.put(source(Channel.TEMPLATE), Recipient(gone), Recipient(keep))
    people.settle(source_id, gone, state)
    _hand_over(gone, keep)
    assert states(source_id) == {state: 1, "unreachable": 1}
    assert ("unreachable", "twice") in endings(source_id)
    check_truth(source_id)


@pytest.mark.parametrize("state", ["failed", "unreachable", "cancelled"])
def test_what_did_not_reach_the_other_still_goes_to_her(outbox: Outbox, account: Account, state: str) -> None:
    keep, gone = _pair(account)
    source_id = outbox.put(source(Channel.TEMPLATE), Recipient(gone), Recipient(keep))
    people.settle(source_id, gone, state)
    _hand_over(gone, keep)
    assert states(source_id) == {state: 1, "pending": 1}
    check_truth(source_id)


@pytest.mark.parametrize("state", ["accepted", "delivered", "failed", "uncertain", "unreachable", "cancelled"])
def test_what_has_ended_is_hers(outbox: Outbox, account: Account, state: str) -> None:
    keep, gone = _pair(account)
    source_id = outbox.put(source(Channel.TEMPLATE), Recipient(gone))
    people.settle(source_id, gone, state)
    _hand_over(gone, keep)
    assert told(source_id) == {(keep, None)}
    assert states(source_id) == {state: 1}
    check_truth(source_id)


@pytest.mark.parametrize("state", ["claimed", "sending"])
def test_what_a_worker_has_in_hand_ends_under_the_old_name(outbox: Outbox, account: Account, state: str) -> None:
    keep, gone = _pair(account)
    source_id = outbox.put(source(Channel.TEMPLATE), Recipient(gone))
    people.settle(source_id, gone, state)
    _hand_over(gone, keep)
    assert told(source_id) == {(gone, None)}
    assert states(source_id) == {state: 1}
    check_truth(source_id)


def test_sources_of_others_are_left_alone(outbox: Outbox, account: Account) -> None:
    keep, gone = _pair(account)
    ids = crowd(account, 3, first=10)
    source_id = outbox.put(source(Channel.TEMPLATE), Recipient(gone), *followers(ids))
    _hand_over(gone, keep)
    assert told(source_id) == {(keep, None), *((None, each) for each in ids)}
    check_truth(source_id)


# A follower who becomes a member


def test_who_was_put_as_a_follower_is_not_put_again_as_a_member(outbox: Outbox, account: Account) -> None:
    (person,) = crowd(account, 1)
    first = source(Channel.TEMPLATE)
    source_id = outbox.put(first, Recipient(follower_id=person))
    member_id = member(person)
    for recipient in (Recipient(member_id), Recipient(follower_id=person)):
        assert outbox.put(again(first), recipient) == source_id
    assert told(source_id) == {(None, person)}
    check_truth(source_id)


@pytest.mark.parametrize(("state", "left"), [("pending", False), ("accepted", False), ("unreachable", True)])
def test_what_waits_for_the_member_is_not_sent_when_her_new_identity_was_put_as_a_follower(
    outbox: Outbox, account: Account, state: str, left: bool
) -> None:
    one, other = crowd(account, 2)
    member_id = member(one)
    source_id = outbox.put(source(Channel.TEMPLATE), Recipient(member_id), Recipient(follower_id=other))
    if state != "pending":
        people.settle_follower(source_id, other, state)
    in_transaction(lambda: people_followed.join(other, member_id))
    row = Delivery.get((Delivery.source == source_id) & (Delivery.member == member_id))
    assert (row.state is DeliveryState.PENDING) is left
    check_truth(source_id)
