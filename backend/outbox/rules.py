"""The life of a delivery: which state may follow which, and what an answer of the platform makes of it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backend import clock
from backend.wechat.failures import Closed, FailureKind, GatewayError, Interrupted, NoAnswer, Refused
from models.deliveries import Channel, DeliveryState

S = DeliveryState

MOVES: dict[DeliveryState, dict[DeliveryState, str]] = {
    S.PENDING: {
        S.CLAIMED: "a worker takes its lane",
        S.CANCELLED: "the source is cancelled",
    },
    S.CLAIMED: {
        S.SENDING: "the intent is committed",
        S.PENDING: "not now, or its worker died",
        S.DELIVERED: "put into her inbox",
        S.UNREACHABLE: "no channel of the ladder reaches her",
        S.CANCELLED: "too late, or the source is cancelled",
        S.UNCERTAIN: "was to be repeated, and is not after all",
    },
    S.SENDING: {
        S.ACCEPTED: "the platform accepts it",
        S.PENDING: "surely not sent: later, or by another channel",
        S.FAILED: "the platform will never take it",
        S.UNCERTAIN: "no answer, or its worker died",
    },
    S.UNCERTAIN: {
        S.CLAIMED: "repeated while the platform de-duplicates",
        S.DELIVERED: "the platform reports it delivered",
        S.FAILED: "the platform reports that it failed",
    },
    S.ACCEPTED: {
        S.DELIVERED: "the platform reports it delivered",
        S.FAILED: "the platform reports that it failed",
    },
    S.DELIVERED: {},
    S.FAILED: {},
    S.UNREACHABLE: {},
    S.CANCELLED: {},
}
"""State → the states that may follow, each with its reason."""

WAITING = (S.PENDING, S.CLAIMED, S.SENDING)
"""Not ended: what a source's audience is more than its tallies."""

REPEATED_WITHIN = timedelta(seconds=540)
MASS_REPEATED_WITHIN = timedelta(hours=23)
"""The platform de-duplicates template messages for ten minutes from the first, mass sends for a day; the last try must
arrive within them."""

_WINDOWS = {Channel.TEMPLATE: REPEATED_WITHIN, Channel.MASS: MASS_REPEATED_WITHIN}

REPORT_WITHIN = timedelta(hours=48)
"""An accepted message whose outcome nobody reported until then stays accepted, with the reason UNKNOWN."""

UNKNOWN = "unknown"
EXPIRED = "expired"
INTERRUPTED = "interrupted"
NO_ANSWER = "no_answer"

MOST_ATTEMPTS = 12
"""With the pauses between them some two hours."""

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 3600.0


def may_move(old: DeliveryState, new: DeliveryState) -> bool:
    return new in MOVES[old]


def repeatable(channel: Channel | None, intended_at: datetime | None, now: datetime) -> bool:
    """Whether an uncertain delivery may be sent once more without arriving twice."""
    if channel not in _WINDOWS or intended_at is None:
        return False
    # A clock that was set back must not make an old intent young again.
    return timedelta() <= now - intended_at < _WINDOWS[channel]


def pause_before(attempts: int, luck: float) -> float:
    """Seconds until the next try of somebody the platform was too busy for. `luck` is the jitter, from 0 to 1."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(20, max(0, attempts - 1)))
    return longest / 2 + longest / 2 * luck


class Lesson(StrEnum):
    """What a refusal teaches about the person."""

    USED_UP = "used_up"  # no consent is left for this template
    AWAY = "away"  # this account cannot write to her


_LESSONS = {
    43101: Lesson.USED_UP,
    **dict.fromkeys((40003, 43004, 43019, 43104, 48002, 50005), Lesson.AWAY),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a delivery. `wait`: seconds before it is tried again. `refuses`: this channel not again.
    `trouble`: counts towards the threshold; `stops`: pauses the source at once; not `asked`: the platform never saw
    it."""

    state: DeliveryState
    reason: str = ""
    wait: float = 0.0
    refuses: bool = False
    lesson: Lesson | None = None
    trouble: bool = False
    stops: bool = False
    asked: bool = True


ACCEPTED = Verdict(S.ACCEPTED)


def judge(error: GatewayError | None, attempts: int, now: float, luck: float) -> Verdict:
    """`attempts` counts this one, `now` is seconds since 1970."""
    if error is None:
        return ACCEPTED
    if error.sent:
        ours = isinstance(error, Interrupted)  # and no trouble with the source
        return Verdict(S.UNCERTAIN, INTERRUPTED if ours else NO_ANSWER, pause_before(attempts, luck), trouble=not ours)
    if isinstance(error, Refused):
        return _refused(error, attempts, luck)
    if isinstance(error, Closed):
        return Verdict(S.PENDING, wait=max(1.0, error.until - now), asked=False)
    if isinstance(error, Interrupted):
        return Verdict(S.PENDING, asked=False)
    return later(NO_ANSWER if isinstance(error, NoAnswer) else type(error).__name__, attempts, luck)


def _refused(error: Refused, attempts: int, luck: float) -> Verdict:
    reason = str(error.errcode)
    if error.kind is FailureKind.RECIPIENT:
        return Verdict(S.PENDING, reason, refuses=True, lesson=_LESSONS.get(error.errcode))
    if error.kind is FailureKind.REQUEST:
        return Verdict(S.FAILED, reason, trouble=True)
    if error.kind is FailureKind.FATAL:
        return Verdict(S.PENDING, reason, pause_before(attempts, luck), trouble=True, stops=True)
    return later(reason, attempts, luck)


def later(reason: str, attempts: int, luck: float) -> Verdict:
    """Surely not sent, and worth another try, unless there were too many."""
    if attempts >= MOST_ATTEMPTS:
        return Verdict(S.FAILED, reason, trouble=True)
    return Verdict(S.PENDING, reason, pause_before(attempts, luck))


TROUBLE_OF, TROUBLE_SHARE, TROUBLE_LEAST = 100, 0.3, 20


def too_much_trouble(troubles: int, of: int) -> bool:
    """Among the last `of` outcomes of a source, TROUBLE_OF at most: whether somebody has to look at it."""
    return troubles >= TROUBLE_LEAST and troubles >= TROUBLE_SHARE * of


QUIET_FROM, QUIET_UNTIL = 22, 7
"""Beijing hours in which nobody is disturbed."""


def quiet_until(now: datetime) -> datetime | None:
    """When the quiet hours end, or None outside them."""
    here = clock.beijing(now)
    if QUIET_UNTIL <= here.hour < QUIET_FROM:
        return None
    morning = here.replace(hour=QUIET_UNTIL, minute=0, second=0, microsecond=0)
    return morning if here < morning else morning + timedelta(days=1)
