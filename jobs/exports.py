"""What a worker does of exports, and what becomes of those whose time is over."""

import structlog

from backend.outbox.queue import Payload
from backend.runtime import Runtime
from jobs.sweeping import in_slices

log = structlog.get_logger()


def write(runtime: Runtime, payload: Payload) -> None:
    """Whoever waits for it is told when it cannot be done."""
    number = int(payload["export"])
    try:
        runtime.exports.work.write(number)
    except Exception:  # whatever it was: the next one is another's
        log.exception("export.failed", number=number)
        runtime.exports.work.fail(number)


def upkeep(runtime: Runtime) -> int:
    """Ends what has had its day, and puts anew what was lost with a worker."""
    return in_slices(runtime.exports.actions.end_old) + runtime.exports.actions.put_again()
