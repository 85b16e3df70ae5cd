"""Writes what is on: a whole sheet or nothing of it."""

from backend.activities import imports, rules
from backend.sheets import reading
from backend.sheets.lines import Imported, counted
from backend.sheets.reading import Source
from backend.storage.database import in_transaction


def import_sheet(source: Source) -> Imported:
    """Read a sheet and write all its activities, or raise InvalidInput with a sentence for each bad line.

    A place that the sheet names has afterwards, of what is not over, those activities and no other. Repeating an
    import without change changes nothing.
    """
    lines = reading.read(source, rules.COLUMNS, rules.read_line)
    return counted(in_transaction(lambda: imports.write(lines)))
