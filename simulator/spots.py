"""Places a person can send (WGS84): the communities of a street file, or three built-in ones."""

import csv
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Spot:
    label: str
    latitude: float
    longitude: float

    def shown(self) -> dict[str, str | float]:
        return asdict(self)


BUILT_IN = (
    Spot("春风街道 和平社区", 43.8256, 87.6168),
    Spot("春风街道 团结社区", 43.8301, 87.6094),
    Spot("春风街道 河滩社区", 43.8189, 87.6052),
)


class SpotsError(Exception):
    """The street file cannot be used; the text is a Chinese sentence for the person at the terminal."""


def load_spots(path: Path | None) -> list[Spot]:
    """Raises SpotsError."""
    if path is None:
        return list(BUILT_IN)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            spots = [_spot(row) for row in csv.DictReader(file) if row.get("level") == "community"]
    except (OSError, KeyError, ValueError) as broken:
        raise SpotsError(f"街道文件 {path} 读不出来：{broken}") from broken
    return spots or list(BUILT_IN)


def _spot(row: dict[str, str]) -> Spot:
    return Spot(row["name"], float(row["lat"]), float(row["lng"]))
