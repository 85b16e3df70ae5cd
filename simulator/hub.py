"""Who listens at /simulator/events, and what waits to be sent to them."""

import asyncio
from collections import deque
from collections.abc import Callable

from simulator.shapes import JsonObject, dump

BACKLOG = 1_000
TRAFFIC_BACKLOG = 100


class Line:
    """One listener. A flood costs it traffic lines; a chat message is never left out silently."""

    def __init__(self) -> None:
        self._chats: deque[bytes] = deque()
        self._traffic: deque[Callable[[], JsonObject]] = deque(maxlen=TRAFFIC_BACKLOG)
        self._waiting = asyncio.Event()
        self.ended = False

    def end(self) -> None:
        self.ended = True
        self._waiting.set()

    def put(self, event: bytes) -> None:
        if len(self._chats) >= BACKLOG:
            self._chats.clear()
            event = encode("state", {})  # too much was missed: let the page load everything again
        self._chats.append(event)
        self._waiting.set()

    def put_traffic(self, entry: Callable[[], JsonObject]) -> None:
        self._traffic.append(entry)
        self._waiting.set()

    async def take(self, seconds: float) -> bytes:
        """All that waits, or a comment line when nothing comes for so long."""
        try:
            await asyncio.wait_for(self._waiting.wait(), seconds)
        except TimeoutError:
            return b": still here\n\n"
        return self._drain()

    def _drain(self) -> bytes:
        self._waiting.clear()
        events = [*self._chats, *(encode("traffic", entry()) for entry in self._traffic)]
        self._chats.clear()
        self._traffic.clear()
        return b"".join(events)


class Hub:
    def __init__(self) -> None:
        self._lines: set[Line] = set()

    def open(self) -> Line:
        line = Line()
        self._lines.add(line)
        return line

    def close(self, line: Line) -> None:
        self._lines.discard(line)

    def close_all(self) -> None:
        """At the end of the program: an event stream would never end by itself."""
        for line in self._lines:
            line.end()

    @property
    def heard(self) -> bool:
        return bool(self._lines)

    def publish(self, name: str, data: JsonObject) -> None:
        event = encode(name, data)
        for line in self._lines:
            line.put(event)

    def publish_traffic(self, entry: Callable[[], JsonObject]) -> None:
        """The entry is written out only when a listener takes it: the hot path must not pay for the page."""
        for line in self._lines:
            line.put_traffic(entry)


def encode(name: str, data: JsonObject) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + dump(data) + b"\n\n"
