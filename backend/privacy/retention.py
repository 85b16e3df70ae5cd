"""Deletes what has had its time, as the columns declare it: no table has to be named here."""

from functools import partial

from peewee import Expression, Field

from backend import clock
from backend.privacy.columns import Tables, kept
from backend.storage.database import in_transaction
from models.base import Table
from models.marks import Lifetime
from models.registry import TABLES

SLICE = 1000


def enforce(limit: int = SLICE, tables: Tables = TABLES) -> int:
    """Delete rows whose days are over, a slice of each table; answers how many went. A row without the moment from
    which its days count stays."""
    # The registry names what is pointed at first: whoever points goes before.
    return sum(_forget(table, lifetime, limit) for table in reversed(tables) for lifetime in kept(table))


def _forget(table: type[Table], lifetime: Lifetime, limit: int) -> int:
    since = table._meta.fields[lifetime.since]
    over = since < clock.ago(days=lifetime.days)
    return in_transaction(partial(_delete, table, over, since, limit))


def _delete(table: type[Table], over: Expression, since: Field, limit: int) -> int:
    ids = [row.id for row in table.select(table.id).where(over).order_by(since).limit(limit)]
    # Asked again: a row may have been given a later moment meanwhile.
    return int(table.delete().where(table.id.in_(ids), over).execute()) if ids else 0
