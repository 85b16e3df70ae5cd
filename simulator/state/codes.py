"""Codes for one exchange within five minutes: of wx.login, the phone-number button and web authorisation (§8, §9)."""

from dataclasses import dataclass
from typing import TypeVar

from simulator.errors import PlatformError

SECONDS = 300


@dataclass(slots=True)
class PersonCode:
    """What wx.login or the phone-number button gives to a mini-program's page."""

    pid: str
    until: float
    used: bool = False


@dataclass(slots=True)
class WebCode:
    """What the authorisation page hands to the redirect address."""

    openid: str
    pid: str  # empty: a visitor of a snapshot page
    scope: str
    until: float
    used: bool = False


Code = TypeVar("Code", PersonCode, WebCode)


def remembered(codes: dict[str, Code], now: float) -> dict[str, Code]:
    """Without those long gone."""
    return {value: code for value, code in codes.items() if code.until + SECONDS > now}


def valid(codes: dict[str, Code], value: str, now: float) -> Code:
    """Raises 40029 for one that is unknown or expired."""
    code = codes.get(value)
    if code is None or now >= code.until:
        raise PlatformError(40029)
    return code


def use(code: PersonCode | WebCode, used_errcode: int) -> None:
    """Raises the errcode, which is a setting, the second time."""
    if code.used:
        raise PlatformError(used_errcode)
    code.used = True
