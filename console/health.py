"""Is the process alive, can it work, and how much does it do: for the load balancer, systemd and Prometheus."""

import math
from collections.abc import Callable

import structlog
from flask import Response, json
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from backend.outbox import queries as outbox
from backend.runtime import Runtime
from backend.storage import database as databases
from backend.storage import migrations

WAITING = Gauge("tongxin_queue_waiting", "Tasks that wait for a worker")
CLOSED = Gauge(
    "tongxin_wechat_closed", "Interfaces of the platform that are not asked for now", ["app_id", "interface"]
)
OUTBOX_DUE = Gauge("tongxin_outbox_due", "People whose message is due and has not left")
OUTBOX_LAG = Gauge("tongxin_outbox_lag_seconds", "For how long the oldest of them has been due")
OUTBOX_PAUSED = Gauge("tongxin_outbox_paused", "Sources that are paused with people waiting")
OUTBOX_IN_FLIGHT = Gauge("tongxin_outbox_in_flight", "Messages under way", ["worker"])
OUTBOX_RATE = Gauge("tongxin_outbox_rate", "Messages accepted a second since the worker began", ["worker"])
OUTBOX_DAY = Gauge(
    "tongxin_outbox_day", "What became of the messages of the sources of one day", ["state", "channel", "reason"]
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
    _measure_outbox()
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


def _measure_outbox() -> None:
    """Asked of the database at each scrape: the workers have no address of their own."""
    for gauge in (OUTBOX_DAY, OUTBOX_IN_FLIGHT, OUTBOX_RATE):
        gauge.clear()
    try:
        load = outbox.load()
        OUTBOX_DUE.set(load.due)
        OUTBOX_LAG.set(load.lag)
        OUTBOX_PAUSED.set(load.paused)
        for worker in load.workers:
            OUTBOX_IN_FLIGHT.labels(worker.name).set(worker.in_flight)
            OUTBOX_RATE.labels(worker.name).set(worker.rate)
        for ended in outbox.ended_lately():
            OUTBOX_DAY.labels(ended.state, ended.channel, ended.reason).set(ended.count)
    except Exception as error:  # noqa: BLE001 - as above
        log.warning("part.away", part="database", error=type(error).__name__)
        for gauge in (OUTBOX_DUE, OUTBOX_LAG, OUTBOX_PAUSED):
            gauge.set(math.nan)


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
