"""Single scenes between workers, the platform and the clock, each told by itself."""

import threading
import time as real_time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest

from backend.outbox import actions, tallies
from backend.outbox.actions import Outbox
from backend.outbox.engine import claims, shifts
from backend.outbox.engine.workers import Fenced
from backend.outbox.tallies import End
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from backend.wechat.failures import GatewayError, Interrupted, NoAnswer, refusal
from backend.wechat.sending.sends import Outcome
from models.deliveries import Channel, Delivery, DeliveryState, Priority
from models.followers import FollowState, WechatIdentity
from models.subscriptions import SubscriptionCredit
from models.workers import DeliveryBlock, DeliveryLane
from tests.backend.outbox.engine.watched import LEASE, NOON, Clock, House, Watched, bury, own_time
from tests.outboxes import check_truth, source, states
from tests.threads import at_once

PATH = "/cgi-bin/message/template/send"
LOST = NoAnswer(PATH, True, "timed out")
EXPIRES = NOON + timedelta(hours=6)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    with own_time(monkeypatch) as made:
        yield made


@pytest.fixture
def street(runtime: Runtime, time: Clock) -> House:
    house = House(runtime)
    house.empty()
    return house


@pytest.fixture
def outbox(runtime: Runtime) -> Outbox:
    return Outbox(runtime.cipher, lambda: None)


def told(outbox: Outbox, street: House, *ladder: Channel, person: int = 0, **more: object) -> int:
    """Something new for one person."""
    return outbox.put(source(*ladder, expires_at=EXPIRES, **more), street.people[person])  # type: ignore[arg-type]


def sending(street: House) -> Watched:
    """A worker that has claimed what is due and committed its intents."""
    shift = Watched(street)
    shift.round()
    shift.round()
    return shift


def answered(shift: Watched, error: GatewayError | None) -> None:
    """The platform answers the oldest, and the worker hears it."""
    shift.hear(Outcome(shift.tray.handed.pop(0), error))
    shift.round()


def quiet(shift: Watched) -> bool:
    """Whether it comes to its end without anybody's answer."""
    return not all(shift.round() for _ in range(20))


@pytest.fixture
def uncertain(outbox: Outbox, street: House) -> tuple[int, Watched]:
    """A template message of which nobody knows whether it came; its worker goes on."""
    source_id = told(outbox, street, Channel.TEMPLATE, priority=Priority.PERSONAL)
    shift = sending(street)
    answered(shift, LOST)
    assert states(source_id) == {"uncertain": 1}
    return source_id, shift


def test_what_is_uncertain_is_repeated_and_then_certain(uncertain: tuple[int, Watched], time: Clock) -> None:
    source_id, shift = uncertain
    time.at += timedelta(seconds=20)
    shift.round()
    shift.round()
    assert states(source_id) == {"sending": 1}
    check_truth(source_id)
    answered(shift, None)
    assert states(source_id) == {"accepted": 1}
    check_truth(source_id)


@pytest.mark.parametrize("number", [47003, 43004, 45011, 45009, 48004])
def test_a_repeat_that_is_refused_leaves_it_uncertain(uncertain: tuple[int, Watched], time: Clock, number: int) -> None:
    """The first may have arrived all the same."""
    source_id, shift = uncertain
    time.at += timedelta(seconds=20)
    shift.round()
    shift.round()
    answered(shift, refusal(PATH, number, ""))
    assert states(source_id) == {"uncertain": 1}
    check_truth(source_id)


@pytest.mark.parametrize("error", [LOST, refusal(PATH, 43004, "")], ids=["lost", "refused"])
def test_what_stays_uncertain_is_repeated_a_few_times_only(
    uncertain: tuple[int, Watched], time: Clock, error: GatewayError
) -> None:
    _, shift = uncertain
    tries = 0
    for _ in range(120):
        time.at += timedelta(seconds=4)
        shift.round()
        shift.round()
        if shift.tray.handed:
            tries += 1
            answered(shift, error)
    assert 1 <= tries <= 9


def test_the_minutes_in_which_it_is_repeated_run_from_the_first_intent(
    uncertain: tuple[int, Watched], time: Clock
) -> None:
    """The platform counts its ten from the first it heard of."""
    source_id, shift = uncertain
    repeated = []
    for minutes in (4, 8, 12, 16):
        time.at = NOON + timedelta(minutes=minutes)
        shift.round()
        shift.round()
        if shift.tray.handed:
            repeated.append(minutes)
            answered(shift, LOST)
    assert repeated == [4, 8]
    assert states(source_id) == {"uncertain": 1}


def test_what_may_have_come_is_not_sent_by_another_channel(outbox: Outbox, street: House, time: Clock) -> None:
    source_id = told(outbox, street, Channel.TEMPLATE, Channel.CUSTOM, priority=Priority.PERSONAL)
    shift = sending(street)
    answered(shift, LOST)
    WechatIdentity.update(follow_state=FollowState.STRANGER).execute()
    time.at += timedelta(seconds=20)
    for _ in range(4):
        shift.round()
    assert not shift.tray.handed
    assert states(source_id).keys() <= {"uncertain", "claimed"}


@pytest.mark.parametrize("why", ["she left", "it expired"])
def test_what_cannot_be_repeated_keeps_no_worker_busy(
    uncertain: tuple[int, Watched], time: Clock, why: str, street: House
) -> None:
    source_id, shift = uncertain
    assert quiet(shift)
    if why == "she left":
        WechatIdentity.update(follow_state=FollowState.LEFT).execute()
    else:
        Delivery.update(intended_at=EXPIRES - timedelta(seconds=60)).execute()
        time.at = EXPIRES
    time.at += timedelta(seconds=20)
    assert quiet(Watched(street))
    assert states(source_id) == {"uncertain": 1}
    check_truth(source_id)


def test_a_block_in_which_nobody_waits_any_more_is_closed(
    uncertain: tuple[int, Watched], time: Clock, street: House
) -> None:
    source_id, shift = uncertain
    assert quiet(shift)
    time.at += timedelta(minutes=20)
    assert quiet(Watched(street))
    assert claims.due(0, (), time.at, 1) == []
    assert not DeliveryBlock.select().exists()
    assert states(source_id) == {"uncertain": 1}


def test_what_came_back_unsent_waits_without_a_trace_of_its_intent(outbox: Outbox, street: House, time: Clock) -> None:
    source_id = told(outbox, street, Channel.TEMPLATE)
    shift = sending(street)
    answered(shift, Interrupted(PATH, False))
    row = Delivery.get(Delivery.source == source_id)
    assert (states(source_id), row.intended_at) == ({"pending": 1}, None)
    assert row.due_at == NOON + timedelta(seconds=1)


def test_whoever_was_refused_and_has_to_wait_for_her_turn_is_not_said_to_be_under_way(
    outbox: Outbox, street: House
) -> None:
    """Something more urgent for the same person goes first."""
    broadcast = told(outbox, street, Channel.NOTICE, Channel.TEMPLATE, priority=Priority.BROADCAST)
    shift = sending(street)
    personal = told(outbox, street, Channel.TEMPLATE, priority=Priority.PERSONAL)
    shift.round()
    answered(shift, refusal(PATH, 43101, ""))
    assert (states(broadcast), states(personal)) == ({"claimed": 1}, {"sending": 1})


def test_a_take_over_makes_nothing_due_before_its_time(outbox: Outbox, street: House, time: Clock) -> None:
    told(outbox, street, Channel.TEMPLATE)
    later = NOON + timedelta(hours=1)
    source_id = told(outbox, street, Channel.TEMPLATE, person=1, not_before=later)
    shift = sending(street)
    time.at += LEASE
    in_transaction(partial(bury, shift.line.life.id))
    assert DeliveryBlock.get(DeliveryBlock.source == source_id).due_at == later


def test_a_worker_that_was_taken_for_dead_stays_so_when_another_has_begun(
    outbox: Outbox, street: House, time: Clock
) -> None:
    told(outbox, street, Channel.TEMPLATE)
    first = sending(street)
    time.at += LEASE
    in_transaction(partial(bury, first.line.life.id))
    second = Watched(street)
    second.round()
    with pytest.raises(Fenced):
        first.round()
    second.round()
    assert len(second.tray.handed) == 1


def test_a_worker_taken_for_dead_sends_nothing_after_the_time_it_may(
    outbox: Outbox, street: House, time: Clock
) -> None:
    told(outbox, street, Channel.TEMPLATE)
    shift = sending(street)
    assert shift.line.life.may_send()
    time.at += timedelta(seconds=10)
    assert not shift.line.life.may_send()


def test_a_put_under_way_during_a_take_over_is_not_lost(outbox: Outbox, street: House, time: Clock) -> None:
    first = source(Channel.CUSTOM, expires_at=EXPIRES)
    source_id = outbox.put(first, street.people[0])
    dead = sending(street)
    written = threading.Event()

    def put_slowly() -> None:
        outbox.put(first, street.people[1])
        written.set()
        real_time.sleep(0.3)

    def take_over() -> None:
        written.wait(5)
        in_transaction(partial(bury, dead.line.life.id))

    at_once(partial(in_transaction, put_slowly), take_over)
    assert states(source_id) == {"uncertain": 1, "pending": 1}
    assert DeliveryBlock.get(DeliveryBlock.source == source_id).waiting == 1
    check_truth(source_id)


def test_the_dead_hold_no_lane_and_what_they_had_in_hand_waits(outbox: Outbox, street: House, time: Clock) -> None:
    source_id = told(outbox, street, Channel.TEMPLATE)
    shift = Watched(street)
    shift.round()
    held = DeliveryLane.holder.is_null(False)
    assert DeliveryLane.select().where(held).exists()
    in_transaction(partial(bury, shift.line.life.id))
    assert states(source_id) == {"pending": 1}
    assert not DeliveryLane.select().where(held).exists()
    check_truth(source_id)
    assert len(sending(street).tray.handed) == 1


@pytest.fixture
def unaware(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Calls it, and workers do not look whether a source still runs."""
    return lambda: monkeypatch.setattr(shifts, "LOOK_SECONDS", 3600.0)


@pytest.mark.parametrize("channel", [Channel.NOTICE, Channel.INBOX, Channel.MASS, Channel.TEMPLATE])
@pytest.mark.parametrize("knows", [True, False])
def test_what_is_cancelled_while_it_is_in_hand_is_not_sent_and_counted_once(
    outbox: Outbox, street: House, unaware: Callable[[], None], channel: Channel, knows: bool
) -> None:
    source_id = told(outbox, street, channel)
    other = told(outbox, street, Channel.TEMPLATE, person=1)
    shift = Watched(street)
    shift.round()
    if not knows:
        unaware()
    assert actions.cancel(source_id) == 1
    check_truth(source_id)
    shift.round()
    assert states(source_id) == {"cancelled": 1}
    assert states(other) == {"sending": 1}
    check_truth(source_id)
    [sent] = shift.tray.handed
    assert sent.parcel.source_id == other
    assert {credit.left for credit in SubscriptionCredit.select()} == {2}, "nobody's consent was spent"
    answered(shift, None)
    assert quiet(shift)
    assert DeliveryBlock.select().count() == 0
    check_truth(other)


def test_of_a_lane_only_those_are_lost_who_were_cancelled(
    outbox: Outbox, street: House, unaware: Callable[[], None]
) -> None:
    """Written together, as an unbroken run of ids."""
    source_id = outbox.put(source(Channel.TEMPLATE, expires_at=EXPIRES), *street.people[:3])
    shift = Watched(street)
    shift.round()
    unaware()
    gone = Delivery.select().where(Delivery.source == source_id).order_by(Delivery.id)[1]
    Delivery.update(state=DeliveryState.CANCELLED, settled_at=NOON).where(Delivery.id == gone.id).execute()
    tallies.count(Counter({End(source_id, DeliveryState.CANCELLED, "", ""): 1}))
    shift.round()
    assert states(source_id) == {"cancelled": 1, "sending": 2}
    assert gone.id not in {each.parcel.id for each in shift.tray.handed}
    answered(shift, None)
    answered(shift, None)
    assert quiet(shift)
    assert states(source_id) == {"cancelled": 1, "accepted": 2}
    assert DeliveryBlock.select().count() == 0
    check_truth(source_id)


def test_what_is_put_back_to_the_moment_it_waited_for_is_put_back(outbox: Outbox, street: House, time: Clock) -> None:
    """As by a clock that was set back: the row is written and does not change, which is not that somebody took it."""
    source_id = told(outbox, street, Channel.TEMPLATE)
    Delivery.update(due_at=time.now()).where(Delivery.source == source_id).execute()
    shift = Watched(street)
    shift.round()
    assert actions.pause(source_id, "by_hand")
    shift.round()
    assert states(source_id) == {"pending": 1}
    assert shift.tray.handed == []
    assert quiet(shift)
    check_truth(source_id)
