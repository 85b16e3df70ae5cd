"""Is the process alive, can it work, and how much does it do: for the load balancer, systemd and Prometheus."""

import math
from collections.abc import Callable

import structlog
from flask import Response, json
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from backend.runtime import Runtime
from backend.storage import database as databases
from backend.storage import migrations

WAITING = Gauge("tongxin_queue_waiting", "Tasks that wait for a worker")
CLOSED = Gauge(
    "tongxin_wechat_closed", "Interfaces of the platform that are not asked for now", ["app_id", "interface"]
)
log = structlog.get_logger()


def alive(_runtime: Runtime) -> ResponseReturnValue:
    """The process answers. Says nothing about what it relies on: a restart would not mend that."""
    return Response("ok\n", content_type="text/plain")


def ready(runtime: Runtime) -> ResponseReturnValue:
    """503 while any part is away, with the parts by name and without their errors: those are in the log."""
    parts = {name: _works(name, probe) for name, probe in _probes(runtime).items()}
    status = 200 if all(parts.values()) else 503
    body = {
        "ready": status == 200,
        "parts": {name: "ok" if works else "away" for name, works in parts.items()},
    }
    return Response(json.dumps(body), status, content_type="application/json")


def metrics(runtime: Runtime) -> ResponseReturnValue:
    try:
        WAITING.set(runtime.queue.waiting())
    except Exception as error:  # noqa: BLE001 - the other measures are wanted most when a part is away
        log.warning("part.away", part="queue", error=type(error).__name__)
        WAITING.set(math.nan)
    _measure_closed(runtime)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _measure_closed(runtime: Runtime) -> None:
    """Asked of the store at each scrape: another process may have closed it, or opened it again."""
    CLOSED.clear()
    try:
        for app_id in runtime.accounts.all():
            for name in runtime.gateway(app_id).circuits.closed():
                CLOSED.labels(app_id, name).set(1)
    except Exception as error:  # noqa: BLE001 - as above
        log.warning("part.away", part="accounts", error=type(error).__name__)


def _probes(runtime: Runtime) -> dict[str, Callable[[], object]]:
    return {
        "database": lambda: databases.ping(runtime.database),
        "schema": lambda: migrations.require_current(runtime.database),
        "kv": runtime.kv.ping,
        "queue": runtime.queue.waiting,
    }


def _works(name: str, probe: Callable[[], object]) -> bool:
    try:
        probe()
    except Exception as error:  # noqa: BLE001 - whatever a driver raises, the part is away
        log.warning("part.away", part=name, error=type(error).__name__)
        return False
    return True
