"""What the clock and the queue do for the outbox: calling the engine, hearing reports, and its upkeep."""

from backend.errors import NotFound
from backend.outbox import actions, reports, upkeep
from backend.outbox.queue import Payload
from backend.outbox.reports import JOURNAL
from backend.runtime import Runtime
from backend.storage.kv import lock
from jobs.followers import until_written
from jobs.sweeping import in_slices

SLICE = 1000


def deliver(runtime: Runtime, _payload: Payload) -> None:
    """Something was put into the outbox: the engine of this process looks."""
    runtime.engine.ring()


def hear_reports(runtime: Runtime) -> int:
    """First the database, then the journal forgets: a kill in between only applies the same once more."""
    heard = 0
    with lock(runtime.kv, JOURNAL, lease=30.0) as mine:
        while mine and (notes := runtime.kv.journal(JOURNAL, SLICE)):
            waiting = reports.apply([(note_id, report) for note_id, raw in notes for report in reports.unpack(raw)])
            settled = [note_id for note_id, _ in notes if note_id not in waiting]
            runtime.kv.forget(JOURNAL, settled)
            heard += len(settled)
            if len(notes) < SLICE or not settled:
                break
    return heard


def mass_finished(runtime: Runtime, payload: Payload) -> None:
    def write() -> None:
        told = {name: value for name, value in payload.items() if name != "tries"}
        if not reports.finish_mass(**told):
            raise NotFound("mass_job_unknown", "没有这次群发的记录。")

    until_written(runtime, "mass_finished", payload, write)


def take_over(runtime: Runtime) -> int:
    """For the time in which no worker lives that would do it."""
    return runtime.engine.look_after_the_dead()


def finish_sources(_runtime: Runtime) -> int:
    """A cancellation that was broken off, paused sources whose time is over, and intents of a wrong clock."""
    return upkeep.distrust_the_future() + upkeep.cancel_expired() + actions.finish_cancelled()


def give_up_reports(_runtime: Runtime) -> int:
    return in_slices(upkeep.give_up_reports)


def repair_credits(_runtime: Runtime) -> int:
    return in_slices(upkeep.repair_credits)


def forget_old(_runtime: Runtime) -> int:
    return in_slices(upkeep.forget_old)
