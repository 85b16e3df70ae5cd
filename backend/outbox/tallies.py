"""How many of a source ended how: counted in the transaction of the rows themselves, so that the sum always holds."""

from collections import Counter
from typing import NamedTuple

from backend.storage.dialects import Dialect, dialect_of, run
from models.base import database
from models.deliveries import Channel, DeliveryState


class End(NamedTuple):
    """A way in which deliveries of a source ended. `channel` and `reason` are "" where there is none."""

    source_id: int
    state: DeliveryState
    channel: Channel | str
    reason: str


def count(changes: Counter[End]) -> None:
    """Add to the counts, or take away, inside the caller's transaction. The last in it: the rows of a source are few,
    and whoever else counts the same source waits until the transaction ends."""
    statement = _INSERT + _UPSERTS[dialect_of(database)]
    for end, number in sorted(changes.items()):
        if number:
            run(statement, end.source_id, str(end.state), str(end.channel), end.reason, number)


_INSERT = "INSERT INTO delivery_tally (source_id, state, channel, reason, count) VALUES (?, ?, ?, ?, ?) "
_UPSERT = "ON CONFLICT (source_id, state, channel, reason) DO UPDATE SET count = delivery_tally.count + excluded.count"
_UPSERTS = {
    Dialect.SQLITE: _UPSERT,
    Dialect.POSTGRESQL: _UPSERT,
    Dialect.MARIADB: "ON DUPLICATE KEY UPDATE count = count + VALUES(count)",
}
