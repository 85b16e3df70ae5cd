"""Which work a worker takes: the blocks that are due, in lanes nobody else holds. And what the dead leave behind.

Everything here happens inside the caller's transaction, after its beat. Written by hand: it runs for each batch.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend import clock
from backend.outbox import lanes, rules, tallies
from backend.outbox.engine.parcels import Block
from backend.outbox.tallies import End
from backend.storage.dialects import Dialect, dialect_of, marks, moment, naive, run
from models.base import database
from models.deliveries import Channel, DeliveryState
from models.workers import DeliveryWorker


@dataclass(frozen=True, slots=True)
class Due:
    id: int
    source_id: int
    lane: int
    priority: int
    waiting: int
    mass: bool = False


def due(worker_id: int, in_hand: Collection[int], now: datetime, limit: int, mass: bool = False) -> list[Due]:
    """The next blocks, the most urgent first, without those in hand."""
    without = f"AND b.id NOT IN {marks(in_hand)}" if in_hand else ""
    rows = run(
        "SELECT b.id, b.source_id, b.lane, b.priority, b.waiting FROM delivery_block b "
        "JOIN delivery_source s ON s.id = b.source_id LEFT JOIN delivery_lane l ON l.number = b.lane "
        "WHERE b.due_at <= ? AND b.mass = ? AND s.state = 'running' AND (l.holder_id IS NULL OR l.holder_id = ?) "
        f"{without} ORDER BY b.priority, b.due_at, b.id LIMIT ?",
        naive(now), int(mass), worker_id, *in_hand, limit,
    )  # fmt: skip
    return [Due(row[0], row[1], row[2], row[3], row[4], mass) for row in rows.fetchall()]


def take_lanes(worker_id: int, wanted: Iterable[int]) -> set[int]:
    """Those that are ours now. In one order for all workers, so that two do not wait for each other."""
    numbers = sorted(set(wanted))
    if not numbers:
        return set()
    some = marks(numbers)
    run(f"UPDATE delivery_lane SET holder_id = ? WHERE number IN {some} AND holder_id IS NULL", worker_id, *numbers)
    rows = run(f"SELECT number FROM delivery_lane WHERE number IN {some} AND holder_id = ?", *numbers, worker_id)
    return {row[0] for row in rows.fetchall()}


def leave_lanes(worker_id: int, numbers: Collection[int]) -> None:
    if numbers:
        run(
            f"UPDATE delivery_lane SET holder_id = NULL WHERE number IN {marks(numbers)} AND holder_id = ?",
            *sorted(numbers), worker_id,
        )  # fmt: skip


def people_of(lane: int) -> tuple[str, int, int]:
    """The column that names the lane's people, the first and the last of them."""
    return ("member_id" if lanes.holds_members(lane) else "follower_id", *lanes.ids_of(lane))


def table_of(lane: int, alias: str = "") -> str:
    """The deliveries, to be read by source and person. MariaDB would read all of the source, or all a person was ever
    sent, because it asks its statistics and these lag behind."""
    if dialect_of(database) is not Dialect.MARIADB:
        return f"delivery {alias}"
    return f"delivery {alias} FORCE INDEX (delivery_source_id_{people_of(lane)[0]})"


def claim_group(due: Due, now: datetime) -> None:
    """All of the block that are due and set aside for a mass send."""
    column, first, last = people_of(due.lane)
    run(
        f"UPDATE {table_of(due.lane)} SET state = 'claimed' WHERE source_id = ? AND {column} BETWEEN ? AND ? "
        f"AND (due_at IS NULL OR due_at <= ?) AND state = 'pending' AND {together(True)}",
        due.source_id, first, last, naive(now),
    )  # fmt: skip


def claim_repeatable(due: Due, now: datetime, changes: Counter[End]) -> bool:
    """The uncertain ones of the block that may be repeated: they keep the moment of their intent, by which they are
    known. Whether there are any."""
    column, first, last = people_of(due.lane)
    where, table = (due.source_id, first, last, naive(now)), table_of(due.lane)
    again = f"source_id = ? AND {column} BETWEEN ? AND ? AND (due_at IS NULL OR due_at <= ?) AND {_REPEATABLE}"
    reasons = run(f"SELECT DISTINCT reason FROM {table} WHERE {again}", *where, _repeatable_since()).fetchall()
    for (reason,) in reasons:
        mine = run(
            f"UPDATE {table} SET state = 'claimed' WHERE {again} AND reason = ?", *where, _repeatable_since(), reason
        )
        changes[End(due.source_id, DeliveryState.UNCERTAIN, Channel.TEMPLATE, reason)] -= mine.rowcount
    return bool(reasons)


def together(mass: bool) -> str:
    """The condition on those set aside to go together by mass send, or on all others."""
    return "channel = 'mass'" if mass else "(channel IS NULL OR channel <> 'mass')"


def close(blocks: Sequence[Block]) -> None:
    """Their parcels are done with: the block goes, or waits for what is due later."""
    if not blocks or _all_gone(blocks):
        return
    for block in blocks:
        left, due_at = block.waiting - block.ended, naive(block.next_due or clock.now())
        # Somebody may have been put into the block meanwhile, or cancelled: then the rows are looked up.
        if left != block.later or not run(
            "UPDATE delivery_block SET waiting = ?, due_at = ? WHERE id = ? AND waiting = ?",
            left, due_at, block.id, block.waiting,
        ).rowcount:  # fmt: skip
            recount(block.id, block.assignment.source_id, block.lane, block.mass)
    ids = [block.id for block in blocks]
    run(f"DELETE FROM delivery_block WHERE id IN {marks(ids)} AND waiting <= 0", *ids)


def _all_gone(blocks: Sequence[Block]) -> bool:
    """The usual end, in one statement: of nobody in them anything is left, and nobody was put into them meanwhile."""
    if any(block.later or block.waiting != block.ended for block in blocks):
        return False
    each = " OR ".join(["(id = ? AND waiting = ?)"] * len(blocks))
    known = [value for block in blocks for value in (block.id, block.waiting)]
    return bool(run(f"DELETE FROM delivery_block WHERE {each}", *known).rowcount == len(blocks))


def recount(block_id: int, source_id: int, lane: int, mass: bool) -> None:
    """What of a block still waits, looked up: its people were given up, cancelled, or have more coming."""
    column, first, last = people_of(lane)
    # Held before the rows are counted: whoever is put at this moment either is seen, or waits for us and adds herself.
    run("UPDATE delivery_block SET waiting = waiting WHERE id = ?", block_id)
    block = run("SELECT due_at FROM delivery_block WHERE id = ?", block_id).fetchone()
    if block is None:
        return
    number, due_at = run(
        f"SELECT COUNT(*), MIN(COALESCE(due_at, ?)) FROM {table_of(lane)} "
        f"WHERE source_id = ? AND {column} BETWEEN ? AND ? AND ((state = 'pending' AND {together(mass)}) "
        f"OR (0 = ? AND {_REPEATABLE}))",
        block[0], source_id, first, last, int(mass), _repeatable_since(),
    ).fetchone()  # fmt: skip
    due = naive(moment(due_at)) or naive(clock.now())
    run("UPDATE delivery_block SET waiting = ?, due_at = ? WHERE id = ?", number, due, block_id)


_REPEATABLE = "state = 'uncertain' AND channel = 'template' AND intended_at > ?"


def _repeatable_since() -> datetime | None:
    return naive(clock.now() - rules.REPEATED_WITHIN)


def bury(worker_id: int, beat: int) -> bool:
    """Take over from a dead worker: what it had claimed waits again, what it was sending is uncertain. False when it
    lives after all, or somebody else was quicker. In one transaction."""
    row = DeliveryWorker
    if not row.update(beat=beat + 1).where(row.id == worker_id, row.beat == beat).execute():
        return False
    held = [lane for (lane,) in run("SELECT number FROM delivery_lane WHERE holder_id = ?", worker_id).fetchall()]
    changes = Counter[End]()
    for lane in held:
        _give_up(lane, changes)
    run("UPDATE delivery_lane SET holder_id = NULL WHERE holder_id = ?", worker_id)
    row.delete().where(row.id == worker_id).execute()
    tallies.count(changes)
    return True


def _give_up(lane: int, changes: Counter[End]) -> None:
    blocks = run("SELECT id, source_id, mass FROM delivery_block WHERE lane = ?", lane).fetchall()
    for source_id in {block[1] for block in blocks}:
        _give_up_block(source_id, lane, changes)
    for block_id, source_id, mass in blocks:
        recount(block_id, source_id, lane, bool(mass))
    run("DELETE FROM delivery_block WHERE lane = ? AND waiting <= 0", lane)


def _give_up_block(source_id: int, lane: int, changes: Counter[End]) -> None:
    """What was being sent is uncertain; so is what was to be repeated. What had not left waits again."""
    column, first, last = people_of(lane)
    rows = run(
        f"SELECT id, state, channel, reason, intended_at FROM {table_of(lane)} "
        f"WHERE source_id = ? AND {column} BETWEEN ? AND ? AND state IN ('claimed', 'sending')",
        source_id, first, last,
    ).fetchall()  # fmt: skip
    uncertain = dict[str, list[int]]()
    for id_, state, channel, reason, intended_at in rows:
        if state == "sending" or intended_at is not None:
            told = rules.INTERRUPTED if state == "sending" else reason
            uncertain.setdefault(told, []).append(id_)
            changes[End(source_id, DeliveryState.UNCERTAIN, Channel(channel), told)] += 1
    for told, ids in uncertain.items():
        set_ = "state = 'uncertain', reason = ?, settled_at = ?"
        run(f"UPDATE delivery SET {set_} WHERE id IN {marks(ids)}", told, naive(clock.now()), *ids)
    waiting = [row[0] for row in rows if row[1] == "claimed" and row[4] is None]
    if waiting:
        run(f"UPDATE delivery SET state = 'pending' WHERE id IN {marks(waiting)}", *waiting)
