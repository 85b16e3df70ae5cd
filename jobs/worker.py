"""Takes tasks from the queue until it is told to end."""

from functools import partial

from backend.outbox.queue import Work
from backend.runtime import Runtime
from jobs.timetable import TASKS
from models.base import database


def works(runtime: Runtime) -> dict[str, Work]:
    """The tasks, bound to this process, each giving its database connection back when it is done."""
    return {name: _returning(partial(task, runtime)) for name, task in TASKS.items()}


def _returning(task: Work) -> Work:
    def run(payload: dict[str, object]) -> None:
        try:
            task(payload)
        finally:
            if not database.is_closed():
                database.close()

    return run


def serve(runtime: Runtime) -> None:
    runtime.queue.serve(works(runtime), runtime.settings.worker_threads)
