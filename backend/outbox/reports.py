"""What the platform tells later of messages it accepted: delivered, or not and why. Written behind, many at once.

A report finds its delivery by the person and the platform's id; one that was never acknowledged (uncertain) by the
person and the channel. A report may come before its acceptance is committed: then it waits for a minute.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import orjson

from backend import clock
from backend.outbox import tallies
from backend.outbox.tallies import End
from backend.storage.database import in_transaction
from backend.storage.dialects import marks, naive, run
from models.deliveries import Channel, DeliveryState, MassJob

JOURNAL = "reports"
PATIENCE = timedelta(seconds=60)
_UNCERTAIN_SINCE = timedelta(days=3)
_MASS_SENT = "sendsuccess"
S = DeliveryState


@dataclass(frozen=True, slots=True)
class Report:
    """`reason` is "" for a message that was delivered. `template`: by template message, else by subscription."""

    account_id: int
    openid: str
    at: float  # seconds since 1970
    template: bool
    platform_id: str
    reason: str


def pack(reports: Iterable[Report]) -> bytes:
    """Those of one event."""
    return orjson.dumps([(r.account_id, r.openid, r.at, r.template, r.platform_id, r.reason) for r in reports])


def unpack(raw: bytes) -> list[Report]:
    return [Report(*told) for told in orjson.loads(raw)]


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    end: End
    person: tuple[str, int]
    platform_id: str


def apply(reports: Sequence[tuple[str, Report]]) -> set[str]:
    """Each with the id of its note. Answers the notes that wait: a delivery is not there yet, and they are not old."""
    return in_transaction(lambda: _apply(reports))


def finish_mass(account_id: int, msg_id: str, status: str, sent: int, filtered: int, failed: int) -> bool:
    """The platform is through with a mass send. It tells how many it reached, not whom: unless that is all or none, its
    deliveries stay accepted. False while no job is known by this id: the answer to the call may not be written yet."""
    return in_transaction(lambda: _finish_mass(account_id, msg_id, status, sent, filtered, failed))


def _finish_mass(account_id: int, msg_id: str, status: str, sent: int, filtered: int, failed: int) -> bool:
    job = MassJob.get_or_none(MassJob.account == account_id, MassJob.msg_id == msg_id)
    if job is None:
        return False
    told = {"status": status[:64], "sent": sent, "filtered": filtered, "failed": failed}
    first = MassJob.update(finished_at=clock.now(), **told).where(MassJob.id == job.id, MassJob.finished_at.is_null())
    reached = status == _MASS_SENT
    if first.execute() and not (reached and (filtered or failed)):
        old = End(job.source_id, S.ACCEPTED, Channel.MASS, "")
        new = old._replace(state=S.DELIVERED) if reached else old._replace(state=S.FAILED, reason=status[:32])
        moved = run(
            "UPDATE delivery SET state = ?, reason = ? "
            "WHERE source_id = ? AND platform_id = ? AND state = 'accepted' AND reason = ''",
            str(new.state), new.reason, job.source_id, job.key,
        ).rowcount  # fmt: skip
        tallies.count(Counter({old: -moved, new: moved}))
    return True


def _apply(reports: Sequence[tuple[str, Report]]) -> set[str]:
    people = _people({(report.account_id, report.openid) for _, report in reports})
    rows = defaultdict[tuple[str, int], list[_Row]](list)
    for row in _rows({person for persons in people.values() for person in persons}):
        rows[row.person].append(row)
    moves, waiting = dict[int, tuple[_Row, Report]](), set[str]()
    for note_id, report in reports:
        candidates = [row for person in people.get((report.account_id, report.openid), ()) for row in rows[person]]
        found = _find(report, [row for row in candidates if row.id not in moves])
        if found is not None:
            moves[found.id] = found, report
        elif clock.now() - clock.from_timestamp(report.at) < PATIENCE:
            waiting.add(note_id)
    _move(moves.values())
    return waiting


def _find(report: Report, rows: Iterable[_Row]) -> _Row | None:
    channels = (Channel.TEMPLATE,) if report.template else (Channel.SUBSCRIBE, Channel.NOTICE)
    mine = [row for row in rows if row.end.channel in channels]
    known = (row for row in mine if row.platform_id and row.platform_id == report.platform_id)
    unknown = (row for row in mine if not row.platform_id)
    return next(known, None) or next(unknown, None)


def _people(keys: set[tuple[int, str]]) -> dict[tuple[int, str], list[tuple[str, int]]]:
    """(account, openid) → the columns and ids under which her deliveries stand."""
    found = defaultdict[tuple[int, str], list[tuple[str, int]]](list)
    for account_id in {account_id for account_id, _ in keys}:
        openids = [openid for each, openid in keys if each == account_id]
        rows = run(
            f"SELECT openid, id, member_id FROM wechat_identity WHERE account_id = ? AND openid IN {marks(openids)}",
            account_id, *openids,
        )  # fmt: skip
        for openid, follower_id, member_id in rows.fetchall():
            found[account_id, openid].append(("follower_id", follower_id))
            if member_id is not None:
                found[account_id, openid].append(("member_id", member_id))
    return found


def _rows(people: set[tuple[str, int]]) -> Iterable[_Row]:
    """Their deliveries a report could be about."""
    since = naive(clock.now() - _UNCERTAIN_SINCE)
    for column in ("follower_id", "member_id"):
        ids = sorted(id_ for each, id_ in people if each == column)
        if not ids:
            continue
        rows = run(
            f"SELECT id, source_id, state, channel, reason, platform_id, {column} FROM delivery "
            f"WHERE {column} IN {marks(ids)} AND state IN ('accepted', 'uncertain') AND intended_at > ? ORDER BY id",
            *ids, since,
        )  # fmt: skip
        for id_, source_id, state, channel, reason, platform_id, person in rows.fetchall():
            end = End(source_id, DeliveryState(state), Channel(channel), reason)
            yield _Row(id_, end, (column, person), platform_id)


def _move(found: Iterable[tuple[_Row, Report]]) -> None:
    """From what it was to what it is now, where it still is what it was."""
    groups = defaultdict[tuple[End, End], list[int]](list)
    for row, report in found:
        state = S.FAILED if report.reason else S.DELIVERED
        groups[row.end, row.end._replace(state=state, reason=report.reason)].append(row.id)
    changes = Counter[End]()
    for (old, new), ids in groups.items():
        moved = run(
            f"UPDATE delivery SET state = ?, reason = ? WHERE state = ? AND reason = ? AND id IN {marks(ids)}",
            str(new.state), new.reason, str(old.state), old.reason, *ids,
        ).rowcount  # fmt: skip
        changes[old] -= moved
        changes[new] += moved
    tallies.count(changes)
