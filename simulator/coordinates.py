"""WGS84 to GCJ-02, the offset system in which Chinese maps and the platform's location messages speak.

The formula is the widely published approximation on the Krasovsky 1940 ellipsoid.
"""

from math import cos, pi, sin, sqrt

_AXIS = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """Outside mainland China the two systems agree, so the point comes back as it is."""
    if not (0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347):
        return latitude, longitude
    x, y = longitude - 105.0, latitude - 35.0
    phi = latitude / 180.0 * pi
    magic = 1 - _ECCENTRICITY_SQUARED * sin(phi) ** 2
    metres_north = _AXIS * (1 - _ECCENTRICITY_SQUARED) / (magic * sqrt(magic))
    metres_east = _AXIS / sqrt(magic) * cos(phi)
    return (
        latitude + _shift_north(x, y) * 180.0 / (metres_north * pi),
        longitude + _shift_east(x, y) * 180.0 / (metres_east * pi),
    )


def _shift_north(x: float, y: float) -> float:
    shift = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _ripple(x)
    shift += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    return shift + (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0


def _shift_east(x: float, y: float) -> float:
    shift = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _ripple(x)
    shift += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    return shift + (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0


def _ripple(x: float) -> float:
    return (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
