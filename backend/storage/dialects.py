"""What the three engines say differently, for the few statements that are written by hand."""

from collections.abc import Sequence, Sized
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
from peewee import Database, DatabaseProxy, Field, Function, MySQLDatabase, PostgresqlDatabase, fn

from models.base import database


class Dialect(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    MARIADB = "mariadb"


def dialect_of(database: Database | DatabaseProxy) -> Dialect:
    target = getattr(database, "obj", database)
    if isinstance(target, PostgresqlDatabase):
        return Dialect.POSTGRESQL
    return Dialect.MARIADB if isinstance(target, MySQLDatabase) else Dialect.SQLITE


def run(sql: str, *parameters: object) -> Any:
    """The cursor of a statement that is written by hand, with ? for each parameter: building it with peewee costs
    several times what running it does."""
    mark = database.param
    return database.execute_sql(sql if mark == "?" else sql.replace("?", mark), parameters)


_AS_JSON = {
    Dialect.SQLITE: "json_group_array(json_array({}))",
    Dialect.MARIADB: "JSON_ARRAYAGG(JSON_ARRAY({}))",
}


def fetch(columns: str, rest: str, *parameters: object) -> Sequence[Sequence[Any]]:
    """The rows of `SELECT columns rest`, in no order, moments perhaps as text.

    Where the driver brings rows one by one in Python, the database hands them over as one value instead: for hundreds
    of rows that costs this process half as much.
    """
    together = _AS_JSON.get(dialect_of(database))
    if together is None:
        return list(run(f"SELECT {columns} {rest}", *parameters).fetchall())
    found = run(f"SELECT {together.format(columns)} {rest}", *parameters).fetchone()[0]
    rows: list[list[Any]] = orjson.loads(found) if found else []
    return rows


def place_of(field: Field, text: str) -> Function:
    """Where the text begins in the column, counted from 1; 0 where it is not."""
    search = fn.STRPOS if dialect_of(database) is Dialect.POSTGRESQL else fn.INSTR
    return search(field, text)


def marks(values: Sized) -> str:
    """(?, ?, …) for as many."""
    return f"({', '.join('?' * len(values))})"


def moment(value: object) -> datetime | None:
    """A moment as the engines' drivers give it."""
    if value is None:
        return None
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    assert isinstance(found, datetime)
    return found.replace(tzinfo=UTC)


def naive(value: datetime | None) -> datetime | None:
    """A moment as the columns hold it."""
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None)
