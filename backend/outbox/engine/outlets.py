"""Where messages leave the engine for one account: over a pipe to whoever speaks to the platform (`speaking`)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from multiprocessing.connection import Connection
from threading import Thread

import structlog

from backend.outbox.engine.sends import Outgoing
from backend.outbox.engine.speaking import Beat, End, Fields, Hand, Recall, Told
from backend.outbox.engine.workers import Life
from backend.wechat.failures import Interrupted
from backend.wechat.sending.sends import Outcome
from backend.wechat.transport import encode

BEAT_SECONDS = 1.0
Tell = Callable[[Outcome[Outgoing]], None]
log = structlog.get_logger()


class Outlet:
    """Whatever is handed over comes back, sent or unsent: `tell` is called for it on another thread.

    Whoever hands over sees to it that the intent is committed and a person has one message under way at a time.
    """

    def __init__(self, pipe: Connection, life: Life, tell: Tell) -> None:
        self._pipe, self._life, self._tell = pipe, life, tell
        self._out: dict[int, Outgoing] = {}
        self._beaten_at, self._ending = 0.0, False
        self._listener = Thread(target=self._listen, name="outlet", daemon=True)
        self._listener.start()

    @property
    def broken(self) -> bool:
        """Whoever spoke is no more."""
        return not self._listener.is_alive()

    def hand_over(self, sends: Iterable[Outgoing]) -> None:
        """What is urgent goes before all that waits."""
        parts = defaultdict[bool, list[Fields]](list)
        for outgoing in sends:
            self._out[outgoing.parcel.id] = outgoing
            parts[outgoing.urgent].append(_fields(outgoing))
        for urgent, letters in parts.items():
            if not self._say(Hand(letters, first=urgent)):
                for letter in letters:
                    self._hear((letter[0], Interrupted("", False), ""))

    def recall(self, source_ids: Collection[int]) -> None:
        """What of these sources has not been begun comes back unsent: they were paused or cancelled."""
        self._say(Recall(frozenset(source_ids)))

    def beat(self) -> None:
        """The worker lives on, and what it handed over may be sent."""
        if self._life.began - self._beaten_at >= BEAT_SECONDS:
            self._say(Beat())

    def end(self) -> None:
        """Waits until all that is under way has an outcome; the rest comes back unsent."""
        self._ending = True
        self._say(End())
        self._listener.join()
        self._pipe.close()

    def _say(self, word: Hand | Recall | Beat | End) -> bool:
        self._beaten_at = self._life.began
        try:
            self._pipe.send((self._beaten_at, word))
        except OSError:
            return False
        return True

    def _listen(self) -> None:
        try:
            while True:
                for told in self._pipe.recv():
                    self._hear(told)
        except (EOFError, OSError):
            if not self._ending:
                log.error("outbox.speaker_died")
        for number, outgoing in list(self._out.items()):
            self._hear((number, Interrupted(outgoing.path, True), ""))

    def _hear(self, told: Told) -> None:
        """Once for each, whoever is the first to know."""
        number, error, msgid = told
        if outgoing := self._out.pop(number, None):
            self._tell(Outcome(outgoing, error, msgid))


def _fields(outgoing: Outgoing) -> Fields:
    parcel, written = outgoing.parcel, encode(outgoing.body())
    known = parcel.channel, parcel.intended_at
    return parcel.id, parcel.source_id, outgoing.openid, outgoing.path, written, outgoing.urgent, *known
