"""The tree of places: district, street, community, grid, lane. A child's code starts with its parent's."""

from enum import StrEnum
from typing import TYPE_CHECKING

from peewee import CharField, DoubleField, ForeignKeyField
from playhouse.fields import EnumField

from models.base import KeyField, Table, UtcField


class PlaceLevel(StrEnum):
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    LANE = "lane"


class Place(Table):
    """Coordinates are WGS84 degrees."""

    code = KeyField(max_length=32, unique=True)
    name = CharField(max_length=64)
    level = EnumField(PlaceLevel, max_length=16, index=True)
    parent = ForeignKeyField("self", null=True, backref="children", on_delete="RESTRICT")
    latitude = DoubleField(null=True)
    longitude = DoubleField(null=True)
    changed_at = UtcField()

    if TYPE_CHECKING:
        parent_id: int | None
