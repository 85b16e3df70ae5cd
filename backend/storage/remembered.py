"""Something of the database that every message asks for: known at once, and looked at again in the background.

Only the first question waits for the database. Later ones get what is known while a thread looks again: a database that
hangs must not keep the webhook from answering.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

from backend import clock
from models.base import database

Known = TypeVar("Known")
log = structlog.get_logger()


class Remembered(Generic[Known]):
    """A change reaches a running process within about `seconds`. `name` is for the log."""

    def __init__(self, name: str, look: Callable[[], Known], seconds: float) -> None:
        self._name, self._read, self._seconds = name, look, seconds
        self._looking = threading.Lock()
        self._known: Known | None = None
        self._until = 0.0

    def get(self) -> Known:
        if self._known is None:
            with self._looking:
                return self._look()
        if clock.monotonic() >= self._until and self._looking.acquire(blocking=False):
            threading.Thread(target=self._look_again, name=self._name, daemon=True).start()
        return self._known

    def renew(self) -> None:
        """Look again now, as is done now and then anyway; for the process that changed it itself."""
        self._looking.acquire()
        self._look_again()

    def _look(self) -> Known:
        # The webhook asks on the server's own thread, which nothing else of the request uses: a connection left there
        # is lost to the pool when the thread ends.
        idle = database.is_closed()
        try:
            known = self._known = self._read()
        finally:
            if idle and not database.is_closed():
                database.close()
        self._until = clock.monotonic() + self._seconds
        return known

    def _look_again(self) -> None:
        try:
            self._look()
        except Exception:
            log.exception("remembered.not_read", what=self._name)
            self._until = clock.monotonic() + self._seconds
        finally:
            if not database.is_closed():
                database.close()
            self._looking.release()
