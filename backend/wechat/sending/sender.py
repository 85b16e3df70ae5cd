"""`send_many`: thousands of messages, many in flight at once, each with an outcome of its own."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from backend.wechat.caller import Caller
from backend.wechat.sending.batches import Batch
from backend.wechat.sending.lines import Lines
from backend.wechat.sending.sends import Item, Limits
from backend.wechat.transport import Transport


class Sender:
    """Keeps the connections of finished batches for the next ones. Thread-safe: each batch has lines of its own."""

    def __init__(self, caller: Caller, api: Transport, limits: Limits | None = None) -> None:
        self._caller, self._api, self._limits = caller, api, limits or Limits()
        self._idle: deque[Lines[Any]] = deque()

    @contextmanager
    def send_many(
        self,
        items: Iterable[Item | None],
        limits: Limits | None = None,
        may_send: Callable[[], bool] = lambda: True,
    ) -> Iterator[Batch[Item]]:
        """`with sender.send_many(items) as batch: for outcome in batch: …`

        At most one message to a person is in flight, and hers go in the order given. None among the items: nothing at
        this moment, ask again. Breaking out of the loop breaks off what is in flight, with unknown outcome; to end
        early call `batch.stop()` and read on to the end. `may_send` is asked before each message leaves; its first no
        is such a stop.
        """
        lines = self._lines()
        try:
            yield Batch(items, self._caller, lines, self._api.base_url, limits or self._limits, may_send)
        finally:
            lines.abandon()
            self._idle.append(lines)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _lines(self) -> Lines[Any]:
        try:
            return self._idle.pop()
        except IndexError:
            return Lines(self._api.times, self._api.ca_file)
