"""The key-value port over one SQLite file, shared by the processes of one machine.

WAL without a sync for each commit: a killed process loses nothing, a power failure at most the last moments.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from backend.storage.kv import Note, away_on

# No index beside the keys: each would cost a message a third more. The journals are short and swept in their order.
_TABLES = """
CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value BLOB NOT NULL, ends REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, value BLOB NOT NULL);
"""
_GET = "SELECT value FROM kv WHERE key = ? AND (ends IS NULL OR ends > ?)"
_PUT = (
    "INSERT INTO kv (key, value, ends) VALUES (?, ?, ?) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value, ends = excluded.ends"
)
_CLAIM = _PUT + " WHERE ends <= ?"
_DROP = "DELETE FROM kv WHERE key = ?"
_JOURNAL = "SELECT id, value FROM journal WHERE name = ? ORDER BY id LIMIT ?"
_NOTE = "INSERT INTO journal (name, value) VALUES (?, ?)"
_SLICE = "SELECT key, ends FROM kv WHERE key > ? ORDER BY key LIMIT ?"
_SWEEP_EVERY, _SWEEP_KEYS = 100, 400
_away = away_on(sqlite3.Error)


Answer = TypeVar("Answer")
Write = Callable[[sqlite3.Connection], Answer]


class _Ticket:
    """One write that waits for a commit."""

    __slots__ = ("answer", "done", "error", "write")

    def __init__(self, write: Write[Any]) -> None:
        self.write, self.done = write, False
        self.answer: Any = None
        self.error: Exception | None = None


class SqliteKV:
    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._now, self._guard = now, threading.Lock()
        self._pending: deque[_Ticket] = deque()
        self._writes, self._swept = 0, ""
        # One connection for the process, guarded: threads that queue here cost less than SQLite's own waiting.
        self._sqlite = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
            self._sqlite.execute(f"PRAGMA {pragma}")
        self._sqlite.executescript(_TABLES)

    @_away
    def get(self, key: str) -> bytes | None:
        with self._guard:
            return self._standing(key)

    @_away
    def put(self, key: str, value: bytes, ttl: float | None = None) -> None:
        row = (key, value, self._end(ttl))
        self._together(lambda sqlite: sqlite.execute(_PUT, row))

    @_away
    def put_if_absent(self, key: str, value: bytes, ttl: float | None = None, note: Note | None = None) -> bytes | None:
        now = self._now()  # one moment for both statements: what ends between the two is not promised to anybody
        row = (key, value, None if ttl is None else now + ttl, now)

        def write(sqlite: sqlite3.Connection) -> bytes | None:
            if note is not None:
                sqlite.execute(_NOTE, note)
            return None if sqlite.execute(_CLAIM, row).rowcount else self._standing(key, now)

        return self._together(write)

    @_away
    def replace(self, key: str, old: bytes, new: bytes | None, ttl: float | None = None) -> bool:
        def write(sqlite: sqlite3.Connection) -> bool:
            if self._standing(key) != old:
                return False
            if new is None:
                sqlite.execute(_DROP, (key,))
            else:
                sqlite.execute(_PUT, (key, new, self._end(ttl)))
            return True

        return self._together(write)

    @_away
    def count_up(self, key: str, ttl: float | None = None, by: int = 1) -> int:
        def write(sqlite: sqlite3.Connection) -> int:
            standing = self._standing(key)
            if standing is None:
                sqlite.execute(_PUT, (key, str(by).encode(), self._end(ttl)))
                return by
            count = int(standing) + by
            sqlite.execute("UPDATE kv SET value = ? WHERE key = ?", (str(count).encode(), key))
            return count

        return self._together(write)

    @_away
    def drop(self, key: str) -> None:
        self._together(lambda sqlite: sqlite.execute(_DROP, (key,)))

    @_away
    def journal(self, name: str, limit: int) -> list[tuple[str, bytes]]:
        with self._guard:
            rows = self._sqlite.execute(_JOURNAL, (name, limit)).fetchall()
        return [(str(note_id), value) for note_id, value in rows]

    @_away
    def forget(self, name: str, ids: list[str]) -> None:
        rows = [(name, int(note_id)) for note_id in ids]
        self._together(lambda sqlite: sqlite.executemany("DELETE FROM journal WHERE name = ? AND id = ?", rows))

    @_away
    def ping(self) -> None:
        with self._guard:
            self._sqlite.execute("SELECT 1")

    def close(self) -> None:
        with self._guard:
            self._sqlite.close()

    def _standing(self, key: str, now: float | None = None) -> bytes | None:
        row = self._sqlite.execute(_GET, (key, self._now() if now is None else now)).fetchone()
        return None if row is None else row[0]

    def _end(self, ttl: float | None) -> float | None:
        return None if ttl is None else self._now() + ttl

    def _together(self, write: Write[Answer]) -> Answer:
        """Write in one commit with what other threads want written at the same moment.

        Whoever gets the lock first writes for all that wait; the others find their work done. It halves the cost
        of a message under load, and changes nothing for a single thread.
        """
        ticket = _Ticket(write)
        self._pending.append(ticket)
        with self._guard:
            if not ticket.done:
                self._lead()
        if ticket.error is not None:
            raise ticket.error
        return cast(Answer, ticket.answer)

    def _lead(self) -> None:
        batch: list[_Ticket] = []
        try:
            self._commit(batch, self._waiting)
        except Exception as error:  # noqa: BLE001 - it is handed to the threads it belongs to
            # Without the write lock all fail alike. With it, one of them failed and nothing of the others stands:
            # each for itself then, so that only that one fails.
            alone = bool(batch)
            batch = batch or self._waiting()
            for ticket in batch:
                ticket.error = self._alone(ticket) if alone else error
        for ticket in batch:
            ticket.done = True

    def _waiting(self) -> list[_Ticket]:
        return [self._pending.popleft() for _ in range(len(self._pending))]

    def _alone(self, ticket: _Ticket) -> Exception | None:
        try:
            self._commit([], lambda: [ticket])
        except Exception as error:  # noqa: BLE001 - as above
            return error
        return None

    def _commit(self, batch: list[_Ticket], tickets: Callable[[], list[_Ticket]]) -> None:
        sqlite = self._sqlite
        sqlite.execute("BEGIN IMMEDIATE")
        try:
            batch += tickets()  # asked only now: while the write lock was sought, more threads have lined up
            for ticket in batch:
                ticket.answer = ticket.write(sqlite)
            self._sweep()
            sqlite.execute("COMMIT")
        except BaseException:
            sqlite.execute("ROLLBACK")
            raise

    def _sweep(self) -> None:
        """Drop what has ended, a slice of the keys every hundred commits: nobody's request pays for the whole."""
        self._writes += 1
        if self._writes % _SWEEP_EVERY:
            return
        rows = self._sqlite.execute(_SLICE, (self._swept, _SWEEP_KEYS)).fetchall()
        now = self._now()
        ended = [(key,) for key, end in rows if end is not None and end <= now]
        self._sqlite.executemany(_DROP, ended)
        self._swept = rows[-1][0] if len(rows) == _SWEEP_KEYS else ""
