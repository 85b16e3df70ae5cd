"""Pushes that come later: kept in order of time and saved with the world, so that a restart loses none.

It knows neither HTTP nor the clock; push/postman.py carries out what is due.
"""

import heapq
from dataclasses import dataclass, field

from simulator.shapes import JsonObject

PLATFORM_ITSELF = "o" + "P" * 27  # FromUserName of pushes that come from no person


@dataclass(slots=True)
class Due:
    """A push of that moment of the pretended clock; `number` keeps the order of equal moments."""

    at: float
    number: int
    app_id: str
    openid: str
    fields: JsonObject

    def __lt__(self, other: "Due") -> bool:
        return (self.at, self.number) < (other.at, other.number)


@dataclass(slots=True)
class Agenda:
    waiting: list[Due] = field(default_factory=list)  # a heap, see heapq
    under_way: dict[str, Due] = field(default_factory=dict)  # by number; comes again after a restart
    last: int = 0

    def enter(self, at: float, app_id: str, openid: str, fields: JsonObject) -> bool:
        """Tells whether it is the next one now."""
        self.last += 1
        due = Due(at, self.last, app_id, openid, fields)
        heapq.heappush(self.waiting, due)
        return self.waiting[0] is due

    def take(self, now: float) -> Due | None:
        """The next one that is due, which is under way from here on."""
        if not self.waiting or self.waiting[0].at > now:
            return None
        due = heapq.heappop(self.waiting)
        self.under_way[str(due.number)] = due
        return due

    def finish(self, due: Due) -> None:
        self.under_way.pop(str(due.number), None)

    def resume(self) -> None:
        """After a restart: what was under way is due again, as the platform repeats what nobody answered."""
        for due in self.under_way.values():
            heapq.heappush(self.waiting, due)
        self.under_way.clear()

    def clear(self) -> None:
        self.waiting.clear()
        self.under_way.clear()

    def postpone(self, seconds: float) -> None:
        """When the clock is set back, what would come in a second still comes in a second."""
        for due in self.waiting:
            due.at += seconds
