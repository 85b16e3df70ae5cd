"""Writes places and their contacts: a whole sheet or nothing of it."""

from dataclasses import asdict

from backend.places import contact_imports, contacts, imports, names, rules
from backend.sheets import reading
from backend.sheets.lines import Imported, counted
from backend.sheets.reading import Source
from backend.storage.database import in_transaction
from models.places import Place

_SLICE = 500
"""Names spelled in one transaction, which holds SQLite's only lock for about a tenth of a second."""


def import_sheet(source: Source) -> Imported:
    """Read a sheet and write all its places, or raise InvalidInput with a sentence for each bad line.

    Repeating an import without change changes nothing.
    """
    lines = reading.read(source, rules.SHEET, rules.read_line)
    sounds = imports.spelled(lines)  # beforehand: it takes its time, and nobody need wait for it
    return counted(in_transaction(lambda: imports.write(lines, sounds)))


def import_contacts(source: Source) -> Imported:
    """As `import_sheet`, for contacts. A place that the sheet names has afterwards those contacts and no other."""
    lines = reading.read(source, contacts.COLUMNS, contacts.read_line)
    return counted(in_transaction(lambda: contact_imports.write(lines)))


def spell() -> int:
    """Bring what is searched for up to the names: after an upgrade, or when an older release has written meanwhile.

    Answers how many places changed; changes nothing when all are right. A street takes a fifth of a second.
    """
    changed, last = 0, 0
    while found := list(Place.select(Place.id).where(Place.id > last).order_by(Place.id).limit(_SLICE)):
        last, first = found[-1].id, found[0].id
        changed += in_transaction(lambda first=first, last=last: _spell(first, last))  # type: ignore[misc]
    return changed


def _spell(first: int, last: int) -> int:
    found = Place.select(Place.id, Place.name, Place.folded, Place.sounds, Place.initials)
    return sum(_respell(place) for place in found.where(Place.id.between(first, last)))


def _respell(place: Place) -> int:
    spelled = asdict(names.spelled(place.name))
    if all(getattr(place, name) == value for name, value in spelled.items()):
        return 0
    # Whoever gives it another name meanwhile spells that one.
    return int(Place.update(**spelled).where(Place.id == place.id, Place.name == place.name).execute())
