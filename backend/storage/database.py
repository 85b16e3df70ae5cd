"""From a URL to a pooled peewee database that behaves alike on SQLite, PostgreSQL and MariaDB.

Alike means: moments keep microseconds, keys compare byte by byte, a write transaction takes its lock at
the start, and nobody waits for ever.
"""

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from peewee import Database, OperationalError, SqliteDatabase
from playhouse.pool import PooledMySQLDatabase, PooledPostgresqlDatabase, PooledSqliteDatabase
from pymysql.constants import CLIENT

from backend import clock
from backend.errors import Misconfigured
from models.base import database

CONNECT_SECONDS = 3
LOCK_SECONDS = 2
"""How long a statement may wait for a lock. Two such waits still fit into the webhook's five seconds."""

SILENCE_SECONDS = 60
"""How long MariaDB may say nothing: a server that is frozen would otherwise hold a thread for ever."""

TRUST_SECONDS = 5.0
DEADLOCK_TRIES = 5
_APART_MICROSECONDS = 20_000
_LOST_RACES = ("deadlock", "could not serialize", "record has changed since last read", "savepoint")
"""MariaDB undoes the whole transaction of a deadlock: an inner one then ends with "SAVEPOINT … does not exist"."""

Answer = TypeVar("Answer")


class _Trusting:
    """peewee asks the server `SELECT 1` before each use of a pooled connection, which doubles the price of a look-up.
    One that was used a moment ago is trusted; if it has died since, one statement fails and the pool drops it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._returned: dict[int, float] = {}
        super().__init__(*args, **options)

    def _is_closed(self, connection: Any) -> bool:
        resting = clock.monotonic() - self._returned.get(id(connection), 0.0)
        return resting > TRUST_SECONDS and bool(super()._is_closed(connection))  # type: ignore[misc]

    def _close(self, connection: Any, close_conn: bool = False) -> None:
        self._returned[id(connection)] = clock.monotonic()
        super()._close(connection, close_conn)  # type: ignore[misc]

    def _close_raw(self, connection: Any) -> None:
        self._returned.pop(id(connection), None)
        super()._close_raw(connection)  # type: ignore[misc]


class PostgresDatabase(_Trusting, PooledPostgresqlDatabase):  # type: ignore[misc]
    pass


class MariaDatabase(_Trusting, PooledMySQLDatabase):  # type: ignore[misc]
    # DATETIME alone drops the fraction; the default collation takes upper and lower case for one.
    field_types: ClassVar[dict[str, str]] = {
        **PooledMySQLDatabase.field_types,
        "DATETIME": "DATETIME(6)",
        "KEY_COLLATION": "utf8mb4_bin",
    }


def connect(url: str, pool: int = 20) -> Database:
    """A lazy pool for this process: no connection is opened before the first query."""
    scheme = urlsplit(url).scheme
    if scheme not in _BUILDERS:
        raise Misconfigured("database_url", "TONGXIN_DATABASE_URL 要以 sqlite:///、postgresql:// 或 mysql:// 开头。")
    return _BUILDERS[scheme](url, pool)


def _sqlite(url: str, pool: int) -> Database:
    return PooledSqliteDatabase(  # type: ignore[no-any-return]
        url.removeprefix("sqlite:///"),
        max_connections=pool,
        timeout=LOCK_SECONDS,  # the pool's own waiting time
        check_same_thread=False,  # the pool lends a connection to one thread after another
        pragmas={
            "journal_mode": "wal",
            "synchronous": "full",  # a follow that was answered has reached the disk
            "foreign_keys": 1,
            "busy_timeout": LOCK_SECONDS * 1000,
        },
    )


def _server(url: str) -> tuple[str, dict[str, Any]]:
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    given = {"host": parts.hostname, "port": parts.port, "user": parts.username, "password": parts.password}
    options |= {k: unquote(v) if isinstance(v, str) else v for k, v in given.items() if v}
    return parts.path.lstrip("/"), options


def _postgres(url: str, pool: int) -> Database:
    name, options = _server(url)
    return PostgresDatabase(
        name,
        max_connections=pool,
        timeout=LOCK_SECONDS,
        stale_timeout=1800,
        prefer_psycopg3=True,
        connect_timeout=CONNECT_SECONDS,
        # A process that hangs in the midst of a transaction must not keep its locks for ever.
        options=f"-c lock_timeout={LOCK_SECONDS}s -c timezone=UTC -c idle_in_transaction_session_timeout=30s",
        **options,
    )


def _maria(url: str, pool: int) -> Database:
    name, options = _server(url)
    return MariaDatabase(
        name,
        max_connections=pool,
        timeout=LOCK_SECONDS,
        stale_timeout=1800,
        charset="utf8mb4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=SILENCE_SECONDS,
        client_flag=CLIENT.FOUND_ROWS,  # a row counts as updated also where it had these values, as on the others
        # READ COMMITTED as on PostgreSQL: no gap locks, and a lost race shows what won it.
        init_command=(
            f"SET time_zone='+00:00', innodb_lock_wait_timeout={LOCK_SECONDS}, group_concat_max_len=67108864, "
            "sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', tx_isolation='READ-COMMITTED'"
        ),
        **options,
    )


_BUILDERS: dict[str, Callable[[str, int], Database]] = {
    "sqlite": _sqlite,
    "postgresql": _postgres,
    "postgres": _postgres,
    "mysql": _maria,
    "mariadb": _maria,
}


class _Afterwards(threading.local):
    """What this thread does once its transaction has been committed."""

    def __init__(self) -> None:
        self.acts: list[Callable[[], None]] = []


_afterwards = _Afterwards()


def in_transaction(work: Callable[[], Answer]) -> Answer:
    """Do the whole unit of work or nothing, and again if another transaction won the race for a row.

    On SQLite it takes the write lock at once: upgrading a read lock later could only fail. Inside another's transaction
    it is part of that, and what it raises must end it (`attempt` is for what may fail).
    """
    for tried in range(1, DEADLOCK_TRIES):
        try:
            return _unit(work)
        except OperationalError as error:
            if database.in_transaction() or not any(text in str(error).lower() for text in _LOST_RACES):
                raise
        # Not at once: many who lost to one another would only meet again.
        time.sleep(secrets.randbelow(tried * _APART_MICROSECONDS) / 1_000_000)
    return _unit(work)


def attempt(work: Callable[[], Answer]) -> Answer:
    """As `in_transaction`. Inside another's, what it has done is undone when it raises, and the other may go on: two
    statements more, which are dearer than most of those between them."""
    if not database.in_transaction():
        return in_transaction(work)
    with database.atomic():
        return work()


def after_commit(act: Callable[[], None]) -> None:
    """Do it, once, when the transaction under way (`in_transaction`) is committed; not at all if it is undone."""
    if act not in _afterwards.acts:
        _afterwards.acts.append(act)


def _unit(work: Callable[[], Answer]) -> Answer:
    if database.in_transaction():
        return work()
    _afterwards.acts = []
    with _transaction():
        answer = work()
    acts, _afterwards.acts = _afterwards.acts, []
    for act in acts:
        act()
    return answer


def _transaction() -> AbstractContextManager[object]:
    is_sqlite = isinstance(database.obj, SqliteDatabase)
    return cast(AbstractContextManager[object], database.atomic("IMMEDIATE") if is_sqlite else database.atomic())


def ask(target: Database, question: str) -> object:
    """The single value a statement answers with."""
    return target.execute_sql(question).fetchone()[0]  # type: ignore[no-untyped-call]


def ping(target: Database) -> None:
    """Raises whatever the driver raises when the database is not there."""
    ask(target, "SELECT 1")
