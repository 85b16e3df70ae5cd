"""What one worker has in hand: who is next, who waits behind whom, and which blocks are done with."""

from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend import clock
from backend.outbox.channels import Plan, Reach
from backend.outbox.engine.desk import RESERVE, Desk
from backend.outbox.engine.parcels import Assignment, Block, Parcel
from backend.outbox.messages import Message
from models.deliveries import DeliveryState, Priority

PERSONAL, EMERGENCY, BROADCAST = Priority.PERSONAL, Priority.EMERGENCY, Priority.BROADCAST
WIDE = 100
_numbers = count(1)


def block(priority: Priority = BROADCAST, lane: int = 0) -> Block:
    plan = Plan((), frozenset(), priority, clock.now() + timedelta(days=1), {})
    return Block(next(_numbers), Assignment(1, "notice", Message(), plan), lane, priority, waiting=0)


def parcels(of: Block, *people: int) -> list[Parcel]:
    return [Parcel(next(_numbers), person, of, Reach([]), None, DeliveryState.CLAIMED) for person in people]


def accepted(desk: Desk, *people: int, priority: Priority = BROADCAST, lane: int = 0) -> list[Parcel]:
    """Parcels of a block of their own."""
    mine = parcels(one := block(priority, lane), *people)
    desk.accept(one, mine)
    return mine


def take(desk: Desk) -> Parcel:
    """The next, and its intent is committed."""
    parcel = desk.next()
    assert parcel is not None
    desk.leaves(parcel)
    return parcel


def test_an_empty_desk_has_nobody_next() -> None:
    desk = Desk(WIDE)
    assert not desk
    assert desk.next() is None
    assert (desk.waiting, desk.least_urgent) == (0, len(Priority))


def test_the_more_urgent_go_first_and_else_whoever_came_first() -> None:
    desk = Desk(WIDE)
    broadcast = accepted(desk, 1, 2)
    emergency, personal = accepted(desk, 3, priority=EMERGENCY), accepted(desk, 4, priority=PERSONAL)
    assert desk.least_urgent == BROADCAST
    assert [take(desk) for _ in range(4)] == [*personal, *emergency, *broadcast]
    assert desk.least_urgent == len(Priority)


def test_the_least_urgent_are_told_of_those_that_wait() -> None:
    desk = Desk(WIDE)
    accepted(desk, 3, priority=EMERGENCY)
    assert (desk.waiting, desk.least_urgent) == (1, EMERGENCY)


def test_broadcasts_leave_room_for_what_is_more_urgent() -> None:
    window = 4 * RESERVE
    desk = Desk(window)
    broadcast = accepted(desk, *range(window))
    assert [take(desk) for _ in range(window - RESERVE)] == broadcast[: window - RESERVE]
    assert desk.next() is None
    urgent = accepted(desk, *range(1000, 1000 + RESERVE + 1), priority=EMERGENCY)
    assert [take(desk) for _ in range(RESERVE)] == urgent[:RESERVE]
    assert desk.next() is None
    desk.comes_back(broadcast[0])
    assert take(desk) is urgent[-1]
    assert desk.next() is None


def test_a_small_window_is_not_all_reserve() -> None:
    desk = Desk(3)
    broadcast = accepted(desk, *range(3))
    assert [take(desk), take(desk), take(desk)] == broadcast


def test_a_person_has_one_message_under_way() -> None:
    desk = Desk(WIDE)
    first, second, other = accepted(desk, 7, 7, 8)
    assert take(desk) is first
    assert take(desk) is other
    assert desk.next() is None
    desk.comes_back(first)
    assert take(desk) is second


def test_whoever_waited_behind_a_person_goes_in_the_order_they_came() -> None:
    desk = Desk(WIDE)
    first, *behind = accepted(desk, 7, 7, 7)
    (later,) = accepted(desk, 9)
    assert take(desk) is first
    assert take(desk) is later
    desk.comes_back(first)
    desk.comes_back(later)
    assert take(desk) is behind[0]
    assert desk.next() is None
    desk.comes_back(behind[0])
    assert take(desk) is behind[1]


def test_what_waited_behind_a_broadcast_and_is_urgent_goes_before_all_broadcasts() -> None:
    desk = Desk(WIDE)
    first, second = accepted(desk, 7, 7)
    take(desk)
    (urgent,) = accepted(desk, 7, priority=PERSONAL)
    assert desk.next() is None
    desk.comes_back(first)
    assert take(desk) is urgent
    desk.comes_back(urgent)
    assert take(desk) is second


def test_what_goes_by_another_channel_goes_at_once() -> None:
    desk = Desk(WIDE)
    first, _second = accepted(desk, 7, 8)
    take(desk)
    desk.comes_back(first)
    desk.again(first)
    assert take(desk) is first


def test_a_block_is_finished_when_the_last_of_its_parcels_is_out_of_hand() -> None:
    desk = Desk(WIDE)
    first, second = accepted(desk, 1, 2)
    for parcel in (first, second):
        assert take(desk) is parcel
        desk.comes_back(parcel)
        assert desk.take_finished() == ([], set())
        desk.done(parcel, later=False)
    assert desk.take_finished() == ([first.block], {0})
    assert not desk
    assert (first.block.ended, first.block.later, first.block.open) == (2, 0, 0)
    assert desk.take_finished() == ([], set())


def test_a_block_without_parcels_is_finished_at_once() -> None:
    desk = Desk(WIDE)
    assert accepted(desk, lane=4) == []
    finished, free = desk.take_finished()
    assert (len(finished), free) == (1, {4})


def test_a_block_waits_for_the_first_of_those_that_come_later() -> None:
    desk, now = Desk(WIDE), clock.now()
    mine = accepted(desk, 1, 2, 3)
    for parcel, seconds in zip(mine, (30, 20, None), strict=True):
        parcel.due_at = None if seconds is None else now + timedelta(seconds=seconds)
        assert desk.next() is parcel
        desk.done(parcel, later=seconds is not None)
    ((finished,), _) = desk.take_finished()
    assert (finished.later, finished.ended) == (2, 1)
    assert finished.next_due == now + timedelta(seconds=20)


def test_a_lane_is_free_when_no_other_block_in_hand_lies_in_it() -> None:
    desk = Desk(WIDE)
    (first,), (second,), (other,) = accepted(desk, 1, lane=4), accepted(desk, 2, lane=4), accepted(desk, 3, lane=-5)

    def done(parcel: Parcel) -> tuple[list[Block], set[int]]:
        desk.done(parcel, later=False)
        return desk.take_finished()

    assert desk.next() is first
    assert done(first) == ([first.block], set())
    assert desk.next() is second
    assert desk.next() is other
    assert done(other) == ([other.block], {-5})
    assert done(second) == ([second.block], {4})


@pytest.mark.parametrize("times", [1, 3])
def test_two_blocks_of_a_lane_that_end_together_free_it_once(times: int) -> None:
    desk = Desk(WIDE)
    for _ in range(times):
        accepted(desk, lane=4)
    finished, free = desk.take_finished()
    assert (len(finished), free) == (times, {4})


class Working(RuleBasedStateMachine):
    """A worker's whole day, whatever comes in which order. The model is where each parcel is."""

    @initialize(window=st.integers(RESERVE + 1, RESERVE + 4))
    def open(self, window: int) -> None:
        self.desk = Desk(window)
        self.in_hand, self.under_way, self.done = set[Parcel](), list[Parcel](), set[Parcel]()
        self.blocks, self.finished = dict[int, Block](), Counter[int]()

    @rule(people=st.lists(st.integers(1, 4), max_size=6), priority=st.sampled_from(Priority), lane=st.integers(-2, 1))
    def claim(self, people: list[int], priority: Priority, lane: int) -> None:
        one = block(priority, lane)
        self.blocks[one.id] = one
        self.in_hand |= set(mine := parcels(one, *people))
        self.desk.accept(one, mine)

    @rule(ends=st.lists(st.booleans(), max_size=8))
    def decide(self, ends: list[bool]) -> None:
        """Some end or wait at once, the others leave."""
        for at_once in ends:
            parcel = self.desk.next()
            if parcel is None:
                return
            assert parcel in self.in_hand
            assert parcel.person not in {other.person for other in self.under_way}
            if at_once:
                self._out(parcel, later=False)
            else:
                self.desk.leaves(parcel)
                self.under_way.append(parcel)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), ending=st.sampled_from(["ends", "later", "again"]))
    def hear(self, data: st.DataObject, ending: str) -> None:
        parcel = self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
        self.desk.comes_back(parcel)
        if ending == "again":
            self.desk.again(parcel)
        else:
            self._out(parcel, later=ending == "later")

    @rule()
    def commit(self) -> None:
        finished, free = self.desk.take_finished()
        self.finished.update(one.id for one in finished)
        open_lanes = {parcel.block.lane for parcel in self.in_hand}
        assert free == {one.lane for one in finished} - open_lanes

    def _out(self, parcel: Parcel, later: bool) -> None:
        self.in_hand.discard(parcel)
        self.done.add(parcel)
        self.desk.done(parcel, later)

    @invariant()
    def one_under_way_for_each_person(self) -> None:
        assert self.desk.under_way == {parcel.person: parcel for parcel in self.under_way}
        broadcasts = sum(parcel.block.priority == BROADCAST for parcel in self.under_way)
        assert len(self.under_way) <= self.desk.window
        assert broadcasts <= self.desk.window - RESERVE

    @invariant()
    def a_block_is_finished_once_and_exactly_when_nothing_of_it_is_in_hand(self) -> None:
        held = {parcel.block.id for parcel in self.in_hand}
        assert self.desk.blocks.keys() == held
        assert all(number == 1 for number in self.finished.values())
        told = self.finished.keys() | {one.id for one in self.desk.finished}
        assert told == self.blocks.keys() - held

    def teardown(self) -> None:
        """Nobody was forgotten: when everything under way is heard of, all comes out in its turn."""
        if not hasattr(self, "desk"):
            return
        while self.in_hand:
            parcel = self.under_way.pop() if self.under_way else take(self.desk)
            self.desk.comes_back(parcel)
            self._out(parcel, later=False)
        self.commit()
        assert (self.desk.next(), self.desk.waiting, bool(self.desk)) == (None, 0, False)


TestWorking = Working.TestCase
TestWorking.settings = settings(max_examples=60, stateful_step_count=25, derandomize=True, deadline=None)
