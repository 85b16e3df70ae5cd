"""What the doors ask of the outbox: how far a source is, what runs, how much waits. Cheap however large an audience."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend import clock
from backend.errors import NotFound
from backend.storage.dialects import moment, naive, run
from models.deliveries import DeliverySource, DeliveryState, DeliveryTally, SourceState
from models.workers import DeliveryBlock, DeliveryWorker


@dataclass(frozen=True)
class Ended:
    state: DeliveryState
    channel: str
    reason: str
    count: int


@dataclass(frozen=True)
class Truth:
    """Of one source: `waiting` and the counts of `ended` are its audience, to the unit, at every moment."""

    id: int
    type: str
    ref: str
    step: str
    state: SourceState
    why: str
    created_at: datetime
    audience: int
    waiting: int
    ended: Sequence[Ended]

    def count(self, state: DeliveryState) -> int:
        return self.waiting if state is DeliveryState.PENDING else sum(e.count for e in self.ended if e.state is state)


def truth(source_id: int) -> Truth:
    """Raises NotFound."""
    source = DeliverySource.get_or_none(DeliverySource.id == source_id)
    if source is None:
        raise NotFound("source_unknown", f"没有编号 {source_id} 的投递。")
    return _truth(source)


def latest(limit: int, unfinished: bool = False) -> list[Truth]:
    """The newest first; of the unfinished ones only those for whom somebody waits."""
    sources = DeliverySource.select().order_by(DeliverySource.id.desc()).limit(limit)
    if unfinished:
        blocks = "SELECT source_id FROM delivery_block"
        open_ids = [row[0] for row in run(f"{blocks} GROUP BY source_id ORDER BY source_id DESC LIMIT ?", limit)]
        sources = sources.where(DeliverySource.id.in_(open_ids))
    return [_truth(source) for source in sources]


def paused(limit: int) -> list[Truth]:
    """Those that are paused while somebody waits, the newest first."""
    waiting = DeliveryBlock.select(DeliveryBlock.source)
    mine = (DeliverySource.state == SourceState.PAUSED) & DeliverySource.id.in_(waiting)
    return [_truth(source) for source in DeliverySource.select().where(mine).order_by(-DeliverySource.id).limit(limit)]


def _truth(source: DeliverySource) -> Truth:
    tallies = DeliveryTally.select().where(DeliveryTally.source == source.id, DeliveryTally.count > 0)
    ended = [Ended(row.state, row.channel, row.reason, row.count) for row in tallies]
    ended.sort(key=lambda each: -each.count)
    named = {name: getattr(source, name) for name in ("id", "type", "ref", "step", "state", "why", "created_at")}
    return Truth(**named, audience=source.audience, waiting=source.audience - sum(e.count for e in ended), ended=ended)


@dataclass(frozen=True)
class Working:
    """A worker on its shift. `silent`: seconds since its last transaction; `rate`: accepted messages a second since
    it began."""

    name: str
    silent: float
    in_flight: int
    accepted: int
    rate: float


@dataclass(frozen=True)
class Load:
    """`due` people whose time has come, the longest for `lag` seconds; `paused` sources wait for somebody to look."""

    due: int
    lag: float
    paused: int
    workers: Sequence[Working]


def load() -> Load:
    now = clock.now()
    due, since = run(
        "SELECT COALESCE(SUM(b.waiting), 0), MIN(b.due_at) FROM delivery_block b "
        "JOIN delivery_source s ON s.id = b.source_id WHERE s.state = 'running' AND b.due_at <= ?",
        naive(now),
    ).fetchone()
    began = moment(since)
    paused = run(
        "SELECT COUNT(DISTINCT s.id) FROM delivery_source s JOIN delivery_block b ON b.source_id = s.id "
        "WHERE s.state = 'paused'"
    ).fetchone()[0]
    lag = max(0.0, (now - began).total_seconds()) if began else 0.0
    return Load(int(due), lag, int(paused), [_working(row, now) for row in DeliveryWorker.select()])


def _working(row: DeliveryWorker, now: datetime) -> Working:
    seconds = max(1.0, (row.seen_at - row.started_at).total_seconds())
    silent = (now - row.seen_at).total_seconds()
    return Working(row.name, silent, row.in_flight, row.accepted, row.accepted / seconds)


def ended_lately(span: timedelta = timedelta(days=1)) -> list[Ended]:
    """What became of the deliveries of all sources put within that time."""
    rows = run(
        "SELECT t.state, t.channel, t.reason, SUM(t.count) FROM delivery_tally t "
        "JOIN delivery_source s ON s.id = t.source_id WHERE s.created_at > ? GROUP BY t.state, t.channel, t.reason",
        naive(clock.now() - span),
    )
    return [Ended(DeliveryState(row[0]), row[1], row[2], int(row[3])) for row in rows.fetchall()]
