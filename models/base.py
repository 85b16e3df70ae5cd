"""What every table shares: the database handle, UTC times and case-sensitive keys on all three engines."""

from datetime import UTC, datetime

from peewee import SQL, AutoField, CharField, DatabaseProxy, DateTimeField, Field, Model, TextField

database = DatabaseProxy()
"""Bound once per process by `backend.runtime`; tests bind it to each engine in turn."""


class Table(Model):
    id = AutoField()

    class Meta:
        database = database
        legacy_table_names = False


class UtcField(DateTimeField):
    """A moment. Aware datetimes in and out; stored as naive UTC so that the three engines sort alike."""

    def db_value(self, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def python_value(self, value: object) -> datetime | None:
        moment: datetime | None = super().python_value(value)  # type: ignore[no-untyped-call]
        return None if moment is None else moment.replace(tzinfo=UTC)


class _Bytewise(Field):
    def ddl_datatype(self, ctx: object) -> SQL:
        plain = super().ddl_datatype(ctx)
        collation = ctx.state.field_types.get("KEY_COLLATION") if ctx else None  # type: ignore[attr-defined]
        return SQL(f"{plain.sql} COLLATE {collation}") if collation else plain


class KeyField(_Bytewise, CharField):
    """Text compared byte by byte, such as an openid: MariaDB would otherwise take `oA` and `oa` for one person."""


class KeyText(_Bytewise, TextField):
    """As `KeyField`, of any length."""
