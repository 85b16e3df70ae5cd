"""The name of a place as it is searched for: in either script, by its sound, by its initials. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend import spelling

_LONGEST = 10_000
"""Characters kept of the sounds: far more than a name has that people use."""


@dataclass(frozen=True)
class Spelled:
    """`sounds` and `initials` start anew at each syllable, so that a search meets no name in the midst of one:
    " chunxiao xiao " for 春晓."""

    folded: str
    sounds: str
    initials: str


@dataclass(frozen=True)
class Wanted:
    """What somebody typed. `sound` is empty where it cannot be one."""

    folded: str
    sound: str


def spelled(name: str) -> Spelled:
    sounds = spelling.sounded(name)
    return Spelled(
        spelling.fold(name), _from_each([sound for sound, _ in sounds]), _from_each([one for _, one in sounds])
    )


def wanted(typed: str) -> Wanted:
    """xi'an, xi an and XIAN are one sound, lü is typed lv."""
    folded = spelling.fold(typed)
    sound = "".join(filter(str.isalnum, folded.replace("ü", "v")))
    return Wanted(folded, sound if sound.isascii() else "")


def _from_each(sounds: Sequence[str]) -> str:
    return "".join(f" {''.join(sounds[start:])}" for start in range(len(sounds)))[: _LONGEST - 1] + " "
