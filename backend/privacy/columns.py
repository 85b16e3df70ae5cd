"""What the tables say of their columns (`models/marks.py`): which hold ciphertext, and which rows have their time."""

from dataclasses import dataclass

from peewee import Field

from models.base import Table
from models.marks import Lifetime, is_sealed, lifetime_of, purpose_of
from models.registry import TABLES

RETENTION = "retention"
"""The job of the lifetimes that are a number of days."""

Tables = tuple[type[Table], ...]


@dataclass(frozen=True)
class Sealed:
    """A column of ciphertext."""

    table: type[Table]
    field: Field

    @property
    def name(self) -> str:
        return f"{self.table._meta.table_name}.{self.field.column_name}"

    @property
    def purpose(self) -> str:
        return purpose_of(self.field)


def sealed(tables: Tables = TABLES) -> list[Sealed]:
    return [Sealed(table, field) for table in tables for field in table._meta.sorted_fields if is_sealed(field)]


def kept(table: type[Table]) -> set[Lifetime]:
    """The lifetimes of a table that are a number of days: one, or none."""
    lifetimes = [lifetime_of(field) for field in table._meta.sorted_fields]
    return {each for each in lifetimes if each is not None and each.job == RETENTION}
