"""Who works on a message, held in the key-value store: fast, shared by all processes, lost without harm.

Answers wait there sealed: they say what somebody is told, and her openid.
"""

import secrets
import time
from dataclasses import dataclass

import structlog

from backend import clock
from backend.privacy.cipher import FieldCipher
from backend.receipts import rules
from backend.storage.kv import KV, Note

_POLL_SECONDS = 0.02
_PURPOSE = "claim"
log = structlog.get_logger()


@dataclass(frozen=True)
class Standing:
    """What came of asking for a message: `mine` to work on, or the answer it got (None: not known in time)."""

    mine: bool
    answer: bytes | None = None


class Claims:
    def __init__(self, kv: KV, cipher: FieldCipher) -> None:
        self._kv, self._cipher = kv, cipher

    def claim(
        self, key: str, deadline: float, note: Note | None = None, abandoned_after: float | None = None
    ) -> Standing:
        """Take the message, or wait until `deadline` (monotonic) for the answer of whoever has it.

        The note is kept in either case. A store that fails must not silence the account: the message is then
        worked on without a claim, and the durable receipt keeps writes from happening twice.
        """
        mine = rules.working(clock.timestamp(), secrets.token_hex(4))
        try:
            standing = self._kv.put_if_absent(_name(key), mine, rules.CLAIM_SECONDS, note)
            return Standing(True) if standing is None else self._wait(key, standing, mine, deadline, abandoned_after)
        except Exception:
            log.exception("claim.store_failed")
            return Standing(True)

    def settle(self, key: str, answer: bytes, note: Note | None = None) -> bytes:
        """The answer everybody gets to this message: ours, or the one that was finished before.

        For answers that only read: working one out twice is harmless, so one round trip does for claim and answer.
        """
        try:
            standing = self._kv.put_if_absent(_name(key), self._sealed(answer), rules.CLAIM_SECONDS, note)
            earlier = None if standing is None else self._opened(rules.read(standing).answer)
        except Exception:
            log.exception("claim.store_failed")
            return answer
        return answer if earlier is None else earlier

    def answer(self, key: str, answer: bytes) -> None:
        """Let the repetitions of this message have the same answer."""
        try:
            self._kv.put(_name(key), self._sealed(answer), rules.CLAIM_SECONDS)
        except Exception:
            log.exception("claim.store_failed")

    def give_up(self, key: str) -> None:
        """It could not be answered: the next who asks works on it anew."""
        try:
            self._kv.drop(_name(key))
        except Exception:
            log.exception("claim.store_failed")

    def _wait(self, key: str, standing: bytes, mine: bytes, deadline: float, patience: float | None) -> Standing:
        while True:
            claim = rules.read(standing)
            if claim.answer is not None:
                return Standing(False, self._opened(claim.answer))
            if claim.abandoned(clock.timestamp(), patience) and self._kv.replace(
                _name(key), standing, mine, rules.CLAIM_SECONDS
            ):
                return Standing(True)
            if clock.monotonic() >= deadline:
                return Standing(False)
            time.sleep(_POLL_SECONDS)
            found = self._kv.get(_name(key))
            if found is None:  # given up: whoever comes first has it now
                found = self._kv.put_if_absent(_name(key), mine, rules.CLAIM_SECONDS)
            if found is None:
                return Standing(True)
            standing = found

    def _sealed(self, answer: bytes) -> bytes:
        return rules.answered(self._cipher.seal(answer, _PURPOSE) if answer else b"")

    def _opened(self, sealed: bytes | None) -> bytes | None:
        return self._cipher.unseal(sealed, _PURPOSE) if sealed else sealed


def _name(key: str) -> str:
    return f"claim:{key}"
