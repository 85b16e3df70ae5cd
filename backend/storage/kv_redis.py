"""The key-value port over Redis, for many machines. One round trip for each call."""

from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.retry import Retry

from backend.storage.kv import Note, away_on

# Compare and set in one step; redis-py sends the digest of the script after the first time.
_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[3] == 'drop' then redis.call('DEL', KEYS[1]) return 1 end
if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
"""

# The note is kept in either case; what already stands is the answer.
_CLAIM = """
if KEYS[2] then redis.call('XADD', KEYS[2], '*', 'v', ARGV[3]) end
local standing = redis.call('GET', KEYS[1])
if standing then return standing end
if ARGV[2] == '' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return false
"""

_COUNT = """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count == tonumber(ARGV[1]) and ARGV[2] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return count
"""

# What a server says while it cannot serve; a wrong command is a mistake of ours and no outage.
_away = away_on(
    redis.ConnectionError,
    redis.TimeoutError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.MasterDownError,
    redis.exceptions.OutOfMemoryError,
)


def _millis(ttl: float | None) -> int | None:
    return None if ttl is None else max(1, int(ttl * 1000))


class RedisKV:
    def __init__(self, url: str, prefix: str = "tongxin:") -> None:
        # A store that does not answer costs half a second, not the five of the webhook. One retry covers a
        # connection that a restarted server has closed; a time-out is not repeated.
        once_more = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        self._redis = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=once_more)
        self._prefix = prefix
        self._replace = self._redis.register_script(_REPLACE)
        self._claim = self._redis.register_script(_CLAIM)
        self._count = self._redis.register_script(_COUNT)

    @_away
    def get(self, key: str) -> bytes | None:
        return cast(bytes | None, self._ask("GET", self._prefix + key))

    @_away
    def put(self, key: str, value: bytes, ttl: float | None = None) -> None:
        limit = _millis(ttl)
        self._ask("SET", self._prefix + key, value, *(() if limit is None else ("PX", limit)))

    @_away
    def put_if_absent(self, key: str, value: bytes, ttl: float | None = None, note: Note | None = None) -> bytes | None:
        limit = _millis(ttl)
        keys = [self._prefix + key, *([self._journal_key(note.journal)] if note else [])]
        arguments: list[bytes | str | int] = [value, "" if limit is None else limit, *([note.value] if note else [])]
        return cast(bytes | None, self._run(self._claim, keys, arguments))

    def _run(self, script: Script, keys: list[str], arguments: list[bytes | str | int]) -> object:
        try:
            return self._ask("EVALSHA", script.sha, len(keys), *keys, *arguments)
        except redis.exceptions.NoScriptError:
            return script(keys, arguments)  # a restarted server has forgotten it; the usual way teaches it again

    def _ask(self, *command: bytes | str | int) -> object:
        """Past the layers of `execute_command`, which are half of the price of what every request asks. Once more on
        a connection that a restarted server has closed."""
        try:
            return self._ask_once(command)
        except redis.ConnectionError:
            return self._ask_once(command)

    def _ask_once(self, command: tuple[bytes | str | int, ...]) -> object:
        pool = self._redis.connection_pool
        connection = pool.get_connection()
        try:
            connection.send_command(*command)  # type: ignore[no-untyped-call]
            return connection.read_response()
        finally:
            pool.release(connection)

    @_away
    def replace(self, key: str, old: bytes, new: bytes | None, ttl: float | None = None) -> bool:
        limit: str | int = "drop" if new is None else _millis(ttl) or ""
        return bool(self._replace([self._prefix + key], [old, new or b"", limit]))

    @_away
    def count_up(self, key: str, ttl: float | None = None, by: int = 1) -> int:
        limit = _millis(ttl)
        arguments: list[bytes | str | int] = [by, "" if limit is None else limit]
        return cast(int, self._run(self._count, [self._prefix + key], arguments))

    @_away
    def drop(self, key: str) -> None:
        self._redis.delete(self._prefix + key)

    @_away
    def journal(self, name: str, limit: int) -> list[tuple[str, bytes]]:
        notes = cast(list[tuple[bytes, dict[bytes, bytes]]], self._redis.xrange(self._journal_key(name), count=limit))
        return [(note_id.decode(), fields[b"v"]) for note_id, fields in notes]

    @_away
    def forget(self, name: str, ids: list[str]) -> None:
        if ids:
            self._redis.xdel(self._journal_key(name), *ids)

    @_away
    def ping(self) -> None:
        self._redis.ping()

    def close(self) -> None:
        self._redis.close()

    def _journal_key(self, name: str) -> str:
        return f"{self._prefix}journal:{name}"
