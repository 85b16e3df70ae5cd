"""Codes that the platform exchanges once: whoever asks twice within two minutes, or twice at once, gets one answer."""

from collections.abc import Callable

from backend import clock
from backend.errors import Unavailable
from backend.privacy.lookups import Lookups
from backend.receipts import rules
from backend.receipts.claims import Claims

WAIT_SECONDS = 10.0


class Redemptions:
    """The answers wait in the key-value store, under digests of the codes. Should the store lose one, the code
    is refused the second time, and the phone asks for another."""

    def __init__(self, claims: Claims, lookups: Lookups) -> None:
        self._claims, self._lookups = claims, lookups

    def redeem(self, kind: str, code: str, work: Callable[[], str]) -> str:
        """What `work` made of the code, now or a moment ago. What it raises is raised, and remembered by nobody."""
        key = f"redeem:{self._lookups.digest(kind, code)}"
        standing = self._claims.claim(key, clock.monotonic() + WAIT_SECONDS, None, rules.EXCHANGED_AFTER)
        if not standing.mine:
            if standing.answer is None:
                raise Unavailable("still_working", "正在为您办，请稍等几秒再试。")
            return standing.answer.decode()
        try:
            answer = work()
        except Exception:
            self._claims.give_up(key)
            raise
        self._claims.answer(key, answer.encode())
        return answer
