"""The page of a place: where it belongs, how many places are below it, and whom to call. All of it is public."""

from dataclasses import dataclass

from backend.places import contacts, queries
from backend.places.queries import PlaceView
from models.places import ContactRole, Place, PlaceContact


@dataclass(frozen=True)
class Contact:
    """`of`: the place that published it, which may be one above the place that shows it."""

    role: ContactRole
    name: str
    phone: str
    hours: str
    of: PlaceView


@dataclass(frozen=True)
class Page:
    """`parents` from the top down."""

    place: PlaceView
    parents: tuple[PlaceView, ...]
    children: int
    contacts: tuple[Contact, ...]


def page(code: str) -> Page | None:
    chain = queries.chain(code)
    if not chain:
        return None
    place, *above = chain
    children = Place.select().where(Place.parent == place.id).count()
    return Page(place, tuple(reversed(above)), children, _contacts(chain))


def contacts_of(code: str) -> tuple[Contact, ...]:
    """Its own, and those of the places above it for the roles that it has not. Nearest first, then in their order."""
    return _contacts(queries.chain(code))


def _contacts(chain: list[PlaceView]) -> tuple[Contact, ...]:
    by_id = {place.id: place for place in chain}
    of_place: dict[int, list[tuple[ContactRole, Contact]]] = {place.id: [] for place in chain}
    rows = PlaceContact.select().where(PlaceContact.place.in_(list(by_id)))
    for row in rows.order_by(PlaceContact.position, PlaceContact.id):
        contact = Contact(row.role, row.name, row.phone, row.hours, by_id[row.place_id])
        of_place[row.place_id].append((row.role, contact))
    return tuple(contacts.shown(list(of_place.values())))
