"""What is on in the neighbourhood."""

from typing import TYPE_CHECKING

from peewee import CharField, ForeignKeyField

from models.base import KeyField, Table, UtcField
from models.places import Place


class Activity(Table):
    """As it hangs on the notice board of a place: what, when, where. Nothing of a person."""

    place = ForeignKeyField(Place, on_delete="CASCADE", index=False)
    title = KeyField(max_length=40)
    starts_at = UtcField()
    ends_at = UtcField(index=True)
    venue = CharField(max_length=40, default="")

    if TYPE_CHECKING:
        place_id: int

    class Meta:
        indexes = ((("place", "starts_at", "title"), True),)
