"""Rows with ciphertext in them, for tests of what becomes of it."""

from typing import Any

from peewee import chunked

from backend import clock
from backend.privacy import columns
from backend.privacy.cipher import FieldCipher
from backend.privacy.columns import Sealed
from models.base import Table
from models.marks import is_sealed, purpose_of
from models.receipts import Receipt
from models.registry import TABLES
from tests.fillers import fill

K1, K2 = {"k1": bytes(range(32))}, {"k2": bytes(range(1, 33))}
OLD, BOTH, NEW = FieldCipher(K1), FieldCipher({**K2, **K1}), FieldCipher(K2)
"""Before, while and after the key is changed. The first is that of tests/conftest.py."""


def sealed_row(table: type[Table], cipher: FieldCipher = OLD) -> Any:
    """Every sealed column of it holds something."""
    fields = [field for field in table._meta.sorted_fields if is_sealed(field)]
    return fill(table, **{field.name: cipher.encrypt(_text(field.name), purpose_of(field)) for field in fields})


def one_of_each(cipher: FieldCipher = OLD) -> list[Any]:
    """A row of each table that has a sealed column."""
    return [sealed_row(table, cipher) for table in TABLES if any(map(is_sealed, table._meta.sorted_fields))]


def receipts(number: int, answer: str) -> None:
    """So many, with the same ciphertext."""
    rows = ({"digest": f"d{each}", "answer": answer, "received_at": clock.now()} for each in range(number))
    for some in chunked(rows, 2000):
        Receipt.insert_many(some).execute()


def stored(column: Sealed) -> list[str]:
    rows: Any = column.table.select(column.field).order_by(column.table.id).tuples()
    return [value for (value,) in rows if value]


def opened(cipher: FieldCipher) -> dict[str, set[str]]:
    """What this cipher reads in each sealed column; raises Misconfigured for what it cannot."""
    return {
        column.name: {cipher.decrypt(value, column.purpose) for value in stored(column)} for column in columns.sealed()
    }


def _text(name: str) -> str:
    return f"{name}：王秀兰 🏮"
