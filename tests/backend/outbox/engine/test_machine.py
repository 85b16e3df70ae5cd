"""Whatever happens in whichever order, nobody is told twice, nobody is lost, and the counts are true to the unit.

Workers are killed between any two steps, taken over, and woken again; the platform answers whatever it may answer. The
model is what the platform has accepted, for each source and person.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import groupby

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from backend import clock
from backend.outbox import actions, lanes, rules
from backend.outbox.actions import Outbox
from backend.outbox.engine import claims
from backend.outbox.engine.parcels import Parcel
from backend.outbox.engine.sends import Outgoing
from backend.outbox.engine.workers import Fenced
from backend.outbox.messages import Source
from backend.runtime import Runtime
from backend.storage.database import in_transaction
from backend.wechat.failures import Closed, GatewayError, Interrupted, NoAnswer, refusal
from backend.wechat.sending.sends import Outcome
from models.deliveries import Channel, Delivery, DeliverySource, DeliveryState, Priority, SourceState
from models.subscriptions import SubscriptionCredit
from models.workers import DeliveryBlock, DeliveryLane, DeliveryWorker
from tests.backend.outbox.engine.watched import (
    FOLLOWERS,
    LEASE,
    MEMBERS,
    NOON,
    Clock,
    Dies,
    House,
    Killed,
    Platform,
    Watched,
    bury,
    own_time,
)
from tests.outboxes import check_truth, source

S = DeliveryState
LADDERS = (
    (Channel.TEMPLATE,),
    (Channel.NOTICE, Channel.TEMPLATE, Channel.INBOX),
    (Channel.SUBSCRIBE, Channel.CUSTOM, Channel.TEMPLATE),
    (Channel.TEMPLATE, Channel.CUSTOM, Channel.SUBSCRIBE),
)


def _may_become() -> dict[DeliveryState, set[DeliveryState]]:
    """What one commit may make of a row: in memory it may pass through what is written down nowhere."""
    found = {}
    for old in S:
        new, ahead = set[DeliveryState](), [old]
        while ahead:
            steps = set(rules.MOVES[ahead.pop()]) - new
            new |= steps
            ahead += steps & {S.PENDING, S.CLAIMED}
        found[old] = new | {old}
    return found


MAY_BECOME = _may_become()
Answer = Callable[[str, float], GatewayError | None]
"""From the path and seconds since 1970."""

REACHES: dict[str, Answer] = {
    "accepted": lambda path, _: None,
    "accepted, and the answer was lost": lambda path, _: NoAnswer(path, True, "timed out"),
    "accepted, and busy": lambda path, _: refusal(path, -1, ""),
}
REACHES_NOBODY: dict[str, Answer] = {
    "lost on the way": lambda path, _: NoAnswer(path, True, "timed out"),
    "busy, and perhaps done": lambda path, _: refusal(path, -1, ""),
    "no connection": lambda path, _: NoAnswer(path, False, "refused"),
    "too many this minute": lambda path, _: refusal(path, 45011, ""),
    "quota used up": lambda path, _: refusal(path, 45009, ""),
    "no consent left": lambda path, _: refusal(path, 43101, ""),
    "does not follow": lambda path, _: refusal(path, 43004, ""),
    "window shut": lambda path, _: refusal(path, 45015, ""),
    "refused for good": lambda path, _: refusal(path, 47003, ""),
    "banned": lambda path, _: refusal(path, 48004, ""),
    "closed for a minute": lambda path, now: Closed(path, False, now + 60, ""),
    "the batch ended": lambda path, _: Interrupted(path, False),
}
ANSWERS = [*REACHES, *REACHES, *REACHES_NOBODY]
WORKERS = st.integers(0, 1)
SOURCES = st.integers(0, 2)


class Outboxes(RuleBasedStateMachine):
    """Two machines that send, three sources and six people."""

    house: House
    time: Clock

    @initialize(
        ladders=st.lists(st.sampled_from(LADDERS), min_size=3, max_size=3),
        priorities=st.lists(st.sampled_from(Priority), min_size=3, max_size=3),
        later=st.lists(st.booleans(), min_size=3, max_size=3),
    )
    def morning(self, ladders: list[tuple[Channel, ...]], priorities: list[Priority], later: list[bool]) -> None:
        self.time.at = NOON
        self.house.empty()
        self.platform, self.outbox = Platform(self.time), Outbox(self.house.runtime.cipher, lambda: None)
        self.shifts: list[Watched | None] = [None, None]
        self.sources = [self._source(*given) for given in zip(ladders, priorities, later, strict=True)]
        self.ids = [self.outbox.put(each, *self.house.people[::2]) for each in self.sources]
        self.before = dict[int, DeliveryState]()

    def _source(self, ladder: tuple[Channel, ...], priority: Priority, later: bool) -> Source:
        not_before = NOON + timedelta(hours=1) if later else None
        return source(*ladder, priority=priority, not_before=not_before, expires_at=NOON + timedelta(hours=6))

    # Staff

    @rule(number=SOURCES, people=st.sets(st.integers(0, FOLLOWERS + MEMBERS - 1), min_size=1, max_size=3))
    def put(self, number: int, people: set[int]) -> None:
        recipients = [self.house.people[each] for each in sorted(people)]
        assert self.outbox.put(self.sources[number], *recipients) == self.ids[number]

    @rule(number=SOURCES, what=st.sampled_from([*(["pause"] * 3), *(["resume"] * 5), "cancel"]))
    def hold_back(self, number: int, what: str) -> None:
        source_id = self.ids[number]
        if what == "pause":
            actions.pause(source_id, "staff")
        elif what == "resume":
            actions.resume(source_id)
        else:
            actions.cancel(source_id)

    @rule(seconds=st.sampled_from([1, 5, 20, 20, 300, 500, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.time.at += timedelta(seconds=seconds)

    # Workers, and the platform

    @rule(
        worker=WORKERS,
        heard=st.lists(st.lists(st.sampled_from(ANSWERS), max_size=4), min_size=1, max_size=3),
        dies=st.sampled_from([*([Dies.NOT] * 8), *Dies]),
    )
    def work(self, worker: int, heard: list[list[str]], dies: Dies) -> None:
        """A round for each of these, with the answers that came before it. It dies in the last one."""
        for number, answers in enumerate(heard, 1):
            self._answer(worker, answers)
            self._round(worker, dies if number == len(heard) else Dies.NOT)
            self.every_row_moves_as_the_table_says()

    def _answer(self, worker: int, answers: list[str]) -> None:
        shift = self.shifts[worker]
        for what in answers if shift else ():
            assert shift is not None
            if shift.tray.handed:
                outgoing = shift.tray.handed.pop(0)
                shift.hear(Outcome(outgoing, self._comes_of_it(shift, outgoing, what), "7"))

    def _round(self, worker: int, dies: Dies) -> None:
        shift = self.shifts[worker]
        if shift is None:
            if not claims.due(0, (), clock.now(), 1):
                return
            shift = self.shifts[worker] = Watched(self.house)
        shift.dies = dies
        try:
            if not shift.round():
                shift.line.end()
                self.shifts[worker] = None
        except (Fenced, Killed):
            self.shifts[worker] = None
            shift.abandon()

    @precondition(lambda self: any(self.shifts))
    @rule(worker=WORKERS, reached=st.sets(st.integers(0, 9)))
    def kill(self, worker: int, reached: set[int]) -> None:
        """Some of what it had handed over arrived, and nobody hears of it."""
        if shift := self.shifts[worker]:
            self._loses(shift, reached)
            self.shifts[worker] = None
            shift.abandon()

    @precondition(lambda self: any(self.shifts))
    @rule(worker=WORKERS, reached=st.sets(st.integers(0, 9)))
    def stand_still(self, worker: int, reached: set[int]) -> None:
        """For so long that it is taken for dead, and later it goes on."""
        if shift := self.shifts[worker]:
            self._loses(shift, reached)
            self.time.at += LEASE
            in_transaction(partial(bury, shift.line.life.id))

    @rule()
    def take_over(self) -> None:
        """From all who were killed."""
        self.time.at += LEASE
        alive = {shift.line.life.id for shift in self.shifts if shift}
        for row in list(DeliveryWorker.select().where(DeliveryWorker.id.not_in(alive or {0}))):
            in_transaction(partial(bury, row.id))

    def _comes_of_it(self, shift: Watched, outgoing: Outgoing, what: str) -> GatewayError | None:
        if not shift.line.life.may_send():
            return Interrupted(outgoing.path, False)
        if what in REACHES:
            self.platform.take(outgoing)
        return (REACHES.get(what) or REACHES_NOBODY[what])(outgoing.path, self.time.seconds())

    def _loses(self, shift: Watched, reached: set[int]) -> None:
        for number, outgoing in enumerate(shift.tray.handed):
            if number in reached:
                self._comes_of_it(shift, outgoing, "accepted")
        shift.tray.handed.clear()

    # What holds after each step

    @invariant()
    def all_is_well(self) -> None:
        self.the_counts_are_true()
        self.every_row_moves_as_the_table_says()
        self.nobody_is_told_twice()
        self.what_the_platform_has_is_called_so_or_uncertain()
        self.a_person_has_one_message_under_way()
        self.whoever_waits_stands_in_a_block_and_a_lane()
        self.nothing_leaves_too_early()
        self.no_consent_is_spent_that_was_not_given()

    def the_counts_are_true(self) -> None:
        for source_id in self.ids:
            check_truth(source_id)

    def every_row_moves_as_the_table_says(self) -> None:
        rows = {row.id: row.state for row in Delivery.select(Delivery.id, Delivery.state)}
        for id_, old in self.before.items():
            assert rows[id_] in MAY_BECOME[old], f"{old} became {rows[id_]}"
        assert all(rows[id_] in MAY_BECOME[S.PENDING] for id_ in rows.keys() - self.before.keys())
        self.before = rows

    def nobody_is_told_twice(self) -> None:
        assert max(self.platform.accepted.values(), default=0) <= 1

    def what_the_platform_has_is_called_so_or_uncertain(self) -> None:
        unheard = {outcome.id for outcome in self._in_hand()}
        for row in Delivery.select(Delivery.id, Delivery.state, Delivery.intended_at):
            has_it = self.platform.accepted[row.id] > 0
            if row.state is S.ACCEPTED:
                assert has_it
            elif has_it:
                repeats = row.state is S.CLAIMED and row.intended_at is not None
                assert row.state in {S.SENDING, S.UNCERTAIN} or repeats or row.id in unheard, row.state

    def a_person_has_one_message_under_way(self) -> None:
        sending = Delivery.select(Delivery.member, Delivery.follower).where(Delivery.state == S.SENDING).tuples()
        assert max(Counter(sending).values(), default=0) <= 1

    def whoever_waits_stands_in_a_block_and_a_lane(self) -> None:
        running = DeliverySource.select(DeliverySource.id).where(DeliverySource.state != SourceState.CANCELLED)
        rows = Delivery.select().where(Delivery.state.in_(rules.WAITING), Delivery.source.in_(running))
        blocks = {(row.source_id, row.lane): row.waiting for row in DeliveryBlock.select()}
        held = {row.number: row.__data__["holder"] for row in DeliveryLane.select()}
        for (source_id, lane), waiting in groupby(sorted(rows, key=_place), key=_place):
            assert blocks[source_id, lane] >= len(list(waiting))
            assert lane in held
        for row in Delivery.select().where(Delivery.state.in_((S.CLAIMED, S.SENDING))):
            assert held[_place(row)[1]] is not None

    def nothing_leaves_too_early(self) -> None:
        for row in Delivery.select(Delivery.id, Delivery.source):
            first = self.sources[self.ids.index(row.source_id)].not_before or NOON
            assert all(at >= first for at in self.platform.left_at.get(row.id, ()))

    def no_consent_is_spent_that_was_not_given(self) -> None:
        assert all(0 <= row.left <= 2 for row in SubscriptionCredit.select())

    def _in_hand(self) -> list[Parcel]:
        return [parcel for shift in self.shifts if shift for parcel in shift._desk.under_way.values()]

    def teardown(self) -> None:
        """In the end everybody has been told or has another end, without a worker turning on the spot."""
        if not hasattr(self, "ids"):
            return
        for worker in (0, 1):
            self.kill(worker, set())
        self.take_over()
        for source_id in self.ids:
            actions.resume(source_id)
        for _ in range(12):
            self._until_quiet()
            self.time.at += timedelta(hours=1)
        actions.finish_cancelled()
        assert not {row.state for row in Delivery.select()} & set(rules.WAITING)
        assert not DeliveryBlock.select().exists()
        assert not DeliveryLane.select().where(DeliveryLane.holder.is_null(False)).exists()
        for check in (self.the_counts_are_true, self.nobody_is_told_twice):
            check()

    def _until_quiet(self) -> None:
        for _ in range(40):
            self._round(0, Dies.NOT)
            self._answer(0, ["accepted"] * len(self.house.people))
            if self.shifts[0] is None and not claims.due(0, (), clock.now(), 1):
                return
        raise AssertionError("a worker turns on the spot")


def _place(row: Delivery) -> tuple[int, int]:
    member_id, follower_id = (row.__data__[name] for name in ("member", "follower"))  # without fetching them
    return row.source_id, lanes.of_follower(follower_id) if member_id is None else lanes.of_member(member_id)


def test_nobody_is_told_twice_and_nobody_is_lost(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    with own_time(monkeypatch) as time:
        many = "sqlite" in runtime.settings.database
        attributes = {"house": House(runtime), "time": time}
        machine = type("Machine", (Outboxes,), attributes)
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=40 if many else 8,
                stateful_step_count=40,
                derandomize=True,
                deadline=None,
                phases=[Phase.generate],  # shrinking takes minutes: add Phase.shrink to look into a failure
                suppress_health_check=list(HealthCheck),
            ),
        )
