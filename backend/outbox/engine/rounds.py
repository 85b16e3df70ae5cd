"""One round of a worker: what becomes of parcels, gathered in memory, then written in one transaction."""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from backend import clock
from backend.outbox import audiences, rules
from backend.outbox.channels import BITS, Choice, Manner, Unreachable, Wait, choose
from backend.outbox.engine import ledger
from backend.outbox.engine.parcels import Parcel
from backend.outbox.engine.sends import Outgoing
from backend.outbox.rules import Lesson, Verdict
from backend.outbox.tallies import End
from backend.subscriptions import actions as subscriptions
from backend.wechat.sending.sends import Outcome
from models.deliveries import Channel, DeliveryState, Priority, SourceState
from models.followers import WechatIdentity

S = DeliveryState

GATHERED_FOR = timedelta(seconds=5)
"""After the last one was set aside for a mass send, no more are waited for."""


@dataclass
class Round:
    """`decide` and `settle` say what a parcel becomes; `write` puts all of it down, after the worker's beat."""

    now: datetime = field(default_factory=clock.now)
    parcels: dict[int, Parcel] = field(default_factory=dict)
    changes: Counter[End] = field(default_factory=Counter)
    accepted: int = 0
    spent: list[int] = field(default_factory=list)
    given_back: list[int] = field(default_factory=list)
    used_up: list[int] = field(default_factory=list)
    aside: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    away: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __bool__(self) -> bool:
        return bool(self.parcels)

    def decide(self, parcel: Parcel) -> Choice | None:
        """What to send it by, its intent in this round; or None: it has ended, or waits."""
        choice = self._choice(parcel)
        if isinstance(choice, Wait):
            self._put_back(parcel, choice.until)
            return None
        if isinstance(choice, End):
            self._end(parcel, choice.state, choice.reason)
            return None
        parcel.choice = choice
        if choice.channel is Channel.INBOX:
            parcel.channel = Channel.INBOX
            self._end(parcel, S.DELIVERED, "")
            return None
        if choice.channel is Channel.MASS:
            self._set_aside(parcel)
            return None
        self._intend(parcel, choice)
        return choice

    def put_off(self, parcel: Parcel, reason: str) -> None:
        """It could not be made: later, or never."""
        parcel.attempts += 1
        parcel.reason = reason
        verdict = rules.later(reason, parcel.attempts, random.random())  # noqa: S311
        if verdict.state is S.PENDING:
            self._put_back(parcel, self._after(verdict.wait))
        else:
            self._end(parcel, S.UNREACHABLE, reason)

    def settle(self, outcome: Outcome[Outgoing]) -> Verdict:
        """What the platform's answer makes of it. PENDING without a moment: by another channel, at once."""
        parcel = outcome.item.parcel
        verdict = rules.judge(outcome.error, parcel.attempts, clock.timestamp(), random.random())  # noqa: S311
        self._account(parcel, verdict)
        if verdict.state is S.PENDING:
            self._not_sent(parcel, verdict)
        else:
            parcel.platform_id = outcome.msgid
            parcel.due_at = self._after(verdict.wait) if verdict.state is S.UNCERTAIN else None
            if parcel.repeats and verdict.state is S.FAILED:
                self._put_back(parcel, _too_late(parcel))  # this try failed; an earlier one may have arrived
            else:
                self._end(parcel, verdict.state, verdict.reason)
        return verdict

    def write(self) -> None:
        """Inside the worker's transaction."""
        ledger.write(self.parcels.values())
        for (source_id, priority, lane), number in sorted((+self.aside).items()):
            due_at = self.now + GATHERED_FOR
            audiences.open_blocks(source_id, Priority(priority), due_at, {lane: number}, mass=True)
        for code, follower_ids in self.away.items():  # before the credits, as everybody locks them
            change = {"refused": int(code), "refused_at": self.now}
            WechatIdentity.update(change).where(WechatIdentity.id.in_(follower_ids)).execute()
        if self.spent or self.given_back or self.used_up:
            subscriptions.spend(self.spent)
            subscriptions.give_back(self.given_back)
            subscriptions.used_up(self.used_up)

    def lose(self, parcel_id: int) -> Parcel:
        """It was cancelled before its intent was written: nothing of it stays in this round."""
        parcel = self.parcels.pop(parcel_id)
        choice = parcel.choice
        if parcel.state is S.SENDING and choice is not None and choice.credit is not None:
            self.spent.remove(choice.credit.id)
            choice.credit.left += 1
        elif parcel.state is S.PENDING and parcel.channel is Channel.MASS:
            self.aside[parcel.source_id, parcel.block.priority, parcel.block.lane] -= 1
        parcel.note(self.changes, -1)
        return parcel

    def _choice(self, parcel: Parcel) -> Choice | Wait | End:
        assignment = parcel.block.assignment
        if assignment.state is SourceState.PAUSED:
            return Wait(self.now)
        if assignment.state is SourceState.CANCELLED:
            return self._ending(parcel, S.CANCELLED, "")
        if assignment.plan.expires_at <= self.now:
            return self._ending(parcel, S.CANCELLED, rules.EXPIRED)
        if parcel.repeats:
            return self._same_again(parcel)
        found = choose(assignment.plan, parcel.reach, parcel.refused, self.now)
        if isinstance(found, Unreachable):
            return self._ending(parcel, S.UNREACHABLE, parcel.reason if parcel.refused else found.reason)
        return found

    def _ending(self, parcel: Parcel, state: DeliveryState, reason: str) -> End:
        """One that was to be repeated, and is not, is uncertain as before."""
        if parcel.repeats:
            state, reason = S.UNCERTAIN, parcel.reason
            parcel.due_at = _too_late(parcel)
        return End(parcel.source_id, state, "", reason)

    def _same_again(self, parcel: Parcel) -> Choice | Wait | End:
        """By the same channel only: the platform knows the first there, if it came."""
        plan = parcel.block.assignment.plan
        only = replace(plan, ladder=(Channel.TEMPLATE,), manners=frozenset())
        found = choose(only, parcel.reach, 0, self.now)
        may_repeat = rules.repeatable(parcel.channel, parcel.intended_at, self.now)
        if may_repeat and not isinstance(found, Unreachable):
            return found
        return self._ending(parcel, S.UNCERTAIN, parcel.reason)

    def _intend(self, parcel: Parcel, choice: Choice) -> None:
        if not parcel.repeats:
            parcel.intended_at = self.now
        parcel.move(S.SENDING, self.changes)
        parcel.channel, parcel.reason = choice.channel, ""
        parcel.due_at = parcel.settled_at = None
        parcel.attempts += 1
        if choice.credit is not None:
            self.spent.append(choice.credit.id)
        plan = parcel.block.assignment.plan
        parcel.reach.note(choice, Manner.CAP in plan.manners and plan.priority is Priority.BROADCAST)
        self.parcels[parcel.id] = parcel

    def _set_aside(self, parcel: Parcel) -> None:
        """Until enough are to go by mass send."""
        parcel.move(S.PENDING, self.changes)
        parcel.channel, parcel.due_at, parcel.intended_at = Channel.MASS, None, None
        self.parcels[parcel.id] = parcel
        self.aside[parcel.source_id, parcel.block.priority, parcel.block.lane] += 1

    def _account(self, parcel: Parcel, verdict: Verdict) -> None:
        """Her consent, and what was learned about her."""
        choice = parcel.choice
        assert choice is not None
        self.accepted += verdict.state is S.ACCEPTED
        if choice.credit is not None:
            if verdict.lesson is Lesson.USED_UP:
                choice.credit.left = 0
                self.used_up.append(choice.credit.id)
            elif verdict.state in (S.PENDING, S.FAILED):
                choice.credit.left += 1
                self.given_back.append(choice.credit.id)
        elif verdict.lesson is Lesson.USED_UP and choice.binding and choice.contact:
            key = choice.contact.follower_id, choice.binding.template_id
            if credit := parcel.reach.credits.get(key):
                credit.lasting = False
                self.used_up.append(credit.id)
        if verdict.lesson is Lesson.AWAY and choice.contact is not None:
            choice.contact.refused_at = self.now
            self.away[verdict.reason].append(choice.contact.follower_id)

    def _not_sent(self, parcel: Parcel, verdict: Verdict) -> None:
        """Surely not, so nothing of the intent remains, unless an earlier one may have arrived."""
        parcel.reason = verdict.reason
        parcel.attempts -= not verdict.asked
        cancelled = parcel.block.assignment.state is SourceState.CANCELLED
        if not parcel.repeats and (verdict.refuses or cancelled):
            if verdict.refuses:
                assert parcel.channel is not None
                parcel.refused |= BITS[parcel.channel]
            self._keep(parcel)
            return
        self._put_back(parcel, _too_late(parcel) if verdict.refuses else self._after(_wait(parcel, verdict)))

    def _keep(self, parcel: Parcel) -> None:
        """Still in hand: at once it is tried by the next rung of the ladder, or cancelled with its source."""
        parcel.move(S.PENDING, self.changes)
        parcel.intended_at = None
        parcel.move(S.CLAIMED, self.changes)
        self.parcels[parcel.id] = parcel  # its turn may come in a later round only

    def _put_back(self, parcel: Parcel, until: datetime) -> None:
        parcel.due_at = until
        if parcel.repeats:
            self._end(parcel, S.UNCERTAIN, parcel.reason)
            return
        parcel.move(S.PENDING, self.changes)
        parcel.intended_at = parcel.channel = None
        self.parcels[parcel.id] = parcel

    def _end(self, parcel: Parcel, state: DeliveryState, reason: str) -> None:
        parcel.move(state, self.changes)
        parcel.reason, parcel.settled_at = reason, self.now
        parcel.note(self.changes)
        self.parcels[parcel.id] = parcel

    def _after(self, seconds: float) -> datetime:
        return self.now + timedelta(seconds=max(1.0, seconds))


def _wait(parcel: Parcel, verdict: Verdict) -> float:
    """An emergency does not wait for a channel that is closed: the next rung is tried."""
    urgent = parcel.block.assignment.plan.priority is Priority.EMERGENCY
    return 0.0 if urgent and not verdict.asked else verdict.wait


def _too_late(parcel: Parcel) -> datetime:
    """When an uncertain one cannot be repeated any more: until then its block need not be looked at."""
    assert parcel.intended_at is not None
    return parcel.intended_at + rules.REPEATED_WITHIN
