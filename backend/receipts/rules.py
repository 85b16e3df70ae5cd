"""How a claim on a message is written down, and when it counts as abandoned. Pure."""

from dataclasses import dataclass

CLAIM_SECONDS = 120.0
"""The platform's last repetition comes within about fifteen seconds."""

ABANDONED_AFTER = 6.0
"""Seconds. A claim on a message this old without an answer belongs to a process that is gone: nobody works longer than
the platform's five."""

EXCHANGED_AFTER = 30.0
"""Seconds. Somebody who asks the platform may need longer: twice its time-outs, when the token has to be renewed."""

KEEP_HOURS = 24
"""How long the durable receipts of writing handlers and endpoints are kept."""

_WORKING, _ANSWERED = b"w", b"a"


@dataclass(frozen=True)
class Claim:
    """`answer` is None while the work is under way; empty bytes are an answer too: nothing to say."""

    since: float
    answer: bytes | None

    def abandoned(self, now: float, after: float | None = None) -> bool:
        return self.answer is None and now - self.since > (after or ABANDONED_AFTER)


def working(now: float, mark: str) -> bytes:
    """`mark` tells two claimants of one moment apart."""
    return _WORKING + f"{now:.3f} {mark}".encode()


def answered(answer: bytes) -> bytes:
    return _ANSWERED + answer


def read(stored: bytes) -> Claim:
    if stored[:1] == _ANSWERED:
        return Claim(0.0, stored[1:])
    return Claim(float(stored[1:].split(b" ", 1)[0]), None)
