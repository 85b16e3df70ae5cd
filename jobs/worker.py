"""Takes tasks from the queue until it is told to end."""

import gc
import os
import threading
from functools import partial

import structlog

from backend.outbox.engine.delivery import Engine
from backend.outbox.engine.voices import Apart
from backend.outbox.queue import Work
from backend.runtime import Runtime, senders
from jobs.timetable import MAKERS, TASKS
from models.base import database

LOOK_SECONDS = 2.0
GARBAGE = 50_000
"""Objects made between two searches for rings among them. Messages make many and no rings; the default, 700, costs a
tenth of the rate."""

NICENESS = 10
"""How far the thread that decides and writes steps back: what it hands over lies in store, while the process that sends
has hundreds of answers coming in and not a moment to lose."""

log = structlog.get_logger()


def works(runtime: Runtime) -> dict[str, Work]:
    """The tasks, bound to this process, each giving its database connection back when it is done."""
    return {name: _returning(partial(task, runtime)) for name, task in TASKS.items()}


def engine(runtime: Runtime) -> Engine:
    """The engine of this process, which knows how to complete messages."""
    runtime.engine.makers.update({name: partial(make, runtime) for name, make in MAKERS.items()})
    return runtime.engine


def _returning(task: Work) -> Work:
    def run(payload: dict[str, object]) -> None:
        try:
            task(payload)
        finally:
            if not database.is_closed():
                database.close()

    return run


def serve(runtime: Runtime) -> None:
    """Until a signal ends it: running tasks and messages under way are finished first."""
    tune()
    speaker = speak_apart(runtime)
    thread = threading.Thread(target=_deliver, args=(engine(runtime),), name="engine")
    thread.start()
    try:
        runtime.queue.serve(works(runtime), runtime.settings.worker_threads)
    finally:
        runtime.engine.stop()
        thread.join()
        speaker.close()


def speak_apart(runtime: Runtime) -> Apart:
    """Messages leave from a process of their own. Before this one has threads."""
    apart = Apart(partial(senders, runtime.settings))
    runtime.engine.voice = apart
    return apart


def tune() -> None:
    """The interpreter, for a process that delivers."""
    gc.freeze()  # what has been imported stays
    gc.set_threshold(GARBAGE)


def give_way() -> None:
    """This thread, and those it starts, to the others of this machine."""
    os.nice(NICENESS)  # on Linux of the thread alone


def _deliver(engine: Engine) -> None:
    """The engine's thread. A put rings through the queue; now and then it looks by itself."""
    give_way()
    while not engine.stopped:
        try:
            engine.work()
        except Exception:  # whatever it was, the next look begins anew
            log.exception("outbox.failed")
        finally:
            if not database.is_closed():
                database.close()
        engine.wait(LOOK_SECONDS)
