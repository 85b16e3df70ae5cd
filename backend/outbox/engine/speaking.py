"""Who speaks to the platform for one account: sends the letters that come over a pipe, and tells what became of them.

At the near end of the pipe is the engine (`outlets`), perhaps in another process (`voices`). Nobody here knows the
database. A letter's intent is committed, and its person has no other under way.
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

import orjson
import structlog

from backend import clock
from backend.outbox import rules
from backend.outbox.engine import workers
from backend.wechat.failures import GatewayError, Interrupted, NoAnswer
from backend.wechat.sending.sender import Sender
from backend.wechat.sending.sends import Limits, Outcome
from models.deliveries import Channel

IDLE_SECONDS = 0.5
PATIENCE = 2.0
"""Seconds a batch waits for an interface that has just closed; then the letters go back and wait where others pass."""

GATHER_SECONDS = 0.01
"""What is told goes over the pipe together: each time costs both ends as much as ten messages."""

Fields = tuple[int, int, str, str, bytes, bool, Channel | None, datetime | None]
Told = tuple[int, GatewayError | None, str]
"""A letter's number, why it was not accepted, and the platform's id of it."""

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Letter:
    """A `Send` that is written already."""

    number: int
    source_id: int
    openid: str
    path: str
    written: bytes
    urgent: bool
    channel: Channel | None
    intended_at: datetime | None

    @property
    def deduplicated(self) -> bool:
        """Counted from the first intent, which an earlier worker may have committed."""
        return rules.repeatable(self.channel, self.intended_at, clock.now())

    def body(self) -> Any:
        return orjson.Fragment(self.written)


@dataclass(frozen=True, slots=True)
class Hand:
    """Letters to send; `first`: before all that waits."""

    letters: Sequence[Fields]
    first: bool


@dataclass(frozen=True, slots=True)
class Recall:
    """What of these sources has not been begun comes back unsent: they were paused or cancelled."""

    source_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Beat:
    """The worker lives."""


@dataclass(frozen=True, slots=True)
class End:
    """What is under way has an outcome yet; the rest comes back unsent."""


Word = tuple[float, Hand | Recall | Beat | End]
"""With the moment since boot at which the worker's last transaction began: it may send for `workers.HOLD` seconds."""


class Speaker:
    def __init__(self, pipe: Connection, sender: Sender, limits: Limits) -> None:
        self._pipe, self._sender = pipe, sender
        self._limits = replace(limits, waits_for=PATIENCE)
        self._ready: deque[Letter] = deque()
        self._drawn: set[Letter] = set()
        self._told: SimpleQueue[Told | None] = SimpleQueue()
        self._began = -workers.HOLD
        self._rung, self._ended = Event(), False

    def run(self) -> None:
        """Until the engine says End, or is no more."""
        beside = [Thread(target=self._listen, daemon=True), Thread(target=self._report, daemon=True)]
        for thread in beside:
            thread.start()
        while not self._ended:
            if self._ready:
                self._speak()
            else:
                self._rung.wait()
                self._rung.clear()
        self._return_all()
        self._told.put(None)
        for thread in beside:
            thread.join()
        self._pipe.close()

    def _may_send(self) -> bool:
        return clock.boot() - self._began < workers.HOLD

    def _listen(self) -> None:
        word: object = None
        while not isinstance(word, End):
            try:
                self._began, word = self._pipe.recv()
            except (EOFError, OSError):
                self._began, word = -workers.HOLD, End()  # nobody is there who could write down what becomes of it
            if isinstance(word, Hand):
                letters = [Letter(*fields) for fields in word.letters]
                self._ready.extendleft(reversed(letters)) if word.first else self._ready.extend(letters)
            elif isinstance(word, Recall):
                self._recall(word.source_ids)
            elif isinstance(word, End):
                self._ended = True
            self._rung.set()

    def _recall(self, source_ids: frozenset[int]) -> None:
        for _ in range(len(self._ready)):
            try:
                letter = self._ready.popleft()
            except IndexError:
                return  # the thread that sends took the last
            if letter.source_id in source_ids:
                self._return(letter)
            else:
                self._ready.append(letter)

    def _speak(self) -> None:
        """One batch, as long as there is something to send."""
        try:
            with self._sender.send_many(self._stream(), self._limits, self._may_send) as batch:
                for outcome in batch:
                    self._note(outcome)
                if batch.halted is not None or not self._may_send():
                    self._return_all()
        except Exception:
            # Nobody can say how far it came with what it had drawn.
            log.exception("outbox.speaker_failed")
            for letter in self._drawn:
                self._told.put((letter.number, NoAnswer(letter.path, True, "the speaker failed"), ""))
            self._drawn.clear()
            self._return_all()

    def _stream(self) -> Iterator[Letter | None]:
        """Goes on while more is handed over; None while nothing is there."""
        idle_since = clock.monotonic()
        while not self._ended:
            try:
                letter = self._ready.popleft()
            except IndexError:
                if clock.monotonic() - idle_since > IDLE_SECONDS:
                    return
                yield None
            else:
                self._drawn.add(letter)
                yield letter
                idle_since = clock.monotonic()

    def _note(self, outcome: Outcome[Letter]) -> None:
        self._drawn.discard(outcome.item)
        self._told.put((outcome.item.number, outcome.error, outcome.msgid))

    def _return(self, letter: Letter) -> None:
        self._told.put((letter.number, Interrupted(letter.path, False), ""))

    def _return_all(self) -> None:
        while True:
            try:
                self._return(self._ready.popleft())
            except IndexError:
                return

    def _report(self) -> None:
        """To the engine, several at once."""
        goes_on = True
        while goes_on:
            told = [self._told.get()]
            time.sleep(GATHER_SECONDS)
            told += _all_of(self._told)
            goes_on = told[-1] is not None
            try:
                self._pipe.send(told if goes_on else told[:-1])
            except OSError:
                return  # nobody is there to hear it


def _all_of(queue: "SimpleQueue[Told | None]") -> Iterator[Told | None]:
    while True:
        try:
            yield queue.get_nowait()
        except Empty:
            return
