"""Writes what became of parcels, hundreds at once, inside the worker's transaction.

Those that differ in nothing but the id are written together: all intents of a round, for one. Acceptances differ in the
platform's id besides, and have a statement of their own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

import orjson

from backend.outbox.engine.parcels import Parcel
from backend.storage.dialects import Dialect, dialect_of, naive, run
from models.base import database
from models.deliveries import DeliveryState

_CHANGE = (
    "UPDATE delivery SET state = ?, channel = ?, attempts = ?, refused = ?, due_at = ?, intended_at = ?, "
    "settled_at = ?, platform_id = ?, reason = ? WHERE id BETWEEN ? AND ?"
)
Row = tuple[object, ...]


class Overtaken(Exception):
    """Somebody cancelled what was fresh."""


def write(parcels: Iterable[Parcel]) -> None:
    """Every column that a worker changes, of all these parcels. May raise Overtaken: then all must be rolled back."""
    accepted, others = defaultdict[object, list[Row]](list), defaultdict[tuple[bool, Row], list[int]](list)
    for parcel in parcels:
        if parcel.state is DeliveryState.ACCEPTED:
            accepted[parcel.settled_at].append((parcel.id, parcel.platform_id))
        else:
            others[parcel.fresh, _row(parcel)].append(parcel.id)
    for (fresh, row), ids in others.items():
        values = _values(row)
        change = f"{_CHANGE} AND state = 'pending'" if fresh else _CHANGE
        for first, last in runs_of(ids):
            written = run(change, *values, first, last)
            if fresh and written.rowcount <= last - first:
                raise Overtaken
    for settled_at, rows in accepted.items():
        _ACCEPT[dialect_of(database)](settled_at, rows)


def lost(parcels: Iterable[Parcel]) -> set[int]:
    """Which of the fresh ones do not wait any more."""
    fresh = {parcel.id for parcel in parcels if parcel.fresh}
    wait = set[int]()
    for first, last in runs_of(fresh):
        rows = run("SELECT id FROM delivery WHERE id BETWEEN ? AND ? AND state = 'pending'", first, last).fetchall()
        wait |= {row[0] for row in rows}
    return fresh - wait


def runs_of(ids: Iterable[int]) -> list[tuple[int, int]]:
    """The ids as unbroken runs: an audience's rows were put one after the other, and a run costs as much as a row."""
    runs = list[tuple[int, int]]()
    for id_ in sorted(ids):
        if runs and runs[-1][1] == id_ - 1:
            runs[-1] = runs[-1][0], id_
        else:
            runs.append((id_, id_))
    return runs


def _sqlite(settled_at: object, rows: Sequence[Row]) -> None:
    """One statement, so that the thread that sends is not disturbed for each row."""
    run(
        "UPDATE delivery SET state = 'accepted', settled_at = ?, platform_id = v.told FROM "
        "(SELECT value ->> 0 AS id, value ->> 1 AS told FROM json_each(?)) AS v WHERE delivery.id = v.id",
        _moment(settled_at), _json(rows),
    )  # fmt: skip


def _postgresql(settled_at: object, rows: Sequence[Row]) -> None:
    """As two arrays: read faster than records of JSON, and written faster than the driver does."""
    ids, told = zip(*rows, strict=True)
    run(
        "UPDATE delivery SET state = 'accepted', settled_at = ?, platform_id = v.told "
        "FROM unnest(?::bigint[], ?::text[]) AS v(id, told) WHERE delivery.id = v.id",
        _moment(settled_at), _array(ids), _array(told),
    )  # fmt: skip


def _mariadb(settled_at: object, rows: Sequence[Row]) -> None:
    run(
        "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', told VARCHAR(64) PATH '$[1]')) v "
        "STRAIGHT_JOIN delivery d FORCE INDEX (PRIMARY) ON d.id = v.id "
        "SET d.state = 'accepted', d.settled_at = ?, d.platform_id = v.told",
        _json(rows), _moment(settled_at),
    )  # fmt: skip


_ACCEPT: dict[Dialect, Callable[[object, Sequence[Row]], None]] = {
    Dialect.SQLITE: _sqlite,
    Dialect.POSTGRESQL: _postgresql,
    Dialect.MARIADB: _mariadb,
}


def _row(parcel: Parcel) -> Row:
    return (
        parcel.state,
        parcel.channel,
        parcel.attempts,
        parcel.refused,
        parcel.due_at,
        parcel.intended_at,
        parcel.settled_at,
        parcel.platform_id,
        parcel.reason,
    )


def _array(values: object) -> str:
    """Of numbers or strings: but for its brackets PostgreSQL writes them as JSON does."""
    return f"{{{_json(values)[1:-1]}}}"


def _json(rows: object) -> str:
    return orjson.dumps(rows).decode()


def _values(row: Row) -> list[object]:
    """As the driver takes them."""
    return [_moment(value) if isinstance(value, datetime) else _plain(value) for value in row]


def _plain(value: object) -> object:
    return value.value if isinstance(value, StrEnum) else value


def _moment(value: object) -> object:
    """As peewee writes it: SQLite takes text."""
    assert value is None or isinstance(value, datetime)
    plain = naive(value)
    return str(plain) if plain is not None and dialect_of(database) is Dialect.SQLITE else plain
