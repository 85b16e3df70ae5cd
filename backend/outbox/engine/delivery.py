"""The delivery engine of one process: whatever is due is sent, each once, whoever is killed when.

It claims what is due, commits the intent, lets it be sent and commits the outcome (`shifts`); and it takes over from
workers that died (`claims`).
"""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event, Lock

import structlog

from backend import clock
from backend.outbox import upkeep
from backend.outbox.engine import claims, groups
from backend.outbox.engine.assignments import Assignments
from backend.outbox.engine.groups import GroupRun
from backend.outbox.engine.making import Maker
from backend.outbox.engine.posts import Posts
from backend.outbox.engine.shifts import Shift
from backend.outbox.engine.voices import Voice, beside
from backend.outbox.engine.workers import AWAY, Fenced, Lifeline, Watch
from backend.privacy.cipher import FieldCipher
from backend.storage.database import in_transaction
from backend.wechat.sending.sends import Limits

WATCH_SECONDS = 3.0
GROUPS_SECONDS = 0.1
DISTRUST_SECONDS = 60.0
log = structlog.get_logger()


class Engine:
    def __init__(self, posts: Posts, cipher: FieldCipher, limits: Limits) -> None:
        self._posts, self._cipher, self._limits = posts, cipher, limits
        self.makers: dict[str, Maker] = {}
        """What completes messages, by its name; whoever runs the engine fills it."""
        self.voice: Voice = beside
        """Who speaks to the platform; a worker has a process for it."""
        self._watch = Watch()
        self._one_at_a_time, self._rung, self._stopping = Lock(), Event(), Event()
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="mass")
        self._watched_at, self._distrusted_at = -WATCH_SECONDS, -DISTRUST_SECONDS

    def work(self) -> int:
        """Until nothing is due, or `stop`. Answers how many deliveries were accepted; rings where it works already."""
        if not self._one_at_a_time.acquire(blocking=False):
            self._rung.set()
            return 0
        try:
            return self._work()
        except AWAY as error:
            log.warning("outbox.database_away", error=type(error).__name__)
            self._watch.forget()
            return 0
        finally:
            self._one_at_a_time.release()

    def wait(self, seconds: float) -> None:
        """Until somebody rings, or the seconds have passed."""
        self._rung.wait(seconds)
        self._rung.clear()

    def ring(self) -> None:
        self._rung.set()

    @property
    def stopped(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """Nothing new is claimed, and what is under way is waited for. From any thread."""
        self._stopping.set()
        self._rung.set()

    def look_after_the_dead(self, but: int | None = None) -> int:
        """What dead workers had in hand is free again; answers how many there were."""
        if clock.monotonic() - self._watched_at < WATCH_SECONDS:
            return 0
        self._watched_at = clock.monotonic()
        return take_over(self._watch, but)

    def _work(self) -> int:
        self.look_after_the_dead()
        if clock.monotonic() - self._distrusted_at >= DISTRUST_SECONDS:
            self._distrusted_at = clock.monotonic()
            upkeep.distrust_the_future()
        accepted, beside = 0, self._start_groups()
        while True:
            accepted += self._work_shift()
            if beside is None:
                return accepted
            if beside.done():
                accepted += beside.result()
                beside = self._start_groups()
            else:
                self.wait(GROUPS_SECONDS)

    def _start_groups(self) -> "Future[int] | None":
        """Mass sends, on a thread of their own: nobody else waits for them."""
        if self.stopped or not groups.due():
            return None
        run = GroupRun(Lifeline(self._watch.forget), self._posts, Assignments(self._cipher))
        return self._beside.submit(run.serve)

    def _work_shift(self) -> int:
        if self.stopped or not claims.due(0, (), clock.now(), 1):
            return 0
        line = Lifeline(self._watch.forget)
        assignments = Assignments(self._cipher)
        shift = Shift(line, self._posts, assignments, self._limits, self.makers, self._stopping, self.voice)
        try:
            while shift.round():
                line.patiently(lambda: self.look_after_the_dead(but=line.life.id))
            line.end()
        except Fenced:
            log.error("outbox.fenced", worker=line.life.id)
        finally:
            shift.abandon()
        return shift.accepted


def take_over(watch: Watch, but: int | None = None) -> int:
    """Bury those whom the watch takes for dead."""
    buried = 0
    for worker_id, beat in watch.dead(but):
        if in_transaction(partial(claims.bury, worker_id, beat)):
            log.warning("outbox.worker_died", worker=worker_id)
            buried += 1
    return buried
