"""The whole day on one page: what the clock starts, and what the queue may ask for."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.outbox.queue import Payload
from backend.runtime import Runtime
from jobs import followers, interactions, invitations, sweeping, words


@dataclass(frozen=True)
class Every:
    """A job that is harmless when it runs twice, and at any hour. `seconds` between two starts."""

    name: str
    seconds: float
    run: Callable[[Runtime], int]
    """Answers how much it did."""


TIMETABLE: tuple[Every, ...] = (
    Every("interactions", 0.5, interactions.write_behind),
    Every("tombstones", 3600, sweeping.bury_those_who_left),
    Every("receipts", 600, sweeping.forget_old_receipts),
)

TASKS: dict[str, Callable[[Runtime, Payload], None]] = {
    "follow": followers.follow,
    "leave": followers.leave,
    "invitation": invitations.send,
    "say": words.say,
}


def job(name: str) -> Every:
    """Raises KeyError; for running one by hand."""
    return {every.name: every for every in TIMETABLE}[name]
