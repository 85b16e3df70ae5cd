"""Keys the house made for itself. Nobody sets them, and they are lost with the database."""

from peewee import TextField

from models.base import KeyField, Table, UtcField
from models.marks import sealed


class LookupKey(Table):
    """`key` is 32 random bytes in base64. With it people are found again by what is not stored in clear: it stays the
    same for as long as the digests made with it are kept."""

    name = KeyField(max_length=32, unique=True)
    key = sealed(TextField(), "lookup_key.key")
    created_at = UtcField()
