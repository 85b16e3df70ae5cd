"""Writes places: a whole sheet or nothing of it."""

import csv
from dataclasses import dataclass

from backend import clock
from backend.errors import FieldError, InvalidInput
from backend.places import rules
from backend.places.rules import PlaceLine
from backend.storage.database import in_transaction
from models.places import Place, PlaceLevel

MAX_SHOWN = 50


@dataclass(frozen=True)
class Imported:
    added: int
    changed: int
    same: int


def import_sheet(text: str) -> Imported:
    """Read CSV text and write all its places, or raise InvalidInput with a sentence for each bad line.

    Repeating an import without change changes nothing.
    """
    lines = _lines(text.removeprefix("\ufeff"))
    return in_transaction(lambda: _write(lines))


def _lines(text: str) -> list[tuple[int, PlaceLine]]:
    reader = csv.DictReader(text.splitlines())
    try:
        return _read(reader)
    except csv.Error as error:
        where = f"第 {reader.line_num} 行"
        raise InvalidInput(
            "not_csv", f"{where}不是正确的 CSV，请检查引号，没有导入任何一行。", [FieldError(where, "请检查引号。")]
        ) from error


def _read(reader: "csv.DictReader[str]") -> list[tuple[int, PlaceLine]]:
    _raise(rules.header_faults(reader.fieldnames or []))
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or []]
    lines: list[tuple[int, PlaceLine]] = []
    faults: list[FieldError] = []
    for row in reader:
        number = reader.line_num  # as the editor shows it: empty lines count too
        if number > rules.MAX_ROWS:
            raise InvalidInput("too_many_rows", f"一次最多导入 {rules.MAX_ROWS} 行，请分成几张表。")
        read = rules.read_line(number, row)
        faults.append(read) if isinstance(read, FieldError) else lines.append((number, read))
    _raise(faults)
    return lines


def _raise(faults: list[FieldError]) -> None:
    if faults:
        shown = faults[:MAX_SHOWN]
        more = f"（另有 {len(faults) - len(shown)} 处）" if len(faults) > len(shown) else ""
        raise InvalidInput("places_invalid", f"表里有 {len(faults)} 处要改，没有导入任何一行。{more}", shown)


def _write(lines: list[tuple[int, PlaceLine]]) -> Imported:
    standing = {place.code: place for place in Place.select()}
    codes = {place.id: code for code, place in standing.items()}
    parents = {code: codes[place.parent_id] for code, place in standing.items() if place.parent_id is not None}
    _raise(rules.tree_faults(lines, {code: place.level for code, place in standing.items()}, parents))
    by_level = sorted((line for _, line in lines), key=lambda line: list(PlaceLevel).index(line.level))
    counts = {"added": 0, "changed": 0, "same": 0}
    for line in by_level:
        counts[_put(line, standing)] += 1
    return Imported(**counts)


def _put(line: PlaceLine, standing: dict[str, Place]) -> str:
    place = standing.get(line.code)
    parent = standing[line.parent].id if line.parent else None
    values = (line.name, line.level, parent, line.latitude, line.longitude)
    if place is not None and values == (
        place.name,
        place.level,
        place.parent_id,
        place.latitude,
        place.longitude,
    ):
        return "same"
    outcome = "changed" if place is not None else "added"
    place = standing.setdefault(line.code, place or Place(code=line.code))
    place.name, place.level, place.parent, place.latitude, place.longitude = values
    place.changed_at = clock.now()
    place.save()
    return outcome
