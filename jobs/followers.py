"""Comings and goings that the webhook could not write down because the database was away."""

from collections.abc import Callable

import structlog

from backend import clock
from backend.followers import actions, rules
from backend.outbox.queue import Payload
from backend.places import queries as places
from backend.rights import actions as rights
from backend.runtime import Runtime

PAUSES = (5, 30, 120, 600, 3600, 3600, 3600)
"""Seconds before each further try: about three hours in all, longer than any restart of a database."""

log = structlog.get_logger()


def follow(runtime: Runtime, payload: Payload) -> None:
    def write() -> None:
        place = places.by_code(rules.place_of_scene(payload["scene"]))
        at = clock.from_timestamp(payload["at"])
        actions.follow(payload["account_id"], payload["openid"], at, payload["scene"], place.id if place else None)

    until_written(runtime, "follow", payload, write)


def leave(runtime: Runtime, payload: Payload) -> None:
    def write() -> None:
        rights.leave(payload["account_id"], payload["openid"], clock.from_timestamp(payload["at"]))

    until_written(runtime, "leave", payload, write)


def until_written(runtime: Runtime, name: str, payload: Payload, write: Callable[[], None]) -> None:
    """Puts itself into the queue again while the database is away."""
    try:
        write()
    except Exception as error:
        tries = payload.get("tries", 0)
        log.warning("task.not_written", task=name, tries=tries, error=type(error).__name__)
        if tries >= len(PAUSES):
            raise
        runtime.queue.put(name, {**payload, "tries": tries + 1}, delay=PAUSES[tries])
