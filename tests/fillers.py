"""A row of any table, for tests of what holds for all tables: also for those that others add later."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from peewee import (
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    DateField,
    DoubleField,
    Field,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)
from playhouse.fields import EnumField

from backend import clock
from backend import settings as all_settings
from backend.privacy.cipher import FieldCipher
from models.base import Table, UtcField
from models.marks import is_sealed, purpose_of
from tests.conftest import DATA_KEY

_CIPHER = FieldCipher(replace(all_settings.load({}), data_keys=DATA_KEY).keys)
_numbers = count(1)


def fill(table: type[Table], **given: Any) -> Any:
    """The row, with the rows it points at. What may be missing or has a default is left alone unless it is given;
    every other value is one no row has yet, in a
    sealed column under the key of the tests."""
    wanted = [field for field in table._meta.sorted_fields if field.name not in given and _is_wanted(field)]
    return table.create(**{field.name: _value(field) for field in wanted}, **given)


def _is_wanted(field: Field) -> bool:
    return not (field.null or field.primary_key or field.default is not None)


def _value(field: Field) -> Any:
    # The nearest kind counts: a key is text, a state is text too.
    for kind in type(field).__mro__:
        if kind in _VALUES:
            return _VALUES[kind](field, next(_numbers))
    raise AssertionError(f"tests/fillers.py knows no value for {field.model.__name__}.{field.name}")


def _text(field: TextField, text: str) -> str:
    return _CIPHER.encrypt(text, purpose_of(field)) if is_sealed(field) else text


_VALUES: dict[type, Callable[[Any, int], Any]] = {
    ForeignKeyField: lambda field, _: fill(field.rel_model),
    EnumField: lambda field, _: next(iter(field.enum_class)),
    UtcField: lambda *_: clock.now(),
    DateField: lambda *_: clock.now().date(),
    BooleanField: lambda *_: True,
    CharField: lambda field, number: f"x{number}"[: field.max_length],
    TextField: lambda field, number: _text(field, f"text {number}"),
    BlobField: lambda _, number: f"bytes {number}".encode(),
    SmallIntegerField: lambda _, number: number % 30_000,
    IntegerField: lambda _, number: number,
    BigIntegerField: lambda _, number: number,
    DoubleField: lambda _, number: float(number),
}
