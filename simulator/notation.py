"""How times and settings are written on the command line."""

import json
import re

from simulator.remote import WrongUse
from simulator.shapes import JsonObject

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
_STEP = re.compile(r"\+?(\d{1,12}(?:\.\d{1,6})?)([smhd]?)")


def seconds_of(step: str) -> float:
    """+3600, +30m, +2h or +1d."""
    found = _STEP.fullmatch(step)
    if found is None:
        raise WrongUse("时间应写成 +3600、+30m、+2h、+1d 或 reset。")
    return float(found[1]) * _UNITS[found[2]]


def assignments(texts: list[str]) -> JsonObject:
    """name=value, where the value is JSON, or else a text."""
    pairs = [text.partition("=") for text in texts]
    if not all(name and equals for name, equals, _ in pairs):
        raise WrongUse("设置应写成 名字=值，例如 push_timeout=2。")
    return {name: _value(value) for name, _, value in pairs}


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
