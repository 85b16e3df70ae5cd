"""Writes places and their contacts: a whole sheet or nothing of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from backend import clock
from backend.places import contacts, geometry, names, rules, sheets
from backend.places.contacts import ContactLine
from backend.places.names import Spelled
from backend.places.rules import PlaceLine
from backend.places.sheets import Lines
from backend.storage.database import in_transaction
from models.places import Place, PlaceContact, PlaceLevel

_BATCH = 100
"""Rows in one statement: with a boundary each they still fit into what a database takes at once."""

_COMPARED = (
    Place.id,
    Place.code,
    Place.name,
    Place.level,
    Place.parent,
    Place.latitude,
    Place.longitude,
    Place.boundary,
    Place.south,
    Place.west,
    Place.north,
    Place.east,
)

_SLICE = 500
"""Names spelled in one transaction, which holds SQLite's only lock for about a tenth of a second."""


@dataclass(frozen=True)
class Imported:
    added: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0


def import_sheet(text: str) -> Imported:
    """Read CSV text and write all its places, or raise InvalidInput with a sentence for each bad line.

    Repeating an import without change changes nothing.
    """
    lines = sheets.read(text, rules.SHEET, rules.read_line)
    spelled = _spelled(lines)  # beforehand: it takes its time, and nobody need wait for it
    return in_transaction(lambda: _write(lines, spelled))


def import_contacts(text: str) -> Imported:
    """As `import_sheet`, for contacts. A place that the sheet names has afterwards those contacts and no other."""
    lines = sheets.read(text, contacts.COLUMNS, contacts.read_line)
    return in_transaction(lambda: _write_contacts(lines))


def spell() -> int:
    """Bring what is searched for up to the names: after an upgrade, or when an older release has written meanwhile.

    Answers how many places changed; changes nothing when all are right. A street takes a fifth of a second.
    """
    changed, last = 0, 0
    while found := list(Place.select(Place.id).where(Place.id > last).order_by(Place.id).limit(_SLICE)):
        last, first = found[-1].id, found[0].id
        changed += in_transaction(lambda first=first, last=last: _spell(first, last))  # type: ignore[misc]
    return changed


def _spelled(lines: Lines[PlaceLine]) -> dict[str, Spelled]:
    """The names that the sheet brings, or brings to another place."""
    known = {place.code: place.name for place in Place.select(Place.code, Place.name)}
    return {line.name: names.spelled(line.name) for _, line in lines if known.get(line.code) != line.name}


def _write(lines: Lines[PlaceLine], spelled: dict[str, Spelled]) -> Imported:
    standing = {place.code: place for place in Place.select(*_COMPARED)}
    codes = {place.id: code for code, place in standing.items()}
    parents = {code: codes[place.parent_id] for code, place in standing.items() if place.parent_id is not None}
    sheets.refuse(rules.tree_faults(lines, {code: place.level for code, place in standing.items()}, parents))
    ids = {code: place.id for code, place in standing.items()}
    added = changed = 0
    for level in PlaceLevel:  # from above, so that each parent has its number
        new = []
        for line in (line for _, line in lines if line.level is level):
            place, values = standing.get(line.code), _values(line, ids)
            if place is None:
                new.append({"code": line.code, **values, **_written(line.name, spelled)})
            elif any(getattr(place, name) != value for name, value in values.items()):
                changed += Place.update(**values, **_written(line.name, spelled)).where(Place.id == place.id).execute()
        added += _add(new, ids)
    return Imported(added, changed, same=len(lines) - added - changed)


def _values(line: PlaceLine, ids: dict[str, int]) -> dict[str, Any]:
    values = {
        "name": line.name,
        "level": line.level,
        "parent_id": ids[line.parent] if line.parent else None,
        "latitude": line.latitude,
        "longitude": line.longitude,
    }
    return values if line.boundary is None else {**values, **_bounded(line.boundary)}


def _bounded(boundary: str) -> dict[str, Any]:
    """The boundary and the box around it, or neither."""
    box = geometry.box(geometry.loaded(boundary)) if boundary else (None,) * 4
    return {"boundary": boundary or None, **dict(zip(("south", "west", "north", "east"), box, strict=True))}


def _written(name: str, spelled: dict[str, Spelled]) -> dict[str, Any]:
    """What follows from a name, and when it was written."""
    return {**asdict(spelled.get(name) or names.spelled(name)), "changed_at": clock.now()}


def _add(new: list[dict[str, Any]], ids: dict[str, int]) -> int:
    for start in range(0, len(new), _BATCH):
        batch = new[start : start + _BATCH]
        Place.insert_many(batch).execute()
        added = Place.select(Place.id, Place.code).where(Place.code.in_([row["code"] for row in batch]))
        ids |= {place.code: place.id for place in added}
    return len(new)


def _spell(first: int, last: int) -> int:
    found = Place.select(Place.id, Place.name, Place.folded, Place.sounds, Place.initials)
    return sum(_respell(place) for place in found.where(Place.id.between(first, last)))


def _respell(place: Place) -> int:
    spelled = asdict(names.spelled(place.name))
    if all(getattr(place, name) == value for name, value in spelled.items()):
        return 0
    # Whoever gives it another name meanwhile spells that one.
    return int(Place.update(**spelled).where(Place.id == place.id, Place.name == place.name).execute())


def _write_contacts(lines: Lines[ContactLine]) -> Imported:
    ids = {place.code: place.id for place in Place.select(Place.id, Place.code)}
    sheets.refuse(sheets.faults_between(lines, ids.keys(), lambda line: line.who))
    by_place: dict[str, list[ContactLine]] = {}
    for _, line in lines:
        by_place.setdefault(line.code, []).append(line)
    done = [_put_contacts(ids[code], of_place) for code, of_place in by_place.items()]
    return Imported(
        *map(sum, zip(*((each.added, each.changed, each.same, each.removed) for each in done), strict=True))
    )


def _put_contacts(place_id: int, lines: Iterable[ContactLine]) -> Imported:
    standing = {
        (row.role, row.name, row.phone): row for row in PlaceContact.select().where(PlaceContact.place == place_id)
    }
    counts = {"added": 0, "changed": 0, "same": 0}
    for position, line in enumerate(lines, 1):
        row = standing.pop(line.who[1:], None)
        counts[_put_contact(place_id, position, line, row)] += 1
    for row in standing.values():
        row.delete_instance()
    return Imported(**counts, removed=len(standing))


def _put_contact(place_id: int, position: int, line: ContactLine, row: PlaceContact | None) -> str:
    if row is not None and (row.hours, row.position) == (line.hours, position):
        return "same"
    outcome = "added" if row is None else "changed"
    row = row or PlaceContact(place=place_id, role=line.role, name=line.name, phone=line.phone)
    row.hours, row.position = line.hours, position
    row.save()
    return outcome
