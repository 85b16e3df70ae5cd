"""Writes what is on: a whole sheet or nothing of it."""

from datetime import datetime

from backend import clock
from backend.activities import rules
from backend.activities.rules import ActivityLine
from backend.places import sheets
from backend.places.actions import Imported
from backend.places.sheets import Lines
from backend.storage.database import in_transaction
from models.activities import Activity
from models.places import Place

Known = dict[tuple[int, datetime, str], Activity]


def import_sheet(text: str) -> Imported:
    """Read CSV text and write all its activities, or raise InvalidInput with a sentence for each bad line.

    A place that the sheet names has afterwards, of what is not over, those activities and no other. Repeating an
    import without change changes nothing.
    """
    lines = sheets.read(text, rules.COLUMNS, rules.read_line)
    return in_transaction(lambda: _write(lines))


def _write(lines: Lines[ActivityLine]) -> Imported:
    ids = {place.code: place.id for place in Place.select(Place.id, Place.code)}
    sheets.refuse(sheets.faults_between(lines, ids.keys(), lambda line: line.which))
    named = sorted({ids[line.code] for _, line in lines})
    rows = list(Activity.select().where(Activity.place.in_(named))) if named else []
    standing: Known = {(row.place_id, row.starts_at, row.title): row for row in rows}
    counts = {"added": 0, "changed": 0, "same": 0}
    for _, line in lines:
        counts[_put(ids[line.code], line, standing)] += 1
    return Imported(**counts, removed=_take_down(standing))


def _put(place_id: int, line: ActivityLine, standing: Known) -> str:
    row = standing.pop((place_id, line.starts_at, line.title), None)
    if row is not None and (row.ends_at, row.venue) == (line.ends_at, line.venue):
        return "same"
    outcome = "added" if row is None else "changed"
    row = row or Activity(place=place_id, title=line.title, starts_at=line.starts_at)
    row.ends_at, row.venue = line.ends_at, line.venue
    row.save()
    return outcome


def _take_down(standing: Known) -> int:
    """What is over stays: it was."""
    gone = [row.id for row in standing.values() if row.ends_at > clock.now()]
    return int(Activity.delete().where(Activity.id.in_(gone)).execute()) if gone else 0
