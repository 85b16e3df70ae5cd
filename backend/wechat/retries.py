"""When a failed call is made again, and after how long. Pure: the failure, the try and the moment are arguments."""

from enum import Enum, auto

from backend.wechat.failures import GatewayError, NoAnswer, Refused, Wait

TRIES = 4
"""The first one included."""

FIRST, LONGEST = 0.5, 8.0
_MINUTE = 60.0


class Repeat(Enum):
    """What doing it twice would cost."""

    ALWAYS = auto()  # nothing: it reads, or sets what is set already, or the platform de-duplicates it
    UNSENT = auto()  # a second message, a second draft, a second charge: only while the first surely did not happen


def wait_before(error: GatewayError, tries: int, repeat: Repeat, now: float, luck: float) -> float | None:
    """Seconds until the next try, or None: no further one. `luck` is the jitter, from 0 to 1."""
    if tries >= TRIES or (error.sent and repeat is Repeat.UNSENT):
        return None
    wait = _wait_of(error)
    if wait is Wait.BACKOFF:
        longest = min(LONGEST, FIRST * 2.0 ** (tries - 1))
        return longest / 2 + longest / 2 * luck
    if wait is Wait.SECOND:
        return 1.0 + luck
    if wait is Wait.MINUTE:
        return _MINUTE - now % _MINUTE + luck
    return None


def _wait_of(error: GatewayError) -> Wait:
    if isinstance(error, NoAnswer):
        return Wait.BACKOFF
    return error.treatment.wait if isinstance(error, Refused) else Wait.NONE
