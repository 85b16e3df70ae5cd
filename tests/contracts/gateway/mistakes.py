"""One thing a caller can do wrong, and what a real platform answers to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.wechat.failures import BadRequest, Busy, Fatal, QuotaExhausted, RecipientUnreachable, Refused
from tests.contracts.gateway.given import Given
from tests.contracts.gateway.lines import nothing

Act = Callable[[Given, Any], object]
Prepare = Callable[[Given], Any]


@dataclass(frozen=True)
class Mistake:
    """`act` takes what `prepare` has made. `says`: what stands in the errmsg."""

    act: Act
    errcode: int
    error: type[Refused]
    prepare: Prepare = nothing
    says: str = ""


def bad_request(errcode: int, act: Act, prepare: Prepare = nothing, says: str = "") -> Mistake:
    return Mistake(act, errcode, BadRequest, prepare, says)


def unreachable(errcode: int, act: Act, prepare: Prepare = nothing, says: str = "") -> Mistake:
    return Mistake(act, errcode, RecipientUnreachable, prepare, says)


def fatal(errcode: int, act: Act, prepare: Prepare = nothing, says: str = "") -> Mistake:
    return Mistake(act, errcode, Fatal, prepare, says)


def exhausted(errcode: int, act: Act, prepare: Prepare = nothing, says: str = "") -> Mistake:
    return Mistake(act, errcode, QuotaExhausted, prepare, says)


def busy(errcode: int, act: Act, prepare: Prepare = nothing, says: str = "") -> Mistake:
    return Mistake(act, errcode, Busy, prepare, says)
