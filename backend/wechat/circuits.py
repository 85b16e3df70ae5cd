"""What nobody should ask the platform for at the moment, per account and interface, known to all processes.

An interface closes when its quota is used up, or when it failed five times in a row; a whole account closes when the
platform does not let this address in or refuses its secret. After its time one call tries whether it goes again.
Without the store each process knows only what it has found itself.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog

from backend import clock
from backend.storage.kv import KV, StoreAway
from backend.wechat.failures import (
    Closed,
    Closes,
    CredentialRefused,
    FailureKind,
    GatewayError,
    NoAnswer,
    Refused,
    Until,
    VisitorTokenRefused,
)

ACCOUNT = "*"
FAILURES = 5
COUNTED_FOR = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 15.0, 300.0
PROBE_SECONDS = 15.0
FRESH_SECONDS = 0.2
"""How long a process relies on what it has read."""

AWAY_SECONDS = 2.0
"""How long a store that did not answer is not asked again: each question may cost a time-out."""

_SECONDS = {Until.TEN_MINUTES: 600.0, Until.HOUR: 3600.0, Until.DAY: 86400.0}
_ANSWERED = {FailureKind.RECIPIENT, FailureKind.REQUEST}
log = structlog.get_logger()


@dataclass(frozen=True)
class Closure:
    """`pause` is how long it was closed: the next time twice as long."""

    until: float
    reason: str
    errcode: int = 0
    pause: float = 0.0


Closures = dict[str, Closure]  # by path, or ACCOUNT


class Circuits:
    """One account's. All closures stand under one key, so that looking costs one round trip at most."""

    def __init__(self, app_id: str, kv: KV, now: Callable[[], float] = clock.timestamp) -> None:
        self._app_id, self._kv, self._now = app_id, kv, now
        self._key = f"circuits:{app_id}"
        self._known: Closures = {}
        self._read_at = -FRESH_SECONDS
        self._failing: dict[str, int] = {}  # by path: how often in a row, as this process has seen it

    def closures(self) -> Closures:
        """All that are closed, or wait for the first call that goes again."""
        if clock.monotonic() - self._read_at >= FRESH_SECONDS:
            try:
                self._known = _decode(self._kv.get(self._key))
                self._read_at = clock.monotonic()
            except StoreAway:
                self._rest()
        return self._known

    def _rest(self) -> None:
        self._read_at = clock.monotonic() + AWAY_SECONDS
        log.warning("wechat.circuits_alone", app_id=self._app_id)

    def closed(self) -> Closures:
        """What is not asked for at this moment, and until when: for operators."""
        return {name: closure for name, closure in self.closures().items() if closure.until > self._now()}

    def require_open(self, path: str) -> None:
        """Raises Closed. Of several callers after the time one goes through, the others wait for how it fares."""
        known = self.closures()
        for name in (ACCOUNT, path) if known else ():
            if closure := known.get(name):
                self._require_over(path, name, closure)

    def note_success(self, path: str) -> None:
        if self._known or path in self._failing:
            with self._as_far_as_known():
                self._note_success(path)

    def _note_success(self, path: str) -> None:
        if path in self._failing:
            self._failing.pop(path, None)  # another thread may have been quicker
            self._kv.drop(self._failures(path))
        for name in (path, ACCOUNT) if self._known else ():
            closure = self._known.get(name)
            if closure and closure.until <= self._now():  # an answer still under way says nothing about a new closure
                self.reopen(name)

    def note_failure(self, path: str, error: GatewayError) -> None:
        with self._as_far_as_known():
            if isinstance(error, NoAnswer | CredentialRefused):
                self._count(path, error)
            elif isinstance(error, Refused):
                self._note_refusal(path, error)

    def pause_account(self, error: Refused) -> None:
        """The token itself is refused: only an operator can mend it, and asking on would spend the day's tokens."""
        with self._as_far_as_known():
            self._close(ACCOUNT, Closure(moment_of(Until.TEN_MINUTES, self._now()), error.errmsg, error.errcode))

    @contextmanager
    def _as_far_as_known(self) -> Iterator[None]:
        try:
            yield
        except StoreAway:
            self._rest()

    def _note_refusal(self, path: str, error: Refused) -> None:
        if error.treatment.closes is not Closes.NOTHING:
            self._close_for(path, error)
        elif error.treatment.maybe_done:
            self._count(path, error)
        elif error.kind in _ANSWERED or isinstance(error, VisitorTokenRefused):
            self._note_success(path)  # it answers, if not as wished

    def reopen(self, name: str) -> None:
        """`name` is a path or ACCOUNT. An operator says so, or a call went through. May raise StoreAway."""
        if self._change(name, lambda _: None):
            log.info("wechat.opened", app_id=self._app_id, interface=name)
        self._kv.drop(self._probe(name))

    def _require_over(self, path: str, name: str, closure: Closure) -> None:
        if closure.until > self._now() or not self._may_try(name):
            raise Closed(path, False, closure.until, closure.reason)

    def _may_try(self, name: str) -> bool:
        try:
            return self._kv.put_if_absent(self._probe(name), b"1", PROBE_SECONDS) is None
        except StoreAway:
            return True

    def _close_for(self, path: str, error: Refused) -> None:
        whole = error.treatment.closes is Closes.ACCOUNT
        until = moment_of(error.treatment.until, self._now())
        self._close(ACCOUNT if whole else path, Closure(until, error.errmsg, error.errcode))

    def _count(self, path: str, error: GatewayError) -> None:
        self._failing[path] = self._failing.get(path, 0) + 1
        again = self.closures().get(path)
        if again is None and self._in_a_row(path) < FAILURES:
            return
        if again is not None and again.until > self._now():
            return  # it was under way when the circuit opened, and says nothing new
        pause = min(LONGEST_PAUSE, again.pause * 2 if again and again.pause else FIRST_PAUSE)
        self._close(path, Closure(self._now() + pause, str(error), getattr(error, "errcode", 0), pause))
        self._kv.drop(self._failures(path))

    def _in_a_row(self, path: str) -> int:
        """Of all processes together; of this one alone while the store is away."""
        try:
            return self._kv.count_up(self._failures(path), COUNTED_FOR)
        except StoreAway:
            self._rest()
            return self._failing.get(path, 1)

    def _close(self, name: str, closure: Closure) -> None:
        if not _outlasts(self._known.get(name), closure):
            self._known = {**self._known, name: closure}  # should the store be away
        if self._change(name, lambda standing: standing if _outlasts(standing, closure) else closure):
            self._tell(name, closure)
        self._kv.drop(self._probe(name))

    def _tell(self, name: str, closure: Closure) -> None:
        """An alert: this is what an operator must see."""
        until = clock.from_timestamp(closure.until).isoformat()
        if name == ACCOUNT:
            log.error("wechat.account_paused", app_id=self._app_id, errcode=closure.errcode, until=until)
        else:
            errcode = closure.errcode
            log.error("wechat.interface_closed", app_id=self._app_id, interface=name, errcode=errcode, until=until)

    def _change(self, name: str, change: Callable[[Closure | None], Closure | None]) -> bool:
        """Compare and set, so that two processes do not undo each other's closures. True when it made a difference."""
        while True:
            stored = self._kv.get(self._key)
            closures = _decode(stored)
            before, after = closures.get(name), change(closures.get(name))
            if before == after:
                return False
            closures = {key: each for key, each in closures.items() if key != name} | ({name: after} if after else {})
            if self._put(stored, closures):
                self._known, self._read_at = closures, clock.monotonic()
                return True

    def _put(self, stored: bytes | None, closures: Closures) -> bool:
        value = _encode(closures)
        if stored is None:
            return self._kv.put_if_absent(self._key, value) is None
        return self._kv.replace(self._key, stored, value if closures else None)

    def _failures(self, path: str) -> str:
        return f"failures:{self._app_id}:{path}"

    def _probe(self, name: str) -> str:
        return f"probe:{self._app_id}:{name}"


def moment_of(until: Until, now: float) -> float:
    """Seconds since 1970. Counters of the platform begin anew at Beijing midnight."""
    if until in _SECONDS:
        return now + _SECONDS[until]
    if until is Until.NEXT_MINUTE:
        return now - now % 60 + 60
    day = clock.beijing(clock.from_timestamp(now)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (_next_month(day) if until is Until.NEXT_MONTH else day + timedelta(days=1)).timestamp()


def _next_month(day: datetime) -> datetime:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _outlasts(standing: Closure | None, closure: Closure) -> bool:
    """Ending within the same second is the same: several callers find it out at once, and one alert is enough."""
    return standing is not None and standing.until >= closure.until - 1


def _decode(stored: bytes | None) -> Closures:
    return {name: Closure(**each) for name, each in json.loads(stored).items()} if stored else {}


def _encode(closures: Closures) -> bytes:
    return json.dumps({name: asdict(each) for name, each in closures.items()}).encode()
