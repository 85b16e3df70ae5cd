"""One shift of a worker: from its first claim until nothing is due.

This thread speaks to the database; what is to be sent leaves through `outlets`. Both commits of a message, its intent
and its outcome, are shared with hundreds of others. Intents without a committed outcome are never more than the desk's
window.
"""

import random
import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from functools import partial
from itertools import takewhile
from queue import Empty, SimpleQueue
from threading import Event

import structlog

from backend import clock
from backend.outbox import actions, rules, tallies
from backend.outbox.engine import claims, ledger, people
from backend.outbox.engine.assignments import Assignments
from backend.outbox.engine.claims import Due
from backend.outbox.engine.desk import Desk
from backend.outbox.engine.ledger import Overtaken
from backend.outbox.engine.making import Made, Maker, Workshop
from backend.outbox.engine.outlets import Outlet
from backend.outbox.engine.parcels import Block, Parcel
from backend.outbox.engine.posts import Post, Posts, closed, mini_app_id
from backend.outbox.engine.rounds import Round
from backend.outbox.engine.sends import Outgoing, outgoing
from backend.outbox.engine.voices import Voice
from backend.outbox.engine.workers import Lifeline
from backend.outbox.rules import Verdict
from backend.outbox.tallies import End
from backend.wechat.sending.sends import Limits, Outcome
from models.deliveries import Channel, DeliveryState, Priority, SourceState

BATCH = 500
"""People claimed at once, about."""

BLOCKS = 64
"""Among so many they are chosen."""

LOOK_SECONDS = 0.25
"""How often a busy worker looks for what is more urgent, and whether a source was paused."""

GATHER_SECONDS = 0.05
"""How long outcomes are gathered for one commit, at most."""

NAP_SECONDS = 0.004

WINDOW = 4
"""Times as many intents without a committed outcome as may be in flight: some are being written while others fly."""

OUTRUN_SECONDS = 0.02
_ANY = len(Priority)
Claimed = list[tuple[Block, list[Parcel]]]
log = structlog.get_logger()


class Shift:
    """A worker's life from its first claim until nothing is due."""

    def __init__(
        self,
        line: Lifeline,
        posts: Posts,
        assignments: Assignments,
        limits: Limits,
        makers: Mapping[str, Maker],
        stopping: Event,
        voice: Voice,
    ) -> None:
        self._line, self._posts, self._assignments = line, posts, assignments
        self._limits, self._stopping, self._voice = limits, stopping, voice
        self._heard: SimpleQueue[Outcome[Outgoing] | Made] = SimpleQueue()
        self._workshop = Workshop(makers, self._heard.put)
        self._desk = Desk(WINDOW * limits.in_flight)
        self._outlets: dict[int, Outlet] = {}
        self._open: Mapping[int, Post] = {}
        self._mini = ""
        self._trouble: dict[int, deque[bool]] = {}
        self._looked_at = self._claimed_at = -LOOK_SECONDS
        self._outrun = False  # others were quicker: there is more
        self.accepted = 0

    def round(self) -> bool:
        """False when nothing is in hand and nothing is due."""
        self._look()
        round_ = Round()
        for heard in self._gather():
            self._take_in(round_, heard) if isinstance(heard, Made) else self._settle(round_, heard)
        sends = self._decide(round_)
        claimed = self._commit(round_)
        self._hand_over([each for each in sends if each.parcel.id in round_.parcels])
        for block, parcels in claimed:
            self._desk.accept(block, parcels)
        if self._outrun and not self._desk:
            self._stopping.wait(OUTRUN_SECONDS)
        return bool(self._desk) or self._outrun

    def abandon(self) -> None:
        """Whatever is still under way comes to its end, unheard."""
        self._line.cut()
        self._workshop.close()
        for outlet in self._outlets.values():
            outlet.end()

    def _look(self) -> None:
        """What may have changed outside: accounts, closures, bindings, and which sources run."""
        if clock.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = clock.monotonic()
        self._open = self._posts()
        self._mini = mini_app_id(self._open)
        in_hand = {block.assignment.source_id for block in self._desk.blocks.values()}
        shut = closed(self._open)
        self._line.patiently(lambda: self._assignments.refresh(in_hand, shut))
        assignments = (block.assignment for block in self._desk.blocks.values())
        if held := {each.source_id for each in assignments if each.state is not SourceState.RUNNING}:
            for outlet in self._outlets.values():
                outlet.recall(held)

    def _gather(self) -> list[Outcome[Outgoing] | Made]:
        """Outcomes for one commit: as many as come within GATHER_SECONDS, or as may be in flight.

        It sleeps between its looks: to be woken for each of them would cost those who send a tenth of their time.
        """
        found: list[Outcome[Outgoing] | Made] = []
        until = clock.monotonic() + GATHER_SECONDS
        most = len(self._desk.under_way)
        enough = min(most, self._limits.in_flight)
        while len(found) < most:
            try:
                found.append(self._heard.get_nowait())
            except Empty:
                if len(found) >= enough or clock.monotonic() >= until:
                    break
                time.sleep(NAP_SECONDS)
        return found

    def _settle(self, round_: Round, outcome: Outcome[Outgoing]) -> None:
        parcel = outcome.item.parcel
        self._desk.comes_back(parcel)
        self._note_trouble(parcel, round_.settle(outcome))
        if parcel.state is DeliveryState.CLAIMED:
            self._desk.again(parcel)
        else:
            self._desk.done(parcel, later=_comes_again(parcel))

    def _take_in(self, round_: Round, made: Made) -> None:
        self._desk.comes_back(made.parcel)
        if made.message is not None:
            made.parcel.made = made.message
            self._desk.again(made.parcel)
            return
        round_.put_off(made.parcel, made.reason)
        self._desk.done(made.parcel, later=_comes_again(made.parcel))

    def _decide(self, round_: Round) -> list[Outgoing]:
        sends = []
        while (parcel := self._desk.next()) is not None:
            message = parcel.made or self._assignments.message_for(parcel)
            if message.make and parcel.made is None:
                self._desk.leaves(parcel)
                self._workshop.order(parcel, message)
                continue
            choice = round_.decide(parcel)
            if choice is None:
                self._desk.done(parcel, later=_comes_again(parcel))
                continue
            self._desk.leaves(parcel)
            sends.append(outgoing(parcel, choice, message, self._mini))
        return sends

    def _commit(self, round_: Round) -> Claimed:
        """One transaction for all: outcomes, intents, finished blocks, and new claims."""
        finished, free = self._desk.take_finished()
        limit, self._outrun = self._wanted(), False
        if not (round_ or finished or limit is not None or self._line.fades):
            return []
        self.accepted += round_.accepted
        write = partial(self._write, round_, finished, free, limit)
        while True:
            try:
                claimed = self._line.transact(write, len(self._desk.under_way), round_.accepted)
            except Overtaken:
                self._let_go(round_)
            else:
                for parcel in round_.parcels.values():
                    parcel.fresh = False
                return claimed

    def _let_go(self, round_: Round) -> None:
        """Of what was cancelled while it was in hand."""
        for parcel_id in self._line.patiently(lambda: ledger.lost(round_.parcels.values())):
            parcel = round_.lose(parcel_id)
            if parcel.state is DeliveryState.SENDING:
                self._desk.comes_back(parcel)
                self._desk.done(parcel, later=False)

    def _write(self, round_: Round, finished: list[Block], free: set[int], limit: int | None) -> Claimed:
        round_.write()
        claims.close(finished)
        claims.leave_lanes(self._line.life.id, free)
        changes = round_.changes.copy()  # this may run twice: another transaction may win the race for a row
        claimed = [] if limit is None else self._claim(limit, changes)
        tallies.count(changes)
        return claimed

    def _wanted(self) -> int | None:
        """New work is claimed of a priority below this; None: not now."""
        if self._stopping.is_set():
            return None
        if not self._desk:
            return _ANY
        if clock.monotonic() - self._claimed_at < LOOK_SECONDS and self._desk.waiting >= self._desk.window:
            return None
        return _ANY if self._desk.waiting < self._desk.window else self._desk.least_urgent

    def _claim(self, limit: int, changes: Counter[End]) -> Claimed:
        self._claimed_at = clock.monotonic()
        now = clock.now()
        chosen = _some(claims.due(self._line.life.id, self._desk.blocks.keys(), now, BLOCKS), limit)
        lanes = claims.take_lanes(self._line.life.id, (due.lane for due in chosen))
        self._outrun = bool(chosen) and not lanes
        ours = [due for due in chosen if due.lane in lanes]
        assignments = self._assignments.get(due.source_id for due in ours)
        claimed = []
        for due in ours:
            block = Block(due.id, assignments[due.source_id], due.lane, due.priority, due.waiting)
            parcels = people.load_waiting(block, now, self._open.keys())
            if len(parcels) < due.waiting and claims.claim_repeatable(due, now, changes):
                parcels += people.load(block, now, self._open.keys())
            claimed.append((block, parcels))
        return claimed

    def _hand_over(self, sends: list[Outgoing]) -> None:
        parts = defaultdict[int, list[Outgoing]](list)
        for each in sends:
            choice = each.parcel.choice
            assert choice is not None
            assert choice.contact is not None
            parts[choice.contact.account_id].append(each)
        for account_id, some in parts.items():
            self._outlet(account_id).hand_over(some)
        for outlet in self._outlets.values():
            outlet.beat()

    def _outlet(self, account_id: int) -> Outlet:
        if account_id not in self._outlets or self._outlets[account_id].broken:
            pipe = self._voice(self._open[account_id], self._limits)
            self._outlets[account_id] = Outlet(pipe, self._line.life, self._heard.put)
        return self._outlets[account_id]

    def _note_trouble(self, parcel: Parcel, verdict: Verdict) -> None:
        """A source that fails too often waits until somebody has looked at it."""
        source_id = parcel.source_id
        recent = self._trouble.setdefault(source_id, deque(maxlen=rules.TROUBLE_OF))
        recent.append(verdict.trouble)
        if verdict.stops or (verdict.trouble and rules.too_much_trouble(sum(recent), len(recent))):
            recent.clear()
            parcel.block.assignment.state = SourceState.PAUSED
            if self._line.patiently(lambda: actions.pause(source_id, verdict.reason)):
                log.error("outbox.source_paused", source=source_id, reason=verdict.reason)
                self._looked_at = -LOOK_SECONDS


def _some(due: list[Due], limit: int) -> list[Due]:
    """About as many people as are claimed at once, of a priority below the limit. Of the first source's blocks some in
    the midst, so that several workers do not all reach for the same."""
    chosen, people_ = list[Due](), 0
    first = list(takewhile(lambda each: each.source_id == due[0].source_id, due))
    start = random.randrange(len(first)) if first else 0  # noqa: S311
    for each in (*first[start:], *first[:start], *due[len(first) :]):
        if each.priority < limit and people_ < BATCH:
            chosen.append(each)
            people_ += each.waiting
    return chosen


def _comes_again(parcel: Parcel) -> bool:
    """Of a parcel that leaves the hand: whether its block has to wait for it."""
    if parcel.state is DeliveryState.UNCERTAIN:
        return rules.repeatable(parcel.channel, parcel.intended_at, clock.now())
    return parcel.state is DeliveryState.PENDING and parcel.channel is not Channel.MASS  # those wait in another block
