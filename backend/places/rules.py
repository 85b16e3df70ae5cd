"""What a sheet of places must hold, and how far two points are apart. Pure.

A sheet has the columns `code,name,level,parent,lat,lng` and perhaps `boundary`; coordinates are WGS84 degrees or empty,
a boundary is the text of a GeoJSON geometry or empty.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from backend.places import geometry
from backend.sheets.cells import UNSTORABLE
from backend.sheets.columns import Column, Columns, Holds
from backend.sheets.lines import LineFault, Lines, Row, fault
from models.places import PlaceLevel

CODE = Column("code", "编码", ("区划编码", "区划代码", "地区编码", "地方编码"), Holds.DIGITS)
SHEET = Columns(
    (
        CODE,
        Column("name", "名称", ("区划名称", "地名")),
        Column("level", "级别", ("层级", "区划级别")),
        Column("parent", "上级", ("上级编码", "上级区划编码", "上级区划", "父级编码"), Holds.DIGITS),
        Column("lat", "纬度", ("latitude",), Holds.DECIMAL),
        Column("lng", "经度", ("lon", "longitude"), Holds.DECIMAL),
        Column("boundary", "边界", ("geojson",), Holds.LONG, needed=False),
    )
)
LEVELS = {
    PlaceLevel.DISTRICT: "区县",
    PlaceLevel.STREET: "街道",
    PlaceLevel.COMMUNITY: "社区",
    PlaceLevel.GRID: "网格",
    PlaceLevel.LANE: "楼栋巷",
}
"""As the sheet may name them too."""

NEAR_METRES = 5_000.0
_ORDER = list(PlaceLevel)
_BY_NAME = {name: level for level, title in LEVELS.items() for name in (level.value, title)}
_EARTH_METRES = 6_371_008.8


@dataclass(frozen=True)
class PlaceLine:
    code: str
    name: str
    level: PlaceLevel
    parent: str
    latitude: float | None
    longitude: float | None
    boundary: str | None = None
    """As the column holds it; empty for none, None where the sheet says nothing of it."""


def read_line(number: int, row: Row) -> PlaceLine | LineFault:
    """The place of one line, or what is wrong with it."""
    cells = {name: (row.get(name) or "").strip() for name in SHEET.needed}
    point, boundary = _point(cells["lat"], cells["lng"]), _boundary(row.get("boundary"))
    wrong = _shape_fault(cells)
    if wrong is not None or isinstance(point, str):
        return fault(number, wrong or str(point))
    if isinstance(boundary, _Unreadable):
        return fault(number, boundary.why)
    return PlaceLine(cells["code"], cells["name"], _BY_NAME[cells["level"]], cells["parent"], *point, boundary)


def _shape_fault(cells: Mapping[str, str]) -> str | None:
    code = cells["code"]
    if not code or len(code) > 32 or not code.isascii() or not code.isalnum():
        return "编码要用 1 到 32 个英文字母或数字。"
    if not cells["name"] or len(cells["name"]) > 64 or UNSTORABLE.search(cells["name"]):
        return "名称不能空着，最多 64 个字，不能有控制字符。"
    if cells["level"] not in _BY_NAME:
        known = "、".join(f"{level}（{title}）" for level, title in LEVELS.items())
        return f"级别「{cells['level']}」不认识，可以写 {known}。"
    if cells["parent"] and (not code.startswith(cells["parent"]) or code == cells["parent"]):
        return f"编码要以上级编码「{cells['parent']}」开头。"
    return None


def _point(latitude: str, longitude: str) -> tuple[float | None, float | None] | str:
    if not latitude and not longitude:
        return None, None
    try:
        point = float(latitude), float(longitude)
    except ValueError:
        return "经纬度要写成度数，例如 30.1234；不知道就两格都空着。"
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        return "纬度在 -90 到 90 之间，经度在 -180 到 180 之间。"
    return point


@dataclass(frozen=True)
class _Unreadable:
    why: str


def _boundary(cell: str | None) -> str | _Unreadable | None:
    if cell is None:
        return None
    if not cell.strip():
        return ""
    read = geometry.read(cell)
    return _Unreadable(read) if isinstance(read, str) else geometry.dumped(read)


def tree_faults(
    lines: Lines[PlaceLine], known: Mapping[str, PlaceLevel], parents: Mapping[str, str] | None = None
) -> list[LineFault]:
    """What is wrong between the lines: doubles, missing parents, a child above its parent, a code that starts with that
    of a place it does not lie below.

    `known` and `parents` (child's code → parent's) are the places that stand already.
    """
    levels = dict(known)
    faults: list[LineFault] = []
    first: dict[str, int] = {}
    for number, line in lines:
        if line.code in first:
            faults.append(fault(number, f"编码「{line.code}」和第 {first[line.code]} 行重复。"))
        first.setdefault(line.code, number)
        levels[line.code] = line.level
    # One that comes anew in this sheet has a line of its own.
    standing = {code: (parents or {}).get(code, "") for code in known if code not in first}
    children, strangers = _by_value(standing), _strangers(standing, levels)
    for number, line in lines:
        wrong = (
            _parent_fault(line, levels)
            or _child_fault(line, children.get(line.code, []), levels)
            or _code_fault(line, strangers.get(line.code, []), levels)
        )
        if wrong:
            faults.append(fault(number, wrong))
    return faults


def _parent_fault(line: PlaceLine, levels: Mapping[str, PlaceLevel]) -> str | None:
    if not line.parent:
        return None if line.level is PlaceLevel.DISTRICT or line.level is PlaceLevel.STREET else "这一级要写上级编码。"
    if line.parent not in levels:
        return f"找不到上级「{line.parent}」。"
    if _ORDER.index(levels[line.parent]) >= _ORDER.index(line.level):
        return f"上级「{line.parent}」的级别不比这一行高。"
    return None


def _child_fault(line: PlaceLine, children: list[str], levels: Mapping[str, PlaceLevel]) -> str | None:
    above = [child for child in children if _ORDER.index(levels[child]) <= _ORDER.index(line.level)]
    return f"下级「{above[0]}」的级别不比这一行低。" if above else None


def _code_fault(line: PlaceLine, strangers: list[str], levels: Mapping[str, PlaceLevel]) -> str | None:
    """Who may see a place sees what starts with its code (`backend.permissions.Scope`): so that must lie below it."""
    above = _above(line.code, levels)
    if above != line.parent:
        return f"编码以「{above}」开头，上级就要写「{above}」；不在它下面的话，请换一个编码。"
    if strangers:
        return f"「{strangers[0]}」以这个编码开头，却不在它下面；请换一个编码，或者把它的上级也改过来。"
    return None


def _above(code: str, codes: Collection[str]) -> str:
    """The longest of the codes that this one starts with, "" for none."""
    return next((code[:end] for end in range(len(code) - 1, 0, -1) if code[:end] in codes), "")


def _strangers(standing: Mapping[str, str], codes: Collection[str]) -> dict[str, list[str]]:
    """By code: the places that start with it, with no longer one, and have another parent."""
    return _by_value({code: above for code, parent in standing.items() if (above := _above(code, codes)) != parent})


def _by_value(pairs: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs.items():
        found.setdefault(value, []).append(key)
    return found


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance between two (latitude, longitude) in degrees."""
    (lat1, lng1), (lat2, lng2) = (tuple(map(radians, point)) for point in (a, b))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lng2 - lng1) / 2) ** 2
    return 2 * _EARTH_METRES * asin(min(1.0, sqrt(half)))
