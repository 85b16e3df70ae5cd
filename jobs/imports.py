"""What a worker does of imports, and what becomes of those that nobody goes on with."""

from collections.abc import Callable

import structlog

from backend.outbox.queue import Payload
from backend.runtime import Runtime
from jobs.sweeping import in_slices

log = structlog.get_logger()


def check(runtime: Runtime, payload: Payload) -> None:
    _do(runtime, payload, runtime.imports.work.check)


def write(runtime: Runtime, payload: Payload) -> None:
    _do(runtime, payload, runtime.imports.work.write)


def _do(runtime: Runtime, payload: Payload, work: Callable[[int], None]) -> None:
    """Whoever waits for it is told when it cannot be done."""
    number = int(payload["import"])
    try:
        work(number)
    except Exception:  # whatever it was: the next one is another's
        log.exception("import.failed", number=number)
        runtime.imports.work.fail(number)


def upkeep(runtime: Runtime) -> int:
    """Withdraws what nobody confirmed, and puts anew what was lost with a worker."""
    return in_slices(runtime.imports.actions.withdraw_forgotten) + runtime.imports.actions.put_again()
