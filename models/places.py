"""The tree of places: district, street, community, grid, lane. A child's code starts with its parent's."""

from enum import StrEnum
from typing import TYPE_CHECKING

from peewee import CharField, DoubleField, ForeignKeyField, SmallIntegerField
from playhouse.fields import EnumField

from models.base import KeyField, KeyText, Table, UtcField


class PlaceLevel(StrEnum):
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    LANE = "lane"


class Place(Table):
    """Coordinates are WGS84 degrees.

    `boundary` holds the coordinates of a GeoJSON MultiPolygon as JSON; the four sides of the box around it find the few
    boundaries near a point. `folded`, `sounds` and `initials` are the name as it is searched for
    (backend/places/names.py); they follow the name whenever it is written.
    """

    code = KeyField(max_length=32, unique=True)
    name = CharField(max_length=64)
    level = EnumField(PlaceLevel, max_length=16, index=True)
    parent = ForeignKeyField("self", null=True, backref="children", on_delete="RESTRICT")
    latitude = DoubleField(null=True)
    longitude = DoubleField(null=True)
    boundary = KeyText(null=True)
    south = DoubleField(null=True)
    west = DoubleField(null=True)
    north = DoubleField(null=True)
    east = DoubleField(null=True)
    folded = KeyText(null=True)
    sounds = KeyText(null=True)
    initials = KeyText(null=True)
    changed_at = UtcField()

    if TYPE_CHECKING:
        parent_id: int | None


class ContactRole(StrEnum):
    LIAISON = "liaison"
    OFFICE = "office"
    POLICE = "police"
    PROPERTY = "property"
    DOCTOR = "doctor"


class PlaceContact(Table):
    """Whom to call at a place, as it hangs on the notice board: a duty number that the office publishes, and what
    whoever answers it is called there, such as 王老师. No private number, and nothing else of a person."""

    place = ForeignKeyField(Place, on_delete="CASCADE", index=False)
    role = EnumField(ContactRole, max_length=16)
    name = KeyField(max_length=20)
    phone = KeyField(max_length=20)
    hours = CharField(max_length=40, default="")
    position = SmallIntegerField()

    class Meta:
        indexes = ((("place", "role", "name", "phone"), True),)

    if TYPE_CHECKING:
        place_id: int
