"""Who is alive: a worker's beat goes on with each of its transactions, and whoever sees it stand still takes over.

No clock is compared with another's: each watches by its own, and only while the database answers.
"""

import os
import platform
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import structlog
from peewee import InterfaceError, OperationalError, PeeweeException

from backend import clock
from backend.errors import HouseError
from backend.storage.database import in_transaction
from backend.storage.dialects import naive, run
from models.base import database
from models.workers import DeliveryWorker

HOLD = 10.0
"""Seconds since the begin of its last transaction in which a worker may send."""

LEASE = 25.0
"""Seconds without a beat after which it is taken for dead: whatever it sent last has been answered or given up by then
(HOLD, and the eleven seconds of a call)."""


BEAT_SECONDS = 3.0
AWAY_SECONDS = 0.3
AWAY = (OperationalError, InterfaceError)

Answer = TypeVar("Answer")
log = structlog.get_logger()


class Fenced(HouseError):
    """Somebody took this worker for dead: what it had in hand is not its own any more."""


@dataclass
class Life:
    """This process as a worker. `began` is when its last transaction did, of those that were committed."""

    id: int
    began: float = field(default_factory=clock.boot)

    def may_send(self) -> bool:
        return clock.boot() - self.began < HOLD


def begin() -> Life:
    """In a transaction of the caller."""
    now = clock.now()
    id_ = secrets.randbelow(2**31 - 1) + 1  # SQLite would give the number of a dead worker, who may yet wake, to us
    row = {"id": id_, "name": _name(os.getpid()), "mark": "", "started_at": now, "seen_at": now}
    DeliveryWorker.insert(row).execute()
    return Life(id_)


def beat(life: Life, mark: str, in_flight: int = 0, accepted: int = 0) -> None:
    """First in each transaction of the worker, which `mark` names: it holds the row until the commit. Raises Fenced."""
    alive = run(
        "UPDATE delivery_worker SET beat = beat + 1, mark = ?, seen_at = ?, in_flight = ?, accepted = accepted + ? "
        "WHERE id = ?",
        mark, naive(clock.now()), in_flight, accepted, life.id,
    )  # fmt: skip
    if not alive.rowcount:
        raise _fenced()


def was_committed(life: Life, mark: str) -> bool:
    """Whether the transaction with this mark was committed although its answer was lost. Raises Fenced."""
    found = DeliveryWorker.select(DeliveryWorker.mark).where(DeliveryWorker.id == life.id).scalar()
    if found is None:
        raise _fenced()
    return bool(found == mark)


def _fenced() -> Fenced:
    return Fenced("worker_fenced", "这个任务进程被当作已经停止，它手上的工作已由别人接手。")


def resign(life: Life) -> None:
    """Nothing is in hand any more. In a transaction of the caller."""
    DeliveryWorker.delete().where(DeliveryWorker.id == life.id).execute()


class Lifeline:
    """The transactions of one life. While the database is away it waits; a commit whose answer was lost is looked
    up."""

    def __init__(self, on_away: Callable[[], None]) -> None:
        self._on_away = on_away
        self.life = self.patiently(lambda: in_transaction(begin))

    @property
    def fades(self) -> bool:
        """It is time for a beat, whether there is something to write or not."""
        return clock.boot() - self.life.began > BEAT_SECONDS

    def transact(self, work: Callable[[], Answer], in_flight: int, accepted: int) -> Answer:
        """Raises Fenced, and whatever the work raises except that the database is away."""
        mark, answers = secrets.token_hex(8), list[Answer]()

        def unit() -> None:
            beat(self.life, mark, in_flight, accepted)
            answers[:] = [work()]

        while True:
            began = clock.boot()
            try:
                in_transaction(unit)
            except AWAY as error:
                self._rest(error)
                if not self.patiently(partial(was_committed, self.life, mark)):
                    continue
            self.life.began = began
            return answers[0]

    def patiently(self, ask: Callable[[], Answer]) -> Answer:
        """Again until the database answers."""
        while True:
            try:
                return ask()
            except AWAY as error:
                self._rest(error)

    def end(self) -> None:
        """Nothing is in hand: the worker is no more."""
        self.patiently(lambda: in_transaction(partial(resign, self.life)))

    def cut(self) -> None:
        """Nothing is sent from now on."""
        self.life.began = -HOLD

    def _rest(self, error: PeeweeException) -> None:
        log.warning("outbox.database_away", error=type(error).__name__)
        self._on_away()
        if not database.is_closed():
            with suppress(PeeweeException):
                database.close()
        time.sleep(AWAY_SECONDS)


@dataclass
class _Seen:
    beat: int
    since: float


class Watch:
    """Watches the others. One that stands still for LEASE seconds is dead; one that this machine ran and runs no more
    is dead at once."""

    def __init__(self, now: Callable[[], float] = clock.boot) -> None:
        self._now, self._seen = now, dict[int, _Seen]()

    def dead(self, but: int | None = None) -> list[tuple[int, int]]:
        """(id, beat) of the dead."""
        now, before, self._seen = self._now(), self._seen, {}
        found = []
        for worker in DeliveryWorker.select().where(DeliveryWorker.id != (but or 0)):
            seen = before.get(worker.id)
            self._seen[worker.id] = seen if seen and seen.beat == worker.beat else _Seen(worker.beat, now)
            if _has_ended(worker.name) or now - self._seen[worker.id].since >= LEASE:
                found.append((worker.id, worker.beat))
        return found

    def forget(self) -> None:
        """The database did not answer: nobody could beat meanwhile, so everybody begins anew."""
        self._seen.clear()


def _name(pid: int) -> str:
    """Machine, its boot, process and when that began: a number that is used again is another process."""
    return f"{_machine()}/{pid}/{_start_of(pid)}"


def _has_ended(name: str) -> bool:
    """Only of this machine, and only where it tells of its processes."""
    machine, _, rest = name.rpartition("/")[0].rpartition("/")
    return bool(_boot()) and machine == _machine() and _start_of(int(rest)) != name.rpartition("/")[2]


def _machine() -> str:
    """With the space of process numbers: two containers of one machine have their own."""
    return f"{platform.node()[:20]}/{_boot()}"


def _boot() -> str:
    boot = _read("/proc/sys/kernel/random/boot_id")[:8]
    try:
        return boot and f"{boot}-{os.readlink('/proc/self/ns/pid').strip('pid:[]')[-6:]}"
    except OSError:
        return boot


def _start_of(pid: int) -> str:
    """Clock ticks since boot; "" for a process that is not there, or only its remains."""
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return "" if len(fields) < 20 or fields[0] in {"Z", "X"} else fields[19]


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""
