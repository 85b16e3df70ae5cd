"""GCJ-02, the shifted coordinates of the platform, to and from WGS84. Converted once, here at the edge."""

from math import cos, pi, sin, sqrt

_A = 6378245.0  # Krasovsky 1940, as GCJ-02 has it
_EE = 0.00669342162296594323
_ROUNDS = 6  # each round of the inverse shrinks the error about a hundredfold; six end below a millimetre


def to_wgs84(latitude: float, longitude: float) -> tuple[float, float]:
    """Degrees in, degrees out. Points outside China are not shifted."""
    guess = latitude, longitude
    for _ in range(_ROUNDS):
        shifted = to_gcj02(*guess)
        guess = guess[0] + latitude - shifted[0], guess[1] + longitude - shifted[1]
    return guess


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    if not (0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347):
        return latitude, longitude
    north, east = _shift(longitude - 105.0, latitude - 35.0)
    radian = latitude / 180.0 * pi
    magic = 1 - _EE * sin(radian) ** 2
    root = sqrt(magic)
    north = north * 180.0 / ((_A * (1 - _EE)) / (magic * root) * pi)
    east = east * 180.0 / (_A / root * cos(radian) * pi)
    return latitude + north, longitude + east


def _shift(x: float, y: float) -> tuple[float, float]:
    """Metres to the north and to the east, by the polynomial everybody uses."""
    common = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    return north, east
