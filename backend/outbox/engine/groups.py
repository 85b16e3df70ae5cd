"""Mass sends: thousands of one source's followers by one call. Who is to go so is set aside until there are enough.

A worker of its own, with lanes of its own, on a thread of its own: a call may take its time. The intent of a whole
group is committed with the key by which the platform knows it for a day; a group whose outcome is unknown is called
again, the same people with the same key.
"""

import random
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from backend import clock
from backend.outbox import audiences, lanes, rules, tallies
from backend.outbox.channels import BITS, Manner
from backend.outbox.engine import claims, ledger, people
from backend.outbox.engine.assignments import Assignments
from backend.outbox.engine.claims import Due
from backend.outbox.engine.parcels import Block, Parcel
from backend.outbox.engine.posts import Post, Posts
from backend.outbox.engine.workers import Fenced, Lifeline
from backend.outbox.rules import Verdict
from backend.outbox.tallies import End
from backend.storage.dialects import marks, naive, run
from backend.wechat.calls.mass import FEWEST, SEND, MassText
from backend.wechat.failures import GatewayError, Interrupted
from backend.wechat.lengths import shorten
from models.accounts import AccountKind
from models.base import database
from models.deliveries import Channel, DeliverySource, DeliveryState, MassJob, Priority, SourceState
from models.workers import DeliveryBlock

MOST = 5_000
"""In one group. The platform takes twice as many, and a hundred calls a day."""

LANES = 60
S = DeliveryState
log = structlog.get_logger()


@dataclass(eq=False)
class Group:
    key: str
    account_id: int
    parcels: list[Parcel]
    lanes: set[int]

    @property
    def source_id(self) -> int:
        return self.parcels[0].source_id


class GroupRun:
    """From its first group until none is due."""

    def __init__(self, line: Lifeline, posts: Posts, assignments: Assignments) -> None:
        self._line, self._posts, self._assignments = line, posts, assignments
        self.accepted = 0

    def serve(self) -> int:
        """On a thread of its own; answers how many were accepted."""
        try:
            self._run()
        except Fenced:
            log.error("outbox.fenced", worker=self._line.life.id)
        except Exception:
            log.exception("outbox.failed")
        finally:
            if not database.is_closed():
                database.close()
        return self.accepted

    def _run(self) -> None:
        while (group := self._line.transact(self._claim, 0, 0)) is not None:
            post = self._posts().get(group.account_id)
            if post is not None and self._line.life.may_send():
                self._settle(group, *_call(group, post))
            else:
                self._settle(group, "", Interrupted(SEND, False))
        self._line.end()

    def _claim(self) -> Group | None:
        posts, changes = self._posts(), Counter[End]()
        group = self._interrupted(posts, changes) or self._gathered(posts, changes)
        tallies.count(changes)
        return group

    def _gathered(self, posts: Mapping[int, Post], changes: Counter[End]) -> Group | None:
        """Those who were set aside, of one source and one account."""
        now, chosen, waiting = clock.now(), list[Due](), 0
        for due in claims.due(self._line.life.id, (), now, LANES, mass=True):
            if not chosen or (due.source_id == chosen[0].source_id and waiting + due.waiting <= MOST):
                chosen.append(due)
                waiting += due.waiting
        mine = claims.take_lanes(self._line.life.id, (due.lane for due in chosen))
        parcels = list[Parcel]()
        for due in chosen:
            if due.lane in mine:
                claims.claim_group(due, now)
                parcels += people.load(self._block(due.source_id, due.lane, due.priority), now, posts.keys())
        return self._intend(parcels, mine, changes) if mine else None

    def _intend(self, parcels: list[Parcel], mine: set[int], changes: Counter[End]) -> Group:
        """The largest account's people. Who is left over goes by another rung of the ladder."""
        if parcels and not _in_time(parcels[0]):
            _elsewhere(parcels, clock.now(), changes)  # where it is decided anew: too late, or not at night
            return Group("", 0, [], mine)
        accounts = Counter(account for parcel in parcels if (account := _account(parcel)))
        account_id = accounts.most_common(1)[0][0] if accounts else 0
        going = [parcel for parcel in parcels if account_id and _account(parcel) == account_id]
        going = going if len(going) >= FEWEST else []
        left = {parcel.id for parcel in parcels} - {parcel.id for parcel in going}
        others = [parcel for parcel in parcels if parcel.id in left]
        for parcel in others:
            parcel.refused |= BITS[Channel.MASS]
        _elsewhere(others, clock.now(), changes)
        group = Group(f"m{secrets.token_hex(12)}", account_id, going, mine)
        if going:
            _send(group, changes)
            row = {"source": group.source_id, "account": account_id, "key": group.key, "people": len(going)}
            MassJob.insert({**row, "called_at": clock.now()}).execute()
        return group

    def _interrupted(self, posts: Mapping[int, Post], changes: Counter[End]) -> Group | None:
        """A group whose call nobody heard the end of: all its people, or none."""
        for job in _unheard():
            if (group := self._again(job, posts, changes)) is not None:
                return group
        return None

    def _again(self, job: MassJob, posts: Mapping[int, Post], changes: Counter[End]) -> Group | None:
        rows = _uncertain(job)
        wanted = {lanes.of_member(m) if m is not None else lanes.of_follower(f or 0) for _, m, f, _ in rows}
        mine = claims.take_lanes(self._line.life.id, wanted)
        if not rows or mine != wanted:
            claims.leave_lanes(self._line.life.id, mine)
            return None
        ids = [row[0] for row in rows]
        run(f"UPDATE delivery SET state = 'claimed' WHERE id IN {marks(ids)}", *ids)
        for row in rows:
            changes[End(job.source_id, S.UNCERTAIN, Channel.MASS, row[3])] -= 1
        blocks = (self._block(job.source_id, lane, Priority.BROADCAST) for lane in sorted(wanted))
        loaded = [parcel for block in blocks for parcel in people.load(block, clock.now(), posts.keys())]
        for lane in sorted(wanted):  # by their blocks others find them, should this worker die
            audiences.open_blocks(job.source_id, Priority.BROADCAST, clock.now(), {lane: 1}, mass=True)
        group = Group(job.key, job.account_id, [parcel for parcel in loaded if parcel.id in set(ids)], mine)
        _send(group, changes)
        return group

    def _block(self, source_id: int, lane: int, priority: int) -> Block:
        assignment = self._assignments.get([source_id])[source_id]
        return Block(0, assignment, lane, priority, 0, mass=True)

    def _settle(self, group: Group, msg_id: str, error: GatewayError | None) -> None:
        attempts = max((parcel.attempts for parcel in group.parcels), default=0)
        verdict = rules.judge(error, attempts, clock.timestamp(), random.random())  # noqa: S311
        if verdict.state is S.ACCEPTED:
            self.accepted += len(group.parcels)
        self._line.transact(lambda: self._write(group, msg_id, verdict), 0, len(group.parcels))

    def _write(self, group: Group, msg_id: str, verdict: Verdict) -> None:
        changes = Counter[End]()
        if group.parcels:
            repeats = group.parcels[0].repeats
            _become(group.parcels, verdict, changes)
            job = MassJob.key == group.key
            if verdict.state is S.ACCEPTED:
                MassJob.update(msg_id=msg_id).where(job).execute()
            elif verdict.state is S.FAILED or (verdict.state is S.PENDING and not repeats):
                MassJob.update(finished_at=clock.now(), status=verdict.reason).where(job).execute()
        _recount(group.lanes)
        claims.leave_lanes(self._line.life.id, group.lanes)
        tallies.count(changes)


def due() -> bool:
    """Whether there is anything to do for a run."""
    return bool(claims.due(0, (), clock.now(), 1, mass=True)) or any(_uncertain(job) for job in _unheard())


def _unheard() -> list[MassJob]:
    """Those still called, and those whose caller died or heard no answer."""
    since = clock.now() - rules.MASS_REPEATED_WITHIN
    running = DeliverySource.select(DeliverySource.id).where(DeliverySource.state == SourceState.RUNNING)
    open_ = (MassJob.msg_id == "") & MassJob.finished_at.is_null() & (MassJob.called_at > since)
    return list(MassJob.select().where(open_, MassJob.source.in_(running)))


def _uncertain(job: MassJob) -> list[tuple[int, int | None, int | None, str]]:
    rows = run(
        "SELECT id, member_id, follower_id, reason FROM delivery "
        "WHERE source_id = ? AND platform_id = ? AND state = 'uncertain' AND (due_at IS NULL OR due_at <= ?)",
        job.source_id, job.key, naive(clock.now()),
    )  # fmt: skip
    return list(rows.fetchall())


def _call(group: Group, post: Post) -> tuple[str, GatewayError | None]:
    openids = [
        contact.openid for p in group.parcels for contact in p.reach.contacts if contact.account_id == post.account_id
    ]
    content = MassText(shorten(group.parcels[0].block.assignment.message.words))
    try:
        return post.gateway.mass.send_to(openids, content, group.key).msg_id, None
    except GatewayError as error:
        return "", error


def _in_time(parcel: Parcel) -> bool:
    plan, now = parcel.block.assignment.plan, clock.now()
    return plan.expires_at > now and not (Manner.QUIET in plan.manners and rules.quiet_until(now))


def _account(parcel: Parcel) -> int:
    """0: no account whose follower she is."""
    mass = (contact.account_id for contact in parcel.reach.contacts if contact.kind is AccountKind.OFFICIAL)
    return next(mass, 0)


def _send(group: Group, changes: Counter[End]) -> None:
    now = clock.now()
    for parcel in group.parcels:
        parcel.move(S.SENDING, changes)
        parcel.intended_at = parcel.intended_at if parcel.repeats else now
        parcel.channel, parcel.platform_id, parcel.reason = Channel.MASS, group.key, ""
        parcel.due_at = parcel.settled_at = None
        parcel.attempts += 1
    ledger.write(group.parcels)


def _become(parcels: list[Parcel], verdict: Verdict, changes: Counter[End]) -> None:
    """What the answer makes of all of them."""
    now = clock.now()
    # What this call was refused says nothing of an earlier one that may have arrived.
    uncertain = verdict.state is S.UNCERTAIN or (verdict.state is not S.ACCEPTED and parcels[0].repeats)
    if verdict.state is S.PENDING and not uncertain:
        _elsewhere(parcels, now + timedelta(seconds=verdict.wait), changes)
        return
    for parcel in parcels:
        parcel.move(S.UNCERTAIN if uncertain else verdict.state, changes)
        parcel.reason, parcel.settled_at = verdict.reason, now
        parcel.due_at = now + timedelta(seconds=max(1.0, verdict.wait)) if uncertain else None
        parcel.note(changes)
    ledger.write(parcels)


def _elsewhere(parcels: Iterable[Parcel], due_at: datetime, changes: Counter[End]) -> None:
    """Back among those for whom a channel is chosen anew."""
    added = Counter[tuple[int, int, int]]()
    moved = list(parcels)
    for parcel in moved:
        parcel.move(S.PENDING, changes)
        parcel.channel, parcel.platform_id, parcel.intended_at, parcel.due_at = None, "", None, None
        added[parcel.source_id, parcel.block.priority, parcel.block.lane] += 1
    ledger.write(moved)
    for (source_id, priority, lane), number in sorted(added.items()):
        audiences.open_blocks(source_id, Priority(priority), due_at, {lane: number})


def _recount(numbers: Iterable[int]) -> None:
    for block in list(DeliveryBlock.select().where(DeliveryBlock.lane.in_(list(numbers)), DeliveryBlock.mass == 1)):
        claims.recount(block.id, block.source_id, block.lane, mass=True)
    DeliveryBlock.delete().where(DeliveryBlock.mass == 1, DeliveryBlock.waiting <= 0).execute()
