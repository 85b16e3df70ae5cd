"""Statements that are asked hundreds of times a second, written by hand: to build them with peewee costs several times
what it costs to run them. What a column makes of a value stays the column's business."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from peewee import IntegrityError, Model
from pymysql.constants import ER

from backend.storage.dialects import Dialect, dialect_of, marks, run
from models.base import database

_LOCK = {Dialect.POSTGRESQL: " FOR NO KEY UPDATE", Dialect.MARIADB: " FOR UPDATE"}
"""SQLite lets only one transaction write, and ours take that right at their start."""


def lock(select: str, *parameters: object) -> Any:
    """The cursor of a SELECT; nobody else changes the rows it finds until the transaction ends."""
    return run(select + _LOCK.get(dialect_of(database), ""), *parameters)


def insert(table: type[Model], row: Mapping[str, object]) -> int:
    """Answers the id. `row` names fields; those it does not name get their defaults. IntegrityError as ever."""
    number = _insert(table, (row,), False)
    assert number is not None
    return number


def insert_unless_there(table: type[Model], row: Mapping[str, object]) -> int | None:
    """As `insert`; None when another row has the same unique key, which the next SELECT sees."""
    return _insert(table, (row,), True)


def insert_all(table: type[Model], rows: Sequence[Mapping[str, object]]) -> None:
    """All of them name the same fields."""
    if rows:
        _insert(table, rows, False)


def _insert(table: type[Model], rows: Sequence[Mapping[str, object]], may_be_there: bool) -> int | None:
    meta: Any = table._meta
    defaults: dict[str, object] = meta.get_default_dict()
    names = tuple({**defaults, **rows[0]})
    fields = [meta.fields[name] for name in names]
    told = ({**defaults, **row} for row in rows)
    values = [field.db_value(row[name]) for row in told for name, field in zip(names, fields, strict=True)]
    dialect = dialect_of(database)
    try:
        cursor = run(_sql(table, names, len(rows), may_be_there, dialect), *values)
    except IntegrityError as error:
        if may_be_there and error.args[0] == ER.DUP_ENTRY:
            return None  # MariaDB has undone this statement and nothing else
        raise
    if dialect is Dialect.POSTGRESQL:
        found = cursor.fetchone()
        return None if found is None else int(found[0])
    return int(cursor.lastrowid) if cursor.rowcount else None


@functools.lru_cache(maxsize=256)
def _sql(table: type[Model], names: tuple[str, ...], rows: int, may_be_there: bool, dialect: Dialect) -> str:
    meta: Any = table._meta
    quote = "`" if dialect is Dialect.MARIADB else '"'
    columns = ", ".join(f"{quote}{meta.fields[name].column_name}{quote}" for name in names)
    values = ", ".join([marks(names)] * rows)
    # MariaDB knows only IGNORE, which would swallow every other mistake as well: there the error is caught.
    unless_there = " ON CONFLICT DO NOTHING" if may_be_there and dialect is not Dialect.MARIADB else ""
    returning = " RETURNING id" if dialect is Dialect.POSTGRESQL else ""
    return f"INSERT INTO {quote}{meta.table_name}{quote} ({columns}) VALUES {values}{unless_there}{returning}"  # noqa: S608 - names of ours
