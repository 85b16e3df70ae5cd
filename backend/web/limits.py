"""How often somebody may ask: one table, counted in the key-value store in fixed windows of time.

Keys hold a keyed digest of the person or address. With the store away everything is allowed: a limit protects the
service, and must not be what takes it down.
"""

import hashlib
import hmac
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import structlog
from flask import Flask, current_app, request

from backend import clock
from backend.errors import TooMany
from backend.runtime import Runtime
from backend.storage.kv import KV, StoreAway
from backend.web import access

log = structlog.get_logger()
_KEY = "tongxin.limits"
_REST_SECONDS = 2.0
_SAY_EVERY = 60.0


class Who(StrEnum):
    PERSON = "person"  # whoever is signed in; while nobody is, her address
    ADDRESS = "address"


@dataclass(frozen=True)
class Limit:
    name: str
    who: Who
    times: int
    seconds: int


TABLE = (
    # Mobile carriers put thousands of phones behind one address: what is counted by address must let them all in.
    #
    # Of each request to the API exactly one of these three is spent.
    Limit("read", Who.PERSON, 300, 60),
    Limit("write", Who.PERSON, 60, 60),
    Limit("visit", Who.ADDRESS, 3000, 60),  # nobody is signed in
    # These are asked for by an endpoint, beside the general one.
    Limit("sign_in", Who.ADDRESS, 300, 60),
    Limit("phone_code", Who.PERSON, 5, 600),
    Limit("staff_code", Who.PERSON, 5, 600),
    Limit("heads", Who.PERSON, 30, 3600),
    Limit("export", Who.PERSON, 3, 3600),
    # Of each request to the console one of these two is spent, and of a password or a code the third.
    Limit("console", Who.PERSON, 600, 60),
    Limit("console_visit", Who.ADDRESS, 600, 60),
    Limit("console_sign_in", Who.ADDRESS, 60, 60),
    # Of the whole house: the platform makes 100,000 codes a day, and those of signs and invitations must be among them.
    Limit("scan_codes", Who.PERSON, 20_000, 86_400),
    # Of one of the staff: who calls more people than that in an hour is collecting numbers.
    Limit("reveal", Who.PERSON, 30, 3600),
    # An answer to a whole number says whether it is a member's: who tries more of them is going through a list.
    Limit("number_search", Who.PERSON, 60, 3600),
    Limit("confirm", Who.PERSON, 60, 3600),
)


def attach(app: Flask, runtime: Runtime, table: Iterable[Limit] = TABLE) -> None:
    app.extensions[_KEY] = Counter(runtime.kv, runtime.settings.secret_key, table)


def spend(name: str, who: str = "") -> None:
    """Count once; raises TooMany beyond the limit. `who`: somebody else than the visitor or the address it is from."""
    counter: Counter = current_app.extensions[_KEY]
    counter.spend(name, who)


def spend_request() -> None:
    """The general limit, for every request whatever comes of it."""
    if not access.visitor():
        spend("visit")
    else:
        spend("read" if request.method in ("GET", "HEAD", "OPTIONS") else "write")


class Counter:
    """`secret` keys the digests. It is the settings' own, so that counting asks nothing of the database."""

    def __init__(self, kv: KV, secret: str, table: Iterable[Limit]) -> None:
        self._kv, self._secret = kv, f"limits {secret}".encode()
        self._limits = {limit.name: limit for limit in table}
        self._resting_until = self._silent_until = -math.inf

    def spend(self, name: str, who: str = "") -> None:
        limit, now = self._limits[name], clock.timestamp()
        if self._count(limit, who or _who(limit.who), now) > limit.times:
            seconds = max(1, math.ceil(limit.seconds - now % limit.seconds))
            raise TooMany("too_many_requests", f"操作太频繁了，请 {_span(seconds)}后再试。", retry_after=seconds)

    def _count(self, limit: Limit, who: str, now: float) -> int:
        """The number of the window is part of the key, so that all processes know when it ends."""
        if clock.monotonic() < self._resting_until:
            return 0
        digest = hmac.new(self._secret, f"{limit.name} {who}".encode(), hashlib.sha256).hexdigest()[:32]
        try:
            return self._kv.count_up(f"limit:{limit.name}:{digest}:{int(now // limit.seconds)}", limit.seconds)
        except StoreAway:
            self._rest()
            return 0

    def _rest(self) -> None:
        """A store that is away costs each request its time-out: for a moment nobody asks it."""
        now = clock.monotonic()
        self._resting_until = now + _REST_SECONDS
        if now >= self._silent_until:
            self._silent_until = now + _SAY_EVERY
            log.warning("limits.store_away")


def _who(kind: Who) -> str:
    person = access.visitor() if kind is Who.PERSON else ""
    return f"person {person}" if person else f"address {access.address()}"


def _span(seconds: int) -> str:
    return f"{seconds} 秒" if seconds <= 120 else f"{math.ceil(seconds / 60)} 分钟"
