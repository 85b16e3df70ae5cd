"""Databases with the schema in them, made once and emptied after each test: to migrate anew for each of a thousand
tests would take most of their time.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pymysql

from backend.storage import database as databases
from backend.storage import migrations
from tests.servers import Server

PATIENCE = 5
"""Seconds for a lock: somebody may still hold one who was not ended."""

Schema = tuple[list[Any], list[Any]]
"""The tables with their columns, and which migrations were applied when."""


class Ready:
    """An up-to-date and empty database for one test after another."""

    def __init__(self, servers: dict[str, Server], folder: Path) -> None:
        self._servers, self._file = servers, folder / "model.db"
        self._free: dict[str, list[_Kept]] = {engine: [] for engine in servers}

    @contextmanager
    def database(self, engine: str, folder: Path) -> Iterator[str]:
        """Its URL. SQLite's file lies in this folder, a copy."""
        if engine == "sqlite":
            yield f"sqlite:///{shutil.copyfile(self._model(), folder / 'test.db')}"
            return
        free = self._free[engine]
        kept = free.pop() if free else _KEPT[engine](self._servers[engine])
        yield kept.url
        if kept.is_emptied():
            free.append(kept)

    def close(self) -> None:
        for free in self._free.values():
            for kept in free:
                kept.drop()

    def _model(self) -> Path:
        if not self._file.exists():
            migrate(f"sqlite:///{self._file}")
        return self._file


def migrate(url: str) -> None:
    database = databases.connect(url, pool=1)
    migrations.apply(database)
    database.close_all()  # type: ignore[attr-defined]


class _Kept:
    """A database of a server. When it cannot be made as it was, it is dropped."""

    def __init__(self, server: Server) -> None:
        self._server, self._name = server, server.create()
        self.url = server.url_of(self._name)
        migrate(self.url)
        with self._connection() as cursor:
            self._schema = self._look(cursor)

    def is_emptied(self) -> bool:
        try:
            with self._connection() as cursor:
                self._hang_up_others(cursor)
                tables = [row[0] for row in self._schema[0] if row[0] != "schema_migration"]
                for table in _used(cursor, tables):
                    self._empty(cursor, table)
                same = self._look(cursor) == self._schema
        except (pymysql.Error, psycopg.Error):
            same = False
        if not same:
            self.drop()
        return same

    def drop(self) -> None:
        self._server.drop(self._name)

    def _look(self, cursor: Any) -> Schema:
        cursor.execute(
            "SELECT table_name, column_name, data_type, column_default FROM information_schema.columns "
            f"WHERE table_schema = {self.here} ORDER BY table_name, ordinal_position"
        )
        columns = list(cursor.fetchall())
        cursor.execute("SELECT * FROM schema_migration ORDER BY id")
        tables = sorted({row[0] for row in columns})
        return [(table, [row for row in columns if row[0] == table]) for table in tables], list(cursor.fetchall())

    here: str

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        raise NotImplementedError

    def _hang_up_others(self, cursor: Any) -> None:
        """Whoever was killed by a test may still be connected."""
        raise NotImplementedError

    def _empty(self, cursor: Any, table: str) -> None:
        """The next row has the number 1 again."""
        raise NotImplementedError


def _used(cursor: Any, tables: list[str]) -> list[str]:
    cursor.execute(" UNION ALL ".join(f"SELECT '{each}' WHERE EXISTS (SELECT 1 FROM {each})" for each in tables))
    return [table for (table,) in cursor.fetchall()]


class _PostgreSQL(_Kept):
    here = "'public'"

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{PATIENCE}s'")
            cursor.execute("SET session_replication_role = replica")  # no foreign keys for now
            yield cursor

    def _hang_up_others(self, cursor: Any) -> None:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def _empty(self, cursor: Any, table: str) -> None:
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute(f"SELECT setval(s, 1, false) FROM pg_get_serial_sequence('{table}', 'id') s WHERE s IS NOT NULL")


class _MariaDB(_Kept):
    here = "DATABASE()"

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        with self._server.connection(self._name) as connection, connection.cursor() as cursor:
            cursor.execute(f"SET SESSION lock_wait_timeout = {PATIENCE}, foreign_key_checks = 0")
            yield cursor

    def _hang_up_others(self, cursor: Any) -> None:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()")
        for (other,) in cursor.fetchall():
            try:
                cursor.execute(f"KILL {other}")
            except pymysql.Error as error:
                if error.args[0] != _GONE_BY_ITSELF:
                    raise

    def _empty(self, cursor: Any, table: str) -> None:
        cursor.execute(f"TRUNCATE TABLE {table}")


_GONE_BY_ITSELF = 1094
_KEPT: dict[str, type[_Kept]] = {"postgresql": _PostgreSQL, "mariadb": _MariaDB}
