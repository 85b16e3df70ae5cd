"""The threads that speak to the platform for one account: they send what is handed over, and tell what became of it.

They know no database. What they hold has its intent committed; whoever hands over sees to it that a person has one
message under way at a time.
"""

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator

import structlog

from backend import clock
from backend.outbox.engine.sends import Outgoing
from backend.wechat.failures import Interrupted, NoAnswer
from backend.wechat.gateway import Gateway
from backend.wechat.sending.sends import Limits, Outcome

THREADS = 2
"""They share what may be in flight. While Python runs for one of them, or writes to the database, libcurl goes on for
the other: encryption and the network are two thirds of the work."""

IDLE_SECONDS = 0.5
PATIENCE = 2.0
"""Seconds a batch waits for an interface that has just closed; then the parcels go back and wait where others pass."""

BREATH = 0.002
"""The machine has the database to serve besides."""

Tell = Callable[[Outcome[Outgoing]], None]
log = structlog.get_logger()


class Outlet:
    def __init__(self, gateway: Gateway, limits: Limits, tell: Tell, may_send: Callable[[], bool]) -> None:
        self._tell = tell
        self._ready: deque[Outgoing] = deque()
        threads = min(THREADS, limits.in_flight)
        self._speakers = [
            _Speaker(self._ready, gateway, Limits(share, limits.per_second, PATIENCE, BREATH), tell, may_send)
            for share in ((limits.in_flight + number) // threads for number in range(threads))
        ]

    def hand_over(self, outgoing: Outgoing, first: bool = False) -> None:
        """`first`: before all that waits here."""
        (self._ready.appendleft if first else self._ready.append)(outgoing)
        for speaker in self._speakers:
            speaker.ring()

    def recall(self, source_ids: Collection[int]) -> None:
        """What of these sources has not been begun comes back unsent: they were paused or cancelled."""
        for _ in range(len(self._ready)):
            try:
                outgoing = self._ready.popleft()
            except IndexError:
                return  # a thread that sends took the last
            if outgoing.parcel.source_id in source_ids:
                self._tell(_unsent(outgoing))
            else:
                self._ready.append(outgoing)

    def end(self) -> None:
        """Waits until all that is under way has an outcome; the rest comes back unsent."""
        for speaker in self._speakers:
            speaker.end()
        for speaker in self._speakers:
            speaker.join()


class _Speaker(threading.Thread):
    """Takes from what is ready, as the other does."""

    def __init__(
        self, ready: deque[Outgoing], gateway: Gateway, limits: Limits, tell: Tell, may_send: Callable[[], bool]
    ) -> None:
        super().__init__(name="outlet", daemon=True)
        self._ready, self._gateway, self._limits = ready, gateway, limits
        self._tell, self._may_send = tell, may_send
        self._drawn: set[Outgoing] = set()
        self._rung, self._ended = threading.Event(), False
        self.start()

    def ring(self) -> None:
        """There is something to send."""
        if not self._rung.is_set():
            self._rung.set()

    def end(self) -> None:
        self._ended = True
        self._rung.set()

    def run(self) -> None:
        while not self._ended:
            if self._ready:
                self._speak()
            else:
                self._rung.wait()
                self._rung.clear()
        self._return_all()

    def _speak(self) -> None:
        """One batch, as long as there is something to send."""
        try:
            with self._gateway.sender.send_many(self._stream(), self._limits, self._may_send) as batch:
                for outcome in batch:
                    self._drawn.discard(outcome.item)
                    self._tell(outcome)
                if batch.halted is not None or not self._may_send():
                    self._return_all()
        except Exception:
            # Nobody can say how far it came with what it had drawn.
            log.exception("outbox.outlet_failed")
            for outgoing in self._drawn:
                self._tell(Outcome(outgoing, NoAnswer(outgoing.path, True, "the outlet failed")))
            self._drawn.clear()
            self._return_all()

    def _stream(self) -> Iterator[Outgoing | None]:
        """Goes on while more is handed over; None while nothing is there."""
        idle_since = clock.monotonic()
        while not self._ended:
            try:
                outgoing = self._ready.popleft()
            except IndexError:
                if clock.monotonic() - idle_since > IDLE_SECONDS:
                    return
                yield None
            else:
                self._drawn.add(outgoing)
                yield outgoing
                idle_since = clock.monotonic()

    def _return_all(self) -> None:
        while True:
            try:
                self._tell(_unsent(self._ready.popleft()))
            except IndexError:
                return


def _unsent(outgoing: Outgoing) -> Outcome[Outgoing]:
    return Outcome(outgoing, Interrupted(outgoing.path, False), "", 0)
