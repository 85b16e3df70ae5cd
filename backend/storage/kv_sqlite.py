"""The key-value port over one SQLite file, shared by the processes of one machine.

WAL without a sync for each commit: a killed process loses nothing, a power failure at most the last moments.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.storage.kv import Note

_TABLES = """
CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value BLOB NOT NULL, ends REAL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kv_ends ON kv (ends) WHERE ends IS NOT NULL;
CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, value BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS journal_name ON journal (name, id);
"""
_GET = "SELECT value FROM kv WHERE key = ? AND (ends IS NULL OR ends > ?)"
_PUT = (
    "INSERT INTO kv (key, value, ends) VALUES (?, ?, ?) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value, ends = excluded.ends"
)
_CLAIM = _PUT + " WHERE ends <= ?"
_NOTE = "INSERT INTO journal (name, value) VALUES (?, ?)"
_SWEEP_EVERY = 60.0


class SqliteKV:
    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._now, self._guard, self._swept = now, threading.Lock(), now()
        # One connection for the process, guarded: threads that queue here cost less than SQLite's own waiting.
        self._sqlite = sqlite3.connect(path, timeout=2.0, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
            self._sqlite.execute(f"PRAGMA {pragma}")
        self._sqlite.executescript(_TABLES)

    def get(self, key: str) -> bytes | None:
        with self._guard:
            return self._standing(key)

    def put(self, key: str, value: bytes, ttl: float | None = None) -> None:
        with self._guard:
            self._sqlite.execute(_PUT, (key, value, self._end(ttl)))

    def put_if_absent(self, key: str, value: bytes, ttl: float | None = None, note: Note | None = None) -> bytes | None:
        with self._write() as sqlite:
            if note is not None:
                sqlite.execute(_NOTE, note)
            if sqlite.execute(_CLAIM, (key, value, self._end(ttl), self._now())).rowcount:
                return None
            return self._standing(key)

    def replace(self, key: str, old: bytes, new: bytes | None, ttl: float | None = None) -> bool:
        with self._write() as sqlite:
            if self._standing(key) != old:
                return False
            if new is None:
                sqlite.execute("DELETE FROM kv WHERE key = ?", (key,))
            else:
                sqlite.execute(_PUT, (key, new, self._end(ttl)))
            return True

    def count_up(self, key: str, ttl: float | None = None, by: int = 1) -> int:
        with self._write() as sqlite:
            standing = self._standing(key)
            if standing is None:
                sqlite.execute(_PUT, (key, str(by).encode(), self._end(ttl)))
                return by
            count = int(standing) + by
            sqlite.execute("UPDATE kv SET value = ? WHERE key = ?", (str(count).encode(), key))
            return count

    def drop(self, key: str) -> None:
        with self._guard:
            self._sqlite.execute("DELETE FROM kv WHERE key = ?", (key,))

    def journal(self, name: str, limit: int) -> list[tuple[str, bytes]]:
        with self._guard:
            rows = self._sqlite.execute(
                "SELECT id, value FROM journal WHERE name = ? ORDER BY id LIMIT ?", (name, limit)
            )
            return [(str(note_id), value) for note_id, value in rows]

    def forget(self, name: str, ids: list[str]) -> None:
        with self._write() as sqlite:
            sqlite.executemany("DELETE FROM journal WHERE name = ? AND id = ?", [(name, int(i)) for i in ids])

    def ping(self) -> None:
        with self._guard:
            self._sqlite.execute("SELECT 1")

    def close(self) -> None:
        with self._guard:
            self._sqlite.close()

    def _standing(self, key: str) -> bytes | None:
        row = self._sqlite.execute(_GET, (key, self._now())).fetchone()
        return None if row is None else row[0]

    def _end(self, ttl: float | None) -> float | None:
        return None if ttl is None else self._now() + ttl

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            self._sqlite.execute("BEGIN IMMEDIATE")
            try:
                self._sweep()
                yield self._sqlite
            except BaseException:
                self._sqlite.execute("ROLLBACK")
                raise
            self._sqlite.execute("COMMIT")

    def _sweep(self) -> None:
        """Drop what has ended, now and then, in slices: nobody's request pays for the whole."""
        now = self._now()
        if now - self._swept < _SWEEP_EVERY:
            return
        rest = self._sqlite.execute(
            "DELETE FROM kv WHERE key IN (SELECT key FROM kv WHERE ends <= ? LIMIT 2000)", (now,)
        )
        self._swept = now if rest.rowcount < 2000 else self._swept
