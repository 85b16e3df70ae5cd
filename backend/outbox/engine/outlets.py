"""The thread that speaks to the platform for one account: it sends what is handed over, and tells what became of it.

It knows no database. What it holds has its intent committed; whoever hands over sees to it that a person has one
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

IDLE_SECONDS = 0.5
PATIENCE = 2.0
"""Seconds a batch waits for an interface that has just closed; then the parcels go back and wait where others pass."""

log = structlog.get_logger()


class Outlet:
    def __init__(
        self, gateway: Gateway, limits: Limits, tell: Callable[[Outcome[Outgoing]], None], may_send: Callable[[], bool]
    ) -> None:
        self._gateway, self._tell, self._may_send = gateway, tell, may_send
        self._limits = Limits(limits.in_flight, limits.per_second, waits_for=PATIENCE)
        self._ready: deque[Outgoing] = deque()
        self._drawn: set[Outgoing] = set()
        self._rung, self._ended = threading.Event(), False
        self._thread = threading.Thread(target=self._serve, name="outlet", daemon=True)
        self._thread.start()

    def hand_over(self, outgoing: Outgoing, first: bool = False) -> None:
        """`first`: before all that waits here."""
        (self._ready.appendleft if first else self._ready.append)(outgoing)
        self._rung.set()

    def recall(self, source_ids: Collection[int]) -> None:
        """What of these sources has not been begun comes back unsent: they were paused or cancelled."""
        for _ in range(len(self._ready)):
            try:
                outgoing = self._ready.popleft()
            except IndexError:
                return  # the thread that sends took the last
            if outgoing.parcel.source_id in source_ids:
                self._tell(Outcome(outgoing, Interrupted(outgoing.path, False), "", 0))
            else:
                self._ready.append(outgoing)

    def end(self) -> None:
        """Waits until all that is under way has an outcome; the rest comes back unsent."""
        self._ended = True
        self._rung.set()
        self._thread.join()

    def _serve(self) -> None:
        while not self._ended:
            if self._ready:
                self._run()
            else:
                self._rung.wait()
                self._rung.clear()
        self._return_all()

    def _run(self) -> None:
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
        while self._ready:
            outgoing = self._ready.popleft()
            self._tell(Outcome(outgoing, Interrupted(outgoing.path, False), "", 0))
